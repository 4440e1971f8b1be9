#!/bin/bash
# Every query of the Grafana dashboards (panels, variables, annotations) answered by a real Prometheus that scrapes
# hawatchd with our rules loaded, in the status that it tells now. What the dashboards are made of is tested by
# tests/dashboards/check.sh.
# usage: dashboard.sh PROMETHEUS_URL STATUS
# A Prometheus that was just started may answer late: queries are asked again, as long as checks.sh has patience.
set -u
if [ $# -ne 2 ]; then
	sed -n '5s/^# //p' "$0" >&2
	exit 2
fi
url=${1%/} status=$2
cd "$(dirname "$0")/../.." || exit 2
. tests/e2e/checks.sh
require jq curl

# Panels and annotations that are legitimately without a result: nothing fires or has happened, prices are not watched,
# there is no web configuration and no state directory, and the scrape job gives no label cluster or environment. They
# still have to be valid.
readonly may_be_empty='
annotation Changes of the status
annotation Maintenance
annotation Provisioning
annotation Starts of hawatchd
Availability
Changes in this time range
Changes of the sides
Credentials
Errors by reason
Failed writes of journals
Firing alerts
Firing alerts of the monitor
Journals
Prices
Web configuration
What cannot be trusted or read
What holds of a side
variable cluster
variable environment'
# Queries of other panels, by a series: no side is being built or maintained, no object is unreadable, no alert fires.
readonly may_lack='
ALERTS
ha_inventory_unreadable_objects
ha_maintenance_ends_timestamp_seconds
ha_provisioning_started_timestamp_seconds'
# While nothing has answered yet: what is in the clusters, their clocks, and the time of the last answer.
readonly in_clusters='
ha_argocd_apps
ha_bid_price_dollars
ha_cloudspace_cpu
ha_cloudspace_nodes
ha_clock_offset_seconds
ha_drained
ha_effective_nodes
ha_inventory_up
ha_last_successful_poll_timestamp_seconds
ha_max_possible_nodes
ha_node_imbalance
ha_runner
ha_utilization_ratio'
# The service level has its first value after a minute, and after five once the pair has been watched for so long.
readonly comes_late='
pair:ha_slo_error:ratio'

# Legitimately not exported: nothing fires, the pair is not blocked, no side is being provisioned or
# maintained, no state is kept, no credential ends, every object can be read, there are no peers, and
# whoever watches no prices has none.
readonly may_be_absent='
ALERTS
pair:ha_unwatched:max
pair:ha_blocked_seconds:max
pair:ha_slo_planned:last
ha_overdue_expiry_timestamp_seconds
pair_side:ha_blind_beside_outage:last
pair:ha_blocked_as_planned_timestamp_seconds:last
pair_side:ha_maintenance_declared_timestamp_seconds:last
ha_state_saved_timestamp_seconds
ha_availability_ratio
ha_journal_size_bytes
ha_journal_write_errors_total
ha_credential_renewal_timestamp_seconds
ha_peer_maintenance_agrees
ha_peer_up
ha_inventory_unreadable_objects
ha_web_config_last_reload_successful
ha_web_certificate_expiry_timestamp_seconds
pair_side:ha_provisioning_on_time:min
ha_provisioning_started_timestamp_seconds
ha_maintenance_ends_timestamp_seconds
ha_bid_price_dollars
ha_market_price_dollars
ha_market_price_80th_percentile_dollars'

# One JSON object a query: what it is of, PromQL with the variables filled in as `All`, the path to ask at.
queries() {
	jq -c '
		(.templating.list | map(select(.type == "query") | {(.name): (.allValue // ".+")}) | add) as $all
		| def filled: gsub("\\$__rate_interval"; "1m") | gsub("\\$__range"; "5m") | gsub("\\$(?<name>[a-z]+)"; $all[.name]);
		(.panels[] | .title as $of | .targets[]? | {$of, expr: (.expr | filled), path: "query"}),
		(.annotations.list[] | {of: "annotation \(.name)", expr: (.expr | filled), path: "query"}),
		(.templating.list[] | select(.type == "query") | .name as $of
			| .query.query | capture("^label_values\\((?<expr>.+), (?<label>\\w+)\\)$")
			| {of: "variable \($of)", expr: (.expr | filled), path: "label/\(.label)/values"})
		' dashboards/hawatch-*.json | jq -cs 'unique_by(.path, .expr)[]'
}

# ask_all: every query, by one curl; the answers, in the order of the queries.
ask_all() {
	jq -r --arg url "$url" --arg folder "$scratch/answers" '"\(if input_line_number > 1 then "next\n" else "" end)url = \"\($url)/api/v1/\(.path)\"\nget\nsilent\nshow-error
data-urlencode = \"\(if .path == "query" then "query" else "match[]" end)=\(.expr | gsub("\\\\"; "\\\\") | gsub("\""; "\\\"") | gsub("\n"; " "))\"
output = \"\($folder)/\(input_line_number)\""' "$scratch/queries" >"$scratch/curl"
	rm -rf "$scratch/answers" && mkdir "$scratch/answers" && curl --config "$scratch/curl" || return
	# shellcheck disable=SC2046 # names without blanks
	paste -d '\n' "$scratch/queries" <(cd "$scratch/answers" && jq -c . $(ls -v)) |
		jq -cn 'inputs as $query | input as $answer | $query + {error: $answer.error,
			count: ([$answer.data | (objects | .result[].value[1] | select(. != "NaN")), (arrays | .[])] | length), data: $answer.data}' >"$scratch/results"
}

# What is wrong: an invalid query, or one without a result that should have one.
wrong() {
	ask_all && [ "$(wc -l <"$scratch/results")" -eq "$(wc -l <"$scratch/queries")" ] || { echo "not all are answered"; return; }
	jq -r --arg empty "$may_be_empty$comes_late" --arg lack "$may_lack$comes_late$unseen" '
		($empty | split("\n")) as $empty | ($lack | split("\n") | map(select(. != ""))) as $lack
		| if .error then "\(.of): \(.error): \(.expr)"
			elif .count == 0 and (.of | IN($empty[]) | not) and (.expr as $expr | any($lack[]; . as $it | $expr | contains($it)) | not)
			then "\(.of): no result: \(.expr)" else empty end' "$scratch/results"
}

none_is_wrong() { wrong >"$scratch/wrong" 2>&1 && [ ! -s "$scratch/wrong" ]; }
all_answer() { until_true none_is_wrong || { cat "$scratch/wrong"; false; }; }

# The panel that matters most says what hawatchd says.
code_is() {
	ask_all && [ "$(jq -r 'select(.of == "HA status") | .data.result[0].value[1]' "$scratch/results")" = "$1" ]
}
readonly codes='UNKNOWN DISABLED ACTIVE BLOCKED_PRIMARY_UNAVAILABLE BLOCKED_SECONDARY_UNAVAILABLE BLOCKED_BOTH_UNAVAILABLE'
code() { tr ' ' '\n' <<<"$codes" | awk -v of="$1" '$0 == of { print NR - 1 }'; }

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
	jq -r .expr "$scratch/queries" | metric_names >"$scratch/dashboard_names"
	check "the dashboards name $(wc -l <"$scratch/dashboard_names") metrics" [ "$(wc -l <"$scratch/dashboard_names")" -gt 60 ]
	check "each of them is exported" until_true no_lines not_exported "$scratch/dashboard_names"
	metric_names < <(jq -r '.data.groups[].rules[].query' "$scratch/rules") >"$scratch/rule_names"
	check "each metric of the rules is exported" until_true no_lines not_exported "$scratch/rule_names"
}
rules_without_health() {
	curl -fsS "$url/api/v1/rules" >"$scratch/rules" &&
		jq -r '.data.groups[].rules[] | select(.health != "ok") | "\(.name): \(.health) \(.lastError)"' \
			"$scratch/rules"
}

unseen=
[ "$status" != UNKNOWN ] || unseen=$in_clusters
queries >"$scratch/queries"
check "Prometheus answers at $url" until_true curl -fsS -o /dev/null "$url/-/ready"
check "$status: $(wc -l <"$scratch/queries") queries answer" all_answer
check "$status: the panel says it" until_true code_is "$(code "$status")"
if [ "$status" = ACTIVE ]; then
	check "every rule evaluates" until_true no_lines rules_without_health
	names_are_exported
fi
finish
