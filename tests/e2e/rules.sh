#!/bin/bash
# Rules and runbook, checked with the real promtool and Prometheus. Needs no network and no hawatchd.
# usage: rules.sh
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/e2e/checks.sh
. tests/e2e/alerts.sh
require promtool prometheus jq curl

rules=(config/prometheus/*.rules.yml)
export GOGC=400 # promtool collects garbage most of its time
runbook=config/runbook.md

syntax() {
	check "rules: lint" promtool check rules --lint=all --lint-fatal "${rules[@]}"
	check "prometheus.yml" promtool check config --lint=all --lint-fatal \
		config/prometheus/prometheus.yml

	check "prometheus.yml names every file of rules" diff <(printf '%s\n' "${rules[@]##*/}") \
		<(sed -n 's/^  - \(.*\.rules\.yml\)$/\1/p' config/prometheus/prometheus.yml | sort)

}

# The tables of tests/rules, each part as one test of promtool. Parts run at the same time. The texts are tested by
# themselves: here promtool would spend half of its time on them.
tables() {
	local pages of name bare=$scratch/bare
	mkdir "$bare"
	for of in "${rules[@]}"; do
		awk '/^      - / { text = 0 } /^        [a-z]/ { text = /annotations:/ } !text' "$of" >"$bare/${of##*/}"
	done
	pages=" $(alerts_where '.labels.severity == "critical"' | tr '\n' ' ')"
	for of in hawatch capacity monitor; do
		for name in "15 0 601" "60 601 999999"; do
			set -- $name
			awk -v rules="$bare/$of.rules.yml" -v step="$1" -v from="$2" -v to="$3" -v pages="$pages" \
				-v only="$(alerts_of $of)" \
				-f tests/rules/alerts.awk tests/rules/alerts.table >"$scratch/$of-$1s.test.yml"
		done
	done
	for name in 15s 1m 55m; do
		awk -v rules="$bare/*.rules.yml" -v every="$name" -f tests/rules/cases.awk tests/rules/cases.table \
			>"$scratch/cases-$name.test.yml"
	done
	local running=()
	for of in "$scratch"/*.test.yml; do
		promtool test rules "$of" >"$of.out" 2>&1 && touch "$of.ok" &
		running+=($!)
	done
	wait "${running[@]}"
	for of in "$scratch"/*.test.yml; do
		check "rules: ${of##*/}, $(grep -c 'eval_time:' "$of") expectations" passed "$of"
	done
}
alerts_of() { echo " $(sed -n 's/^ *- alert: //p' "config/prometheus/$1.rules.yml" | tr '\n' ' ')"; }
passed() { [ -e "$1.ok" ] || { head -n 40 "$1.out"; false; }; }

# What each alert says. Each with the rules of its own file only: that is quicker.
texts() {
	local of part
	for of in hawatch capacity monitor; do
		for part in "15 0 601" "60 601 999999"; do
			set -- $part
			awk -v texts=1 -v rules="$PWD/config/prometheus/$of.rules.yml" -v step="$1" -v from="$2" -v to="$3" \
				-v only="$(alerts_of $of)" -f tests/rules/alerts.awk tests/rules/alerts.table >"$scratch/texts.yml"
			promtool test rules "$scratch/texts.yml" 2>&1 | awk -f tests/rules/texts.awk
		done
	done >"$scratch/texts"
	check "the texts of the alerts" diff -u tests/golden/alerts.txt "$scratch/texts"
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

syntax
check "Prometheus loads the rules" load_rules
tables
texts
conventions
links
finish
