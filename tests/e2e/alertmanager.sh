#!/bin/bash
# Routes, groups and inhibition of config/alertmanager, checked with the real amtool and Alertmanager. What the
# alerts are comes from the rules, as a real Prometheus loads them.
# usage: alertmanager.sh [BUILD_FOLDER]
set -u
clock=real # Alertmanager has the machine's
. "$(dirname "$0")/lib.sh"
. tests/e2e/alerts.sh
require amtool prometheus prometheus-alertmanager
story=

routes=config/alertmanager/alertmanager.yml

# start_alertmanager NAME SED: with the shipped configuration, changed by the expression. Sets $url.
start_alertmanager() {
	local folder=$scratch/alertmanager-$1
	mkdir "$folder"
	cp config/alertmanager/*.tmpl "$folder"
	sed -E "$2" "$routes" >"$folder/alertmanager.yml"
	serve "$folder/log" prometheus-alertmanager --cluster.listen-address= --config.file="$folder/alertmanager.yml" \
		--storage.path="$folder/data" || give_up "Alertmanager does not start" "$folder/log"
}
readonly without_integrations='/_configs:|^ *- url:|send_resolved:/d'

# post: alerts from standard input, one a line; Alertmanager takes them in this order.
post() { jq -s . | curl -fsS -H 'Content-Type: application/json' --data-binary @- "$url/api/v2/alerts"; }

# ---- Routes.

# routed RECEIVER LABEL=VALUE...
routed() {
	local receiver=$1
	shift
	check "route: ${*:-no label} -> $receiver" amtool config routes test \
		--config.file="$routes" --verify.receivers="$receiver" "$@"
}

# has_in_route MATCHER LINE: amtool shows no timing of a route, so the file is read.
has_in_route() {
	grep -A 6 -F "matchers: [$1]" "$routes" | sed '2,${/matchers:/,$d}' | grep -qF "$2"
}

# Every alert of the rules, with the labels that the rules give it, reaches the right people.
routing() {
	local name severity priority receiver
	while read -r name severity priority; do
		case $priority in
		P0 | P1) receiver=pager ;;
		P2) receiver=ticket ;;
		P3) receiver=notice ;;
		*) receiver=dead-mans-switch ;;
		esac
		routed "$receiver" "alertname=$name" "severity=$severity" "priority=$priority" pair=prod environment=prod
	done < <(jq -r '"\(.name) \(.labels.severity) \(.labels.priority // "")"' "$scratch/alerts")
	routed notice
	# Somebody's own P0 goes to the pager whatever its severity is called.
	routed pager alertname=Own severity=page priority=P0
	# The switch is fed by our alert alone.
	routed notice alertname=Watchdog severity=none
	check "P0 waits for nobody" has_in_route 'priority="P0"' 'group_wait: 0s'
	check "P0 comes again every hour" has_in_route 'priority="P0"' 'repeat_interval: 1h'
	check "a region waits for nobody" has_in_route 'alertname=~"HARegionDown|HABothManyPairsDown|HAManyPairsUnwatched|HAManyPairsBlind"' 'group_wait: 0s'
	check "its list comes again soon" has_in_route 'alertname=~"HARegionDown|HABothManyPairsDown|HAManyPairsUnwatched|HAManyPairsBlind"' 'repeat_interval: 30m'
	check "P1 waits hardly: its \`for\` waits for what may mute it" has_in_route 'severity="critical"' 'group_wait: 1s'
	check "every alert that is named is one" no_lines comm -23 \
		<(sed 's/#.*//' "$routes" | grep -o '\bHA[A-Z][A-Za-z]*' | sort -u) <(jq -r .name "$scratch/alerts" | sort)
}

# ---- Groups: a page and a ticket is an incident of its own, of which the receiver hears whatever was acknowledged.

