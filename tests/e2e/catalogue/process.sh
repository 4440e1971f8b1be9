#!/bin/bash
# The fault catalogue, the process and its disk: files, descriptors, memory, a loop that is stuck.
# usage: process.sh [BUILD_FOLDER [representative]]
set -u
group=process
. "$(dirname "$0")/rows.sh"
require ss prlimit sha256sum

token_file=$sim/$primary.token
folder=$scratch/state
file=$folder/$pair.state

# The daemon: with what can fail in it, a state directory and somebody who waits for its watchdog's words.
failing=$preload:$build/test-faults.so
begin_daemon() {
	NOTIFY_SOCKET=$scratch/notify WATCHDOG_USEC=1000000 preload=$failing start_daemon
}
# Whatever state was left, or SETTINGs, must not decide what the next daemon begins with.
restart_with() {
	is_gone "$daemon" || stop_daemon
	rm -f "$file"
	with_poll "$@"
	begin_daemon
	eventually as_expected $same >"$scratch/begun"
}
# stale_soon: the row begins with this daemon.
stale_soon() {
	restart_with stale_after=3s
	begin_anew
}
restarts() {
	begin_daemon
	stands >"$scratch/first"
	begin_anew
}

# Over a connection that stands since before there were no more.
scrape() {
	[ -n "${wire-}" ] || { curl -sS -f --max-time 60 -o "$scratch/metrics" "$url/metrics"; return; }
	local line len=
	printf 'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n' >&"$wire" || return
	while IFS= read -r -t "$patience" line <&"$wire" && [ "$line" != $'\r' ]; do
		[[ ${line,,} != content-length:* ]] || len=${line//[!0-9]/}
	done
	[ -n "$len" ] && timeout "$patience" head -c "$len" <&"$wire" >"$scratch/metrics"
}

# Credentials.

# Empty, half and whole in turn, as often as it goes: a half that was read is refused and read again.
rewrite_tokens() { flowing rewrite_until_polled; }
rewrite_until_polled() {
	local token i
	token=$(cat "$token_file")
	until is_more 20 ha_polls_total source=nodes "pair=$pair" side=primary; do
		for i in {1..50}; do
			: >"$token_file"
			printf '%s' "${token:0:10}" >>"$token_file"
			printf '%s\n' "${token:10}" >>"$token_file"
		done
	done >"$scratch/rewritten"
}
huge_token() { head -c 10485760 /dev/zero | tr '\0' x >"$token_file"; }
keeps_old() { [ "$(more ha_poll_errors_total source=nodes)" -eq 0 ]; }

# State.

order() {
	curl -sS -f --max-time 60 -o "$scratch/order" -G -X POST --unix-socket "$socket" \
		http://localhost/api/v1/maintenance --data-urlencode "action=$1" --data-urlencode side=primary "${@:2}"
}
begin_window() { order begin --data-urlencode for_seconds=600 --data-urlencode reason=test; }
is_saved() { jq -e '.status == "ACTIVE"' <(head -n 1 "$file") >"$scratch/saved"; }
# In the middle: all is written, nothing is durable. What never came to the disk is lost.
die_while_saving() {
	eventually is_saved || return
	cp "$file" "$scratch/old.state"
	lever held_saves 1
	begin_window
	until_true test -s "$folder/.$pair.state.new" || return
	kill_daemon
	cmp "$file" "$scratch/old.state" || return
	truncate -s 100 "$folder/.$pair.state.new"
	lever held_saves 0
	restarts
}
is_old_state() { grep "^ACTIVE " "$scratch/first" && is 0 ha_maintenance side=primary && [ ! -e "$folder/.$pair.state.new" ]; }
# lying_state [sealed]: in it the primary is DOWN, and its checksum is true only if sealed, as tomorrow's.
lying_state() {
	eventually is_saved || return
	stop_daemon
	local sum line
	sum=$(tail -n 1 "$file")
	line=$(head -n 1 "$file" | jq -c '.status = "BLOCKED_PRIMARY_UNAVAILABLE" | .sides.primary.state = "DOWN"
		| .sides.primary.reason = "no_capacity" | .saved_at_ms += 86400000')
	[ $# -eq 0 ] || sum=$(printf %s "$line" | sha256sum | cut -c 1-64)
	printf '%s\n%s\n' "$line" "$sum" >"$file"
	restarts
}
is_not_believed() { ! grep BLOCKED "$scratch/first" && ! said "state restored" >"$scratch/believed"; }
fill_disk() {
	head -c 100000 /dev/zero >"$folder/filler" 2>"$scratch/full"
	begin_window
}
# The next change is saved again, and all there is with it.
empty_disk() {
	rm "$folder/filler"
	order end
	note_problem eventually said "state saved again"
	note_problem eventually is_saved
}

# Descriptors.

outgoing() { ss -Htnp state established | grep -F "pid=$daemon," | grep -v "127.0.0.1:${url##*:} "; }
# The least number that a connection to be has: none that is open is closed by it, nor can any be opened again.
few_descriptors() {
	local n fd
	exec {wire}<>"/dev/tcp/127.0.0.1/${url##*:}"
	scrape
	n=$(outgoing | sed -n 's/.*,fd=\([0-9]*\)).*/\1/p' | sort -n | head -n 1)
	[ -n "$n" ] || return
	for ((fd = 3; fd < n; fd++)); do [ -e "/proc/$daemon/fd/$fd" ] || n=$fd; done
	prlimit --pid "$daemon" --nofile="$n:"
	scrape
	cp "$scratch/metrics" "$scratch/before.$no" # what is cut from here on
}
is_short() {
	is_more 5 ha_poll_errors_total source=nodes "pair=$pair" side=primary reason=internal &&
		said "reason=internal error=.*Too many open files"
}
cut_primary() {
	play "$primary" fault=refuse
	play "$primary" fault=none
}

# Memory. The allocations that fail are spread over all there are, close together where things begin.

# begin_failing: as begin_daemon, but it need not come to anything.
begin_failing() {
	local port=$((10000 + RANDOM % 20000))
	lever allocations 0
	lever fail_at "$1"
	: >"$log"
	url=http://127.0.0.1:$port
	preload=$failing inside "$build/hawatchd" --config.file="$config" \
		--web.listen-address="127.0.0.1:$port" --web.control-socket="$socket" 2>>"$log" >>"$log" &
	daemon=$!
	servers+=("$daemon")
}
# dies_or_lasts: of its failure, or it has had it and is none the worse.
dies_or_lasts() {
	is_gone "$daemon" || { [ "$(lever allocations)" -gt "$(lever fail_at)" ] && as_expected $same; }
}
# survive ALLOCATION: death is an exit that says what is missing; nobody is called BLOCKED.
survive() {
	local code=0
	until_true dies_or_lasts >"$scratch/lasts" || { echo "neither dead nor well"; cat "$scratch/lasts"; return 1; }
	! grep "HA status changed.* to=BLOCKED" "$log" || return
	tries=$((tries + 1))
	is_gone "$daemon" || return 0
	{ wait "$daemon" || code=$?; } 2>"$scratch/died"
	deaths=$((deaths + 1))
	case $code in 1 | 2) ;; *) echo "exit status $code"; tail -n 3 "$log"; return 1 ;; esac
	grep -qi "memory" "$log" || { echo "it ended, and did not say why"; tail -n 3 "$log"; return 1; }
}
noted_survival() { survive >"$scratch/survived" || { problem[$no]="allocation $1: $(cat "$scratch/survived")"; false; }; }
end_failing() {
	lever fail_at 0
	is_gone "$daemon" || kill_daemon
	restarts
}
allocations_fail_at_start() {
	local n all
	lever allocations 0
	restart_with
	all=$(lever allocations)
	stop_daemon
	tries=0 deaths=0
	for ((n = 1; n <= all; n += n / 3 + 1)); do
		rm -f "$file"
		begin_failing $n
		noted_survival $n || break
		is_gone "$daemon" || kill_daemon
	done
	rm -f "$file"
	end_failing
}
allocations_fail_later() {
	local n
	tries=0 deaths=0
	for ((n = 1; n <= 5000; n += n / 2 + 1)); do
		! is_gone "$daemon" || { lever fail_at 0; rm -f "$file"; begin_daemon; eventually as_expected $same >"$scratch/begun"; }
		lever fail_at $(($(lever allocations) + n))
		noted_survival $n || break
	done
	rm -f "$file"
	end_failing
}
# Some die of it, or nothing was tried.
is_deadly() { [ "$tries" -ge 15 ] && [ "$deaths" -ge 1 ] || { echo "$deaths deaths of $tries"; false; }; }

# The poll loop.

health() { curl -sS --max-time 60 -o "$scratch/health" -w '%{http_code}' "$url/healthz"; }
is_health() { [ "$(health)" = "$1" ] || { cat "$scratch/health"; false; }; }
barks() { grep -cx WATCHDOG=1 "$scratch/notes"; }
has_barked() { [ "$(barks)" -gt "$1" ]; }
# Nobody barks while the server says that the loop does not turn.
get_stuck() {
	local before
	eventually has_barked "$(barks)" || return
	is_health 200 || return
	lever stuck 1
	before=$(barks)
	eventually is_health 503 || return
	[ "$(barks)" -le $((before + 1)) ] || return
	barks_stuck=$(barks)
	lever stuck 0
}
is_watched() { is_health 200 && has_barked "$barks_stuck" && said "poll loop delayed or machine suspended"; }

# The loop turns, and the watchdog is quiet nevertheless: nobody is answered.
get_stuck_serving() {
	eventually has_barked "$(barks)" || return
	lever stuck 2
	let_pass 20000
	barks_stuck=$(barks)
	let_pass 5000
	[ "$(barks)" -eq "$barks_stuck" ] || { echo "it barks"; return 1; }
	lever stuck 0
}
# The loop turns, and no answer reaches it.
get_stuck_rounds() {
	eventually has_barked "$(barks)" || return
	lever stuck 3
	eventually is_health 503 || return
	barks_stuck=$(barks)
	let_pass 5000
	[ "$(barks)" -eq "$barks_stuck" ] || { echo "it barks"; return 1; }
}
serves_again() { is_health 200 && has_barked "$barks_stuck"; }

reload_badly() {
	cp "$config" "$scratch/good.yaml"
	echo "pairs: [" >>"$config"
	reload
}

mend() {
	lever stuck 0
	[ ! -e "$scratch/good.yaml" ] || { mv "$scratch/good.yaml" "$config"; reload; eventually is 1 ha_config_last_reload_successful; }
	printf '%s\n' "$token" >"$token_file"
	if [ -n "${wire-}" ]; then
		prlimit --pid "$daemon" --nofile="$files:"
		exec {wire}>&-
		wire=
		eventually scrape
	fi
	[ "$no" != 47 ] || empty_disk
}
# What was turned for one row is not for the next.
one_of_process() {
	if [ "$no" = 47 ] && ! mount -t tmpfs -o size=8k,mode=700 tmpfs "$folder" 2>"$scratch/mount"; then
		skip_row "this user may not mount a small disk"
		return
	fi
	restart_with stale_after=1m
	one_row
	[ "$no" != 47 ] || { stop_daemon; umount "$folder"; }
}

trap 'umount "$folder" 2>"$scratch/mount"; leave' EXIT
mkdir -m 700 "$folder"
"$tool" notify "$scratch/notify" >"$scratch/notes" &
servers+=($!)
start_sim --nodes 3
echo "state_directory: $folder" >>"$config"
token=$(cat "$token_file")
files=$(ulimit -n)
begin_daemon
until_true as_expected $same >"$scratch/begun" || give_up "the pair does not become ACTIVE" "$log"
each_row one_of_process
stop_daemon
