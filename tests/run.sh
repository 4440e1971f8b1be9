#!/usr/bin/env bash
# Runs every suite once, one line each; a failing one shows its output. Logs stay in BUILD_DIR/test-logs.
# usage: run.sh [BUILD_DIR]    (make test builds the variants it needs first)
set -u
cd "$(dirname "$0")/.."
build=${1:-build}
logs=$build/test-logs
mkdir -p "$logs"
passed=0 failed=0

# A suite ends with `N passed, N failed`; cmocka says the same in its own words.
count() { # LOG  -> sets p, f
	local line
	line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$1" | tail -n 1)
	if [ -n "$line" ]; then
		p=${line%% *}; f=${line#*, }; f=${f%% *}
	else
		p=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$1" | awk '{n += $1} END {print n + 0}')
		f=$(sed -n 's/^\[  FAILED  \] \([0-9]*\) test.*/\1/p' "$1" | awk '{n += $1} END {print n + 0}')
	fi
}

suite() { # NAME COMMAND...
	local name=$1 log=$logs/${1//\//-}.log started=$SECONDS status p f
	shift
	"$@" >"$log" 2>&1 </dev/null
	status=$?
	count "$log"
	# A suite that dies, or counts nothing, has failed even where no check says so.
	if [ "$status" -ne 0 ] || [ $((p + f)) -eq 0 ]; then
		[ "$f" -gt 0 ] || f=1
	fi
	passed=$((passed + p)) failed=$((failed + f))
	printf '%-4s %-32s %4d passed %3d failed  %3ds\n' "$([ "$f" -eq 0 ] && echo ok || echo FAIL)" \
		"$name" "$p" "$f" $((SECONDS - started))
	grep -E '^(skip|SKIP)' "$log" | sed 's/^/       /'
	if [ "$f" -ne 0 ]; then
		grep -nE '^(FAIL|not ok)|\[  FAILED|ERROR|error:|runtime error' "$log" | head -n 20
		echo "       --- the end of $log:"
		tail -n 25 "$log" | sed 's/^/       /'
	fi
}

# ASan keeps freed memory for a while, which must not look like a leak where memory is watched.
export ASAN_OPTIONS=quarantine_size_mb=8

for variant in "$build" "$build/asan" "$build/tsan"; do
	[ -x "$variant/unit/test_side" ] || suite "$variant" false
	for unit in "$variant"/unit/test_*; do
		[ -x "$unit" ] && suite "${unit#"$build"/}" "$unit"
	done
done
suite fuzz_replay tests/fuzz/replay.sh "$build"
suite asan/fuzz_replay tests/fuzz/replay.sh "$build/asan"
suite model/reachable "$build/model/reachable"
suite model/oracle "$build/model/oracle"
suite layers tests/layers.sh "$build"
suite simulator tests/sim/check.sh "$build/hawatch-sim" tests/fixtures
suite unit_file tests/e2e/unit_file.sh
suite bad_input tests/e2e/bad_input.sh "$build"

# The rest mostly waits: four lanes side by side, shown when all are through.
lane() { # NAME, a function that runs its suites
	passed=0 failed=0
	"$1" >"$logs/$1.lane"
	echo "$passed $failed" >"$logs/$1.sums"
}
first() {
	suite rules tests/e2e/rules.sh
	suite asan/spot tests/e2e/spot.sh "$build/asan"
	suite prometheus tests/e2e/prometheus.sh "$build"
	suite asan/inventory tests/e2e/inventory.sh "$build/asan"
	suite asan/anchors tests/e2e/anchors.sh "$build/asan"
	suite asan/extra tests/e2e/extra.sh "$build/asan"
	suite asan/cli_canned tests/e2e/cli_canned.sh "$build/asan"
	suite page tests/e2e/page.sh "$build"
}
second() {
	suite demo tests/e2e/demo.sh "$build"
	suite asan/daemon tests/e2e/daemon.sh "$build/asan"
	suite asan/state tests/e2e/state.sh "$build/asan"
	suite tsan/control tests/e2e/control.sh "$build/tsan"
	suite asan/cli_live tests/e2e/cli_live.sh "$build/asan"
	suite asan/cli_hostile tests/e2e/cli_hostile.sh "$build/asan"
}
third() {
	suite asan/faults tests/e2e/faults.sh "$build/asan"
	suite tsan/daemon tests/e2e/daemon.sh "$build/tsan"
	suite asan/credentials tests/e2e/credentials.sh "$build/asan"
	suite tsan/events tests/e2e/events.sh "$build/tsan"
}
fourth() {
	suite manners tests/e2e/manners.sh "$build"
	suite runbook tests/e2e/runbook.sh "$build"
	suite catalogue tests/e2e/catalogue.sh "$build" representative
}
lanes='first second third fourth'
rm -f "$logs"/*.lane "$logs"/*.sums
for name in $lanes; do
	lane "$name" &
done
wait
for name in $lanes; do
	cat "$logs/$name.lane"
	read -r p f <"$logs/$name.sums" || { p=0 f=1; }
	passed=$((passed + p)) failed=$((failed + f))
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
