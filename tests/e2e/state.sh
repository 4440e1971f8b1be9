#!/bin/bash
# State files: a restart neither resolves nor re-fires, and no file, however damaged, misleads or stops anybody.
# usage: state.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"
require sha256sum

# So long that nothing saved is too old because the script was slow to go on.
fast=("${fast[@]/stale_after: *s/stale_after: 120s}")
folder=$scratch/state
file=$folder/$pair.state

events() { "$asker" get "$url/api/v1/events" | jq -e "$@"; }
# What the journal brings back does not count: note_events before the end, has_no_events after the next start.
seen=0
# An event has the number of its entry in the journal, so numbers have gaps.
note_events() { seen=$(events .total) last=$(events '[.events[].number] | max // 0'); }
has_no_events() { events --argjson seen "$seen" '.total == $seen'; }
statuses_were() { # [FROM,TO] of each change
	local found
	found=$(events -c --argjson last "$last" '.events[] | select(.kind == "status" and .number > $last) | [.from, .to]')
	[ "$found" = "$1" ] || { echo "found $found"; false; }
}
status_since() { value ha_status_since_timestamp_seconds; }
is_saved() { # STATUS STATE_OF_SECONDARY: the present one, not one of before that was called so too
	jq -e --arg status "$1" --arg state "$2" --argjson since "$(status_since)" '.status == $status and
		.sides.secondary.state == $state and (.since_ms / 1000 | floor) == ($since | floor)' <(head -n 1 "$file")
}
saved_ms() { head -n 1 "$file" | jq .saved_at_ms; }
answered_since_start() { polled 3 $one && polled 3 $two && polled 2 spot; }
order() {
	curl -sS -f --max-time 60 -o /dev/null -G -X POST --unix-socket "$socket" \
		http://hawatch/api/v1/maintenance --data-urlencode "action=$1" --data-urlencode side=primary "${@:2}"
}

# restart HOW NAME STATUS [SIDES]: neither before the first answers nor with them does anything change.
restart() {
	local how=$1 name=$2 status=$3 since
	since=$(status_since)
	check "$name: saved" eventually is_saved "$status" "$(sed -E 's|.* ([A-Z]+)/.*|\1|' <<<"${*:4}")"
	note_events
	"$how"
	start_daemon
	check "$name: $status at the first scrape" as_expected "$status" "${@:4}"
	check "$name: since when it was" test "$(status_since)" = "$since"
	check "$name: all are asked anew" answered_since_start
	check "$name: the same with fresh answers" as_expected "$status" "${@:4}"
	check "$name: no transition" test "$(sum ha_status_transitions_total)" -eq 0
	check "$name: no event" has_no_events
	check "$name: nothing was told again" is_never_told
}
is_never_told() { ! grep -E 'msg="(HA status|cloudspace state) changed"' "$log"; }

outlives_restarts() {
	local at
	reaches "with a state directory" ACTIVE
	check "saved" eventually is_saved ACTIVE UP
	check "the file is ours alone" test "$(stat -c %a "$file")" = 600
	check "it is small" test "$(stat -c %s "$file")" -le 4096
	check "its second line is the first one's SHA-256" test "$(head -n 1 "$file" | head -c -1 | sha256sum | cut -c 1-64)" = "$(tail -n 1 "$file")"
	check "and all there is" eventually has_one_file
	check "it holds no secret" without_secrets "$file"
	restart stop_daemon "SIGTERM while ACTIVE" ACTIVE UP/serving UP/serving
	at=$(saved_ms)
	let_pass 1000
	rm "$file"
	stop_daemon
	check "SIGTERM: saved once more, with nothing to tell" test "$(saved_ms)" -gt "$at"
	start_daemon
	restart kill_daemon "SIGKILL while ACTIVE" ACTIVE UP/serving UP/serving
	play $two nodes=0
	reaches "an outage" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
	restart stop_daemon "SIGTERM while BLOCKED" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
	restart kill_daemon "SIGKILL while BLOCKED" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
	play $two nodes=10
	reaches "mended after restarts" ACTIVE
}

has_one_file() { [ "$(find "$folder" -type f ! -name '*.journal' | wc -l)" = 1 ]; }

# What is held is not for ever: nobody answers, and after stale_after nobody knows.
holds_while_silent() {
	local fault=$1 saved
	play $two nodes=0
	reaches "silence ($fault): an outage" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
	check "silence ($fault): saved" eventually is_saved BLOCKED_SECONDARY_UNAVAILABLE DOWN
	note_events
	kill_daemon
	saved=$(saved_ms)
	everybody fault="$fault"
	start_daemon
	check "silence ($fault): still BLOCKED" as_expected BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
	check "silence ($fault): UNKNOWN in the end" at_pace 100000000 \
		eventually as_expected UNKNOWN UNKNOWN/no_evidence UNKNOWN/no_evidence
	check "silence ($fault): nothing else on the way" \
		statuses_were '["BLOCKED_SECONDARY_UNAVAILABLE","UNKNOWN"]'
	# From the evidence on, which is a little older than the file.
	check "silence ($fault): held for as long as stale_after" held_since $((saved / 1000))
	everybody fault=none
	play $two nodes=10
	reaches "silence ($fault), mended" ACTIVE
}
held_since() {
	events --argjson since "$1" '.events[-1].time | sub("[.][0-9]+"; "") | fromdate - $since >= 118'
}

