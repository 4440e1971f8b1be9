#!/bin/bash
# The operator's command as a stranger sees it: outputs, exit codes, pipes, terminals.
# usage: cli.sh HAWATCH URL SOCKET EXPECTED_STATUS
# A hawatchd with one pair listens at URL and SOCKET ("" where it has none), and the pair's status is
# EXPECTED_STATUS and stays so during the test.
set -u
export LC_ALL=C.UTF-8 TZ=UTC
unset HAWATCH_URL HAWATCH_SOCKET NO_COLOR COLUMNS

if [ $# -ne 4 ] || [ ! -x "$1" ]; then
	sed -n '3,5s/^# //p' "$0" >&2
	exit 2
fi
hawatch=$(realpath "$1") url=$2 socket=$3 expected=$4
case $expected in
ACTIVE) exit_code=0 active=true ;;
UNKNOWN) exit_code=3 active=false ;;
*) exit_code=1 active=false ;;
esac

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0

# check NAME COMMAND...: the command's exit status is the result; its output is shown on failure.
check() {
	local name=$1
	shift
	if "$@" >"$dir/check" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $name"
		sed 's/^/    /' "$dir/check" "$dir/out" "$dir/err" | head -n 40
	fi
}

# run ARGS...: one hawatch with pipes for stdout and stderr, as in a script.
run() {
	"$hawatch" "$@" >"$dir/out" 2>"$dir/err" </dev/null
	code=$?
}

# on_terminal COLUMNS ENVIRONMENT ARGS...: the same on a terminal of that width.
on_terminal() {
	local columns=$1 environment=$2
	shift 2
	script -qec "stty cols $columns rows 24; env $environment $(printf '%q ' "$hawatch" "$@")" \
		/dev/null >"$dir/raw" 2>"$dir/err" </dev/null
	code=$?
	tr -d '\r' <"$dir/raw" >"$dir/out"
}

is_code() { [ "$code" -eq "$1" ] || { echo "exit code $code, expected $1"; false; }; }
is_quiet() { [ ! -s "$dir/err" ]; }
is_empty() { [ ! -s "$dir/out" ]; }
# Not jq -e: it calls an empty input good.
is_json() { [ "$(jq "$1" "$dir/out")" = true ]; }
has_line() { grep -qE -- "$1" "$dir/out"; }
has_colour() { grep -q $'\033\[' "$dir/out"; }
has_no_control() { ! grep -q '[[:cntrl:]]' "$dir/out"; }
is_one_error() { [ "$(wc -l <"$dir/err")" -eq 1 ] && grep -qF -- "$1" "$dir/err"; }
# The widest line in terminal columns, colours taken out.
fits() {
	local widest
	widest=$(sed $'s/\033\\[[0-9;]*m//g' "$dir/out" | wc -L)
	[ "$widest" -gt 0 ] && [ "$widest" -le "$1" ] || { echo "widest line: $widest"; false; }
}

answers() {
	local over=$1
	shift
	run status "$@"
	check "status over $over: exit code" is_code "$exit_code"
	check "status over $over: four fields" is_json \
		'keys == ["ha_status","ha_status_message","ha_status_since","pair"] and all(type == "string")'
	check "status over $over: $expected" is_json ".ha_status == \"$expected\""
	check "status over $over: since is a time" is_json '.ha_status_since | fromdate > 0'
	check "status over $over: stderr quiet" is_quiet
	run active "$@"
	check "active over $over: exit code" is_code "$exit_code"
	check "active over $over: $active and nothing else" [ "$(cat "$dir/out")" = "$active" ]
	run summary "$@"
	check "summary over $over: exit code" is_code 0
	check "summary over $over: the runbook's filters" is_json \
		".ha_status == \"$expected\" and .ha_active == $active and
		 (.total_effective_nodes | type) == \"number\" and
		 (.node_balance.constraining_side | type) == \"string\" and
		 .cloudspaces.primary.name == .primary_cloudspace"
	run summary -o json "$@" --pair "$pair"
	check "summary over $over: the pair by name" is_json ".pair == \"$pair\""
	run status --pair no-such-pair "$@"
	check "unknown pair over $over: exit code" is_code 2
	check "unknown pair over $over: one line says how" is_one_error --pair
}

pipes() {
	run summary --url "$url" -o table
	check "table in a pipe: exit code" is_code 0
	check "table in a pipe: status first" eval "head -n 1 '$dir/out' | grep -qE '^$pair  $expected  since '"
	for name in $cloudspaces; do
		check "table in a pipe: $name" has_line "^CLOUDSPACE .*$name"
	done
	check "table in a pipe: states" has_line '^STATE  +(UP|DOWN|PROVISIONING|MAINTENANCE|UNKNOWN)'
	check "table in a pipe: utilization" has_line '^UTILIZATION  '
	check "table in a pipe: no colours, no control" has_no_control
	run status -o table --url "$url"
	check "status as a table: exit code" is_code "$exit_code"

	"$hawatch" status --url "$url" >/dev/full 2>"$dir/err"
	code=$?
	check "full disk: exit code" is_code 3
	check "full disk: said so" is_one_error stdout
	"$hawatch" status --url "$url" 2>"$dir/err" >&-
	code=$?
	check "closed stdout: exit code" is_code 3
	# The reader is gone for sure: it ends before the writer begins.
	{ mkfifo "$dir/gone" && { : <"$dir/gone" & exec 3>"$dir/gone"; wait $!; }; } 2>/dev/null
	"$hawatch" summary --url "$url" >&3 2>"$dir/err"
	code=$?
	exec 3>&-
	check "reader went away: exit code" is_code 0
	check "reader went away: quiet" is_quiet
}

