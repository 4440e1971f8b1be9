#!/usr/bin/env bash
# Fuzzes each target with libFuzzer, ASan and UBSan, with cJSON and libyaml where their sources can be had. New inputs and crashes stay outside the tree.
# usage: run.sh [SECONDS [TARGET...]]    SECONDS for each target, default 60; TARGET such as list.
# FUZZ_DIR keeps the inputs found; a new folder under TMPDIR where it is not set.
set -u
cd "$(dirname "$0")/../.." || exit 1
seconds=${1:-60}
shift $(($# > 0))
targets=("$@")
out=${FUZZ_DIR:-$(mktemp -d "${TMPDIR:-/tmp}/hawatch-fuzz.XXXXXX")}
passed=0 failed=0

[ ${#targets[@]} -gt 0 ] || for source in tests/fuzz/fuzz_*.c; do
	name=${source##*/fuzz_}
	targets+=("${name%.c}")
done

programs=("${targets[@]/#/build/fuzz/fuzz/fuzz_}")
tests/fuzz/libs.sh build/fuzz/libs
make --no-print-directory -s -j"$(nproc)" VARIANT=fuzz "${programs[@]}" || exit 1

for target in "${targets[@]}"; do
	program=build/fuzz/fuzz/fuzz_$target log=$out/$target.log
	mkdir -p "$out/corpus/$target" "$out/artifacts/$target"
	if "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=16384 -print_final_stats=1 \
		-dict=tests/fuzz/words.dict -artifact_prefix="$out/artifacts/$target/" \
		"$out/corpus/$target" "tests/fuzz/seeds/$target" >"$log" 2>&1; then
		passed=$((passed + 1)) word=ok
	else
		failed=$((failed + 1)) word=FAIL
	fi
	printf '%-4s %-12s %9s runs, %6s new inputs, cov %s\n' "$word" "$target" \
		"$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" \
		"$(find "$out/corpus/$target" -type f | wc -l)" \
		"$(grep -o 'cov: [0-9]*' "$log" | tail -n 1 | cut -d' ' -f2)"
	[ "$word" = ok ] || grep -hE 'broken promise|ERROR:|runtime error|Test unit written' "$log" | sed 's/^/       /'
done
echo "logs, inputs and crashes: $out"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
