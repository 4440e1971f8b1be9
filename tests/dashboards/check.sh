#!/bin/bash
# The Grafana dashboards as they are committed: made from their tables, in the form that Grafana's linter asks for, in
# the words and colours of the status page; each exported metric has its place; and what the panels say when daemons disagree.
# usage: check.sh [FOLDER]
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/e2e/checks.sh
. tests/dashboards/page.sh
require jq promtool
folder=${1:-dashboards}

is_up_to_date() {
	mkdir "$scratch/made" && dashboards/source/make.sh "$scratch/made" &&
		diff -r --brief --exclude=source --exclude=README.md --exclude=provisioning.yaml --exclude=kustomization.yaml "$folder" "$scratch/made" ||
		{ echo "run make dashboards"; false; }
}

lint() {
	jq -rs --argjson expected "$(expected)" -f tests/dashboards/lint.jq "$folder"/hawatch-*.json >"$scratch/wrong"
}
broken() { grep -F "$1: " "$scratch/wrong" || true; }

# Each metric that hawatchd exports, by the test that knows all of them.
exported() { sed -n '/^static const char \*const families/,/};/p' tests/unit/test_metrics.c | grep -oE '"[a-z_0-9]+"' | tr -d '"' | sort -u; }
used() {
	{ jq -r '.. | objects | .expr? // empty' "$folder"/hawatch-*.json && sed 's/#.*//' config/prometheus/*.rules.yml; } |
		grep -oE '\b(ha|process)_[a-z0-9_]+' | sed -E 's/_(bucket|sum|count)$//' | sort -u
}
diagnostics() { grep -v '^#' tests/dashboards/diagnostics | cut -f 1 | sort -u; }

# The query of a panel's first target, as Prometheus gets it for one pair.
query_of() {
	jq -r --arg title "$2" '(.templating.list | map(select(.type == "query") | {(.name): (.allValue // ".+")}) | add) as $all
		| .panels[] | select(.title == $title) | .targets[0].expr | gsub("\\$(?<name>[a-z]+)"; $all[.name])' "$folder/hawatch-$1.json"
}
# Four daemons: one still tells ACTIVE, two tell the outage, of which one was started later; one knows nothing.
disagreement() {
	local instance since status of value
	{
		printf 'rule_files: [%s]\ntests:\n- interval: 5s\n  input_series:\n' "$PWD/config/prometheus/hawatch.rules.yml"
		while read -r instance since status; do
			printf -- '  - {series: '\''ha_status_since_timestamp_seconds{job="hawatch",instance="%s",pair="p"}'\'', values: %sx20}\n' "$instance" "$since"
			for of in UNKNOWN DISABLED ACTIVE BLOCKED_PRIMARY_UNAVAILABLE BLOCKED_SECONDARY_UNAVAILABLE BLOCKED_BOTH_UNAVAILABLE; do
				[ "$of" = "$status" ] && value=1 || value=0
				printf -- '  - {series: '\''ha_status{job="hawatch",instance="%s",pair="p",ha_status="%s"}'\'', values: %dx20}\n' \
					"$instance" "$of" "$value"
			done
		done <<<$'a -9000 ACTIVE\nb -30 BLOCKED_PRIMARY_UNAVAILABLE\nc -70 BLOCKED_PRIMARY_UNAVAILABLE\nd -500 UNKNOWN'
		printf '  promql_expr_test:\n'
		query_of pair "HA status" | jq -Rs '{expr: ., eval_time: "30s", exp_samples: [{labels: "{}", value: 3}]}' | jq -c . | sed 's/^/  - /'
		query_of pair "In this status" | jq -Rs '{expr: ., eval_time: "30s", exp_samples: [{labels: "{}", value: 100}]}' | jq -c . | sed 's/^/  - /'
	} >"$scratch/disagreement.yml"
	promtool test rules "$scratch/disagreement.yml"
}

# Links that lead nowhere: to no dashboard, to a variable that it or this one has not, to no file of the repository.
repository=$(sed -nE 's|.*runbook_url: (https://.*/blob/main/).*|\1|p' config/prometheus/*.rules.yml | sort -u)
variables() { jq -r '.templating.list[].name' "$1"; }
dead_links() {
	local file url path target
	for file in "$folder"/hawatch-*.json; do
		while read -r url; do
			path=${url%%[?#]*} target=$folder/${url#/d/}
			target=${target%%\?*}.json
			case $url in
			/d/*)
				[ -s "$target" ] && [ "$(jq -r .uid "$target")" = "${path#/d/}" ] || { echo "$url: no such dashboard"; continue; }
				comm -23 <(grep -oE 'var-[a-z]+' <<<"$url" | cut -c 5- | sort) <(variables "$target" | sort) | sed "s|^|$target has no variable |"
				comm -23 <(grep -oE '\$\{[a-z]+\}' <<<"$url" | tr -d '${}' | sort) <(variables "$file" | sort) | sed "s|^|$file has no variable |"
				;;
			"$repository"*) [ -s "${path#"$repository"}" ] || echo "$url: no such file" ;;
			*) echo "$url: leads elsewhere" ;;
			esac
		done < <(jq -r '.. | objects | .url? // empty | strings | select(. != "")' "$file" | sort -u)
		jq -r --slurpfile all <(cat "$folder"/hawatch-*.json) '.links[] | select(.type == "dashboards") | .tags[]
			| select(. as $tag | [$all[] | select(.tags | index($tag))] | length < 2) | "no other dashboard has the tag " + .' "$file"
	done
}
# The anchor of the runbook that a table links for each alert, and the anchors that there are.
alerts() { sed -nE 's/^ *- alert: //p' config/prometheus/*.rules.yml | sort -u; }
linked() {
	jq -r '[.. | objects | select(.id? == "mappings").value[].options | select(has("HACloudspaceDown"))] | first
		| to_entries[] | .key + " " + .value.text' "$folder/hawatch-pair.json" | sort
}
headings() { sed -nE 's/^#+ //p' config/runbook.md | tr 'A-Z ' 'a-z-' | tr -cd 'a-z0-9_\n-'; }
lost_alerts() {
	comm -3 <(alerts) <(linked | cut -d ' ' -f 1)
	comm -23 <(linked | cut -d ' ' -f 2 | sort) <(headings | sort) | sed 's/$/: no such heading/'
}

# What Grafana draws over the panels: a primary in maintenance, and later a secondary that is being built, each for 60 s.
annotation() {
	jq -r --arg name "$1" '.annotations.list[] | select(.name == $name).expr | gsub("\\$__rate_interval"; "1m") | gsub("\\$[a-z]+"; ".*")' \
		"$folder/hawatch-pair.json"
}
expect() { # ANNOTATION SECONDS SAMPLES
	annotation "$1" | jq -Rsc --arg at "$2s" --argjson samples "$3" '{expr: ., eval_time: $at, exp_samples: $samples}' | sed 's/^/  - /'
}
annotations() {
	local transition='{labels: "{pair=\"p\", from=\"ACTIVE\", to=\"BLOCKED_PRIMARY_UNAVAILABLE\"}", value: 1}'
	{
		printf 'rule_files: [%s]\ntests:\n- interval: 15s\n  input_series:\n' "$PWD/config/prometheus/hawatch.rules.yml"
		while read -r series values; do
			printf -- "  - {series: '%s', values: %s}\n" "$series" "$values"
		done <<-'END'
			ha_maintenance{job="hawatch",instance="a",pair="p",side="primary"} 0x3 1x3 0x20
			ha_maintenance{job="hawatch",instance="a",pair="p",side="secondary"} 0x27
			ha_cloudspace_state{job="hawatch",instance="a",pair="p",side="primary",ha_cloudspace_state="PROVISIONING"} 0x27
			ha_cloudspace_state{job="hawatch",instance="a",pair="p",side="secondary",ha_cloudspace_state="PROVISIONING"} 0x11 1x3 0x12
			ha_status_transitions_total{job="hawatch",instance="a",pair="p",from="ACTIVE",to="BLOCKED_PRIMARY_UNAVAILABLE"} 0x3 1x24
		END
		printf '  promql_expr_test:\n'
		expect Maintenance 30 '[]'
		expect Maintenance 75 '[{"labels": "{side=\"primary\"}", "value": 1}]'
		expect Maintenance 135 '[]'
		expect Provisioning 150 '[]'
		expect Provisioning 210 '[{"labels": "{side=\"secondary\"}", "value": 1}]'
		expect Provisioning 255 '[]'
		expect "Changes of the status" 45 '[]'
		expect "Changes of the status" 90 "$(jq -nc "[$transition]")"
		expect "Changes of the status" 180 '[]'
	} >"$scratch/annotations.yml"
	promtool test rules "$scratch/annotations.yml"
}

check "the dashboards are made from their tables" is_up_to_date
check "no link is dead" no_lines dead_links
check "there are links of each kind" [ "$(jq -r '.. | objects | .url? // empty | strings' "$folder"/hawatch-*.json | grep -cE '^(/d/|https:)')" -gt 3 ]
check "the link of each alert is a heading of the runbook" no_lines lost_alerts
check "maintenance, provisioning and changes of the status are drawn while they are, and not longer" annotations
check "the page has words for six statuses and five states" \
	[ "$(expected | jq -c '[.colours, .statuses, .states | length]')" = '[5,6,5]' ]
check "lint" lint
while read -r rule; do
	check "$rule" no_lines broken "$rule"
done < <(sed -nE 's/^\trule\("([^"]+)".*/\1/p; s/.*\| "(exceptions are needed): .*/\1/p' tests/dashboards/lint.jq)
check "all that is wrong is named above" [ "$(cut -d : -f 1 "$scratch/wrong" | sort -u | wc -l)" -eq 0 ]
check "there are $(exported | wc -l) metrics" [ "$(exported | wc -l)" -gt 80 ]
check "each metric is in a panel, a rule, or a list with the reason" no_lines comm -23 <(exported) \
	<({ used && diagnostics; } | sort -u)
check "what is in that list is exported and nowhere else" no_lines comm -3 <(diagnostics) \
	<(comm -12 <(diagnostics) <(comm -23 <(exported) <(used)))
check "each reason is given" no_lines awk -F '\t' '!/^#/ && (NF != 2 || length($2) < 20)' tests/dashboards/diagnostics
check "daemons disagree: the worse status, and since when it is told" disagreement
finish