terminals() {
	for command in status summary; do
		for columns in 80 40; do
			on_terminal $columns TERM=xterm $command --url "$url"
			check "$command at $columns columns: fits" fits $columns
			check "$command at $columns columns: status in words" has_line "^$pair  .*$expected"
			check "$command at $columns columns: coloured" has_colour
		done
		for plain in NO_COLOR=1 TERM=dumb TERM=; do
			on_terminal 80 "TERM=xterm $plain" $command --url "$url"
			check "$command with $plain: no colours" has_no_control
			check "$command with $plain: the status in words" has_line "$expected"
		done
	done
	on_terminal 80 TERM=xterm status --url "$url"
	check "status on a terminal: exit code" is_code "$exit_code"
	on_terminal 80 TERM=xterm summary -o json --url "$url"
	check "JSON on a terminal" is_json ".ha_status == \"$expected\""
}

unreachable() {
	# Nobody listens on port 1 of loopback.
	local said="cannot reach hawatchd at "
	for place in "--url http://127.0.0.1:1" "--socket $dir/none.sock" "--url $url/elsewhere"; do
		[ "${place#*/elsewhere}" ] || said=""
		for command in status active summary cloudspaces node-balance runners apps events check; do
			# shellcheck disable=SC2086 # two words
			run $command $place
			check "$command $place: exit code" is_code 3
			check "$command $place: nothing on stdout" is_empty
			check "$command $place: one line names the place" is_one_error "${place#* }"
			check "$command $place: one line names the cause" is_one_error "$said"
		done
	done
	: >"$dir/file"
	run status --socket "$dir/file"
	check "a socket that is none: exit code" is_code 3
	HAWATCH_URL=http://127.0.0.1:1 run status
	check "HAWATCH_URL is asked" is_one_error http://127.0.0.1:1
	HAWATCH_SOCKET=$dir/none.sock run status
	check "HAWATCH_SOCKET is asked" is_one_error "$dir/none.sock"
	HAWATCH_URL=http://127.0.0.1:1 run status --url "$url"
	check "--url comes before HAWATCH_URL" is_code "$exit_code"
}

misuse() {
	while read -r -a words; do
		run "${words[@]}"
		check "'${words[*]}': exit code" is_code 2
		check "'${words[*]}': one line" is_one_error hawatch:
		check "'${words[*]}': nothing on stdout" is_empty
	done <<-END
		no-such-command
		status extra
		status --no-such-option
		status -x
		status --pair
		status -o yaml
		status --timeout 5
		status --timeout 0s
		status --timeout 25h
		status --url ftp://127.0.0.1
		status --url http://user:word@127.0.0.1
		status --url http://127.0.0.1/?pair=prod
		status --url http://127.1
		status --url http://127.0.0.1 --socket $dir/none.sock
	END
	run
	check "no command: exit code" is_code 2
	run status --url http://user:word@127.0.0.1
	check "a password is not repeated" eval "! grep -q word@ '$dir/err'"
}

help() {
	for words in --help "status --help" "active -h" "help summary" --version "help cloudspaces" "help cloudspace" \
		"help node-balance" "help runners" "help apps" "help events" "help check" "help wait" \
		"help maintenance" "help reload" "help top" "help explain"; do
		# shellcheck disable=SC2086 # words
		run $words
		check "$words: exit code" is_code 0
		check "$words: readable at 80 columns" fits 80
		check "$words: stderr quiet" is_quiet
		[ "$words" = --version ] || check "$words: has examples" has_line '^Examples:'
		[ "$words" = --version ] || check "$words: tells the exit codes" has_line '^Exit: 0 '
	done
	run --help
	for command in status active summary cloudspaces cloudspace node-balance runners apps events check wait \
		maintenance reload top explain; do
		check "--help lists $command" has_line "^  $command "
	done
}

run summary --url "$url"
pair=$(jq -r .pair "$dir/out" 2>/dev/null)
cloudspaces=$(jq -r '.primary_cloudspace, .secondary_cloudspace' "$dir/out" 2>/dev/null)
check "a hawatchd answers at $url" is_json '.pair | length > 0'
if [ "$failed" -ne 0 ]; then
	echo "$passed passed, $failed failed"
	exit 1
fi

answers HTTP --url "$url"
[ -z "$socket" ] || answers "the socket" --socket "$socket"
pipes
terminals
unreachable
misuse
help

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
