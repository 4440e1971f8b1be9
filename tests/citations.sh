#!/usr/bin/env bash
# Every document, section, heading and source file that a comment cites is there. Comments are read as one line of text
# each file, so that a citation may be broken between lines.
set -u
cd "$(dirname "$0")/.." || exit 2
export LC_ALL=C.UTF-8
passed=0 failed=0

check() { # NAME OFFENDERS
	if [ -z "$2" ]; then
		passed=$((passed + 1)); echo "ok   $1"
	else
		failed=$((failed + 1)); echo "FAIL $1"; printf '%s\n' "$2" | sed 's/^/     /'
	fi
}

# FILE <tab> CITATION, of everything in the sources that matches the pattern.
cited() { # PATTERN
	git ls-files lib daemon tests | grep '\.[ch]$' | xargs awk -v pattern="$1" '
		function find(text) {
			for (; match(text, pattern); text = substr(text, RSTART + RLENGTH))
				print file "\t" substr(text, RSTART, RLENGTH)
		}
		FNR == 1 { find(text); text = ""; file = FILENAME }
		{ sub(/^[[:space:]]*(\*|\/\/)[[:space:]]?/, ""); text = text " " $0 }
		END { find(text) }' | sort -u
}
document() { # NAME.md: where it stands
	local place
	for place in lib/decide lib/decode config . tests/fixtures; do
		[ ! -f "$place/$1" ] || { echo "$place/$1"; return; }
	done
}

check 'every document that is cited exists' "$(cited '[A-Za-z_-]+[.]md' | grep -v 'review\.md' |
	while IFS=$'\t' read -r file name; do [ -n "$(document "$name")" ] || echo "$file: $name"; done)"

# "SEMANTICS.md section 2", "... sections 1 and 2", "... section 4, invariant 6", "... invariants 1 to 5"
check 'every section and invariant that is cited exists' "$(cited 'SEMANTICS[.]md sections? [0-9]( and [0-9])?(, invariants? [0-9]( to [0-9])?)?' |
	while IFS=$'\t' read -r file citation; do
		for n in $(grep -oE 'sections? [0-9]( and [0-9])?' <<<"$citation" | grep -oE '[0-9]'); do
			grep -q "^## $n\. " lib/decide/SEMANTICS.md || echo "$file: $citation"
		done
		for n in $(grep -oE 'invariants? .*' <<<"$citation" | grep -oE '[0-9]'); do
			sed -n '/^## 4\./,/^## 5\./p' lib/decide/SEMANTICS.md | grep -q "^$n\. " || echo "$file: $citation"
		done
	done)"

# 'SEMANTICS.md section 2, "Time"', 'KUBERNETES.md, "Quantity"': a heading, or the bold words that begin a paragraph.
check 'every heading that is cited exists' "$(cited '[A-Z]+[.]md( section [0-9])?, "[^"]+"' |
	while IFS=$'\t' read -r file citation; do
		heading=${citation#*\"} heading=${heading%\"} name=${citation%%.md*}.md
		grep -qE "^## ([0-9]\. )?$heading\$|^\*\*$heading(\.|,|\*)" "$(document "$name")" || echo "$file: $citation"
	done)"

files=$(git ls-files)
check 'every source file that is cited exists' "$(cited '[ ("<,`][a-z0-9_/]+[.][ch][^a-z0-9_]' |
	while IFS=$'\t' read -r file name; do
		name=${name#?} name=${name%?}
		grep -qE "(^|/)$name\$" <<<"$files" || grep -q "<$name>" "$file" || echo "$file: $name"
	done)"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
