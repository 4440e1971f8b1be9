#!/bin/bash
# The fault catalogue, what a cluster answers: every fault on the primary of a pair of its own, all at once,
# with Spot Ready and the secondaries well.
# usage: answers.sh [BUILD_FOLDER [representative]]
set -u
group=answers
. "$(dirname "$0")/rows.sh"

# Many pairs at once, and so less hurry.
fast=('interval: 500ms' 'spot_interval: 500ms' 'confirm_interval: 100ms' 'timeout: 2s'
	'unreachable_for: 6000ms' 'own_network_window: 1s' 'stale_after: 9s')

use_next_pair() {
	i=$((i + 1))
	pair=prod primary=$one
	[ $i -eq 1 ] || pair=prod-$i primary=$one-$((2 * i - 1))
}
begin_next() { use_next_pair; begin_row; }
meet_next() { use_next_pair; meet_row; }
end_next() { use_next_pair; end_row; }

through_proxy() {
	: >"$scratch/proxy-$1"
	inside "$build/test-proxy" "$1" >>"$scratch/proxy-$1" &
	servers+=($!)
	until_true grep -q ^port "$scratch/proxy-$1" || return
	with_cluster "s,server: .*,&\n    proxy-url: http://127.0.0.1:$(sed -n 's/^port //p' "$scratch/proxy-$1"),"
}
nodes_are() { play "$primary" fault=body "body=$node_bodies-$1" on=/api/v1/nodes; }
is_not_followed() { [ "$(requests '*' /redirected)" -eq 0 ]; }
no_errors() { [ "$(more ha_poll_errors_total "pair=$pair" side=primary)" -eq 0 ]; }
is_bounded() {
	local peak
	peak=$(peak_kb)
	[ "$peak" -le $((peak_before + 100000)) ] || { echo "peak $peak kB, before: $peak_before kB"; false; }
}
peak_kb() { awk '/^VmHWM/ { print $2 }' "/proc/$daemon/status"; }
all_serve() { is "$(yes 1 | head -n "$pairs")" ha_status ha_status=ACTIVE >"$scratch/serve"; }

pairs=$(rows | wc -l)
start_sim --pairs "$pairs" --nodes 3
cp "$sim/kubeconfig" "$scratch/kubeconfig"
list_of $one /api/v1/nodes >"$scratch/list"
node_bodies=$(bodies "$scratch/list" NodeList)
start_daemon
until_true all_serve || give_up "the pairs do not become ACTIVE" "$log"
peak_before=$(peak_kb)
i=0 && each_row begin_next
i=0 && each_row meet_next
cp "$scratch/kubeconfig" "$sim/kubeconfig"
play '*' fault=none token=good rbac=good phase=Ready page=0 expire=0 nodes=3
i=0 && each_row end_next
stop_daemon
