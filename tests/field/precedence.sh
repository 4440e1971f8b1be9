#!/bin/bash
# Where two places set the same thing, the nearer one wins: a row for each cell of the table in
# hawatch-credentials(7), tried on a real daemon and the simulator. Inside of a kubeconfig kubectl is the oracle, where it is installed.
# usage: precedence.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/sides.sh"
require openssl base64 awk
three=matchpoint-runners-3 # watched by nobody: who is asked there was sent there
config=$scratch/hawatch.yaml

# KIND | NAME | the side's keys | the kubeconfig's cluster | its user
# @NEAR and @FAR are the nearer and the other value of this kind, as the path of a file or a name; @NEAR_TEXT is the
# file's content, @NEAR_DATA its base64. Each row is tried with a right @NEAR and a wrong @FAR, and the other way round.
# A row of the kind `serves`, `tls` or `auth` is tried once, and ends so. @RIGHT is the right token, @CA the right CA.
of_a_side() {
	cat <<-'END'
		ca     | ca_file over certificate-authority                     | ca_file: @NEAR                      | certificate-authority: @FAR | tokenFile: @RIGHT
		ca     | ca_file over certificate-authority-data                | ca_file: @NEAR                      | certificate-authority-data: @FAR_DATA | tokenFile: @RIGHT
		ca     | ca_file over insecure-skip-tls-verify                  | ca_file: @NEAR                      | insecure-skip-tls-verify: true | tokenFile: @RIGHT
		ca     | ca_file over a CA that is not there                    | ca_file: @NEAR                      | certificate-authority: not/there | tokenFile: @RIGHT
		ca     | ca_file over a CA that is prose                        | ca_file: @NEAR                      | certificate-authority-data: cHJvc2U= | tokenFile: @RIGHT
		ca     | ca_file over CA and insecure, which contradict         | ca_file: @NEAR                      | certificate-authority: @FAR, insecure-skip-tls-verify: true | tokenFile: @RIGHT
		serves | insecure over certificate-authority                    | insecure: true                      | certificate-authority: @OTHER_CA | tokenFile: @RIGHT
		serves | insecure over a CA that is not there                   | insecure: true                      | certificate-authority: not/there | tokenFile: @RIGHT
		serves | insecure over insecure-skip-tls-verify: false          | insecure: true                      | insecure-skip-tls-verify: false | tokenFile: @RIGHT
		tls    | insecure: false over insecure-skip-tls-verify          | insecure: false                     | insecure-skip-tls-verify: true | tokenFile: @RIGHT
		ca     | insecure: false over CA and insecure, which contradict | insecure: false                     | certificate-authority: @NEAR, insecure-skip-tls-verify: true | tokenFile: @RIGHT
		token  | token_file over tokenFile                              | token_file: @NEAR                   | certificate-authority: @CA | tokenFile: @FAR
		token  | token_file over token                                  | token_file: @NEAR                   | certificate-authority: @CA | token: @FAR_TEXT
		token  | token_file over a tokenFile that is not there          | token_file: @NEAR                   | certificate-authority: @CA | tokenFile: not/there
		token  | token_file over username and password                  | token_file: @NEAR                   | certificate-authority: @CA | username: u, password: p
		token  | token_file over a plugin                               | token_file: @NEAR, allow_exec: true | certificate-authority: @CA | exec: @PLUGIN(@FAR)
		token  | token_file over a plugin that is not allowed           | token_file: @NEAR                   | certificate-authority: @CA | exec: @PLUGIN(@FAR)
		token  | token_file and ca_file over insecure and tokenFile     | token_file: @NEAR, ca_file: @CA     | insecure-skip-tls-verify: true | tokenFile: @FAR
		token  | token_file over a client certificate                   | token_file: @NEAR                   | certificate-authority: @CA | client-certificate: not/there, client-key: not/there
		auth   | a client certificate over a plugin                     | allow_exec: true                    | certificate-authority: @CA | client-certificate: @ME, client-key: @KEY, exec: @PLUGIN(@RIGHT)
	END
}
of_a_kubeconfig() {
	cat <<-'END'
		ca     | certificate-authority over the system's CAs          | - | certificate-authority: @NEAR | tokenFile: @RIGHT
		ca     | certificate-authority-data over the system's CAs     | - | certificate-authority-data: @NEAR_DATA | tokenFile: @RIGHT
		tls    | the system's CAs if none is set                      | - | disable-compression: true | tokenFile: @RIGHT
		token  | tokenFile over token                                 | - | certificate-authority: @CA | tokenFile: @NEAR, token: @FAR_TEXT
		token  | token over a plugin                                  | - | certificate-authority: @CA | token: @NEAR_TEXT, exec: @PLUGIN(@FAR)
		token  | tokenFile over a plugin                              | - | certificate-authority: @CA | tokenFile: @NEAR, exec: @PLUGIN(@FAR)
		token  | token over a plugin that cannot run                  | - | certificate-authority: @CA | token: @NEAR_TEXT, exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: /not/there, interactiveMode: Never}
		auth   | username and password over a plugin                  | - | certificate-authority: @CA | username: u, password: p, exec: @PLUGIN(@RIGHT)
		serves | token beside a key without certificate               | - | certificate-authority: @CA | tokenFile: @RIGHT, client-key: not/there
		name   | tls-server-name over the host of server              | - | certificate-authority: @CA, tls-server-name: @NEAR | tokenFile: @RIGHT
		serves | insecure-skip-tls-verify over tls-server-name        | - | insecure-skip-tls-verify: true, tls-server-name: elsewhere.example | tokenFile: @RIGHT
		serves | certificate-authority-data beside an empty file name | - | certificate-authority: '', certificate-authority-data: @CA_DATA | token: '', tokenFile: @RIGHT
	END
}
# Which of two is meant nobody can tell: NAME | the side's keys | cluster | user | what is said. As kubectl, except `ours`.
refused() {
	cat <<-'END'
		certificate-authority and -data        | -                            | certificate-authority: @CA, certificate-authority-data: @CA_DATA | tokenFile: @RIGHT | certificate-authority-data together with certificate-authority in line 1
		client-certificate and -data           | -                            | certificate-authority: @CA | client-certificate: @ME, client-certificate-data: @ME_DATA, client-key: @KEY | client-certificate-data together with client-certificate
		client-key and -data                   | -                            | certificate-authority: @CA | client-certificate: @ME, client-key-data: @KEY_DATA, client-key: @KEY | client-key-data together with client-key
		insecure-skip-tls-verify and a CA      | -                            | certificate-authority: @CA, insecure-skip-tls-verify: true | tokenFile: @RIGHT | insecure-skip-tls-verify: true contradicts certificate-authority
		token and username                     | -                            | certificate-authority: @CA | token: t, username: u | username and a token
		tokenFile and username                 | -                            | certificate-authority: @CA | tokenFile: @RIGHT, username: u | username and a token
		token and a password alone             | -                            | certificate-authority: @CA | token: t, password: p | password without username
		client-certificate without client-key  | -                            | certificate-authority: @CA | client-certificate: @ME | client-certificate without client-key
		ours: token and a tokenFile not there  | -                            | certificate-authority: @CA | token: @RIGHT_TEXT, tokenFile: not/there | not/there: No such file
		ours: insecure and ca_file on one side | insecure: true, ca_file: @CA | certificate-authority: @CA | tokenFile: @RIGHT | insecure: true contradicts ca_file
		ours: in_cluster and a kubeconfig      | in_cluster: true             | certificate-authority: @CA | tokenFile: @RIGHT | kubeconfig together with in_cluster
	END
}

