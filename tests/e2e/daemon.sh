#!/bin/bash
# The real daemon against the simulated world: every status of the runbook reached and left, credentials, reload, its HTTP
# answers, its log.
# usage: daemon.sh [BUILD_FOLDER [threads]]    threads: what its threads have to do with each other, for TSan
set -u
. "$(dirname "$0")/lib.sh"
require promtool base64 mkfifo

readonly open_metrics='application/openmetrics-text; version=1.0.0; charset=utf-8'

http_code() { curl -sS --max-time 60 --path-as-is -o "$scratch/body" -w '%{http_code}' "$@"; }
is_code() {
	local expected=$1 found
	shift
	found=$(http_code "$@")
	[ "$found" = "$expected" ] || { echo "$*: HTTP status $found, expected $expected"; false; }
}
# has_header NAME VALUE CURL_ARGUMENT...
has_header() {
	local found
	found=$(curl -sS --max-time 60 -o "$scratch/body" -D - "${@:3}" | tr -d '\r' | sed -n "s/^$1: //Ip")
	[ "$found" = "$2" ] || { echo "$1: $found, expected $2"; false; }
}
json() { curl -sS -f --max-time 60 "$url/api/v1/summary" | jq -e "$1"; }
body_says() { jq -e ".error | $1" "$scratch/body"; }

# edit_config SED_SCRIPT: from the simulator's file, which stays as it was.
edit_config() { sed "$1" "$sim/hawatch.yaml" >"$config.new" && mv "$config.new" "$config"; }

# Where nobody answers, the daemon does: with a timeout that no check waits for.
before_the_first_round() {
	edit_config 's/timeout: .*/timeout: 2m/; s/stale_after: .*/stale_after: 10m/'
	everybody fault=stall
	start_daemon
	check "before the first round: /readyz 503" is_code 503 "$url/readyz"
	check "before the first round: /-/ready 503" is_code 503 "$url/-/ready"
	check "before the first round: /healthz 200" eventually is_code 200 "$url/healthz"
	check "before the first round: UNKNOWN" as_expected UNKNOWN UNKNOWN/starting UNKNOWN/starting
	check "upstreams stall: / answers" is_code 200 "$url/"
	check "upstreams stall: /api/v1/summary answers" json '.ha_status == "UNKNOWN" and .ha_active == false'
	check "upstreams stall: /metrics answers" is_code 200 "$url/metrics"
	check "upstreams stall: SIGTERM ends it, exit status 0" stop_daemon
	check "the control socket is gone with it" test ! -e "$socket"

	start_daemon
	check "restarted: /readyz 503" is_code 503 "$url/readyz"
	everybody fault=refuse # breaks off what is stalled
	check "first round failed: /readyz 200" eventually is_code 200 "$url/readyz"
	check "first round failed: still UNKNOWN" as_expected UNKNOWN
	check "first round failed: nothing was BLOCKED" is_never_blocked 0
	check "nobody answers: SIGTERM ends it, exit status 0" stop_daemon
	everybody fault=none
}

# lateness_is LATE STUCK AGE_S: once Spot has been asked about a cloudspace of that age.
lateness_is() {
	polled 2 spot && is "$1" ha_provisioning_late side=secondary && is "$2" ha_provisioning_stuck side=secondary &&
		json ".cloudspaces.secondary.provisioning.age_seconds | . >= $3 and . < $3 + 60"
}

