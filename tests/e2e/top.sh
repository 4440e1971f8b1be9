#!/bin/bash
# The operator's command on whole screens: the live screen during an outage, the pager, and what must fit a screen.
# With a terminal of tmux, a simulator and a hawatchd.
# usage: top.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"
. tests/e2e/cli_lib.sh
. tests/e2e/screens_lib.sh
top() { open_screen "$hawatch" top --socket "$socket" "$@"; }
top_pid() { pgrep -f "^$hawatch top" -P "$(terminal display -p '#{pane_pid}')"; }
# strip LABEL GLYPHS: the row ends with them.
strip() { on_screen "^$1 +.*$2\$"; }
widest() { [ "$(wc -L <"$scratch/screen")" -eq "$1" ] || { echo "expected $1 columns"; cat "$scratch/screen"; false; }; }

# Small first, and large while it runs.
outage() {
	top
	check "80x24: the status" on_screen '^prod  ACTIVE  since '
	check "80x24: both sides" on_screen '^STATE +UP +UP$'
	check "80x24: what the strip's characters mean" on_screen '^LAST HOUR .*X down \. gap$'
	check "80x24: the events" on_screen ' pair +UNKNOWN -> ACTIVE$'
	check "80x24: is full width, and no wider" widest 80
	play $one listener=off
	check "ACTIVE, but a listener is away: in one line" on_screen '^P2 .*HARunnerListenerDown: primary: no working listener: absent$'
	check "ACTIVE, but a listener is away: no wider" widest 80
	play $one listener=on
	check "the listener is back" off_screen HARunnerListenerDown
	play $two nodes=0
	check "an outage comes: the status" on_screen '^prod  BLOCKED_SECONDARY_UNAVAILABLE  since '
	check "an outage comes: its cause" on_screen 'secondary +UP -> DOWN \(no_capacity\)$'
	check "an outage comes: the side's strip" strip secondary X
	check "an outage comes: the pair's strip" strip status '!'
	check "an outage comes: the head stays" grep -q '^hawatch top ' <(head -n 1 "$scratch/screen")
	resize 200 60
	# No time passes, so it is the new size that brings the picture.
	check "200x60: a cell for each half minute" at_pace 0 on_screen '^secondary  [=?X]{120}$'
	check "200x60: the sides side by side" on_screen '^STATE +UP +DOWN$'
	resize 60 10
	check "60x10: the status stays" at_pace 0 on_screen '^prod  BLOCKED_SECONDARY_UNAVAILABLE'
	check "60x10: the rest has no room" off_screen EVENTS
	resize 80 24
	check "80x24 again" on_screen '^EVENTS'
	check "80x24 again: nothing wider is left" widest 80
}

# The last picture stays while nothing answers.
daemon_ends() {
	resize 80 50
	kill_daemon
	check "the daemon ends: says so" on_screen '^NO ANSWER. Below is the last answer, from .* ago\.$'
	check "the daemon ends: why" on_screen '^cannot reach hawatchd at unix:'
	check "the daemon ends: the last answer stays" on_screen '^STATE +UP +DOWN$'
	play $two nodes=10
	start_daemon
	check "the daemon is back: says no more" off_screen 'NO ANSWER'
	check "the daemon is back: what it says now" on_screen '^prod  ACTIVE'
	check "the daemon is back: nothing is left of the longer picture" off_screen 'UP -> DOWN'
	resize 80 24
}

endings() {
	press q
	check "q: leaves the terminal as it was" at_pace 0 is_restored 0
	top
	on_screen '^prod  ACTIVE' && press C-c
	check "Ctrl-C: leaves the terminal as it was" is_restored 130
	top
	on_screen '^prod  ACTIVE' && kill -TERM "$(top_pid)"
	check "SIGTERM: leaves the terminal as it was" is_restored 143
	stop_daemon
	top
	check "without a daemon: says so" on_screen '^NO ANSWER yet\.$'
	press q
	check "without a daemon: q ends it" is_restored 0
	start_daemon
	reaches "the daemon is back" ACTIVE
}

# By a shell with jobs.
stopped() {
	open_screen env PS1='$ ' bash --norc --noprofile -i
	press "$hawatch top --socket $socket" Enter
	check "before Ctrl-Z" on_screen '^prod  ACTIVE'
	press C-z
	check "Ctrl-Z: the shell is back" on_screen 'Stopped .*hawatch top'
	check "Ctrl-Z: the shell's screen" [ "$(terminal display -p '#{alternate_on} #{cursor_flag}')" = '0 1' ]
	press fg Enter
	check "fg: the picture is back" on_screen '^prod  ACTIVE'
	play $two nodes=0
	check "fg: it lives" on_screen '^prod  BLOCKED_SECONDARY_UNAVAILABLE'
	play $two nodes=10
	check "fg: it lives on" on_screen '^prod  ACTIVE'
	press q
	check "q behind fg: the shell is back" on_screen '^\$ fg'
	press exit Enter
	check "q behind fg: leaves the terminal as it was" is_restored 0
}

