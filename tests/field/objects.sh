#!/bin/bash
# One object of a list that is too large, too deep or odd: it is counted and named, in the log once, and the others are
# read all the same; what is built on the list does not claim more than it knows. Each kind of object in turn is put
# into the simulator's own list.
# usage: objects.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/../e2e/lib.sh"
. tests/e2e/lists.sh
fast+=('inventory_interval: 200ms' 'pod_interval: 200ms')

# resource | where it comes from | the object, as a change of a good one | its name; - where it is read | a metric that stays
#
# $text and $deep are 1.4 MB and 100,000 levels, which is what an API server may send and more.
rows() {
	cat <<'END'
applications | Argo CD: the result of a large sync | .status.operationState.syncResult.resources = [{message: $text}] | - | ha_argocd_apps 5 sync_status=Synced health_status=Healthy
applications | Argo CD: a history with the values file as text | .status.history = [{source: {helm: {values: $text}}}] | - | ha_argocd_apps 5 sync_status=Synced health_status=Healthy
applications | Argo CD: the CRDs of ARC as manifests of an operation | .operation.sync.manifests = [$text] | - | ha_argocd_apps 5 sync_status=Synced health_status=Healthy
applications | Helm: a deep valuesObject | .spec.source.helm.valuesObject = $deep | - | ha_argocd_apps 5 sync_status=Synced health_status=Healthy
applications | Argo CD: 3,000 resources | .status.resources = [range(3000) \| {kind: "ConfigMap", name: "c-\(.)", status: "Synced"}] | - | ha_argocd_apps 5 sync_status=Synced health_status=Healthy
applications | a status of another type | .status.sync.status = {status: "Synced"} | argocd/odd | ha_argocd_apps 4 sync_status=Synced health_status=Healthy
applications | no metadata | del(.metadata) | items[4] | ha_argocd_apps 4 sync_status=Synced health_status=Healthy
applications | null | null | items[4] | ha_argocd_apps 4 sync_status=Synced health_status=Healthy
runner_pods | a script in the environment | .spec.containers[0].env = [{name: "S", value: $text}] | - | ha_runner_pods 6 phase=Running
runner_pods | a node that is a number | .spec.nodeName = 7 | arc-runners/odd | ha_runner_pods 5 phase=Running
runner_pods | a number | 7 | items[5] | ha_runner_pods 5 phase=Running
ephemeralrunners | ARC 0.13: failures are times | .status.failures = {u: "2026-01-02T03:04:05Z"} | - | ha_runners 0 activity=unknown
ephemeralrunners | ready as text | .status.ready = "true" | arc-runners/odd | ha_runners 1 activity=unknown
ephemeralrunners | an array | [$deep] | items[5] | ha_runners 1 activity=unknown
ephemeralrunnersets | replicas as a word | .spec.replicas = "two" | arc-runners/odd | ha_runners 5 activity=idle
autoscalingrunnersets | a deep pod template | .spec.template.spec = $deep | - | ha_runners_max 60
autoscalingrunnersets | half a runner | .spec.minRunners = 0.5 | arc-runners/odd | ha_runner_listener 1 ha_runner_listener=running
autoscalinglisteners | a name of 300 characters | .metadata.name = ("n" * 300) | items[1] | ha_runner_listener 1 ha_runner_listener=running
listener_pods | null among the statuses | .status.containerStatuses = [null] | arc-systems/odd | ha_runner_listener 1 ha_runner_listener=running
controller | replicas as text | .spec.replicas = "1" | arc-systems/odd | ha_runners 5 activity=idle
leases | a duration with a unit | .spec.leaseDurationSeconds = "40s" | kube-node-lease/odd | ha_cloudspace_nodes_silent 0
pods | an empty quantity | .spec.containers[0].resources.requests.cpu = "" | arc-systems/odd | ha_cloudspace_nodes_silent 0
END
}
path_of() {
	local runners=/apis/actions.github.com/v1alpha1/namespaces
	case $1 in
	applications) echo /apis/argoproj.io/v1alpha1/namespaces/argocd/applications ;;
	runner_pods) echo '/api/v1/namespaces/arc-runners/pods?labelSelector=actions-ephemeral-runner%3DTrue' ;;
	ephemeralrunners | ephemeralrunnersets | autoscalingrunnersets) echo $runners/arc-runners/"$1" ;;
	autoscalinglisteners) echo $runners/arc-systems/"$1" ;;
	listener_pods) echo '/api/v1/namespaces/arc-systems/pods?labelSelector=app.kubernetes.io%2Fcomponent%3Drunner-scale-set-listener' ;;
	controller) echo '/apis/apps/v1/namespaces/arc-systems/deployments?labelSelector=app.kubernetes.io%2Fname%3Dgha-rs-controller' ;;
	leases) echo /apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases ;;
	pods) echo /api/v1/pods ;;
	nodes) echo /api/v1/nodes ;;
	esac
}

