#!/usr/bin/env bash
# Counts with gcov which lines and branches the tests take. The unit tests and the model alone must take every branch of
# the decision core. The second table is of the poll loop in the simulation, and the last one includes what the daemon's
# suites take.
# usage: coverage.sh BUILD_DIR       (of VARIANT=coverage)
set -u
cd "$(dirname "$0")/.." || exit 2
build=$(realpath "$1")
logs=$build/coverage-logs
mkdir -p "$logs"
find "$build/obj" -name '*.gcda' -delete

run() { # COMMAND...: it must succeed
	"$@" >"$logs/$(basename "$1").log" 2>&1 </dev/null && return
	echo "$1 fails: $logs/$(basename "$1").log" >&2
	exit 2
}

# table FOLDER...: for each file its lines and branches, those taken, and the lines with a branch not taken. gcov counts
# a header in every file that includes it; a line or branch is taken if it is taken in one of them.
table() {
	local rooms=("${@/#/$build/obj/}")
	find "${rooms[@]}" -name '*.gcno' -print0 |
		xargs -0 gcov --json-format --branch-probabilities --stdout 2>"$logs/gcov.log" |
		jq -rs --arg rooms "$(IFS='|'; echo "$*")" '
			[.[].files[] | select(.file | test("^(\($rooms))/")) | .file as $file | .lines[]
				| {$file, line: .line_number, count, branches: [.branches[].count]}]
			| group_by(.file)[]
			| [group_by(.line)[] | {
				line: .[0].line,
				is_taken: any(.count > 0),
				branches: [[.[].branches | select(. != [])] | transpose[] | max > 0]}] as $lines
			| [.[0].file,
				($lines | length), ($lines | map(select(.is_taken)) | length),
				($lines | map(.branches[]) | length), ($lines | map(.branches[] | select(.)) | length),
				($lines | map(select(.branches | index(false)) | .line) | join(" "))]
			| @tsv' |
		awk -F '\t' '
			function row(name, n, taken, b, taken_b, where) {
				printf "%-32s %5d lines %6.1f %%   %5d branches %6.1f %%  %s\n", name,
					n, n ? 100 * taken / n : 100, b, b ? 100 * taken_b / b : 100, where
			}
			{
				row($1, $2, $3, $4, $5, $4 > $5 ? "not at " $6 : "")
				n += $2; taken += $3; b += $4; taken_b += $5
			}
			END {
				row("together", n, taken, b, taken_b)
				exit !n || taken_b < b
			}'
}

for program in "$build"/unit/test_* "$build"/model/*; do
	run "$program"
done
echo "The decision core, by unit tests and model:"
table lib/decide
core=$?
find "$build/obj/daemon" -name '*.gcda' -delete
run "$build/dst/dst" --seeds 12 --days 0.3
echo "The poll loop, by the simulation alone:"
table daemon/loop daemon/poll daemon/auth daemon/shared
for suite in bad_input daemon spot manners credentials; do
	run "tests/e2e/$suite.sh" "$build"
done
echo "All files, including the daemon's suites:"
table lib daemon
[ $core -eq 0 ] || echo "The tests do not take every branch of the decision core."
exit $core
