#!/bin/bash
# Where the daemon listens and what it answers there: several addresses, Unix sockets, sockets that systemd passes, an
# address for probes, other paths, names of hosts, and how many may ask for the metrics.
# usage: sockets.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"
require systemd-socket-activate

web=$scratch/web.sock

# answers CODE CURL-ARGUMENT...
answers() {
	local found
	found=$(curl -sS --max-time 60 -o "$scratch/body" -w '%{http_code}' "${@:2}") || found="$found: no answer"
	[ "$found" = "$1" ] || { echo "$found"; head -c 500 "$scratch/body"; false; }
}
by() { answers "$1" --unix-socket "$2" "http://localhost$3"; }
says() { grep -qF -- "$1" "$scratch/body" || { cat "$scratch/body"; false; }; }
logged() { grep -qE "$1" "$log" || { tail -n 5 "$log"; false; }; }
# The kernel chooses the port: on_port NUMBER-OF-LINE is the one that is logged there.
on_port() { sed -nE 's/.*msg=listening address=[^ ]*:([0-9]+)( .*|$)/\1/p' "$log" | sed -n "$1p"; }
has_mode() { [ "$(stat -c %a "$1")" = "$2" ]; }

addresses() {
	start_daemon --web.listen-address='[::1]:0' --web.listen-address="unix:$web" --web.health-listen-address=127.0.0.1:0
	reaches "several addresses" ACTIVE
	health=http://127.0.0.1:$(on_port 3)
	check "the first one answers" answers 200 "$url/metrics"
	check "IPv6 answers" answers 200 "http://[::1]:$(on_port 2)/metrics"
	check "a Unix socket answers" by 200 "$web" /metrics
	check "a Unix socket: for the group, and not for others" has_mode "$web" 660
	check "a Unix socket for the web takes no orders" answers 404 --unix-socket "$web" -X POST http://localhost/-/reload
	check "and the control socket does" answers 200 --unix-socket "$socket" -X POST http://localhost/-/reload
	check "hawatch asks by it" "$build/hawatch" --socket="$web" --pair="$pair" status
	for path in /healthz /livez /readyz /-/healthy /-/ready; do
		check "health: $path" answers 200 "$health$path"
	done
	for path in / /metrics /api/v1/summary /-/reload; do
		check "health: nothing else, as $path" answers 404 "$health$path"
	done
	check "health: it says what there is" says /healthz
	check "health: no POST" answers 405 -X POST "$health/healthz"
	check "health: a Host that nobody knows" answers 200 -H 'Host: node.example' "$health/healthz"
	check "ends" stop_daemon
	check "and takes its sockets with it" [ ! -e "$web" ]
}

hosts() {
	start_daemon --web.external-url=https://mon.example/hawatch --web.route-prefix=/ --web.allowed-host=Hawatch.Monitoring.svc
	reaches "names of hosts" ACTIVE
	for host in 127.0.0.1 localhost LOCALHOST:80 localhost. '[::1]' '[::1]:29164' 10.1.2.3:29164 '[fe80::1%25eth0]' mon.example \
		mon.example:443 hawatch.monitoring.svc:29164 "$(uname -n)" ''; do
		check "allowed: '$host'" answers 200 -H "Host: $host" -H 'X: y' "$url/metrics"
	done
	for host in attacker.example localhost.attacker.example mon.example.attacker.example 127.0.0.1.attacker.example \
		attacker.example:29164 '[attacker.example]' localhost:x '[::1]x' 'a b' xmon.example 2130706433 0x7f.1; do
		check "refused: '$host'" answers 421 -H "Host: $host" "$url/metrics"
	done
	check "what is refused says the remedy" says --web.allowed-host=NAME
	check "and is counted" eventually is 12 ha_http_requests_total code=421
	check "by a Unix socket every name is right" answers 200 --unix-socket "$socket" -H 'Host: attacker.example' http://x/metrics
	check "ends" stop_daemon
	start_daemon --web.allowed-host='*'
	reaches "every name" ACTIVE
	check "every name is allowed" answers 200 -H 'Host: attacker.example' "$url/metrics"
	check "ends" stop_daemon
}

# Another daemon may stand at the path of one that ends: its socket file was removed by hand, or lost.
successors() {
	local first
	start_daemon
	first=$daemon
	rm "$socket"
	start_daemon
	daemon=$first
	check "the first one ends" stop_daemon
	check "a socket of another daemon stays" answers 200 --unix-socket "$socket" -X POST http://localhost/-/reload
	kill "${servers[-1]}"
	until_true is_gone "${servers[-1]}"
	echo precious >"$socket"
	check "a file that is no socket stays" fails_saying "$socket: a file that is no socket; remove it" \
		"$build/hawatchd" --config.file="$config" --web.listen-address=127.0.0.1:0 --web.control-socket="$socket"
	check "as it was" grep -qx precious "$socket"
	rm "$socket"
}

