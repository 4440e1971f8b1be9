#!/bin/bash
# Rules, routes, inhibition and runbook, checked with the real promtool, amtool, Prometheus and
# Alertmanager. Needs no network and no hawatchd.
# usage: rules.sh
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/e2e/checks.sh
require promtool amtool prometheus prometheus-alertmanager jq curl

rules=(config/prometheus/*.rules.yml)
routes=config/alertmanager/alertmanager.yml
runbook=config/runbook.md

syntax() {
	check "rules: lint" promtool check rules --lint=all --lint-fatal "${rules[@]}"
	check "prometheus.yml" promtool check config --lint=all --lint-fatal \
		config/prometheus/prometheus.yml
	check "alertmanager.yml" amtool check-config "$routes"

	check "prometheus.yml names every file of rules" diff <(printf '%s\n' "${rules[@]##*/}") \
		<(sed -n 's/^  - \(.*\.rules\.yml\)$/\1/p' config/prometheus/prometheus.yml | sort)

}

# The tables of tests/rules, each part as one test of promtool. Parts run at the same time.
tables() {
	local pages of name
	pages=" $(alerts_where '.labels.severity == "critical"' | tr '\n' ' ')"
	for of in hawatch capacity monitor; do
		for name in "15 0 601" "60 601 999999"; do
			set -- $name
			awk -v rules="$PWD/config/prometheus/$of.rules.yml" -v step="$1" -v from="$2" -v to="$3" -v pages="$pages" \
				-v only=" $(sed -n 's/^ *- alert: //p' "config/prometheus/$of.rules.yml" | tr '\n' ' ')" \
				-f tests/rules/alerts.awk tests/rules/alerts.table >"$scratch/$of-$1s.test.yml"
		done
	done
	for name in 15s 1m; do
		awk -v rules="$PWD/config/prometheus/*.rules.yml" -v every="$name" -f tests/rules/cases.awk tests/rules/cases.table \
			>"$scratch/cases-$name.test.yml"
	done
	local running=()
	for of in "$scratch"/*.test.yml; do
		promtool test rules "$of" >"$of.out" 2>&1 && touch "$of.ok" &
		running+=($!)
	done
	wait "${running[@]}"
	for of in "$scratch"/*.test.yml; do
		check "rules: ${of##*/}, $(grep -c '^  - name' "$of") tests" passed "$of"
	done
}
passed() { [ -e "$1.ok" ] || { head -n 40 "$1.out"; false; }; }

# What each alert says.
texts() {
	local part
	for part in "15 0 601" "60 601 999999"; do
		set -- $part
		awk -v texts=1 -v rules="$PWD/config/prometheus/*.rules.yml" -v step="$1" -v from="$2" -v to="$3" \
			-f tests/rules/alerts.awk tests/rules/alerts.table >"$scratch/texts.yml"
		promtool test rules "$scratch/texts.yml" 2>&1 | awk -f tests/rules/texts.awk
	done >"$scratch/texts"
	check "the texts of the alerts" diff -u tests/golden/alerts.txt "$scratch/texts"
}

# The rules as a real Prometheus understands them: one alert a line in $scratch/alerts.
load_rules() {
	printf 'rule_files: ["%s"]\n' "$PWD/config/prometheus/*.rules.yml" >"$scratch/prometheus.yml"
	serve "$scratch/prometheus.log" prometheus --config.file="$scratch/prometheus.yml" \
		--storage.tsdb.path="$scratch/tsdb" || return
	curl -fsS "$url/api/v1/rules?type=alert" | jq -c '.data.groups[].rules[]' >"$scratch/alerts"
	[ -s "$scratch/alerts" ]
}

# What the runbook's priorities mean, once; every alert has to be of one of these rows.
readonly priorities='{
	"P0": ["critical", "Immediately: on-call and management."],
	"P1": ["critical", "Within 30 minutes: on-call."],
	"P2": ["warning", "Within 4 hours: platform team."],
	"P3": ["info", "Next working day: platform team."],
	"null": ["none", "None: its absence is the alarm."]
}'

# The same in the runbook's words.
readonly calls='{
	"P0": "on-call and management, immediately",
	"P1": "on-call, within 30 minutes",
	"P2": "platform team, within 4 hours",
	"P3": "platform team, next working day",
	"none": "nobody"
}'

# alerts_where FILTER: the names of the alerts for which the filter holds.
alerts_where() {
	jq -r --argjson priorities "$priorities" "select($1) | .name" "$scratch/alerts" | sort -u
}

