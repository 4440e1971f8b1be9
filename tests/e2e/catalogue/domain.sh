#!/bin/bash
# The fault catalogue, what the monitor is for: nodes, cordons, Spot's words; and what only looks like it.
# usage: domain.sh [BUILD_FOLDER [representative]]
set -u
group=domain
. "$(dirname "$0")/rows.sh"
fast=('interval: 500ms' 'spot_interval: 500ms' 'confirm_interval: 50ms' 'timeout: 3s'
	'unreachable_for: 2500ms' 'own_network_window: 1s' 'stale_after: 20s')

no_errors() { [ "$(more ha_poll_errors_total)" -eq 0 ]; }
is_slow() {
	[ $(($(more ha_poll_duration_seconds_count source=nodes side=primary) - $(more ha_poll_duration_seconds_bucket source=nodes side=primary le=0.5))) -ge 3 ]
}
# lists_of_none COUNT: so many say that there are no nodes; before and after them there is no evidence at all.
lists_of_none() {
	play "$primary" phase=Hibernating
	eventually is 1 ha_cloudspace_phase side=primary ha_cloudspace_phase=Unknown
	play "$primary" rbac=none fault=body "body=$node_bodies-none" on=/api/v1/nodes "times=$1"
}
is_denied() { is_more 2 ha_poll_errors_total source=nodes side=primary reason=auth; }
provisioning_for() {
	play "$primary" phase=Provisioning first_ready=off endpoint=off nodes=0 age_s=$(($1 * 60))
}
lateness_is() { is "$1" ha_provisioning_late side=primary && is "$2" ha_provisioning_stuck side=primary; }
mend() {
	everybody fault=none
	play '*' nodes=12 not_ready=0 cordoned=none rbac=good phase=Ready first_ready=on endpoint=on age_s=864000
}

start_sim --nodes 12
list_of $one /api/v1/nodes >"$scratch/list"
node_bodies=$(bodies "$scratch/list" NodeList)
start_daemon
until_true as_expected $same >"$scratch/begun" || give_up "the pair does not become ACTIVE" "$log"
each_row one_row
stop_daemon
