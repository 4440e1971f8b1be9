#!/usr/bin/env bash
# How long the tests take: `make test`, as its last run has left it (goal T1), and the simulation on a virtual clock
# (goal T3), whose seeds say its intervals.
# usage: tests.sh [BUILD_DIR]
# A storm lasts as many days as it is told, times the tempo of its seed.
set -u
. "$(dirname "$0")/lib.sh"
logs=$build/test-logs

last_test() {
	local s passed failed
	if [ ! -s "$logs/duration" ]; then
		row T1 "make test" "run make test first" - - "0 failed, <= 8 min" -
		return
	fi
	s=$(cat "$logs/duration")
	read -r passed failed < <(cat "$logs"/*.sums | awk '{ p += $1; f += $2 } END { print p + 0, f + 0 }')
	row T1 "make test, the last run" "$s s, $passed passed, $failed failed" - - "0 failed, <= 8 min" \
		"$(verdict "$failed == 0 && $s <= 480")"
}

# simulated WHAT DAYS SEED...: simulated hours for each second of one core.
simulated() {
	local TIMEFORMAT='%U %S' seed days
	rm -f "$scratch"/dst.*
	for seed in "${@:3}"; do
		{ time "$build/dst/dst" --seed "$seed" --days "$2" >>"$scratch/dst.out" 2>&1; } 2>>"$scratch/dst.time" ||
			give_up "seed $seed fails" "$scratch/dst.out"
	done
	days=$(awk '/ simulated days,/ { n += $1 } END { print n }' "$scratch/dst.out")
	awk -v days="$days" '{ s += $1 + $2 } END { printf "%.0f\n", days * 24 / s }' "$scratch/dst.time" >"$scratch/speed"
	row T3 "simulated time, $1 (seeds ${*:3}; $days days)" "$(cat "$scratch/speed") h/s of one core" - - ">= 200 h/s" \
		"$(verdict "$(cat "$scratch/speed") >= 200")"
}

last_test
# shellcheck disable=SC2046 # words
{
	simulated "health every 5 s, inventory every 15 to 40 s" "$(sized 2 0.3)" $(sized "12 65 142" 12)
	simulated "health every 15 to 30 minutes" 0.01 $(sized "3 14 48" 14)
}
