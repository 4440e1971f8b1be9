#!/bin/bash
# The last word stands while nobody tells one: both sides are down and the page is out; then the daemon ends, Prometheus
# is restarted on its data, and a daemon without memory comes that knows nothing. The page ends when one says that it is
# over.
# usage: prometheus_restart.sh [BUILD_FOLDER]
set -u
clock=real # Prometheus has the machine's
. "$(dirname "$0")/lib.sh"
. tests/e2e/prometheus_lib.sh

held=1s            # what stands, stands by the rules' expressions
evaluations_told=8 # so many evaluations are looked at each time

# evaluated: waits until the rules that page have been evaluated so often.
evaluated() { until_true has_evaluated $(($(evaluations) + evaluations_told)); }
has_evaluated() { [ "$(evaluations)" -ge "$1" ]; }
evaluations() {
	curl -sS -f "$prometheus/metrics" |
		sed -n 's/^prometheus_rule_group_iterations_total{rule_group=".*;hawatch"} //p'
}

# held_page FILTER: what Alertmanager has of the page.
held_page() {
	curl -sS -f -G "$alertmanager/api/v2/alerts" --data-urlencode 'filter=alertname="HABothCloudspacesDown"' | jq -er ".[] | $1"
}
# For ten minutes: half of the time that it holds what it was told, because of the words of Prometheus that are lost with
# a restart.
is_held_for_long() {
	held_page 'def seconds: sub("\\.[0-9]+"; "") | fromdate;
		((.endsAt | seconds) - (.updatedAt | seconds)) / 2 | ., . > 590'
}
words() { curl -sS -f "$control/pages" | jq -r '.[] | select(.labels.alertname == "HABothCloudspacesDown").status' | xargs; }
# What the pager was told of it, each word once.
were_told() {
	local found
	found=$(words)
	[ "$found" = "$*" ] || { echo "the pager was told: $found; expected: $*"; false; }
}

still_open() { # NAME
	check "$1: the rules are evaluated" evaluated
	check "$1: it fires" answers 'count(ALERTS{alertname="HABothCloudspacesDown",alertstate="firing"})' 1
	check "$1: since when it did" test "$(held_page .startsAt)" = "$since"
	check "$1: the pager has not heard of it again" were_told firing
}

stop_prometheus() { # SIGNAL
	{ kill "-$1" "$prometheus_pid" && until_true is_gone "$prometheus_pid"; } 2>"$scratch/killed"
}
restart_prometheus() { # SIGNAL
	check "SIG$1: Prometheus ends" stop_prometheus "$1"
	check "SIG$1: Alertmanager holds the page for ten minutes more" is_held_for_long
	start_prometheus "$asked"
	still_open "SIG$1 and started again"
}

asked=$(grep -o -m 1 -e '--rules\.alert\.resend-delay=[0-9a-z]*' config/prometheus/prometheus.yml)
start_all "$asked"
play '*' nodes=0
check "both are lost: the page comes" page firing HABothCloudspacesDown '.labels.pair == "prod"'
since=$(held_page .startsAt)
address=${url#http://}
check "the daemon ends" stop_daemon
check "the daemon is gone: up is 0" eventually answers 'up{job="hawatch"}' 0
still_open "nobody tells it"
restart_prometheus TERM
restart_prometheus KILL

everybody fault=refuse
start_daemon --web.listen-address="$address"
check "a daemon without memory: it knows nothing" eventually answers 'ha_status == 1' 'UNKNOWN prod 1'
still_open "a daemon that knows nothing"
everybody fault=none
play '*' nodes=10
told "both serve again" ACTIVE
check "both serve again: the page is resolved" page resolved HABothCloudspacesDown '.labels.pair == "prod"'
check "the pager was told once of each" were_told firing resolved
finish