windows() {
	order begin --data-urlencode for_seconds=600 --data-urlencode 'reason=new "nodes" \ ü'
	check "a window: saved" eventually grep -q 'new \\"nodes\\" \\\\ ü' "$file"
	kill_daemon
	start_daemon
	check "a window outlives SIGKILL" is 1 ha_maintenance side=primary
	check "and its other side's" is 0 ha_maintenance side=secondary
	note_events
	stop_daemon
	age 200 # more than stale_after
	start_daemon
	check "an old file: said in the log" eventually logged 'level=warn msg="state file too old; only maintenance windows are restored.* age_seconds=200'
	check "an old file: the verdicts start anew" is_new_or_decided
	check "an old file: the window stands" is 1 ha_maintenance side=primary
	reaches "an old file, and fresh answers" ACTIVE
	check "an old file: from the beginning" statuses_were '["UNKNOWN","ACTIVE"]'
	check "the window can be ended" order end
	check "its end is saved" eventually grep -q '"primary":{[^}]*"maintenance":null' "$file"
}
is_new_or_decided() { scrape && ! grep -E '^ha_cloudspace_state_held\{.* 1$' "$scratch/metrics"; }

# seal LINE: the file that this line makes.
seal() { printf '%s\n%s\n' "$1" "$(printf %s "$1" | sha256sum | cut -c 1-64)" >"$file"; }
# age SECONDS: so old it is now.
age() { seal "$(head -n 1 "$file" | jq -c ".saved_at_ms = ($(now_s) - $1) * 1000")"; }

# One damage a line, and what the log says of it.
damages() {
	local name words damage good
	reaches "before the damage" ACTIVE
	stop_daemon
	good=$scratch/good.state
	cp "$file" "$good"
	while IFS='|' read -r name words damage; do
		rm -rf "$file"
		cp "$good" "$file"
		eval "$damage"
		start_daemon
		check "$name: ignored, and why" eventually logged "level=warn msg=\"state file ignored.* pair=$pair .*error=\".*$words"
		reaches "$name" ACTIVE
		check "$name: never BLOCKED" is_never_blocked 0
		stop_daemon
	done <<-'END'
		a bit flipped|the file is damaged: wrong checksum|sed -i 's/"UP"/"Up"/' "$file"
		cut in the middle|truncated or damaged|truncate -s 200 "$file"
		empty|truncated or damaged|: >"$file"
		no checksum|truncated or damaged|sed -i 2d "$file"
		something behind it|truncated or damaged|echo >>"$file"
		binary|truncated or damaged|head -c 2000 /dev/urandom >"$file"
		not JSON, well sealed|not JSON|seal '{"version":1'
		a member missing, well sealed|member .*saved_at_ms|seal "$(head -n 1 "$file" | jq -c 'del(.saved_at_ms)')"
		a member twice, well sealed|appears twice|seal "$(head -n 1 "$file" | sed 's/^{/{"version":1,/')"
		a state that is none, well sealed|is not a known word|seal "$(head -n 1 "$file" | jq -c '.sides.primary.state = "GOOD"')"
		another version|written by another version of hawatch|seal "$(head -n 1 "$file" | jq -c '.version = 1')"
		a cloudspace without a name, well sealed|member .*cloudspace|seal "$(head -n 1 "$file" | jq -c 'del(.sides.primary.cloudspace)')"
		of tomorrow|is dated 86[34][09][09] s in the future|age -86400
		too large|larger than 8192 bytes|head -c 9000 /dev/zero >>"$file"
		a folder|not a regular file|rm "$file"; mkdir "$file"
		a pipe|not a regular file|rm "$file"; mkfifo "$file"
	END
	rm -rf "$file"
	cp "$good" "$file"
	check "future by less than a minute: usable" slightly_ahead
	sed -i "s/cloudspace: $two,/cloudspace: $three,/; s/context: $two}/context: $three}/" "$config"
	start_daemon
	check "another cloudspace: its state is not the other's" \
		as_expected UNKNOWN UP/serving UNKNOWN/starting
	check "another cloudspace: said in the log" \
		eventually logged "saved state of a cloudspace that the pair no longer has; not restored.* side=secondary cloudspace=$two"
	reaches "another cloudspace" ACTIVE
	stop_daemon
	cp "$scratch/config" "$config"
}
slightly_ahead() {
	age -30
	start_daemon
	eventually logged 'msg="state restored".* age_seconds=-(29|30)' && stop_daemon
}

