#!/usr/bin/env bash
# Runs each fuzz target over its committed seeds; no fuzzer needed. `make test` builds the programs.
# usage: replay.sh [BUILD_DIR]
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${1:-build}
passed=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

for source in tests/fuzz/fuzz_*.c; do
	target=${source##*/fuzz_}
	target=${target%.c}
	if "$build/fuzz/fuzz_$target" "tests/fuzz/seeds/$target" >"$log" 2>&1; then
		passed=$((passed + 1))
		printf 'ok   fuzz_%-12s %s\n' "$target" "$(tail -n 1 "$log")"
	else
		failed=$((failed + 1))
		printf 'FAIL fuzz_%s, in the last of:\n' "$target"
		tail -n 5 "$log" | sed 's/^/       /'
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