provisioning() {
	play $two phase=Provisioning first_ready=off endpoint=off fault=refuse
	start_daemon --log.level=debug
	reaches "a cloudspace never ready before" BLOCKED_SECONDARY_UNAVAILABLE UP/serving PROVISIONING/provisioning
	check "the HTTP server logs through our log from its first option on" eval '! grep -F MHD_OPTION "$log"'
	check "/readyz 200 after the first round" eventually is_code 200 "$url/readyz"
	check "provisioning: its start is exported" is_above 1700000000 \
		ha_provisioning_started_timestamp_seconds side=secondary
	check "provisioning: of that side only" is '' ha_provisioning_started_timestamp_seconds side=primary
	play $two age_s=4400 # 73 min; 50 to 60 are usual
	check "provisioning for 73 min: not late" eventually lateness_is 0 0 4400
	play $two age_s=4600
	check "provisioning for 77 min: late" eventually lateness_is 1 0 4600
	play $two age_s=7300
	check "provisioning for 2 h: stuck" eventually lateness_is 1 1 7300
	check "provisioning: the phase" is 1 ha_cloudspace_phase side=secondary ha_cloudspace_phase=Provisioning
	play $two phase=Ready first_ready=on endpoint=on fault=none
	reaches "provisioned" ACTIVE
	check "provisioned: no start any more" is '' ha_provisioning_started_timestamp_seconds
}

page_and_json_say() {
	json ".ha_status == \"$1\" and .ha_active == (.ha_status == \"ACTIVE\")" &&
		curl -sS -f -o "$scratch/body" "$url/" && grep -q "$1" "$scratch/body"
}

# One outage a line: what is set on whom, how that is taken back, and what the daemon makes of it. All others are in
# tests/dst/outages.
# shellcheck disable=SC2086 # settings and states are words
outages() {
	local name target broken mended status sides
	while IFS='|' read -r name target broken mended status sides; do
		play "$target" $broken
		reaches "$name" "$status" $sides
		check "$name: so say the page and the JSON" page_and_json_say "$status"
		check "$name: /healthz stays 200" is_code 200 "$url/healthz"
		play "$target" $mended
		reaches "$name, mended" ACTIVE
	done <<-END
		secondary without nodes|$two|nodes=0|nodes=10|BLOCKED_SECONDARY_UNAVAILABLE|UP/serving DOWN/no_capacity
		primary cordoned|$one|cordoned=all|cordoned=none|BLOCKED_PRIMARY_UNAVAILABLE|MAINTENANCE/cordoned UP/serving
		API server refuses connections|$two|fault=refuse|fault=none|BLOCKED_SECONDARY_UNAVAILABLE|UP/serving DOWN/unreachable
		no rights to read nodes, /readyz answers 500|$two|rbac=none fault=status:500 on=/readyz|rbac=good fault=none|BLOCKED_SECONDARY_UNAVAILABLE|UP/serving DOWN/unreachable
		both API servers refuse, Spot lives|*|fault=refuse|fault=none|BLOCKED_BOTH_UNAVAILABLE|DOWN/unreachable DOWN/unreachable
		Spot says Error, nodes serve|$two|phase=Error|phase=Ready|ACTIVE|UP/serving UP/spot_error
		token refused, Spot says Ready|$one|token=revoked|token=good|ACTIVE|UP/credential_denied UP/serving
	END
}

