#!/usr/bin/env bash
# The manual, README.md and what the programs say with --help never contradict each other, and everything that they show
# is accepted by the programs.
# usage: manual.sh [BUILD_DIR]    (make man builds the pages first)
set -u
cd "$(dirname "$0")/.." || exit 2
export LC_ALL=C.UTF-8
build=${1:-build}
man=$build/man
passed=0 failed=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
unset HAWATCH_URL HAWATCH_SOCKET

check() { # NAME OFFENDERS
	if [ -z "$2" ]; then
		passed=$((passed + 1)); echo "ok   $1"
	else
		failed=$((failed + 1)); echo "FAIL $1"; printf '%s\n' "$2" | sed 's/^/     /'
	fi
}
differ() { diff <(printf '%s\n' "$1" | sort -u) <(printf '%s\n' "$2" | sort -u) | grep '^[<>] .'; }

# The form.
pages=$(cd config/man && printf "%s\n" *.[1-8])
check 'every page has been built' "$(for page in $pages; do [ -s "$man/$page" ] || echo "no $man/$page: make man"; done)"
# The pages that refer to each other may not be installed here.
check 'mandoc finds nothing to complain of' "$(
	for page in $pages; do mandoc -T lint "$man/$page"; done 2>&1 | grep -v 'referenced manual not found: Xr hawatch')"
check 'every page that is referred to exists' "$(
	grep -hoE '^\.Xr hawatch[a-z.-]* [0-9]' "$man"/* | sort -u | while read -r _ name section; do
		[ -e "$man/$name.$section" ] || echo "$name($section)"
	done
	grep -oE 'hawatch[a-z.-]*\([0-9]\)' README.md | sort -u | tr -d ')' | tr '(' ' ' | while read -r name section; do
		[ -e "$man/$name.$section" ] || echo "README.md: $name($section)"
	done)"
check 'every file and folder that a document links exists' "$(
	for file in README.md */README.md */*/README.md; do
		grep -oE '\]\([^)#:]+' "$file" | sed 's/^](//' | while read -r to; do
			[ -e "$(dirname "$file")/$to" ] || echo "$file: $to"
		done
	done)"
check 'README.md is short' "$(lines=$(wc -l <README.md); [ "$lines" -le 200 ] || echo "$lines lines")"

# The manual has what the programs have, and nothing else.
section() { # PAGE NAME: what stands below a heading
	awk -v name="$2" '/^\.Sh / { is_in = $0 == ".Sh " name } is_in' "$man/$1"
}
items() { sed -nE 's/^\.It (Fl [a-z] , )?Fl -([a-z.-]+).*/\2/p'; }
options_of() { # PROGRAM [COMMAND]: the names in --help
	"$build/$1" ${2:+"$2"} --help | sed -nE 's/^  (-[a-z], )?--([a-z.-]+).*/\2/p'
}
commands=$("$build/hawatch" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p')
check 'hawatchd(8) has every option of hawatchd, and no other' \
	"$(differ "$(section hawatchd.8 DESCRIPTION | items)" "$(options_of hawatchd)")"
check 'hawatch(1) has every common option of hawatch, and no other' \
	"$(differ "$(section hawatch.1 OPTIONS | items)" "$(options_of hawatch)")"
check 'hawatch(1) has every command, and no other' \
	"$(differ "$(section hawatch.1 COMMANDS | sed -nE 's/^\.Ss ([a-z-]+).*/\1/p')" "$commands")"
check 'hawatch(1) has every option of each command, and no other' "$(
	for command in $commands; do
		own=$(section hawatch.1 COMMANDS | awk -v name="$command" '/^\.Ss / { gsub(/\\&/, ""); is_in = $2 == name } is_in' | items)
		common=$(options_of hawatch)
		"$build/hawatch" "$command" --help | grep -q 'No daemon is asked' && common=$(grep -xE 'help|version' <<<"$common")
		differ "$own"$'\n'"$common" "$(options_of hawatch "$command")" | sed "s/^/$command: /"
	done)"
