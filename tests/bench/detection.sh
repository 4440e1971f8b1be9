#!/usr/bin/env bash
# How long it takes from a fault to the word of it, with the intervals that a configuration has which sets none:
# hawatchd against the simulator, pairs that break at random moments (goals P6, P7). cost.sh
# counts what a cluster is asked meanwhile.
# usage: detection.sh [BUILD_DIR [PAIRS [SEED]]]       each pair breaks once in each way; 20 where left out
set -u
clock=real # what is measured is the machine's time
. "$(dirname "$0")/../e2e/lib.sh"
require prometheus prometheus-alertmanager
pairs=${2:-20}
seed=${3:-$(date +%s)}
RANDOM=$seed
fast=() # not here: the defaults
patience=120

# The simulator names its cloudspaces one after the other, two for each pair.
pair_name() { [ "$1" -eq 1 ] && echo prod || echo "prod-$1"; }
cloudspace() { [ "$1" -eq 1 ] && echo $one || echo "$one-$1"; }
secondary_of() { cloudspace $((2 * $1)); }
primary_of() { cloudspace $((2 * $1 - 1)); }
now_ms() { echo $((${EPOCHREALTIME/./} / 1000)); }

# statuses: "PAIR STATUS" each.
statuses() { scrape && awk -F '"' '/^ha_status\{.* 1$/ { print $2, $4 }' "$scratch/metrics"; }
all_are_active() { [ "$(statuses | grep -c ' ACTIVE$')" -eq "$pairs" ]; }

# break_pairs WITHIN_SECONDS COMMAND...: each pair at its own moment; leaves that moment in broken/PAIR.
break_pairs() {
	local i within=$1
	shift
	rm -rf "$scratch/broken" && mkdir "$scratch/broken"
	for ((i = 1; i <= pairs; i++)); do
		(
			sleep "$((RANDOM * within / 32768)).$(printf %03d $((RANDOM % 1000)))"
			at=$(now_ms)
			"$@" "$i" && echo "$at" >"$scratch/broken/$(pair_name "$i")"
		) &
		RANDOM=$((seed + i)) # a subshell draws from a copy
	done
}

# told_after COMMAND...: the command says which pairs are told of, one a line, as often as it can. Leaves the time from
# each one's fault in $scratch/times.
told_after() {
	local pair at until=$(($(now_ms) + 300000))
	declare -A seen=()
	: >"$scratch/times"
	while [ ${#seen[@]} -lt "$pairs" ]; do
		"$@" >"$scratch/told"
		at=$(now_ms)
		[ "$at" -lt "$until" ] || give_up "not every pair is told of" "$scratch/told"
		while read -r pair; do
			[ -z "${seen[$pair]-}" ] || continue
			[ -s "$scratch/broken/$pair" ] || give_up "$pair is told of before it is broken"
			seen[$pair]=1
			echo $((at - $(cat "$scratch/broken/$pair"))) >>"$scratch/times"
		done <"$scratch/told"
	done
}
blocked() { statuses | awk '$2 ~ /^BLOCKED/ { print $1 }'; }
paged() { # ALERTNAME
	curl -sS -f "$control/pages" |
		jq -r --arg name "$1" '.[] | select(.status == "firing" and .labels.alertname == $name).labels.pair'
}

# result NAME GOAL_S [OTHER_S OTHER]
result() {
	sort -n "$scratch/times" | awk -v name="$1" -v goal="$2" -v other="${3-}" -v whose="${4-}" '
		{ ms[NR] = $1 }
		END {
			median = (ms[int((NR + 1) / 2)] + ms[int(NR / 2) + 1]) / 2000
			p99 = ms[int(0.99 * NR + 0.9999)] / 1000
			printf "  %-48s median %5.1f s, p99 %5.1f s of %d; goal %d s: %s", name, median, p99, NR, goal, p99 <= goal ? "met" : "missed"
			if (other)
				printf "; %s %d s, %.1f times the median", whose, other, other / median
			printf "\n    each, in s:"
			for (i = 1; i <= NR; i++) printf " %.1f", ms[i] / 1000
			print ""
		}'
}

lose_nodes() { play "$(secondary_of "$1")" not_ready=5000; }
lose_api() { play "$(secondary_of "$1")" phase=Error fault=refuse; }
lose_both() { play "$(primary_of "$1")" not_ready=5000 && play "$(secondary_of "$1")" not_ready=5000; }
# One side, in both kinds of hard evidence by turns.
lose_side() { if (($1 % 2)); then lose_nodes "$1"; else lose_api "$1"; fi; }
mend() {
	play '*' not_ready=0 phase=Ready fault=none
	until_true all_are_active || give_up "not every pair is ACTIVE" "$log"
}

# As shipped, but for addresses, and each pair is an environment of its own: the many that fail within seconds would be
# one page (HABothManyPairsDown, HARegionDown) that mutes those of the pairs.
start_alerting() {
	local own=$url alertmanager asked
	cp config/alertmanager/*.tmpl "$scratch"
	sed -E "s,http://127\.0\.0\.1:29199/.*,$control/webhook," config/alertmanager/alertmanager.yml >"$scratch/alertmanager.yml"
	serve "$scratch/alertmanager.log" prometheus-alertmanager --config.file="$scratch/alertmanager.yml" \
		--storage.path="$scratch/alertmanager" --cluster.listen-address= || give_up "no Alertmanager" "$scratch/alertmanager.log"
	alertmanager=$url
	mkdir "$scratch/prometheus"
	cp config/prometheus/*.rules.yml "$scratch/prometheus/"
	sed -E "s/127\.0\.0\.1:9093/${alertmanager#http://}/; s/127\.0\.0\.1:29164/${own#http://}/" \
		config/prometheus/prometheus.yml |
		awk '/static_configs:/ && ++n == 2 { print "    metric_relabel_configs: [{source_labels: [pair], target_label: environment}]" } 1' \
			>"$scratch/prometheus/prometheus.yml"
	asked=$(grep -o -m 1 -e '--rules\.alert\.resend-delay=[0-9a-z]*' config/prometheus/prometheus.yml)
	serve "$scratch/prometheus.log" prometheus --config.file="$scratch/prometheus/prometheus.yml" "$asked" \
		--storage.tsdb.path="$scratch/prometheus/data" || give_up "no Prometheus" "$scratch/prometheus.log"
	prometheus=$url url=$own
}
is_scraped() {
	[ "$(curl -sS -f -G "$prometheus/api/v1/query" --data-urlencode 'query=pair:ha_status:max{ha_status="ACTIVE"} == 1' |
		jq '.data.result | length')" -eq "$pairs" ]
}

start_sim --pairs="$pairs"
start_daemon
mend
echo "detection: $pairs pairs, default intervals, seed $seed; $(uname -srm), $(nproc) x $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
echo "  A poller that asks every 15 s and believes the third failure takes 45 s (by its definition, not measured)."
break_pairs 10 lose_nodes
told_after blocked
result "all nodes NotReady, to BLOCKED in /metrics" 7 45 "that poller"
mend
break_pairs 10 lose_api
told_after blocked
result "Spot: Error, API refuses, to BLOCKED in /metrics" 7 45 "that poller"
mend
start_alerting
until_true is_scraped || give_up "Prometheus does not see every pair" "$scratch/prometheus.log"
break_pairs 30 lose_side
told_after paged HACloudspaceDown
result "one side lost, to the page" 40
mend
break_pairs 30 lose_both
told_after paged HABothCloudspacesDown
result "both sides' nodes lost, to the page" 20
