#!/bin/bash
# More than is shown, from the API servers to the terminal, and in the log: nothing is cut without a word. The tables of
# what is worse, and of what documents and page say, are in tests/unit/test_field_cuts.c.
# usage: cuts.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/../e2e/lib.sh"
. tests/e2e/cli_lib.sh

# sets COUNT: a list of scale sets, of which the simulator's own listener serves none but the first.
sets() {
	jq -nc --argjson n "$1" '[range($n) | {metadata: {name: (if . == 0 then "project-beta-runners" else "set-\(. + 100)" end)},
		spec: {maxRunners: 2}}]'
}
# apps COUNT: a list of applications, of which the last one is Degraded.
apps() {
	jq -nc --argjson n "$1" '[range($n) | {metadata: {name: "app-\(. + 100)"}, status: {sync: {status: "Synced"},
		reconciledAt: (now | todate), health: {status: (if . == $n - 1 then "Degraded" else "Healthy" end)}}}]'
}
arc=/apis/actions.github.com/v1alpha1/namespaces/arc-runners
serve_lists() {
	echo "$arc/autoscalingrunnersets /items $(sets "$1")"
	echo "/apis/argoproj.io /items $(apps "$2")"
}
listed() { "$asker" get "$url/api/v1/$1" | jq -e "$2"; }
table() { "$hawatch" "$@" -o table --url "$url" >"$scratch/out" 2>"$scratch/err"; }
# Where it comes from | scale sets | applications | what `runners` ends with | what `apps` has
tables() {
	local from sets apps runners_say apps_say
	while IFS='|' read -r from sets apps runners_say apps_say; do
		serve_lists "$sets" "$apps" >"$scratch/edits"
		play $one "edits=$scratch/edits"
		check "$from: read" eventually listed runners ".sides.primary | .scale_sets_total == $sets and .listeners_down == $sets - 1"
		check "$from: applications read" eventually listed apps ".sides.primary.total == $apps"
		table runners primary
		check "$from: runners: $runners_say" has "^$runners_say\$"
		check "$from: runners: the worst is first" eval "grep -A 1 '^SET on' '$scratch/out' | tail -n 1 | grep -q '^set-101 '"
		table apps primary
		check "$from: apps: $apps_say" has "^$apps_say\$"
		check "$from: apps: the worst is first" eval "grep -A 1 '^APPLICATION' '$scratch/out' | tail -n 1 | grep -q '^app-$((apps + 99)) '"
		on_terminal 80 runners primary
		check "$from: 80 columns" fits 80
	done <<-'END'
		a set for each team|12|12|set-111 .*|app-110 .*
		a set for each repository|64|64|set-163 .*|app-162 .*
		one more than is listed|65|65|and 1 more that are not worse|and 1 more that are not worse
		an ApplicationSet|200|500|and 136 more that are not worse|and 436 more that are not worse
	END
	play $one edits=
}

# Parts that are refused, each for its own reason.
problems() {
	printf '%s /message "%s"\n' /apis/actions.github.com first /apis/apps second /apis/coordination third >"$scratch/edits"
	play $two "edits=$scratch/edits" fault=status:403 on=/apis/
	check "three problems: the last" eventually listed runners '.sides.secondary.parts | any(.problem == "HTTP status 403: third")'
	check "three problems: not known" eventually listed runners '.sides.secondary.runners == null'
	table runners secondary
	check "three problems: the first" has '^secondary: HTTP status 403: first$'
	check "three problems: the second" has '^secondary, controller: HTTP status 403: second$'
	check "three problems: the third" has '^secondary, leases: HTTP status 403: third$'
	check "three problems: each once" [ "$(grep -c 'HTTP status 403' "$scratch/out")" -eq 3 ]
	play $two edits= fault=none
}

