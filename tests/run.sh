#!/usr/bin/env bash
# Runs every suite once and prints one line each; for a failed suite also its output. Logs stay in BUILD_DIR/test-logs.
# usage: run.sh [BUILD_DIR]    (make test builds what is not sanitized first)
set -u
cd "$(dirname "$0")/.." || exit 2
build=${1:-build}
logs=$build/test-logs
rm -rf "$logs"
mkdir -p "$logs"

# A suite ends with `N passed, N failed`; cmocka prints this in its own form.
count() { # LOG  -> sets p, f
	local line
	line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$1" | tail -n 1)
	if [ -n "$line" ]; then
		p=${line%% *}; f=${line#*, }; f=${f%% *}
	else
		p=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$1" | awk '{n += $1} END {print n + 0}')
		f=$(sed -n 's/^\[  FAILED  \] \([0-9]*\) test.*/\1/p' "$1" | awk '{n += $1} END {print n + 0}')
	fi
}

TIMEFORMAT='%R %U %S'
suite() { # NAME COMMAND...
	local name=$1 log=$logs/${1//\//-}.log status p f took work
	shift
	{ time "$@" >"$log" 2>&1 </dev/null; } 2>"${log%.log}.time"
	status=$?
	read -r took work < <(awk '{ printf "%.0f %.0f\n", $1, $2 + $3 }' "${log%.log}.time")
	count "$log"
	# A suite that crashes, or counts no check, has failed.
	if [ "$status" -ne 0 ] || [ $((p + f)) -eq 0 ]; then
		[ "$f" -gt 0 ] || f=1
	fi
	echo "$p $f $took $work $name" >"${log%.log}.sums"
	report >"${log%.log}.report"
	cat "${log%.log}.report" # at once, so that lines of other suites do not mix in
}
report() {
	printf '%-4s %-32s %4d passed %3d failed  %3ds, of a processor %3ds\n' "$([ "$f" -eq 0 ] && echo ok || echo FAIL)" "$name" "$p" "$f" "$took" "$work"
	grep -E '^(skip|SKIP)' "$log" | sed 's/^/       /'
	[ "$f" -ne 0 ] || return
	grep -nE '^(FAIL|not ok)|not tried|\[  FAILED|ERROR|error:|runtime error' "$log" | head -n 20
	echo "       --- the end of $log:"
	tail -n 40 "$log" | sed 's/^/       /'
}

# All unit tests of a variant, or those that are named; a failed one does not stop the others.
units() { # VARIANT [NAME...]
	local program dir=$build status=0
	[ "$1" = plain ] || dir+=/$1
	shift
	[ $# -gt 0 ] || set -- "$dir"/unit/test_*
	[ -x "$dir/unit/${1##*/}" ] || return
	for program; do
		program=$dir/unit/${program##*/}
		[ ! -x "$program" ] || "$program" || { echo "FAIL $program"; status=1; }
	done
	return $status
}

# What is sanitized, beside the first suites.
compile() {
	make --no-print-directory -j"$(nproc)" B="$build" test-sanitized && echo "1 passed, 0 failed"
}

# in_lanes COUNT: runs the suites on standard input (lines NAME COMMAND...), COUNT at a time.
in_lanes() {
	local words
	while read -r -a words; do
		while [ "$(jobs -pr | wc -l)" -ge "$1" ]; do wait -n; done
		suite "${words[@]}" &
	done
	wait
}

# ASan keeps freed memory for a while; tests that measure memory must not take this for a leak.
export ASAN_OPTIONS=quarantine_size_mb=8

# Suites that use the machine's clock, with intervals that this machine can keep. They wait most of their time, so they
# are beside all others, and need no program that is sanitized.
by_the_machine() {
	in_lanes 2 <<-END
		demo tests/e2e/demo.sh $build
		runbook tests/e2e/runbook.sh $build
		prometheus tests/e2e/prometheus.sh $build
		prometheus_restart tests/e2e/prometheus_restart.sh $build
		fleet tests/e2e/fleet.sh $build
		exposition tests/e2e/exposition.sh $build
		catalogue/server tests/e2e/catalogue.sh $build representative server
		catalogue/network tests/e2e/catalogue.sh $build representative network
	END
}
# Suites that only compute, and those with a clock of their own. Those of the most work first.
by_themselves() {
	in_lanes "$(nproc)" <<-END
		rules tests/e2e/rules.sh
		rules_fuzz tests/rules/fuzz.sh $build
		asan/dst $build/asan/dst/dst --known tests/dst/seeds --left $build/asan/dst --seed 101 --seeds 6 --days 0.2
		dst $build/dst/dst --known tests/dst/seeds --left $build/dst --years 1 --days 0.1
		asan/cli_hostile tests/e2e/cli_hostile.sh $build/asan
		asan/faults tests/e2e/faults.sh $build/asan
		units/asan units asan
		asan/spot tests/e2e/spot.sh $build/asan
		asan/state tests/e2e/state.sh $build/asan
		asan/journal tests/e2e/journal.sh $build/asan
		replay tests/e2e/replay.sh $build
		tune tests/e2e/tune.sh $build
		asan/daemon tests/e2e/daemon.sh $build/asan
		catalogue tests/e2e/catalogue.sh $build representative answers clock process
		asan/credentials tests/e2e/credentials.sh $build/asan
		asan/cli_canned tests/e2e/cli_canned.sh $build/asan
		asan/inventory tests/e2e/inventory.sh $build/asan
		dst/recordings tests/dst/recordings.sh $build
		dst/outages $build/dst/dst --alone tests/dst/outages
		machine tests/e2e/machine.sh $build representative
		machine_start tests/e2e/machine_start.sh $build representative
		asan/edge tests/e2e/edge.sh $build/asan
		catalogue/simulated $build/dst/dst --alone tests/e2e/catalogue/table
		notifications tests/e2e/notifications.sh
		alertmanager tests/e2e/alertmanager.sh $build
		units/tsan units tsan test_clients test_fetch test_log test_passwords test_request_rate
		units/plain units plain
		model/reachable $build/model/reachable
		model/oracle $build/model/oracle
		model/schedule $build/model/schedule
		fuzz_replay tests/fuzz/replay.sh $build
		asan/fuzz_replay tests/fuzz/replay.sh $build/asan
		simulator tests/sim/check.sh $build/hawatch-sim tests/fixtures
		field/kubeconfig tests/field/kubeconfig.sh $build
		field/server_name tests/field/server_name.sh $build
		layers tests/layers.sh $build
		citations tests/citations.sh
		manual tests/manual.sh $build
		completion tests/e2e/completion.sh $build
		dashboards tests/dashboards/check.sh
		kubernetes tests/kubernetes/check.sh $build
		format tests/format.sh
		unit_file tests/e2e/unit_file.sh
		bad_input tests/e2e/bad_input.sh $build
		modes tests/e2e/modes.sh $build
		secrets tests/e2e/secrets.sh $build
		asan/probe tests/e2e/probe.sh $build/asan
		tsan/daemon tests/e2e/daemon.sh $build/tsan threads
		manners tests/e2e/manners.sh $build
		sockets tests/e2e/sockets.sh $build
		requests tests/e2e/requests.sh $build
		budgets tests/e2e/budgets.sh $build
		config_watch tests/e2e/config_watch.sh $build
		asan/peers tests/e2e/peers.sh $build/asan
		page tests/e2e/page.sh $build
		asan/field_objects tests/field/objects.sh $build/asan
		asan/cli_live tests/e2e/cli_live.sh $build/asan
		asan/top tests/e2e/top.sh $build/asan
		asan/field/shown tests/field/shown.sh $build/asan representative
		field/cuts tests/field/cuts.sh $build
		asan/shards tests/e2e/shards.sh $build/asan
		asan/anchors tests/e2e/anchors.sh $build/asan
		asan/extra tests/e2e/extra.sh $build/asan
		asan/field/reload tests/field/reload.sh $build/asan
		field/organization tests/field/organization.sh $build
		field/spot_outage tests/field/spot_outage.sh $build
		asan/web_config tests/e2e/web_config.sh $build/asan
		asan/passwords tests/e2e/passwords.sh $build/asan
		tsan/passwords tests/e2e/passwords.sh $build/tsan threads
		tsan/web_config tests/e2e/web_config.sh $build/tsan threads
		tsan/events tests/e2e/events.sh $build/tsan
		tsan/control tests/e2e/control.sh $build/tsan
		asan/field/prefix tests/field/prefix.sh $build/asan
		field/renewal tests/field/renewal.sh $build
		field/rbac tests/field/rbac.sh $build
		field/precedence tests/field/precedence.sh $build
		asan/field/certificates tests/field/certificates.sh $build/asan
		field/life tests/field/life.sh $build
	END
}

suite pace tests/pace.sh "$build" "$logs/pace"
export HAWATCH_PACE CATALOGUE_AT_ONCE=1
HAWATCH_PACE=$(cat "$logs/pace") || HAWATCH_PACE=1
grep -h '^pace' "$logs/pace.log"
by_the_machine &
{
	suite compile compile
	by_themselves
} &
wait

echo "The slowest:"
sort -k 3,3nr "$logs"/*.sums | head -n 10 | awk '{ printf "%5d s, of a processor %3d s  %s\n", $3, $4, $5 }'
awk -v seconds="$SECONDS" '{ n += $4 } END { printf "%d s, of all processors %d s\n", seconds, n }' "$logs"/*.sums
echo "$SECONDS" >"$logs/duration"
cat "$logs"/*.sums | awk '{ p += $1; f += $2 } END { printf "%d passed, %d failed\n", p, f; exit f != 0 || !p }'
