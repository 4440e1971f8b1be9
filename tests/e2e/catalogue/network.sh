#!/bin/bash
# The fault catalogue, the network between: names, routes, packets and portals, one fault after the other, in a
# network and with a resolver of the script's own.
# usage: network.sh [BUILD_FOLDER [representative]]
set -u
if [ -z "${own_network-}" ]; then
	why=$( (unshare -n -m true && ip -V && iptables -V && ip6tables -V && ss -V) 2>&1 >/dev/null) &&
		own_network=yes exec unshare -n -m "$0" "$@"
fi
group=network
. "$(dirname "$0")/rows.sh"
skip_all() {
	local why=$1
	skip_this() { skip_row "$why"; }
	each_row skip_this
	exit
}
[ "${own_network-}" = yes ] || skip_all "no network of our own: $(head -n 1 <<<"$why")"

readonly at=10.9.0.1 # everybody but the resolver
# A lookup may take 2 s, and is to end before its poll does.
fast=('interval: 500ms' 'spot_interval: 500ms' 'confirm_interval: 50ms' 'timeout: 2500ms'
	'unreachable_for: 7000ms' 'own_network_window: 1s' 'stale_after: 9s')

# What the rows do.

dns() { sed -i "1s/.*/$1/" "$scratch/dns"; }
# libcurl keeps a name for a minute of the wall clock.
forget_names() { lever wall_ms $((forgotten_ms += 120000)); }
port_of() { url_of "$1" | sed 's/.*://'; }
connections() { ss -tnH state established dst "$at" dport = ":${port[$primary]}" | awk '{ print $3 }' | sort; }
# Who begins anew is seen by a port that nobody had before.
hang_up() {
	connections >"$scratch/connections"
	cut_connections
}
is_reconnected() {
	[ -n "$(connections | comm -13 "$scratch/connections" -)" ] && [ "$(more ha_poll_errors_total reason=dns)" -eq 0 ]
}
route_away() { ip addr del "$at/32" dev lo; }
drop() {
	local target
	for target; do iptables -A INPUT -p tcp --syn --dport "${port[$target]}" -j DROP; done
	for target; do play "$target" fault=refuse; done # ends what was connected
	for target; do play "$target" fault=none; done
}
refuse_by_rst() { iptables -A INPUT -p tcp --dport "${port[$1]}" -j REJECT --reject-with tcp-reset; }
# lose PERCENT: both ways, with about the times of a real daemon.
lose() {
	local target way
	with_poll timeout=2s interval=1s spot_interval=1s own_network_window=2s unreachable_for=18s stale_after=60s
	reload
	for target in "${!port[@]}"; do
		for way in --sport --dport; do
			iptables -A INPUT -p tcp "$way" "${port[$target]}" -m statistic --mode random --probability "0.$1" -j DROP
		done
	done
	lever step_ns 2000000 # what is lost is sent again by the kernel's clock, which is the machine's
	lossy_since=$(lever now_ns)
}
has_lasted() { [ $((($(lever now_ns) - lossy_since) / 1000000000)) -ge "$1" ] || { echo "not yet"; false; }; }
# has_dropped COUNT: so many packets at least.
has_dropped() {
	[ "$({ iptables -nvxL INPUT && ip6tables -nvxL INPUT; } | awk '$3 == "DROP" { n += $1 } END { print n + 0 }')" -ge "$1" ] ||
		{ echo "fewer than $1 packets dropped"; false; }
}
# The name's first address swallows what is sent to it.
only_v6_first() {
	ip6tables -A INPUT -p tcp -d ::1 -j DROP
	sed -i "s/^primary.*/& ::1/" "$scratch/dns"
	forget_names
	cut_connections
}
# Another simulator answers whoever calls, with a certificate of its own authority.
portal() {
	inside "$build/hawatch-sim" --dir "$scratch/portal" --listen "$at" >"$scratch/portal.log" 2>&1 &
	servers+=($!)
	until_true test -s "$scratch/portal/control.url" || return
	iptables -t nat -A OUTPUT -p tcp -d "$at" -m multiport --dports "$(tr ' ' , <<<"${port[*]}")" -j DNAT \
		--to "$(sed -n "s|.*server: https://||p" "$scratch/portal/kubeconfig" | head -n 1)"
}
# As a router that has lost its table: what is connected is swallowed, new connections work.
drop_open_connections() {
	local connection
	for connection in $(connections); do
		iptables -A INPUT -p tcp --sport "${connection##*:}" --dport "${port[$primary]}" -j DROP
	done
}
mend() {
	lever step_ns 20000000
	iptables -F INPUT
	iptables -t nat -F OUTPUT
	ip6tables -F INPUT
	ip addr replace "$at/32" dev lo
	cp "$scratch/dns.good" "$scratch/dns"
	cp "$scratch/kubeconfig" "$sim/kubeconfig"
	everybody fault=none
	cmp -s "$scratch/hawatch.yaml" "$config" || {
		cp "$scratch/hawatch.yaml" "$config"
		reload
	}
}

# What stands where the machine's own does, for these processes alone.
instead() {
	cat >"$scratch/$(basename "$1")"
	mount --bind "$scratch/$(basename "$1")" "$(realpath "$1")"
}

ip link set lo up && ip addr add "$at/32" dev lo || skip_all "no loopback of our own"
start_sim --nodes 3 --listen "$at"
declare -A port name=([$one]=primary [$two]=secondary [spot]=spot [auth]=auth)
echo answer >"$scratch/dns.good"
for target in "${!name[@]}"; do
	port[$target]=$(port_of "$target")
	echo "${name[$target]}.sim.example $at" >>"$scratch/dns.good"
	sed -i "s|$at:${port[$target]}\b|${name[$target]}.sim.example:${port[$target]}|" "$sim/kubeconfig" "$config"
done
cp "$scratch/dns.good" "$scratch/dns"
cp "$sim/kubeconfig" "$scratch/kubeconfig"
cp "$config" "$scratch/hawatch.yaml"
"$tool" dns "$scratch/dns" >"$scratch/dns.log" 2>&1 &
servers+=($!)
until_true grep -q ready "$scratch/dns.log" || give_up "no resolver" "$scratch/dns.log"
printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' | instead /etc/resolv.conf || skip_all "no mounts of our own"
echo 'hosts: files dns' | instead /etc/nsswitch.conf

forgotten_ms=0
start_daemon
until_true as_expected $same >"$scratch/begun" || give_up "the pair does not become ACTIVE" "$log"
each_row one_row
stop_daemon
