#!/bin/bash
# Every command of the operator on a terminal of 80x24, in every scenario of the runbook: nothing is wider than the
# screen, nothing is raw, words that matter are whole, and what is read first is on the first screen.
# SCREENS=FOLDER keeps all that was seen, for people to read.
# usage: screens.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"
. tests/e2e/cli_lib.sh
. tests/e2e/screens_lib.sh
unset HAWATCH_PAGER

commands=(status active summary cloudspaces 'cloudspace primary' 'cloudspace secondary' node-balance runners
	'runners secondary' apps events incidents check 'maintenance status' explain 'explain --all' top)
with=() # further options of every command

# shown COMMAND: what it writes to a terminal goes to $scratch/whole, and what a person sees first to $scratch/screen.
shown() {
	local words
	read -ra words <<<"$1"
	if [ "$1" = top ]; then # draws over what was there, and does not end
		open_screen "$hawatch" top --socket "$socket" "${with[@]}"
		seen shows_now ' (ACTIVE|BLOCKED_[A-Z_]*|UNKNOWN|DISABLED) +since ' && cp "$scratch/screen" "$scratch/whole"
		return
	fi
	script -qec "stty cols $columns rows $lines; env HAWATCH_PAGER=cat TERM=xterm ${environment-NO_COLOR=1} $(printf '%q ' \
		"$hawatch" --timeout "${patience}s" "${words[@]}" --socket "$socket" "${with[@]}")" /dev/null </dev/null | tr -d '\r' >"$scratch/whole"
	head -n "$lines" "$scratch/whole" >"$scratch/screen"
	[ -s "$scratch/whole" ]
}
keep() {
	[ -z "${SCREENS-}" ] || { mkdir -p "$SCREENS/$1"; cp "$scratch/screen" "$SCREENS/$1/${columns}x$lines-${2// /-}"; }
}

is_narrow() { [ "$(sed 's/ *$//' "$scratch/whole" | wc -L)" -le "$columns" ] || { cat "$scratch/whole"; false; }; }
# What no screen ever shows.
raw=$'\\(null\\)|\e|\\^\\[|\\bnan\\b|%[sdlz]|[0-9]{10}'
is_plain() { ! grep -nE "$raw" "$scratch/whole"; }
# Words that must not be broken: a person searches for them, or pastes them.
whole_words=(matchpoint-runners-2 ControlPlaneFailed RegionOutage NoWinningBids)
is_whole() {
	local word
	for word in "${whole_words[@]}"; do
		# shellcheck disable=SC2001 # a pattern
		! tr -d '\n' <"$scratch/whole" | grep -q "$(sed 's/./& */g' <<<"$word")" || grep -qF -- "$word" "$scratch/whole" ||
			{ echo "$word is broken:"; cat "$scratch/whole"; return 1; }
	done
}
begins_with_status() { grep -qE '^[a-z0-9-]+  (ACTIVE|BLOCKED_[A-Z]+_UNAVAILABLE|UNKNOWN|DISABLED)( |$)' <(head -n 1 "$scratch/screen"); }

# screens NAME: every command, as the world is now.
screens() {
	local command
	for command in "${commands[@]}"; do
		check "$1, $command: is shown" shown "$command"
		keep "$1" "$command"
		check "$1, $command: no wider than $columns columns" is_narrow
		check "$1, $command: nothing raw" is_plain
		check "$1, $command: names are whole" is_whole
		case $command in
		check) check "$1, check: fits the screen" [ "$(wc -l <"$scratch/whole")" -lt 24 ] ;;
		explain* | summary) check "$1, $command: begins with the verdict" begins_with_status ;;
		esac
	done
}

start_sim --poll 'inventory_interval: 300ms' --poll 'pod_interval: 300ms' --set '* max=14'
start_daemon
reaches "at first" ACTIVE
play $one busy=3 idle=2
screens ACTIVE

play $two won=6 nodes=6
play $one listener=off app_sync=OutOfSync app_health=Degraded failed=2
eventually is 4 ha_node_imbalance && eventually is 1 ha_runner_listener side=primary ha_runner_listener=absent
screens imbalance
play $one listener=on app_sync=Synced app_health=Healthy failed=0
play $two won=10 nodes=10

play $two phase=Error health=Unhealthy reason=ControlPlaneFailed
reaches "degraded" ACTIVE UP/serving UP/spot_error
screens degraded