# A window that is declared and ended again and again.
events() {
	local n
	for n in {1..140}; do
		"$hawatch" maintenance begin primary --for 2h --reason "$n" --socket "$socket" >"$scratch/out" 2>"$scratch/err" &&
			"$hawatch" maintenance end primary --socket "$socket" >"$scratch/out" 2>"$scratch/err" || break
	done
	check "140 windows" [ "$n" -eq 140 ]
	check "events: more than are kept" listed events '.total > 280 and .kept == 256 and .omitted == .total - 256 and (.events | length) == 256'
	check "events: the change of the status stays" listed events 'any(.events[]; .kind == "status" and .to == "ACTIVE")'
	table events
	check "events: says so" has '^Events that are not in memory any more: [0-9]+$'
	"$hawatch" events -o markdown --url "$url" >"$scratch/out"
	check "events, markdown: says so" has '^Events that are not in memory any more: [0-9]+$'
	check "page: says so" eval "curl -sS '$url/' | grep -q 'and 246 more</a>; [0-9]* are no longer kept'"
	script -qec "stty cols 80 rows 12; exec env TERM=xterm NO_COLOR=1 $hawatch events --watch=100ms --url $url --timeout ${patience}s" \
		/dev/null >"$scratch/raw" 2>"$scratch/err" </dev/null &
	servers+=("$!")
	check "watch on 12 lines: says how many more" until_true grep -qE '\.\.\. 2[0-9]{2} more lines' "$scratch/raw"
	{ kill $!; wait $!; } 2>"$scratch/killed"
}

# The log: a long field, many mistakes, and nobody who reads it.
is_json_log() { jq -es 'all(.[]; .msg)' "$log"; }
long_fields() { # OPTION...
	start_daemon "$@"
	check "long URL $*: logged" eventually logged 'prices'
	check "long URL $*: whole" eventually logged 'x{1990}'
	check "long URL $*: lines of 4096 bytes at most" no_lines awk 'length > 4095' "$log"
}
mistakes() {
	local n
	cp "$config" "$scratch/good.yaml"
	for n in {1..40}; do echo "key_$n: 1"; done >>"$config"
	reload
	check "40 mistakes: logged" eventually logged 'configuration not reloaded.*key_1'
	check "40 mistakes: how many more" eventually logged 'configuration not reloaded.* more_errors=8$'
	cp "$scratch/good.yaml" "$config"
}
# The pipe is full but for less than a line, so all lines are dropped until it is read.
unread_log() {
	local pipe=$scratch/pipe
	mkfifo "$pipe"
	exec 9<>"$pipe"
	head -c 65536 /dev/zero | tr '\0' '\n' >&9
	inside "$build/hawatchd" --config.file="$config" --web.listen-address="${url#http://}" --web.control-socket="$socket" 2>&9 &
	daemon=$!
	servers+=("$daemon")
	check "log that nobody reads: the daemon works" eventually is_above 0 ha_log_lines_dropped_total
	check "log that nobody reads: ACTIVE" eventually as_expected ACTIVE
	head -c 65536 <&9 >"$scratch/junk"
	"$hawatch" maintenance begin primary --for 2h --reason x --socket "$socket" >"$scratch/out"
	timeout "$patience" sed '/lines of the log were dropped/q' <&9 >"$scratch/log"
	check "log that is read again: says how many are missing" grep -qE 'level=warn msg="lines of the log were dropped, because it was not read or could not be written" lines=[1-9]' "$scratch/log"
	check "log that is read again: the line before it" grep -q 'maintenance' "$scratch/log"
	exec 9<&-
	check "SIGTERM ends it" stop_daemon
}

fast+=('inventory_interval: 200ms' 'pod_interval: 200ms')
start_sim
start_daemon
reaches "begins" ACTIVE
tables
problems
events
mistakes
check "every line of the log is logfmt" is_logfmt
check "SIGTERM ends it, exit status 0" stop_daemon
with_url() { sed -i "/price_url/d; s|^  refresh_token_file:.*|&\n  price_url: http://127.0.0.1:1/$(printf "%0${1}d" 0 | tr 0 x)|" "$config"; }
with_url 5000
check "a URL of 5,000 bytes is refused" eval '! "$build/hawatchd" --config.file="$config" --config.check 2>"$scratch/refusal"'
check "a URL of 5,000 bytes: why" grep -q 'price_url: a URL longer than 2047 bytes' "$scratch/refusal"
with_url 2000
long_fields
check "every line of the log is logfmt" is_logfmt
check "SIGTERM ends it, exit status 0" stop_daemon
long_fields --log.format=json
check "every line of the log is JSON" is_json_log
check "SIGTERM ends it, exit status 0" stop_daemon
sed -i '/price_url/d' "$config"
unread_log
finish
