#!/bin/bash
# The fault catalogue, what clients do to the daemon's own server.
# usage: server.sh [BUILD_FOLDER [representative]]
set -u
group=server
clock=real # these clients are of no world
. "$(dirname "$0")/rows.sh"

# Asked on the socket, which the others do not reach.
scrape() { curl -sS -f --max-time 60 -o "$scratch/metrics" --unix-socket "$socket" http://localhost/metrics; }
port() { echo "${url##*:}"; }

# They come again when they are thrown out. Meanwhile a scraper gets its answer, if not at once.
slow_clients() {
	"$tool" loris "$(port)" "$1" >"$scratch/loris" &
	loris=$!
	servers+=("$loris")
	until_true grep -qs holding "$scratch/loris" || return
	until_true curl -sS -f --max-time 60 -o "$scratch/body" "$url/metrics" 2>"$scratch/curl"
}
storm_is_over() { is_gone "$storm"; }
request_storm() {
	stop_daemon
	with_poll interval=10ms spot_interval=10ms confirm_interval=10ms
	start_daemon
	begin_anew
	eventually as_expected $same
	curl -sS --no-progress-meter --parallel --parallel-max 50 -o "$scratch/body" -w '%{http_code}\n' "$url/metrics?[1-$requests]" >"$scratch/codes" &
	storm=$!
	servers+=("$storm")
	until_true storm_is_over
	[ "$(grep -c 200 "$scratch/codes")" -eq "$requests" ]
}
# say BYTES: as printf has them, on a connection of their own, until the daemon ends it or has had them.
say() { timeout 5 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$0" && printf "$1" >&3 && head -c 1 <&3' "$(port)" "$1" >"$scratch/said" 2>&1; }
talk_garbage() {
	local i
	say 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0' # RFC 9113 section 3.4
	say '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'       # TLS
	say 'GET /metrics HTTP/9.9\r\nHost: x\r\n\r\n'
	say 'GET /metrics HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: -1\r\n\r\nzz\r\n'
	say '\r\n\r\n\r\n\0\0\0\0'
	say "GET /$(printf 'x%.0s' {1..40000}) HTTP/1.1\r\n\r\n"
	say "$(printf 'A: b\\r\\n%.0s' {1..5000})"
	for i in {1..20}; do # whole noise, another one each time
		head -c 65536 /dev/urandom | timeout 5 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$0" && cat >&3' "$(port)"
	done 2>"$scratch/said"
	curl -sS -f --max-time 60 -o "$scratch/body" "$url/metrics"
}
mend() {
	[ -z "${loris-}" ] || { kill "$loris"; wait "$loris"; } 2>"$scratch/killed"
	loris=
}

requests=5000
start_sim --nodes 3
start_daemon
until_true as_expected $same >"$scratch/begun" || give_up "the pair does not become ACTIVE" "$log"
each_row one_row
stop_daemon
