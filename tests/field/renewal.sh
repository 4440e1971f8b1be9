#!/bin/bash
# Tokens that end and are renewed: renew-tokens.sh with a real kubectl against the simulated API servers, and a daemon
# that reads what it writes. Whatever one cluster answers, the other's tokens are renewed, and no good token is lost.
# usage: renewal.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/../e2e/lib.sh"
require kubectl
renew=config/kubernetes/renew-tokens.sh
etc=$scratch/etc # as /etc/hawatch

# name | what the first cluster does | what kubectl says of it
answers() {
	cat <<-'END'
		it is down                        | fault=refuse       | was refused
		the renewer's token has ended     | token=revoked      | Unauthorized
		the renewer's rights are missing  | rbac=none          | forbidden
		it fails                          | fault=status:500   |
		the path is not served            | fault=status:404   |
		a proxy shows its login page      | fault=html         |
		another cluster has the address   | fault=foreign_ca   | certificate signed by unknown authority
		its certificate has ended         | fault=expired      | certificate has expired
		the answer ends within the token  | fault=truncate:400 |
		the answer is empty               | fault=empty        |
		the answer is no JSON             | fault=garbage      |
	END
}

renewed() { sh "$renew" "$etc/renewer" "$etc" >"$scratch/out" 2>&1; }
exits() { "${@:2}"; local code=$?; [ $code -eq "$1" ] || { echo "exit status $code, expected $1"; cat "$scratch/out"; false; }; }
tokens_of() { cat "$etc/$1.token" "$etc/renewer/$1.token"; }
says() { grep -qF -- "$1" "$scratch/out" || { cat "$scratch/out"; false; }; }
modes() { stat -c '%a %G' "$etc/$one.token" "$etc/renewer/$one.token" | paste -sd ' '; }
leftovers() { find "$etc" -name '*.new'; }

# The way of hawatch-credentials(7): the same kubeconfig in both folders finds the tokens that stand beside it.
set_up() {
	mkdir -p "$etc/renewer"
	sed -E "s|\"$sim/(.*)\"|\1|" "$sim/kubeconfig" >"$etc/kubeconfig"
	ln -s ../kubeconfig "$etc/renewer/kubeconfig"
	cp "$sim"/*.token "$etc/renewer"
	[ "$(id -u)" -ne 0 ] || chgrp daemon "$etc"
}

good_answers() {
	local group
	group=$(stat -c %G "$etc")
	check "first tokens of both clusters" exits 0 renewed
	check "hawatchd's is for the folder's group, the renewer's for its owner" [ "$(modes)" = "640 $group 600 $(id -gn)" ]
	check "hawatchd takes them" "$build/hawatchd" --config.check --config.file="$config"
	tokens_of $one >"$scratch/before"
	check "new tokens with those tokens" exits 0 renewed
	check "they are others" eval '! cmp -s <(tokens_of $one) "$scratch/before"'
	check "no token is in the output" eval '! grep -F eyJ "$scratch/out"'
}

bad_answers() {
	local name answer words other
	while IFS='|' read -r name answer words; do
		play $one "$answer"
		tokens_of $one >"$scratch/before"
		tokens_of $two >"$scratch/other"
		check "$name: exit status 1" exits 1 renewed
		check "$name: says which" says "$one: hawatch keeps its old token"
		check "$name: says why" says "$words"
		check "$name: the tokens stay" cmp -s <(tokens_of $one) "$scratch/before"
		check "$name: nothing half written" no_lines leftovers
		check "$name: the other cluster's are new" eval '! cmp -s <(tokens_of $two) "$scratch/other"'
		play $one fault=none token=good rbac=good
	done < <(answers | sed 's/ *| */|/g')
	check "afterwards all are renewed" exits 0 renewed
}

