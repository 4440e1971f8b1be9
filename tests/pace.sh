#!/bin/bash
# Measures how long one round of the daemon takes on this machine now. The suites with a real Prometheus use the
# machine's clock, and set their intervals and timeouts by it.
# usage: pace.sh BUILD_FOLDER FILE     (writes the factor into FILE: a whole number, 1 on an idle machine)
set -u
clock=real
. "$(dirname "$0")/e2e/lib.sh"
readonly rounds=50 most=10 idle_us=12000 # one round on an idle machine, with the 10 ms before the next

fast=('interval: 10ms' 'confirm_interval: 10ms' 'spot_interval: 10ms' 'timeout: 60s' 'unreachable_for: 5m' 'stale_after: 10m')
start_sim
start_daemon
reaches "for its pace" ACTIVE
began=${EPOCHREALTIME/./}
check "$rounds rounds" polled $rounds $one
round_us=$(((${EPOCHREALTIME/./} - began) / rounds))
pace=$(((round_us + idle_us - 1) / idle_us))
[ $pace -le $most ] || pace=$most
[ $round_us -gt $((idle_us * 5 / 4)) ] || pace=1
echo $pace >"$2"
echo "pace: a round takes $((round_us / 1000)) ms; suites that use the machine's clock get $pace times as long"
check "SIGTERM ends it, exit status 0" stop_daemon
finish
