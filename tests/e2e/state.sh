#!/bin/bash
# State files: a restart neither resolves nor re-fires, and no file, however damaged, misleads or stops anybody.
# usage: state.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"
require sha256sum

fast=("${fast[@]/stale_after: *s/stale_after: 6s}")
folder=$scratch/state
file=$folder/$pair.state

everybody() {
	local target
	for target in '*' spot auth; do play "$target" "$@"; done
}

# Statuses that were seen, one a line, from here to the next watch_end: at every scrape, as often as it goes.
watch_begin() {
	: >"$scratch/seen"
	(
		while :; do
			curl -sS -f --max-time 60 "$url/metrics" 2>/dev/null |
				sed -nE "s/^ha_status\{.*pair=\"$pair\".*ha_status=\"([A-Z_]+)\".* 1\$/\1/p" >>"$scratch/seen"
		done
	) &
	watcher=$!
}
watch_end() { kill "$watcher"; wait "$watcher" 2>/dev/null; }
saw_only() {
	[ -s "$scratch/seen" ] && ! grep -vx "$1" "$scratch/seen" | sort | uniq -c | grep .
}
saw_often() { [ "$(wc -l <"$scratch/seen")" -ge "$1" ]; }

status_since() { value ha_status_since_timestamp_seconds; }
is_saved() { # STATUS STATE_OF_SECONDARY
	jq -e --arg status "$1" --arg state "$2" '.status == $status and .sides.secondary.state == $state' \
		<(head -n 1 "$file") >/dev/null
}
saved_ms() { head -n 1 "$file" | jq .saved_at_ms; }
answered_since_start() { polled 3 $one && polled 3 $two && polled 2 spot; }
order() {
	curl -sS -f --max-time 60 -o /dev/null -G -X POST --unix-socket "$socket" \
		http://hawatch/api/v1/maintenance --data-urlencode "action=$1" --data-urlencode side=primary "${@:2}"
}

# restart HOW NAME STATUS [SIDES]: neither before the first answers nor with them does anything change.
restart() {
	local how=$1 name=$2 status=$3 since changes
	since=$(status_since)
	check "$name: saved" eventually is_saved "$status" "$(sed -E 's|.* ([A-Z]+)/.*|\1|' <<<"${*:4}")"
	"$how"
	start_daemon
	watch_begin
	check "$name: $status at the first scrape" as_expected "$status" "${@:4}"
	check "$name: since when it was" test "$(status_since)" = "$since"
	answered_since_start
	check "$name: the same with fresh answers" as_expected "$status" "${@:4}"
	check "$name: no transition" test "$(sum ha_status_transitions_total)" -eq 0
	watch_end
	check "$name: at every scrape" saw_only "$status"
	check "$name: nothing was told again" is_never_told
}
is_never_told() { ! grep -E 'msg="(HA status|cloudspace state) changed"' "$log"; }