# Names as tools write them into kubeconfigs, and where the token is, by `tokenFile`.
# source | context | tokenFile in the kubeconfig, or - | the file in both folders
contexts() {
	cat <<-'END'
		aws eks update-kubeconfig     | arn:aws:eks:eu-west-1:111122223333:cluster/prod | prod.token         | prod.token
		the same, no tokenFile        | arn:aws:eks:eu-west-1:111122223333:cluster/prod | -                  | arn:aws:eks:eu-west-1:111122223333:cluster/prod.token
		OpenShift's oc login          | hawatch/api-prod-example:6443/me                | oc.token           | oc.token
		the same, as a path           | hawatch/api-prod-example:6443/me                | a/b/c.token        | a/b/c.token
		typed by hand                 | the prod cluster                                | the prod one.token | the prod one.token
		a pattern                     | prod *                                          | -                  | prod *.token
		gcloud                        | gke_acme-1_europe-west1_prod                    | -                  | gke_acme-1_europe-west1_prod.token
		a minus before it             | -prod                                           | ./-prod.token      | ./-prod.token
		rancher                       | local@user                                      | local.token        | local.token
		backslash, quotes             | prod\one's                                      | prod.token         | prod.token
		the folder of the renewer     | prod                                            | @/prod.token       | prod.token
		another folder                | prod                                            | /nowhere/p.token   | !prod: tokenFile /nowhere/p.token is not below
		another folder, by dots       | prod                                            | ../prod.token      | !prod: tokenFile ../prod.token is not below
	END
}
# one_context NAME TOKEN_FILE TOKEN: a folder of the renewer in $scratch/named, with the first cluster of the simulator.
one_context() {
	rm -rf "$scratch/named" && mkdir -p "$scratch/named/renewer" || return
	kubectl --kubeconfig="$etc/kubeconfig" config view --raw --minify --flatten --context=$one -o json |
		jq --arg name "$1" --arg file "$2" --arg token "$3" '.contexts[0].name = $name | del(."current-context")
			| .users[0].user = (if $file == "-" then {token: $token} else {tokenFile: $file} end)' >"$scratch/named/renewer/kubeconfig"
}
names() {
	local source context file result at
	while IFS='|' read -r source context file result; do
		one_context "$context" "${file/@/$scratch/named/renewer}" "$(cat "$sim/$one.token")"
		at=${result#./}
		[[ $file == - || $result == !* ]] || install -D "$sim/$one.token" "$scratch/named/renewer/$at"
		sh "$renew" "$scratch/named/renewer" "$scratch/named" >"$scratch/out" 2>&1
		if [[ $result == !* ]]; then
			check "$source: $context, $file: refused" says "${result#!}"
			check "$source: the other file is not made" [ ! -e "$scratch/nowhere" ]
			continue
		fi
		check "$source: $context: hawatchd's is in $at" [ -s "$scratch/named/$at" ]
		check "$source: $context: the renewer's, too" is_jwt "$scratch/named/renewer/$at"
		check "$source: $context: they are two tokens" eval '! cmp -s "$scratch/named/$at" "$scratch/named/renewer/$at"'
		check "$source: $context: nothing else was written" gives "$(find "$scratch/named" -name '*token*' | wc -l)" 2
		check "$source: $context: the group may read it" gives "$(stat -c %a "$scratch/named/$at")" 640
	done < <(contexts | sed 's/ *| */|/g; s/^[[:space:]]*//')
}
is_jwt() { grep -qE '^eyJ[^.]+\.[^.]+\.' "$1" && ! cmp -s "$1" "$sim/$one.token"; }
gives() { [ "$1" = "$2" ] || { echo "$1, expected $2"; false; }; }

bad_folders() {
	check "no kubeconfig" exits 1 eval 'sh $renew "$scratch/none" "$etc" >"$scratch/out" 2>&1'
	check "no kubeconfig: said" says "$scratch/none/kubeconfig: not readable"
	check "no folder for the tokens" exits 1 eval 'sh $renew "$etc/renewer" "$scratch/none" >"$scratch/out" 2>&1'
	check "one folder is not enough" exits 2 eval 'sh $renew "$etc" >"$scratch/out" 2>&1'
}

# The daemon begins with one token, and goes on with the next.
the_daemon() {
	local first
	start_daemon
	reaches "the daemon" ACTIVE
	first=$(ends_at)
	check "its token ends a day after it was made" has_a_day "$first"
	let_pass 5000
	check "later the tokens are renewed" exits 0 renewed
	check "the daemon has the new one" eventually is_later_than "$first"
	reaches "with the new one" ACTIVE
	check "it was never refused" eval '[ "$(sum ha_poll_errors_total reason=auth)" = 0 ]'
	check "SIGTERM ends it, exit status 0" stop_daemon
}
ends_at() { value ha_credential_expiry_timestamp_seconds side=primary credential=kubernetes_token; }
has_a_day() { [ "$1" -gt $(($(now_s) + 86400 - 3600)) ] && [ "$1" -le $(($(now_s) + 86400)) ]; }
is_later_than() { [ "$(ends_at)" -ge $(($1 + 3)) ]; }

# The job of config/kubernetes/renewal, in a folder of ours. Of its own API server there is only what it is given.
volume() { # FOLDER FILE...: as a kubelet makes it
	local file
	mkdir -p "$job/$1/..data"
	cp "${@:2}" "$job/$1/..data"
	for file in "${@:2}"; do ln -s "..data/${file##*/}" "$job/$1/${file##*/}"; done
}
set_up_job() {
	mkdir -p "$job/new" "$scratch/bin"
	ln -s "$PWD/$renew" "$scratch/bin/hawatch-renew-tokens"
	cat >"$scratch/bin/kubectl" <<-END
		#!/bin/sh
		[ "\$1" != replace ] || { { echo ---; cat; } >>"$scratch/replaced"; exit; }
		exec $(command -v kubectl) "\$@"
	END
	chmod +x "$scratch/bin/kubectl"
	volume old/renewer "$etc/renewer"/*.token
	volume old/tokens "$etc"/*.token
	volume kubeconfig "$etc/kubeconfig"
	kubectl kustomize config/kubernetes/renewal >"$scratch/renewal.yaml"
	as_json "$scratch/renewal.yaml" | jq -r 'select(.kind == "CronJob")
		| .spec.jobTemplate.spec.template.spec.containers[].args[]' >"$scratch/job.sh"
}
run_job() { (cd "$job" && PATH=$scratch/bin:$PATH sh -euc "$(cat "$scratch/job.sh")" >"$scratch/out" 2>&1); }
# as_json FILE: its objects.
as_json() { kubectl label --local -f "$1" -o json checked=yes; }
# replaced: "SECRET KEY" a line, and whether it is another token than before.
replaced() {
	as_json "$scratch/replaced" | jq -r '.metadata.name as $secret | .data | to_entries[] | "\($secret) \(.key) \(.value)"' |
		while read -r secret key token; do
			if base64 -d <<<"$token" | cmp -s - "$job/old/${secret#hawatch-}/$key"; then echo "$secret $key old"; else echo "$secret $key new"; fi
		done | sort
}
the_job() {
	local job=$scratch/job
	set_up_job
	play $one fault=refuse
	check "the job: a cluster does not answer: it fails, and will be tried again" exits 1 run_job
	play $one fault=none
	check "the job: that cluster keeps its tokens, the other has new ones" is_same "$(replaced)" <<-END
		hawatch-renewer $two.token new
		hawatch-renewer $one.token old
		hawatch-tokens $two.token new
		hawatch-tokens $one.token old
	END
}
is_same() { [ "$1" = "$(cat)" ] || { echo "$1"; false; }; }

start_sim
set_up
sed -i "s|kubeconfig: \"[^\"]*\"|kubeconfig: \"$etc/kubeconfig\"|" "$config"
good_answers
bad_answers
names
bad_folders
the_job
the_daemon
finish