families() { sed -nE 's/^# TYPE ([a-z0-9_]+) .*/\1/p' tests/golden/metrics.text; }
check 'hawatch-metrics(7) has every family of an exposition, and no other' \
	"$(differ "$(sed -nE 's/^\.It Sy ([a-z0-9_]+) .*/\1/p' "$man/hawatch-metrics.7")" "$(families)")"
# The example has every key, as its unit test proves.
check 'hawatch.yaml(5) has every key of the example' "$(
	sed -nE 's/^ *#?([a-z_]+):( .*)?$/\1/p' config/hawatch.yaml | grep -vxE 'secondary|extra' | sort -u | while read -r key; do
		grep -qE "^\.It Cm ([a-z_.]|\[\])*\b$key( |\.|\[)" "$man/hawatch.yaml.5" || echo "$key"
	done)"

# Texts name nothing that is not there.
texts="README.md config/runbook.md config/alertmanager/README.md dashboards/README.md tests/README.md tests/bench/README.md $(printf "$man/%s " $pages)"
words() { # PATTERN: FILE <tab> WORD
	local file
	for file in $texts; do grep -oE -- "$1" "$file" | sort -u | sed "s|^|$file\t|"; done
}
check 'every long option in the texts is one of a program' "$(
	{ options_of hawatchd; for command in $commands; do options_of hawatch "$command"; done; } | sort -u >"$scratch/options"
	for page in $pages; do
		grep -oE '\bFl -[a-z.-]+' "$man/$page" | sed 's/^Fl -//' | sort -u | grep -vxFf "$scratch/options" | sed "s|^|$page: --|"
	done
	words '(^|[^-a-z])--(web|config|log)\.[a-z.-]+' | sed -E 's/[^\t]*--//2; s/\t.*--/\t/' | while IFS=$'\t' read -r file option; do
		grep -qxF "${option%.}" "$scratch/options" || echo "$file: --$option"
	done)"
check 'every metric in the texts is one of hawatchd' "$(
	families >"$scratch/families"
	words '\bha_[a-z0-9_]+_(total|seconds|ratio|bytes|dollars|cores|info)\b' | while IFS=$'\t' read -r file name; do
		grep -qxF "$name" "$scratch/families" || echo "$file: $name"
	done)"

# What is shown can be typed. A line is known when the command, its words and its options are.
shown() { # FILE
	case $1 in
	*.md) grep -oE '(^|[`;&] *|^ +)hawatch (--url [^ ]+ )?[a-z][^`|;&#>]*' "$1" | sed -E 's/^[`;& ]+//; s/ *\((.*)$//; s/[ \\]*$//' ;;
	*) awk '/^\.Bd/ { is_in = 1 } /^\.Ed/ { is_in = 0 } is_in && /^hawatch /' "$1" | sed -E 's/\\\(dq/"/g; s/ +[|>&].*//'
		sed -nE 's/^\.(Ic|Dl) "?(hawatch [^"]*)"?.*/\2/p' "$1" ;;
	esac | sort -u
}
rejected() { # FILE
	local line words
	while read -r line; do
		words=()
		eval "words=(${line#hawatch })"
		"$build/hawatch" "${words[@]}" --help >"$scratch/out" 2>&1 && grep -q '^Usage: hawatch [a-z]' "$scratch/out" || echo "$1: $line"
	done < <(shown "$1")
}
sed '/^## The operator/,/^## Where/!d' README.md >"$scratch/README.md"
check 'the command knows every line of hawatch in README.md' "$(
	[ "$(shown "$scratch/README.md" | wc -l)" -gt 30 ] || echo 'hardly any was found'
	rejected "$scratch/README.md")"
check 'the command knows every line of hawatch in the manual' "$(
	[ "$(shown "$man/hawatch.1" | wc -l)" -gt 25 ] || echo 'hardly any was found'
	for page in $pages; do rejected "$man/$page"; done)"
check 'the daemon knows every line of hawatchd in the texts' "$(
	for file in $texts; do
		grep -oE '^(\.Dl | +)hawatchd --[^|;&]*' "$file" | sed -E 's/^(\.Dl)? *hawatchd //' | while read -r line; do
			# shellcheck disable=SC2086 # words
			"$build/hawatchd" $line --help >"$scratch/out" 2>&1 || { echo "$file: hawatchd $line"; cat "$scratch/out"; }
		done
	done)"
