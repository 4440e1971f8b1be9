#!/usr/bin/env bash
# The processor time of one full round of a side - health, inventory, and a scrape that is rendered for it - against
# kubectl and jq, which ask the same five questions (goal P4). A side has 12 nodes and 19 runners.
# usage: round.sh [BUILD_DIR]
# kubectl asks a real API server where KUBEBUILDER_ASSETS or PATH has one, which is given the simulator's objects. Else it
# asks the simulator, and is spared its discovery of the API.
set -u
PATH=${KUBEBUILDER_ASSETS:+$KUBEBUILDER_ASSETS:}$PATH
. "$(dirname "$0")/lib.sh"
require kubectl jq
# Both sides have a round every half second, or a little sooner. Each is a full one: the inventory is due before.
fast=('interval: 500ms' 'confirm_interval: 500ms' 'inventory_interval: 400ms')
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
# raw PATH: what the simulator answers to kubectl.
raw() { kubectl --kubeconfig="$sim/kubeconfig" --context="$one" get --raw "$1" </dev/null; }
ask_simulator() {
	local _ path filter
	while IFS=$'\t' read -r _ path filter; do
		raw "$path" | jq -c "$filter" || return
	done < <(questions)
}
ask_api_server() {
	local what _ filter
	while IFS=$'\t' read -r what _ filter; do
		# shellcheck disable=SC2086 # words
		k get $what -o json </dev/null | jq -c "$filter" || return
	done < <(questions)
}

# The real API server, with the simulator's objects. Its custom resources keep all that they are given.
crd() { # KIND PLURAL GROUP
	k create -f - <<-END
		{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "$2.$3"},
			"spec": {"group": "$3", "scope": "Namespaced",
				"names": {"kind": "$1", "listKind": "$1List", "plural": "$2", "singular": "${1,,}"},
				"versions": [{"name": "v1alpha1", "served": true, "storage": true, "schema": {"openAPIV3Schema":
					{"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}]}}
	END
}
# copy PATH: a list's objects; those that are not custom have a status that is written apart.
copy() {
	local item path=${1%%\?*}
	raw "$1" | jq -c '(.kind | sub("List$"; "")) as $kind | .apiVersion as $version | .items[]
		| . + {kind: $kind, apiVersion: $version} | .metadata |= {name, namespace, labels, annotations}' >"$scratch/items"
	while read -r item; do
		k create --raw "$path" -f - <<<"$item" || return
		[[ $path == /apis/* ]] ||
			k replace --raw "$path/$(jq -r .metadata.name <<<"$item")/status" -f - <<<"$item" || return
	done <"$scratch/items"
}
fill_api_server() {
	local _ path
	k create namespace arc-runners && k create namespace argocd || return
	crd EphemeralRunner ephemeralrunners actions.github.com &&
		crd AutoscalingRunnerSet autoscalingrunnersets actions.github.com &&
		crd Application applications argoproj.io || return
	while IFS=$'\t' read -r _ path _; do
		until_true k get --raw "${path%%\?*}" && copy "$path" || return
	done < <(questions)
}
has_api_server() { command -v etcd && command -v kube-apiserver; } >/dev/null

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
		[ "$scrapes" -ge $(($(polls nodes) - health)) ] || continue # a slow machine scrapes late, and not less
		[ "$(now_ms)" -lt "$until" ] || break
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
ask=ask_simulator asked="kubectl get --raw and jq, five questions to the simulator"
if has_api_server; then
	. tests/e2e/kube_lib.sh
	prepare_kube
	start_etcd "$etcd_port" "$(free_port)"
	start_apiserver
	fill_api_server >"$scratch/fill" 2>&1 || give_up "the API server does not take the objects" "$scratch/fill"
	ask=ask_api_server asked="kubectl get and jq, five questions to a real API server"
fi
for ((i = 0; i < rounds; i++)); do
	cost_of_round >>"$scratch/ours"
	cpu_of $ask >>"$scratch/theirs"
done
ours=$(median <"$scratch/ours") theirs=$(median <"$scratch/theirs")
row P4 "one full round of a side, 12 nodes, 19 runners ($(cat "$scratch/counts"))" "$ours ms CPU" \
	"$asked: $theirs ms" "$(ratio "$theirs" "$ours")" ">= 250x less" \
	"$(verdict "$theirs >= 250 * $ours")"
