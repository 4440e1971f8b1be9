#!/bin/bash
# The demo as a newcomer sees it: its addresses, its lines, its screen, its scenarios, its end.
# usage: demo.sh BUILD_DIR
set -u
demo=$(cd "$(dirname "$0")/../demo" && pwd)/demo.sh
. "$(dirname "$0")/checks.sh"
[ $# -eq 1 ] && build=$(realpath -e "$1") || { echo "usage: $0 BUILD_DIR" >&2; exit 2; }
require curl script setsid prometheus prometheus-alertmanager
unset SCENARIO DEMO_SECONDS NO_COLOR
# The demos' folders go here, so that what one leaves behind is seen.
export TMPDIR=$scratch/tmp
mkdir "$TMPDIR"

# Ports below those that the kernel gives away by itself, and above those of the other suites' daemons.
free_ports() {
	local port
	ports=()
	while [ ${#ports[@]} -lt 3 ]; do
		port=$((30000 + RANDOM % 2768))
		[[ " ${ports[*]:-} " == *" $port "* ]] || listens "$port" || ports+=("$port")
	done
	export DEMO_PORT=${ports[0]} DEMO_PROMETHEUS_PORT=${ports[1]} DEMO_ALERTMANAGER_PORT=${ports[2]}
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# launch NAME VARIABLE=VALUE...: a demo in a process group of its own, its output in the file NAME.
launch() {
	said=$scratch/$1
	shift
	free_ports
	# A shell's background jobs ignore SIGINT, which a person's Ctrl-C must not find so.
	env --default-signal=INT "$@" setsid "$demo" "$build" >"$said" 2>&1 </dev/null &
	pid=$!
	servers+=("$pid")
}

says() { grep -qE -- "$1" "$said"; }
soon() { until_true "$@"; }
has_ended() { ! kill -0 "$pid" 2>/dev/null; }

# ends_with CODE: the demo comes to its end with this exit status.
ends_with() {
	local code
	soon has_ended || { echo "still runs"; return 1; }
	wait "$pid"
	code=$?
	[ "$code" -eq "$1" ] || { echo "exit status $code"; cat "$said"; return 1; }
}

# Every server of a demo runs in its folder.
processes() {
	local cwd
	for cwd in /proc/[0-9]*/cwd; do
		[[ $(readlink "$cwd" 2>/dev/null) != "$TMPDIR"/* ]] || echo "${cwd//[!0-9]/}"
	done
}

# server NAME: the pid of the demo's program of this name.
server() {
	local one
	for one in $(processes); do
		[ "$(<"/proc/$one/comm")" != "$1" ] || echo "$one"
	done
}

runs() { [ -n "$(server "$1")" ]; }

nothing_left() {
	local port
	no_lines processes || return
	no_lines ls "$TMPDIR" || return
	for port in "${ports[@]}"; do
		! listens "$port" || { echo "port $port is still open"; return 1; }
	done
}

metric_is() { [ "$(curl -fsS "http://127.0.0.1:$DEMO_PORT/metrics" | grep -E "$1")" = "$2" ]; }

# prometheus_says PROMQL: it has a sample of that.
prometheus_says() {
	curl -fsS -G --data-urlencode "query=$1" \
		"http://127.0.0.1:$DEMO_PROMETHEUS_PORT/api/v1/query" | grep -q '"value":'
}

# Refused before anything starts: exit status 2, and every text is said.
refuses() {
	local text
	timeout "$patience" "$demo" "$build" >"$scratch/refusal" 2>&1 </dev/null
	[ $? -eq 2 ] || { cat "$scratch/refusal"; return 1; }
	for text; do
		grep -qF -- "$text" "$scratch/refusal" || { echo "not said: $text"; return 1; }
	done
}

a_short_run() {
	launch short DEMO_SECONDS=3
	check "it ends by itself, with 0" ends_with 0
	check "no process, no folder, no open port is left" nothing_left
	check "without a terminal there are no escape codes" no_control
	check "it says how to begin with one's own cloudspaces" says 'hawatchd --config.file=hawatch.yaml --config.probe'
}

# What a demo offers while it runs, which is until somebody ends it.
offers() {
	check "exactly one ha_status is 1" metric_is '^ha_status\{.* 1$' \
		'ha_status{pair="prod",ha_status="ACTIVE"} 1'
	check "the status page answers" curl -fsS "http://127.0.0.1:$DEMO_PORT/"
	check "Alertmanager answers" curl -fsS "http://127.0.0.1:$DEMO_ALERTMANAGER_PORT/-/ready"
	check "Prometheus scrapes the daemon" soon prometheus_says 'ha_status{ha_status="ACTIVE"} == 1'
	local taken='is taken; choose another with'
	check "ports that are taken are named, with what moves them" refuses \
		"port $DEMO_PORT, for hawatchd, $taken DEMO_PORT=" \
		"port $DEMO_PROMETHEUS_PORT, for Prometheus, $taken DEMO_PROMETHEUS_PORT=" \
		"port $DEMO_ALERTMANAGER_PORT, for Alertmanager, $taken DEMO_ALERTMANAGER_PORT="
}

no_control() { ! grep -n '[[:cntrl:]]' "$said"; }

bad_words() {
	free_ports
	SCENARIO=asteroid check "an unknown scenario: the known ones are listed" refuses \
		SCENARIO=asteroid secondary-down primary-down both-down provisioning rolling-maintenance imbalance
	DEMO_SECONDS=soon check "DEMO_SECONDS=soon is refused" refuses DEMO_SECONDS=soon
	DEMO_PORT=http check "DEMO_PORT=http is refused" refuses DEMO_PORT=http
	touch "$scratch/file"
	DEMO_KEEP=$scratch/file/kept check "DEMO_KEEP that cannot be a folder is refused" refuses "DEMO_KEEP=$scratch/file/kept"
}

# awk, because grep calls finding nothing a failure. Of the side that is recovered last a page may come when it is the
# only one that is down.
other_pages() {
	awk '/status .* BLOCKED_BOTH_UNAVAILABLE -> BLOCKED_SECONDARY_UNAVAILABLE/ { is_half = 1 }
		$2 == "PAGE" && $4 != "HABothCloudspacesDown" && !(is_half && $4 == "HACloudspaceDown")' "$said"
}

both_down() {
	launch both-down SCENARIO=both-down
	check "both-down: ACTIVE first" soon says 'status +UNKNOWN -> ACTIVE'
	check "both-down: BLOCKED_BOTH_UNAVAILABLE" soon says 'status .* -> BLOCKED_BOTH_UNAVAILABLE'
	check "both-down: it pages" soon says 'PAGE +firing HABothCloudspacesDown '
	check "both-down: ACTIVE again" soon says 'status +BLOCKED_SECONDARY_UNAVAILABLE -> ACTIVE'
	check "both-down: the page is resolved" soon says 'PAGE +resolved HABothCloudspacesDown '
	check "both-down: no other page" no_lines other_pages
	check "both-down: it stays up" soon says 'That was both-down; everything stays up'
	check "both-down: Prometheus has seen it of the daemon" \
		prometheus_says 'max_over_time(ha_status{ha_status="BLOCKED_BOTH_UNAVAILABLE"}[1h]) == 1'
	check "both-down: and the daemon is ACTIVE in the end" metric_is '^ha_status\{.* 1$' \
		'ha_status{pair="prod",ha_status="ACTIVE"} 1'
	check "both-down: no escape codes in what was said" no_control
	kill -INT -- "-$pid"
	check "Ctrl-C ends it, with 0" ends_with 0
	check "Ctrl-C: nothing is left" nothing_left
}

a_death() {
	launch death
	check "a demo comes up and is ACTIVE" soon says 'status +UNKNOWN -> ACTIVE'
	offers
	kill -KILL "$(server hawatchd)"
	check "a server dies: exit status 1" ends_with 1
	check "a server dies: it is named" says '^demo: hawatchd has ended with status 137$'
	check "a server dies: the end of its log" says '^    ts=.*HA status changed'
	check "a server dies: no process is left" no_lines processes
	check "a server dies: the logs are kept where it says" \
		test -s "$(sed -n 's/^demo: every log is kept in //p' "$said")/hawatchd.log"
	rm -rf "${TMPDIR:?}"/*
}

a_termination() {
	launch term
	# At an odd moment: some servers run and others do not yet.
	check "a demo begins to start" soon runs hawatch-sim
	kill -TERM "$pid"
	check "SIGTERM ends it, with 0" ends_with 0
	check "SIGTERM: nothing is left" nothing_left
}

# on_terminal TEXT VARIABLE=VALUE...: the same on a terminal of 80 columns and 24 lines, until it
# has shown the text, and anew often enough.
on_terminal() {
	local text=$1
	shift
	said=$(mktemp -p "$scratch")
	free_ports
	script -qefc "stty cols 80 rows 24; env TERM=xterm $* '$demo' '$build'" /dev/null \
		>"$said" </dev/null &
	pid=$!
	servers+=("$pid")
	check "on a terminal, ${*:-as it is}: $text" soon shows "$text"
	[ -z "$frames" ] || check "screen: it is drawn again and again" soon has_frames "$frames"
	# shellcheck disable=SC2046 # a list of processes
	kill -TERM $(server demo.sh)
	check "on a terminal: it ends with 0, and nothing is left" eval 'ends_with 0 && nothing_left'
	plain
}
# One line a line, whether a newline or the cursor's way home ended it; `--` before each screen, `==` behind the last, where
# all that happened is told once more.
plain() {
	sed $'s/\033\\[H/\\n--\\n/g; s/\033\\[?1049l/\\n==\\n/g' "$said" | tr -d '\r' |
		sed $'s/\033\\[[0-9;?]*[a-zA-Z]//g' >"$scratch/plain"
}

fits() {
	sed '/^==$/,$d' "$scratch/plain" | awk '/^--$/ { n = 0; next } length > 80 || ++n > 24 { print; is_wrong = 1 } END { exit is_wrong }'
}
has_frames() { plain; [ "$(grep -c '^--$' "$scratch/plain")" -gt "$1" ]; }
shows() { plain; grep -qF -- "$1" "$scratch/plain"; }
has_colour() { grep -q $'\033\\[[0-9;]*m' "$said"; }

has_escapes() { grep -q $'\033' "$said"; }
is_false() { ! "$@"; }

screens() {
	# The longest texts are those of the worst outage.
	frames=3 on_terminal 'prod  BLOCKED_BOTH_UNAVAILABLE  since' SCENARIO=both-down
	check "screen: 80 columns and 24 lines are enough" fits
	check "screen: it tells what happens" shows 'All CI/CD is blocked.'
	check "screen: it names the daemon's log" shows /hawatchd.log
	check "screen: the terminal is given back" grep -q $'\033\\[?25h\033\\[?1049l' "$said"
	check "screen: in colours" has_colour
	on_terminal 'prod  ACTIVE  since' NO_COLOR=1
	check "screen: without colours if asked" is_false has_colour
	on_terminal 'UNKNOWN -> ACTIVE' TERM=dumb
	check "screen: none on a dumb terminal, but plain lines" is_false has_escapes
}

frames=
a_short_run
bad_words
both_down
a_death
a_termination
screens
finish
