#!/usr/bin/env bash
# How fast lists are read (goal P3): decode's report as rows, and the points of the plot from growth.
# usage: decode.sh [BUILD_DIR]
set -u
. "$(dirname "$0")/lib.sh"
require jq

"$build/bench/decode" "$(sized 11 1)" >"$scratch/decode" || give_up "decode fails" "$scratch/decode"
[ -z "${BENCH_ROWS-}" ] || cat "$scratch/decode"
# Of each list: "LIST<tab>MS HEAP<tab>MS of cJSON<tab>MS of jq".
awk '
	/^[^ ].*: [0-9]+ items/ { list = $0 }
	/^  item by item/ { ours = $4; heap = $(NF - 1) }
	/^  cJSON, whole document/ { whole = $4 }
	/^  jq \(a process\)/ { printf "%s\t%s\t%s\t%s\t%s\n", list, ours, heap, whole, $4 }' "$scratch/decode" >"$scratch/lists"
[ "$(wc -l <"$scratch/lists")" -eq 3 ] || give_up "the report is not as expected" "$scratch/decode"
while IFS=$'\t' read -r list ours heap whole jq; do
	# Applications are measured for their memory; their speed has no goal.
	verdicts=(- -)
	[[ $list == *applications* ]] || verdicts=("$(verdict "$whole >= 8 * $ours")" "$(verdict "$jq >= 40 * $ours")")
	row P3 "read $list" "$ours ms CPU" "cJSON, the whole document: $whole ms" "$(ratio "$whole" "$ours")" ">= 8x" "${verdicts[0]}"
	row P3 "read $list" "$ours ms CPU" "jq, the same question: $jq ms" "$(ratio "$jq" "$ours")" ">= 40x" "${verdicts[1]}"
	row P3 "heap growth, $list" "$heap MB" - - "<= 1 MB" "$(verdict "$heap <= 1")"
done <"$scratch/lists"

# shellcheck disable=SC2046 # words
"$build/bench/growth" "$(sized 11 3)" $(sized "100 300 1000 3000 10000" "100 300 1000") >"$scratch/growth" ||
	give_up "growth fails" "$scratch/growth"
while read -r kind items ms; do
	point "decode-of-$kind" "$items" "$ms"
done <"$scratch/growth"
