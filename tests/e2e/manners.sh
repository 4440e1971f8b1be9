#!/bin/bash
# How the daemon behaves towards the servers it asks: connections, encodings, expired lists, Retry-After,
# the breaker, deadlines, proxies, IPv6; and what it tells of their errors, which is never a credential.
# usage: manners.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"

# Nothing listens there: whoever heeds the environment reaches nobody.
export http_proxy=http://127.0.0.1:1 https_proxy=http://127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1
export HTTPS_PROXY=$https_proxy all_proxy=$ALL_PROXY
curl() { command curl --noproxy '*' "$@"; }

# with_poll KEY=VALUE...: in the poll section of the daemon's file.
with_poll() {
	local setting script=
	for setting; do
		grep -q "^  ${setting%%=*}: " "$config" || script+="/^poll:/a\\  ${setting%%=*}: ${setting#*=}"$'\n'
		script+="s/^  ${setting%%=*}: .*/  ${setting%%=*}: ${setting#*=}/"$'\n'
	done
	sed -e "$script" "$config" >"$config.new" && mv "$config.new" "$config"
}
# At the pace of a real configuration, but for the hurry that is to be restrained.
slow_pace() {
	with_poll interval=5s spot_interval=5s confirm_interval=50ms own_network_window=6s \
		unreachable_for=12s stale_after=10m timeout="${1:-5s}"
}

stat_of() { "$asker" get "$control/stats" | jq -r --arg target "$1" ".[\$target] | $2"; }
is_stat() {
	local found
	found=$(stat_of "$1" "$2")
	[ "$found" = "$3" ] || { echo "$1, $2: $found, expected $3"; false; }
}
errors() { sum ha_poll_errors_total "$@"; }
has_errors() { is_above 0 ha_poll_errors_total "$@"; }
no_errors() { [ "$(sum ha_poll_errors_total)" = 0 ] || { grep 'ha_poll_errors_total.* [1-9]' "$scratch/metrics"; false; }; }

goes_together() { [ "$1" = 2 ] || [ "$1" = 3 ]; }

# A queue of its own: who waits in it does not time out.
in_flight() {
	with_poll max_in_flight=1 timeout=1s
	play '*' fault=none delay_ms=150
	start_daemon
	check "one in flight: 16 requests of 150 ms each, at most 1 s for each: all are answered" \
		eventually as_expected ACTIVE UP/serving UP/serving
	polled 2 '*'
	check "one in flight: nobody's timeout runs while it waits" no_errors
	check "one in flight: no server ever saw two" is_stat $one .most_in_flight 1
	check "one in flight: ends" stop_daemon
	with_poll max_in_flight=64 timeout=2s
	start_daemon
	reaches "many in flight" ACTIVE
	polled 2 $one
	check "many in flight: a side's two health requests go together, beside one of its inventory at most" \
		goes_together "$(stat_of $one .most_in_flight)"
	play '*' fault=none
}

connections() {
	local target before=() after=()
	polled 1 '*'
	for target in $one $two spot; do before+=("$(stat_of "$target" .connections)"); done
	polled 100 $one
	for target in $one $two spot; do after+=("$(stat_of "$target" .connections)"); done
	check "a hundred rounds: no new connection (${before[*]}, ${after[*]})" [ "${before[*]}" = "${after[*]}" ]
	check "User-Agent" is_stat $one .agent "hawatch/$("$build/hawatchd" --version | awk '{ print $3 }' | tr -d ,)"
	check "gzip: taken" [ "$(stat_of $one .gzipped)" -gt 100 ]
	check "gzip: read" is 12 ha_cloudspace_nodes side=primary pair=prod
	check "the environment's proxy: not used, or nobody had been reached" no_errors
}

# listed N TARGET: so many rounds of lists end, all but the first of which began after this.
listed() {
	local of=(source=nodes side=primary pair=prod)
	[ "$2" = $one ] || of=(source=cloudspaces)
	until_true is_above $(($(sum ha_polls_total "${of[@]}") + $1 - 1)) ha_polls_total "${of[@]}"
}
nodes_are() { is "$1" ha_cloudspace_nodes side=primary pair=prod; }
desired_is() { is "$1" ha_cloudspace_nodes_desired side=primary pair=prod; }

