#!/bin/bash
# The operator's command while things happen: a cloudspace is rebuilt, a side is drained and maintained, the
# daemon restarts. With a simulator and a hawatchd of its own.
# usage: cli_live.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"
unset HAWATCH_URL NO_COLOR COLUMNS

hawatch=$build/hawatch
export HAWATCH_SOCKET=$socket

run() {
	"$hawatch" --timeout "${patience}s" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
	code=$?
}
# completes WORD...: the candidates for the last word.
completes() { "$hawatch" __complete --timeout "${patience}s" "$@" 2>"$scratch/err" </dev/null | cut -f 1 >"$scratch/out"; }
is_code() { [ "$code" -eq "$1" ] || { echo "exit code $code, expected $1"; cat "$scratch/out" "$scratch/err"; false; }; }
has() { grep -qE -- "$1" "$scratch/out" || { echo "no line like $1 in:"; cat "$scratch/out" "$scratch/err"; false; }; }
says() { grep -qE -- "$1" "$scratch/err" || { echo "stderr has not $1:"; cat "$scratch/err"; false; }; }
begin_wait() {
	inside "$hawatch" wait "$@" >"$scratch/out" 2>"$scratch/err" </dev/null &
	waiting=$!
	servers+=("$waiting")
}
end_wait() {
	until_true is_gone "$waiting" || { echo "it still waits"; cat "$scratch/out"; return 1; }
	wait "$waiting"
	code=$?
	is_code "$1"
}
shows() { until_true grep -qE -- "$1" "$scratch/out" || { echo "no line like $1:"; cat "$scratch/out" "$scratch/err"; false; }; }

# What is told behind the first line that nobody answers.
shows_again() { sed '1,/NO ANSWER/d' "$scratch/out" | grep -v 'NO ANSWER' | grep -qE -- "$1"; }

# The secondary is built anew, and the daemon restarts meanwhile.
recovery() {
	begin_wait active --timeout 1h
	check "wait active: at once while it is so" end_wait 0
	play $two phase=Provisioning health= first_ready=off endpoint=off nodes=0 age_s=2040
	reaches "the secondary is rebuilt" BLOCKED_SECONDARY_UNAVAILABLE UP/serving PROVISIONING/provisioning
	run cloudspace secondary
	check "cloudspace secondary: exit code of one not ready" is_code 1
	run status
	check "status: exit code" is_code 1
	lever step_ns 2000000 # a minute is one of the machine's, until it is read
	begin_wait active --timeout 1h
	check "wait active: minutes of the usual" shows 'secondary PROVISIONING .*Spot says Provisioning, 34 min of the usual 50-60'
	lever step_ns 20000000
	play $two nodes=4 endpoint=on
	check "wait active: nodes that joined" shows '4 of 10 nodes joined'
	kill_daemon
	check "wait active: tells that nobody answers" shows 'NO ANSWER'
	start_daemon
	reaches "the daemon is back" BLOCKED_SECONDARY_UNAVAILABLE UP/serving PROVISIONING/provisioning
	check "wait active: survives the daemon's restart" until_true shows_again 'secondary PROVISIONING'
	play $two phase=Ready health=Healthy first_ready=on nodes=10
	check "wait active: reached" end_wait 0
	check "wait active: says so" has '^prod is ACTIVE after '
	run events --since 1h -o markdown
	check "events: the recovery is in the timeline" has '\| secondary matchpoint-runners-2 \| PROVISIONING -> UP \(serving\) \|'
	run wait ready secondary
	check "wait ready secondary" is_code 0
}

maintenance() {
	run maintenance begin primary --for 2h --reason "new image | #7"
	check "maintenance begin: exit code" is_code 0
	run maintenance status -o table
	check "maintenance status: the window" has '^primary +declared +since .*\(in 1h59m|^primary +declared .*in 2h'
	check "maintenance status: the reason" has 'new image \| #7'
	run maintenance begin secondary --for 1h --reason both
	check "maintenance of both: refused" is_code 1
	check "maintenance of both: why" says 'primary is under maintenance'
	run maintenance end primary
	check "maintenance end: exit code" is_code 0
	run maintenance status
	check "maintenance status: none" [ "$(jq -c .sides "$scratch/out")" = '{"primary":null,"secondary":null}' ]
	run maintenance end primary
	check "maintenance end of none: refused" is_code 1
	play $two nodes=0
	reaches "the other side is down" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
	run maintenance begin primary --for 1h --reason "urgent"
	check "maintenance while the other side is DOWN: refused" is_code 1
	run maintenance begin primary --for 1h --reason "urgent" --force
	check "maintenance --force: exit code" is_code 0
	run maintenance end primary
	play $two nodes=10
	reaches "both are back" ACTIVE
	run maintenance begin primary --for 1h --reason x --pair none
	check "maintenance of another pair: exit code" is_code 2
	run maintenance begin extra-1 --for 1h --reason x
	check "maintenance of a side that this pair has not: exit code" is_code 2
	check "maintenance of a side that this pair has not: why" says 'pair `prod` has no extra-1'
	completes runners ''
	check "the completion's sides are the pair's" [ "$(tr '\n' ' ' <"$scratch/out")" = 'primary secondary ' ]
}

drain() {
	play $one busy=3 cordoned=all
	begin_wait drained primary --timeout 1h
	check "wait drained: jobs left" shows 'primary MAINTENANCE: 10 of 10 nodes cordoned; jobs left: 3 busy'
	play $one busy=1
	check "wait drained: fewer" shows 'jobs left: 1 busy'
	play $one busy=0
	check "wait drained: reached" end_wait 0
	run runners primary
	check "runners: drained, too" [ "$(jq .drained "$scratch/out")" = true ]
	play $one cordoned=none
	reaches "uncordoned" ACTIVE
}

