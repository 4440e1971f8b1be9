#!/usr/bin/env bash
# What kubectl makes of a kubeconfig, hawatchd makes of it too. Each row is read by both: kubectl says whether it would
# ask a server and with which values, `hawatchd --config.check` says whether it would, and test-kubeconfig with which.
#
#	both     NAME SOURCE VALUE PART TEXT        both take it, with the same values, among them VALUE
#	neither  NAME SOURCE MESSAGE PART TEXT      both refuse it, and hawatchd says MESSAGE
#	refused  NAME SOURCE MESSAGE PART TEXT WHY  kubectl takes it, and it would be unsafe or of no use here
#	taken    NAME SOURCE VALUE PART TEXT WHY    only hawatchd takes it, which does no harm
#
# SOURCE says who writes such a file: a program, or a project and the number of its bug report.
# usage: kubeconfig.sh [BUILD_DIR [KIND...]]    KIND as in kubeconfig/KIND.rows; KUBECTL=PROGRAM
set -u
build=$(realpath "${1:-build}")
kinds=("${@:2}")
cd "$(dirname "$0")/../.." || exit 2
. tests/e2e/checks.sh
kubectl=${KUBECTL:-kubectl}
require "$kubectl" jq openssl
release=$("$kubectl" version --client -o json 2>/dev/null | jq -r '.clientVersion.minor' | tr -dc 0-9)
dir=$scratch/k
token=hunter2hunter2

