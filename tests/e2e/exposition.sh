#!/bin/bash
# Both formats of /metrics in each state of a pair, given to those who read them: promtool, Debian's Prometheus, a
# Prometheus 3 where there is one ($PROMETHEUS3, or on PATH), and the strict parser of python3-prometheus-client.
# usage: exposition.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"
require prometheus promtool
fast+=('inventory_interval: 200ms' 'pod_interval: 200ms')

python=/usr/bin/python3 # Debian's, which has Debian's packages
"$python" -c 'import prometheus_client' || { echo "$0: python3-prometheus-client is missing" >&2; exit 2; }
tool=$PWD/tests/e2e/exposition.py
served=$scratch/served
mkdir "$served"
states=()

# The same rendering in both formats: the world stands still between the two.
get_both() {
	curl -sS -f --max-time 60 -o "$served/$1.text" "$url/metrics" &&
		curl -sS -f --max-time 60 -o "$served/$1.openmetrics" \
			-H 'Accept: application/openmetrics-text; version=1.0.0' "$url/metrics" &&
		no_lines "$python" "$tool" check "$served/$1.text" "$served/$1.openmetrics"
}
is_linted() { no_lines promtool check metrics <"$served/$1.text"; }

# parsed NAME: what is exported now.
parsed() {
	states+=("$1")
	settle
	check "$1: python parses both, and they agree" eventually get_both "$1"
	check "$1: promtool" is_linted "$1"
}

series() { grep -cv '^#' "$served/$1"; }

# none_of FAMILIES: no sample of any of them (a regular expression).
none_of() { scrape && ! grep -E "^($1)[{ ]" "$scratch/metrics"; }
all_of() {
	local family
	scrape && for family; do
		grep -qE "^${family}[{ ]" "$scratch/metrics" || { echo "no $family"; return 1; }
	done
}

# What tells of nodes, pools and what a side runs is gone with its source; what tells of hawatchd and its verdict stays.
# Nobody UP contributes a node: so ha_effective_nodes is 0 (SEMANTICS.md section 5).
readonly of_sources='ha_cloudspace_(nodes|nodes_(ready|cordoned|available|desired|won|silent)|cpu_[a-z_]+)|ha_(runner|argocd)[a-z_]+|ha_drained|ha_utilization_ratio|ha_node_imbalance|ha_clock_offset_seconds|ha_inventory_unreadable_objects'
stays=(ha_status ha_up ha_cloudspace_state ha_cloudspace_phase ha_inventory_up ha_last_successful_poll_timestamp_seconds
	ha_poll_errors_total ha_polls_total ha_status_since_timestamp_seconds ha_cloudspace_info)

each_state() {
	play $two phase=Provisioning first_ready=off endpoint=off fault=refuse age_s=4000
	start_daemon
	reaches "provisioning" BLOCKED_SECONDARY_UNAVAILABLE UP/serving PROVISIONING/provisioning
	parsed provisioning
	play $two phase=Ready first_ready=on endpoint=on fault=none
	reaches "healthy" ACTIVE
	check "healthy: everything is read" eventually all_of ha_drained ha_runners ha_argocd_apps ha_cloudspace_cpu_requested_cores
	parsed healthy
	play $two nodes=0
	reaches "one side down" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
	parsed down
	play $two nodes=10
	reaches "healthy again" ACTIVE
	check "maintenance is declared" "$build/hawatch" --socket="$socket" --pair="$pair" maintenance begin secondary --for 1h --reason test
	play $two cordoned=all
	reaches "maintenance" BLOCKED_SECONDARY_UNAVAILABLE UP/serving MAINTENANCE/cordoned
	parsed maintenance
	play $two cordoned=none
	reaches "uncordoned" ACTIVE
	everybody fault=refuse
	reaches "nobody answers for long" UNKNOWN UNKNOWN/no_evidence UNKNOWN/no_evidence
	check "nobody answers for long: no value of a source is left" eventually none_of "$of_sources"
	check "nobody answers for long: verdicts, times and errors are" all_of "${stays[@]}"
	check "nobody answers for long: nothing can be read" eventually is 0 ha_inventory_up side=primary resource=applications
	parsed unknown
	everybody fault=none
	reaches "answered again" ACTIVE
	check "answered again: every value" eventually all_of ha_drained ha_runners ha_cloudspace_nodes ha_clock_offset_seconds
}

