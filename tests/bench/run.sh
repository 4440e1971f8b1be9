#!/usr/bin/env bash
# Measures what the project costs and how fast it is: every part after the other in one run, one row for each goal.
# Prints the table, and writes BUILD_DIR/bench.md and the plots. Fails if a part could not measure, not if a goal is missed.
# usage: run.sh [BUILD_DIR [PART...]]      BENCH=quick: about a minute, with figures that are no results
set -u
cd "$(dirname "$0")/../.." || exit 2
build=$(realpath "${1:-build}")
parts=("${@:2}")
if [ ${#parts[@]} -eq 0 ]; then
	for name in decode http hostile round memory fleet detection cost tests; do
		[ ! -x "tests/bench/$name.sh" ] || parts+=("$name")
	done
fi
data=$build/bench-data
rm -rf "$data"
mkdir -p "$data"
export BENCH_ROWS=$data/rows BENCH_POINTS=$data
: >"$BENCH_ROWS"
failed=0

# Debian would start its exporters as services, so they are unpacked and not installed.
peers=$build/peers
export PATH=$PATH:$peers/usr/bin
bring() { # PACKAGE, whose program has its name
	command -v "$1" >/dev/null && return
	mkdir -p "$peers" && (cd "$peers" && apt-get download -q "$1" && dpkg-deb -x "$1"_*.deb .) >"$data/$1.log" 2>&1 && return
	tail -n 5 "$data/$1.log" >&2
	echo "$0: no $1; apt-get update may help" >&2
	return 1
}

# rows_of FILE: a report's lines "  NAME  MEASURED; goal GOAL: met|missed[; AGAINST]" as rows; and the inventory's sum.
rows_of() {
	awk -F '; ' -v OFS='\t' '
		function cut(text) {
			sub(/^ +/, "", text)
			match(text, /   *| median /)
			name = substr(text, 1, RSTART - 1)
			measured = substr(text, RSTART)
			gsub(/ +/, " ", measured)
			sub(/^ /, "", measured)
		}
		/^  sum of the inventory / { cut($1); print "P9", "an hour: " name, measured, "-", "-", "<= 1/4 of before", "-" }
		/; goal [^;]*: (met|missed)/ {
			cut($1)
			split($2, goal, /: /)
			print (name ~ /page/ ? "P7" : "P6"), name, measured, $3 ? $3 : "-", "-", substr(goal[1], 6), goal[2] == "met" ? "hit" : "MISS"
		}' "$1" >>"$BENCH_ROWS"
}

part() { # NAME
	local code
	case $1 in
	detection | cost)
		[ "${BENCH-}" != quick ] || { echo "  not in the quick form"; return; }
		"tests/bench/$1.sh" "$build" >"$data/$1.txt"
		code=$?
		cat "$data/$1.txt"
		rows_of "$data/$1.txt"
		return $code
		;;
	*) "tests/bench/$1.sh" "$build" ;;
	esac
}

if [[ " ${parts[*]} " == *" http "* ]]; then
	bring prometheus-node-exporter && bring prometheus-blackbox-exporter || exit 1
fi
for name in "${parts[@]}"; do
	echo "bench: $name"
	started=$SECONDS
	part "$name" </dev/null || { failed=$((failed + 1)); echo "FAILED  $name"; }
	echo "  $((SECONDS - started)) s"
	echo "$name $((SECONDS - started))" >>"$data/parts"
done
tests/bench/report.sh "$build" || failed=$((failed + 1))
[ "$failed" -eq 0 ]
