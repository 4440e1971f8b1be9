#!/bin/bash
# The daemon against a real Kubernetes API server, with the rights of config/kubernetes/watched and no
# others. The programs are a user's to bring, as for envtest: etcd, kube-apiserver and kubectl, in the
# folder that KUBEBUILDER_ASSETS names or on PATH; without them this is skipped. The primary side and Spot
# are the simulator's.
# usage: kube.sh [BUILD_FOLDER]
set -u

PATH=${KUBEBUILDER_ASSETS:+$KUBEBUILDER_ASSETS:}$PATH
for program in etcd kube-apiserver kubectl; do
	command -v "$program" >/dev/null && continue
	echo "skip    no $program in KUBEBUILDER_ASSETS or on PATH, so no real API server"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
done

clock=real # a real API server has the machine's
. "$(dirname "$0")/lib.sh"
require openssl base64
. tests/e2e/kube_lib.sh
config=$scratch/hawatch.yaml

put_token() { printf '%s\n' "$1" >"$kube/token.new" && mv "$kube/token.new" "$kube/token"; }

base64url() { base64 -w 0 | tr '+/' '-_' | tr -d '='; }
# minted SECONDS: a token as the API server signs it for our account, with this long to live; TokenRequest
# itself gives none of less than ten minutes.
minted() {
	local now head claims
	now=$(date +%s)
	head=$(printf '{"alg":"RS256","typ":"JWT"}' | base64url)
	claims=$(printf '{"iss":"%s","aud":["%s"],"sub":"system:serviceaccount:hawatch:hawatch","iat":%d,"nbf":%d,"exp":%d,"kubernetes.io":{"namespace":"hawatch","serviceaccount":{"name":"hawatch","uid":"%s"}}}' \
		"$issuer" "$issuer" $((now - 7200)) $((now - 7200)) $((now + $1)) \
		"$(k get serviceaccount hawatch -n hawatch -o jsonpath='{.metadata.uid}')" | base64url)
	printf '%s.%s.%s' "$head" "$claims" \
		"$(printf '%s.%s' "$head" "$claims" | openssl dgst -sha256 -sign "$kube/sa.key" -binary | base64url)"
}

# lists RESOURCE NAMESPACE: our account may. `can-i` alone knows no resource whose CRD is not installed.
lists() {
	k auth can-i --list --as=system:serviceaccount:hawatch:hawatch -n "$2" >"$scratch/can" 2>&1 &&
		grep -qE "^$1 .*\[list\]" "$scratch/can" || { cat "$scratch/can"; false; }
}

make_nodes() {
	local i now
	now=$(date -u +%FT%TZ)
	for i in 1 2 3; do
		k create -f - <<-END_OF_NODE >"$scratch/node" 2>&1 || return
			{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-$i"}}
		END_OF_NODE
		k patch node "node-$i" --subresource=status --type=merge -p '{"status": {"conditions": [{"type": "Ready",
			"status": "True", "reason": "KubeletReady", "message": "", "lastHeartbeatTime": "'"$now"'",
			"lastTransitionTime": "'"$now"'"}]}}' >>"$scratch/node" 2>&1 || return
	done
}
nodes() { check "$1" eventually is "$2" "ha_cloudspace_nodes$3" side=secondary; }
serves() { check "$1: $2" eventually is_side secondary "$2"; }
can() { account_can hawatch "$@"; }
# account_can ACCOUNT VERB RESOURCE yes|no [OPTION]...
account_can() {
	[ "$(k auth can-i "$2" "$3" --as="system:serviceaccount:hawatch:$1" "${@:5}" 2>"$scratch/can")" = "$4" ] ||
		{ cat "$scratch/can"; false; }
}
is_denied() { is_above "$1" ha_poll_errors_total source=nodes side=secondary reason=auth; }
denials() { sum ha_poll_errors_total source=nodes side=secondary reason=auth; }

rights() {
	check "rights: nodes may be listed" can list nodes yes
	check "rights: /readyz may be got" can get /readyz yes
	check "rights: nodes may not be changed" can patch nodes no
	check "rights: no secrets" can list secrets no --all-namespaces
	check "rights: all pods may be listed" can list pods yes --all-namespaces
	check "rights: leases of nodes" can list leases.coordination.k8s.io yes -n kube-node-lease
	check "rights: no other leases" can list leases.coordination.k8s.io no -n kube-system
	check "rights: no logs" can get pods no --subresource=log --all-namespaces
	check "rights: pods may not be deleted" can delete pods no --all-namespaces
	check "rights: runners in their namespace" lists ephemeralrunners.actions.github.com arc-runners
	check "rights: and in no other" eval '! lists ephemeralrunners.actions.github.com arc-systems'
	check "rights: no tokens" can create serviceaccounts/hawatch no --subresource=token -n hawatch
	check "rights: the renewer asks for tokens" \
		account_can hawatch-renewer create serviceaccounts/hawatch yes --subresource=token -n hawatch
	check "rights: but not for those of others" \
		account_can hawatch-renewer create serviceaccounts/default no --subresource=token -n hawatch
	check "rights: the renewer reads nothing" account_can hawatch-renewer list nodes no
}