# What the statuses alone do not show.
details() {
	check "all is well: ha_up" is 1 ha_up
	play $two cordoned=all
	check "maintenance: ha_maintenance 1 of that side" eventually is 1 ha_maintenance side=secondary
	check "maintenance: not of the other" is 0 ha_maintenance side=primary
	play $two cordoned=none
	reaches "maintenance ends" ACTIVE
	check "maintenance ends: ha_maintenance 0" is 0 ha_maintenance side=secondary

	play $two phase=Error
	check "degraded: exported" eventually is 1 ha_cloudspace_degraded side=secondary
	check "degraded: ready all the same" is 1 ha_cloudspace_ready side=secondary
	play $two phase=Ready
	check "degraded no longer" eventually is 0 ha_cloudspace_degraded side=secondary

	play $two rbac=none won=7 reserved=1
	check "no rights: counts of the pools" eventually is 8 ha_cloudspace_nodes_available side=secondary
	check "no rights: marked as such" is 1 ha_cloudspace_nodes_from_pools side=secondary
	check "no rights: the JSON says so" json '.cloudspaces.secondary | .nodes_source == "node_pools" and .nodes == 8'
	check "no rights: effective nodes are twice the fewer" is 16 ha_effective_nodes
	check "no rights: the constraining side" is 1 ha_constraining_side ha_constraining_side=secondary
	check "no rights: counted as auth" is_above 0 ha_poll_errors_total side=secondary source=nodes reason=auth
	check "no rights: ha_up says that a source fails" is 0 ha_up
	play $two rbac=good won=10 reserved=0
	check "rights again: counts of the nodes" eventually is 0 ha_cloudspace_nodes_from_pools side=secondary
	reaches "rights again" ACTIVE

	play $two nodes=12 not_ready=1 cordoned=2 tainted=3
	check "counts: total" eventually is 12 ha_cloudspace_nodes side=secondary
	check "counts: ready" is 11 ha_cloudspace_nodes_ready side=secondary
	check "counts: cordoned" is 2 ha_cloudspace_nodes_cordoned side=secondary
	check "counts: available" is 6 ha_cloudspace_nodes_available side=secondary
	check "counts: constrained" is 1 ha_nodes_constrained
	check "counts: imbalance" is 4 ha_node_imbalance
	check "counts: effective nodes each" is 6 ha_effective_nodes_per_cloudspace
	check "counts: the runbook's JSON" json '.node_balance | contains({primary_actual: 10, secondary_actual: 6,
		effective_each: 6, total_effective: 12, nodes_constrained: true, constraining_side: "secondary"})'
	play $two nodes=10 not_ready=0 cordoned=none tainted=0
	check "counts: balanced again" eventually is 0 ha_node_imbalance
}

# Everything that we ask is gone at once: that is our own network, and no outage.
alone() {
	local fault before errors
	for fault in refuse stall; do
		before=$(blocked_transitions)
		everybody fault=$fault
		check "everything gone at once ($fault): UNKNOWN" eventually as_expected UNKNOWN \
			UNKNOWN/no_evidence UNKNOWN/no_evidence
		errors=$(sum ha_poll_errors_total source=nodes)
		check "everything gone at once ($fault): asked again and again" eventually \
			is_above $((errors + 5)) ha_poll_errors_total source=nodes
		check "everything gone at once ($fault): stays UNKNOWN" as_expected UNKNOWN
		check "everything gone at once ($fault): never BLOCKED" is_never_blocked "$before"
		everybody fault=none
		reaches "everything back ($fault)" ACTIVE
		check "everything back ($fault): never BLOCKED" is_never_blocked "$before"
	done
}

# As editors and secret mounts do: another file takes the name.
put_token() { printf '%s\n' "$1" >"$2.new" && mv "$2.new" "$2"; }

token_files() {
	local file=$sim/$two.token good
	good=$(cat "$file")
	cp "$file" "$scratch/every-token"
	echo not-the-token-of-anybody >>"$scratch/every-token"
	put_token not-the-token-of-anybody "$file"
	check "token file rewritten: picked up" eventually is_side secondary UP/credential_denied
	put_token "$good" "$file"
	check "token file put right: picked up" eventually is_side secondary UP/serving
	: >"$file"
	check "token file emptied: said in the log" eventually logged "credentials cannot be read.*$two.token"
	polled 5 $two
	check "token file emptied: the last good token serves" as_expected ACTIVE UP/serving UP/serving
	put_token "$good" "$file"
	check "token file filled again: said in the log" eventually logged "credentials are readable again"
}

spot_tokens() {
	local lists tokens before
	tokens=$(requests auth)
	polled 5 spot
	check "a good bearer is kept" [ "$(requests auth)" -eq "$tokens" ]
	lists=$(requests spot cloudspaces)
	play spot token=revoked
	polled 10 spot
	play spot token=good
	polled 3 spot
	lists=$(($(requests spot /cloudspaces) - lists)) tokens=$(($(requests auth) - tokens))
	check "bearer revoked: a new one is got" [ "$tokens" -gt 0 ]
	# A refused round asks twice, with one new token between.
	check "bearer revoked: one refresh a round" [ $((2 * tokens)) -le $((lists + 2)) ]
	tokens=$(requests auth)
	polled 5 spot
	check "bearer good again: no more refreshes" [ "$(requests auth)" -eq "$tokens" ]
	check "bearer revoked: ACTIVE by Kubernetes alone" as_expected ACTIVE UP/serving UP/serving

	before=$(sum ha_poll_errors_total source=token reason=auth)
	everybody token=good
	play spot token=revoked
	play auth token=revoked
	check "refresh token revoked: counted as auth" eventually is_above $((before + 3)) \
		ha_poll_errors_total source=token reason=auth
	check "refresh token revoked: ACTIVE by Kubernetes alone" as_expected ACTIVE UP/serving UP/serving
	everybody token=good
	check "refresh token good again: Spot is read" eventually \
		is 1 ha_cloudspace_phase side=primary ha_cloudspace_phase=Ready
}

