#!/bin/bash
# What each side runs, from the simulated API servers to the metrics: runners, pods, scale sets, listener,
# controller, applications, cpu; what cannot be read; and when a side is drained.
# usage: inventory.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"
fast+=('inventory_interval: 200ms' 'pod_interval: 200ms')

# of SIDE METRIC EXPECTED [LABEL=VALUE]...
of() { is "$3" "$2" "side=$1" "${@:4}"; }
comes() { check "$1" eventually of "${@:2}"; }
runners() { # NAME ACTIVITY EXPECTED
	comes "$1: $2" primary ha_runners "$3" "activity=$2"
}
listener() { # NAME STATE
	comes "$1: the listener is $2" primary ha_runner_listener 1 "ha_runner_listener=$2"
}
up() { # NAME RESOURCE EXPECTED
	comes "$1: $2 up: $3" primary ha_inventory_up "$3" "resource=$2"
}
# rounds N SIDE: that many more inventory rounds have ended.
rounds_are() { [ "$(value ha_polls_total source=inventory "side=$2")" -ge "$1" ]; }
rounds() { eventually rounds_are $(($(value ha_polls_total source=inventory "side=$2") + $1)) "$2"; }
is_sum() { # EXPECTED NAME [LABEL=VALUE]...
	local found
	found=$(sum "${@:2}")
	[ "$found" = "$1" ] || { echo "${*:2}: ${found:-no such series}, expected $1"; false; }
}
absent() { [ -z "$(value "$@")" ] || { value "$@"; false; }; }
goes() { check "$1" eventually absent "${@:2}"; }
problem() { # RESOURCE TEXT: what the JSON says of a part
	"$asker" get "$url/api/v1/runners" |
		jq -e --arg resource "$1" --arg text "$2" '.sides.primary.parts[] |
			select(.resource == $resource) | .problem | contains($text)' >"$scratch/problem"
}

figures() {
	local activity
	play $one idle=4 busy=9 starting=3 finishing=1 failed=2 min_runners=5 max_runners=30
	for activity in idle=4 busy=9 starting=3 finishing=1 failed=2 unknown=0; do
		runners figures "${activity%=*}" "${activity#*=}"
	done
	comes "pods: running" primary ha_runner_pods 14 phase=Running
	comes "pods: pending" primary ha_runner_pods 3 phase=Pending
	comes "pods: failed" primary ha_runner_pods 0 phase=Failed
	comes "nothing stuck" primary ha_runners_stuck 0
	comes "no zombie" primary ha_runners_zombie 0
	comes "min" primary ha_runners_min 5
	comes "max" primary ha_runners_max 30
	comes "desired" primary ha_runners_desired 17
	comes "utilization" primary ha_runner_utilization_ratio 0.3
	comes "controller" primary ha_runner_controller_ready 1
	listener figures running
	# 14 runner pods with 1.5 cores, of 12 nodes with 7.8 each.
	comes "cpu requested" primary ha_cloudspace_cpu_requested_cores 21
	comes "cpu allocatable" primary ha_cloudspace_cpu_allocatable_cores 93.6
	comes "nobody silent" primary ha_cloudspace_nodes_silent 0
	comes "applications" primary ha_argocd_apps 4 sync_status=Synced health_status=Healthy
	comes "the other side has its own" secondary ha_runners 5 activity=idle
	check "every part is read" eventually is_sum 22 ha_inventory_up
	play $one min_runners=0 max_runners=40
	comes "min, turned" primary ha_runners_min 0
	comes "max, turned" primary ha_runners_max 40
}

applications() {
	play $one app_sync=OutOfSync app_health=Degraded
	comes "one application is bad" primary ha_argocd_apps 1 sync_status=OutOfSync health_status=Degraded
	comes "the others are not" primary ha_argocd_apps 3 sync_status=Synced health_status=Healthy
	comes "not benign" primary ha_argocd_apps_benign_out_of_sync 0
	comes "not frozen" primary ha_argocd_apps_frozen 0
	play $one app_sync=Elsewhere app_health=
	comes "words that nobody knows" primary ha_argocd_apps 1 sync_status=Unknown health_status=Unknown
	play $one app_sync=Synced app_health=Healthy
	comes "well again" primary ha_argocd_apps 4 sync_status=Synced health_status=Healthy
}

