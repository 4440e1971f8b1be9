#!/usr/bin/env bash
# Replays the recordings of tests/dst/recordings. In one without NAME.expect no verdict differs from what was decided
# then. With NAME.expect the verdicts of then may be wrong: this is the timeline that the replay must have. An empty line
# and one that begins with "#" do not count.
# usage: recordings.sh [BUILD_FOLDER]
#        recordings.sh --expect BUILD_FOLDER FILE     writes the timeline that the replay of FILE has now
set -u
cd "$(dirname "$0")/../.." || exit 2

# A difference in a counter alone, for which replay exits with 1, is none in a verdict.
timeline() { # FILE then|replayed
	"$build/hawatch" replay "$1" -o json | jq -r --arg of "$2" '.changes[] | select(.[$of]) | "\(.time)  \(.what)"'
	[ "${PIPESTATUS[0]}" -le 1 ]
}
if [ "${1-}" = --expect ]; then
	build=$2
	timeline "$3" replayed
	exit
fi

build=${1:-build}
passed=0 failed=0
check() { # NAME COMMAND...
	local says
	if says=$("${@:2}" 2>&1); then
		passed=$((passed + 1)); echo "ok   $1"
	else
		failed=$((failed + 1)); echo "FAIL $1"; printf '%s\n' "$says" | sed 's/^/     /'
	fi
}
replayed() { timeline "$1" replayed || echo "it cannot be replayed whole"; }
is_as_then() { diff <(timeline "$1" 'then') <(replayed "$1"); }
is_as_expected() { diff <(grep -v -e '^#' -e '^$' "${1%.rec}.expect") <(replayed "$1"); }

for file in tests/dst/recordings/*.rec; do
	if [ -e "${file%.rec}.expect" ]; then
		check "$file: the timeline that is expected" is_as_expected "$file"
	else
		check "$file: no verdict differs" is_as_then "$file"
	fi
done
for file in tests/dst/recordings/*.expect; do
	check "$file: of a recording" test -e "${file%.expect}.rec"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
