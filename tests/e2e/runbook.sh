#!/bin/bash
# The operations runbook, played from its first line to its last: each scenario in the simulated world, and each line
# that an operator types in its hawatch form, with the answer that it has to give. A real Prometheus evaluates the
# shipped rules beside it, so that it is seen who is paged and who is not.
# usage: runbook.sh [BUILD_FOLDER]
set -u
clock=real # Prometheus has the machine's
. "$(dirname "$0")/lib.sh"
require prometheus

# Time is the machine's here, so nothing that the daemon holds against a side comes of a slow one.
fast=('interval: 500ms' 'spot_interval: 500ms' 'confirm_interval: 200ms' 'inventory_interval: 500ms' 'pod_interval: 500ms' 'timeout: 60s'
	'unreachable_for: 70s' 'own_network_window: 1s' 'stale_after: 5m')
unset HAWATCH_URL HAWATCH_SOCKET NO_COLOR

# ha WORD...: the operator's line. What it said is in $scratch/out and $scratch/err, its exit status in $code.
ha() {
	"$build/hawatch" --socket "$socket" --timeout "${patience}s" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
	code=$?
}

# types CODE WORD...: the line ends with this exit status.
types() {
	ha "${@:2}"
	[ "$code" -eq "$1" ] || { echo "exit status $code, expected $1"; head -n 20 "$scratch/out" "$scratch/err"; false; }
}

# answers FILTER WORD...: the line's JSON is so. Asked again and again: a document follows its sources.
answers() { eventually answers_now "$@"; }
answers_now() {
	ha "${@:2}" -o json
	[ "$(jq -c "$1" "$scratch/out" 2>&1)" = true ] || { jq -c . "$scratch/out" | cut -c 1-1500; cat "$scratch/err"; false; }
}

# begin_wait WORD...: the line in the background, until end_wait; what it says is in $scratch/wait.
begin_wait() {
	"$build/hawatch" --socket "$socket" wait "$@" --timeout 1h >"$scratch/wait" 2>&1 &
	waiting=$!
	servers+=("$waiting")
}
end_wait() { until_true is_gone "$waiting" && wait "$waiting" || { cat "$scratch/wait"; false; }; }

# tells CODE TEXT WORD...: and says so, for people.
tells() {
	types "$1" "${@:3}" && grep -qE -- "$2" "$scratch/out" || { echo "not said: $2"; cat "$scratch/out"; false; }
}

# explains TEXT...: the section of the present status says all of it, and no other section's heading.
explains() {
	local text
	types 0 explain || return
	for text; do
		grep -qF -- "$text" "$scratch/out" || { echo "not said: $text"; cat "$scratch/out"; return 1; }
	done
}

# second_daemon: one more that watches the same pair; leaves its URL and its pid in $second and $second_pid.
second_daemon() {
	local daemon url socket=$scratch/second.sock log=$scratch/second.log
	start_daemon
	second=$url second_pid=$daemon
}

