#!/bin/bash
# The operator's command against answers that nobody's daemon gives: signs that terminals obey in every
# text, wrong types, cut, doubled, deep and endless documents, and seeded damage.
# usage: cli_hostile.sh [BUILD_FOLDER]    (HAWATCH_SEED repeats a run)
set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli_lib.sh"
# What is lost at the end of a command harms nobody, and to look for it takes half of a command's time. cli_canned looks.
export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0

# Answers that nobody's daemon gives. Whatever comes, the command asks, ends by itself with a documented code, and
# nothing that a terminal obeys gets through. It would wait for longer than it is let, so one that hangs is seen.
survives() {
	local what=$1 command table at before
	before=$(grep -ac '^GET ' "$asked")
	for command in "${all_commands[@]}" explain 'events -o markdown' 'incidents -o markdown' 'check --plugin'; do
		table='-o table' at=$scratch/answers/${command// /_}
		[[ ! $command =~ ^(explain|.*-o|.*--plugin) ]] || table=
		# shellcheck disable=SC2086 # words
		timeout "$patience" "$hawatch" $command --url "$url" --timeout 1h $table >"$at.out" 2>"$at.err" </dev/null
		code=$?
		[ "$code" -le 3 ] || { echo "$what, $command: exit code $code"; head -c 1000 "$at.err"; return 1; }
	done
	no_lines wrong | head -c 1000 >"$scratch/wrong"
	[ ! -s "$scratch/wrong" ] || { echo "$what:"; cat "$scratch/wrong"; return 1; }
	[ "$(grep -ac '^GET ' "$asked")" -ge $((before + ${#all_commands[@]} + 4)) ] || { echo "$what: not asked for"; return 1; }
}
# What must not be in what was said, with the file's name.
wrong() {
	cd "$scratch/answers" || { echo "no answers"; return; }
	grep -anE '[[:cntrl:]]' -- *
	grep -an 'runtime error' -- *.err
	find . -size +9000000c
}
mkdir "$scratch/answers"

raw() { local name; for name in "$docs"/*.json; do cat "$scratch/raw" >"${name%.json}.raw"; done; }

hostile() {
	local text
	for text in '\u001b[2J\u001b[31m' '\u0007\u0008\r\n' '\u202e\u2066\u200b' '\u009b31m' '%s%n%999999d' \
		'$(reboot)`reboot`' ''; do
		everywhere "walk(if type == \"string\" then . + \"$text\" else . end)"
		check "every text with $text behind it" survives "$text"
		everywhere "walk(if type == \"string\" and (. != \"prod\") and (test(\"^(ACTIVE|BLOCKED|pass|fail)\") | not) then \"$text\" else . end)"
		check "every text is $text" survives "$text"
		restore
	done
	for text in null '[]' '{}' -1 1e308 99999999999999999999 true '""' '[[[[]]]]'; do
		everywhere "walk(if type == \"number\" then $text else . end)"
		check "every number is $text" survives "$text"
		restore
		everywhere "walk(if type == \"string\" then $text else . end)"
		check "every text is $text" survives "$text"
		restore
	done
	everywhere '(.. | strings | select(test("^(prod|ACTIVE|BLOCKED.*|pass|fail)$") | not)) |= . * 3000'
	check "long texts" survives long
	restore
	change events '.events = [range(20000) as $i | .events[0] | .number = $i]'
	change apps '.sides.primary.apps = [range(5000) as $i | .sides.primary.apps[0]]'
	change summary '.cloudspaces += ([range(500) | {key: "extra-\(.)", value: {}}] | from_entries)'
	check "many" survives many
	restore
	while read -r text; do
		printf "$text" >"$scratch/raw"
		raw
		check "not HTTP, or not JSON: ${text:0:40}" survives "$text"
	done <<-'END'
		HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"pair":
		HTTP/1.1 200 OK\r\n\r\n{"pair":"prod"}{"pair":"prod"}
		HTTP/1.1 200 OK\r\n\r\n{"pair":"prod","pair":null}
		HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n
		HTTP/1.1 500 \033[31m\r\n\r\n{"error":"\033[2J"}
		HTTP/1.1 400 no\r\n\r\n{"error":"which pair\\u001b[2J"}
		\001\002\003\033[2J
		SSH-2.0-OpenSSH\r\n
		HTTP/1.1 200 OK\r\nDate: \033[2J\r\n\r\n{}
		HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnone
	END
	{ printf 'HTTP/1.1 200 OK\r\n\r\n'; head -c 100000 /dev/zero | tr '\0' '['; } >"$scratch/raw"
	raw
	check "deep" survives deep
	{ printf 'HTTP/1.1 200 OK\r\n\r\n{"pair":"'; head -c 6000000 /dev/zero | tr '\0' 'x'; } >"$scratch/raw"
	raw
	check "larger than any answer" survives large
	rm "$docs"/*.raw
}

mutations() {
	local round seed=${HAWATCH_SEED:-$(date +%s)}
	echo "HAWATCH_SEED=$seed"
	{ kill "$canned"; wait "$canned"; } 2>"$scratch/killed"
	start_canned "$seed"
	for round in {1..12}; do
		survives "seed $seed, round $round" >"$scratch/mutation" || break
	done
	check "12 rounds of damaged documents" [ ! -s "$scratch/mutation" ]
	cat "$scratch/mutation"
	{ kill "$canned"; wait "$canned"; } 2>"$scratch/killed"
	start_canned
}

restore
start_canned
hostile
mutations
finish
