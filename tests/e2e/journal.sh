#!/bin/bash
# The journal: an outage that the daemon did not survive is told whole, and nothing that a disk, a crash or another
# daemon does to its files loses more than what was not yet written, or misleads anybody.
# usage: journal.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"
require python3

folder=$scratch/state
file=$folder/$pair.journal

hawatch() { HAWATCH_PAGER='' "$build/hawatch" --socket "$socket" "$@"; }
incidents() { "$asker" get "$url/api/v1/incidents" | jq "$@"; }
says() { # FILTER: true of the document of incidents
	incidents -e "$1" >"$scratch/said" || { incidents -c 'del(.events, .availability)'; false; }
}
events() { "$asker" get "$url/api/v1/events" | jq -c '.events[] | [.kind, .side, .from, .to]'; }
kinds() { jq -r .kind "$file"; }
has_line() { grep -q -- "$1" "$file" || { cat "$file"; false; }; }
# Each line is JSON and ends with the CRC-32 of what stands before; numbers follow each other.
is_whole() { # FILE
	python3 - "$1" <<-'END'
		import json, sys, zlib
		last = None
		for line in open(sys.argv[1], "rb"):
		    body, _, seal = line.rpartition(b',"crc32":"')
		    assert seal == b'%08x"}\n' % zlib.crc32(body), line
		    entry = json.loads(line)
		    assert last is None or entry.get("carried") or entry["number"] == last + 1, line
		    last = last if entry.get("carried") else entry["number"]
	END
}
order() {
	curl -sS -o "$scratch/order" --max-time 60 -G -X POST --unix-socket "$socket" \
		http://hawatch/api/v1/maintenance --data-urlencode "action=$1" --data-urlencode side=primary "${@:2}"
}

outlives_a_kill() {
	local before
	start_daemon
	reaches "at first" ACTIVE
	check "the file is ours alone" test "$(stat -c %a "$file")" = 600
	check "the start is its first line" test "$(kinds | head -n 1)" = start
	play $two nodes=0
	reaches "an outage" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
	check "it is in the journal" eventually has_line '"to":"BLOCKED_SECONDARY_UNAVAILABLE"'
	let_pass 60000
	events >"$scratch/before"
	kill_daemon
	let_pass 30000
	start_daemon
	reaches "after SIGKILL" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
	check "the events of before are there" diff "$scratch/before" <(events)
	check "one incident, and it lasts" says '.total == 1 and .incidents[0].open'
	check "its whole length, and what of it was not watched" says '.incidents[0] | .length_seconds >= 90 and
		.unwatched_seconds >= 30 and .unwatched_seconds < .length_seconds and (.gaps | length) == 1'
	check "what would have paged" eventually has_line '"kind":"side_alert","side":"secondary",.*"from":"false","to":"true","reason":"HACloudspaceDown","note":"P1"'
	check "a restart does not tell it again" test "$(grep -c HACloudspaceDown "$file")" = 1
	check "its cause" says '.incidents[0] | .side == "secondary" and (.cause | contains("secondary DOWN (no_capacity)"))'
	play $two nodes=10
	reaches "it is over" ACTIVE
	check "the incident is over" eventually says '.incidents[0].open == false and .total == 1'
	check "and the alert" eventually has_line '"from":"true","to":"false","reason":"HACloudspaceDown"'
	hawatch incidents -o markdown >"$scratch/review"
	check "the review: who was away" grep -q '| hawatchd | hawatchd did not run until 2' "$scratch/review"
	check "the review: what would have paged" grep -q '| secondary matchpoint-runners-2 | HACloudspaceDown would page (P1) |  |' "$scratch/review"
	check "the review: the restart" grep -q '| hawatchd | hawatchd started with BLOCKED' "$scratch/review"
	stop_daemon
	check "the clean end is its last line" test "$(kinds | tail -n 1)" = stop
	check "every line is sealed, none is missing" is_whole "$file"
	check "it holds no secret" without_secrets "$file"
}

