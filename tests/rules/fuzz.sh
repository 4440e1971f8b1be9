#!/usr/bin/env bash
# Random lives of pairs, replayed through the rules of config/prometheus by promtool. What happens to the sides, to the
# daemons and to Prometheus comes of a seed (fuzz_life.h), the daemons' series come of the real core and exposition
# (fuzz_replica.h), and fuzz.rules.yml says what must be true of the pages. Each life is an environment of its own, and
# many of them are in one Prometheus, so none may see the others.
# usage: fuzz.sh [BUILD_DIR]                   160 lives and those that fuzz.mutants names; some of its broken rules, each in its life
#        fuzz.sh BUILD_DIR SEED [LIVES]        these lives: one where LIVES is not given
#        fuzz.sh BUILD_DIR mutants [LIVES]     looks for the lives or cases that show them, among so many lives
# RULES=FOLDER has the rules.
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/e2e/checks.sh
require promtool awk
build=${1:-build} first=20261128
rules=${RULES:-config/prometheus}
fuzz=$build/rules/fuzz
at_once=80 # lives in one Prometheus: the engine of its tests holds 10,000 samples of a query
[ -x "$fuzz" ] || { echo "$0: no $fuzz; run make unit first" >&2; exit 2; }
export GOMAXPROCS=1 GOGC=400

# prepare FOLDER RULES: what of the rules decides about pages.
prepare() {
	local file
	mkdir "$1"
	for file in hawatch monitor; do
		awk -f tests/rules/fuzz.awk "$2/$file.rules.yml" >"$1/$file.yml" || return
	done
	grep -ohE '\b(ha_[a-z_]+|process_start_time_seconds)\b' "$1/hawatch.yml" "$1/monitor.yml" | sort -u >"$1/metrics"
}

# live FOLDER SEED LIVES: promtool's words are in FOLDER/answers; it has to find what the lives record.
live() {
	local step
	for step in 5 15 180; do
		sed "s/STEP/${step}s/" tests/rules/fuzz.rules.yml >"$1/fuzz.yml"
		{
			echo 'rule_files: [hawatch.yml, monitor.yml, fuzz.yml]'
			echo 'group_eval_order: [hawatch, hawatch-monitor, fuzz]'
			echo "evaluation_interval: ${step}s"
			echo 'tests:'
			xargs "$fuzz" write $step "$2" "$3" <"$1/metrics"
		} >"$1/test.yml" || return
		! grep -q 'series:.*environment' "$1/test.yml" || promtool test rules "$1/test.yml" >>"$1/answers" 2>&1
	done
}

# found FOLDER SERIES: its samples at the end of the lives, one a line.
found() { grep -ohE "\{__name__=\"life:$2:first\"[^}]*\} [0-9.E+]+" "$1/answers"; }

tell() { # LIFE
	"$fuzz" tell "$1" | head -n 60
	found "$scratch/all" broken | grep -F "environment=\"$1\"" |
		sed -E 's/\{__name__="[^"]*", //; s/(alertstate|component|environment|priority|region|severity)="[^"]*",? ?//g; s/^/  BROKEN  /; s/(.*)\} (.*)/\2 s: \1/'
	echo "  again: tests/rules/fuzz.sh $build $1"
}

# run SEED LIVES [LIFE...]: tells the lives that fail, and counts.
run() {
	local from left life
	prepare "$scratch/all" "$rules" || exit
	for ((from = $1; from < $1 + $2; from += at_once)); do
		left=$(($1 + $2 - from))
		live "$scratch/all" $from $((left < at_once ? left : at_once))
	done
	for life in "${@:3}"; do live "$scratch/all" "$life" 1; done
	found "$scratch/all" broken | lives >"$scratch/failed"
	head -n 5 "$scratch/failed" | while read -r life; do tell "$life"; done
	failed=$(wc -l <"$scratch/failed") passed=$(($2 + $# - 2 - failed))
	[ "$failed" -le 5 ] || echo "FAILED  lives $(tr '\n' ' ' <"$scratch/failed")"
	echo "seed $1, $2 lives; how many lives had which page:"
	found "$scratch/all" fired | grep -oE 'alertname="[A-Za-z]*"' | cut -d'"' -f2 | sort | uniq -c
	check "promtool has no other complaint" no_lines complaints
}
complaints() { ! grep -E 'err:|error|out of order' "$scratch/all/answers"; }
lives() { grep -oE 'environment="[0-9]+"' | tr -dc '0-9\n' | sort -un; }

# mutants COMMAND: calls it with each mutant's name and life; its rules are in the folder $scratch/mutant.
mutants() {
	local name life change
	while read -r life name && read -r change; do
		rm -rf "$scratch/mutant" "$scratch/mutated"
		cp -r "$rules" "$scratch/mutated"
		sed -Ezi "$change" "$scratch/mutated"/hawatch.rules.yml
		if cmp -s {"$rules","$scratch/mutated"}/hawatch.rules.yml; then
			check "changes the rules: $name" false
		else
			prepare "$scratch/mutant" "$scratch/mutated" && "$1" "$name" "$life"
		fi
	done < <(grep -v '^#' tests/rules/fuzz.mutants)
}
is_broken() {
	live "$scratch/mutant" "$1" "$2"
	! grep 'could not parse' "$scratch/mutant/answers" && [ -n "$(found "$scratch/mutant" broken)" ]
}
# One of the cases fails, and promtool has nothing else to say.
is_red() {
	local every
	for every in 15s 1m 55m; do
		awk -v rules="$scratch/mutated/*.rules.yml" -v every=$every -f tests/rules/cases.awk tests/rules/cases.table \
			>"$scratch/cases.yml"
		promtool test rules "$scratch/cases.yml"
	done >"$scratch/mutant/cases" 2>&1
	grep -q '^ *exp: ' "$scratch/mutant/cases" && ! grep 'could not parse' "$scratch/mutant/cases"
}
# Every third of those that a life shows: it takes seconds.
show_some() {
	[ "$2" = case ] || [ $((number++ % 3)) -ne 0 ] || check "life $2 shows that $1" is_broken "$2" 1
}
look_for() {
	local from
	[ "$2" != case ] || { check "a case shows that $1" is_red; return; }
	! is_broken "$2" 1 || { check "life $2 shows that $1" true; return; }
	for ((from = first; from < first + among; from += at_once)); do
		is_broken $from $at_once || continue
		check "life $(found "$scratch/mutant" broken | lives | head -n 1) shows that $1" true
		return
	done
	check "one of $among lives shows that $1" false
}

case ${2-} in
'')
	# What more of them have found yet, the lives find that the table of broken rules names.
	# shellcheck disable=SC2046 # words
	run $first 160 $(awk -v from=$((first + 160)) '/^[0-9]+ / && $1 >= from { print $1 }' tests/rules/fuzz.mutants)
	number=0
	mutants show_some
	;;
mutants)
	among=${3:-500}
	mutants look_for
	;;
*) run "$2" "${3:-1}" ;;
esac
finish
