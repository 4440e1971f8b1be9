#!/usr/bin/env bash
# What a fleet costs: processor, memory, a scrape of everything and the end, for more and more pairs whose sides have 12
# nodes, over TLS on kept connections (goal P5 at 500 pairs). The simulator runs beside it and is not counted. Leaves
# the points of the plots.
# usage: fleet.sh [BUILD_DIR [PAIRS...]]
set -u
. "$(dirname "$0")/lib.sh"
require wrk
if is_quick; then
	fast=('interval: 1s' 'inventory_interval: 1s') sizes=(1 4 16) window=3 scrapes=10 every=1
else
	fast=('interval: 15s') sizes=(1 10 100 500 1000) window=60 scrapes=200 every=15
fi
[ $# -lt 2 ] || sizes=("${@:2}")
goal_pairs=500 # a fleet of another size has no goal
patience=600
ulimit -n 20000 2>"$scratch/limit" || ulimit -n "$(ulimit -Hn)"

# cpu_percent: of one core, over the window, in which Prometheus scrapes as it does.
cpu_percent() {
	local ns started
	started=$(now_ms) ns=$(cpu_ns "$daemon")
	while [ $(($(now_ms) - started)) -lt $((window * 1000)) ]; do
		curl -sS -f --compressed -o "$scratch/scraped" "$url/metrics" || give_up "no scrape" "$log"
		sleep "$every"
	done
	awk -v ns=$(($(cpu_ns "$daemon") - ns)) -v ms=$(($(now_ms) - started)) 'BEGIN { printf "%.2f\n", ns / ms / 1e4 }'
}

# scrape_times COUNT: of everything, plain and with gzip by turns, in ms.
scrape_times() {
	local i kind
	rm -f "$scratch"/plain.ms "$scratch"/gzip.ms
	for ((i = 0; i < $1; i++)); do
		curl -sS -f -o "$scratch/scraped" -w '%{time_total}\n' "$url/metrics" >>"$scratch/plain.s" &&
			curl -sS -f -H 'Accept-Encoding: gzip' -o "$scratch/zipped" -w '%{time_total}\n' "$url/metrics" >>"$scratch/gzip.s" ||
			give_up "no scrape" "$log"
		sleep 0.05 # more is polled meanwhile, so that there is something to render
	done
	for kind in plain gzip; do
		awk '{ print $1 * 1000 }' "$scratch/$kind.s" >"$scratch/$kind.ms"
		rm "$scratch/$kind.s"
	done
}

# scrapers: the time of a scrape when so many ask at the same time.
scrapers() {
	local n
	for n in 1 2 4 8 16; do
		wrk -t1 -c"$n" -d"$(sized 5 1)" "$url/metrics" >"$scratch/wrk" 2>&1 || give_up "wrk fails" "$scratch/wrk"
		point scrape-of-scrapers "$n" "$(awk -v n="$n" '$1 == "Requests/sec:" { print n * 1000 / $2 }' "$scratch/wrk")"
	done
}

# end: ends the daemon; leaves the time from SIGTERM until it is gone in $ended_ms.
end() {
	local started
	started=$(now_ms)
	kill -TERM "$daemon"
	wait "$daemon" || give_up "the daemon does not end well" "$log"
	ended_ms=$(($(now_ms) - started))
}

# late_starts: of the last scrape, how many rounds started more than 100 ms late, of how many.
late_starts() {
	awk '
		/^ha_poll_lateness_seconds_bucket\{le="0\.1"\}/ { punctual = $2 }
		/^ha_poll_lateness_seconds_count / { all = $2 }
		END { print all - punctual, all }' "$scratch/metrics"
}

# judge PAIRS CONDITION: only the fleet of the goal.
judge() { if is_quick || [ "$1" -eq "$goal_pairs" ]; then verdict "$2"; else echo -; fi; }

# tell PAIRS CPU_PERCENT ANON_KB END_MS LATE_STARTS STARTS
tell() {
	local mb kind p99 fleet="$1 pairs, 12 nodes a side, ${fast[0]}, TLS"
	mb=$(calc "$3 / 1000" %.1f)
	row P5 "$fleet: processor" "$2 % of a core" - - "<= 10 %" "$(judge "$1" "$2 <= 10")"
	row P5 "$fleet: anonymous memory" "$mb MB" - - "<= 96 MB" "$(judge "$1" "$mb <= 96")"
	row P5 "$fleet: rounds that started more than 100 ms late" "$5 of $6" - - 0 "$(judge "$1" "$5 == 0 && $6 > 0")"
	for kind in plain gzip; do
		p99=$(percentile 99 <"$scratch/$kind.ms")
		row P5 "$fleet: scrape of everything, $kind, p99 of $scrapes" "$(calc "$p99" %.1f) ms" - - "< 50 ms" "$(judge "$1" "$p99 < 50")"
	done
	row P5 "$fleet: SIGTERM to end" "$4 ms" - - "< 1 s" "$(judge "$1" "$4 < 1000")"
}

# measure PAIRS
measure() {
	local cpu anon late before now
	rm -rf "$sim"
	start_sim --pairs="$1" --nodes=12
	start_daemon
	until_true all_active "$1" || give_up "not every pair is ACTIVE" "$log"
	until_true is_polled_often inventory 2 || give_up "not every side has an inventory" "$log"
	read -ra before < <(late_starts)
	cpu=$(cpu_percent)
	scrape || give_up "no scrape" "$log"
	read -ra now < <(late_starts)
	late="$((now[0] - before[0])) $((now[1] - before[1]))"
	anon=$(anon_kb "$daemon")
	if [ "$1" -eq "$told_pairs" ]; then
		scrape_times "$scrapes"
		scrapers
	else
		scrape_times $((scrapes / 10)) # enough for the median
	fi
	end
	stop "$sim_pid"
	point cpu-of-pairs "$1" "$cpu"
	point memory-of-pairs "$1" "$(calc "$anon / 1000" %.3f)"
	point scrape-of-pairs "$1" "$(median <"$scratch/plain.ms")"
	[ "$1" -ne "$told_pairs" ] || tell "$1" "$cpu" "$anon" "$ended_ms" $late
}

# The fleet that rows tell of is the goal's, else the largest.
told_pairs=${sizes[-1]}
[[ " ${sizes[*]} " != *" $goal_pairs "* ]] || told_pairs=$goal_pairs
for size in "${sizes[@]}"; do measure "$size"; done