# A machine that its host stopped, or whose clock was wrong: what the clock passes over was not watched.
clock_set_ahead() {
	start_daemon
	reaches "a clock" ACTIVE
	lever wall_ms 7200000
	check "a clock set ahead: a gap" eventually has_line '"kind":"pause",.*"until":"'
	check "a clock set ahead: said in the log" logged "wall clock set ahead; the time between counts as not watched"
	check "a clock set ahead: two hours were not watched" says '.availability[] | select(.window == "24h") |
		.unwatched_seconds >= 7100 and .active_seconds < 3600'
	check "a clock set ahead: nothing is stale for that" stands ACTIVE UP/serving UP/serving
	stop_daemon
	lever wall_ms 0
	rm "$folder"/*
}

# A machine that starts in 1970: what was before stays known, and until its clock is set is a gap.
clock_not_set() {
	start_daemon
	reaches "before 1970" ACTIVE
	let_pass 60000
	stop_daemon
	lever wall_ms -1700000000000
	start_daemon
	check "a start in a wrong year: in the journal" eventually eval '[ "$(jq -r "select(.kind == \"start\").time" "$file" | tail -n 1 | cut -c 1-2)" != 20 ]'
	lever wall_ms 0
	reaches "its clock is set" ACTIVE
	check "a start in a wrong year: what was before stays" says '.availability[] | select(.window == "24h") |
		.active_seconds >= 60 and .unwatched_seconds < 600'
	check "a start in a wrong year: the time in question is a gap" eval \
		'page since=1h && jq -e "[.gaps[].why] | index(\"clock_not_set\")" "$scratch/page"'
	check "a start in a wrong year: all events, in their order" jq -e '[.events[].number] == [range(1; (.events | length) + 1)]' "$scratch/page"
	check "a start in a wrong year: the table says so" eval "hawatch events --since 1h -o table | grep -q 'gap *the clock was not set, so no time is known until 2'"
	stop_daemon
	rm "$folder"/*
}

who_did_what() {
	start_daemon
	reaches "orders" ACTIVE
	order begin --data-urlencode for_seconds=600 --data-urlencode 'reason=new "nodes" \ ü'
	check "an order and who gave it" eventually has_line "\"kind\":\"order\",\"side\":\"primary\".*\"to\":\"begin\",\"reason\":\"done\",\"note\":\"new .*\"uid\":\"$(id -u)\",\"pid\":\"[0-9]*\""
	check "the window and its end" eventually has_line '"kind":"maintenance".*"to":"declared".*"until":"'
	order end
	order end
	check "an order that was refused" eventually has_line '"kind":"order".*"to":"end","reason":"refused"'
	reload
	check "a reload" eventually has_line "\"kind\":\"reload\",\"to\":\"done\",\"reason\":\"signal\",\"uid\":\"$(id -u)\",\"pid\":\"$$\""
	cp "$config" "$scratch/config"
	echo 'nonsense: true' >>"$config"
	reload
	check "a reload that was refused" eventually has_line '"kind":"reload","to":"refused","reason":"signal","note":"[^"]*nonsense'
	hawatch reload >"$scratch/out" 2>&1
	check "a reload by an order" eventually has_line "\"to\":\"refused\",\"reason\":\"order\",.*\"uid\":\"$(id -u)\""
	cp "$scratch/config" "$config"
	stop_daemon
}

# A crash cuts the last line at any byte: what was before it stays, and the next line is whole.
cuts() {
	local size last at
	cp "$file" "$scratch/good"
	size=$(stat -c %s "$file")
	last=$(tail -n 1 "$file" | wc -c)
	for at in 1 2 30 $((last / 2)) $((last - 1)); do
		cp "$scratch/good" "$file"
		truncate -s $((size - last + at)) "$file"
		start_daemon
		reaches "cut at byte $at" ACTIVE
		check "cut at byte $at: the rest is there" says '.total == 1'
		[ $at = $((last - 1)) ] || check "cut at byte $at: said in the log" \
			logged "level=warn msg=\"damaged lines in the journal were passed over\" pair=$pair .*lines=1 first=\"$pair.journal:[0-9]+: the line is cut or damaged"
		stop_daemon
		check "cut at byte $at: no line is lost but that one" \
			cmp -n $((size - last)) "$file" "$scratch/good"
		tail -c +$((size - last + at + 2)) "$file" >"$scratch/rest" # behind the line end that ends the cut line
		check "cut at byte $at: what comes next is whole" is_whole "$scratch/rest"
		check "cut at byte $at: from the start on" test "$(jq -r .kind "$scratch/rest" | head -n 1)" = start
	done
	cp "$scratch/good" "$file"
}

damages() {
	local line
	line=$(wc -l <"$file")
	sed -i '3s/"UP"/"Up"/' "$file"
	head -c 5000 /dev/zero >>"$file"
	start_daemon
	reaches "damage" ACTIVE
	check "damage: counted and named" logged "lines=2 first=\"$pair.journal:3: "
	check "damage: the rest is there" says '.lines_damaged == 2 and .total == 1'
	stop_daemon
	check "damage: nothing is taken away" test "$(wc -l <"$file")" -gt "$line"
	cp "$scratch/good" "$file"
}

# Ten thousand events in two files: all of them are given, in pages, in their order, and the command shows them.
old_events() { # FIRST LAST: lines of so many minutes ago, newest 1
	python3 - "$@" <<-'END'
		import sys, time, zlib
		first, last = int(sys.argv[1]), int(sys.argv[2])
		for number in range(first, last + 1):
		    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60 * (10001 - number)))
		    was, to = ("UP", "DOWN") if number % 2 else ("DOWN", "UP")
		    line = '{"number":%d,"time":"%s","kind":"state","side":"secondary","cloudspace":"matchpoint-runners-2","from":"%s","to":"%s","reason":"%s"' % (
		        number, at, was, to, "no_capacity" if to == "DOWN" else "serving")
		    print('%s,"crc32":"%08x"}' % (line, zlib.crc32(line.encode())))
	END
}
page() { curl -sS -f --max-time 60 -G "$url/api/v1/events" "${@/#/-d}" >"$scratch/page"; }
all_pages() {
	local next=0 pages=0
	: >"$scratch/numbers"
	while [ "$next" != null ]; do
		page since=30d "after=$next" || return
		[ "$(wc -c <"$scratch/page")" -le $((1100 * 1024)) ] || { echo "a page of $(wc -c <"$scratch/page") bytes"; return 1; }
		jq -r '.events[] | select(.number <= 10000).number' "$scratch/page" >>"$scratch/numbers"
		next=$(jq .next "$scratch/page")
		pages=$((pages + 1))
	done
	[ $pages -gt 1 ] && diff "$scratch/numbers" <(seq 10000)
}
reads_through() {
	cp "$file" "$scratch/before"
	old_events 1 6000 >"$file.1"
	old_events 6001 10000 >"$file"
	start_daemon
	reaches "reading through" ACTIVE
	check "reading through: in memory are few" test "$(events | wc -l)" -le 256
	check "reading through: all of them, in pages" all_pages
	check "reading through: the command has all" eval "hawatch events --since 30d -o json |
		jq -e '[.events[].number | select(. <= 10000)] == [range(1; 10001)] and .more == false'"
	check "reading through: a part by times" eval 'page since=3h until=2h && jq -e "(.events | length) >= 59 and (.events | length) <= 61" "$scratch/page"'
	check "reading through: the table" eval "hawatch events --since 30d -o table | grep -c 'UP -> DOWN' | grep -qx 5000"
	kill_daemon
	start_daemon
	reaches "reading through" ACTIVE
	check "reading through: a gap where hawatchd did not run" eval \
		'page since=1m && jq -e ".gaps | last.why == \"not_running\"" "$scratch/page"'
	check "reading through: in the table" eval "hawatch events --since 10m -o table | grep -q 'gap *hawatchd did not run until 2'"
	check "reading through: starts" eval "hawatch events --since 10m -o table | grep -q 'hawatchd *hawatchd started with'"
	kill_daemon
	sed -i '5000s/"UP"/"Up"/; 5001d' "$file.1"
	sed -i '1d' "$file"
	start_daemon
	reaches "reading through damage" ACTIVE
	page since=30d after=4000
	check "reading through: damaged and missing lines" eval \
		'jq -e "[.gaps[] | select(.why != \"not_running\") | [.why, .lines]] == [[\"damaged\", 1], [\"missing\", 1]]" "$scratch/page"'
	check "reading through: a wrong question" eval '! page since=yesterday 2>"$scratch/err" && grep -q 400 "$scratch/err"'
	check "reading through: a time that ends before it begins" eval '! page since=1h until=2h 2>"$scratch/err" && grep -q 400 "$scratch/err"'
	rm "$file.1"
	page since=30d
	check "reading through: from when on all is known" eval 'jq -e ".known_since > .since and .events[0].number == 6002" "$scratch/page"'
	echo "dear diary" >"$file.1"
	page since=1h
	check "reading through: a file that is not ours: what is in memory" eval \
		'jq -e ".problem | contains(\"not a journal of hawatchd\")" "$scratch/page" && jq -e ".events | length > 0" "$scratch/page"'
	check "reading through: the command says so" eval "hawatch events --since 1h -o table | tr '\n' ' ' | grep -q 'The journal cannot be read, so these are only the events in memory: .*not a journal'"
	stop_daemon
	rm -f "$file.1"
	cp "$scratch/before" "$file"
}

# What is not ours is left alone; hawatchd goes on without.
foreign() {
	local name words damage
	while IFS='|' read -r name words damage; do
		rm -rf "$file"
		eval "$damage"
		start_daemon
		reaches "$name" ACTIVE
		check "$name: told" eventually logged "level=warn msg=\"journal not written.* error=\".*$words"
		check "$name: counted" eventually is_above 0 ha_journal_write_errors_total
		stop_daemon
		check "$name: told once" test "$(grep -c 'journal not written' "$log")" = 1
	done <<-'END'
		a text|not a journal of hawatchd; move it away|echo "dear diary" >"$file"
		a folder|Is a directory|mkdir "$file"
		a pipe|not a regular file; move it away|mkfifo "$file"
		a symbolic link|symbolic links|ln -s "$config" "$file"
	END
	check "a symbolic link: what it points at is as it was" cmp "$config" "$scratch/config"
	rm -rf "$file"
	cp "$scratch/good" "$file"
}

two_daemons() {
	local first first_url first_socket=$socket lines
	start_daemon
	reaches "two daemons: the first" ACTIVE
	first=$daemon first_url=$url lines=$(wc -l <"$file")
	socket=$scratch/other.sock
	start_daemon
	reaches "two daemons: the second" ACTIVE
	check "two daemons: the second says so" eventually logged 'level=warn msg="journal not written.*another process writes to it; give each hawatchd a state directory of its own'
	check "two daemons: it knows what was" eventually says '.total == 1 and .lines_lost > 0'
	check "two daemons: it writes nothing" test "$(wc -l <"$file")" = "$lines"
	stop_daemon
	daemon=$first url=$first_url socket=$first_socket
	stop_daemon
	check "two daemons: the file is whole" is_whole "$file"
}

rotates() {
	local i
	sed -i '$a journal: {max_bytes: 65536}' "$config"
	start_daemon
	reaches "rotation" ACTIVE
	for i in {1..140}; do
		order begin --data-urlencode for_seconds=600 --data-urlencode "reason=$(printf '%0120d' "$i")"
	done
	play $two nodes=0
	reaches "rotation" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
	for i in {1..140}; do
		order begin --data-urlencode for_seconds=600 --data-urlencode "reason=$(printf '%0120d' "$i")"
	done
	check "rotation: there are two files" test -s "$file.1"
	settle
	check "rotation: no more than both may be" test "$(cat "$file" "$file.1" | wc -c)" -le 65536
	check "rotation: shown" eventually is "$(cat "$file" "$file.1" | wc -c)" ha_journal_size_bytes
	kill_daemon
	check "rotation: both are whole" eval 'is_whole "$file" && is_whole "$file.1"'
	check "rotation: a new file says what holds" grep -q '"kind":"status".*"to":"BLOCKED_SECONDARY_UNAVAILABLE".*"carried":true' "$file"
	rm "$file.1"
	start_daemon
	reaches "rotation: without the older file" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
	check "rotation: the incident is known from the new one" says '.incidents[0] | .open and .side == "secondary"'
	play $two nodes=10
	reaches "rotation" ACTIVE
	stop_daemon
	cp "$scratch/config" "$config"
}

# A disk that hangs while the journal is read: after 4 seconds of the world the answer is what memory has.
hanging_library() {
	cat >"$scratch/hang.c" <<-'C'
		#define _GNU_SOURCE
		#include <fcntl.h>
		#include <stdarg.h>
		#include <string.h>
		#include <sys/syscall.h>
		#include <time.h>
		#include <unistd.h>
		int openat(int folder, const char *path, int flags, ...)
		{
			va_list more;
			va_start(more, flags);
			int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, int) : 0;
			va_end(more);
			while (strstr(path, ".journal") && access(HANGS, F_OK) == 0)
				syscall(SYS_nanosleep, &(struct timespec){0, 10000000}, 0);
			return (int)syscall(SYS_openat, folder, path, flags, mode);
		}
	C
	"${CC:-gcc}" -shared -fPIC "-DHANGS=\"$scratch/hangs\"" -o "$scratch/hang.so" "$scratch/hang.c"
}
hanging_disk() {
	local before answered
	if ! hanging_library; then
		skip "a disk that hangs: it needs a compiler"
		return
	fi
	preload=$preload:$scratch/hang.so start_daemon
	reaches "a disk that will hang" ACTIVE
	settle
	check "a disk that will hang: read" eval 'page since=1h && jq -e ".problem == null and .journal" "$scratch/page"'
	touch "$scratch/hangs"
	before=$(lever now_ns)
	flowing page since=1h
	answered=$(($(lever now_ns) - before))
	check "a disk that hangs: not before 4 s" test $answered -ge 4000000000
	check "a disk that hangs: said, with the events in memory" \
		jq -e '.problem == "the disk of the state directory does not answer" and (.events | length) > 0' "$scratch/page"
	check "a disk that hangs: the next one is not kept waiting either" eval \
		'flowing page since=1h && jq -e ".problem | contains(\"does not answer\")" "$scratch/page"'
	check "a disk that hangs: it is watched all the same" stands ACTIVE UP/serving UP/serving
	rm "$scratch/hangs"
	is_read() { page since=1h && jq -e '.problem == null and .journal' "$scratch/page"; }
	check "a disk that woke: read again" eventually is_read
	stop_daemon
}

full_disk() {
	if ! mount -t tmpfs -o size=64k,mode=700 tmpfs "$folder" 2>/dev/null; then
		skip "a full disk: this user may not mount any"
		return
	fi
	start_daemon
	reaches "a disk that will be full" ACTIVE
	check "a disk that will be full: written" eventually has_line '"to":"ACTIVE"'
	head -c 1000000 /dev/zero >"$folder/filler" 2>/dev/null
	head -c $((4096 - $(stat -c %s "$file") % 4096 - 100)) /dev/zero | tr '\0' '\n' >>"$file" # room for a part of a line
	play $two nodes=0
	reaches "a full disk" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
	check "a full disk: told" eventually logged 'level=warn msg="journal not written.* error=".*No space'
	check "a full disk: no part of a line" test -z "$(tail -c 1 "$file" | tr -d '\n')"
	rm "$folder/filler"
	check "a disk with room: tried again" at_pace 1000000000 eventually logged 'level=info msg="journal written again"'
	check "a disk with room: nothing was lost" has_line '"to":"BLOCKED_SECONDARY_UNAVAILABLE"'
	check "a full disk: told once" test "$(grep -c 'journal not written' "$log")" = 1
	play $two nodes=10
	reaches "a disk with room" ACTIVE
	stop_daemon
	umount "$folder"
}

trap '{ umount -l "$folder"; } 2>/dev/null; leave' EXIT

mkdir -m 700 "$folder"
fast=("${fast[@]/stale_after: *s/stale_after: 120s}")
start_sim
echo "state_directory: $folder" >>"$config"
cp "$config" "$scratch/config"
clock_set_ahead
clock_not_set
outlives_a_kill
who_did_what
cuts
damages
reads_through
foreign
two_daemons
rotates
hanging_disk
full_disk
check "every line of the log is logfmt" is_logfmt
finish
