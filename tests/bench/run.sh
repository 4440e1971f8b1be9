#!/usr/bin/env bash
# Measures what the project costs and how fast it is: every part after the other in one run, one row for each goal.
# Prints the table, and writes BUILD_DIR/bench.md and the plots. Fails if a part could not measure, not if a goal is missed.
# usage: run.sh [BUILD_DIR [PART...]]      BENCH=quick: about a minute, with figures that are no results
set -u
cd "$(dirname "$0")/../.." || exit 2
build=$(realpath "${1:-build}")
parts=("${@:2}")
[ ${#parts[@]} -gt 0 ] || parts=(decode http round memory fleet detection tests)
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

# Lines of detection's report, "  NAME MEASURED; goal GOAL: met|missed[; OTHER]", as rows.
detection() {
	tests/bench/detection.sh "$build" >"$data/detection.txt" || { cat "$data/detection.txt"; return 1; }
	cat "$data/detection.txt"
	awk -F '; ' '
		match($0, /; goal [^;]*: (met|missed)/) {
			name = substr($1, 3, 48)
			sub(/ +$/, "", name)
			split($2, goal, /: /)
			print (name ~ /page/ ? "P7" : name ~ /bytes/ ? "P9" : "P6") "\t" name "\t" substr($1, 52) "\t" ($3 ? $3 : "-") "\t-\t" \
				substr(goal[1], 6) "\t" (goal[2] == "met" ? "hit" : "MISS")
		}' "$data/detection.txt" >>"$BENCH_ROWS"
}

part() { # NAME
	case $1 in
	detection) if [ "${BENCH-}" = quick ]; then echo "  not in the quick form"; else detection; fi ;;
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