transitions() { sum ha_status_transitions_total; }
reloaded_at() { value ha_config_last_reload_success_timestamp_seconds; }
is_reloaded_since() { [ "$(reloaded_at)" != "$1" ]; }
reloads() { grep -c 'msg="configuration reloaded"' "$log"; }
has_reloads() { [ "$(reloads)" -ge "$1" ]; }

good_reload() {
	local before at fds i
	before=$(transitions) at=$(reloaded_at)
	let_pass 1000 # the metric is of whole seconds
	edit_config "s/context: $one}/context: $one, max_nodes: 20}/"
	reload
	check "SIGHUP: the new configuration holds" eventually is 20 ha_cloudspace_nodes_max side=primary
	check "SIGHUP: successful" is 1 ha_config_last_reload_successful
	check "SIGHUP: at a new time" is_reloaded_since "$at"
	check "SIGHUP: the pools' maximum is another" eventually is 1 ha_max_nodes_drift side=primary
	polled 3 $one
	check "SIGHUP: verdicts are carried over" as_expected ACTIVE UP/serving UP/serving
	check "SIGHUP: no transition" [ "$(transitions)" -eq "$before" ]
	fds=$(value process_open_fds)
	at=$(reloads)
	for i in {1..10}; do
		reload
		until_true has_reloads $((at + i)) # or two signals would be one
	done
	check "SIGHUP ten times: ten reloads" [ "$(reloads)" -eq $((at + 10)) ]
	polled 3 $one
	check "SIGHUP ten times: no transition" [ "$(transitions)" -eq "$before" ]
	check "SIGHUP ten times: no descriptor is lost" eval "[ \$(value process_open_fds) -le $((fds + 4)) ]"
}

bad_reload() {
	local at place
	place="$(basename "$config"):[0-9]+:[0-9]+: "
	at=$(reloaded_at)
	edit_config 's/ interval: 200ms/ interval: 15/; s/name: prod/name: prod\n    secret_sauce: 1/'
	reload
	check "bad reload: told by the metric" eventually is 0 ha_config_last_reload_successful
	check "bad reload: the log names the place" logged "$place.*15"
	check "bad reload: and every mistake" logged "$place.*secret_sauce"
	check "bad reload: the time of the last good one stays" [ "$(reloaded_at)" = "$at" ]
	check "bad reload: the old configuration holds" is 20 ha_cloudspace_nodes_max side=primary
	polled 3 $one
	check "bad reload: it goes on" as_expected ACTIVE UP/serving UP/serving
	rm "$config"
	reload
	check "reload without a file: the log names it" eventually \
		logged "configuration not reloaded.*$(basename "$config"): No such file"
}

disabled() {
	edit_config 's/name: prod/name: prod\n    enabled: false/'
	reload
	reaches "enabled: false" DISABLED
	check "enabled: false: the reload was good again" is 1 ha_config_last_reload_successful
	check "enabled: false: the JSON says so" json '.ha_enabled == false and .ha_status == "DISABLED"'
	play $two nodes=0
	reaches "enabled: false, a side falls" DISABLED UP/serving DOWN/no_capacity
	play $two nodes=10
	reaches "enabled: false, a side rises" DISABLED
}