conventions() {
	check "every alert has summary, description, first step and response" no_lines alerts_where \
		'[.annotations | (.summary, .description, .first_step, .response) | length > 8] | all | not'
	check "every page says what still works, and nothing else does" no_lines alerts_where \
		'(.annotations.works != null) != (.labels.severity == "critical")'
	check "every alert is of a component" no_lines alerts_where \
		'.labels.component | IN("ha", "hawatchd") | not'
	check "priority, severity and response agree" no_lines alerts_where \
		'$priorities[.labels.priority | tostring] != [.labels.severity, .annotations.response]'
	check "only the watchdog has no priority" \
		test "$(alerts_where '.labels.priority == null')" = HAWatchdog
	check "both down is P0, and nothing else" \
		test "$(alerts_where '.labels.priority == "P0"' | tr '\n' ' ')" = "HABothCloudspacesDown HABothManyPairsDown "
	check "both down does not wait, one down 20 s" no_lines alerts_where \
		'.duration > ({"HABothCloudspacesDown": 0, "HACloudspaceDown": 20}[.name] // infinite)'
	check "no page waits for longer than Prometheus may be away" no_lines alerts_where \
		'.labels.severity == "critical" and .duration > 120'
	check "every alert is in a table" no_lines comm -23 <(alerts_where '.name != "HAWatchdog"') \
		<(sed -n 's/^alert \([A-Za-z]*\).*/\1/p; s/^at [0-9a-z]* \(HA[A-Za-z]*\).*/\1/p' tests/rules/*.table | sort -u)
}

# The anchors that a Markdown viewer makes of the runbook's headings.
anchors() {
	sed -n 's/^##* //p' "$runbook" | tr '[:upper:] ' '[:lower:]-' | tr -cd '[:lower:][:digit:]_\n-' | sort
}

statuses='active blocked_primary_unavailable blocked_secondary_unavailable
	blocked_both_unavailable disabled unknown'

links() {
	check "all runbook links have one base" test 1 -eq \
		"$(jq -r '.annotations.runbook_url | split("#")[0]' "$scratch/alerts" | sort -u | wc -l)"
	check "every alert links the section of its name" no_lines alerts_where \
		'(.annotations.runbook_url | split("#")[1]) != (.name | ascii_downcase)'
	check "every alert and status has its section" no_lines comm -23 \
		<({ alerts_where true | tr '[:upper:]' '[:lower:]' && printf '%s\n' $statuses; } | sort) <(anchors)
	check "every section of an alert has its alert" no_lines comm -13 \
		<(alerts_where true) <(sed -n 's/^### \(HA[A-Za-z]*\)$/\1/p' "$runbook" | sort)
	check "every section says its priority, whom to call and its alert" no_lines alerts_where_section_differs
	check "links inside the runbook lead somewhere" no_lines comm -23 \
		<(grep -o '(#[^)]*)' "$runbook" | tr -d '(#)' | sort -u) <(anchors)
}

# The section begins with what the page says: priority, whom to call how fast, and the alert's own name.
alerts_where_section_differs() {
	local name priority call
	while IFS='|' read -r name priority call; do
		[ "$(grep -A 4 -x "### $name" "$runbook")" = "$(printf '%s\n' "### $name" '' "- Priority: $priority" \
			"- Call: $call" "- Alerts: $name")" ] || echo "$name"
	done < <(jq -r --argjson calls "$calls" \
		'(.labels.priority // "none") as $priority | "\(.name)|\($priority)|\($calls[$priority])"' "$scratch/alerts" |
		sort | sort -t '|' -k 1,1 -u -s) # the most urgent of an alert with two priorities
}

# routed RECEIVER LABEL=VALUE...
routed() {
	local receiver=$1
	shift
	check "route: ${*:-no label} -> $receiver" amtool config routes test \
		--config.file="$routes" --verify.receivers="$receiver" "$@"
}

# has_in_route MATCHER LINE: amtool shows no timing of a route, so the file is read.
has_in_route() {
	grep -A 5 -F "matchers: [$1]" "$routes" | sed '2,${/matchers:/,$d}' | grep -qF "$2"
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
		routed "$receiver" "alertname=$name" "severity=$severity" "priority=$priority" pair=prod
	done < <(jq -r '"\(.name) \(.labels.severity) \(.labels.priority // "")"' "$scratch/alerts")
	routed notice
	# Somebody's own P0 goes to the pager whatever its severity is called.
	routed pager alertname=Own severity=page priority=P0
	check "P0 waits for nobody" has_in_route 'priority="P0"' 'group_wait: 0s'
	check "P0 comes again every hour" has_in_route 'priority="P0"' 'repeat_interval: 1h'
}

# Rows of alertname, pair, side, source ("-" for no such label), and what becomes of it. The last
# two rows are the sentinel: Alertmanager takes alerts in the order in which they come, so that
# once the sentinel is muted, whoever is heard is heard for good.
readonly pair_cases='
HABothCloudspacesDown   both   -          -            heard
HACloudspaceDown        both   primary    -            muted
HACloudspaceDown        both   secondary  -            muted
HABlockedStuck          both   -          -            muted
HAProvisioningStuck     both   primary    -            muted
HANodeImbalance         both   -          -            muted
HAStatusFlapping        both   -          -            muted
HANoRunners             both   -          -            muted
HARunnersExhausted      both   -          -            muted
HAExtraCloudspaceDown   both   extra-1    -            muted
HAMaintenanceOverrun    both   primary    -            muted
HASideBlind             both   primary    -            heard
HAReplicasDisagree      both   -          -            heard
HACloudspaceDown        one    secondary  -            heard
HABlockedStuck          one    -          -            heard
HAProvisioningStuck     one    secondary  -            heard
HAProvisioningLate      one    secondary  -            muted
HANodeImbalance         one    -          -            muted
HAUtilizationHigh       one    -          -            muted
HAUtilizationCritical   one    -          -            muted
HARunnersExhausted      one    -          -            muted
HACloudspaceFlapping    one    secondary  -            muted
HACloudspaceDegraded    one    primary    -            heard
HACloudspaceFlapping    one    primary    -            heard
HASideBlind             one    primary    -            heard
HANoRunners             one    -          -            heard
HARunnerListenerDown    one    primary    -            muted
HARunnerPodsAbsent      one    primary    -            muted
HARunnersFailing        one    primary    -            muted
HARunnersStuck          one    primary    -            heard
HAStatusFlapping        one    -          -            muted
HAPollErrors            one    secondary  readyz       muted
HAPollErrors            one    primary    readyz       heard
HAPollErrors            -      -          cloudspaces  heard
HACredentialRejected    one    primary    nodes        heard
HAPollErrors            one    primary    nodes        muted
HAMonitorBlind          blind  -          -            heard
HANodeImbalance         other  -          -            heard
HAUtilizationHigh       other  -          -            heard
HARunnerPodsAbsent      other  primary    -            heard
HARunnerListenerDown    other  secondary  -            heard
HAMaintenanceTooLong    other  secondary  -            heard
HAStatusFlapping        other  -          -            heard
Watchdog                -      -          -            heard
HAUtilizationCritical   last   -          -            heard
HAUtilizationHigh       last   -          -            muted'

readonly monitor_cases='
HAExporterDown          -      -          -            heard
HAExporterAbsent        -      -          -            heard
HABothCloudspacesDown   both   -          -            heard
HACloudspaceDown        one    secondary  -            heard
HANodeImbalance         other  -          -            heard
HAPollErrors            one    primary    readyz       muted
HAPollErrors            -      -          cloudspaces  muted
HAMonitorBlind          blind  -          -            muted
HASideBlind             one    primary    -            muted
HAInventoryUnreadable   one    primary    -            muted
HAStatusMissing         -      -          -            muted
HAExporterReplicaDown   -      -          -            muted
HAConfigReloadFailed    -      -          -            muted
Watchdog                -      -          -            heard
HAUtilizationCritical   last   -          -            heard
HAUtilizationHigh       last   -          -            muted'

# The cases as Alertmanager's API takes them, severity, priority and component as the rules say.
as_alerts() {
	jq -R --slurpfile rules "$scratch/alerts" '
		(INDEX($rules[]; .name)) as $rule
		| [splits(" +")] | select(length == 5)
		| {labels: ($rule[.[0]].labels + {alertname: .[0]}
			+ ({pair: .[1], side: .[2], source: .[3]} | del(.[] | select(. == "-"))))}' |
		jq -s .
}

# The same table, as Alertmanager sees it now.
as_table() {
	curl -fsS "$url/api/v2/alerts" | jq -r '
		.[] | [(.labels | .alertname, .pair // "-", .side // "-", .source // "-"),
			if .status.inhibitedBy == [] then "heard" else "muted" end] | join(" ")'
}

sentinel_muted() { as_table | grep -qx 'HAUtilizationHigh last - - muted'; }

# inhibition TITLE CASES: in an Alertmanager of its own, with the shipped configuration but for the
# receivers: those are at a port where nobody listens.
inhibition() {
	sed 's|http://127.0.0.1:[0-9]*/|http://127.0.0.1:1/|' "$routes" >"$scratch/alertmanager.yml"
	serve "$scratch/alertmanager.log" prometheus-alertmanager --cluster.listen-address= \
		--config.file="$scratch/alertmanager.yml" --storage.path="$(mktemp -d -p "$scratch")"
	as_alerts <<<"$2" >"$scratch/alerts.json"
	check "$1: Alertmanager takes the alerts" curl -fsS -H 'Content-Type: application/json' \
		--data-binary "@$scratch/alerts.json" "$url/api/v2/alerts"
	check "$1: the sentinel is muted" until_true sentinel_muted
	as_table >"$scratch/table"

	local name pair side source fate
	while read -r name pair side source fate; do
		[ -z "$name" ] || check "$1: $name $pair $side $source is $fate" \
			grep -x "$name $pair $side $source $fate" "$scratch/table"
	done <<<"$2"
}

syntax
check "Prometheus loads the rules" load_rules
tables
texts
conventions
links
routing
inhibition "the pair" "$pair_cases"
inhibition "the monitor" "$monitor_cases"
finish
