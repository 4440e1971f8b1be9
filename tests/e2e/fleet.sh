#!/bin/bash
# A fleet past one Prometheus: two real agents share three hawatchd by hashmod, send to a Prometheus that receives, and the
# rules there come to the same word. config/prometheus/FLEET.md says what it is for.
# usage: fleet.sh [BUILD_FOLDER]
set -u
clock=real # Prometheus has the machine's
. "$(dirname "$0")/lib.sh"
. tests/e2e/prometheus_lib.sh

# A receiver in the place of Mimir or Thanos, with the rules as they are but for their interval.
start_receiver() {
	mkdir "$folder"
	cp config/prometheus/*.rules.yml "$folder"
	sed -Ei 's/^( *interval: )[0-9]+s/\11s/' "$folder"/*.rules.yml
	printf 'rule_files: [hawatch.rules.yml, watchdog.rules.yml]\n' >"$folder/prometheus.yml"
	start_prometheus --web.enable-remote-write-receiver
}
# start_agent NUMBER TARGET...: the example, with these targets and two agents.
start_agent() {
	local own=$folder/agent-$1.yml targets
	targets=$(printf "'%s'," "${@:2}")
	sed -E "s/(scrape_(interval|timeout): ).*/\11s/; s/modulus: 4/modulus: 2/; s/regex: \"0\"/regex: \"$1\"/; s/dns_sd_configs:/static_configs:/
		s|- \{names: .*|- {targets: [${targets%,}]}|; s|http://127.0.0.1:9009/api/v1/push|$prometheus/api/v1/write|" \
		config/prometheus/fleet/agent.yml >"$own"
	check "agent $1: promtool check config" promtool check config --agent "$own"
	served agent "$scratch/agent-$1.log" prometheus --enable-feature=agent --config.file="$own" --storage.agent.path="$folder/agent-$1"
	agents+=("$agent") agent_pids+=("${servers[-1]}")
}
shared() { # how many targets the agents have, together
	local agent
	for agent in "${agents[@]}"; do curl -sS -f "$agent/api/v1/targets" | jq '.data.activeTargets | length'; done | jq -s add
}
is_shared() { [ "$(shared)" = "$1" ] || { shared; false; }; }

check "the example: promtool check config" promtool check config --agent config/prometheus/fleet/agent.yml
start_sim
targets=() agents=() agent_pids=()
for i in 1 2 3; do
	socket=$scratch/control-$i.sock
	start_daemon
	targets+=("${url#http://}")
done
start_receiver
start_agent 0 "${targets[@]}"
start_agent 1 "${targets[@]}"
check "each daemon is the target of one agent" eventually is_shared 3
check "each daemon is scraped" eventually answers 'count(up{job="hawatch",cluster="fleet-1"} == 1)' 3
check "both agents have read the whole list" eventually answers 'count by (cluster) (ha_build_info)' "fleet-1 3"
check "all of them tell ACTIVE" eventually answers 'count(ha_status{ha_status="ACTIVE"} == 1)' 3
check "the rules there come to it, once" eventually answers 'pair:ha_status:max == 1' "fleet-1 ACTIVE prod 1"
check "no times of counters are sent" answers 'count({__name__=~".+_created"})' ''
play $one nodes=0
check "an outage: the rules there come to it" eventually answers 'pair:ha_status:max == 1' \
	"fleet-1 BLOCKED_PRIMARY_UNAVAILABLE prod 1"
check "an outage: the alert fires there" eventually answers 'count(ALERTS{alertname="HACloudspaceDown",alertstate="firing"})' 1
check "the dead man's switch is fed from there" answers 'count(ALERTS{alertname="HAWatchdog",alertstate="firing"})' 1
kill "${agent_pids[@]}" # while the receiver takes what they have left
check "the agents end" until_true are_gone "${agent_pids[@]}"
finish