control_socket() {
	local at
	edit_config ''
	at=$(reloaded_at)
	let_pass 1000
	check "POST /-/reload on the socket" is_code 200 -X POST --unix-socket "$socket" http://localhost/-/reload
	reaches "enabled again" ACTIVE
	check "enabled again: by the socket" is_reloaded_since "$at"
	check "POST /-/reload: who asked is logged" logged "msg=\"reload requested\" uid=$(id -u) pid=[0-9]+"
	check "POST /-/reload elsewhere: 404" is_code 404 -X POST "$url/-/reload"
	check "GET /-/reload on the socket: 405" is_code 405 --unix-socket "$socket" http://localhost/-/reload
	check "GET /-/reload on the socket: Allow" has_header Allow POST --unix-socket "$socket" http://localhost/-/reload
	check "the socket is for its user and group" [ "$(stat -c %a "$socket")" = 660 ]
	check "the socket answers /metrics too" is_code 200 --unix-socket "$socket" http://localhost/metrics
}

# curl would not show a body that must not be there.
head_alone() {
	(exec 3<>"/dev/tcp/127.0.0.1/${url##*:}" &&
		printf 'HEAD %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$1" >&3 &&
		timeout "$patience" cat <&3) >"$scratch/head" &&
		head -n 1 "$scratch/head" | grep -q '^HTTP/1.1 200 ' &&
		grep -qi '^content-length: [1-9]' "$scratch/head" && [ -z "$(sed '1,/^\r$/d' "$scratch/head")" ]
}
is_clean() { # promtool names every mistake, and is silent otherwise
	scrape && promtool check metrics <"$scratch/metrics" >"$scratch/promtool" 2>&1 && [ ! -s "$scratch/promtool" ] ||
		{ cat "$scratch/promtool"; false; }
}
ends_with_eof() { [ "$(tail -n 1 "$scratch/body")" = '# EOF' ] && [ "$(grep -c '^# EOF' "$scratch/body")" = 1 ]; }
series_twice() { grep -v '^#' "$scratch/metrics" | sed 's/ [^ ]*$//' | sort | uniq -d; }
# Of one pair; the monitor's own come once, however many pairs there are.
count_series() { scrape && grep -c "pair=\"$1\"" "$scratch/metrics"; }

methods_and_paths() {
	local path
	for path in /metrics / /api/v1/summary /healthz /livez /-/healthy /readyz /-/ready; do
		check "GET $path" is_code 200 "$url$path"
		check "HEAD $path: the head alone" head_alone "$path"
		check "POST $path: 405" is_code 405 -X POST -d x=y "$url$path"
		check "POST $path: Allow" has_header Allow 'GET, HEAD' -X POST -d x=y "$url$path"
	done
	check "DELETE: 405" is_code 405 -X DELETE "$url/metrics"
	for path in /nothing /api/v1/ /-/reload/ /x/../metrics; do
		check "GET $path: 404" is_code 404 "$url$path"
	done
	for path in /metrics/ //metrics; do
		check "GET $path: 200, as where Prometheus redirects" is_code 200 "$url$path"
	done
	check "?pair=prod" is_code 200 "$url/api/v1/summary?pair=prod"
	check "?pair=nobody: 404" is_code 404 "$url/api/v1/summary?pair=nobody"
	check "?pair=nobody: the answer lists the pairs" body_says 'contains("prod")'
	check "the JSON is called so" has_header Content-Type application/json "$url/api/v1/summary"
}