# Every alert once, and once more for each label with another value there.
readonly labels='["cluster", "environment", "namespace", "region", "pair", "side", "instance", "credential", "source"]'
variants() {
	jq -c --argjson labels "$labels" '
		.name as $name | .labels as $own | ($labels | map({(.): "one"}) | add) as $usual
		| (null, $labels[]) | {labels: ($own + $usual + {alertname: $name} + if . then {(.): "another"} else {} end)}' \
		"$scratch/alerts"
}
groups() { curl -fsS "$url/api/v2/alerts/groups" >"$scratch/groups" && jq "$1" "$scratch/groups"; }
are_grouped() { [ "$(groups '[.[].alerts[]] | length')" -eq "$1" ]; }

# groups_where FILTER: the alerts for whose groups (.) the filter holds.
groups_where() {
	jq -r "group_by(.labels.alertname)[] | {name: .[0].labels.alertname, to: .[0].receiver.name, count: length}
		| select($1) | .name" "$scratch/groups"
}
grouping() {
	start_alertmanager groups "$without_integrations"
	variants >"$scratch/variants"
	post <"$scratch/variants"
	check "Alertmanager has the alerts in groups" until_true are_grouped "$(wc -l <"$scratch/variants")"
	check "each page and each ticket is a group" no_lines groups_where '(.to | IN("pager", "ticket")) and .count != 10'
	check "notices and the switch have one for each environment" no_lines groups_where \
		'(.to | IN("notice", "dead-mans-switch")) and .count != 4'
	check "there are all kinds" test 4 -eq "$(jq '[.[].receiver.name] | unique | length' "$scratch/groups")"
}

# ---- Inhibition. Which alert mutes which, the labels that have to be equal beside cluster, environment and
# namespace, and the one that the source has to have.
readonly mutes='
HABothManyPairsDown       HABothCloudspacesDown    -
HARegionDown              HACloudspaceDown         region               region
HARegionDown              HABlockedStuck           region               region
HAManyPairsUnwatched      HAPairUnwatched          -
HAManyPairsBlind          HAMonitorBlind           -
HAManyPairsBlind          HASideBlind              -
HAMonitorBlind            HASideBlind              pair
HABothCloudspacesDown     HACloudspaceDown         pair
HABothCloudspacesDown     HABlockedStuck           pair
HABothCloudspacesDown     HAErrorBudgetBurnsFast   pair
HABothCloudspacesDown     HAErrorBudgetBurnsSlowly pair
HACloudspaceDown          HAErrorBudgetBurnsFast   pair
HACloudspaceDown          HAErrorBudgetBurnsSlowly pair
HAErrorBudgetBurnsFast    HAErrorBudgetBurnsSlowly pair
HACloudspaceDown          HAPollErrors             pair,side
HAUtilizationCritical     HAUtilizationHigh        pair
HANoRunners               HARunnerPodsAbsent       pair
HANoRunners               HARunnersFailing         pair
HANoRunners               HARunnerListenerDown     pair
HACloudspaceFlapping      HAStatusFlapping         pair                 side
HAProvisioningStuck       HAProvisioningLate       pair,side
HACredentialRejected      HAPollErrors             source,pair,side
HACredentialExpiresToday  HACredentialExpiresSoon  credential,pair,side
HACredentialExpiresToday  HACredentialExpired      credential,pair,side
HAExporterCrashLooping    HAExporterReplicaDown    instance
HAExporterDown            HAExporterReplicaDown    -
HAExporterDown            HAPairUnwatched          -
HAExporterDown            HAManyPairsUnwatched     -
HAExporterAbsent          HAExporterReplicaDown    -
HAExporterAbsent          HAPairUnwatched          -
HAExporterAbsent          HAManyPairsUnwatched     -
HAStatusMissing           HAPairUnwatched          -
HAStatusMissing           HAManyPairsUnwatched     -'