play $two phase=Error health=Unhealthy reason=ControlPlaneFailed fault=refuse
reaches "secondary down" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/spot_error
screens secondary-down
columns=200 lines=60
screens secondary-down
columns=80 lines=24
play $two phase=Ready health=Healthy reason= fault=none
reaches "recovered" ACTIVE

play $one phase=NoWinningBids health=Degraded won=0 nodes=0
reaches "primary down" BLOCKED_PRIMARY_UNAVAILABLE DOWN/no_capacity UP/serving
screens primary-down
play $one phase=Ready health=Healthy won=10 nodes=10
reaches "recovered" ACTIVE

play '*' phase=Error health=Unhealthy reason=RegionOutage fault=refuse
reaches "both down" BLOCKED_BOTH_UNAVAILABLE DOWN/spot_error DOWN/spot_error
screens both-down
play '*' phase=Ready health=Healthy reason= fault=none
reaches "recovered" ACTIVE

lever step_ns 2000000 # a minute is one of the machine's
play $two first_ready=off phase=Provisioning health=Pending age_s=2040 won=4 nodes=0
reaches "provisioning" BLOCKED_SECONDARY_UNAVAILABLE UP/serving PROVISIONING/provisioning
screens provisioning
play $two age_s=9000
eventually is 1 ha_provisioning_stuck side=secondary
screens provisioning-stuck
lever step_ns 20000000
play $two phase=Ready health=Healthy first_ready=on won=10 nodes=10
reaches "built" ACTIVE

check "a window is declared" "$hawatch" maintenance begin primary --for 2h --reason "kernel update" --socket "$socket"
play $one cordoned=all
reaches "maintenance" BLOCKED_PRIMARY_UNAVAILABLE MAINTENANCE/cordoned UP/serving
screens rolling-maintenance
play $one cordoned=none
reaches "uncordoned" ACTIVE
check "the window ends" "$hawatch" maintenance end primary --socket "$socket"

everybody fault=refuse
reaches "blind" UNKNOWN UNKNOWN/no_evidence UNKNOWN/no_evidence
screens UNKNOWN
everybody fault=none
reaches "it sees again" ACTIVE

cp "$config" "$config.enabled"
sed -i "s/^  - name: $pair\$/&\n    enabled: false/" "$config"
reload
reaches "disabled" DISABLED
screens DISABLED
cp "$config.enabled" "$config"

# A second pair, at servers that do not answer: every command needs the name of the pair, and what explain prints has it.
cat >"$scratch/nowhere" <<-END
	clusters: [{name: a, cluster: {server: 'https://127.0.0.1:1'}}, {name: b, cluster: {server: 'https://127.0.0.1:2'}}]
	contexts: [{name: a, context: {cluster: a}}, {name: b, context: {cluster: b}}]
END
cat >>"$config" <<-END
	  - name: aside
	    primary: {cloudspace: a, kubeconfig: $scratch/nowhere, context: a}
	    secondary: {cloudspace: b, kubeconfig: $scratch/nowhere, context: b}
END
check "a second pair: reloaded" "$hawatch" reload --socket "$socket"
with=(--pair prod)
play $one nodes=0
reaches "several pairs, primary down" BLOCKED_PRIMARY_UNAVAILABLE DOWN/no_capacity UP/serving
screens several-pairs
check "several pairs: explain is shown" shown explain
bare_commands() { awk '/^ {4,}hawatch |`hawatch [a-z]|^RUN / && !/--pair prod| \\$/' "$scratch/whole"; }
check "several pairs: each command names the pair" no_lines bare_commands

# In a pipe, and in a locale without UTF-8.
in_a_pipe() {
	LC_ALL=C LANG=C "$hawatch" "$@" --socket "$socket" "${with[@]}" </dev/null >"$scratch/whole" 2>"$scratch/err"
	[ -s "$scratch/whole" ] && is_plain && ! grep -P '\x1b' "$scratch/whole"
}
for command in summary check runners events explain; do
	check "$command: in a pipe" in_a_pipe "$command"
done
stop_daemon
with=()
for command in explain check; do
	check "no daemon, $command: is shown" shown "$command"
	check "no daemon, $command: nothing raw" is_plain
	keep no-daemon "$command"
done
finish
