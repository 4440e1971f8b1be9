#!/bin/bash
# The fault catalogue, what Spot answers: one fault after the other, while Kubernetes serves.
# usage: spot.sh [BUILD_FOLDER [representative]]
set -u
group=spot
. "$(dirname "$0")/rows.sh"

cloudspaces_are() { play spot fault=body "body=$cloudspace_bodies-$1" on="$spot_namespace/cloudspaces"; }
pools_are() { play spot fault=body "body=$pool_bodies-$1" on="$spot_namespace/spotnodepools"; }
none_unreadable() { [ -z "$(value ha_inventory_unreadable_objects)" ]; }
is_not_followed() { [ "$(requests spot /redirected)" -eq 0 ]; }
peak_kb() { awk '/^VmHWM/ { print $2 }' "/proc/$daemon/status"; }
is_bounded() {
	local peak
	peak=$(peak_kb)
	[ "$peak" -le $((peak_before + 30000)) ] || { echo "peak $peak kB, before: $peak_before kB"; false; }
}
is_read() { is 1 ha_cloudspace_phase pair=prod side=primary ha_cloudspace_phase=Ready; }
mend() {
	play spot fault=none page=0 expire=0 token=good
	play auth fault=none token=good
	play "$primary" phase=Ready status=good
	eventually is_read >"$scratch/read" # or the next row would begin in this one's fault
}

fast[3]='timeout: 2s' fast[4]='unreachable_for: 10s' fast[6]='stale_after: 1m' # nobody withholds Kubernetes' evidence
start_sim --nodes 3
spot_list cloudspaces >"$scratch/list"
cloudspace_bodies=$(bodies "$scratch/list" CloudSpaceList)
spot_list spotnodepools >"$scratch/list"
pool_bodies=$(bodies "$scratch/list" SpotNodePoolList)
start_daemon
until_true as_expected $same >"$scratch/begun" || give_up "the pair does not become ACTIVE" "$log"
peak_before=$(peak_kb)
each_row one_row
stop_daemon