# The cases, one a line: a source, its target, their labels and the target's fate. Values are the case's own, so that
# no case meets another. First each row of the table: muted; and for each label, when the target has another value
# there, or none, or both have none. Then every two alerts with all labels equal: muted only where the table says so.
# The last case is the sentinel: once it is muted, Alertmanager has all.
cases() {
	jq -ncR --slurpfile alerts "$scratch/alerts" --argjson labels "$labels" '
		def usual($case): $labels | map({(.): (if . == "side" then "primary" else "\($case)" end)}) | add;
		def pair_of($source; $target; $case; $what; $fate):
			{source: $source, target: $target, $case, $what, $fate, of_source: usual($case), of_target: usual($case)};
		[inputs | [splits(" +")] | select(length >= 3) | {source: .[0], target: .[1], needs: .[3],
			equal: (["cluster", "environment", "namespace"] + (.[2] | split(",") - ["-"]))}] as $rows
		| (
			($rows[] | . as $row | (.source + " mutes " + .target) as $what
				| pair_of(.source; .target; "\($what)"; $what; "muted"),
				($labels[] | . as $key | (if IN($row.equal[]) then "heard" else "muted" end) as $fate
					| (pair_of($row.source; $row.target; "\($what), another \(.)"; $what; $fate)
						| .of_target[$key] = (if $key == "side" then "secondary" else "another" end)),
					(pair_of($row.source; $row.target; "\($what), no \(.)"; $what; $fate) | del(.of_target[$key])),
					(pair_of($row.source; $row.target; "\($what), neither has a \(.)"; $what;
							if . == $row.needs then "heard" else "muted" end)
						| del(.of_source[$key], .of_target[$key])))),
			(pair_of("HACloudspaceFlapping"; "HAStatusFlapping"; "an extra side"; "an extra side does not mute"; "heard")
				| .of_source.side = "extra-1"),
			(("HAManyPairsBlind", "HAMonitorBlind") | pair_of(.; "HASideBlind"; "\(.), a ticket";
					"an extra side that nobody sees is not muted"; "heard")
				| .of_target.side = "extra-1" | .of_target.severity = "warning" | .of_target.priority = "P2"),
			($alerts[].name as $source | $alerts[].name as $target | select($source != $target)
				| pair_of($source; $target; "\($source) \($target)"; "nothing else is muted";
					if any($rows[]; .source == $source and .target == $target) then "muted" else "heard" end)),
			pair_of("HAUtilizationCritical"; "HAUtilizationHigh"; "last"; "the sentinel"; "muted"))' <<<"$mutes"
}
as_alerts() {
	jq -nc --slurpfile alerts "$scratch/alerts" 'INDEX($alerts[]; .name) as $rule | inputs | .case as $case
		| ({name: .source, labels: .of_source}, {name: .target, labels: .of_target})
		| {labels: ($rule[.name].labels + .labels + {alertname: .name, case: $case})}' "$scratch/cases"
}
sentinel_muted() {
	curl -fsS "$url/api/v2/alerts?filter=case=last" | jq -e 'any(.[]; .status.inhibitedBy != [])' >/dev/null
}
# What became of the targets: for each title the cases with another fate than theirs.
compare() {
	jq -nc --slurpfile seen "$scratch/seen" '
		INDEX($seen[][]; .labels | .case + "/" + .alertname) as $seen
		| reduce inputs as $it ({}; .[$it.what] += [$it
			| (if $seen[.case + "/" + .target].status.inhibitedBy == [] then "heard" else "muted" end) as $fate
			| select(.fate != $fate) | "\(.case): \($fate), expected \(.fate)"])' "$scratch/cases" >"$scratch/compared"
}
wrong_in() { jq -r --arg what "$1" '.[$what][]' "$scratch/compared"; }
inhibition() {
	start_alertmanager inhibition "$without_integrations"
	cases >"$scratch/cases"
	check "Alertmanager takes the cases" post < <(as_alerts)
	check "it has them" until_true sentinel_muted
	curl -fsS "$url/api/v2/alerts" >"$scratch/seen"
	check "every case is compared" compare
	local what
	while read -r what; do
		check "$what" no_lines wrong_in "$what"
	done < <(jq -r 'keys_unsorted[]' "$scratch/compared")
	check "no page is held longer than one that it mutes" no_lines held_longer
	check "no page comes later than one that it mutes" no_lines come_later
}
# Alertmanager does not tell that a muted alert is resolved, so that an incident would stay open for ever.
held_longer() {
	jq -nrR --slurpfile alerts "$scratch/alerts" 'INDEX($alerts[]; .name) as $rule
		| inputs | [splits(" +")] | select(length >= 3) | {source: $rule[.[0]], target: $rule[.[1]]}
		| select(.target.labels.severity == "critical"
			and (.source.keepFiringFor // 0) > (.target.keepFiringFor // 0)) | "\(.source.name) \(.target.name)"' <<<"$mutes"
}
# Prometheus sends the alerts of a group in their order; groups have times of their own.
come_later() {
	jq -nrR --slurpfile alerts "$scratch/alerts" 'INDEX($alerts[]; .name) as $rule
		| inputs | [splits(" +")] | select(length >= 3) | {source: $rule[.[0]], target: $rule[.[1]]}
		| select(.target.labels.severity == "critical" and (.source.group != .target.group
			or .source.place > .target.place or .source.duration > .target.duration))
		| "\(.source.name) \(.target.name)"' <<<"$mutes"
}

# ---- Fifty pairs of one region: one page. The simulator is the pager.

# alert NAME LABEL=VALUE...: with the labels that its rule gives it.
alert() {
	local name=$1
	shift
	jq -c --arg name "$name" 'select(.name == $name) | {labels: (.labels + {alertname: $name}
		+ ($ARGS.positional | map(split("=") | {(.[0]): .[1]}) | add))}' "$scratch/alerts" --args "$@"
}
resolved() { jq -c '.endsAt = (now - 1 | todate) | .startsAt = (now - 60 | todate)'; }
paged() { curl -sS -f -o "$scratch/page" "$control/pages/wait?timeout_ms=$((patience * 1000))&$1"; }
pages() { curl -sS -f "$control/pages" | jq -r '.[] | "\(.status) \(.labels.alertname) \(.labels.pair // .labels.region)"'; }
a_region() {
	local pair
	start_sim
	start_alertmanager region "s,http://127.0.0.1:29199/.*,$control/webhook,; s/(group_(wait|interval): )[1-9].*/\11s/"
	{
		for pair in {1..50}; do
			alert HACloudspaceDown "pair=pair-$pair" side=primary region=dfw environment=prod
			alert HABlockedStuck "pair=pair-$pair" region=dfw environment=prod
		done
		alert HARegionDown region=dfw environment=prod
	} | post
	check "a region down: the page comes" paged 'status=firing&alertname=HARegionDown&region=dfw'
	alert HACloudspaceDown pair=neighbour side=primary region=iad environment=prod | post
	check "a side of another region: its page comes" paged 'status=firing&alertname=HACloudspaceDown&pair=neighbour'
	alert HACloudspaceDown pair=pair-1 side=primary region=dfw environment=test | post
	check "of another environment: its page comes" paged 'status=firing&environment=test&pair=pair-1'
	alert HACloudspaceDown pair=nowhere side=primary environment=prod | post
	check "of an unknown region: its page comes" paged 'status=firing&alertname=HACloudspaceDown&pair=nowhere'
	check "and of the fifty none" test "$(pages)" = "firing HARegionDown dfw
firing HACloudspaceDown neighbour
firing HACloudspaceDown pair-1
firing HACloudspaceDown nowhere"
	alert HARegionDown region=dfw environment=prod | resolved | post
	check "the region works again: so says the pager" paged 'status=resolved&alertname=HARegionDown'
	check "one side does not: it is not forgotten" paged 'status=firing&environment=prod&pair=pair-50'
}

check "alertmanager.yml" amtool check-config "$routes"
check "Prometheus loads the rules" load_rules
each_once
routing
grouping
inhibition
a_region
finish