lists() {
	play $one page=5
	play spot page=1
	polled 3 $one
	check "pages: whole lists of the cluster" listed 3 $one
	check "pages: whole lists of Spot" listed 3 spot
	check "pages: counted once each" nodes_are 12
	check "pages: node pools too" desired_is 12
	play $one expire=1
	play spot expire=1
	check "a token that expired: lists of the cluster" listed 3 $one
	check "a token that expired: lists of Spot" listed 3 spot
	check "a token that expired: the list begins anew, within the round" no_errors
	check "a token that expired: nothing is counted twice" nodes_are 12
	check "a token that expired: nor of the node pools" desired_is 12
	play $one expire=1000
	check "tokens that always expire: the list is given up" eventually has_errors source=nodes side=primary pair=prod reason=http_4xx
	check "tokens that always expire: said in the log" \
		eventually logged 'source=nodes pair=prod side=primary .*the list expired during paging, 3 times in a row'
	check "tokens that always expire: no evidence" eventually as_expected UNKNOWN UNKNOWN/no_evidence UP/serving
	play $one page=0 expire=0
	reaches "whole lists again" ACTIVE
	play spot page=0 storage=cold
	polled 4 spot
	check "the first list of a custom resource: asked again, within the round" \
		is 0 ha_poll_errors_total source=cloudspaces reason=rate_limited
	check "the first list of each custom resource" is 0 ha_poll_errors_total source=nodepools reason=rate_limited
}

# told NAME TARGET SETTING PATTERN: the log says so.
told() {
	play "$2" "$3"
	check "$1" eventually logged "$4"
	play "$2" fault=none token=good
}
words() {
	told "403: the server's own words" $one fault=status:403 \
		'source=nodes pair=prod side=primary reason=auth error="HTTP status 403: nodes is forbidden: User .*cannot list resource'
	reaches "allowed again" ACTIVE
	told "404 of an object" $one fault=status:404 'source=nodes pair=prod side=primary .*could not find the requested resource'
	told "a gateway's words" spot fault=status:503 'source=cloudspaces .*HTTP status 503: no healthy upstream'
	polled 2 spot
	check "what tells of the past is over" eventually logged 'poll succeeds again.*source=cloudspaces'
	told "an error that repeats the bearer: withheld" spot fault=echo 'source=cloudspaces .*message is not shown'
	told "the same from a cluster" $two fault=echo 'side=secondary .*message is not shown'
	play auth fault=echo
	play spot token=revoked
	check "an error that repeats the refresh token: withheld" eventually logged 'source=token .*message is not shown'
	play auth fault=none
	play spot token=good
	check "no credential in the log" without_secrets "$log"
	reaches "all good again" ACTIVE

	sed '/api_url:/s,$,/elsewhere,' "$config" >"$config.new" && mv "$config.new" "$config"
	reload
	check "404 of a path that is not served" eventually logged 'source=cloudspaces .*serves no such resource; is its CRD installed'
	sed 's,/elsewhere$,,' "$config" >"$config.new" && mv "$config.new" "$config"
	reload
	check "the path that is served again" eventually is 1 ha_cloudspace_phase side=primary pair=prod ha_cloudspace_phase=Ready
}

peak_kb() { awk '/^VmHWM/ { print $2 }' "/proc/$daemon/status"; }
bomb() {
	local before
	before=$(peak_kb)
	play $one fault=bomb
	check "gzip bomb: it is the inflated bytes that count" eventually has_errors source=nodes side=primary pair=prod reason=too_large
	check "gzip bomb: found out before a list's ceiling" eventually logged 'source=nodes .*reason=too_large error="response body inflates more than'
	polled 2 $one
	check "gzip bomb: memory stays bounded" [ "$(peak_kb)" -le $((before + 50000)) ]
	check "gzip bomb: the other side is still asked" is_side secondary UP/serving
	play $one fault=none
	reaches "gzip bomb no more" ACTIVE
}

