# Sourced by the parts of `make bench`: the simulator and the daemon of the end-to-end tests on the machine's own clock,
# what a process has cost, and rows of the table. Each part also runs alone; then its rows go to standard output.
# BENCH=quick: short times and small sizes, whose figures are no results.
clock=real
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/lib.sh"
fast=() # not here: each part names its intervals
patience=120

is_quick() { [ "${BENCH-}" = quick ]; }
# sized FULL QUICK: the size of this form.
sized() { if is_quick; then echo "$2"; else echo "$1"; fi; }

# row GOAL WHAT MEASURED AGAINST RATIO WANTED VERDICT: one row of the table; "-" where there is nothing to say.
row() {
	local IFS=$'\t'
	if [ -n "${BENCH_ROWS-}" ]; then echo "$*" >>"$BENCH_ROWS"; else echo "$*"; fi
}
# point SERIES X Y: one point of a plot.
point() { [ -z "${BENCH_POINTS-}" ] || echo "$2 $3" >>"$BENCH_POINTS/$1.dat"; }

calc() { awk "BEGIN { printf \"${2:-%.3g}\", $1 }"; }
# verdict CONDITION: hit or MISS, or neither in the quick form.
verdict() { if is_quick; then echo quick; else awk "BEGIN { print ($1) ? \"hit\" : \"MISS\" }"; fi; }
# ratio A B: of two figures, as "3.2x".
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { r = b ? a / b : 0; printf (r < 10 ? "%.2fx" : "%.0fx"), r }'; }
# Of the numbers on standard input, one a line. percentile PERCENT
percentile() {
	sort -g | awk -v p="$1" '{ v[NR] = $1 } END { i = int(p * NR / 100 + 0.9999); if (NR) print v[i < 1 ? 1 : i] }'
}
median() { sort -g | awk '{ v[NR] = $1 } END { if (NR) print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'; }

now_ms() { echo $((${EPOCHREALTIME/./} / 1000)); }
# cpu_ns PID: processor time of all its threads; none of them may end meanwhile.
cpu_ns() { cat /proc/"$1"/task/*/schedstat | awk '{ ns += $1 } END { printf "%.0f\n", ns }'; }
anon_kb() { awk '$1 == "RssAnon:" { print $2 }' "/proc/$1/status"; }

# polls SOURCE: how often every side together was polled for it, by the last scrape.
polls() {
	awk -v source="source=\"$1\"" '/^ha_polls_total\{/ && index($1, source) { n += $2 } END { print n + 0 }' "$scratch/metrics"
}
# is_polled_often SOURCE TIMES: every side was.
is_polled_often() {
	scrape && awk -v source="source=\"$1\"" -v least="$2" '
		/^ha_polls_total\{pair=/ && index($1, source) { n++; few += $2 < least }
		END { exit !n || few }' "$scratch/metrics"
}
# all_active PAIRS
all_active() { scrape && [ "$(grep -c '^ha_status{.*"ACTIVE"} 1$' "$scratch/metrics")" -eq "$1" ]; }

stop() { # PID...
	kill -TERM "$@"
	until_true are_gone "$@" || give_up "$* does not end"
}