# A namespace that is missing hurts nothing but itself.
says() { grep -qxF -- "$1" "$scratch/k" || { cat "$scratch/k"; false; }; }
apply_watched() {
	config/kubernetes/watched/apply.sh --kubeconfig="$kube/admin.yaml" >"$scratch/k" 2>&1 || { cat "$scratch/k"; false; }
}
manifests() {
	local part
	k create namespace arc-runners >"$scratch/k" && k create namespace arc-systems >"$scratch/k"
	check "watched: applied without a namespace argocd" apply_watched
	check "watched: says so" says 'namespace argocd does not exist; left out: argocd/'
	check "watched: the other parts are there" lists autoscalinglisteners.actions.github.com arc-systems
	k create namespace argocd >"$scratch/k"
	check "watched: applied again, with it" apply_watched
	check "watched: argocd as well" lists applications.argoproj.io argocd
	for part in base renewal overlays/shards; do
		check "$part: the API server would take it" k apply --dry-run=server -k "config/kubernetes/$part"
	done
}

# The renewal that hawatch-credentials(7) describes, with the first token from an administrator.
renewal() {
	mkdir "$kube/renewer"
	kubeconfig_of "$kube/renewer/kubeconfig" "tokenFile: x.token"
	k create token hawatch-renewer -n hawatch --duration=1h >"$kube/renewer/x.token"
	put_token "$token"
	cp "$kube/token" "$kube/x.token"
	kubeconfig_of "$kube/hawatch.yaml" "tokenFile: $kube/x.token"
	check "renewal: both tokens" config/kubernetes/renew-tokens.sh "$kube/renewer" "$kube"
	check "renewal: hawatchd's is new" eval '! cmp -s "$kube/token" "$kube/x.token"'
	check "renewal: it ends in a day" eventually is_above $(($(date +%s) + 80000)) \
		ha_credential_expiry_timestamp_seconds side=secondary credential=kubernetes_token
	serves "renewal: with the new token" UP/serving
	check "renewal: again, with the renewed renewer" config/kubernetes/renew-tokens.sh "$kube/renewer" "$kube"
	kubeconfig_of "$kube/hawatch.yaml" "tokenFile: $kube/token"
}

cordons() {
	nodes "three nodes" 3 ''
	nodes "three nodes: available" 3 _available
	k cordon node-1 >"$scratch/k"
	nodes "one cordoned" 1 _cordoned
	nodes "one cordoned: the others are available" 2 _available
	k cordon node-2 node-3 >"$scratch/k"
	serves "all cordoned" MAINTENANCE/cordoned
	k uncordon node-1 node-2 node-3 >"$scratch/k"
	serves "uncordoned" UP/serving
	k taint node node-1 example.com/busy=yes:NoSchedule >"$scratch/k"
	nodes "one tainted" 2 _available
	k taint node node-1 example.com/busy- >"$scratch/k"
	nodes "taint gone" 3 _available
}

# refused NAME TOKEN: told, and no reason to call the side down.
refused() {
	local before
	before=$(denials)
	put_token "$2"
	serves "$1" UP/credential_denied
	check "$1: counted as auth" eventually is_denied "$before"
	put_token "$token"
	serves "$1, the good token again" UP/serving
}
tokens() {
	refused "wrong token" not-the-token-of-anybody
	k create serviceaccount nobody -n hawatch >"$scratch/k"
	refused "token without rights" "$(k create token nobody -n hawatch)"
	refused "expired token" "$(minted -3600)"
	put_token "$(minted 3600)"
	check "a token of our making that has not expired: its end" eventually is_above $(($(date +%s) + 3000)) \
		ha_credential_expiry_timestamp_seconds side=secondary credential=kubernetes_token
	serves "a token of our making that has not expired" UP/serving
	put_token "$token"
}

other_credentials() {
	kubeconfig_of "$kube/hawatch.yaml" "client-certificate: $kube/admin.crt, client-key: $kube/admin.key"
	polled 5 $one
	serves "client certificate" UP/serving
	kubeconfig_of "$kube/hawatch.yaml" "client-certificate: $kube/nobody.crt, client-key: $kube/nobody.key"
	serves "client certificate without rights" UP/credential_denied
	kubeconfig_of "$kube/hawatch.yaml" "tokenFile: $kube/token"
	serves "token again" UP/serving
}

restarts() {
	stop_apiserver
	reaches "API server stopped" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/unreachable
	start_apiserver
	reaches "API server started" ACTIVE
}

prepare_kube
certificate nobody /CN=nobody
start_etcd "$etcd_port" "$(free_port)"
start_apiserver
manifests
make_nodes || give_up "no nodes" "$scratch/node"
token=$(k create token hawatch -n hawatch) || give_up "no token"
put_token "$token"
kubeconfig_of "$kube/hawatch.yaml" "tokenFile: $kube/token"

start_sim
sed "s|secondary: .*|secondary: {cloudspace: $two, kubeconfig: $kube/hawatch.yaml}|" "$sim/hawatch.yaml" >"$config"
start_daemon
reaches "a real API server" ACTIVE
rights
cordons
tokens
renewal
other_credentials
restarts
check "never BLOCKED, but for the outage" is_never_blocked 2
check "secrets: not in the log" without_secrets "$log" "$kube/token" "$kube/x.token" "$kube/renewer/x.token"
check "every line of the log is logfmt" is_logfmt
check "SIGTERM ends it, exit status 0" stop_daemon
finish