# Without its listener nobody would tell of a job, so that idle is not sure any more; busy is.
listeners() {
	play $one listener=off
	listener "listener gone" absent
	runners "listener gone" idle 0
	runners "listener gone" unknown 4
	runners "listener gone" busy 9
	play $one listener=on
	listener "listener back" running
	runners "listener back" idle 4
}

nodes() {
	play $one nodes=12 not_ready=12
	runners "every node silent" busy 0
	runners "every node silent" finishing 1
	play $one not_ready=0
	runners "nodes back" busy 9
}

# Each part for itself: what cannot be read blanks what needs it, and only that.
parts() {
	play $one crds=none
	up "no CRDs" ephemeralrunners 0
	up "no CRDs" autoscalingrunnersets 0
	up "no CRDs" applications 0
	up "no CRDs" runner_pods 1
	goes "no CRDs: no runners are known" ha_runners side=primary
	goes "no CRDs: no applications" ha_argocd_apps side=primary
	check "no CRDs: pods are" of primary ha_runner_pods 14 phase=Running
	check "no CRDs: told" eventually problem ephemeralrunners "CRD installed?"
	local errors
	errors=$(sum ha_poll_errors_total source=inventory side=primary)
	check "no CRDs: two rounds more" rounds 2 primary
	check "no CRDs: once in the log" [ "$(grep -c 'source="inventory runners".*CRD' "$log")" -eq 1 ]
	check "no CRDs: no error of the rounds" is_sum "$errors" ha_poll_errors_total source=inventory side=primary
	check "no CRDs: the other side is untouched" of secondary ha_runners 5 activity=idle
	play $one crds=good
	runners "CRDs" busy 9
	up "CRDs" applications 1

	play $one fault=status:403 on=/api/v1/namespaces/arc-runners/pods
	up "pods forbidden" runner_pods 0
	goes "pods forbidden: no runners" ha_runners side=primary
	check "pods forbidden: scale sets are" of primary ha_runners_desired 17
	check "pods forbidden: applications are" of primary ha_argocd_apps 4 sync_status=Synced health_status=Healthy
	check "pods forbidden: the reason" eventually problem runner_pods forbidden
	check "pods forbidden: an error of the rounds" is_above 0 ha_poll_errors_total source=inventory reason=auth side=primary
	check "pods forbidden: the status is as it was" as_expected ACTIVE UP/serving UP/serving
	play $one fault=none
	runners "pods allowed" busy 9

	play $one fault=truncate:100 on=/apis/argoproj.io
	up "applications broken off" applications 0
	check "applications broken off: runners are" of primary ha_runners 9 activity=busy
	play $one fault=none
	up "applications whole" applications 1
}

# One side that hangs where only the inventory asks costs nobody a verdict.
hangs() {
	local changes
	changes=$(sum ha_status_transitions_total)
	play $one fault=stall on=/apis/
	up "hangs" ephemeralrunners 0
	check "hangs: an error of the rounds" eventually is_above 0 ha_poll_errors_total source=inventory reason=timeout side=primary
	check "hangs: health goes on" polled 3 $one
	check "hangs: ACTIVE" as_expected ACTIVE UP/serving UP/serving
	check "hangs: nothing else on the way" is_sum "$changes" ha_status_transitions_total
	play $one fault=none
	runners "answers again" busy 9
}

