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
	find lib daemon tests -name '*.[ch]' | sort | xargs awk -v pattern="$1" '
		function find(text) {
			for (; match(text, pattern); text = substr(text, RSTART + RLENGTH - 1))
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

check 'there are citations to check' "$([ "$(cited '[A-Z]+[.]md' | wc -l)" -gt 30 ] || echo 'hardly any was found')"

# Blanks between words of a citation are one each; what follows a name is "section 2", "sections 1, 2 and 3", "section 4,
# invariants 1 to 5", and perhaps a heading in quotes.
numbers='[0-9]+((,| and| to|, and) [0-9]+)*'
tail="(,? \\(?sections? $numbers)?(,? invariants? $numbers)?(,? \\(?\"[^\"]+\")?"

check 'every document that is cited exists' "$(cited '[A-Za-z_-]+[.]md' | grep -v 'review\.md' |
	while IFS=$'\t' read -r file name; do [ -n "$(document "$name")" ] || echo "$file: $name"; done)"

check 'every section, invariant and heading that is cited exists' "$(cited "[A-Za-z]+[.]md$tail" | grep -E '[0-9"]' |
	while IFS=$'\t' read -r file citation; do
		document=$(document "${citation%%.md*}.md")
		for n in $(grep -oE 'sections? [0-9].*' <<<"$citation" | sed 's/,* invariant.*//; s/"[^"]*"//' | grep -oE '[0-9]+'); do
			grep -q "^## $n\. " "$document" || echo "$file: $citation"
		done
		for n in $(grep -oE 'invariants? [0-9].*' <<<"$citation" | sed 's/"[^"]*"//' | grep -oE '[0-9]+'); do
			sed -n '/^## 4\./,/^## 5\./p' "$document" | grep -q "^$n\. " || echo "$file: $citation"
		done
		[[ $citation == *\"* ]] || continue
		heading=${citation#*\"} heading=${heading%%\"*}
		grep -qE "^##+ ([0-9]\. )?$heading\$|^\*\*$heading(\.|,|\*)" "$document" || echo "$file: $citation"
	done)"

check 'no citation is spelled in another way' "$(cited '[A-Z]+[.]md (\(?[0-9"]|chapter|§)')"

# Names that are no file of ours may be a header of the system, which the citing file includes.
check 'every source file that is cited exists' "$(
	cited '[^.a-zA-Z0-9_/-][a-z0-9_/]+[.][ch]([^a-z0-9_]|$)' | awk -F '\t' '
		FNR == NR { is_file[$0]; sub(/.*\//, ""); is_file[$0]; next }
		{
			match($2, /[a-z0-9_\/]+[.][ch]/); name = substr($2, RSTART, RLENGTH)
			if (!(name in is_file) && !(("lib/" name) in is_file) && !(("daemon/" name) in is_file))
				print $1, name
		}' <(find . -name '*.[ch]' -not -path './build/*' | sed 's|^\./||') - |
		while read -r file name; do grep -q "<$name>" "$file" || echo "$file: $name"; done)"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