# The values.
# filled TEXT NEAR FAR: the text with its values.
filled() {
	local text=$1 name value
	local -A values=([NEAR]=$2 [FAR]=$3 [RIGHT]=$right_token [CA]=$sim/ca.crt
		[OTHER_CA]=$scratch/theirs.crt [ME]=$scratch/theirs.crt [KEY]=$scratch/theirs.key)
	for name in "${!values[@]}"; do
		value=${values[$name]}
		[[ $text != *@${name}_TEXT* ]] || text=${text//@${name}_TEXT/$(cat "$value")}
		[[ $text != *@${name}_DATA* ]] || text=${text//@${name}_DATA/$(base64 -w 0 "$value")}
		text=${text//@$name/$value}
	done
	text=${text//@PLUGIN(/"{apiVersion: client.authentication.k8s.io/v1beta1, interactiveMode: Never, command: $scratch/plugin, args: ["}
	echo "${text//)/]\}}"
}
kubeconfig_of() { # CLUSTER USER
	cat <<-END
		clusters: [{name: c, cluster: {server: '$(server_of $two)', $1}}]
		users: [{name: u, user: {$2}}]
		contexts: [{name: x, context: {cluster: c, user: u}}]
		current-context: x
	END
}
prepare() {
	right_token=$sim/$two.token wrong_token=$scratch/wrong.token
	echo not-the-token-of-anybody >"$wrong_token"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 90 -subj /CN=theirs \
		-keyout "$scratch/theirs.key" -out "$scratch/theirs.crt" 2>"$scratch/openssl" || give_up "no certificate" "$scratch/openssl"
	cat >"$scratch/plugin" <<-'END'
		#!/bin/sh
		printf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"%s"}}' "$(cat "$1")"
	END
	chmod +x "$scratch/plugin"
	mkdir "$scratch/k"
}
near_of() { case $1 in ca) echo "$sim/ca.crt" ;; token) echo "$right_token" ;; name) echo kubernetes ;; *) echo - ;; esac; }
far_of() { case $1 in ca) echo "$scratch/theirs.crt" ;; token) echo "$wrong_token" ;; name) echo elsewhere.example ;; *) echo - ;; esac; }
end_of() { case $1 in ca | name) echo tls ;; token) echo auth ;; *) echo "$1" ;; esac; }

