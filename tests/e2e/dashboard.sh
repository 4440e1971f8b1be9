#!/bin/bash
# Every query of the Grafana dashboard (panels, rows, variables, annotations) answered by a real
# Prometheus that scrapes hawatchd with our rules loaded; and those rules, on real series.
# usage: dashboard.sh PROMETHEUS_URL [DASHBOARD_JSON]
# A Prometheus that was just started may answer late: queries are asked again for WAIT seconds (as long as
# checks.sh has patience).
set -u
if [ $# -lt 1 ]; then
	sed -n '4,5s/^# //p' "$0" >&2
	exit 2
fi
url=${1%/}
cd "$(dirname "$0")/../.." || exit 2
dashboard=${2:-dashboards/hawatch.json}
. tests/e2e/checks.sh
require jq curl
deadline=$((SECONDS + ${WAIT:-$patience}))

# Legitimately without a result, when all is well or nothing happened. They still have to be valid.
readonly may_be_empty='
Transitions
Transitions in this time range
annotation Transitions
Firing alerts
Changes of the sides
Provisioning age
Prices
Both sides: for a while'

# Legitimately not exported: nothing fires, the pair is not blocked, no side is being provisioned or
# maintained, no state is kept, no credential ends, every object can be read, and
# whoever watches no prices has none.
readonly may_be_absent='
ALERTS
pair:ha_unwatched:max
pair:ha_blocked_seconds:max
ha_overdue_expiry_timestamp_seconds
pair_side:ha_blind_beside_outage:last
pair:ha_blocked_as_planned_timestamp_seconds:last
pair_side:ha_maintenance_declared_timestamp_seconds:last
ha_state_saved_timestamp_seconds
ha_credential_renewal_timestamp_seconds
ha_inventory_unreadable_objects
ha_web_config_last_reload_successful
ha_web_certificate_expiry_timestamp_seconds
pair_side:ha_provisioning_on_time:min
ha_provisioning_started_timestamp_seconds
ha_maintenance_ends_timestamp_seconds
ha_bid_price_dollars
ha_market_price_dollars
ha_market_price_80th_percentile_dollars'

# One line per query: what it is of, a tab, PromQL with the variables of Grafana filled in.
queries() {
	jq -r '
		def filled: gsub("\\$__rate_interval"; "1m") | gsub("\\$__range"; "5m")
			| gsub("\\$__interval"; "15s") | gsub("\\$\\{?[a-z]+\\}?"; ".+");
		(.panels | map(., .panels[]?)[] | .title as $title | .targets[]?
			| [if $title == "Both sides" and (.expr | test("ha_(provisioning_started|maintenance_ends)_"))
				then $title + ": for a while"
				else $title end, .expr]),
		(.annotations.list[] | ["annotation " + .name, .expr])
		| .[1] |= filled | @tsv' "$dashboard"
}

# One line per variable that Prometheus fills: name, label, selector.
variables() {
	jq -r '.templating.list[] | select(.type == "query")
		| [.name, (.query.query | capture("^label_values\\((?<of>.+), (?<label>\\w+)\\)$")
			| .label, (.of | gsub("\\$[a-z]+"; ".+")))] | @tsv' "$dashboard"
}

# ask PATH PARAMETER VALUE: the data of Prometheus's answer; its error is shown, and ends it.
ask() {
	curl -sS --get "$url/api/v1/$1" --data-urlencode "$2=$3" >"$scratch/answer" || return
	jq -ec 'if .status == "success" then .data else .error + "\n" | halt_error end' "$scratch/answer"
}

# A result of NaN alone (0/0) draws nothing, and so is none.
has_result() {
	ask query query "$1" >"$scratch/data" &&
		jq -e '.result | any(.value[1] != "NaN")' "$scratch/data" >/dev/null
}

has_values() {
	ask "label/$1/values" 'match[]' "$2" >"$scratch/data" &&
		jq -e 'length > 0' "$scratch/data" >/dev/null
}

# by_deadline COMMAND...: as until_true, with one deadline for the whole script.
by_deadline() {
	local patience=$((deadline - SECONDS))
	until_true "$@"
}

listed() { grep -qxF -- "$1" <<<"$2"; }

run_queries() {
	local of expr
	while IFS=$'\t' read -r of expr; do
		if listed "$of" "$may_be_empty"; then
			check "valid:   $of" ask query query "$expr"
		else
			check "answers: $of: $expr" by_deadline has_result "$expr"
		fi
	done < <(queries)

	local name label selector
	while IFS=$'\t' read -r name label selector; do
		check "variable $name" by_deadline has_values "$label" "$selector"
	done < <(variables)
}

# Names of metrics in PromQL: ours, the process's and Prometheus's own. Labels of state sets are
# called as their metric, so nothing of the kind is left over once strings are gone.
metric_names() {
	sed 's/"[^"]*"//g' | grep -oE '\b((ha|process)_[a-z0-9_]+|pair(_side|_instance)?:[a-z_:]+|up|ALERTS)\b' | sort -u
}

not_exported() {
	curl -fsS "$url/api/v1/label/__name__/values" | jq -r '.data[]' >"$scratch/names" &&
		comm -23 "$1" <({ cat "$scratch/names" && printf '%s\n' "$may_be_absent"; } | sort -u)
}

names_are_exported() {
	{ queries | cut -f 2 && variables | cut -f 3; } | metric_names >"$scratch/dashboard_names"
	check "the dashboard names $(wc -l <"$scratch/dashboard_names") metrics" \
		test -s "$scratch/dashboard_names"
	check "each of them is exported" by_deadline no_lines not_exported "$scratch/dashboard_names"
	metric_names < <(jq -r '.data.groups[].rules[].query' "$scratch/rules") >"$scratch/rule_names"
	check "each metric of the rules is exported" by_deadline no_lines not_exported \
		"$scratch/rule_names"
	check "each exported metric is in a panel, a rule or README.md" no_lines not_used
}

# What is exported and in no panel, rule or table of README.md tells nobody anything. When a counter began is dropped.
not_used() {
	curl -fsS "$url/api/v1/label/__name__/values" |
		jq -r '.data[] | select(startswith("ha_")) | sub("_(bucket|sum|count)$"; "")' | sort -u >"$scratch/exported" &&
		[ -s "$scratch/exported" ] && comm -23 "$scratch/exported" \
			<({ cat "$scratch/dashboard_names" "$scratch/rule_names" && grep -oE '\bha_[a-z0-9_]+' README.md; } |
				sed -E 's/_(bucket|sum|count)$//' | sort -u)
}

rules_without_health() {
	curl -fsS "$url/api/v1/rules" >"$scratch/rules" &&
		jq -r '.data.groups[].rules[] | select(.health != "ok") | "\(.name): \(.health) \(.lastError)"' \
			"$scratch/rules"
}

# valid NAME FILTER: the filter yields what is wrong with the dashboard.
valid() {
	check "$1" no_lines jq -r "[.panels | map(., .panels[]?)[]] as \$panels | $2" "$dashboard"
}

form() {
	valid "provisioned from a file: fixed uid, no id, no inputs" \
		'select(.schemaVersion != 39 or .uid != "hawatch-pair" or .id != null or .editable
			or has("__inputs") or has("__requires")) | "differs"'
	valid "every data source is the variable" \
		'[.panels, .annotations, .templating] | .. | .datasource? // empty
			| select(.uid != "${datasource}" or .type != "prometheus")'
	valid "every panel has title, description, unit and queries" \
		'$panels[] | select(.type != "row") | select([.title, .description,
			.fieldConfig.defaults.unit, .targets[0].expr, .datasource.uid] | any(. == null or . == "")) | .title'
	valid "ids are unique" '$panels | group_by(.id)[] | select(length > 1) | map(.title)'
	valid "panels do not overlap" '[$panels[] | .gridPos + {title}] as $p
		| range($p | length) as $i | range($i) as $j | [$p[$i, $j]]
		| select(.[0].x < .[1].x + .[1].w and .[1].x < .[0].x + .[0].w
			and .[0].y < .[1].y + .[1].h and .[1].y < .[0].y + .[0].h) | map(.title)'
	valid "panels fit the grid of 24" '$panels[].gridPos | select(.x + .w > 24)'
	valid "colours are those of Okabe and Ito, told apart by everyone" \
		'.. | strings | select(test("^#[0-9A-Fa-f]{6}$")) | select(IN("#0072B2", "#E69F00", "#F0E442",
			"#D55E00", "#999999", "#CC79A7", "#56B4E9", "#009E73") | not)'
}

check "Prometheus answers at $url" by_deadline curl -fsS -o /dev/null "$url/-/ready"
form
check "every rule evaluates" by_deadline no_lines rules_without_health
run_queries
names_are_exported
finish
