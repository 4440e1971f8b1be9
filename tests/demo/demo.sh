#!/bin/bash
# The demo: a simulated pair of cloudspaces, hawatchd, a real Prometheus and a real Alertmanager,
# all on loopback, and one screen that shows them. Everything ends with it.
# usage: demo.sh BUILD_DIR
#   SCENARIO=NAME      plays an outage of the runbook and its recovery, then stays up
#   DEMO_SECONDS=N     ends by itself after N seconds; without it, Ctrl-C ends it
#   DEMO_PORT, DEMO_PROMETHEUS_PORT, DEMO_ALERTMANAGER_PORT    29164, 29090, 29093
#   DEMO_KEEP=DIR      leaves the recording of the pair there, NAME.rec, for `hawatch replay`
#   NO_COLOR=1         no colours; without a terminal there are none, but plain lines
# Exit status: 0 ended as asked, 1 something failed, 2 bad usage or a port is taken.
set -u
shopt -s extglob
export LC_ALL=C.UTF-8 no_proxy='*' NO_PROXY='*'
unset HAWATCH_URL HAWATCH_SOCKET

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=${here%/tests/demo}
. "$here/stack.sh"
. "$here/screen.sh"
. "$here/scenario.sh"

refuse() {
	printf 'demo: %s\n' "$@" >&2
	exit 2
}

# die TEXT [SERVER]: ends the demo as a failure, with the end of the server's log. The folder stays.
die() {
	failure=$1 culprit=${2:-}
	exit 1
}