# fewer NAME FAILURES SETTING...: after so many failures of the primary, while the secondary, which has no
# such manners, is asked 30 times and more in a hurry, it is asked a few times.
polls_of() { sum ha_polls_total source=nodes side="$1" pair=prod; }
fewer() {
	local name=$1 failures=$2 before=() after=()
	shift 2
	slow_pace
	start_daemon
	reaches "$name: before" ACTIVE
	play $two fault=status:500
	play $one "$@"
	check "$name: seen" eventually is_above $((failures - 1)) ha_poll_errors_total source=nodes side=primary pair=prod
	before=("$(polls_of primary)" "$(polls_of secondary)")
	polled 30 $two
	after=("$(polls_of primary)" "$(polls_of secondary)")
	check "$name: left in peace (rounds until then: ${before[*]}, now: ${after[*]})" \
		[ $((4 * (after[0] - before[0]))) -le $((after[1] - before[1])) ]
	check "$name: evidence is not put off" eventually is_side primary DOWN/unreachable
	play '*' fault=none
	reaches "$name: recovery is noticed" ACTIVE
	check "$name: ends" stop_daemon
}

restraint() {
	check "ends" stop_daemon
	fewer "breaker" 6 fault=refuse
	fewer "Retry-After, seconds" 1 fault=status:503 retry_after=4
	fewer "Retry-After, date" 1 fault=status:503 "retry_after=$(date -u -d "@$(($(now_s) + 3600))" '+%a, %d %b %Y %H:%M:%S GMT')"
}

mute_resolver() {
	cat >"$scratch/mute.c" <<-'C'
		#define _GNU_SOURCE
		#include <dlfcn.h>
		#include <netdb.h>
		#include <string.h>
		#include <unistd.h>
		int getaddrinfo(const char *n, const char *s, const struct addrinfo *h, struct addrinfo **r)
		{
			while (n && strcmp(n, "mute.example") == 0)
				pause();
			return ((__typeof__(getaddrinfo) *)dlsym(RTLD_NEXT, "getaddrinfo"))(n, s, h, r);
		}
	C
	"${CC:-gcc}" -shared -fPIC -o "$scratch/mute.so" "$scratch/mute.c"
}

# With a total that no check waits for, only the narrower deadlines can end a request.
deadlines() {
	slow_pace 9m
	start_daemon
	reaches "deadlines: before" ACTIVE
	play $one fault=mute
	check "connected, but no TLS: given up before the total" eventually has_errors source=nodes side=primary pair=prod reason=timeout
	check "connected, but no TLS: unreachable" eventually is_side primary DOWN/unreachable
	play '*' fault=none
	check "ends" stop_daemon

	if grep -qa __asan_init "$build/hawatchd" || ! mute_resolver; then
		skip "a mute resolver: it needs a compiler, and a daemon without sanitizer"
		return
	fi
	cp "$sim/kubeconfig" "$scratch/kubeconfig"
	sed "/^- name: $one\$/,/server:/s,127.0.0.1,mute.example," "$scratch/kubeconfig" >"$sim/kubeconfig"
	preload=$preload:$scratch/mute.so start_daemon
	check "a mute resolver: given up before the total" eventually has_errors source=nodes side=primary pair=prod reason=dns
	check "a mute resolver: the others are asked" eventually is_side secondary UP/serving
	check "a mute resolver: SIGTERM ends it, exit status 0" stop_daemon
	cp "$scratch/kubeconfig" "$sim/kubeconfig"
}

addresses() {
	sed -i 's,https://127.0.0.1,https://localhost,' "$sim/kubeconfig"
	start_daemon
	reaches "a name with two addresses of which one refuses" ACTIVE
	check "ends" stop_daemon
	if ! grep -q ' lo$' /proc/net/if_inet6; then
		skip "IPv6: this machine has no ::1"
		return
	fi
	sim=$scratch/sim6 config=$scratch/sim6/hawatch.yaml
	start_sim --listen '[::1]'
	start_daemon
	reaches "IPv6" ACTIVE
	check "ends" stop_daemon
}

start_sim --nodes 12 --pairs 4
in_flight
connections
lists
words
bomb
restraint
deadlines
addresses
finish
