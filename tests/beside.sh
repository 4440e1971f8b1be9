#!/usr/bin/env bash
# Runs a command on a machine that has other things to do. The load ends with it.
# usage: beside.sh busy COMMAND...    beside four loops that never rest
#        beside.sh slow COMMAND...    with half a processor; needs the right to make a control group
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

# A control group of either version; its processes are throttled, never stopped by signals that a test could see.
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
	echo "$0: no control group with a share of the processor can be made here; it takes root and cgroups" >&2
	exit 2
}

case $how in
busy) load ;;
slow) halve ;;
*) exit 2 ;;
esac
"$@"
