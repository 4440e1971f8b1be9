#!/bin/bash
# What one round of the daemon costs on this machine, as it is now: the suites that cannot have a clock of their own, because
# a real Prometheus has the machine's, set their intervals and time-outs by it.
# usage: pace.sh BUILD_FOLDER FILE     (the factor goes into FILE: 1 on an idle machine, whole numbers)
set -u
clock=real
. "$(dirname "$0")/e2e/lib.sh"
readonly rounds=50 most=10 idle_us=12000 # of one round on an idle machine, the 10 ms between two included

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
echo "pace: a round takes $((round_us / 1000)) ms; what lives by the machine's clock has $pace times as long"
check "SIGTERM ends it, exit status 0" stop_daemon
finish
