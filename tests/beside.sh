#!/usr/bin/env bash
# Runs a command on a machine with other load. The load ends with the command.
# usage: beside.sh busy COMMAND...    beside four busy loops
#        beside.sh slow COMMAND...    with half a processor; needs the right to create a control group
set -u
how=$1
shift
loops=() group=

leave() {
	[ ${#loops[@]} -eq 0 ] || kill "${loops[@]}" 2>/dev/null
	wait
	[ -z "$group" ] || { echo $$ >"$group/../cgroup.procs" && rmdir "$group"; }
}
trap leave EXIT
trap 'exit 130' INT TERM

load() {
	local i
	for i in 1 2 3 4; do
		while :; do :; done &
		loops+=($!)
	done
}

# A control group, version 1 or 2: it throttles its processes without signals, which a test could notice.
halve() {
	local base quota
	for base in /sys/fs/cgroup/cpu /sys/fs/cgroup/cpu,cpuacct /sys/fs/cgroup; do
		[ -e "$base/cgroup.procs" ] && mkdir "$base/hawatch-slow.$$" 2>/dev/null || continue
		group=$base/hawatch-slow.$$
		for quota in '50000 cpu.cfs_quota_us' '50000 100000 cpu.max'; do
			[ ! -e "$group/${quota##* }" ] || { echo "${quota% *}" >"$group/${quota##* }" && echo $$ >"$group/cgroup.procs" && return; }
		done
		rmdir "$group"
		group=
	done 2>/dev/null
	echo "$0: cannot create a control group with a CPU limit here; this needs root and cgroups" >&2
	exit 2
}

case $how in
busy) load ;;
slow) halve ;;
*) exit 2 ;;
esac
"$@"