outlives_restarts() {
	local at
	reaches "with a state directory" ACTIVE
	check "the file is ours alone" test "$(stat -c %a "$file")" = 600
	check "it is small" test "$(stat -c %s "$file")" -le 4096
	check "its second line is the first one's SHA-256" test "$(head -n 1 "$file" | head -c -1 | sha256sum | cut -c 1-64)" = "$(tail -n 1 "$file")"
	check "and all there is" test "$(find "$folder" -type f | wc -l)" = 1
	check "it holds no secret" without_secrets "$file"
	restart stop_daemon "SIGTERM while ACTIVE" ACTIVE UP/serving UP/serving
	at=$(saved_ms)
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

# What is held is not for ever: nobody answers, and after stale_after nobody knows.
holds_while_silent() {
	local fault=$1
	play $two nodes=0
	reaches "silence ($fault): an outage" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
	check "silence ($fault): saved" eventually is_saved BLOCKED_SECONDARY_UNAVAILABLE DOWN
	kill_daemon
	everybody fault="$fault"
	start_daemon
	check "silence ($fault): still BLOCKED" as_expected BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
	watch_begin
	check "silence ($fault): UNKNOWN in the end" eventually as_expected UNKNOWN UNKNOWN/no_evidence UNKNOWN/no_evidence
	watch_end
	check "silence ($fault): nothing else on the way" saw_only 'BLOCKED_SECONDARY_UNAVAILABLE\|UNKNOWN'
	check "silence ($fault): asked often" saw_often 5
	everybody fault=none
	play $two nodes=10
	reaches "silence ($fault), mended" ACTIVE
}

windows() {
	order begin --data-urlencode for_seconds=600 --data-urlencode 'reason=new "nodes" \ ü'
	check "a window: saved" eventually grep -q 'new \\"nodes\\" \\\\ ü' "$file"
	kill_daemon
	start_daemon
	check "a window outlives SIGKILL" is 1 ha_maintenance side=primary
	check "and its other side's" is 0 ha_maintenance side=secondary
	stop_daemon
	age 20 # more than stale_after
	start_daemon
	check "an old file: said in the log" eventually logged 'level=warn msg="state file too old for its verdicts.* age_seconds=2[0-9]'
	check "an old file: the verdicts start anew" is_new_or_decided
	check "an old file: the window stands" is 1 ha_maintenance side=primary
	reaches "an old file, and fresh answers" ACTIVE
	check "the window can be ended" order end
	check "its end is saved" eventually grep -q '"primary":{[^}]*"maintenance":null' "$file"
}
is_new_or_decided() { scrape && ! grep -E '^ha_cloudspace_state_held\{.* 1$' "$scratch/metrics"; }

# seal LINE: the file that this line makes.
seal() { printf '%s\n%s\n' "$1" "$(printf %s "$1" | sha256sum | cut -c 1-64)" >"$file"; }
age() { seal "$(head -n 1 "$file" | jq -c ".saved_at_ms -= $1 * 1000")"; }

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
		a bit flipped|checksum is another|sed -i 's/"UP"/"Up"/' "$file"
		cut in the middle|cut or damaged|truncate -s 200 "$file"
		empty|cut or damaged|: >"$file"
		no checksum|cut or damaged|sed -i 2d "$file"
		something behind it|cut or damaged|echo >>"$file"
		binary|cut or damaged|head -c 2000 /dev/urandom >"$file"
		not JSON, well sealed|not JSON|seal '{"version":1'
		a member missing, well sealed|member .*saved_at_ms|seal "$(head -n 1 "$file" | jq -c 'del(.saved_at_ms)')"
		a member twice, well sealed|stands twice|seal "$(head -n 1 "$file" | sed 's/^{/{"version":1,/')"
		a state that is none, well sealed|no word that is known|seal "$(head -n 1 "$file" | jq -c '.sides.primary.state = "GOOD"')"
		another version|of another hawatch|seal "$(head -n 1 "$file" | jq -c '.version = 2')"
		another configuration|another configuration|seal "$(head -n 1 "$file" | jq -c '.fingerprint = "0"')"
		of tomorrow|is dated 8[0-9]* s ahead|age -86400
		too large|larger than 4096 bytes|head -c 5000 /dev/zero >>"$file"
		a folder|not a regular file|rm "$file"; mkdir "$file"
		a pipe|not a regular file|rm "$file"; mkfifo "$file"
	END
	rm -rf "$file"
	cp "$good" "$file"
	check "future by less than a minute: usable" slightly_ahead
	sed -i "s/cloudspace: $two,/cloudspace: $three,/; s/context: $two}/context: $three}/" "$config"
	start_daemon
	check "another cloudspace: ignored" eventually logged 'state file ignored.*another configuration'
	reaches "another cloudspace" ACTIVE
	stop_daemon
	cp "$scratch/config" "$config"
}
slightly_ahead() {
	age -30
	start_daemon
	eventually logged 'msg="state restored"' && stop_daemon
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
	check "no directory: told once" test "$(grep -c 'state not saved' "$log")" = 1
	mv "$folder.away" "$folder"
	play $two nodes=0
	reaches "a directory that came back" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
	check "a directory that came back: told" eventually logged 'level=info msg="state saved again"'
	check "a directory that came back: saved" eventually is_saved BLOCKED_SECONDARY_UNAVAILABLE DOWN
	play $two nodes=10
	reaches "a directory that came back" ACTIVE
	stop_daemon
}

full_and_read_only() {
	if ! mount -t tmpfs -o size=8k,mode=700 tmpfs "$folder" 2>/dev/null; then
		skip "full and read-only file systems: this user may not mount any"
		return
	fi
	start_daemon
	head -c 100000 /dev/zero >"$folder/filler" 2>/dev/null
	play $two nodes=0
	reaches "a full disk" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
	check "a full disk: told" eventually logged 'level=warn msg="state not saved.* error=".*No space'
	rm "$folder/filler"
	mount -o remount,ro "$folder"
	play $two nodes=10
	reaches "a read-only disk" ACTIVE
	check "a read-only disk: the end is clean" stop_daemon
	check "a read-only disk: --config.check says so" says_check 2 'Read-only file system; make it'
	start_daemon
	reaches "a read-only disk from the start" ACTIVE
	stop_daemon
	umount "$folder"
}

# A disk that hangs: whoever writes to it waits until it is thawed.
hanging() {
	truncate -s 2M "$scratch/disk"
	if ! { mkfs.ext4 -q "$scratch/disk" && mount -o loop "$scratch/disk" "$folder"; } 2>/dev/null; then
		skip "a hanging disk: needs mkfs.ext4 and the right to mount"
		return
	fi
	start_daemon
	reaches "a disk that will hang" ACTIVE
	check "a disk that will hang: saved" eventually is_saved ACTIVE UP
	if ! fsfreeze -f "$folder" 2>/dev/null; then
		skip "a hanging disk: fsfreeze is missing or may not"
	else
		lever disk_hangs 1
		play $two nodes=0
		reaches "a hanging disk" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
		play $two nodes=10
		reaches "a hanging disk" ACTIVE
		lever disk_hangs 1
		play $two nodes=0
		reaches "a hanging disk" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
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
	check "--config.check: fine" says_check 0 'is fine'
	sed -i "s|^state_directory: .*|state_directory: $folder.none|" "$config"
	check "--config.check: no such directory" says_check 2 "$folder.none: No such file or directory; make it"
	sed -i "s|^state_directory: .*|state_directory: $config|" "$config"
	check "--config.check: a file" says_check 2 "Not a directory; make it"
	sed -i '/^state_directory/d' "$config"
	rm -f "$file"
	STATE_DIRECTORY=$folder:/nowhere start_daemon
	check "systemd's directory, the first of them" eventually test -s "$file"
	stop_daemon
	rm -f "$file"
	start_daemon
	reaches "without a directory" ACTIVE
	check "without a directory: nothing is written" test ! -e "$file"
	stop_daemon
}

# A mounted folder would stay behind when the script ends early.
trap '{ fsfreeze -u "$folder"; umount "$folder"; } 2>/dev/null; leave' EXIT

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
