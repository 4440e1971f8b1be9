#!/bin/bash
# The whole machine: what it may refuse to the daemon, one call after another of machine.table, and what comes of it.
# machine_start.sh goes through every call of a start.
# usage: machine.sh [BUILD_FOLDER [representative|all [FUNCTION|MEANWHILE]]]
set -u
. "$(dirname "$0")/lib.sh"
require sha256sum
story= # a row says nothing about the next one
only_representative=${2-all} only_function=${3-}
table=tests/e2e/machine.table
tool=$build/test-tool
[ -x "$tool" ] || { echo "$0: no $tool; run make unit first" >&2; exit 2; }
readonly same='ACTIVE UP/serving UP/serving'
file=$scratch/state/$pair.state
plugin=$scratch/plugin
wire=

fault() { "$world" fault "$levers" "$@"; }
hits() { "$world" hits "$levers"; }
is_hit() { [ "$(hits)" -gt 0 ]; }

# What is done meanwhile.

polls() { polled 4 "$one" && polled 4 "$two" && polled 2 spot; }
scrapes() {
	local i
	for i in {1..5}; do scrape; curl -sS -o "$scratch/page" "$url/"; done 2>"$scratch/scrapes"
	scrape
}
# Somebody connects, and is not in a hurry.
knock() {
	curl -sS -f --max-time 60 -o "$scratch/knock" "$url/healthz" 2>"$scratch/knock.err" &
	knocker=$!
	until_true is_hit
	settle
}
answers() { is_gone "$knocker" && wait "$knocker"; }
knock_in_time() {
	knock
	let_pass 2000
}
# A connection that stays, as Prometheus keeps one.
keep_one() {
	exec {wire}<>"/dev/tcp/127.0.0.1/${url##*:}"
	printf 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n' >&"$wire"
	IFS= read -r -t "$patience" _ <&"$wire"
}
reconnect() {
	everybody fault=refuse
	everybody fault=none
	polls
}
rotate() {
	local file
	for file in "$one" "$two"; do
		cat "$sim/$file.token" >"$scratch/token" && cp "$scratch/token" "$sim/$file.token"
	done
	polls
}
touch_config() { touch "$sim/kubeconfig" && polls; }
reload_now() {
	reload
	until_true tells_reload
	settle
}
tells_reload() { log_since | grep -qE "configuration (reloaded|not reloaded)" || is_reload_told; }
is_reload_told() { [ "$(value ha_config_last_reload_success_timestamp_seconds)" != "$reloaded_at" ]; }
new_plugin() {
	plugins=$((plugins + 1))
	sed "s/args: .*/args: ['$plugins']/" "$sim/kubeconfig" >"$scratch/kubeconfig" && cp "$scratch/kubeconfig" "$sim/kubeconfig"
	until_true has_run "$plugins"
	polls
}
has_run() { grep -qx "$1" "$scratch/runs"; }
order() {
	curl -sS -f --max-time 60 -o "$scratch/order" -G -X POST --unix-socket "$socket" \
		http://localhost/api/v1/maintenance --data-urlencode "action=$1" --data-urlencode side=primary "${@:2}"
}
save() {
	cp "$file" "$scratch/old.state"
	order begin --data-urlencode for_seconds=600 --data-urlencode reason=test
	until_true is_hit
	settle
	cp "$file" "$scratch/then.state"
}
# The failure was told once, what it kept back was written after it, and no line is missing or there twice.
is_journal_whole() {
	eventually said 'journal written again' && settle &&
		jq -es '[.[].number] | . == [range(.[0]; .[0] + length)]' "$scratch/state/$pair.journal" ||
		{ jq -c '[.number, .kind]' "$scratch/state/$pair.journal" | tail -n 5; false; }
}
notified() { until_true has_noted "$1"; }
has_noted() { [ "$(grep -cx "$1" "$scratch/notes")" -gt "$notes" ]; }

# What comes of it.

log_since() { tail -n +$((before_line + 1)) "$log"; }
said() { log_since | grep -qE -- "$1" || { echo "not in the log: $1"; log_since | tail -n 5; false; }; }
not_said() { ! said "$1" >"$scratch/said" || { log_since | grep -E -- "$1"; false; }; }
# Of a call that fails again and again: it is not made again and again.
is_calm() { [ "$(hits)" -lt 100 ] || { echo "it spins: $(hits) calls"; false; }; }
refused() { said "configuration not reloaded, keeping the old one.*$1"; }
failed_by() { said "level=warn.*reason=$1.*$2"; }
all_asked() { [ "$(sum ha_poll_errors_total source=nodes)" = "$errors" ] || { echo "polls failed"; log_since | tail -n 5; false; }; }
keeps_old_state() { cmp "$file" "$scratch/old.state"; }
# A connection may be kept, or not; everything else is as it was.
descriptors() { find "/proc/$daemon/fd" -mindepth 1 -printf '%l\n' | grep -c "$@" socket:; }
no_leak() {
	[ "$(descriptors -v)" -le "$files" ] && [ "$(descriptors)" -le $((sockets + 3)) ] ||
		{ echo "before $files files and $sockets sockets, now:"; ls -l "/proc/$daemon/fd"; false; }
}
is_honest() { is_never_blocked 0 || { log_since | grep "HA status changed"; false; }; }
is_alive() { ! is_gone "$daemon" || { wait "$daemon"; echo "the daemon has ended, exit status $?"; log_since | tail -n 5; false; }; }

