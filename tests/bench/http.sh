#!/usr/bin/env bash
# How fast /metrics is answered while polls run, against one static buffer and against Debian's exporters, which answer
# with their own (goals P1, P2). Eight connections of wrk; the servers take turns.
# usage: http.sh [BUILD_DIR]
set -u
. "$(dirname "$0")/lib.sh"
require wrk prometheus-node-exporter prometheus-blackbox-exporter
fast=('interval: 1s' 'inventory_interval: 1s')
rounds=$(sized 15 2) seconds=1

# throughput URL: requests a second.
throughput() {
	wrk -t1 -c8 -d"$seconds" "$1" >"$scratch/wrk" 2>&1 && ! grep -q 'Non-2xx\|Socket errors' "$scratch/wrk" ||
		give_up "wrk fails at $1" "$scratch/wrk"
	awk '$1 == "Requests/sec:" { print $2 }' "$scratch/wrk"
}
# peer NAME COMMAND...: one more server, at the address that it says itself.
peer() {
	local own=$url
	serve "$scratch/$1.log" "${@:2}" || give_up "$2 does not start"
	urls[$1]=$url/metrics
	url=$own
}
of() { median <"$scratch/of-$1"; }
bytes() { curl -sS -f "${urls[$1]}" | wc -c; }

start_sim --nodes=12
play '*' idle=19
start_daemon
until_true all_active 1 || give_up "the pair is not ACTIVE" "$log"
until_true is_polled_often inventory 2 || give_up "no inventory" "$log"
scrape
"$build/bench/static_server" "$scratch/metrics" >"$scratch/static" &
servers+=($!)
until_true test -s "$scratch/static" || give_up "static_server does not start"
echo 'modules: {http_2xx: {prober: http}}' >"$scratch/blackbox.yml"
declare -A urls=([hawatchd]=$url/metrics [static]=$(cat "$scratch/static"))
peer node prometheus-node-exporter
peer blackbox prometheus-blackbox-exporter --config.file="$scratch/blackbox.yml"

before=$(polls nodes)
for ((i = 0; i < rounds; i++)); do
	for server in hawatchd static node blackbox; do
		throughput "${urls[$server]}" >>"$scratch/of-$server"
	done
done
scrape
[ "$(polls nodes)" -gt "$before" ] || give_up "no polls ran meanwhile" "$log"

ours=$(of hawatchd)
# against GOAL WHAT SERVER LEAST
against() {
	row "$1" "$2, $(bytes hawatchd) bytes, 8 connections, while polls run" "$(calc "$ours" %.0f)/s" \
		"$3: $(calc "$(of "$4")" %.0f)/s, $(bytes "$4") bytes" "$(ratio "$ours" "$(of "$4")")" ">= $5x" \
		"$(verdict "$ours >= $5 * $(of "$4")")"
}
against P1 '/metrics' "libmicrohttpd, the same bytes from one buffer" static 0.95
against P2 '/metrics' "node_exporter, its own /metrics" node 200
against P2 '/metrics' "blackbox_exporter, its own /metrics" blackbox 8
