#!/bin/bash
# The fault catalogue: every group of its table, side by side, and what came of each row.
# usage: catalogue.sh [BUILD_FOLDER [representative|all [GROUP...]]]    CATALOGUE_AT_ONCE=N: so many groups at a time
set -u
root=$(realpath "$(dirname "$0")/../..")
build=$(realpath "${1:-$root/build}")
cd "$root" || exit 2
. tests/e2e/checks.sh
only=${2-}
[ "$only" != all ] || only=
readonly table=tests/e2e/catalogue/table
readonly at_once=${CATALOGUE_AT_ONCE:-$(nproc)}

# rows_of PATTERN: the numbers and groups of the rows that are asked for.
rows_of() {
	awk -F'|' -v only="$only" '/^#/ || NF < 8 { next } { gsub(/[ \t]/, "", $1); gsub(/[ \t]/, "", $2); gsub(/[ \t]/, "", $3) }
		(only == "" || $3 == "*") && $2 ~ "^('"$1"')$" { print $1, $2 }' "$table"
}
run_group() {
	local began=$SECONDS
	"tests/e2e/catalogue/$1.sh" "$build" ${only:+"$only"} >"$scratch/$1.rows" 2>"$scratch/$1.err"
	echo "$? $((SECONDS - began))" >"$scratch/$1.end"
}

# Those of the most rows begin first, or one of them would run alone at the end.
wanted=$(IFS='|'; echo "${*:3}")
wanted=${wanted:-.*}
mapfile -t groups < <(rows_of "$wanted" | cut -d' ' -f2 | sort | uniq -c | sort -rn | awk '{ print $2 }')
for group in "${groups[@]}"; do
	while [ "$(jobs -pr | wc -l)" -ge "$at_once" ]; do wait -n; done
	run_group "$group" &
done
wait

# show NO FAULT EXPECTED FOUND VERDICT PROBLEM
show() {
	printf '%-7s %-4s %-42s %s\n' "$5" "$1" "$2" "$3"
	[ "$3" = "$4" ] || printf '%55s %s\n' found "$4"
	[ -z "$6" ] || printf '%13s%s\n' '' "$6"
}
printf '%-7s %-4s %-42s %s\n' verdict no fault 'expected of the pair, its primary and its secondary'
while read -r no group; do
	line=$(grep "^$no|" "$scratch/$group.rows" | tail -n 1)
	IFS='|' read -r _ fault expected found verdict problem <<<"$line"
	case ${verdict-} in
	ok) passed=$((passed + 1)) ;;
	skipped) skipped=$((skipped + 1)) ;;
	*) failed=$((failed + 1)) verdict=FAILED ;;
	esac
	show "$no" "${fault:-of group $group}" "${expected-}" "${found:-nothing}" "$verdict" "${problem-}"
done < <(rows_of "$wanted")
for group in "${groups[@]}"; do
	read -r code seconds <"$scratch/$group.end"
	echo "$group: $seconds s"
	[ "$code" -eq 0 ] || {
		failed=$((failed + 1))
		echo "FAILED  group $group ended with $code"
		tail -n 20 "$scratch/$group.err" | sed 's/^/        /'
	}
done
finish