exposition() {
	local series
	check "/metrics: text 0.0.4" has_header Content-Type 'text/plain; version=0.0.4; charset=utf-8' "$url/metrics"
	check "/metrics: text has no # EOF" eval '! ends_with_eof'
	check "OpenMetrics by Accept" has_header Content-Type "$open_metrics" \
		-H 'Accept: application/openmetrics-text; version=1.0.0' "$url/metrics"
	check "OpenMetrics ends with # EOF" ends_with_eof
	check "OpenMetrics for a Prometheus" has_header Content-Type "$open_metrics" \
		-H 'Accept: application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1' "$url/metrics"
	check "promtool check metrics" is_clean
	check "gzip for those who accept it" has_header Content-Encoding gzip -H 'Accept-Encoding: gzip, br' "$url/metrics"
	check "gzip: the same families" eval '[ "$(gunzip <"$scratch/body" | grep -c "^# TYPE")" -eq "$(curl -sS -f "$url/metrics" | grep -c "^# TYPE")" ]'
	check "gzip: caches tell them apart" has_header Vary 'Accept, Accept-Encoding' "$url/metrics"
	check "gzip: not for others" has_header Content-Encoding '' -H 'Accept-Encoding: br, gzip;q=0, *' "$url/metrics"
	check "gzip: the page" has_header Content-Encoding gzip -H 'Accept-Encoding: gzip' "$url/"
	check "gzip: the whole page" eval 'gunzip <"$scratch/body" | grep -q "</html>"'
	series=$(count_series prod)
	check "series: $series, at most 400" [ "$series" -gt 100 -a "$series" -le 400 ]
	check "no series twice" no_lines series_twice
	check "no core files" grep -qE '^Max core file size +0 +0 ' "/proc/$daemon/limits"
}

# The operator's command, while one side is lost and while none is.
command_line() {
	check "cli.sh while ACTIVE" tests/e2e/cli.sh "$build/hawatch" "$url" "$socket" ACTIVE
	play $two nodes=0
	reaches "for the command" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
	"$build/hawatch" active --url "$url" >"$scratch/out"
	check "hawatch active: exit status 1 while BLOCKED" [ $? -eq 1 ]
	play $two nodes=10
	reaches "after the command" ACTIVE
}

secrecy() {
	local path
	check "secrets: not in the log" without_secrets "$log" "$scratch/every-token"
	for path in /metrics / /api/v1/summary; do
		curl -sS -f -o "$scratch/body" "$url$path"
		check "secrets: not in $path" without_secrets "$scratch/body" "$scratch/every-token"
	done
	tr '\0' '\n' <"/proc/$daemon/cmdline" >"$scratch/body"
	check "secrets: not in the arguments" without_secrets "$scratch/body" "$scratch/every-token"
}

# starts_very_late COUNT: so many rounds have started 2.5 s late or more.
starts_very_late() {
	local late
	late=$(($(sum ha_poll_lateness_seconds_count) - $(value ha_poll_lateness_seconds_bucket le=2.5)))
	[ "$late" -eq "$1" ] || { echo "$late rounds started late, expected $1"; false; }
}

# Nobody ran for longer than answers are believed: they are asked anew, and nothing falls meanwhile.
stopped() {
	local before
	before=$(blocked_transitions)
	check "no round has started as late as a stopped loop starts it" starts_very_late 0
	kill -STOP "$daemon"
	let_pass 6000
	kill -CONT "$daemon"
	check "stopped for 6 s: the rounds of both sides and of Spot started late" eventually starts_very_late 3
	check "stopped for 6 s: said in the log" eventually logged "poll loop delayed or machine suspended; cached results discarded"
	reaches "stopped for 6 s" ACTIVE
	check "stopped for 6 s: never BLOCKED" is_never_blocked "$before"

	# What is seen then is believed only when every source has answered or failed twice, and Spot takes two time-outs.
	play spot fault=stall
	kill -STOP "$daemon"
	let_pass 6000
	play $two nodes=0
	before=$(now_s)
	kill -CONT "$daemon"
	reaches "stopped, and an outage meanwhile" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
	check "stopped, and an outage meanwhile: believed after two time-outs of Spot" took 2 10 "$before"
	play spot fault=none
	play $two nodes=10
	reaches "stopped, mended" ACTIVE
}
# took LEAST MOST SINCE: seconds of the world, from then to the present state of the secondary.
took() {
	value ha_cloudspace_state_since_timestamp_seconds side=secondary |
		awk -v least="$1" -v most="$2" -v since="$3" '{ t = $1 - since; print t } END { exit !(t >= least && t <= most) }'
}