check 'every make target in the texts is one' "$(
	words '\bmake (man|all|install|deb|demo|test|bench|dst|soak|faults|fuzz|mutants|coverage|dashboards|check-all|test-[a-z]+)\b' |
		while IFS=$'\t' read -r file line; do
			grep -qE "^${line#make }:" Makefile || echo "$file: $line"
		done)"

# The first configuration, with files that are there.
yaml_of() { sed -n '/^```yaml$/,/^```$/p' "$1" | grep -v '^```'; }
literal_of() { mandoc -T utf8 -O width=200 "$1" | col -bx | sed -n '/^ *spot:$/,/^$/p' | sed '/^$/d; s/^           //'; }
first_files() {
	mkdir -p "$scratch/etc"
	echo token >"$scratch/etc/spot-token"
	cat >"$scratch/etc/kubeconfig" <<-'END'
		clusters: [{name: a, cluster: {server: 'https://127.0.0.1:1'}}, {name: b, cluster: {server: 'https://127.0.0.1:2'}}]
		users: [{name: u, user: {token: t}}]
		contexts: [{name: matchpoint-runners, context: {cluster: a, user: u}}, {name: matchpoint-runners-2, context: {cluster: b, user: u}}]
	END
	chmod 600 "$scratch/etc"/*
	yaml_of README.md | sed "s|/etc/hawatch|$scratch/etc|" >"$scratch/etc/hawatch.yaml"
}
first_files
check 'hawatchd takes the first configuration of README.md' "$(
	[ "$(grep -c cloudspace: "$scratch/etc/hawatch.yaml")" -eq 2 ] || echo 'it is not there'
	"$build/hawatchd" --config.check --config.file="$scratch/etc/hawatch.yaml" >"$scratch/out" 2>&1 || cat "$scratch/out")"
check 'hawatch.yaml(5) has the same' "$(differ "$(yaml_of README.md | tr -s ' ')" "$(literal_of "$man/hawatch.yaml.5" | tr -s ' ')")"

# What is installed.
check 'make install installs the programs, the pages and the completions' "$(
	make --no-print-directory install B="$build" PREFIX=/usr/local DESTDIR="$scratch/root" >"$scratch/out" 2>&1 || tail -n 3 "$scratch/out"
	for page in $pages; do echo "man/man${page##*.}/$page"; done | cat - <(printf '%s\n' bash-completion/completions/hawatch{,d} \
		zsh/site-functions/_hawatch fish/vendor_completions.d/hawatch{,d}.fish) |
		while read -r file; do [ -s "$scratch/root/usr/local/share/$file" ] || echo "no $file"; done)"
check 'every installed file that a text names is installed' "$(
	words '/usr/local/(bin|share)/hawatch[a-z/.-]*[a-z]' | while IFS=$'\t' read -r file name; do
		[ -e "$scratch/root$name" ] || echo "$file: $name"
	done
	words 'systemctl enable --now hawatch[a-z.-]+' | while IFS=$'\t' read -r file line; do
		unit=${line##* }
		[ -e "$scratch/root/lib/systemd/system/$unit" ] || [ -e "$scratch/root/lib/systemd/system/$unit.service" ] || echo "$file: $unit"
	done)"

# Defaults that a text repeats are those of the tables.
check 'README.md and the manual repeat the default address and no other' "$(
	address=$("$build/hawatchd" --help | grep -oE 'default [0-9.]+:[0-9]+' | cut -d' ' -f2)
	words '\b127\.0\.0\.1:29[0-9]{3}\b' | grep -vE '127\.0\.0\.1:(29090|29093)$' | grep -vF "$address")"
check 'a help is not wider than 80 columns' "$(
	for command in '' $commands; do
		# shellcheck disable=SC2086 # no word, or one
		"$build/hawatch" $command --help | awk -v name="hawatch $command" 'length > 80 { print name ": " $0 }'
	done
	"$build/hawatchd" --help | awk 'length > 80 { print "hawatchd: " $0 }')"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
