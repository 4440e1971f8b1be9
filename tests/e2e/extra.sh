#!/bin/bash
# A third cloudspace in a pair: watched, shown and counted in capacity, whatever happens to it decides nothing.
# usage: extra.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"

# The simulator's second pair lends its cloudspaces to the first.
three=matchpoint-runners-3 four=matchpoint-runners-4
with_extras() {
	local head='/^  - name: prod-2$/'
	sed -i -E "$head,\$ { s/^  - name: prod-2\$/    extra:/; s/^    (primary|secondary): /      - / }" "$config"
	grep -A 2 'extra:' "$config" | grep -c cloudspace
}

is_state() { is 1 ha_cloudspace_state "side=$1" "ha_cloudspace_state=$2"; }
# One thing a line that befalls the third cloudspace, and the state that it is then in.
# shellcheck disable=SC2086 # settings are words
befalls() {
	local name settings mended state before
	before=$(sum ha_status_transitions_total)
	while IFS='|' read -r name settings mended state; do
		play $three $settings
		check "extra, $name: $state" eventually is_state extra-1 "$state"
		check "extra, $name: the pair is ACTIVE" as_expected ACTIVE UP/serving UP/serving
		play $three $mended
		check "extra, $name, mended: UP" eventually is_state extra-1 UP
	done <<-END
		no nodes|nodes=0|nodes=10|DOWN
		cordoned|cordoned=all|cordoned=none|MAINTENANCE
		API server gone|fault=refuse|fault=none|DOWN
		deleted|deleting=on|deleting=off|DOWN
	END
	check "extra: the status has not changed once" is_unchanged "$before"
}
count_logged() { [ "$(grep -cE -- "$2" "$log")" -eq "$1" ] || { grep -E -- "$2" "$log"; false; }; }
is_unchanged() { [ "$(sum ha_status_transitions_total)" = "$1" ]; }

start_sim --pairs=2
check "the second pair's cloudspaces become extra sides" test "$(with_extras)" -eq 2
start_daemon
reaches "four cloudspaces in a pair" ACTIVE
check "the extras are UP" eventually is_state extra-1 UP
check "both of them" eventually is_state extra-2 UP
check "each is named" eventually is 1 ha_cloudspace_info side=extra-2 cloudspace=$four
check "each is counted" eventually is 10 ha_cloudspace_nodes_available side=extra-1
check "their nodes add to the total" eventually is 40 ha_effective_nodes
check "and to its ceiling" eventually is 48 ha_max_possible_nodes
check "polls are counted for each" eventually is_above 0 ha_polls_total source=nodes side=extra-2
befalls
play $three nodes=4
check "an extra side never constrains" eventually is 34 ha_effective_nodes
check "nor is it compared" is 0 ha_nodes_constrained
play $three nodes=10

# Primary and secondary decide as ever, whatever the extras can do.
play $two nodes=0
reaches "secondary without nodes, extras UP" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
play $one nodes=0
reaches "both without nodes, extras UP" BLOCKED_BOTH_UNAVAILABLE DOWN/no_capacity DOWN/no_capacity
play '*' nodes=10
reaches "mended" ACTIVE

# The verdicts of a pair outlive a reload that does not touch its sides, and begin anew where it does.
reload
check "reloaded" eventually logged 'msg="configuration reloaded"'
check "reloaded: they are asked on" polled 3 $four
check "reloaded: the extras are UP as before" is_state extra-2 UP
check "reloaded: nor were they anything else" count_logged 1 'msg="cloudspace state changed".* side=extra-2 '
sed -i "/$four/d" "$config"
reload
check "an extra side taken out is gone" eventually is '' ha_cloudspace_info side=extra-2
reaches "with one extra less" ACTIVE
check "SIGTERM ends it, exit status 0" stop_daemon
finish