# odd_list CHANGE: of a list on standard input, the same with one object more: a changed copy of the last one.
text=$(head -c 1000000 /dev/urandom | base64 -w 0)
printf '%s' "$text" >"$scratch/text"
{ printf '[%.0s' {1..100000}; printf ']%.0s' {1..100000}; } >"$scratch/deep"
odd_list() {
	local list
	list=$(jq -c --rawfile text "$scratch/text" '"@deep@" as $deep | .items += [.items[-1] | .metadata.name = "odd" | '"$1"']')
	case $list in
	*'"@deep@"'*) printf '%s' "${list%%'"@deep@"'*}"; cat "$scratch/deep"; printf '%s' "${list#*'"@deep@"'}" ;;
	*) printf '%s' "$list" ;;
	esac
}

# counted RESOURCE N: so many objects of the primary's list, and of no other list, cannot be read.
counted() {
	local found
	found=$(value ha_inventory_unreadable_objects)
	[ "$found" = "$2" ] && is "$2" ha_inventory_unreadable_objects side=primary "resource=$1" || { echo "$1: ${found:-none}"; false; }
}
none_counted() { local found; found=$(value ha_inventory_unreadable_objects) && [ -z "$found" ] || { echo "$found"; false; }; }
rounds_are() { [ "$(value ha_polls_total source=inventory side=primary)" -ge "$1" ]; }
rounds() { eventually rounds_are $(($(value ha_polls_total source=inventory side=primary) + $1)); }
# told NAME: lines of the log that name an object.
told() { tail -n +$((line + 1)) "$log" | grep 'an object cannot be read' | grep -cF "object=$1 "; }
named() { # DOCUMENT NAME: the document of that path has it
	"$asker" get "$url/api/v1/$1" | jq -e --arg name "$2" '[.. | .unreadable_objects? // empty | .[].name] | index($name)' >"$scratch/named"
}
shows() { # COMMAND PATTERN: in 80 columns
	COLUMNS=80 "$build/hawatch" "$1" -o table --url "$url" >"$scratch/out" 2>&1
	tr '\n' ' ' <"$scratch/out" | tr -s ' ' | grep -qE -- "$2" || { cat "$scratch/out"; false; }
}
document_of() {
	case $1 in
	applications) echo apps ;;
	leases | pods) echo cloudspaces ;;
	*) echo runners ;;
	esac
}

one_object() { # RESOURCE WHERE CHANGE NAME METRIC
	local name="$1: $2" path document line
	path=$(path_of "$1") document=$(document_of "$1") line=$(wc -l <"$log")
	list_of $one "$path" | odd_list "$3" >"$scratch/list"
	play $one fault=body "body=$scratch/list" "on=${path%%\?*}\$"
	check "$name: two rounds" rounds 2
	if [ "$4" = - ]; then
		check "$name: is read" none_counted
	else
		check "$name: counted" counted "$1" 1
		check "$name: named in /api/v1/$document" named "$document" "$4"
		check "$name: and to people" shows "$document" "${4//[[]/.}"
	fi
	# shellcheck disable=SC2086 # words
	check "$name: ${5# }" eventually is_of $5
	check "$name: the list counts as read" is 1 ha_inventory_up side=primary "resource=$1"
	check "$name: three rounds more" rounds 3
	[ "$4" = - ] || check "$name: once in the log" [ "$(told "$4")" -eq 1 ]
	play $one fault=none
	check "$name: over" eventually none_counted
}
is_of() { is "$2" "$1" side=primary "${@:3}"; }

