#!/usr/bin/env bash
# The daemon against the simulator for a given time: every 10 ms a poll, one fault after another, and between them
# scrapes, commands and reloads. Its memory, descriptors and threads must not grow with the number of requests.
# usage: soak.sh BUILD_FOLDER MINUTES
set -u
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
minutes=${2:-120}
clock=real
fast=('interval: 10ms' 'spot_interval: 10ms' 'confirm_interval: 10ms' 'timeout: 500ms' 'unreachable_for: 2s'
	'own_network_window: 1s' 'stale_after: 5s' 'inventory_interval: 200ms' 'pod_interval: 500ms')
samples=$scratch/samples

# What is done to whom, one after another. `=` sets another property of the simulated world than its fault.
readonly troubles="
$two refuse
$two reset
$two truncate:300
$two garbage
$two status:503
$two html
$two stall
$two mute
$two foreign_ca
$two swell
$two many:3000
$two cordoned=all
$two not_ready=8
$two token=revoked
$one,$two status:500
$one,$two refuse
spot status:503
spot garbage
spot stall
$two phase=Error
auth status:403
auth refuse
* reset"

# undone KEY=VALUE: what ends it.
undone() {
	case ${1%%=*} in
	fault) echo fault=none ;;
	cordoned) echo cordoned=0 ;;
	not_ready) echo not_ready=0 ;;
	token) echo token=good ;;
	phase) echo phase=Ready ;;
	esac
}
# trouble TARGETS SETTING: until each path of the last target has had 20 requests, but at most 2 s.
trouble() {
	local target targets setting=$2
	IFS=, read -ra targets <<<"$1"
	[[ $setting = *=* ]] || setting=fault=$setting
	for target in "${targets[@]}"; do play "$target" "$setting"; done
	curl -sS -o "$scratch/wait" -X POST "$control/wait?polls=20&target=$target&timeout_ms=2000"
	for target in "${targets[@]}"; do play "$target" "$(undone "$setting")"; done
}

# What people and other programs ask meanwhile.
use() {
	local command
	for command in status summary runners apps check explain doctor; do
		"$build/hawatch" --socket="$socket" "$command" >"$scratch/used" 2>&1
	done
	"$build/hawatch" --socket="$socket" maintenance begin secondary --for 1m --reason soak >"$scratch/used" 2>&1
	"$build/hawatch" --socket="$socket" maintenance end secondary >"$scratch/used" 2>&1
	curl -sS -f -o /dev/null "$url/" && curl -sS -f -o /dev/null "$url/runbook" && scrape
	reload
}

# take_sample: requests so far, kB of memory, threads, descriptors; a while after the last trouble.
take_sample() {
	polled 20 $one && polled 20 $two || return
	set -- /proc/"$daemon"/fd/*
	echo "$(requests '*') $(awk '/^RssAnon|^Threads/ { print $2 }' "/proc/$daemon/status" | tr '\n' ' ') $#" >>"$samples"
	tail -n 1 "$samples"
}
one_cycle() {
	local targets setting
	while read -r targets setting; do
		[ -z "$targets" ] || trouble "$targets" "$setting"
		eventually as_expected ACTIVE UP/serving UP/serving || { echo "after $targets $setting"; return 1; }
	done <<<"$troubles"
	use && take_sample
}

# growth COLUMN: the most of the last third of the samples, less the most of the middle third. In the first third it
# warms up: free lists, caches and the history of events fill.
growth() {
	awk -v column="$1" '{ value[NR] = $column }
		END {
			third = int(NR / 3)
			for (i = third + 1; i <= 2 * third; i++) if (value[i] > before) before = value[i]
			for (i = NR - third + 1; i <= NR; i++) if (value[i] > after) after = value[i]
			print after - before
		}' "$samples"
}
grew_at_most() { [ "$(growth "$1")" -le "$2" ]; }
first() { awk -v column="$1" 'NR == 1 { print $column }' "$samples"; }
last() { awk -v column="$1" 'END { print $column }' "$samples"; }
elapsed() { echo $(((SECONDS + 60 * minutes - end) / 60)); }
show() { echo "$1: $(first "$2") after the first cycle, $(last "$2") at the end; from the middle third to the last: +$(growth "$2")"; }

start_sim
mkdir "$scratch/state"
echo "state_directory: $scratch/state" >>"$config"
start_daemon
reaches begins ACTIVE
cycles=0
end=$((SECONDS + 60 * minutes))
while [ "$SECONDS" -lt "$end" ] || [ "$cycles" -lt 6 ]; do
	cycles=$((cycles + 1))
	one_cycle >"$scratch/cycle" || give_up "cycle $cycles" "$scratch/cycle"
	[ ! -t 1 ] || printf 'minute %d of %d: %s \r' "$(elapsed)" "$minutes" "$(tail -n 1 "$samples")"
done

echo "$(elapsed) minutes, $cycles cycles of $(grep -c . <<<"$troubles") troubles, $(last 1) requests, $(sum ha_status_transitions_total) changes of the status"
show 'kB of memory' 2
show threads 3
show descriptors 4
check "memory does not grow: at most 1 MB" grew_at_most 2 1024
check "not one thread more" grew_at_most 3 0
check "no descriptors but those of connections" grew_at_most 4 4
check "it ends" stop_daemon
finish