# Nothing that a disk does keeps anybody from deciding; what fails is told once, and mended without a restart.
failing_directories() {
	start_daemon
	reaches "a directory that goes" ACTIVE
	mv "$folder" "$folder.away"
	play $two nodes=0
	reaches "no directory" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
	check "no directory: told" eventually logged 'level=warn msg="state not saved.* error=".*No such file'
	play $two nodes=10
	reaches "no directory" ACTIVE
	mv "$folder.away" "$folder"
	play $two nodes=0
	reaches "a directory that came back" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
	check "a directory that came back: told" eventually logged 'level=info msg="state saved again"'
	check "no directory: told once" test "$(grep -c 'state not saved' "$log")" = 1
	check "a directory that came back: saved" eventually is_saved BLOCKED_SECONDARY_UNAVAILABLE DOWN
	play $two nodes=10
	reaches "a directory that came back" ACTIVE
	stop_daemon
	mv "$folder" "$folder.away"
	start_daemon
	reaches "no directory from the start" ACTIVE
	check "no directory from the start: since when nothing is saved" sum ha_state_saved_timestamp_seconds
	stop_daemon
	mv "$folder.away" "$folder"
}

full_and_read_only() {
	if ! mount -t tmpfs -o size=16k,mode=700 tmpfs "$folder" 2>/dev/null; then
		skip "full and read-only file systems: this user may not mount any"
		return
	fi
	start_daemon
	reaches "a disk that will be full" ACTIVE
	check "a disk that will be full: saved" eventually is_saved ACTIVE UP
	head -c 100000 /dev/zero >"$folder/filler" 2>/dev/null
	play $two nodes=0
	reaches "a full disk" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
	check "a full disk: told" eventually logged 'level=warn msg="state not saved.* error=".*No space'
	rm "$folder/filler"
	check "a read-only disk: is one" until_true mount -o remount,ro "$folder" # not while it is written to
	play $two nodes=10
	reaches "a read-only disk" ACTIVE
	check "a read-only disk: the end is clean" stop_daemon
	check "a read-only disk: --config.check says so" says_check 2 "Read-only file system; create a directory that hawatchd's user can write to"
	start_daemon
	reaches "a read-only disk from the start" ACTIVE
	stop_daemon
	umount "$folder"
}

# A disk that hangs: whoever writes to it waits until it is thawed.
hanging() {
	local before
	truncate -s 2M "$scratch/disk"
	if ! { mkfs.ext4 -q "$scratch/disk" && mount -o loop "$scratch/disk" "$folder"; } 2>/dev/null; then
		skip "a hanging disk: needs mkfs.ext4 and the right to mount"
		return
	fi
	start_daemon
	reaches "a disk that will hang" ACTIVE
	check "a disk that will hang: saved" eventually is_saved ACTIVE UP
	before=$(sha256sum <"$file")
	if ! fsfreeze -f "$folder" 2>/dev/null; then
		skip "a hanging disk: fsfreeze is missing or may not"
	else
		lever disk_hangs 1
		play $two nodes=0
		reaches "a hanging disk" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
		play $two nodes=10
		reaches "a hanging disk" ACTIVE
		play $two nodes=0
		reaches "a hanging disk" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
		check "a hanging disk: nothing is saved" test "$(sha256sum <"$file")" = "$before"
		fsfreeze -u "$folder"
		lever disk_hangs 0
		check "a disk that woke: the newest is saved" eventually is_saved BLOCKED_SECONDARY_UNAVAILABLE DOWN
		play $two nodes=10
		reaches "a disk that woke" ACTIVE
	fi
	stop_daemon
	umount "$folder"
}

says_check() { # CODE WORDS
	"$build/hawatchd" --config.file="$config" --config.check >"$scratch/said" 2>&1
	local code=$?
	[ "$code" -eq "$1" ] && grep -qF -- "$2" "$scratch/said" || { echo "exit status $code"; cat "$scratch/said"; false; }
}

# Where the directory comes from.
directories() {
	check "--config.check: fine" says_check 0 'configuration is valid'
	sed -i "s|^state_directory: .*|state_directory: $folder.none|" "$config"
	check "--config.check: no such directory" says_check 2 "$folder.none: No such file or directory; create a directory that hawatchd's user can write to"
	sed -i "s|^state_directory: .*|state_directory: $config|" "$config"
	check "--config.check: a file" says_check 2 "Not a directory; create a directory that hawatchd's user can write to"
	sed -i '/^state_directory/d' "$config"
	rm -f "$file"
	STATE_DIRECTORY=$folder:/nowhere start_daemon
	check "systemd's directory, the first of them" eventually test -s "$file"
	stop_daemon
	rm -f "$file"
	start_daemon
	reaches "without a directory" ACTIVE
	stop_daemon
	check "without a directory: nothing is written" test ! -e "$file"
}

# A mounted folder would stay behind when the script ends early, with a daemon that still writes to it.
trap '{ fsfreeze -u "$folder"; umount -l "$folder"; } 2>/dev/null; leave' EXIT

three=matchpoint-runners-3
mkdir -m 700 "$folder"
start_sim --pairs=2
sed -i '/^  - name: prod-2/,$d' "$config" # its cloudspaces are there for somebody else
echo "state_directory: $folder" >>"$config"
cp "$config" "$scratch/config"
start_daemon
outlives_restarts
holds_while_silent stall
holds_while_silent refuse
windows
damages
failing_directories
full_and_read_only
hanging
directories
check "every line of the log is logfmt" is_logfmt
finish
