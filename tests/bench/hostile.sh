#!/usr/bin/env bash
# Clients that mean no good, and whether others notice (goal R6): Debian's slowhttptest with slow heads, slow bodies and
# slow readers, our own floods from one address and from 200, and requests as fast as they go. Meanwhile another address
# scrapes, as a user's Prometheus does; its 99th percentile is told beside the one without them, and so are late polls,
# descriptors and memory.
# usage: hostile.sh [BUILD_DIR]
set -u
. "$(dirname "$0")/lib.sh"
require slowhttptest wrk
fast=('interval: 1s' 'inventory_interval: 1s')
scrapes=$(sized 300 20) connections=$(sized 1000 100) seconds=$(sized 10 2)
ulimit -n "$(ulimit -Hn)" 2>"$scratch/limit"

# From another address than the tools: theirs may be refused.
scrape() { curl -sS -f --max-time 60 --interface 127.0.0.8 -o "$scratch/metrics" "$url/metrics" 2>"$scratch/scrape"; }
# well_behaved: each scrape's time in ms, at fewer than 50 a second; an unanswered one ends the part.
well_behaved() {
	local i
	: >"$scratch/s"
	for ((i = 0; i < scrapes; i++)); do
		curl -sS -f --interface 127.0.0.9 -o "$scratch/scraped" -w '%{time_total}\n' "$url/metrics" >>"$scratch/s" || give_up "a scrape is not answered" "$log"
		sleep 0.02
	done
	awk '{ print $1 * 1000 }' "$scratch/s" >"$scratch/ms"
}
late() { awk '/^ha_poll_lateness_seconds_bucket\{le="0\.1"\}/ { n = $2 } /^ha_poll_lateness_seconds_count / { print $2 - n }' "$scratch/metrics"; }
descriptors() { find "/proc/$daemon/fd" -mindepth 1 | wc -l; }

# tell WHAT
tell() {
	local p99
	p99=$(percentile 99 <"$scratch/ms")
	row R6 "$1: scrape of another address, p99 of $scrapes" "$(calc "$p99" %.1f) ms" "without: $(calc "$quiet" %.1f) ms" \
		"$(ratio "$p99" "$quiet")" "< 5 ms" "$(verdict "$p99 < 5")"
	[ "$(descriptors)" -le "$most_descriptors" ] || most_descriptors=$(descriptors)
	[ "$(anon_kb "$daemon")" -le "$most_kb" ] || most_kb=$(anon_kb "$daemon")
}
# Debian's tool: it ends by itself.
with_slowhttptest() { # WHAT OPTION...
	slowhttptest -c "$connections" -r "$connections" -l $((seconds + 5)) -u "$url/metrics" "${@:2}" -v 0 >"$scratch/slow" 2>&1 &
	local tool=$!
	servers+=("$tool")
	until_true has_connections
	well_behaved
	tell "slowhttptest, $1, $connections connections"
	kill -INT "$tool" 2>"$scratch/killed"
	wait "$tool"
	until_true is_quiet || give_up "the connections do not end" "$log"
}
has_connections() { scrape && [ "$(open_now)" -ge 100 ]; }
is_quiet() { scrape && [ "$(open_now)" -le 2 ]; }
open_now() { awk '/^ha_http_connections[{ ]/ { n += $2 } END { print n + 0 }' "$scratch/metrics"; }

with_flood() { # STYLE ADDRESSES
	begin_flood "$1" "$connections" "$2" $((connections * 20))
	well_behaved
	tell "flood, $1, $connections connections of $2 address(es)"
	end_flood
	until_true is_quiet || give_up "the connections do not end" "$log"
}
# As fast as 8 connections can ask.
with_requests() {
	wrk -t1 -c8 -d"$((seconds + 5))" "$url/metrics" >"$scratch/wrk" 2>&1 &
	local tool=$!
	servers+=("$tool")
	until_true has_requests
	well_behaved
	wait "$tool"
	tell "wrk, 8 connections, $(awk '$1 == "Requests/sec:" { printf "%d", $2 }' "$scratch/wrk") requests a second"
}
has_requests() { scrape && [ "$(open_now)" -ge 8 ]; }

start_sim --nodes=12
start_daemon
until_true all_active 1 || give_up "the pair is not ACTIVE" "$log"
until_true is_polled_often inventory 2 || give_up "no inventory" "$log"
most_descriptors=0 most_kb=0
scrape
late_before=$(late) polls_before=$(polls nodes)
well_behaved
quiet=$(percentile 99 <"$scratch/ms")
before_kb=$(anon_kb "$daemon")
with_slowhttptest "slow heads" -H -i 2 -x 24
with_slowhttptest "slow bodies" -B -i 2 -s 8192 -x 10
with_slowhttptest "slow readers" -X -w 16 -y 32 -n 5 -z 32 -k 5
for style in silent head body kept reader garbage; do
	with_flood $style 1
	with_flood $style 200
done
with_requests
scrape
rounds=$(($(polls nodes) - polls_before)) late=$(($(late) - late_before))
row R6 "meanwhile: rounds more than 100 ms late" "$late of $rounds" - - 0 "$(verdict "$late == 0 && $rounds > 0")"
row R6 "meanwhile, at most: descriptors" "$most_descriptors" - - "<= 700" "$(verdict "$most_descriptors <= 700")"
row R6 "meanwhile, at most: anonymous memory" "$(calc "$most_kb / 1000" %.1f) MB" "before: $(calc "$before_kb / 1000" %.1f) MB" - \
	"<= 64 MB more" "$(verdict "$most_kb <= $before_kb + 64000")"
is_never_blocked 0 || give_up "the flood has made the pair BLOCKED" "$log"
stop "$daemon" "$sim_pid"