begin() {
	is_alive >"$scratch/alive" || { start_failing; }
	flowing until_true as_expected $same >"$scratch/begun" || give_up "the pair does not become ACTIVE" "$log"
	before_line=$(wc -l <"$log")
	errors=$(sum ha_poll_errors_total source=nodes)
	reloaded_at=$(value ha_config_last_reload_success_timestamp_seconds)
	notes=$(grep -cx READY=1 "$scratch/notes")
	files=$(descriptors -v)
	sockets=$(descriptors)
}
# The failures end, and what was done for the row.
mend() {
	fault off >"$scratch/off"
	let_pass 200 # a pause of whoever accepts
	[ -z "$wire" ] || { exec {wire}>&-; wire=; }
	[ ! -e "$scratch/old.state" ] || { rm "$scratch/old.state"; order end; }
}
# row FUNCTION ERROR OPTIONS MEANWHILE OUTCOME
row() {
	local options meanwhile=$4
	read -r -a options <<<"$3"
	begin
	fault "$1" "$2" "${options[@]}" || return
	eval "$meanwhile"
	is_alive || return
	is_hit || { echo "nothing failed"; return 1; }
	[ -z "$5" ] || eval "$5" || { mend; return 1; }
	mend
	eventually as_expected $same && is_honest && is_alive && eventually no_leak
}

# The control socket is still there. Before the failure is set: it is not for the calls of this daemon.
end_as_a_crash() { is_gone "$daemon" || kill_daemon || true; }
# A start under the failure.
start_anew() {
	local port=$((10000 + RANDOM % 20000))
	: >"$log"
	before_line=0 errors=0 notes=0
	url=http://127.0.0.1:$port
	NOTIFY_SOCKET=$scratch/notify WATCHDOG_USEC=1000000 preload=$failing inside "$build/hawatchd" --config.file="$config" \
		--web.listen-address="127.0.0.1:$port" --web.control-socket="$socket" 2>>"$log" >>"$log" &
	daemon=$!
	servers+=("$daemon")
	: >"$scratch/notes"
}
has_ended_or_begun() { is_gone "$daemon" || as_expected $same >"$scratch/begun" 2>&1; }
# ends TEXT: with exit status 1 or 2, and says why.
ends() {
	local code
	until_true is_gone "$daemon" || { echo "it still runs"; return 1; }
	wait "$daemon"
	code=$?
	[ $code -eq 1 ] || [ $code -eq 2 ] || { echo "exit status $code"; cat "$log"; return 1; }
	grep -qE -- "$1" "$log" || { echo "it did not say: $1"; cat "$log"; false; }
}
is_port_taken() { [ "$1" != bind ] && [ "$1" != listen ] && grep -q "127.*Address already in use" "$log"; }
goes_on() { eventually as_expected $same && is_alive; }
# start_row FUNCTION ERROR OPTIONS OUTCOME
start_row() {
	local options result
	read -r -a options <<<"$3"
	[ -S "$socket" ] || { is_alive && stop_daemon; start_failing; } >"$scratch/before"
	is_gone "$daemon" || eventually test -s "$file"
	until end_as_a_crash && fault "$1" "$2" "${options[@]}" && start_anew && until_true has_ended_or_begun && ! is_port_taken "$1"; do :; done
	is_hit || { echo "nothing failed"; return 1; }
	eval "$4"
	result=$?
	fault off >"$scratch/off"
	[ $result -eq 0 ] || return
	is_gone "$daemon" || { eventually as_expected $same && is_honest; }
}

each_row() {
	local function error options star meanwhile outcome
	while IFS='|' read -r function error options star meanwhile outcome <&4; do
		[ "$only_representative" = all ] || [ -n "${star// /}" ] || continue
		[ -z "$only_function" ] || [ "$only_function" = "$(sed 's,^ *,,; s, *$,,' <<<"$meanwhile")" ] || [ "${function// /}" = "$only_function" ] || continue
		meanwhile=$(sed 's,^ *,,; s, *$,,' <<<"$meanwhile")
		function=${function// /} error=${error// /}
		if [ "$meanwhile" = start ]; then
			check "$function $error ${options//  /}: start" start_row "$function" "$error" "$options" "$outcome"
			continue
		fi
		check "$function $error ${options//  /}: $meanwhile" \
			row "$function" "$error" "$options" "$meanwhile" "$outcome"
	done 4< <(grep -v '^#' "$table" | grep .)
}

start_failing() {
	NOTIFY_SOCKET=$scratch/notify WATCHDOG_USEC=1000000 preload=$failing start_daemon
}
write_plugin() {
	cat >"$plugin" <<-END
		#!/bin/bash
		echo "\$1" >>$scratch/runs
		if [ -e $scratch/fails ]; then rm $scratch/fails; echo no luck >&2; exit 3; fi
		printf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"%s"}}\n' "\$(cat $sim/$two.token)"
	END
	chmod +x "$plugin"
	awk -v plugin="$plugin" '{ n += /tokenFile:/ }
		n == 2 && /tokenFile:/ { print "    exec: {apiVersion: client.authentication.k8s.io/v1, command: " plugin ", interactiveMode: Never,"; print "      args: [\x270\x27]"; print "    }"; next } { print }' \
		"$sim/kubeconfig" >"$scratch/kubeconfig" && cp "$scratch/kubeconfig" "$sim/kubeconfig"
	sed -i "s/\(secondary: {.*\)}/\1, allow_exec: true}/; s/stale_after: .*/stale_after: 1m/" "$config"
	: >"$scratch/runs"
}