# The rows on one daemon: a pair for each, of which the primary has the right NEAR and the secondary the wrong one.
add_side() { # NAME KEY SIDE CLUSTER USER NEAR FAR
	local keys file=$scratch/k/$1.$2
	kubeconfig_of "$(filled "$4" "$6" "$7")" "$(filled "$5" "$6" "$7")" >"$file"
	[ "$3" = - ] || keys=", $(filled "$3" "$6" "$7")"
	echo "    $2: {cloudspace: $2, kubeconfig: $file${keys-}}" >>"$config"
}
write_rows() {
	local kind name side cluster user row=0
	begin_sides
	while IFS='|' read -r kind name side cluster user; do
		row=$((row + 1)) kind=$(trim "$kind") side=$(trim "$side") cluster=$(trim "$cluster") user=$(trim "$user")
		echo "  - name: row$row" >>"$config"
		add_side row$row primary "$side" "$cluster" "$user" "$(near_of "$kind")" "$(far_of "$kind")"
		add_side row$row secondary "$side" "$cluster" "$user" "$(far_of "$kind")" "$(near_of "$kind")"
	done < <(of_a_side; of_a_kubeconfig)
}
# ends_as PAIR SIDE WORD: it serves, or why its polls fail.
ends_as() {
	local found errors
	found=$(value ha_cloudspace_state_reason pair="$1" side="$2" ha_cloudspace_state_reason=serving)
	errors=$(awk -v labels="pair=\"$1\",side=\"$2\",source=\"nodes\"" '
		index($1, "ha_poll_errors_total{" labels) && $2 > 0 { split($1, part, "reason=\""); sub(/".*/, "", part[2]); print part[2] }' "$scratch/metrics")
	[ "$found" = 1 ] && found=serves${errors:+, $errors} || found=${errors:-not yet}
	[ "$found" = "$3" ] || { echo "$1, $2: $found, expected $3"; sed 's/[A-Za-z0-9+=]\{80,\}/.../g' "$scratch/k/$1.$2"; false; }
}
# kubectl_ends_as FILE WORD
kubectl_ends_as() {
	local said=serves
	KUBECONFIG=$1 HOME=$scratch timeout 60 kubectl get --raw /readyz >"$scratch/kubectl" 2>&1 </dev/null || said=fails
	[ $said = "$2" ] || { echo "kubectl $said:"; cat "$scratch/kubectl" "$1"; false; }
}
as_kubectl() { # NAME FILE WORD
	[ -n "$(command -v kubectl)" ] || return 0
	check "$1, with kubectl" kubectl_ends_as "$2" "$3"
}
rows() {
	local kind name side cluster user row=0
	write_rows
	start_proxy "$scratch/environment"
	# What the environment says of proxies, CAs and kubeconfigs does not count.
	https_proxy=http://127.0.0.1:$port SSL_CERT_FILE=$sim/ca.crt KUBECONFIG=$sim/kubeconfig start_daemon
	while IFS='|' read -r kind name side cluster user; do
		row=$((row + 1)) kind=$(trim "$kind") name=$(trim "$name") side=$(trim "$side")
		if [ "$(near_of "$kind")" = - ]; then
			check "$name: $kind" eventually ends_as row$row primary "$kind"
			[ "$kind" = serves ] || kind=fails
			[ "$side" != - ] || as_kubectl "$name: $kind" "$scratch/k/row$row.primary" $kind
			continue
		fi
		check "$name: the nearer one is right" eventually ends_as row$row primary serves
		check "$name: the nearer one is wrong" eventually ends_as row$row secondary "$(end_of "$kind")"
		[ "$side" = - ] || continue
		as_kubectl "$name: the nearer one is right" "$scratch/k/row$row.primary" serves
		as_kubectl "$name: the nearer one is wrong" "$scratch/k/row$row.secondary" fails
	done < <(of_a_side; of_a_kubeconfig)
	check "the environment's proxy is not asked" [ "$(wc -l <"$scratch/environment")" -eq 1 ]
	check "no secret in the log" without_secrets "$log" "$wrong_token"
	stop_daemon
}
is_refused() { # TEXT
	"$build/hawatchd" --config.file="$config" --config.check >"$scratch/out" 2>"$scratch/err" && { echo "not refused"; return 1; }
	grep -qF -- "$1" "$scratch/err" || { cat "$scratch/err"; false; }
}
refusals() {
	local name side cluster user says
	while IFS='|' read -r name side cluster user says; do
		name=$(trim "$name")
		printf 'pairs:\n  - name: prod\n    secondary: {cloudspace: b, kubeconfig: %s, context: %s}\n' "$sim/kubeconfig" "$one" >"$config"
		add_side refused primary "$(trim "$side")" "$(trim "$cluster")" "$(trim "$user")" - -
		check "$name: refused" is_refused "$(trim "$says")"
		[ "${name#ours}" != "$name" ] || as_kubectl "$name: refused" "$scratch/k/refused.primary" fails
	done < <(refused)
}


# Where a cluster is: what stands nearer to the side says it, and nobody else is asked.
endpoint_of() { "$asker" get "$url/api/v1/cloudspaces" | jq -r ".$1.endpoint"; }
is_at() { [ "$(endpoint_of "$1")" = "$2" ] || { endpoint_of "$1"; false; }; }
# with_sides PRIMARY_KEYS SECONDARY_KEYS: a configuration with Spot.
with_sides() {
	sed '/^pairs:/,$d' "$sim/hawatch.yaml" >"$config"
	printf 'pairs:\n  - name: prod\n    primary: {cloudspace: %s, %s}\n    secondary: {cloudspace: %s, %s}\n' $one "$1" $two "$2" >>"$config"
}
places() {
	local here elsewhere=$sim/kubeconfig
	here=$(server_of $two)
	play $two endpoint_at="127.0.0.1:$(port_of $three)"
	with_sides "$(ordinary)" "kubeconfig: $sim/kubeconfig, context: $two"
	start_daemon
	reaches "server over Spot's endpoint" ACTIVE
	check "server over Spot's endpoint: shown" is_at secondary "$here"
	stop_daemon
	mkdir "$scratch/account"
	cp "$sim/ca.crt" "$scratch/account/ca.crt"
	cp "$right_token" "$scratch/account/token"
	with_sides "$(ordinary)" "in_cluster: true"
	KUBERNETES_SERVICE_HOST=127.0.0.1 KUBERNETES_SERVICE_PORT=$(port_of $two) HAWATCH_SERVICE_ACCOUNT_DIR=$scratch/account start_daemon
	reaches "in_cluster over Spot's endpoint" ACTIVE
	check "in_cluster over Spot's endpoint: shown" is_at secondary "$here"
	stop_daemon
	check "nobody was sent to Spot's endpoint" [ "$(requests $three)" -eq 0 ]
	with_sides "$(ordinary)" "ca_file: $sim/ca.crt"
	KUBERNETES_SERVICE_HOST=127.0.0.1 KUBERNETES_SERVICE_PORT=$(port_of $two) start_daemon
	check "Spot's endpoint if nothing else is set" eventually is_at secondary "$(server_of $three)"
	stop_daemon
	play $two endpoint_at=

	# Of several files the first that has a name counts, with all of it; and the side's context over current-context.
	printf 'users: [{name: %s, user: {tokenFile: %s}}]\n' $two "$wrong_token" >"$scratch/first"
	printf 'current-context: %s\n' $one >>"$scratch/first"
	with_sides "$(ordinary)" "kubeconfig: '$elsewhere:$scratch/first', context: $two"
	start_daemon
	reaches "the first of several files" ACTIVE
	check "context over current-context: shown" is_at secondary "$here"
	stop_daemon
	with_sides "$(ordinary)" "kubeconfig: '$scratch/first:$elsewhere', context: $two"
	start_daemon
	reaches "the first of several files, another one" ACTIVE UP/serving UP/credential_denied
	stop_daemon
	with_sides "ca_file: $sim/ca.crt" "kubeconfig: '$scratch/first:$elsewhere'"
	start_daemon
	check "current-context of the first file that has one" eventually is_at secondary "$(server_of $one)"
	stop_daemon
	start_proxy "$scratch/near"
	sed "s|server:|proxy-url: 'http://127.0.0.1:$port'\n    server:|" "$sim/kubeconfig" >"$scratch/proxied"
	with_sides "$(ordinary)" "kubeconfig: $scratch/proxied, context: $two"
	https_proxy=http://127.0.0.1:1 no_proxy='*' start_daemon
	reaches "proxy-url over the environment's proxies" ACTIVE
	check "proxy-url over the environment's proxies: asked" grep -q "^CONNECT 127.0.0.1:$(port_of $two) " "$scratch/near"
	stop_daemon
}

# VARIABLE | key of spot: | a right value | a wrong one | the source that fails with the wrong one
spot_settings() {
	local at
	at() { sed -n "s/^ *$1: *//p" "$sim/hawatch.yaml"; }
	echo not-a-refresh-token >"$scratch/wrong-refresh-token"
	cat <<-END
		SPOT_BASE_URL      | api_url            | $(at api_url) | http://127.0.0.1:1 | cloudspaces
		SPOT_AUTH_URL      | auth_url           | $(at auth_url) | http://127.0.0.1:1 | token
		RXTSPOT_TOKEN_FILE | refresh_token_file | $sim/spot-refresh-token | $scratch/wrong-refresh-token | token
	END
}
answers() { # SOURCE yes|no
	local polls errors
	polls=$(value ha_polls_total source="$1") errors=$(sum ha_poll_errors_total source="$1") || return
	# shellcheck disable=SC2046 # a number
	[ "$polls" -gt 0 ] && [ $((polls > errors)) -eq $([ "$2" = yes ] && echo 1 || echo 0) ]
}
spot() {
	local variable key right wrong source
	while IFS='|' read -r variable key right wrong source; do
		variable=$(trim "$variable") key=$(trim "$key") right=$(trim "$right") wrong=$(trim "$wrong") source=$(trim "$source")
		sed "s#^\( *$key\):.*#\1: $right#" "$sim/hawatch.yaml" >"$config"
		export "$variable=$wrong"
		start_daemon
		check "spot.$key over $variable" eventually answers "$source" yes
		stop_daemon
		sed "s#^\( *$key\):.*#\1: $wrong#" "$sim/hawatch.yaml" >"$config"
		export "$variable=$right"
		start_daemon
		check "spot.$key over $variable: the nearer one is wrong" eventually answers "$source" no
		stop_daemon
		sed "/^ *$key:/d" "$sim/hawatch.yaml" >"$config"
		start_daemon
		check "$variable if spot.$key is not set" eventually answers "$source" yes
		check "$variable if spot.$key is not set: said in the log" logged "variable=$variable for=spot.$key"
		stop_daemon
		unset "$variable"
	done < <(spot_settings)
	printf 'refreshToken: %s\n' "$(cat "$scratch/wrong-refresh-token")" >"$scratch/.spot_config"
	RXTSPOT_TOKEN_FILE=$sim/spot-refresh-token HOME=$scratch start_daemon
	check "RXTSPOT_TOKEN_FILE over ~/.spot_config" eventually answers token yes
	stop_daemon
	printf 'refreshToken: %s\n' "$(cat "$sim/spot-refresh-token")" >"$scratch/.spot_config"
	HOME=$scratch start_daemon
	# shellcheck disable=SC2088 # a title
	check "~/.spot_config if nothing else is set" eventually answers token yes
	stop_daemon
	sed 's#^\( *ca_file\):.*#\1: '"$scratch/theirs.crt"'#' "$sim/hawatch.yaml" >"$config"
	SSL_CERT_FILE=$sim/ca.crt start_daemon
	check "spot.ca_file over SSL_CERT_FILE" eventually answers token no
	check "spot.ca_file over SSL_CERT_FILE: the log names the file" logged "source=token reason=tls .*CA: $scratch/theirs.crt"
	stop_daemon
}

# What has a place in the environment, on the command line, or at Spot.
others() {
	with_sides "$(ordinary)" "kubeconfig: $sim/kubeconfig, context: $two, max_nodes: 77"
	mkdir "$scratch/state" "$scratch/other-state"
	echo "state_directory: $scratch/state" >>"$config"
	STATE_DIRECTORY=$scratch/other-state start_daemon
	reaches "state_directory and max_nodes" ACTIVE
	check "max_nodes over the pools' maxima" eventually is 77 ha_cloudspace_nodes_max side=secondary
	check "state_directory over STATE_DIRECTORY" eventually [ -s "$scratch/state/prod.state" ]
	check "state_directory over STATE_DIRECTORY: nothing there" [ -z "$(ls "$scratch/other-state")" ]
	local nowhere=http://127.0.0.1:1
	check "--url over HAWATCH_URL" env HAWATCH_URL=$nowhere "$build/hawatch" --url "$url" active
	check "--url over HAWATCH_SOCKET" env HAWATCH_SOCKET=$scratch/none "$build/hawatch" --url "$url" active
	check "--socket over HAWATCH_URL" env HAWATCH_URL=$nowhere "$build/hawatch" --socket "$socket" active
	check "--socket over HAWATCH_SOCKET" env HAWATCH_SOCKET=$scratch/none "$build/hawatch" --socket "$socket" active
	check "HAWATCH_URL if nothing is given" env HAWATCH_URL="$url" "$build/hawatch" active
	check "HAWATCH_SOCKET if nothing is given" env HAWATCH_SOCKET="$socket" "$build/hawatch" active
	check "--url over HAWATCH_URL: the nearer one is wrong" eval '! HAWATCH_URL=$url "$build/hawatch" --url '$nowhere' active'
	check "--socket over HAWATCH_SOCKET: the nearer one is wrong" eval '! HAWATCH_SOCKET=$socket "$build/hawatch" --socket $scratch/none active'
	stop_daemon
}

start_sim --pairs 2
[ -n "$(command -v kubectl)" ] || skip "the rows of kubeconfigs are not compared with kubectl, which is not installed"
prepare
rows
refusals
places
spot
others
finish