colours() {
	environment=A=1 top
	on_screen '^prod  ACTIVE'
	check "with colours: the status has one" look -e
	check "with colours: green" grep -q $'\e\\[32mACTIVE' "$scratch/screen"
	top
	on_screen '^prod  ACTIVE' && look -e
	check "NO_COLOR: none" has_no_colour
}
has_no_colour() { ! grep $'\e\\[[0-9;]*m' "$scratch/screen"; }

# What an outside server says must not reach the terminal raw.
hostile() {
	restore
	change summary '.ha_status_message = "red\u001b[31m title\u001b]0;evil\u0007 \u202eback"
		| .cloudspaces.primary.state_reason = "a\u001b[2Jb"'
	change events '.events[-1].to = "up\u001b[H"'
	start_canned
	open_screen "$hawatch" top --url "$url"
	check "control characters of the message: shown as ?" on_screen 'red\?\[31m title\?\]0;evil\?'
	check "control characters of a reason: shown as ?" on_screen '^REASON +a\?\[2Jb'
	check "control characters of an event: shown as ?" on_screen 'up\?\[H'
	check "the terminal's title stays" [ "$(terminal display -p '#{pane_title}')" != evil ]
	kill "$canned"
}

no_terminal() {
	inside "$hawatch" top --socket "$socket" </dev/null >"$scratch/out" 2>"$scratch/err" &
	wait $!
	code=$?
	check "no terminal: exit code" is_code 2
	check "no terminal: says what to use" says '^hawatch: top needs a terminal; in a pipe use hawatch summary --watch$'
	top -o json
	check "-o json: refused" on_screen "^hawatch: bad --output 'json'; expected table$"
	environment=TERM=dumb top
	check "TERM=dumb: refused" on_screen '^\[2\]$'
}

# A second pair, at servers that do not answer: the worst is first.
pairs() {
	cat >"$scratch/nowhere" <<-END
		clusters: [{name: a, cluster: {server: 'https://127.0.0.1:1'}}, {name: b, cluster: {server: 'https://127.0.0.1:2'}}]
		contexts: [{name: a, context: {cluster: a}}, {name: b, context: {cluster: b}}]
	END
	top --pair none
	check "--pair without such a pair: exit code" is_restored 2
	check "--pair without such a pair: says so" on_screen "^hawatch: no pair 'none'; the only one is prod"
	top --pair prod
	check "--pair: this one" on_screen '^prod  ACTIVE'
	cat >>"$config" <<-END
		  - name: aside
		    primary: {cloudspace: a, kubeconfig: $scratch/nowhere, context: a}
		    secondary: {cloudspace: b, kubeconfig: $scratch/nowhere, context: b}
	END
	check "a second pair: reloaded" "$hawatch" reload --socket "$socket"
	top
	check "two pairs: the worst is chosen" on_screen '^>  aside +(UNKNOWN|BLOCKED)'
	check "two pairs: the other below it" on_screen '^   prod +ACTIVE'
	press n
	check "n: the other is chosen" at_pace 0 on_screen '^>  prod +ACTIVE'
	check "n: and shown" on_screen '^prod  ACTIVE  since'
	check "n: with its events" on_screen ' pair +.* -> ACTIVE$'
	press p
	check "p: the worst again" on_screen '^>  aside'
	press q
	check "two pairs: q ends it" is_restored 0
}

# What an operator sees first of explain, and all of check.
others() {
	open_screen "$hawatch" explain --socket "$socket"
	check "explain: waits in the pager" on_screen "$paged"
	check "explain: its beginning is on the screen" grep -q '^prod' <(head -n 1 "$scratch/screen")
	press q
	check "explain: q leaves the pager" is_restored 0
}
check_fits() {
	open_screen "$hawatch" check --socket "$socket"
	check "check fits 80x24: $1" fits_whole '^(ok|FAIL|UNKNOWN) '
}

start_sim --poll 'inventory_interval: 300ms' --poll 'pod_interval: 300ms'
start_daemon
reaches "at first" ACTIVE
outage
daemon_ends
endings
stopped
colours
no_terminal
check_fits ACTIVE
play $two nodes=0
reaches "the secondary is down" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
check_fits "secondary down"
others
play $one nodes=0
reaches "both are down" BLOCKED_BOTH_UNAVAILABLE DOWN/no_capacity DOWN/no_capacity
check_fits "both down"
play $one nodes=10
play $two nodes=10
reaches "both are back" ACTIVE
pairs
hostile
finish
