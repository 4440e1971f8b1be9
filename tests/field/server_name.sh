#!/usr/bin/env bash
# tls-server-name: which names and addresses a server's certificate is verified for, by kubectl and by hawatchd, and that
# the Host header stays the URL's. All rows are watched by one hawatchd, each as a pair of its own.
# usage: server_name.sh [BUILD_DIR]    KUBECTL=PROGRAM
# shellcheck disable=SC2125 # a * or [ in a value is no pattern
set -u
build=$(realpath "${1:-build}")
cd "$(dirname "$0")/../.." || exit 2
. tests/e2e/checks.sh
kubectl=${KUBECTL:-kubectl}
require "$kubectl" openssl curl

names=DNS:kube.example,DNS:sni.example,DNS:zone.sni.example,DNS:a_b.example,DNS:*.wild.example,IP:10.9.8.7,IP:fd00::1 # of the certificate
# NAME | SOURCE | TLS-SERVER-NAME | good, or the reason of a failed poll
rows=(
	'the name|kubeadm|kube.example|good'
	'capitals|AKS private link|Kube.EXAMPLE|good'
	'an underscore|docker compose|a_b.example|good'
	'under a wildcard|Teleport|prod.wild.example|good'
	'a dot at its end|DNS|kube.example.|good'
	'an address|seabird 116|10.9.8.7|good'
	'an IPv6 address|a lab|FD00::1|good'
	'an IPv6 address in brackets|a lab|[fd00::1]|good'
	'another name|a new certificate|other.example|tls'
	'two levels under a wildcard|Teleport|a.b.wild.example|tls'
	'another address|a new machine|10.9.8.8|tls'
	'another IPv6 address|a new machine|fd00::2|tls'
	'a server with several names (SNI)|Teleport, AKS|SNI.Example|good'
	'the name of an address with a zone|a link-local address|zone.sni.example|good'
	'none, and no 127.0.0.1 in the certificate|ssh -L, kubernetes 21283||tls'
)

# start NAME CERTIFICATE OPTION...: a TLS server; what it says goes to $scratch/NAME. Leaves its port in $port.
start() {
	: >"$scratch/$1"
	(cd "$scratch/www" && exec openssl s_server -accept "${accept:-127.0.0.1:0}" -cert "../$2.crt" -key "../$2.key" "${@:3}") \
		>>"$scratch/$1" 2>&1 <"$scratch/nobody" &
	servers+=($!)
	until_true grep -q ^ACCEPT "$scratch/$1" || { cat "$scratch/$1"; exit 2; }
	port=$(sed -n 's/^ACCEPT .*://p' "$scratch/$1")
}
kubeconfig() { # ADDRESS TLS-SERVER-NAME
	cat <<-END
		clusters: [{name: c, cluster: {server: "https://$1", certificate-authority: server.crt, tls-server-name: "$2"}}]
		users: [{name: u, user: {token: t}}]
		contexts: [{name: x, context: {cluster: c, user: u}}]
		current-context: x
	END
}
side() { echo "{cloudspace: $1, kubeconfig: $scratch/$1}"; }
ask() { curl -sS -f --unix-socket "$scratch/control.sock" http://localhost/metrics -o "$scratch/metrics"; }
count() { # PAIR METRIC [LABELS]
	ask && awk -v start="$2{" -v pair="pair=\"$1\"" -v labels="${3-}" \
		'index($0, start) == 1 && index($0, pair) && /source="nodes"/ && /side="primary"/ && index($0, labels) { n += $NF } END { print n + 0 }' \
		"$scratch/metrics"
}
is_good() { [ $(($(count "$1" ha_polls_total) - $(count "$1" ha_poll_errors_total))) -gt 0 ]; }
fails_for() { [ "$(count "$1" ha_poll_errors_total "reason=\"$2\"")" -gt 0 ] && ! is_good "$1"; }
agrees() { # ROW RIGHT
	env -i HOME="$scratch" PATH=/usr/bin:/bin "$kubectl" --kubeconfig "$scratch/row-$1" get --raw /readyz >"$scratch/said" 2>&1
	local theirs=$?
	[ "$2" = good ] || { [ $theirs -ne 0 ] && grep -q x509: "$scratch/said" && until_true fails_for "row-$1" "$2"; return; }
	[ $theirs -eq 0 ] || { cat "$scratch/said"; return 1; }
	until_true is_good "row-$1" || { grep "row-$1" "$scratch/log"; false; }
}

certificate() { # NAME ALTERNATIVE_NAMES
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 2 -subj "/CN=$1" -addext "subjectAltName=$2" \
		-keyout "$scratch/$1.key" -out "$scratch/$1.crt" 2>"$scratch/openssl" || { cat "$scratch/openssl"; exit 2; }
}
mkdir -p "$scratch/www/api/v1" && echo ok >"$scratch/www/readyz" && mkfifo "$scratch/nobody" && exec 9<>"$scratch/nobody"
echo '{"kind":"NodeList","items":[{"metadata":{"name":"n"},"status":{"conditions":[{"type":"Ready","status":"True"}]}}]}' >"$scratch/www/api/v1/nodes"
certificate server "$names"
certificate default DNS:default.example
start named default -WWW -servername sni.example -cert2 ../server.crt -key2 ../server.key
named=$port
accept=[::1]:0 start zoned server -WWW
zoned=$port
start files server -WWW
{
	echo 'poll: {interval: 200ms, spot_interval: 200ms, confirm_interval: 50ms, timeout: 5s, own_network_window: 400ms}'
	echo 'pairs:'
	for i in "${!rows[@]}" host; do
		echo "  - {name: row-$i, primary: $(side "row-$i"), secondary: $(side other)}"
	done
} >"$scratch/hawatch.yaml"
for i in "${!rows[@]}"; do
	IFS='|' read -r _ _ name _ <<<"${rows[i]}"
	case $name in
	SNI.*) address=127.0.0.1:$named ;;
	zone.*) address=[::1%25lo]:$zoned ;;
	*) address=127.0.0.1:$port ;;
	esac
	kubeconfig "$address" "$name" >"$scratch/row-$i"
done
kubeconfig "127.0.0.1:$port" kube.example >"$scratch/other"
start requests server
kubeconfig "127.0.0.1:$port" Kube.Example >"$scratch/row-host"
"$build/hawatchd" --config.file="$scratch/hawatch.yaml" --web.listen-address=127.0.0.1:0 \
	--web.control-socket="$scratch/control.sock" >"$scratch/log" 2>&1 &
servers+=($!)
until_true ask 2>"$scratch/waiting" || { cat "$scratch/log"; exit 2; }
for i in "${!rows[@]}"; do
	IFS='|' read -r what source _ right <<<"${rows[i]}"
	check "$what ($source): $right" agrees "$i" "$right"
done
check "the Host header is the URL's host" until_true grep -qix "Host: 127.0.0.1:$port." "$scratch/requests"
finish