most_files() {
	local hard
	hard=$(ulimit -H -n)
	[ "$hard" != unlimited ] && [ "$hard" -lt 65536 ] && echo "$hard" || echo 65536
}

failing=$preload:$build/test-faults.so
plugins=0
mkdir -m 700 "$scratch/state"
"$tool" notify "$scratch/notify" >"$scratch/notes" &
servers+=($!)
start_sim --nodes 3
write_plugin
echo "state_directory: $scratch/state" >>"$config"
sed -i "s,^poll:,&\n  anchors: [https://$(hostname):9/]," "$config" # a name, to be looked up
ulimit -S -n 256
start_failing
check "the daemon may open as many files as the hard limit allows, 65536 at most" \
	is "$(most_files)" process_max_fds
each_row
# begun_as WHAT: the daemon, by what begins programs in another way than a shell does.
begun_as() {
	url=http://127.0.0.1:$((10000 + RANDOM % 20000))
	is_gone "$daemon" || stop_daemon
	: >"$log"
	"$1" "$build/hawatchd" --config.file="$config" --web.listen-address="${url#http://}" --web.control-socket="$socket" \
		2>>"$log" >>"$log" &
	daemon=$!
	servers+=("$daemon")
	flowing eventually as_expected $same
}
without_children() { LD_PRELOAD=$failing TEST_LEVERS=$levers exec env --ignore-signal=CHLD "$@"; }
without_files() { LD_PRELOAD=$failing TEST_LEVERS=$levers exec "$@" <&- >&- 2>&-; }
has_files() {
	local fd
	for fd in 0 1 2; do [ "$(readlink "/proc/$daemon/fd/$fd")" = /dev/null ] || { ls -l "/proc/$daemon/fd"; return 1; }; done
}
# A plugin runs, and is not killed.
runs_plugin() {
	begin
	new_plugin
	not_said "cannot be read|killed|ended by signal" && eventually as_expected $same
}
sees_plugins_end() {
	begin
	polls # what was restored is ACTIVE before the plugin has run
	: >"$scratch/fails"
	new_plugin
	said "credential plugin: .*: exit status 3: no luck" && runs_plugin
}
# Each of the first allocations of a round fails in turn: the daemon ends and says why, or a poll fails. None is sent
# without its credential, its CA or its URL.
polls_without_memory() {
	local n
	for n in {1..40}; do
		begin
		play "$one" fault=refuse # the next requests need all of it
		play "$one" fault=none
		lever fail_at $(($(lever allocations) + n))
		flowing until_true has_run_short
		lever fail_at 0
		! log_since | grep -E "error=\"HTTP status 401|No URL|local issuer" || { echo "allocation $n"; return 1; }
		is_gone "$daemon" && ends "out of memory" || goes_on || return
	done
}
has_run_short() { is_gone "$daemon" || [ "$(lever allocations)" -gt $(($(lever fail_at) + 1000)) ]; }
# The same while somebody asks for every page; nobody gets half of one.
answers_without_memory() {
	local n path
	for n in {1..45}; do
		begin
		lever fail_at $(($(lever allocations) + n))
		for path in /metrics / /api/v1/summary /healthz /nowhere; do
			curl -sS -o "$scratch/answer" "$url$path" 2>"$scratch/curl"
		done
		lever fail_at 0
		is_gone "$daemon" && ends "out of memory" || goes_on || { echo "allocation $n"; return 1; }
	done
}
if [ "$only_representative" = all ] && [ "${only_function:-memory}" = memory ]; then
	check "out of memory in an answer" answers_without_memory
	check "out of memory in a request" polls_without_memory
fi

if [ -z "$only_function" ] || [ "$only_function" = inherited ]; then
	check "begun with SIGCHLD ignored" begun_as without_children
	check "begun with SIGCHLD ignored: a plugin runs, and the end of one that fails is seen" sees_plugins_end
	check "begun without stdin, stdout and stderr" begun_as without_files
	check "begun without them: /dev/null takes their place" has_files
	check "begun without them: a plugin runs" runs_plugin
	stop_daemon
	start_failing
fi

fault off >"$scratch/off"
begin
check "no secret is in the log" without_secrets "$log"
check "the daemon ends" stop_daemon
finish