settings() {
	[ $# -eq 1 ] || refuse "usage: demo.sh BUILD_DIR"
	build=$(realpath -e "$1" 2>/dev/null) || refuse "no folder $1; \`make all\` makes it"
	scenario=${SCENARIO:-}
	seconds=${DEMO_SECONDS:-}
	[[ -z $seconds || $seconds =~ ^[1-9][0-9]{0,6}$ ]] ||
		refuse "DEMO_SECONDS=$seconds: expected a whole number of seconds, 1 or more"
	keep=${DEMO_KEEP:-}
	[ -z "$keep" ] || keeps
	[ -z "$scenario" ] || scenario_load "$scenario"

	local tool missing=()
	for tool in "$build"/{hawatchd,hawatch,hawatch-sim} curl prometheus \
		prometheus-alertmanager setsid setpriv; do
		command -v "$tool" >/dev/null || missing+=("$tool")
	done
	[ ${#missing[@]} -eq 0 ] || refuse "missing: ${missing[*]}"
}

# The recordings' folder: said at the start, not at the end, if nothing can be written there.
keeps() {
	local probe
	mkdir -p -- "$keep" 2>/dev/null && keep=$(realpath -e -- "$keep") && probe=$(mktemp -p "$keep" 2>/dev/null) ||
		refuse "DEMO_KEEP=$DEMO_KEEP: expected a folder that can be written"
	rm -f -- "$probe"
}

# What hawatchd recorded, once it has ended.
keep_recordings() {
	[ -n "$keep" ] && [ -d "$dir/state" ] || return 0
	if cp -- "$dir"/state/*.rec* "$keep"/; then
		echo "The recordings are in $keep; 'hawatch replay FILE' plays them again."
	else
		failure="the recordings could not be copied to $keep" code=1
		printf 'demo: %s\n' "$failure" >&2
	fi
}

# Sets the three ports, or names whatever is wrong with all of them.
ports() {
	port=${DEMO_PORT:-29164}
	prometheus_port=${DEMO_PROMETHEUS_PORT:-29090}
	alertmanager_port=${DEMO_ALERTMANAGER_PORT:-29093}
	local wrong=() who variable number seen=' '
	while read -r who variable number; do
		if ! [[ $number =~ ^[1-9][0-9]{0,4}$ ]] || [ "$number" -gt 65535 ]; then
			wrong+=("$variable=$number: expected a port from 1 to 65535")
		elif [[ $seen == *" $number "* ]]; then
			wrong+=("$variable=$number: another part of the demo has this port already")
		elif (exec 3<>"/dev/tcp/127.0.0.1/$number") 2>/dev/null; then
			wrong+=("port $number, for $who, is taken; choose another with $variable=PORT")
		fi
		seen+="$number "
	done <<-END
		hawatchd DEMO_PORT $port
		Prometheus DEMO_PROMETHEUS_PORT $prometheus_port
		Alertmanager DEMO_ALERTMANAGER_PORT $alertmanager_port
	END
	[ ${#wrong[@]} -eq 0 ] || refuse "${wrong[@]}"
}

# The way out of everything: the terminal first, then the servers, then the folder.
leave() {
	local code=$?
	trap '' INT TERM HUP PIPE
	screen_close
	if [ -n "$failure" ]; then
		printf 'demo: %s\n' "$failure" >&2
		[ -z "$culprit" ] || tail -n 15 -v "$dir/$culprit.log" | sed 's/^/    /' >&2
	fi
	stack_stop
	cd /
	keep_recordings
	if [ -z "$failure" ]; then
		rm -rf "$dir"
		echo "The demo has ended; nothing${keep:+ else} is left behind." 2>/dev/null
	elif [ -n "$dir" ]; then
		echo "demo: every log is kept in $dir" >&2
	fi
	exit "$code"
}

# hawatchd's log and the simulator's output, read on from where the last call stopped.
follow() {
	local part
	while IFS= read -r -u "$log_fd" part; do
		take_log_line "$log_rest$part"
		log_rest=
	done
	log_rest+=$part
	while IFS= read -r -u "$sim_fd" part; do
		take_sim_line "$sim_rest$part"
		sim_rest=
	done
	sim_rest+=$part
}

readonly changed=' msg="(HA status|cloudspace state) changed" .*from=([A-Z_]+) to=([A-Z_]+)'

take_log_line() {
	local line=$1 side=status because='' from to
	if [[ $line =~ $changed ]]; then
		from=${BASH_REMATCH[2]} to=${BASH_REMATCH[3]}
		[[ $line =~ " side="(primary|secondary) ]] && side=${BASH_REMATCH[1]}
		[[ $line =~ " reason="([a-z_]+) ]] && because=" (${BASH_REMATCH[1]})"
		# On the screen the headline says why.
		[ -z "$live" ] && [[ $line =~ " because=\""([^\"]+) ]] && because=": ${BASH_REMATCH[1]}"
		now[$side]=$to
		event "$side" "$from -> $to$because"
	elif [[ $line =~ " level="(warn|error)" "(.*) ]]; then
		# What and where; why, and the address, are in the file.
		line="${BASH_REMATCH[1]} ${BASH_REMATCH[2]%% error=*}"
		line=${line/msg=/}
		event log "${line/ pair=+([^ ])/}"
	fi
}

take_sim_line() {
	local line=$1
	case $line in
	"PAGE firing HAWatchdog "*)
		# It comes for ever. The first one is worth a word.
		[ -n "$watchdog" ] || event note "The HAWatchdog has come: Alertmanager reaches the pager."
		watchdog=seen
		;;
	"PAGE "*)
		pages+=("${line#PAGE }")
		event PAGE "${line#PAGE }"
		;;
	esac
}

# event KIND TEXT: one line of what happens. Kept for the screen, or printed at once.
event() {
	local line
	printf -v line '%2d:%02d  %-9s  %s' $((SECONDS / 60)) $((SECONDS % 60)) "$1" \
		"${2//[[:cntrl:]]/?}"
	events+=("$line")
	redraw=soon
	[ -n "$live" ] || printf '%s\n' "$line" 2>/dev/null
}

# Up to a quarter of a second; a signal ends it at once.
rest() {
	read -r -t 0.25 -u "$pause"
}

run() {
	SECONDS=0
	screen_open
	until [ -n "$seconds" ] && [ "$SECONDS" -ge "$seconds" ]; do
		stack_check
		follow
		scenario_play
		screen_draw
		rest
	done
}

dir='' failure='' culprit='' live='' redraw=soon watchdog=''
events=() pages=()
declare -A now=([status]=UNKNOWN [primary]=UNKNOWN [secondary]=UNKNOWN)
settings "$@"
ports
# Nobody ever writes there: what rest() waits for is its own timeout.
exec {pause}<> <(:)
trap leave EXIT
trap 'exit 0' INT TERM HUP PIPE
dir=$(mktemp -d "${TMPDIR:-/tmp}/hawatch-demo.XXXXXX") || die "no folder; is there room in TMPDIR?"
cd "$dir" || die "cannot enter $dir"
stack_start
exec {log_fd}<hawatchd.log {sim_fd}<simulator.log
log_rest='' sim_rest=''
screen_links
run
exit 0