paths() {
	start_daemon --web.telemetry-path=/telemetry/ha --web.external-url=/hawatch
	reaches_at=$url/hawatch/telemetry/ha
	check "the metrics are where they were wanted" eventually answers 200 "$reaches_at"
	check "and not elsewhere" answers 404 "$url/hawatch/metrics"
	check "the page leads there" answers 200 "$url/hawatch/"
	check "the page's link" says '"telemetry/ha"'
	check "ends" stop_daemon
	for path in metrics / /healthz /api/v1/summary /-/reload '/a?b' '/a#b' '/a%62' /../a '' $'/a\tb'; do
		check "refused: --web.telemetry-path=$path" refused --web.telemetry-path="$path"
	done
	check "its words" says --web.telemetry-path
}
refused() {
	local code
	"$build/hawatchd" --config.file="$config" "$@" >"$scratch/body" 2>&1
	code=$?
	[ $code -eq 2 ] || { echo "exit status $code"; cat "$scratch/body"; false; }
}

# Answers that nobody reads are under way.
limit() {
	start_daemon --web.max-requests=3
	reaches "a limit of requests" ACTIVE
	begin_flood reader 3 1 0
	check "three are under way: another one is refused" eventually answers 503 "$url/metrics"
	check "it says why" says --web.max-requests
	check "all else is answered" answers 200 "$url/api/v1/summary?pair=$pair"
	end_flood
	check "they are gone: answered again" eventually answers 200 "$url/metrics"
	check "ends" stop_daemon
	for number in -1 1.5 x '' 99999999; do
		check "refused: --web.max-requests=$number" refused --web.max-requests="$number"
	done
}

inherited() {
	local port=$((10000 + RANDOM % 20000)) health=$scratch/health.sock control=$scratch/passed.sock
	passed_by_systemd web:web:health:control "127.0.0.1:$port" "$web" "$health" "$control" --
	url=http://127.0.0.1:$port
	reaches "inherited" ACTIVE
	check "inherited: each is logged" logged "msg=listening address=127.0.0.1:$port for=web"
	check "inherited: a Unix socket" by 200 "$web" /metrics
	check "inherited: for probes" by 200 "$health" /healthz
	check "inherited: for probes only" by 404 "$health" /metrics
	check "inherited: for the operator" "$build/hawatch" --socket="$control" --pair="$pair" status
	check "inherited: takes orders" answers 200 --unix-socket "$control" -X POST http://localhost/-/reload
	check "inherited: no other is opened" [ ! -e "$socket" ]
	check "inherited: children do not inherit them" closes_on_exec 3 4 5 6
	check "ends" stop_daemon
	check "inherited: systemd's socket stays" [ -S "$web" ]
	rm -f "$web" "$health" "$control"
}
closes_on_exec() {
	local fd
	for fd; do grep -qE '^flags:\s*0?2[0-7]{6}$' "/proc/$daemon/fdinfo/$fd" || { cat "/proc/$daemon/fdinfo/$fd"; return 1; }; done
}
misused() {
	local text
	text='systemd has passed no socket'
	for setting in LISTEN_PID= LISTEN_FDS= "LISTEN_PID=1 LISTEN_FDS=1" "LISTEN_PID=x LISTEN_FDS=1" "LISTEN_FDS=1"; do
		check "systemd: $setting" fails_saying "$text" env $setting "$build/hawatchd" --config.file="$config" --web.systemd-socket
	done
	# The shell's own pid becomes the daemon's.
	check "systemd: what is no socket" fails_saying 'no listening stream socket' bash -c \
		'exec 3</dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"' - "$build/hawatchd" --config.file="$config" --web.systemd-socket
	check "systemd: too many" fails_saying 'at most 8' bash -c \
		'LISTEN_PID=$$ LISTEN_FDS=9 exec "$@"' - "$build/hawatchd" --config.file="$config" --web.systemd-socket
	passed_by_systemd control "127.0.0.1:$((10000 + RANDOM % 20000))" --
	curl -s -o "$scratch/body" "$(sed -nE 's/^Listening on ([0-9.:]+) .*/\1/p' "$log")/" || :
	check "systemd: a control socket of the network" ends_with 1
	check "systemd: it says so" logged 'no Unix socket'
}
fails_saying() {
	local code
	"${@:2}" >"$scratch/body" 2>&1
	code=$?
	[ $code -eq 1 ] && says "$1"
}

start_sim
addresses
hosts
successors
paths
limit
inherited
misused
finish