# Being sure costs confirm_interval, not interval: at the next round, and then twice the former.
confirming() {
	local before at
	at=$(reloads)
	edit_config 's/^  interval: .*/  interval: 20s/; s/spot_interval: .*/spot_interval: 20s/; s/confirm_interval: .*/confirm_interval: 2s/; s/own_network_window: .*/own_network_window: 1m/
		s/unreachable_for: .*/unreachable_for: 2m/; s/stale_after: .*/stale_after: 5m/'
	reload
	check "confirming: reloaded" eventually has_reloads $((at + 1))
	polled 2 $two
	before=$(now_s)
	play $two nodes=0
	reaches "confirming" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
	check "confirming: after a round and two confirmations" took 4 26 "$before"
	play $two nodes=10
	reaches "confirming, mended" ACTIVE
	at=$(reloads)
	edit_config ''
	reload
	check "confirming: as before" eventually has_reloads $((at + 1))
}

# A log that nobody reads, on the port of the daemon before it.
deaf_log() {
	mkfifo "$scratch/pipe"
	exec 7<>"$scratch/pipe"
	dd if=/dev/zero of="$scratch/pipe" bs=64k count=1 oflag=nonblock 2>"$scratch/dd"
	inside "$build/hawatchd" --config.file="$config" --web.listen-address="${url#http://}" --web.control-socket= 2>&7 &
	daemon=$!
	servers+=("$daemon")
	check "a log that nobody reads: it serves" eventually as_expected ACTIVE UP/serving UP/serving
	check "a log that nobody reads: SIGTERM ends it, exit status 0" stop_daemon
	is_gone "$daemon" || kill_daemon
	exec 7>&-
}

# Every line, and all of it: a line that is no JSON ends jq.
is_json_log() {
	[ "$(jq -c 'select([.ts, .level, .msg] | all(type == "string"))' "$log" | wc -l)" -eq "$(wc -l <"$log")" ]
}

several_pairs() {
	config=$sim/hawatch.yaml
	kill "$sim_pid" && until_true is_gone "$sim_pid"
	start_sim --pairs 2
	start_daemon --log.format=json
	check "two pairs: both ACTIVE" eventually is $'1\n1' ha_status ha_status=ACTIVE
	check "two pairs, none named: 400" is_code 400 "$url/api/v1/summary"
	check "two pairs, none named: the answer lists them" body_says 'contains("prod") and contains("prod-2")'
	check "two pairs: ?pair=prod-2" is_code 200 "$url/api/v1/summary?pair=prod-2"
	check "two pairs: its own cloudspaces" jq -e \
		".pair == \"prod-2\" and ([.primary_cloudspace, .secondary_cloudspace] | index(\"$one\") == null)" "$scratch/body"
	check "two pairs: at most 400 series each" [ "$(count_series prod)" -le 400 -a "$(count_series prod-2)" -le 400 ]
	play $two nodes=0
	check "two pairs: one is BLOCKED" eventually is 1 ha_status pair=prod ha_status=BLOCKED_SECONDARY_UNAVAILABLE
	check "two pairs: the other stays ACTIVE" is 1 ha_status pair=prod-2 ha_status=ACTIVE
	play spot token=revoked
	play auth token=revoked
	check "JSON log: a failure is in it" eventually grep -q '"msg":"poll failed"' "$log"
	kill -INT "$daemon"
	check "SIGINT ends it, exit status 0" ends_with 0
	check "every line of the log is JSON" is_json_log
	check "secrets: not in the JSON log" without_secrets "$log"
}

# all COMMAND...: not of what threads have to do with each other.
all() { [ "$parts" = threads ] || "$@"; }
begun() {
	start_daemon
	reaches "the daemon" ACTIVE
}

parts=${2:-all}
start_sim
config=$scratch/hawatch.yaml
before_the_first_round
edit_config ''
all provisioning
[ "$parts" = all ] || begun
all outages
all details
all alone
all token_files
all spot_tokens
good_reload
bad_reload
disabled
control_socket
all methods_and_paths
exposition
all command_line
stopped
all confirming
all secrecy
check "every line of the log is logfmt" is_logfmt
check "SIGTERM ends it, exit status 0" stop_daemon
deaf_log
several_pairs
finish