# began SERIES: when the counter or histogram began.
began() {
	curl -sS -f --max-time 60 -o "$scratch/open" -H 'Accept: application/openmetrics-text; version=1.0.0' "$url/metrics" &&
		awk -v series="$1" 'substr($0, 1, length(series) + 1) == series " " { print substr($0, length(series) + 2) }' "$scratch/open"
}
has_begun_later() { # SERIES THAN
	local found
	found=$(began "$1") && [ -n "$found" ] && awk "BEGIN { exit !($found > $2) }" || { echo "$1: $found, expected more than $2"; false; }
}
has_begun_at() { # TIME SERIES
	local found
	found=$(began "$2") && [ "$found" = "$1" ] || { echo "$2: $found, expected $1"; false; }
}

# A pair that a reload adds begins then; what was there before goes on, also after a reload of nothing.
reloads() {
	local start
	start=$(began 'ha_status_seconds_created{pair="prod",ha_status="ACTIVE"}')
	check "the pair began with the daemon" has_begun_at "$start" ha_http_requests_created'{code="200"}'
	let_pass 5000
	cp "$sim/both.yaml" "$config"
	reload
	check "reload: a second pair" eventually is $'1\n1' ha_status ha_status=ACTIVE
	for series in 'ha_status_seconds_created{pair="prod",ha_status="ACTIVE"}' 'ha_polls_created{source="cloudspaces"}' \
		'ha_polls_created{pair="prod",side="primary",source="nodes"}' ha_poll_lateness_seconds_created \
		'ha_cloudspace_state_changes_created{pair="prod",side="secondary",to="UP"}' 'ha_http_requests_created{code="200"}'; do
		check "reload: $series goes on" has_begun_at "$start" "$series"
	done
	for series in 'ha_status_seconds_created{pair="prod-2",ha_status="ACTIVE"}' \
		'ha_polls_created{pair="prod-2",side="primary",source="nodes"}' \
		'ha_cloudspace_state_changes_created{pair="prod-2",side="secondary",to="UP"}'; do
		check "reload: $series begins" has_begun_later "$series" "$(awk "BEGIN { printf \"%.3f\", $start + 4 }")"
	done
	parsed reloaded
}

# grows_by N NAME [LABEL=VALUE]... -- COMMAND...: the sum grows by exactly that.
grows_by() {
	local by=$1 labels=() before
	shift
	while [ "$1" != -- ]; do labels+=("$1"); shift; done
	shift
	let_pass 1100 # an exposition may be a second old
	before=$(sum "${labels[@]}")
	"$@" && let_pass 1100 && is_sum $((before + by)) "${labels[@]}"
}
is_sum() { local found; found=$(sum "${@:2}"); [ "$found" = "$1" ] || { echo "${*:2}: $found, expected $1"; false; }; }
get() { curl -sS --max-time 60 -o "$scratch/got" "$@"; }

# What the server tells of itself. Only the questions themselves go to /metrics.
served_requests() {
	local handler path bytes
	while read -r handler path; do
		get "$url$path"
		bytes=$(stat -c %s "$scratch/got")
		check "$path: one answer of $handler" grows_by 1 ha_http_request_duration_seconds_count "handler=$handler" -- get "$url$path"
		check "$path: $bytes bytes of $handler" grows_by "$bytes" ha_http_response_bytes_total "handler=$handler" -- get "$url$path"
		check "HEAD $path: no bytes" grows_by 0 ha_http_response_bytes_total "handler=$handler" -- get -I "$url$path"
	done <<-END
		health /healthz
		error /nowhere
	END
	check "the control socket: one answer" grows_by 1 ha_http_request_duration_seconds_count handler=control -- \
		"$build/hawatch" --socket="$socket" --pair="$pair" maintenance begin secondary --for 1h --reason test
	check "a scrape is answered on one connection" is 1 ha_http_connections state=answering
	exec 8<>"/dev/tcp/127.0.0.1/${url##*:}"
	check "a connection that says nothing: opened" eventually is 1 ha_http_connections state=opened
	printf 'GET /healthz HTTP/1.1\r\nHost: %s\r\n\r\n' "${url#http://}" >&8
	check "it is answered: idle" eventually is 1 ha_http_connections state=idle
	printf 'GET /healthz HTTP/1.1\r\n' >&8
	check "it asks again: reading" eventually is 1 ha_http_connections state=reading
	exec 8>&- 8<&-
	check "it is closed: only the scrape's" eventually is_sum 1 ha_http_connections
}