# What an operator sees of a reload: that it is done, or each mistake; the configuration from before stays.
reloads() {
	local good=$scratch/good.yaml place
	place="$(basename "$config"):[0-9]+:[0-9]+: "
	cp "$config" "$good"
	run reload
	check "reload: exit code" is_code 0
	check "reload: says that it is done" has '^hawatchd has reloaded its configuration$'
	check "reload: it is done when it says so" grep -q 'msg="configuration reloaded"' "$log"
	sed 's/ interval: [0-9]*ms/ interval: 15/; s/name: prod/name: prod\n    secret_sauce: 1/' "$good" >"$config"
	run reload
	check "reload of mistakes: exit code" is_code 1
	check "reload of mistakes: the first, with its place" has "$place.*15"
	check "reload of mistakes: the second" has "$place.*secret_sauce"
	check "reload of mistakes: no more" [ "$(wc -l <"$scratch/out")" -eq 2 ]
	check "reload of mistakes: says what stays" says '^hawatch: 2 mistakes in the configuration; hawatchd keeps what it had before$'
	run reload -o json
	check "reload of mistakes, JSON: all of them" [ "$(jq -c '[.kind, (.mistakes | length), .omitted]' "$scratch/out")" = '["refused",2,0]' ]
	{
		cat "$good"
		printf '  - nonsense_%d: 1\n' {1..40}
	} >"$config"
	run reload
	check "reload of very many mistakes: says how many it leaves out" has '^and [0-9]+ more$'
	rm "$config"
	run reload
	check "reload without a file: exit code" is_code 1
	check "reload without a file: named" has "$(basename "$config"): No such file"
	cp "$good" "$config"
	run reload --url "$url"
	check "reload over --url: exit code" eval "HAWATCH_SOCKET= run reload --url '$url'; is_code 2"
	check "reload over --url: says why" says 'reload works over the daemon.s Unix socket only'
	run reload now
	check "reload with an argument: refused" is_code 2
	together
	run reload --socket "$scratch/none"
	check "reload without a daemon: exit code" is_code 3
}

# Several at once: one reload, or a few, and each has its answer.
together() {
	local i pids=() codes=
	for i in {1..6}; do
		"$hawatch" reload >"$scratch/together.$i" 2>&1 </dev/null &
		pids+=($!)
		servers+=($!)
	done
	check "six reloads at once: all end" flowing until_true are_gone "${pids[@]}"
	for i in "${pids[@]}"; do wait "$i"; codes+=$?; done
	check "six reloads at once: all done" [ "$codes" = 000000 ]
	reaches "after the reloads" ACTIVE
}

secure() {
	local api
	api=https://$(sed -n '1,/server:/s|.*server: https://||p' "$sim/kubeconfig")
	run status --socket '' --url "$api"
	check "https of an unknown CA: exit code" eval "HAWATCH_SOCKET= run status --url '$api'; is_code 3"
	check "https of an unknown CA: --cacert is named" says -- '--cacert'
	check "https with --cacert: answered" eval "HAWATCH_SOCKET= run status --url '$api' --cacert '$sim/ca.crt'; says 'requires a credential .HTTP 401.'"
	check "https with --cacert and --token-file: let in" eval \
		"HAWATCH_SOCKET= run status --url '$api' --cacert '$sim/ca.crt' --token-file '$sim/$one.token'; says 'HTTP 404'"
}

# With very many pairs an error that names them is whole, too; nothing listens at their servers.
many_pairs() {
	local i kubeconfig=$scratch/nowhere config=$scratch/many.yaml
	cat >"$kubeconfig" <<-END
		clusters: [{name: a, cluster: {server: 'https://127.0.0.1:1'}}, {name: b, cluster: {server: 'https://127.0.0.1:2'}}]
		contexts: [{name: a, context: {cluster: a}}, {name: b, context: {cluster: b}}]
	END
	{
		echo pairs:
		for i in {100..249}; do
			printf '  - name: pair-%057d\n' "$i"
			printf '    %s: {cloudspace: c%d-%s, kubeconfig: %s, context: %s}\n' primary "$i" a "$kubeconfig" a secondary "$i" b "$kubeconfig" b
		done
	} >"$config"
	start_daemon
	run status
	check "150 pairs, none named: exit code" is_code 2
	check "150 pairs, none named: says how many it leaves out" says '^hawatch: name one of 150 pairs with --pair: pair-.* and 145 more, see hawatch top$'
	run status --pair "Pair-$(printf '%056d' 249)"
	check "150 pairs, a name that is nearly one: says which" says "^hawatch: no pair 'Pair-0*249'; did you mean 'pair-$(printf '%057d' 249)'. Name one of 150 pairs"
	completes status --pair ''
	check "150 pairs: the completion has all" [ "$(wc -l <"$scratch/out")" -eq 150 ]
	check "150 pairs: ends" stop_daemon
}

start_sim --poll 'inventory_interval: 300ms' --poll 'pod_interval: 300ms'
start_daemon
reaches "at first" ACTIVE
recovery
maintenance
completes status --pair ''
check "completion: the daemon's pairs" [ "$(cat "$scratch/out")" = prod ]
secure
drain
reloads
check "ends" stop_daemon
many_pairs
finish