objects() {
	local resource from change name metric
	while IFS='|' read -r resource from change name metric <&4; do
		resource=${resource// /} change=${change//$'\x01'/|} name=${name// /}
		from=${from# } from=${from% }
		one_object "$resource" "$from" "$change" "$name" "$metric"
	done 4< <(rows | sed 's/\\|/\x01/g')
	check "the daemon's verdicts never moved" as_expected ACTIVE UP/serving UP/serving
	check "nothing was ever called BLOCKED" is_never_blocked 0
}

# Of the nodes the verdict depends: with one that cannot be read the list is no evidence.
nodes() {
	list_of $one /api/v1/nodes | odd_list '.status = null' >"$scratch/list"
	play $one fault=body "body=$scratch/list" on=/api/v1/nodes
	check "a node without status: counted" eventually counted nodes 1
	check "a node without status: the list is not" eventually is 0 ha_inventory_up side=primary resource=nodes
	check "a node without status: named" eventually logged 'source=nodes .*error="odd cannot be read: not a valid Node: member .*status.* is missing'
	check "a node without status: held" reaches_quietly UNKNOWN UNKNOWN/no_evidence UP/serving
	play $one fault=none
	list_of $one /api/v1/nodes | odd_list '.status.images = [{names: [$text]}] | .metadata.managedFields = [$deep]' >"$scratch/list"
	play $one fault=body "body=$scratch/list" on=/api/v1/nodes
	reaches "a node with very large images" ACTIVE
	check "a node with very large images: is one more" is 4 ha_cloudspace_nodes side=primary
	play $one fault=none
	check "three nodes again" eventually is 3 ha_cloudspace_nodes side=primary
}
reaches_quietly() { eventually as_expected "$@" && is_never_blocked 0; }

# Drained says that no job runs: not while a runner, a pod or a node cannot be read.
drained() {
	local resource
	play $one idle=0 cordoned=all
	check "drained" eventually is 1 ha_drained side=primary
	for resource in 'ephemeralrunners|.status.ready = 7' 'runner_pods|null' 'nodes|.status = []'; do
		# The lists are empty by now, so the odd object is a copy of a good one of the other side.
		list_of $two "$(path_of "${resource%%|*}")" | jq -c '.items |= .[:1]' | odd_list "${resource#*|}" |
			jq -c --arg of "${resource%%|*}" 'if $of == "nodes" then . else .items |= .[1:] end' >"$scratch/list"
		local path
		path=$(path_of "${resource%%|*}")
		play $one fault=body "body=$scratch/list" "on=${path%%\?*}\$"
		check "drained, ${resource%%|*}: counted" eventually counted "${resource%%|*}" 1
		check "drained, ${resource%%|*}: nobody says so" eventually not_drained
		play $one fault=none
		check "drained again" eventually is 1 ha_drained side=primary
	done
	play $one idle=5 cordoned=none
	reaches "uncordoned" ACTIVE
}
not_drained() { [ "$(value ha_drained side=primary)" != 1 ]; }

# Spot's lists: the others are read; of whom nothing can be read, nothing is said.
spot() {
	local row
	spot_list cloudspaces >"$scratch/cloudspaces"
	spot_list spotnodepools >"$scratch/pools"
	cloudspaces "another one cannot be read" '.items += [{metadata: {name: "other"}, status: {phase: 1}}]'
	check "another one: counted" eventually is 1 ha_inventory_unreadable_objects resource=cloudspaces
	check "another one: named" named cloudspaces other
	check "another one: ours are read" is_read primary
	check "another one: and to people" shows cloudspaces 'cloudspaces other'
	cloudspaces "ours is too large where it is read" '(.items[] | select(.metadata.name == "'$one'")).status.reason = $text'
	check "ours too large: counted" eventually is 1 ha_inventory_unreadable_objects resource=cloudspaces
	check "ours too large: not read for long" eventually is_unread primary
	check "ours too large: not absent" is_of ha_cloudspace_degraded 0
	check "ours too large: the other is read" is_read secondary
	cloudspaces "something without a name, and ours is not there" '.items |= [map(select(.metadata.name != "'$one'"))[], null]'
	check "without a name: counted" eventually is 1 ha_inventory_unreadable_objects resource=cloudspaces
	check "without a name: named" named cloudspaces 'items[1]'
	check "without a name: nobody is absent" is_of ha_cloudspace_degraded 0
	cloudspaces "ours is really not there" '.items |= map(select(.metadata.name != "'$one'"))'
	check "really absent: degraded" eventually is_of ha_cloudspace_degraded 1
	check "really absent: none counted" none_counted
	play spot fault=none
	check "there again" eventually is_of ha_cloudspace_degraded 0

	pools "a pool that is null" '.items += [null]'
	check "a pool that is null: counted" eventually is 1 ha_inventory_unreadable_objects resource=spotnodepools
	check "a pool that is null: the counts are known" is_of ha_cloudspace_nodes_won 3
	pools "a pool of ours" '(.items[] | select(.spec.cloudSpace == "'$one'")).spec.desired = "3"'
	check "a pool of ours: its counts are not known in the end" eventually unknown_won
	check "a pool of ours: the other's are" is 3 ha_cloudspace_nodes_won side=secondary
	play spot fault=none
	check "every pool between" eventually is_of ha_cloudspace_nodes_won 3
	pools "ours without a readable owner" '(.items[] | select(.spec.cloudSpace == "'$one'")).spec.cloudSpace = 7'
	check "ours without a readable owner: counted" eventually is 1 ha_inventory_unreadable_objects resource=spotnodepools
	check "ours without a readable owner: its counts are not known in the end" eventually unknown_won
	check "ours without a readable owner: never 0" is '' ha_cloudspace_nodes_won side=primary
	check "ours without a readable owner: the other's are" is 3 ha_cloudspace_nodes_won side=secondary
	play spot fault=none
	check "every pool again" eventually is_of ha_cloudspace_nodes_won 3
	pools "one of another, before Spot does not answer" '.items += [null]'
	check "one of another: counted" eventually is 1 ha_inventory_unreadable_objects resource=spotnodepools
	play spot fault=refuse
	check "no answer for long: not counted any more" eventually none_counted
	play spot fault=none
	check "an answer again" eventually is_of ha_cloudspace_nodes_won 3
	check "Spot: ACTIVE all the while" as_expected ACTIVE UP/serving UP/serving
}
spot_body() { # LIST PATH CHANGE
	jq -c --rawfile text "$scratch/text" "$3" "$scratch/$1" >"$scratch/list"
	play spot fault=body "body=$scratch/list" "on=$spot_namespace/$2"
	polled 3 spot
}
cloudspaces() { spot_body cloudspaces cloudspaces "$2"; }
pools() { spot_body pools spotnodepools "$2"; }
is_read() { is 1 ha_cloudspace_phase "side=$1" ha_cloudspace_phase=Ready; }
is_unread() { is 1 ha_cloudspace_phase "side=$1" ha_cloudspace_phase=Unknown; }
unknown_won() { [ -z "$(value ha_cloudspace_nodes_won side=primary)" ]; }

start_sim --nodes 3
start_daemon
reaches "begins" ACTIVE
objects
nodes
drained
spot
check "the log is logfmt" is_logfmt
check "no secret in it" without_secrets "$log"
stop_daemon
finish