# A real Prometheus that scrapes every file. Its clock is the machine's, and one good scrape of each is enough.
configure_prometheus() { # HOST:PORT
	local state format
	echo 'global: {scrape_interval: 3s, scrape_timeout: 3s}'
	echo 'scrape_configs:'
	for format in text openmetrics; do
		for state in "${states[@]}"; do
			echo "  - {job_name: $state-$format, metrics_path: /$state.$format, static_configs: [{targets: ['$1']}]}"
		done
	done
}
# query PROMQL: the samples as "JOB VALUE".
query() {
	curl -sS -f -G "$prometheus/api/v1/query" --data-urlencode "query=$1" >"$scratch/answer" &&
		jq -r '.data.result[] | .metric.job + " " + .value[1]' "$scratch/answer" | sort
}
are_scraped() {
	[ "$(query 'max_over_time(up[5m]) == 1' | wc -l)" -eq $((2 * ${#states[@]})) ] || { query up; return 1; }
}
has_every_sample() { # JOB FILE
	local found
	found=$(query "max_over_time(scrape_samples_scraped{job=\"$1\"}[5m])")
	[ "$found" = "$1 $(series "$2")" ] || { echo "found $found, expected $(series "$2")"; false; }
}
# The series of a job with their values, as Prometheus knows them; without those that only OpenMetrics has.
stored() {
	curl -sS -f -G "$prometheus/api/v1/query" --data-urlencode "query=last_over_time({job=\"$1\",__name__=~\"(ha|process)_.+\",__name__!~\".+_created\"}[5m])" |
		jq -c '.data.result[] | [(.metric | del(.job)), .value[1]]' | sort
}
agree() { # STATE
	stored "$1-text" >"$scratch/stored.text" && stored "$1-openmetrics" >"$scratch/stored.open" &&
		[ "$(wc -l <"$scratch/stored.text")" -gt 300 ] && diff "$scratch/stored.text" "$scratch/stored.open"
}
prometheus_parses() { # NAME COMMAND
	local own=$url state format
	configure_prometheus "127.0.0.1:$(cat "$scratch/port")" >"$scratch/$1.yml"
	serve "$scratch/$1.log" "$2" --config.file="$scratch/$1.yml" --storage.tsdb.path="$scratch/$1.data" ||
		give_up "$2 does not start" "$scratch/$1.log"
	prometheus=$url url=$own
	check "$1: every exposition is scraped" flowing eventually are_scraped
	for state in "${states[@]}"; do
		for format in text openmetrics; do
			check "$1: $state, $format: every sample" has_every_sample "$state-$format" "$state.$format"
		done
		check "$1: $state: both formats agree" agree "$state"
	done
	kill "${servers[-1]}"
}
major() { "$1" --version 2>&1 | sed -n 's/^prometheus, version \([0-9]*\)\..*/\1/p'; }
is_third() { [ "$(major "${1:-false}")" -ge 3 ] 2>"$scratch/untold"; }

# The second pair is one that a reload brings.
start_sim --pairs 2
cp "$config" "$sim/both.yaml"
sed -i '/name: prod-2/,$d' "$config"
each_state
reloads
served_requests
check "SIGTERM ends it, exit status 0" stop_daemon

"$python" "$tool" serve "$served" >"$scratch/port" &
servers+=($!)
until_true test -s "$scratch/port" || give_up "the expositions are not served"
prometheus_parses "Prometheus $(major prometheus)" prometheus
third=${PROMETHEUS3:-$(for name in prometheus3 prometheus; do command -v "$name"; done | tail -n 1)}
if is_third "$third"; then
	prometheus_parses "Prometheus $(major "$third")" "$third"
else
	skip "Prometheus 3: none on PATH, and PROMETHEUS3 names none"
fi
finish
