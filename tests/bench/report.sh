#!/usr/bin/env bash
# Of what the parts of the bench have left in BUILD_DIR/bench-data: the table, BUILD_DIR/bench.md, and a plot for each
# measure that grows, with the exponent of its growth.
# usage: report.sh [BUILD_DIR]
set -u
build=${1:-build}
data=$build/bench-data
export LC_ALL=C
goals='P1 P2 P3 P4 P5 P6 P7 P8 P9 R6 T1 T3'

# Each plot: its file, its title, the axes, and its series in bench-data.
plots() {
	cat <<-'END'
		bench-cpu	Processor time of the daemon	pairs	% of a core	cpu-of-pairs
		bench-memory	Memory of the daemon	pairs	MB, anonymous	memory-of-pairs
		bench-decode	Reading a list	objects	ms of processor time	decode-of-nodes decode-of-pods
		bench-scrape	A scrape of everything	pairs	ms, median	scrape-of-pairs
		bench-scrapers	A scrape of everything, with more who ask at once	scrapers	ms, mean	scrape-of-scrapers
	END
}

# fit FILE: "FACTOR EXPONENT LAST" of y = factor x^exponent, by least squares of the logarithms; LAST is the exponent
# between the last two points, where a constant part weighs least.
fit() {
	awk '
		$1 > 0 && $2 > 0 { x = log($1); y = log($2); n++; sx += x; sy += y; sxx += x * x; sxy += x * y
			last = n > 1 ? (y - py) / (x - px) : 0; px = x; py = y }
		END {
			if (n < 2) exit 1
			b = (n * sxy - sx * sy) / (n * sxx - sx * sx)
			printf "%.6g %.2f %.2f\n", exp((sy - b * sx) / n), b, last
		}' "$1"
}

# Nothing may grow faster than what causes it. Two points of a busy machine may be ten percent off.
growth_rows() {
	local file title x y series name factor exponent last verdict
	while IFS=$'\t' read -r file title x y series; do
		for name in $series; do
			[ -s "$data/$name.dat" ] && read -r factor exponent last < <(fit "$data/$name.dat") || continue
			verdict=$(awk -v e="$exponent" 'BEGIN { print e <= 1.1 ? "hit" : "MISS" }')
			[ "${BENCH-}" != quick ] || verdict=quick
			printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' growth "${name//-/ }, $(head -n 1 "$data/$name.dat" | cut -d ' ' -f 1) to $(tail -n 1 "$data/$name.dat" | cut -d ' ' -f 1) $x" \
				"exponent $exponent" "linear; the last step: $last" - "<= 1 (1.1 with noise)" "$verdict"
		done
	done < <(plots)
}

draw() {
	local file title x y series name factor exponent last lines
	while IFS=$'\t' read -r file title x y series; do
		lines=
		for name in $series; do
			[ -s "$data/$name.dat" ] && read -r factor exponent last < <(fit "$data/$name.dat") || continue
			lines+="${lines:+, }'$data/$name.dat' with points pointtype 7 title '${name//-/ }', $factor * x**$exponent title 'exponent $exponent'"
		done
		[ -n "$lines" ] || continue
		gnuplot <<-END || return
			set terminal svg size 720,440 font 'sans,12' background 'white'
			set output '$build/$file.svg'
			set title '$title'
			set xlabel '$x'
			set ylabel '$y'
			set logscale xy
			set grid
			set key right bottom
			plot $lines
		END
		echo "$file.svg"
	done < <(plots)
}

# All rows by their goals, and one for each goal that nothing has measured.
rows() {
	local goal why="not measured in this run"
	[ "${BENCH-}" != quick ] || why="not in the quick form"
	for goal in $goals; do
		grep "^$goal"$'\t' "$data/rows" || printf '%s\t-\t%s\t-\t-\t-\t-\n' "$goal" "$why"
	done
	growth_rows
}

machine() { echo "$(uname -srm), $(nproc) x $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(awk '$1 == "MemTotal:" { printf "%.0f GB", $2 / 1e6 }' /proc/meminfo)"; }
form() {
	[ "${BENCH-}" = quick ] || { echo "The whole form."; return; }
	echo "THE QUICK FORM: short times and small sizes. Its figures show that the bench works; they are no results, so none is hit or missed."
}
heading=$'goal\twhat\tmeasured\tagainst\tratio\twanted\tresult'

aligned() {
	awk -F '\t' '
		{ for (i = 1; i <= NF; i++) { cell[NR, i] = $i; if (length($i) > width[i]) width[i] = length($i) } }
		END {
			for (n = 1; n <= NR; n++) {
				line = ""
				for (i = 1; i <= 7; i++) line = line sprintf(i < 7 ? "%-" width[i] "s  " : "%s", cell[n, i])
				print line
			}
		}'
}
marked() { awk -F '\t' -v OFS=' | ' '{ $1 = $1; print "| " $0 " |" } NR == 1 { print "|---|---|---|---|---|---|---|" }'; }

page() {
	echo "# What it costs"
	echo
	echo "Measured by \`${BENCH:+BENCH=$BENCH }make bench\` in one run: $("$build/hawatchd" --version | head -n 1). $(form)"
	echo
	echo "Machine: $(machine)."
	echo
	{ echo "$heading"; cat "$data/table"; } | marked
	echo
	echo "Figures are medians, and the two sides of a ratio took turns. \"-\" is not judged."
	printf '\n## Commands\n\n'
	awk '{ printf "- `tests/bench/run.sh build %s`, %d s\n", $1, $2 }' "$data/parts"
	printf '\n## Plots\n\n'
	for plot in "${drawn[@]}"; do echo "![${plot%.svg}]($plot)"; done
}

rows >"$data/table"
draw >"$data/drawn" || exit
mapfile -t drawn <"$data/drawn"
page >"$build/bench.md"
echo
echo "$(machine)"
form
{ echo "$heading"; cat "$data/table"; } | aligned
echo "written: $build/bench.md ${drawn[*]/#/$build/}"
