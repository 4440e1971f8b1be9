#!/bin/bash
# Floods: clients who are slow, who keep what they do not use, and who are very many, from one address and from many.
# Nobody else notices.
# usage: edge.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"

# The addresses of the flood are others than ours.
clients=700 reconnects=4000

is_healthy() { [ "$(curl -sS --max-time 60 "$url/healthz")" = ok ]; }
# Two scrapes on one connection.
is_kept() {
	curl -sS -f --max-time 60 -o "$scratch/first" -o "$scratch/second" -w '%{num_connects}\n' "$url/metrics" "$url/healthz" >"$scratch/connects" &&
		[ "$(tr '\n' ' ' <"$scratch/connects")" = "1 0 " ]
}
asks_control() { "$build/hawatch" --socket="$socket" --pair="$pair" status >"$scratch/status" 2>&1 || { cat "$scratch/status"; false; }; }
descriptors() { find "/proc/$daemon/fd" -mindepth 1 | wc -l; }

refused() { sum ha_http_connections_refused_total "$@"; }

# flood STYLE SOURCES REASON: nobody else notices; who of them goes is counted for that reason.
flood() {
	local name="$1, $2 address(es)" before now
	before=$(refused "reason=$3")
	begin_flood "$1" "$clients" "$2" "$reconnects"
	check "$name: every scrape is answered" all_answered 20 scrape
	check "$name: /healthz" all_answered 20 is_healthy
	check "$name: a connection is kept" is_kept
	check "$name: the operator" asks_control
	now=$(descriptors)
	check "$name: descriptors ($now)" [ "$now" -le 700 ]
	check "$name: counted as $3 (before: $before)" eventually is_above "$before" ha_http_connections_refused_total "reason=$3"
	end_flood
	check "$name: they came ($(tail -n 1 "$scratch/flood"))" grep -q 'opened' "$scratch/flood"
	check "$name: all are gone" eventually is_alone
}
# The question itself.
is_alone() { [ "$(sum ha_http_connections)" = 1 ]; }

floods() {
	local style
	for style in silent head body kept reader garbage; do
		case $style in
		garbage) flood $style 1 bad_request ;;
		reader) flood $style 1 '(address_limit|displaced)' ;; # most get a 429, which needs no reader
		*) flood $style 1 displaced ;;
		esac
		case $style in
		garbage) flood $style 200 bad_request ;;
		*) flood $style 200 '(displaced|limit)' ;;
		esac
	done
}

# Who is too slow goes, though there is room.
deadlines() {
	clients=20 reconnects=0
	begin_flood head "$clients" 1 "$reconnects"
	check "a head of 10 s: cut" eventually is_above 19 ha_http_connections_refused_total reason=slow_request
	end_flood
	begin_flood reader "$clients" 1 "$reconnects"
	check "an answer that nobody reads for 30 s: cut" eventually is_above 19 ha_http_connections_refused_total reason=slow_reader
	end_flood
	check "slow ones: all are gone" eventually is_alone
}

# Where the process may have few descriptors, there is room for fewer: nothing fails for want of one.
few_descriptors() {
	clients=150 reconnects=300
	ulimit -n 400
	start_daemon
	check "few descriptors: what would be enough" logged 'few descriptors.* limit=400 connections=56 needed="?LimitNOFILE=1312'
	flood kept 1 displaced
	flood kept 200 '(displaced|limit)'
	check "few descriptors: each poll had one" [ "$(sum ha_poll_errors_total reason=internal)" -eq 0 ]
	check "few descriptors: each connection had one" [ "$(grep -c "cannot accept" "$log")" -eq 0 ]
	check "few descriptors: ends" stop_daemon
}

fast=() # the defaults: little happens beside the floods
start_sim --pairs=20 --nodes=12
start_daemon
reaches "begins" ACTIVE
floods
deadlines
check "never BLOCKED" is_never_blocked 0
check "ends" stop_daemon
few_descriptors
finish
