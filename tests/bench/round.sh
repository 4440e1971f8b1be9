#!/usr/bin/env bash
# The processor time of one full round of a side - health, inventory, and a scrape that is rendered for it - against
# kubectl and jq, which ask the same five questions (goal P4). A side has 12 nodes and 19 runners.
# usage: round.sh [BUILD_DIR]
# kubectl asks a real API server where KUBEBUILDER_ASSETS or PATH has one, which is given the simulator's objects. Else it
# asks the simulator, and is spared its discovery of the API.
set -u
. "$(dirname "$0")/lib.sh"
require kubectl jq
# Every round is a full one, and both sides have one every half second.
fast=('interval: 500ms' 'confirm_interval: 500ms' 'inventory_interval: 500ms')
rounds=$(sized 5 2) seconds=$(sized 20 4)

# The five questions: what kubectl gets, where that is, and what of it is asked.
questions() {
	cat <<-'END'
		nodes	/api/v1/nodes	[.items[] | select(.spec.unschedulable | not) | select(any(.status.conditions[]; .type == "Ready" and .status == "True"))] | length
		pods -n arc-runners -l actions-ephemeral-runner=True	/api/v1/namespaces/arc-runners/pods?labelSelector=actions-ephemeral-runner%3DTrue	.items | group_by(.status.phase) | map({(.[0].status.phase): length}) | add
		ephemeralrunners -n arc-runners	/apis/actions.github.com/v1alpha1/namespaces/arc-runners/ephemeralrunners	[.items[] | select((.status.jobRequestId // 0) != 0)] | length
		autoscalingrunnersets -n arc-runners	/apis/actions.github.com/v1alpha1/namespaces/arc-runners/autoscalingrunnersets	.items | map({min: .spec.minRunners, max: .spec.maxRunners, now: .status.currentRunners})
		applications -n argocd	/apis/argoproj.io/v1alpha1/namespaces/argocd/applications	.items | map(.status.sync.status + "/" + .status.health.status)
	END
}
# ask: the simulator.
ask() {
	local what path filter
	while IFS=$'\t' read -r what path filter; do
		kubectl --kubeconfig="$sim/kubeconfig" --context="$one" get --raw "$path" </dev/null | jq -c "$filter" || return
	done < <(questions)
}

# cpu_of COMMAND...: the milliseconds of processor time of the programs that it runs.
cpu_of() {
	local TIMEFORMAT='%U %S'
	{ time "$@" >"$scratch/answers" 2>"$scratch/complaint"; } 2>"$scratch/time"
	[ "$(wc -l <"$scratch/answers")" -eq 5 ] || give_up "not five answers" "$scratch/complaint"
	awk '{ printf "%.1f\n", ($1 + $2) * 1000 }' "$scratch/time"
}

# cost_of_round: milliseconds. There are as many scrapes as rounds of a side, and never two at once.
cost_of_round() {
	local ns health inventory scrapes=0 until=$(($(now_ms) + seconds * 1000))
	scrape
	ns=$(cpu_ns "$daemon") health=$(polls nodes) inventory=$(polls inventory)
	while scrape && scrapes=$((scrapes + 1)); do
		[ "$(now_ms)" -lt "$until" ] || [ "$scrapes" -lt $(($(polls nodes) - health)) ] || break
		sleep 0.2
	done
	health=$(($(polls nodes) - health)) inventory=$(($(polls inventory) - inventory))
	[ "$health" -gt 0 ] && [ $((inventory * 10)) -ge $((health * 9)) ] ||
		give_up "$health rounds of health and $inventory of inventory are no full rounds" "$log"
	echo "$health health, $inventory inventory, $scrapes scrapes" >"$scratch/counts"
	awk -v ns=$(($(cpu_ns "$daemon") - ns)) -v rounds="$health" 'BEGIN { printf "%.3f\n", ns / rounds / 1e6 }'
}

start_sim --nodes=12
play '*' idle=10 busy=9
start_daemon
until_true all_active 1 || give_up "the pair is not ACTIVE" "$log"
until_true is_polled_often inventory 3 || give_up "no inventory" "$log"
for ((i = 0; i < rounds; i++)); do
	cost_of_round >>"$scratch/ours"
	cpu_of ask >>"$scratch/theirs"
done
ours=$(median <"$scratch/ours") theirs=$(median <"$scratch/theirs")
row P4 "one full round of a side, 12 nodes, 19 runners ($(cat "$scratch/counts"))" "$ours ms CPU" \
	"kubectl get --raw and jq, five questions to the simulator: $theirs ms" "$(ratio "$theirs" "$ours")" ">= 250x less" \
	"$(verdict "$theirs >= 250 * $ours")"
