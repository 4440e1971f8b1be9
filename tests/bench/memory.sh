#!/usr/bin/env bash
# The memory of one pair with the intervals that a configuration has which sets none, and whether it stays flat over
# many rounds, which are as frequent as the configuration allows (goal P8).
# usage: memory.sh [BUILD_DIR [ROUNDS]]      rounds of health of both sides together; it ends sooner after ten minutes
set -u
. "$(dirname "$0")/lib.sh"
goal_rounds=100000
rounds=${2:-$(sized $goal_rounds 500)}
limit_s=$(sized 600 5)

# is_past ROUNDS: so many were made, or the time is over.
is_past() { scrape && [ "$(polls nodes)" -ge "$1" ] || [ "$(now_ms)" -gt "$until" ]; }

# The default intervals.
start_sim --nodes=12
play '*' idle=19
start_daemon
until_true all_active 1 || give_up "the pair is not ACTIVE" "$log"
until_true is_polled_often inventory "$(sized 3 1)" || give_up "no inventory" "$log"
curl -sS -f -o "$scratch/page" "$url/" || give_up "no page" "$log"
anon=$(calc "$(anon_kb "$daemon") / 1000" %.2f)
row P8 "anonymous memory, one pair, default intervals, after $(sized 3 1) rounds of inventory" "$anon MB" - - "<= 3 MB" \
	"$(verdict "$anon <= 3")"
stop_daemon
stop "$sim_pid"

# The shortest ones. The first fifth of the rounds is the warm-up.
fast=('interval: 10ms' 'confirm_interval: 10ms' 'inventory_interval: 10ms' 'spot_interval: 10ms')
rm -rf "$sim"
start_sim --nodes=12
play '*' idle=19
start_daemon
until_true all_active 1 || give_up "the pair is not ACTIVE" "$log"
until=$(($(now_ms) + limit_s * 1000)) patience=$((limit_s * 2))
pause() { sleep 0.5; }
until_true is_past $((rounds / 5)) || give_up "the rounds do not go on" "$log"
warm=$(polls nodes) anon_warm=$(anon_kb "$daemon")
until_true is_past "$rounds" || give_up "the rounds do not go on" "$log"
made=$(polls nodes) inventories=$(polls inventory)
[ "$made" -gt "$warm" ] || give_up "only $made rounds in $limit_s s" "$log"
grown=$(($(anon_kb "$daemon") - anon_warm))
wanted="flat (<= 100 kB) over 100,000 rounds"
# Fewer rounds can only miss it.
verdict=$(verdict "$grown <= 100")
[ "$made" -ge $goal_rounds ] || [ "$verdict" != hit ] || verdict=-
row P8 "growth of it from round $warm to $made ($inventories of inventory), one pair, every 10 ms" "$grown kB" \
	"$anon_warm kB at first" - "$wanted" "$verdict"
