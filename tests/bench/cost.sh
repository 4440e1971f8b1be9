#!/usr/bin/env bash
# What hawatchd costs the API servers of one pair, with the intervals that a configuration has which sets none: requests
# and bytes an hour, counted by the simulator over 20 minutes of the world's clock (goals P6, P9).
# usage: cost.sh [BUILD_DIR [NODES [RUNNERS [OTHER_PODS]]]]       of each cluster; 100, 100 and 900 where left out
set -u
. "$(dirname "$0")/../e2e/lib.sh"
nodes=${2:-100} runners=${3:-100} others=${4:-900}
fast=() # not here: the defaults
minutes=20

counts() { curl -sS -f "$control/stats" >"$1"; }
# Who asks for what: a name for each path of a cluster.
table() {
	jq -rn --slurpfile was "$scratch/was" --slurpfile is "$scratch/is" --arg one $one --argjson times $((60 / minutes)) '
		def kind: if . == "/api/v1/nodes" then "health: nodes" elif . == "/readyz" then "health: /readyz"
			elif . == "/api/v1/pods" then "inventory: all pods" else "inventory: " + (split("/") | last) end;
		[$is[0][$one].paths | to_entries[] | .key as $path
			| {kind: ($path | kind)} + (.value | with_entries(select(.value | type == "number")
				| .value = (.value - ($was[0][$one].paths[$path][.key] // 0)) * $times))]
		| group_by(.kind) | map({kind: .[0].kind, requests: (map(.requests) | add), bytes: (map(.bytes) | add),
			inflated: (map(.inflated) | add)})
		| . + [{kind: "sum of the inventory"} + (map(select(.kind | startswith("inventory"))) |
				{requests: map(.requests) | add, bytes: map(.bytes) | add, inflated: map(.inflated) | add})]
			+ [{kind: "sum of a cluster", requests: map(.requests) | add, bytes: map(.bytes) | add, inflated: map(.inflated) | add}]
		| .[] | [.kind, .requests, .bytes, .inflated] | @tsv' |
		awk -F '\t' '{ printf "  %-36s %6d requests, %9.2f MB sent, %9.2f MB inflated\n", $1, $2, $3 / 1e6, $4 / 1e6 }
			END { printf "  %-36s %6.3f requests a second; goal 0.5: %s\n", "a cluster", $2 / 3600, $2 / 3600 <= 0.5 ? "met" : "missed" }'
}

start_sim --nodes="$nodes"
play '*' idle="$runners" max_runners=5000 other_pods="$others"
start_daemon
reaches "begins" ACTIVE >"$scratch/begins" || give_up "the pair is not ACTIVE" "$log"
flowing let_pass 400000
counts "$scratch/was"
flowing let_pass $((minutes * 60000))
counts "$scratch/is"
echo "cost: a cluster of $nodes nodes, $runners runners and $others other pods, an hour; default intervals"
table
