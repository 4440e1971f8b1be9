#!/bin/bash
# Clusters that send as much as they can: what is kept of all inventories has one limit, and a turn of the loop takes a
# small part of an answer. Clients that read nothing: what is kept for them has a limit. Nobody else notices.
# usage: budgets.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"
fast=('interval: 1s' 'spot_interval: 1s' 'confirm_interval: 200ms' 'timeout: 5s' 'unreachable_for: 3s'
	'own_network_window: 2s' 'stale_after: 15s' 'inventory_interval: 2s' 'pod_interval: 2s')
hostile_one=matchpoint-runners-3 hostile_two=matchpoint-runners-4 # the sides of the other pair
pairs=40
# Of the budget of 96 MB: the shares of two sides, and all that is lent.
budget_kb=$((98304 / 2 / pairs + 98304 / 2))

has_at_most() { scrape && [ "$(awk '/^VmRSS/ { print $2 }' "/proc/$daemon/status")" -le "$1" ]; }
peak_kb() { awk '/^VmHWM/ { print $2 }' "/proc/$daemon/status"; }
# said SIDE TEXT: what the JSON says of the parts of a hostile side.
said() {
	curl -sS -f "$url/api/v1/runners?pair=prod-2" |
		jq -e --arg side "$1" --arg text "$2" '[.sides[$side].parts[].problem // ""] | any(contains($text))' >"$scratch/said"
}
on_page() { curl -sS -f "$url/?pair=prod-2" >"$scratch/page" && grep -qE "$1" "$scratch/page"; }
checks_say() {
	"$build/hawatch" --socket="$socket" --pair=prod-2 check >"$scratch/answer" 2>&1
	grep -qE "$1" "$scratch/answer" || { cat "$scratch/answer"; false; }
}
rounds_are() { [ "$(sum ha_polls_total source=inventory side="$2" pair="$3")" -ge "$1" ]; }
rounds() { eventually rounds_are $(($(sum ha_polls_total source=inventory side="$2" pair="$3") + $1)) "$2" "$3"; }
is_whole() { [ "$(sum ha_inventory_up pair=prod)" -eq 22 ] && is 5 ha_runners pair=prod side=secondary activity=idle; }

memory() {
	local side
	play $hostile_one fault=many:20000
	play $hostile_two fault=many:20000
	for side in primary secondary; do
		check "memory: the reason, the $side" eventually said $side "$side's inventory would have"
		check "memory: an error of the rounds, the $side" eventually is_above 0 ha_poll_errors_total source=inventory pair=prod-2 side=$side reason=too_large
		check "memory: three rounds of the $side" rounds 3 $side prod-2
	done
	check "memory: on the page" on_page 'its limit is [0-9]+ of the [0-9]+ bytes for all sides'
	check "memory: in the check" checks_say 'its limit is [0-9]+ of the'
	check "memory: the other pair's inventory is whole" is_whole
	check "memory: no error of the other pair's rounds" [ "$(sum ha_poll_errors_total source=inventory pair=prod)" -eq 0 ]
	check "memory: bounded (before: $before kB, now: $(peak_kb) kB)" [ "$(peak_kb)" -le $((before + budget_kb + 8000)) ]
	check "memory: ACTIVE" as_expected ACTIVE UP/serving UP/serving
	play '*' fault=none
	reaches "memory: after it" ACTIVE
}

# Lists that inflate without end, whatever is asked: each is given up, and nobody's round waits for that.
late() { echo $(($(sum ha_poll_lateness_seconds_count) - $(sum ha_poll_lateness_seconds_bucket le=0.05))); }
swelling() {
	local late starts
	late=$(late) starts=$(sum ha_poll_lateness_seconds_count)
	play $hostile_one fault=swell
	play $hostile_two fault=swell
	check "swelling: the reason" eventually logged 'source=nodes pair=prod-2 .*reason=too_large error="the list is larger than the 67108864 bytes'
	check "swelling: 8 rounds" polled 8 $one
	late=$(($(late) - late)) starts=$(($(sum ha_poll_lateness_seconds_count) - starts))
	check "swelling: hardly a round is late ($late of $starts)" [ $((20 * late)) -le $starts ]
	check "swelling: a round of the inventory goes on, and ends" rounds 1 primary prod-2
	check "swelling: the other pair's inventory is whole" is_whole
	check "swelling: ACTIVE" as_expected ACTIVE UP/serving UP/serving
	check "swelling: memory is bounded, too ($(peak_kb) kB)" [ "$(peak_kb)" -le $((before + budget_kb + 8000)) ]
	play '*' fault=none
}

# Each reads nothing of an answer of its own time.
readers() {
	local i fd fds=() before cut
	reaches "readers: before" ACTIVE
	echo 5 >"/proc/$daemon/clear_refs" # its peak begins anew
	before=$(peak_kb) cut=$(sum ha_http_connections_refused_total reason=slow_reader)
	for i in {1..60}; do
		for accept in text/plain application/openmetrics-text; do
			exec {fd}<>"/dev/tcp/127.0.0.1/${url##*:}"
			printf 'GET /metrics HTTP/1.1\r\nHost: localhost\r\nAccept: %s\r\n\r\n' $accept >&"$fd"
			fds+=("$fd")
		done
		let_pass 150
	done
	check "readers: the slowest are cut" eventually is_above "$cut" ha_http_connections_refused_total reason=slow_reader
	cut=$(($(sum ha_http_connections_refused_total reason=slow_reader) - cut))
	check "readers: but not all ($cut of ${#fds[@]})" [ $cut -lt ${#fds[@]} ]
	check "readers: memory is bounded (before: $before kB, now: $(peak_kb) kB)" [ "$(peak_kb)" -le $((before + 65536 + 8000)) ]
	for fd in "${fds[@]}"; do exec {fd}>&-; done
	check "readers: memory is given back" eventually has_at_most $((before + 8000))
	check "readers: ACTIVE" as_expected ACTIVE UP/serving UP/serving
}

start_sim --pairs=$pairs --nodes=12
start_daemon
reaches "begins" ACTIVE
check "begins: the inventory is whole" eventually is_whole
before=$(peak_kb)
memory
swelling
readers
check "ends" stop_daemon
finish