# The inventory of both sides hangs, and has half of the places at most: nobody's health waits for it.
gives_way() {
	sed -i '/^poll:/a\  max_in_flight: 2' "$config"
	play '*' fault=stall on=/apis/
	reload
	check "two places: loaded" eventually logged 'configuration reloaded'
	check "two places, a new configuration: what was known is known" of primary ha_runners 9 activity=busy
	up "two places, both sides hang" ephemeralrunners 0
	# A round that hangs takes a second, a health round a fifth of one.
	local before
	before=$(value ha_polls_total source=nodes side=primary)
	check "two places: four rounds of the inventory" rounds 4 primary
	check "two places: many a health round beside four of those" \
		[ $(($(value ha_polls_total source=nodes side=primary) - before)) -ge 10 ]
	check "two places: no health probe failed for it" is_sum 0 ha_poll_errors_total 'source=nodes' reason=timeout
	check "two places: ACTIVE" as_expected ACTIVE UP/serving UP/serving
	play '*' fault=none
	runners "two places, all answer" busy 9
	sed -i '/max_in_flight/d' "$config"
	reload
}

# Nothing is shown for long of a side that is gone.
gone() {
	play $one fault=refuse
	goes "refused: runners are not known" ha_runners side=primary
	up "refused" nodes 0
	reaches "refused" BLOCKED_PRIMARY_UNAVAILABLE DOWN/unreachable UP/serving
	play $one fault=none
	reaches "accepted" ACTIVE
	runners "accepted" busy 9
	play $one token=revoked
	up "401" nodes 0
	play $one token=good
	runners "the token again" busy 9
}

# exact TARGET: how many requests for runners were not answered from the cache: those that were spoiled, and
# those for what is in storage.
exact() {
	"$asker" get "$control/stats" | jq --arg target "$1" \
		'.[$target].paths["/apis/actions.github.com/v1alpha1/namespaces/arc-runners/ephemeralrunners"] | .requests - .cached'
}

reloaded() { [ "$(grep -c 'configuration reloaded' "$log")" -ge "$1" ]; } # times, since the beginning
drained() {
	local one_exact two_exact seldom before
	one_exact=$(exact $one) two_exact=$(exact $two)
	check "three rounds of the inventory" rounds 3 primary
	check "the cache serves while nobody asks whether it is drained" [ "$(exact $one)" -eq "$one_exact" ]
	comes "nobody is cordoned" primary ha_drained 0
	play $one cordoned=all
	reaches "cordoned" BLOCKED_PRIMARY_UNAVAILABLE MAINTENANCE/cordoned UP/serving
	check "cordoned: three rounds more" rounds 3 primary
	check "cordoned, with jobs: not drained" of primary ha_drained 0
	play $one busy=0 finishing=0 starting=0 failed=0
	comes "no jobs: drained" primary ha_drained 1
	check "the other side is not" of secondary ha_drained 0
	check "drained: seen in storage, twice at least" [ "$(exact $one)" -ge $((one_exact + 2)) ]
	check "the other side is read from the cache" [ "$(exact $two)" -eq "$two_exact" ]
	play $one busy=1
	comes "a job: not drained" primary ha_drained 0
	play $one busy=0
	comes "drained" primary ha_drained 1
	# Its own rounds come much later than the health round that sees a node take work again.
	sed -i 's/inventory_interval: 200ms/inventory_interval: 1h/' "$config"
	seldom=$(($(grep -c 'configuration reloaded' "$log") + 1))
	reload
	check "seldom looked at: loaded" eventually reloaded "$seldom"
	before=$(value ha_polls_total source=nodes side=primary)
	check "seldom looked at: health goes on" eventually is_above $((before + 5)) ha_polls_total source=nodes side=primary
	check "seldom looked at: drained" of primary ha_drained 1
	before=$(value ha_polls_total source=inventory side=primary)
	play $one cordoned=11
	comes "one node of twelve takes work: not drained" primary ha_drained 0
	check "seen by the health round alone" of primary ha_polls_total "$before" source=inventory
	sed -i 's/inventory_interval: 1h/inventory_interval: 200ms/' "$config"
	reload
	play $one cordoned=all
	comes "all are cordoned again: drained" primary ha_drained 1
	# A listener that is down tells of no job that there may be.
	play $one listener=off
	comes "idle is not sure: not drained" primary ha_drained 0
	play $one listener=on cordoned=none
	comes "uncordoned" primary ha_drained 0
	reaches "uncordoned" ACTIVE
}

