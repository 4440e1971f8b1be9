#!/bin/bash
# Requests of every kind, by the table in edge/requests: over TCP, a Unix socket, a socket that systemd passes, TLS, and
# TLS with a certificate of the client.
# usage: requests.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"
require socat openssl systemd-socket-activate

refused() { sum ha_http_connections_refused_total "$@"; }
is_healthy() { [ "$(curl -sS --max-time 60 --unix-socket "$socket" http://localhost/healthz)" = ok ]; }
scrape() { curl -sS -f --max-time 60 -o "$scratch/metrics" --unix-socket "$socket" http://localhost/metrics; }

# talk WHERE TEXT: what is answered at an address of socat, with everything that it says, until the connection is closed.
talk() { printf '%b' "$2" | socat -t "$patience" - "$1" >"$scratch/said" 2>"$scratch/untold"; } # who is refused early is not read
is_answered() { # CODE
	local found
	found=$(awk 'NR == 1 { print $2 }' "$scratch/said" | tr -d '\0')
	[ "${found:--}" = "$1" ] || { echo "found: ${found:--}"; head -n 3 "$scratch/said" "$scratch/untold"; false; }
}
# requests NAME WHERE: the table, then what it says together of what is counted. Of a Unix socket the kernel does not
# tell whether a connection that ended has sent something.
requests() {
	local code count name request long sum=0 before
	before=$(refused reason=bad_request)
	while read -r code count request; do
		[ "$code" != '#' ] || continue
		[[ $2 != UNIX-* || $code != @(414|431) ]] || continue # refused while it still writes: socat ends with EPIPE
		name="$1: ${request%%: *}" request=${request#*: }
		if [[ $request =~ \{([0-9]+)\} ]]; then
			long=$(head -c "${BASH_REMATCH[1]}" /dev/zero | tr '\0' x)
			request=${request/"${BASH_REMATCH[0]}"/$long}
		fi
		talk "$2" "${request/"{end}"/\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n}"
		check "$name: $code" is_answered "$code"
		sum=$((sum + count))
	done <tests/e2e/edge/requests
	[[ $2 = UNIX-* ]] || check "$1: $sum are bad" eventually is $((before + sum)) ha_http_connections_refused_total reason=bad_request
	check "$1: the daemon lives" is_healthy
}

# has_closed_after COUNT: of twice as many requests.
has_closed_after() {
	curl -sS --unix-socket "$scratch/web.sock" -o /dev/null -w '%{num_connects}\n' "http://localhost/metrics?[1-$((2 * $1))]" |
		awk -v n="$1" '$1 { opened = opened " " NR } END { print "opened at" opened; exit opened != " 1 " n + 1 }'
}
# with_tls CLIENT_AUTH_TYPE: a daemon with this web configuration.
with_tls() {
	local kind=$1
	cat >"$scratch/web.yml" <<-END
		tls_server_config: {cert_file: server.crt, key_file: server.key, client_auth_type: $kind${2-}}
	END
	start_daemon --web.config.file="$scratch/web.yml"
	reaches "TLS, $kind" ACTIVE
}

fast=()
# Before the world's clock begins, which may fall behind the machine's: they are valid from now on.
for name in server client; do
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$scratch/$name.key" \
		-out "$scratch/$name.crt" -subj "/CN=localhost" -addext subjectAltName=DNS:localhost -days 3650 2>"$scratch/untold"
done
start_sim
start_daemon --web.listen-address="unix:$scratch/web.sock"
reaches "begins" ACTIVE
# The last answer that a connection may have says so; curl asks for all, and connects again by itself.
check "1,000 requests on one connection, and not more" has_closed_after 1000
requests TCP "TCP:${url#http://}"
requests Unix "UNIX-CONNECT:$scratch/web.sock"
check "ends" stop_daemon

port=$((10000 + RANDOM % 20000))
passed_by_systemd web "127.0.0.1:$port" -- --web.control-socket="$socket"
curl -sS -o "$scratch/body" "http://127.0.0.1:$port/healthz" # it starts now
requests systemd "TCP:127.0.0.1:$port"
check "ends" stop_daemon

with_tls NoClientCert
requests TLS "OPENSSL:${url#http://},verify=0"
check "ends" stop_daemon
with_tls RequireAndVerifyClientCert ', client_ca_file: client.crt'
requests mTLS "OPENSSL:${url#http://},verify=0,cert=$scratch/client.crt,key=$scratch/client.key"
talk "OPENSSL:${url#http://},verify=0" 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
check "mTLS: a client without a certificate gets no answer" is_answered -
check "ends" stop_daemon
finish
