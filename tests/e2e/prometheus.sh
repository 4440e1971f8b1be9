#!/bin/bash
# The whole way: the simulated world, hawatchd, a real Prometheus with the rules and the scrape
# configuration of config/, a real Alertmanager with its routes, and a page at the end.
# usage: prometheus.sh [BUILD_FOLDER]
set -u
clock=real # Prometheus has the machine's
. "$(dirname "$0")/lib.sh"
. tests/e2e/prometheus_lib.sh

outage() {
	told "both sides serve" ACTIVE
	check "the scrape is good" eventually answers 'up{job="hawatch"}' 1
	play $two nodes=0
	told "the secondary is lost" BLOCKED_SECONDARY_UNAVAILABLE
	check "the secondary is lost: so says the side" eventually \
		answers 'ha_cloudspace_state{side="secondary"} == 1' 'DOWN prod secondary 1'
	check "the secondary is lost: the dashboards" dashboards BLOCKED_SECONDARY_UNAVAILABLE
	play $one nodes=0
	told "both are lost" BLOCKED_BOTH_UNAVAILABLE
	check "both are lost: the page comes" page firing HABothCloudspacesDown \
		'.labels.priority == "P0" and .labels.pair == "prod" and (.annotations.runbook_url | length > 0)
			and (.annotations.description | contains("matchpoint-runners-2"))'
	check "both are lost: the dashboards" dashboards BLOCKED_BOTH_UNAVAILABLE
	play $two nodes=10
	told "the secondary serves again" BLOCKED_PRIMARY_UNAVAILABLE
	check "the secondary serves again: the dashboards" dashboards BLOCKED_PRIMARY_UNAVAILABLE
	play '*' nodes=10
	told "both serve again" ACTIVE
	check "both serve again: the page is resolved" page resolved HABothCloudspacesDown '.labels.pair == "prod"'
	check "no page but for the outage" no_lines foreign_pages
}
foreign_pages() {
	curl -sS -f -o "$scratch/pages" "$control/pages" &&
		jq -r '.[].labels.alertname | select(IN("HABothCloudspacesDown", "HACloudspaceDown", "HAWatchdog") | not)' \
			"$scratch/pages"
}

# dashboards STATUS: of its lines only those that failed.
dashboards() {
	tests/e2e/dashboard.sh "$prometheus" "$1" >"$scratch/dashboards" || { grep -A 20 '^FAILED' "$scratch/dashboards"; false; }
}

disabled() {
	sed -i 's/name: prod/name: prod\n    enabled: false/' "$config"
	reload
	told "HA is disabled" DISABLED
	check "HA is disabled: the dashboards" dashboards DISABLED
	sed -i '/^    enabled: false$/d' "$config"
}

# A daemon that starts while nobody answers. It has another port.
unknown() {
	local before=${url#http://}
	everybody fault=refuse
	start_daemon
	sed -i "s/$before/${url#http://}/" "$folder/prometheus.yml"
	kill -HUP "$prometheus_pid"
	told "nobody answers" UNKNOWN
	check "nobody answers: the dashboards" dashboards UNKNOWN
}

start_all
outage
check "both serve again: the dashboards" dashboards ACTIVE
disabled
check "SIGTERM ends it, exit status 0" stop_daemon
check "the daemon gone: up is 0" eventually answers 'up{job="hawatch"}' 0
unknown
finish