# One request after the other, so a side has one connection.
one_connection() {
	local stats
	check "one connection: ten rounds of the inventory" rounds 10 primary
	stats=$("$asker" get "$control/stats" | jq -c --arg target $one '.[$target] | {connections, most_in_flight}')
	check "one connection, one request at a time: $stats" [ "$stats" = '{"connections":1,"most_in_flight":1}' ]
	check "/readyz is not asked while nodes are served" [ "$(requests $one /readyz)" -eq 0 ]
	check "no doubt, no poll of /readyz" is_sum 0 ha_polls_total source=readyz
}

# pods_come_every WAS IS: all pods of a cluster at another pace.
pods_come_every() {
	local reloads
	reloads=$(($(grep -c 'configuration reloaded' "$log") + 1))
	sed -i "s/pod_interval: $1/pod_interval: $2/" "$config"
	reload
	check "pods every $2: loaded" eventually reloaded "$reloads"
}
pods() {
	local asked
	pods_come_every 200ms 1h
	check "pods every hour: two rounds" rounds 2 primary
	asked=$(requests $one /api/v1/pods)
	play $one busy=3
	runners "pods every hour" busy 3
	check "pods every hour: five rounds" rounds 5 primary
	check "pods every hour: not asked" [ "$(requests $one /api/v1/pods)" -eq "$asked" ]
	check "pods every hour: what they request stays" of primary ha_cloudspace_cpu_requested_cores 21
	check "pods every hour: the part is up" of primary ha_inventory_up 1 resource=pods
	pods_come_every 1h 0s
	goes "no pods: no such part" ha_inventory_up side=primary resource=pods
	goes "no pods: what they request is not known" ha_cloudspace_cpu_requested_cores side=primary
	check "no pods: three rounds" rounds 3 primary
	check "no pods: not asked" [ "$(requests $one /api/v1/pods)" -eq "$asked" ]
	check "no pods: nothing is up or down for it" is_sum 20 ha_inventory_up
	check "no pods: no problem is told" [ "$("$asker" get "$url/api/v1/runners" |
		jq -c '[.sides.primary.parts[] | select(.resource == "pods") | .known, .problem]')" = "[false,null]" ]
	pods_come_every 0s 200ms
	comes "pods again: 3 busy, 5 others" primary ha_cloudspace_cpu_requested_cores 12
	play $one busy=9
	runners "pods again" busy 9
}

# A wrong namespace answers with empty lists, and none of that is zero.
namespaces() {
	play $one idle=0
	runners "no runners, but their namespace" idle 0
	play $one idle=5
	sed -i '/ignore_taints\|^  - name: prod/a\    runners: {namespace: elsewhere}\n    argocd: {namespace: nowhere}' "$config"
	reload
	goes "namespace elsewhere: no zeros" ha_runners side=primary
	goes "namespace nowhere: no applications" ha_argocd_apps side=primary
	check "namespace elsewhere: told" eventually problem runner_pods "namespace elsewhere does not exist"
	check "namespace elsewhere: logged" eventually logged 'namespace .* does not exist'
	check "nodes are known" of primary ha_cloudspace_cpu_allocatable_cores 93.6
	sed -i '/namespace: elsewhere\|namespace: nowhere/d' "$config"
	reload
	runners "the right namespace" idle 5
}

start_sim --nodes=12
start_daemon
reaches "begins" ACTIVE
one_connection
figures
pods
applications
listeners
nodes
parts
hangs
gives_way
gone
drained
namespaces
check "secrets: not in the log" without_secrets "$log"
check "every line of the log is logfmt" is_logfmt
check "SIGTERM ends it, exit status 0" stop_daemon
finish