# The pages, as a real Prometheus sees them coming. It scrapes each daemon every second and evaluates as often; every
# `for` is four scrapes, as the shortest one is that is shipped (20 s of 5 s): two daemons are not scraped at one time.
pages_begin() {
	mkdir "$scratch/prometheus"
	cp config/prometheus/*.rules.yml "$scratch/prometheus"
	sed -Ei "s/^( *interval: )[0-9]+s/\11s/; s/^( *for: )[0-9]+[smh]$/\1$((4 * pace))s/; s/^( *keep_firing_for: )[0-9]+[smh]$/\11s/" \
		"$scratch"/prometheus/*.rules.yml
	sed -E "s/(scrape_(interval|timeout): )[0-9]+s/\1${pace}s/; s/(evaluation_interval: )15s/\11s/
		s/'127\.0\.0\.1:29164'/'${url#http://}', '${second#http://}'/" config/prometheus/prometheus.yml \
		>"$scratch/prometheus/prometheus.yml"
	local own=$url
	serve "$scratch/prometheus.log" prometheus --config.file="$scratch/prometheus/prometheus.yml" \
		--storage.tsdb.path="$scratch/prometheus/data" || give_up "Prometheus does not start" "$scratch/prometheus.log"
	prometheus=$url url=$own
}
query() { curl -sS -f -G "$prometheus/api/v1/query" --data-urlencode "query=$1" | jq -r '.data.result[] | "\(.metric.alertname // "") \(.metric.side // "") \(.value[1])"'; }
# pages ALERT [SIDE]: it fires.
pages() { query "ALERTS{alertname=\"$1\",side=\"${2-}\",alertstate=\"firing\"}" | grep -q "^$1 "; }
# says NUMBER PROMQL
says() { [ "$(query "$2")" = "  $1" ]; }
# counted PROMQL: of its one sample the value, 0 where there is none.
counted() { local found; found=$(query "$1") && echo "${found##* }" | sed 's/^$/0/'; }
# judged STATUS: in how many rounds the rules have seen it. has_judged N STATUS
judged() { counted "sum_over_time(pair:ha_status:max{ha_status=\"$1\"}[1h])"; }
has_judged() { [ "$(judged "$2")" -ge "$1" ]; }
# What is pending pages nobody; it may be so for one evaluation, between two daemons' scrapes.
no_page_of() { no_lines query "ALERTS{side=\"$1\",priority=~\"P0|P1\",alertstate=\"firing\"}"; }
# paged SIDE: in how many rounds somebody was, up to now.
paged() { counted "sum(count_over_time(ALERTS{side=\"$1\",priority=~\"P0|P1\",alertstate=\"firing\"}[1h]))"; }

morning_health_check() {
	check "hawatch check: every line passes" eventually types 0 check
	check "hawatch check: its lines are the runbook's" answers '[.checks[].name] == ["ha_active", "cloudspaces_ready",
		"node_balance", "capacity_utilization", "runner_pods", "runners", "listeners", "controllers", "applications",
		"credentials", "monitor"] and all(.checks[]; .result == "pass") and .result == "pass"' check
	check "hawatch summary: as the runbook expects it" answers \
		'.ha_active == true and .ha_status == "ACTIVE" and .total_effective_nodes == 20' summary
	check "hawatch cloudspaces: both are healthy" answers '.primary.ready and .secondary.ready' cloudspaces
	check "hawatch node-balance: they are balanced" answers '.nodes_constrained == false and .constraining_side == "none"
		and .primary_actual == 10 and .secondary_actual == 10 and .effective_each == 10' node-balance
	check "capacity utilization is below 80 %" answers \
		'.capacity_utilization | rtrimstr("%") | tonumber < 80' summary
	check "runner pods run in both cloudspaces" answers '.sides | .primary.pods.Running > 0 and .secondary.pods.Running > 0' runners
	check "for Nagios: one line" tells 0 '^HAWATCH OK' check --plugin
	check "the rules have seen it several times" eventually has_judged 5 ACTIVE
	check "nobody is paged" eventually no_lines query 'ALERTS{alertname!="HAWatchdog"}'
}

status_checks() {
	check "hawatch status: ACTIVE, exit status 0" tells 0 '"ACTIVE"' status
	check "hawatch active: true, exit status 0" tells 0 '^true$' active
	local field
	for field in timestamp ha_enabled ha_active ha_status ha_status_message total_effective_nodes capacity_utilization \
		primary_cloudspace secondary_cloudspace node_balance; do
		check "hawatch summary | jq .$field" answers ".$field != null" summary
	done
	for field in primary_actual secondary_actual effective_each total_effective nodes_constrained constraining_side; do
		check "hawatch summary | jq .node_balance.$field" answers ".node_balance.$field != null" summary
	done
	check "hawatch cloudspaces | jq .primary" answers ".primary | .name == \"$one\" and .ready and .status == \"Ready\"
		and .nodes == 10 and .max == 14" cloudspaces
	check "hawatch explain: nothing to do" explains ACTIVE "Nothing to do"
	check "hawatch runners: both contexts" answers ".sides.primary.name == \"$one\" and .sides.secondary.name == \"$two\"
		and all(.sides[]; .known and .listener == \"running\" and .controller.ready)" runners
	check "hawatch apps: both contexts" answers \
		'.sides | [.primary, .secondary] | all(.total > 0 and .total == .healthy and .frozen == 0)' apps
}

# down TARGET, well TARGET: its control plane fails, and comes back.
down() { play "$1" phase=Error health=Unhealthy reason=ControlPlaneFailed fault=refuse; }
well() { play "$1" phase=Ready health=Healthy reason= fault=none; }

secondary_down() {
	down $two
	reaches "secondary down" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/spot_error
	check "hawatch status: BLOCKED_SECONDARY_UNAVAILABLE, exit status 1" tells 1 BLOCKED_SECONDARY_UNAVAILABLE status
	check "hawatch active: false, exit status 1" tells 1 '^false$' active
	check "hawatch cloudspace secondary: not ready, and Spot's words" answers '.ready == false and .status == "Error"
		and .health == "Unhealthy" and .reason == "ControlPlaneFailed" and .state == "DOWN"' cloudspace secondary
	check "hawatch cloudspace primary: ready" answers '.ready == true' cloudspace primary
	check "hawatch check: fails, and says where" answers '.result == "fail" and ([.checks[] | select(.name == "cloudspaces_ready")
		| .result == "fail" and (.message | contains("secondary"))] == [true])' check
	check "hawatch check: exit status 1" types 1 check
	check "hawatch explain: the steps, with names" explains BLOCKED_SECONDARY_UNAVAILABLE "$two" P1 "within 30 minutes" \
		HACloudspaceDown 1-cloudspace-secondary "terragrunt apply -refresh-only" "hawatch wait active"
	check "capacity is reduced to the primary's" answers '.total_effective == 10 and .constraining_side == "n/a"' node-balance
	check "the P1 of the secondary comes" eventually pages HACloudspaceDown secondary
	begin_wait active
	well $two # terragrunt apply -refresh-only
	check "hawatch wait active: ends when it is" end_wait
	check "verified: hawatch status" tells 0 '"ACTIVE"' status
}

primary_down() {
	play $two busy=2
	down $one
	reaches "primary down" BLOCKED_PRIMARY_UNAVAILABLE DOWN/spot_error UP/serving
	check "hawatch explain: CRITICAL, does the secondary take work" explains BLOCKED_PRIMARY_UNAVAILABLE CRITICAL "hawatch runners secondary"
	check "hawatch runners secondary: it serves" answers ".name == \"$two\" and .pods.Running == 7 and .runners.busy == 2
		and .runners.idle == 5 and .listener == \"running\"" runners secondary
	check "the P1 of the primary comes" eventually pages HACloudspaceDown primary
	well $one
	play $two busy=0
	check "recovered: hawatch wait active" types 0 wait active
}

both_down() {
	down '*'
	reaches "both down" BLOCKED_BOTH_UNAVAILABLE DOWN/spot_error DOWN/spot_error
	check "hawatch explain: P0, management, the status page" explains BLOCKED_BOTH_UNAVAILABLE P0 management immediately \
		HABothCloudspacesDown "Declare an incident" "https://status.example/spot" "hawatch incidents -o markdown"
	check "no node takes work" answers '.total_effective_nodes == 0 and .ha_active == false' summary
	check "the P0 comes" eventually pages HABothCloudspacesDown
	check "both daemons say so" eventually says 2 'count(ha_status{ha_status="BLOCKED_BOTH_UNAVAILABLE"} == 1)'
	check "two daemons page once" eventually says 1 'count(ALERTS{alertname="HABothCloudspacesDown"})'
	well $one
	reaches "the primary is back first" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/spot_error
	well $two
	check "recovered: hawatch wait active" types 0 wait active
}

provisioning() {
	play $two absent=on fault=refuse won=0 nodes=0
	reaches "the secondary is destroyed" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/absent
	# terragrunt apply, 34 minutes ago
	play $two absent=off first_ready=off phase=Provisioning health=Pending endpoint=off
	play $two age_s=2070
	check "the secondary is being built" eventually is_side secondary PROVISIONING/provisioning
	check "hawatch cloudspace secondary: its age, on time" answers ".provisioning | .age_seconds >= 2070 and .age_seconds < 2070 + $patience
		and .lateness == \"on_time\" and .usual_seconds_min == 3000 and .usual_seconds_max == 3600" cloudspace secondary
	begin_wait active
	check "hawatch wait active: phase, minutes, usual minutes" eventually grep -E \
		'secondary PROVISIONING .* 3[4-6] min of the usual 50-60' "$scratch/wait"
	check "hawatch explain: wait" explains BLOCKED_SECONDARY_UNAVAILABLE provisioning "50 to 60 minutes"
	play $two age_s=4600
	check "75 minutes: late" answers '.provisioning.lateness == "late"' cloudspace secondary
	check "late: the P2" eventually pages HAProvisioningLate secondary
	play $two age_s=7300
	check "120 minutes: stuck" answers '.provisioning.lateness == "stuck"' cloudspace secondary
	check "stuck: the P1" eventually pages HAProvisioningStuck secondary
	play $two fault=none endpoint=on won=4 nodes=4 age_s=7300
	check "hawatch wait active: stuck, and the nodes that have joined" eventually grep -E \
		'secondary PROVISIONING .* 12[1-3] min of the usual 50-60, stuck, 4 of 10 nodes joined' "$scratch/wait"
	play $two phase=Ready health=Healthy first_ready=on
	check "hawatch wait active: ends with the first nodes" end_wait
	check "they constrain the pair" answers '.constraining_side == "secondary" and .effective_each == 4' node-balance
	play $two won=10 nodes=10
	check "all nodes are there" answers '.nodes_constrained == false and .total_effective == 20' node-balance
}

# max_nodes N: as the configuration of hawatchd has it.
max_nodes() {
	sed -Ei "s/max_nodes: [0-9]+/max_nodes: $1/" "$config"
	reload
}

scale_up() {
	check "14 each: no drift" answers '[.primary, .secondary] | all(.max == 14 and .max_drift == false)' cloudspaces
	play '*' max=16 desired=12 won=12 nodes=12 # prod.hcl and terragrunt run-all apply
	check "applied to the pools alone: drift" answers '[.primary, .secondary]
		| all(.max_drift and .max_pools == 16 and .max_configured == 14)' cloudspaces
	max_nodes 16
	check "and to the configuration: none" answers '[.primary, .secondary] | all(.max == 16 and .max_drift == false)' cloudspaces
	check "hawatch node-balance: scaled in balance" answers '.nodes_constrained == false and .effective_each == 12
		and .total_effective == 24 and .max_possible == 32 and .capacity_utilization == "75.0%"' node-balance
	play $one won=15
	check "won, and not joined yet" answers '.won == 15 and .nodes_total == 12' cloudspace primary
	play $one won=12
}

scale_down() {
	play $one busy=3 idle=2
	play $two busy=1 idle=4
	check "hawatch runners: the present workload, both sides" answers '.sides | .primary.runners.busy == 3
		and .secondary.runners.busy == 1 and .primary.utilization == "10.0%"' runners
	play '*' busy=0 idle=5
	check "low activity" answers '[.sides[].runners.busy] == [0, 0]' runners
	play '*' max=14 desired=10 won=10 nodes=10
	max_nodes 14
	check "scaled down, in balance" answers '.total_effective == 20 and .nodes_constrained == false' node-balance
}

# rolling SIDE TARGET STATUS OTHER: the maintenance of one side, whole.
rolling() {
	local side=$1 target=$2 blocked=$3 other=$4
	local in_order="UP/serving MAINTENANCE/cordoned" seen before
	check "$side: nobody is paged at first" eventually no_page_of "$side"
	before=$(paged "$side") seen=$(judged "$blocked")
	[ "$side" = secondary ] || in_order="MAINTENANCE/cordoned UP/serving"
	check "$side: HA is active" eventually types 0 active
	check "$side: hawatch maintenance begin" tells 0 "$side" maintenance begin "$side" --for 2h --reason "kernel update"
	check "$side: it is declared, with its end" answers ".sides.$side | .declared and .reason == \"kernel update\" and .ends != null" \
		maintenance status
	check "$side: refused on the other side" types 1 maintenance begin "$other" --for 1h --reason "kernel update"
	check "$side: and says why" grep -q "the $side is under maintenance" "$scratch/err"
	play "$target" busy=2 idle=3
	play "$target" cordoned=all # kubectl cordon
	# shellcheck disable=SC2086 # two words
	reaches "$side: cordoned" "$blocked" $in_order
	begin_wait drained "$side"
	check "$side: hawatch wait drained tells what is left" eventually grep -E '10 of 10 nodes cordoned; jobs left: 2 busy' "$scratch/wait"
	check "$side: not drained while jobs run" answers '.drained == false' cloudspace "$side"
	play "$target" busy=0 finishing=2
	check "$side: a job that is finishing still counts" eventually grep -E 'jobs left: 0 busy, 2 finishing' "$scratch/wait"
	check "$side: hawatch explain knows the maintenance" explains "$blocked" MAINTENANCE
	check "$side: the rules have seen it often enough to page for it" eventually has_judged $((seen + 4 * pace + 3)) "$blocked"
	check "$side: nobody was paged for it" [ "$(paged "$side")" = "$before" ]
	check "$side: it still waits" kill -0 "$waiting"
	play "$target" finishing=0 idle=5
	check "$side: hawatch wait drained: ends when no job runs" end_wait
	check "$side: drained" answers '.drained == true' cloudspace "$side"
	play "$target" phase=Upgrading # terragrunt apply
	polled 2 "$target"
	play "$target" phase=Ready
	play "$target" cordoned=none # kubectl uncordon
	check "$side: hawatch wait ready: verified" types 0 wait ready "$side"
	check "$side: hawatch cloudspaces | jq .$side" answers ".$side | .ready and .state == \"UP\" and .nodes_cordoned == 0" cloudspaces
	check "$side: hawatch maintenance end" types 0 maintenance end "$side"
	check "$side: no window is left" answers '[.sides[]] | all(. == null)' maintenance status
	check "$side: ACTIVE again" types 0 wait active
}

rolling_maintenance() {
	rolling primary $one BLOCKED_PRIMARY_UNAVAILABLE secondary
	rolling secondary $two BLOCKED_SECONDARY_UNAVAILABLE primary
}

emergency_maintenance() {
	down $two
	reaches "emergency, the secondary is down" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/spot_error
	check "refused: nobody would stand in for the primary" types 1 maintenance begin primary --for 1h --reason urgent
	check "--force" types 0 maintenance begin primary --for 1h --reason urgent --force
	play $one cordoned=all
	reaches "emergency, no side is left" BLOCKED_BOTH_UNAVAILABLE MAINTENANCE/cordoned DOWN/spot_error
	check "maintenance never silences the P0" eventually pages HABothCloudspacesDown
	check "hawatch explain: ends the maintenance first" explains BLOCKED_BOTH_UNAVAILABLE uncordon
	play $one cordoned=none
	well $two
	check "recovery is seen: hawatch wait active" types 0 wait active
	check "and ended" types 0 maintenance end primary
}

imbalance() {
	play $two nodes=6
	check "hawatch node-balance | jq .constraining_side" answers '.constraining_side == "secondary" and .nodes_constrained
		and .imbalance == 4 and .effective_each == 6 and .total_effective == 12' node-balance
	check "hawatch cloudspaces: won, and not joined" answers '.secondary | .nodes == 6 and .won == 10 and .desired == 10' cloudspaces
	check "hawatch check: fails on the balance" answers '[.checks[] | select(.result == "fail") | .name] == ["node_balance"]' check
	check "still ACTIVE" types 0 active
	play $two nodes=10
	check "balanced" answers '.nodes_constrained == false' node-balance
}

stuck_in_blocked() {
	play $one nodes=0
	reaches "stuck" BLOCKED_PRIMARY_UNAVAILABLE DOWN/no_capacity UP/serving
	check "hawatch cloudspace primary: Spot says Ready, Kubernetes does not serve" answers \
		'.ready == false and .status == "Ready" and .state_reason == "no_capacity" and .nodes == 0' cloudspace primary
	check "hawatch cloudspace secondary" answers '.ready == true' cloudspace secondary
	check "since when" answers '.blocked_since | fromdate > 0' summary
	play $one nodes=10
	check "hawatch wait active" types 0 wait active
}

utilization() {
	max_nodes 11
	check "above 90 %" answers '.capacity_utilization == "90.9%"' summary
	check "hawatch check: fails on the utilization" answers '[.checks[] | select(.result == "fail") | .name] == ["capacity_utilization"]' check
	check "the P2" eventually pages HAUtilizationCritical
	max_nodes 14
	check "scaled up: below 80 %" answers '.capacity_utilization == "71.4%"' summary
}

disabled() {
	sed -i "s/^  - name: $pair\$/&\n    enabled: false/" "$config"
	reload
	check "disabled: hawatch status" eventually tells 1 DISABLED status
	check "disabled: hawatch explain" explains DISABLED "enabled: true"
	sed -i '/enabled: false/d' "$config"
	reload
	check "enabled again" types 0 wait active
}

post_incident_review() {
	check "hawatch events --since 6h -o markdown: a table" types 0 events --since 6h -o markdown
	check "the timeline has the whole story" timeline_has ACTIVE BLOCKED_SECONDARY_UNAVAILABLE BLOCKED_PRIMARY_UNAVAILABLE \
		BLOCKED_BOTH_UNAVAILABLE spot_error absent no_capacity
	check "hawatch events: oldest first, each with its time" answers '.events | length > 10 and
		([.[].number] | . == sort) and all(.[]; .time | sub("\\.[0-9]+"; "") | fromdate > 0)' events
	check "an exact window: nothing older" answers '.events == []' events --since 1ms
	check "hawatch incidents -o markdown: the beginning of a review" types 0 incidents -o markdown
}
timeline_has() {
	local text
	grep -qE '^\|(-+\|)+$' "$scratch/out" || { cat "$scratch/out"; return 1; }
	for text; do
		grep -q "^|.*$text.*|\$" "$scratch/out" || { echo "not in the timeline: $text"; cat "$scratch/out"; return 1; }
	done
}

# lines FILE: every line of hawatch that the runbook tells people to type, without its pipes and redirections. The lines
# of README.md and of the manual are in tests/manual.sh.
lines() {
	grep -oE '(^|[`;&] *|^ +)hawatch (--url [^ ]+ )?[a-z][^`|;&#>]*' "$1" | sed -E 's/^[`;& ]+//; s/ *\((.*)$//; s/[ \\]*$//' | sort -u
}
# A line is known when the command, its words and its options are: its help is shown, and nothing is complained of.
unknown_lines() {
	local line words
	while read -r line; do
		eval "words=(${line#hawatch })"
		"$build/hawatch" "${words[@]}" --help >"$scratch/out" 2>&1 && grep -q '^Usage: hawatch [a-z]' "$scratch/out" || echo "$line"
	done < <(lines "$1")
}
documents() {
	local file=config/runbook.md
	check "$file has lines of hawatch" [ "$(lines $file | wc -l)" -gt 20 ]
	check "$file: each is one that hawatch knows" no_lines unknown_lines $file
}

start_sim --set '* max=14'
sed -i 's|^spot:$|&\n  status_page_url: https://status.example/spot|' "$config"
sed -Ei 's/(\{cloudspace: .*)\}/\1, max_nodes: 14}/' "$config"
start_daemon
reaches "the daemon" ACTIVE
second_daemon
pages_begin
status_checks
morning_health_check
secondary_down
primary_down
both_down
check "both daemons are ACTIVE, and have told so" eventually says 2 'count(ha_status{ha_status="ACTIVE"} == 1)'
provisioning
scale_up
scale_down
rolling_maintenance # both daemons see it; one that has just gone would not agree with it
check "the second ends, exit status 0" eval 'daemon=$second_pid stop_daemon'
emergency_maintenance
imbalance
stuck_in_blocked
utilization
disabled
post_incident_review
documents
check "the log has no secret" without_secrets "$log"
check "SIGTERM ends it, exit status 0" stop_daemon
finish