# The parts of a kubeconfig, of which a row gives one.
whole() { # CLUSTERS USERS CONTEXTS
	printf 'apiVersion: v1\nkind: Config\nclusters: %s\nusers: %s\ncontexts: %s\ncurrent-context: x\n' "$@"
}
one_cluster='[{name: c, cluster: {server: "https://h.example:6443"}}]'
one_user="[{name: u, user: {token: $token}}]"
one_context='[{name: x, context: {cluster: c, user: u}}]'
good() { whole "$one_cluster" "$one_user" "$one_context"; }
part() { # PART TEXT
	local text=$2
	text=${text//@CA@/$ca} text=${text//@KEY@/$key} text=${text//@DIR@/$dir}
	case $1 in
	server) whole "[{name: c, cluster: {server: $text}}]" "$one_user" "$one_context" ;;
	cluster) whole "[{name: c, cluster: {server: \"https://h.example\", $text}}]" "$one_user" "$one_context" ;;
	clusters) whole "$text" "$one_user" "$one_context" ;;
	user) whole "$one_cluster" "[{name: u, user: {$text}}]" "$one_context" ;;
	users) whole "$one_cluster" "$text" "$one_context" ;;
	context) whole "$one_cluster" "$one_user" "[{name: x, context: {$text}}]" ;;
	contexts) whole "$one_cluster" "$one_user" "$text" ;;
	before) printf '%s' "$text"; good ;;
	after) good; printf '%s' "$text" ;;
	edit) good | sed "$text" ;;
	through) good | eval "$text" ;;
	all) printf '%s' "$text" ;;
	file) sed "s|@CA@|$ca|; s|@KEY@|$key|; s|@DIR@|$dir|" "tests/field/kubeconfig/$text" ;;
	esac
}
# put PART TEXT: leaves the paths of the kubeconfigs, separated by colons, in $files.
put() {
	local file
	files=
	if [ "$1" = list ]; then
		for file in $2; do part file "$file" >"$dir/$file" && files+=:$dir/$file; done
	else
		part "$@" >"$dir/config" && files=:$dir/config
	fi
	files=${files#:}
}

# kubectl: every request goes to a proxy on this machine that refuses, so that no name is looked up.
ask_kubectl() {
	local env=(env -i HOME="$scratch" PATH=/usr/bin:/bin KUBECONFIG="$files"
		HTTP_PROXY=http://127.0.0.1:1 HTTPS_PROXY=http://127.0.0.1:1)
	"${env[@]}" "$kubectl" version -v=8 --request-timeout=5s >"$scratch/kubectl" 2>&1 </dev/null
	url=$(sed -n 's|.*GET \(.*\)/version?.*|\1|p' "$scratch/kubectl" | head -n 1)
	[ -z "$url" ] || "${env[@]}" "$kubectl" config view --raw -o json 2>>"$scratch/kubectl" |
		jq -r --arg server "$url" --arg dir "$dir" -f tests/field/kubeconfig.jq >"$scratch/theirs" 2>>"$scratch/kubectl"
	[ -z "$url" ] || sed -n 's/.* \(Impersonate-[^:]*: .*\)/header=\1/p' "$scratch/kubectl" >>"$scratch/theirs"
}
ask_hawatchd() {
	cat >"$scratch/hawatch.yaml" <<-END
		pairs:
		  - name: p
		    primary: {cloudspace: a, kubeconfig: "$files", allow_exec: true}
		    secondary: {cloudspace: b, kubeconfig: "$scratch/other"}
	END
	"$build/hawatchd" --config.check --config.file="$scratch/hawatch.yaml" >"$scratch/checked" 2>&1 && verdict=good || verdict=bad
	"$build/test-kubeconfig" ${files//:/ } >"$scratch/ours" 2>&1
}

kubectl_takes_it() { [ -n "$url" ] || { echo "kubectl does not:"; grep -i error "$scratch/kubectl" | tail -n 2; false; }; }
kubectl_refuses_it() { [ -z "$url" ] || { echo "kubectl asks $url"; false; }; }
takes_it() { # VALUE
	[ $verdict = good ] || { cat "$scratch/checked"; return 1; }
	grep -qxF -- "$1" "$scratch/ours" || { echo "not $1, but:"; cat "$scratch/ours"; false; }
}
refuses_it() { # MESSAGE
	[ $verdict = bad ] || { echo "hawatchd takes it:"; cat "$scratch/ours"; return 1; }
	grep -qF -- "$1" "$scratch/checked" || { echo "not $1, but:"; cat "$scratch/checked"; return 1; }
	! grep -qF $token "$scratch/checked" || { echo "a secret is shown"; cat "$scratch/checked"; false; }
}
# The names of headers have no case.
same_values() { diff <(in_order "$scratch/theirs") <(grep -v '^proxy-url=' "$scratch/ours" | in_order); }
in_order() { sed 's/^header=[^:]*/\L&/' "$@" | sort; }

is_both() { kubectl_takes_it && takes_it "$1" && same_values; }
is_neither() { kubectl_refuses_it && refuses_it "$1"; }
is_refused() { kubectl_takes_it && refuses_it "$1"; }
is_taken() { kubectl_refuses_it && takes_it "$1"; }
row() { # VERDICT NAME SOURCE RIGHT PART TEXT [WHY]
	local why=${7:+: $7}
	if [ "$release" -lt "${since:-0}" ] || [ "$release" -ge "${until:-1000}" ]; then
		skip "$2 ($3): not of kubectl 1.$release"
		return
	fi
	put "$5" "$6"
	ask_kubectl
	ask_hawatchd
	check "$1: $2 ($3)$why" "is_$1" "${4//@DIR@/$dir}"
}
both() { row both "$@"; }
neither() { row neither "$@"; }
refused() { row refused "$@"; }
taken() { row taken "$@"; }

mkdir "$dir"
good >"$scratch/other"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 3650 -subj /CN=me \
	-keyout "$dir/me.key" -out "$dir/me.crt" 2>"$scratch/openssl" || { cat "$scratch/openssl"; exit 2; }
ca=$(base64 -w 0 "$dir/me.crt") key=$(base64 -w 0 "$dir/me.key")
echo "$token" >"$dir/token"
printf '#!/bin/sh\necho %s\n' "'{\"apiVersion\": \"client.authentication.k8s.io/v1beta1\", \"kind\": \"ExecCredential\",
	\"status\": {\"token\": \"t\"}}'" >"$dir/plugin"
chmod +x "$dir/plugin"
[ ${#kinds[@]} -gt 0 ] || kinds=('*')
for kind in "${kinds[@]}"; do
	for table in tests/field/kubeconfig/$kind.rows; do . "$table"; done
done
finish
