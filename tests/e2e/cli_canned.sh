#!/bin/bash
# The operator's command against documents that say everything at once: every command as a table and
# as JSON, at 80 and 45 columns, explain for every status, the plugin line, drain and recovery,
# credentials.
# usage: cli_canned.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli_lib.sh"

# What must be seen of each document, as a table of 80 columns.
tables() {
	local command line columns
	while IFS='|' read -r command line; do
		# shellcheck disable=SC2086 # words
		on_terminal 80 $command
		check "$command: $line" has "$line"
	done <<-'END'
		status|^prod  BLOCKED_BOTH_UNAVAILABLE  since 20:26 UTC \(34m\)$
		summary|^STATE +MAINTENANCE +PROVISIONING +UP$
		summary|^PROGRESS +- +34 min of the usual
		summary|^MAINTENANCE +declared, until 22:00
		summary|^MAX +12 \(desired 10\) +12 \(desired 10\), but
		summary|3 available on burst-3
		cloudspaces|^READY +false +false +true$
		cloudspaces|^WON +10 +10, 4 of them joined +3$
		cloudspaces|^CPU +21\.5 of 79\.2 cores
		cloudspaces|^DRAINED +yes +- +no$
		cloudspaces|^secondary: provisioning for 34 min; 50-60 is usual$
		cloudspace primary|^STATUS +Ready, Healthy$
		cloudspace primary|^CONTEXT +ctx-one$
		node-balance|^BALANCE +0 \+ 4 available; 0 effective each, 0 in total$
		node-balance|^CONSTRAINED +- \(compared while ACTIVE\)
		runners|^PODS +9 Running, 2 Pending,
		runners|^BUSY +6 \(30\.0% of the max\) +6 +-$
		runners|^STARTING +2 \(1 stuck\)
		runners|^LISTENER +running +bound to a runner set
		runners|^CONTROLLER +ready, 1 of 1 +not ready, 0 of 1
		runners|^linux-arm64 +- +0 or more, no max
		runners|^extra-1: ephemeralrunners: 403, the credential may not list them$
		runners secondary|^SIDE +secondary$
		apps|^primary \(matchpoint-runners\): 10 of 12 applications synced and healthy
		apps|^arc-controller +OutOfSync +Degraded +reconciled 2m ago
		apps|^metrics +Synced +Healthy +reconciled 3h ago, frozen$
		apps|^runner-scale-set +OutOfSync \(benign\)
		apps|^and 9 more
		apps|^secondary .*unknown; applications: not installed$
		events|^2026-11-22 09:00:00 +pair +UNKNOWN -> ACTIVE$
		events|^20:26:00 +secondary +UP -> PROVISIONING \(provisioning\)$
		incidents 3|^3 BLOCKED_BOTH_UNAVAILABLE
		incidents|^AVAILABILITY +24h 97\.639 %, 7d 99\.500 %, 30d not known, 90d not known$
		incidents|^Older incidents that are no longer kept: 1$
		incidents|^Damaged lines of the journal
		check|^FAIL +ha_active +prod is BLOCKED_BOTH_UNAVAILABLE
		check|^UNKNOWN +applications
		check|^prod: 6 of 11 checks pass$
		doctor|^  ok   login TLS +the certificate is good, signed by Example Root,
		doctor|^  FAIL name +Could not resolve host: cluster\.example\.com$
		doctor|^       getent hosts cluster\.example\.com$
		maintenance status|^primary +declared +since 20:00 UTC
		maintenance status|A restart of hawatchd ends these windows
	END
	for command in "${all_commands[@]}" 'explain'; do
		for columns in 80 45; do
			# shellcheck disable=SC2086 # words
			on_terminal $columns $command
			[ "$command" = explain ] || check "$command at $columns columns: fits" fits $columns
			check "$command at $columns columns, NO_COLOR: nothing but text" is_clean
		done
		[ "$command" = active ] && continue
		# shellcheck disable=SC2086 # words
		environment=TERM=xterm on_terminal 80 $command
		[[ $command == node-balance ]] || check "$command: coloured" grep -q $'\033\[' "$scratch/out"
	done
	# What is broken at 45 columns is not lost: every word of a table is there.
	on_terminal 45 events
	check "events at 45 columns: whole words" has 'BLOCKED_BOTH_UNAVAILABLE$'
	on_terminal 45 apps
	check "apps at 45 columns: whole words" has '^  OutOfSync, Degraded, reconciled 2m ago'
	on_terminal 45 check
	check "check at 45 columns: what passes needs no words" eval "has '^ok node_balance' && has_not '^  primary and secondary: as told.*ok'"
}

json() {
	local name
	for name in summary cloudspaces node-balance runners apps events incidents check doctor; do
		run $name
		check "$name in a pipe: the document as it came" is_document $name
		check "$name in a pipe: quiet" [ ! -s "$scratch/err" ]
	done
	run maintenance status
	check "maintenance status in a pipe: the document as it came" is_document maintenance
	run cloudspace primary
	check "cloudspace primary: its part" is_document cloudspaces .primary
	run runners secondary
	check "runners secondary: its part" is_document runners .sides.secondary
	run apps primary
	check "apps primary: its part" is_document apps .sides.primary
	run runners extra-1 -o table
	check "an extra side is a side" has '^CLOUDSPACE +burst-3$'
	for name in cloudspace runners apps; do
		run $name tertiary
		check "$name tertiary: exit code" is_code 2
		check "$name tertiary: names those that are" says 'primary, secondary'
	done
}

codes() {
	run cloudspace primary
	check "cloudspace: exit code of one not ready" is_code 1
	run cloudspace extra-1
	check "cloudspace: exit code of one that is ready" is_code 0
	change cloudspaces '.primary.state = "UNKNOWN"'
	run cloudspace primary
	check "cloudspace: exit code of one not known" is_code 3
	run check
	check "check: exit code of a failure" is_code 1
	change check '.result = "unknown" | .checks[].result |= if . == "fail" then "unknown" else . end'
	run check
	check "check: exit code of unknown" is_code 3
	run check --plugin
	check "plugin: unknown" is_code 3
	check "plugin: unknown in words" has '^HAWATCH UNKNOWN - prod is '
	change check '.result = "pass" | .checks[].result = "pass"'
	run check
	check "check: exit code of a pass" is_code 0
	run check --plugin
	check "plugin: OK" is_code 0
	check "plugin: OK in words" has '^HAWATCH OK - prod is BLOCKED_BOTH_UNAVAILABLE\|'
	change check '.result = "fail" | .checks[-1].result = "fail"'
	run check --plugin
	check "plugin: WARNING" is_code 1
	check "plugin: WARNING in words" has '^HAWATCH WARNING - .*: monitor '
	change summary '.troubles[0] |= (.alert = "HANoRunners" | .priority = "P1")'
	run check --plugin
	check "plugin: a P1 is CRITICAL" is_code 2
	restore
	run check --plugin
	check "plugin: CRITICAL" is_code 2
	check "plugin: one line, one bar" [ "$(wc -l <"$scratch/out")" -eq 1 -a "$(tr -cd '|' <"$scratch/out")" = '|' ]
	check "plugin: performance data" has '\|effective_nodes=0;;;0; primary_nodes=0;;;0;12 secondary_nodes=4;;;0;12 capacity_utilization=0\.0%;80;90;0;100$'
	"$hawatch" check --plugin --url http://127.0.0.1:1 >"$scratch/out" 2>"$scratch/err"
	code=$?
	check "plugin: no daemon is UNKNOWN" is_code 3
	check "plugin: no daemon, said on stdout" has '^HAWATCH UNKNOWN - cannot reach hawatchd'
	run check --plugin --no-such-option
	check "plugin: a wrong command line is UNKNOWN, not CRITICAL" is_code 3
	check "plugin: a wrong command line, said on stdout" has '^HAWATCH UNKNOWN - '
}

events() {
	run events --since 6h
	check "events --since, JSON: no older ones" eval "jq -e '.events | length == 3 and .[0].number == 2' '$scratch/out'"
	run events --since 40m -o table
	check "events --since, table" [ "$(wc -l <"$scratch/out")" -eq 3 ]
	run events --since 1m -o table
	check "events: none" has '^no events in that time$'
	run events -o markdown
	check "events, markdown: a table" has '^\|---\|---\|---\|---\|$'
	check "events, markdown: a row" has '^\| 2026-11-23T20:26:00Z \| secondary matchpoint-runners-2 \| UP -> PROVISIONING \(provisioning\) \|  \|$'
	check "events, markdown: a note cannot leave its cell" has 'new \\\| node \\\*image\\\*'
	check "events, markdown: a note is no entity, which could be a control character" has 'image\\\* \\&#x202e; \\~\\~x'
	run summary -o markdown
	check "markdown of another command: refused" is_code 2
}

incidents() {
	on_terminal 200 incidents
	check "incidents: one that lasts" has '^3 BLOCKED_BOTH_UNAVAILABLE +20:26 UTC +it lasts, 34m, of which 10m not watched +both +declared maintenance +primary MAINTENANCE \(cordoned\), '
	check "incidents: one that is over" has '^2 UNKNOWN +2026-11-20 08:00 UTC +16m55s +- +no maintenance +not known$'
	on_terminal 200 incidents 3
	check "incidents N: only that one" has_not '^2 '
	check "incidents N: its events" has '^20:26:00 +secondary +UP -> PROVISIONING \(provisioning\)'
	check "incidents N: no older ones" has_not 'UNKNOWN -> ACTIVE'
	run incidents 2
	check "incidents N, JSON: its part" is_document incidents '.incidents[1]'
	run incidents 2 -o table
	check "incidents N: nothing of that time is kept" has '^its events are no longer kept$'
	run incidents -o markdown
	check "incidents, markdown: the newest" has '^# Incident 3 of prod: BLOCKED_BOTH_UNAVAILABLE$'
	check "incidents, markdown: what it cost" has '^\| runner-minutes lost at most \| 1360 \|$'
	check "incidents, markdown: the gap in its place" eval "tail -n +18 '$scratch/out' | grep -A 1 'BLOCKED_BOTH' | grep -qF '| 2026-11-23T20:40:00Z | hawatchd | nothing was watched until 2026-11-23T20:50:00Z |  |'"
	check "incidents, markdown: what may be missing" has '^7 events of the pair are no longer kept'
	run incidents 2 -o markdown
	check "incidents, markdown: what is not known" has '^\| runner-minutes lost at most \| not known \|$'
	local words
	for words in 1 4 0 x 12345678901 '3 4'; do
		# shellcheck disable=SC2086 # words
		run incidents $words -o markdown
		check "incidents $words: exit code" is_code 2
		check "incidents $words: one line" [ "$(wc -l <"$scratch/err")" -eq 1 ]
	done
	change incidents '.incidents = [] | .journal = false'
	run incidents -o table
	check "no incidents" has '^no incidents$'
	check "without a journal: says so" has '^Without a state_directory a restart'
	run incidents -o markdown
	check "no incidents, markdown: exit code" is_code 2
	restore
}

# Every status has its section, with names that are this pair's and not the examples'.
explain() {
	local status priority call alert
	change summary '.primary_cloudspace = "one" | .secondary_cloudspace = "two" | .cloudspaces.primary.name = "one" | .cloudspaces.secondary.name = "two" | .ha_status_message = "one, two"'
	while IFS='|' read -r status priority call alert; do
		change summary ".ha_status = \"$status\" | .ha_active = (\"$status\" == \"ACTIVE\")"
		run explain
		check "explain $status: exit code" is_code 0
		check "explain $status: its section" has "^## $status\$"
		check "explain $status: its priority" has "^- Priority: $priority\$"
		check "explain $status: who is called how fast" has "^- Call: $call\$"
		check "explain $status: alerts" has "^- Alerts: $alert(,|\$)"
		check "explain $status: each side's reason and since" has '^primary +one: MAINTENANCE \(cordoned\) since 20:00 UTC'
		check "explain $status: Spot's page" has '^STATUS PAGE +https://status.example.com/spot$'
		check "explain $status: no name of the examples" has_not 'matchpoint-runners|arc-runners|-n argocd'
		"$hawatch" explain "$status" --url http://127.0.0.1:1 >"$scratch/out" 2>"$scratch/err"
		code=$?
		check "explain $status without a daemon: exit code" is_code 0
		check "explain $status without a daemon: its section" has "^## $status\$"
		check "explain $status without a daemon: says whose names" has 'names below are those of the examples'
		check "explain $status without a daemon: says why" says 'cannot reach hawatchd'
	done <<-END
		BLOCKED_BOTH_UNAVAILABLE|P0|on-call and management, immediately|HABothCloudspacesDown
		BLOCKED_PRIMARY_UNAVAILABLE|P1|on-call, within 30 minutes|HACloudspaceDown
		BLOCKED_SECONDARY_UNAVAILABLE|P1|on-call, within 30 minutes|HACloudspaceDown
		UNKNOWN|P1|on-call, within 30 minutes|HAMonitorBlind
		ACTIVE|none|nobody|none
		DISABLED|P3|platform team, next working day|HADisabledTooLong
	END
	change summary '.ha_status = "BLOCKED_BOTH_UNAVAILABLE" | .ha_active = false'
	run explain
	check "explain: what is being built is waited for" \
		has '^NOW +secondary: wait; ready about 21:16 UTC to 21:26 UTC$'
	check "explain: the command to wait with can be pasted" has '^RUN +hawatch wait active --timeout 90m$'
	check "explain: what is being built is not built again" has '^NOT +terragrunt apply for the secondary: it is being built, on time$'
	check "explain: the steps that apply are marked" eval \
		"has '^=> 3\. Find the reason' && has '^=> 6\. Watch the recovery' && [ \$(grep -c '^=> ' '$scratch/out') -eq 2 ]"
	check "explain: steps of other reasons are left out" eval "has_not 'terragrunt apply$' && has_not '^ +[45]\. '"
	check "explain: and it says so" has '^\(Steps for other reasons are left out; `hawatch explain --all`'
	run explain --all
	check "explain --all: they are there" eval "has '^5\. Recover both' && has '^ +terragrunt apply$' && has_not '^=> '"
	run explain HABothCloudspacesDown
	check "explain HABothCloudspacesDown: the steps, not where they stand" eval "has '^## BLOCKED_BOTH_UNAVAILABLE$' && has_not 'hawatch explain. prints'"
	reasons
	change summary '.ha_status = "BLOCKED_BOTH_UNAVAILABLE" | .ha_active = false'
	run explain
	check "explain: contexts in commands" has '^ +kubectl --context=ctx-two uncordon( -l kubernetes.io/os=linux| \\)$'
	run explain -o markdown
	check "explain, markdown: what holds now is a block of its own" has '^```$'
	check "explain, markdown: with names" has '^ +kubectl --context=ctx-one uncordon'
	run explain HACloudspaceDegraded
	check "explain HACloudspaceDegraded: an alert" has '^## HACloudspaceDegraded$'
	run explain hacloudspacedegraded
	check "explain: upper and lower case are one" has '^## HACloudspaceDegraded$'
	check "explain, an outage: nothing that has time until tomorrow" has_not '^P3'
	change summary '.troubles[0] |= (.alert = "HANodesNotWon" | .priority = "P2" | .message = "8 of 10 desired nodes are won")'
	run explain
	check "explain: what else is wrong, of which side, and when it alerts" \
		has '^P2 +HANodesNotWon: secondary: 8 of 10 desired nodes are won \(alerts after 60 min\)$'
	change summary '.troubles |= [range(6) as $n | .[0]]'
	run explain
	check "explain: no more than four of them" eval \
		"has '^ALSO +2 more, in hawatch summary' && [ \$(grep -c '^P2' '$scratch/out') -eq 4 ]"
	degraded
	check "explain: whose alerts are silent" has '^SILENT +primary: in maintenance'
	check "explain: the present status is now" has_not '^NOT NOW'
	run explain UNKNOWN
	check "explain UNKNOWN: not the present status" has '^NOT NOW +the status is BLOCKED_BOTH_UNAVAILABLE'
	run explain BLOCKED_BTH
	check "explain: the nearest" says "did you mean 'BLOCKED_BOTH_UNAVAILABLE'"
	check "explain: no such section" is_code 2
	change summary '.cloudspaces.primary.context = "x; rm -rf ~ #"'
	run explain
	check "explain: a name that a shell would obey is not filled in" has_not 'rm -rf ~ # uncordon|--context=x'
	check "explain: and says so" has 'characters that mean something to a shell'
	"$hawatch" explain --url http://127.0.0.1:1 >"$scratch/out" 2>"$scratch/err"
	code=$?
	check "explain without a daemon: exit code" is_code 3
	check "explain without a daemon: the section about that" has '^## HAExporterDown$'
	check "explain -o json: refused" eval 'run explain -o json; is_code 2'
	restore
	# Every heading of the file can be asked for: what is built in is the file.
	local heading missing=
	while read -r heading; do
		"$hawatch" explain "$heading" --url http://127.0.0.1:1 >"$scratch/out" 2>"$scratch/err" || missing+=" $heading"
	done < <(sed -n 's/^##* //p' config/runbook.md)
	check "explain knows every heading of config/runbook.md" [ -z "$missing" ]
	check "the runbook is 76 columns wide at most" no_lines awk 'length > 76 { print FILENAME ":" FNR }' config/runbook.md
}

# Commands without a pair, in what explain has shown. One that goes on in the next line has it there.
bare_commands() { awk '/^ {4,}hawatch |`hawatch [a-z]/ && !/--pair prod| \\$/' "$scratch/out"; }

# ACTIVE, but something is wrong: its section, with the names of the side, and with the pair if it was given.
degraded() {
	cp "$docs/summary.json" "$scratch/summary"
	change summary '.ha_status = "ACTIVE" | .ha_active = true | .troubles = [{"alert": "HARunnerListenerDown", "priority": "P2",
		"side": "secondary", "message": "no working listener: absent", "alert_after_seconds": 600}]'
	run explain
	check "explain, ACTIVE but degraded: what is wrong" has '^P2 +HARunnerListenerDown: secondary: no working listener: absent'
	check "explain, ACTIVE but degraded: its section" has '^## HARunnerListenerDown$'
	check "explain, ACTIVE but degraded: its priority and who is called" eval "has '^- Priority: P2$' && has '^- Call: platform team, within 4 hours$'"
	check "explain, ACTIVE but degraded: the first steps" eval "has '^1\. ' && has '^2\. '"
	check "explain, ACTIVE but degraded: the side's context" eval "has 'context=ctx-two -n ci-systems' && has_not 'context=ctx-one'"
	check "explain: without --pair in commands" has_not ' --pair'
	run explain --pair prod
	check "explain --pair: in every command" no_lines bare_commands
	check "explain --pair: some" has '`hawatch runners --pair prod`'
	run explain ACTIVE --pair prod
	check "explain ACTIVE --pair: in every command" no_lines bare_commands
	check "explain ACTIVE --pair: no line of the section is too wide" no_lines awk '/^## / { n = 1 } n && length > 79' "$scratch/out"
	change summary '.pair = "a-very-long-name-of-a-pair-that-does-not-fit"'
	local section
	for section in BLOCKED_PRIMARY_UNAVAILABLE 'Rolling maintenance' HARunnerPodsAbsent HAMaintenanceTooLong; do
		run explain "$section" --pair a-very-long-name-of-a-pair-that-does-not-fit
		check "explain $section: prose is wrapped, though a name is long" no_lines awk '/^## / { n = 1 } n && length > 79 && !/^ {4,}(hawatch|kubectl|--pair)/' "$scratch/out"
	done
	cp "$scratch/summary" "$docs/summary.json"
}

# Of each reason: the step that applies to the primary, and words of it; no other reason is explained.
reasons() {
	local reason more step words
	cp "$docs/summary.json" "$scratch/summary"
	while IFS='|' read -r reason more step words; do
		change summary ".ha_status = \"BLOCKED_PRIMARY_UNAVAILABLE\" | .cloudspaces.primary.state_reason = \"$reason\" |
			.cloudspaces.primary.maintenance = null | .cloudspaces.primary.provisioning = $more"
		run explain HACloudspaceDown
		check "explain, primary $reason: step $step" has "^=> $step\. $words"
		check "explain, primary $reason: that one alone" [ "$(grep -c '^=>' "$scratch/out")" -eq 1 ]
		check "explain, primary $reason: what to do now" has "^NOW +primary: .*(step $step|wait; ready)"
		check "explain, primary $reason: no other reason" no_lines awk -v reason="\`$reason\`" '/^      - `/ && !index($0, reason)' "$scratch/out"
	done <<-'END'
		cordoned|null|2|Look at the primary
		provisioning|{"age_seconds": 60, "usual_seconds_min": 3000, "usual_seconds_max": 3600, "lateness": "on_time"}|6|Wait
		provisioning|{"age_seconds": 4800, "lateness": "late"}|3|Open the Rackspace Spot console
		provisioning|{"age_seconds": 9000, "lateness": "stuck"}|3|Open the Rackspace Spot console
		no_capacity|null|3|Open the Rackspace Spot console
		unreachable|null|3|Open the Rackspace Spot console
		spot_error|null|3|Open the Rackspace Spot console
		absent|null|5|If the cloudspace was destroyed
		deleting|null|5|If the cloudspace was destroyed
	END
	change summary '.cloudspaces.primary.state_reason = "something_new"'
	run explain
	check "explain, a reason without a step: the whole section" eval "has '^3\. Open' && has '^5\. If the' && has_not '^=>'"
	change summary '.ha_status = "BLOCKED_BOTH_UNAVAILABLE" | .cloudspaces.primary.state_reason = "no_capacity"'
	run explain
	check "explain, one side being built: only the other is built again" eval \
		"has '^ +cd .*/1-cloudspace$' && has_not 'cd .*/1-cloudspace-secondary'"
	cp "$scratch/summary" "$docs/summary.json"
}

watch() {
	local pid lines
	"$hawatch" summary --watch=100ms --url "$url" --timeout "${patience}s" >"$scratch/out" 2>"$scratch/err" &
	pid=$!
	servers+=("$pid")
	check "watch in a pipe: one document a line" until_true eval '[ "$(wc -l <"$scratch/out")" -ge 4 ]'
	kill -INT "$pid"
	wait "$pid"
	code=$?
	check "watch: Ctrl-C ends it with the last exit code" is_code 0
	check "watch in a pipe: each line a document" eval "head -n 3 '$scratch/out' | jq -es 'length == 3 and all(.pair == \"prod\")'"
	timeout "$patience" "$hawatch" status --watch=50ms --url "$url" --timeout 1h 2>"$scratch/err" | head -n 1 >"$scratch/out"
	code=${PIPESTATUS[0]}
	check "watch: ends with its reader, and the last exit code" is_code 1
	check "watch: and the reader has its line" has '"ha_status":"BLOCKED_BOTH_UNAVAILABLE"'
	# On a terminal the last good answer stays when the daemon goes away.
	: >"$scratch/raw"
	script -qec "stty cols 70 rows 40; echo \$\$ >$scratch/pid; exec env TERM=xterm NO_COLOR=1 $hawatch status --watch=100ms --url $url --timeout ${patience}s" \
		/dev/null >"$scratch/raw" 2>"$scratch/err" </dev/null &
	pid=$!
	servers+=("$pid")
	check "watch on a terminal: the answer" until_true grep -q BLOCKED_BOTH "$scratch/raw"
	{ kill -KILL "$canned"; wait "$canned"; } 2>"$scratch/killed"
	check "watch on a terminal: says that nobody answers" until_true grep -q 'NO ANSWER. Below is the last answer, from ' "$scratch/raw"
	check "watch on a terminal: the last answer stays" until_true shows_still BLOCKED_BOTH_UNAVAILABLE
	check "watch on a terminal: and the error" until_true shows_still 'cannot reach hawatchd'
	kill -INT "$(cat "$scratch/pid")"
	wait "$pid"
	code=$?
	check "watch on a terminal: Ctrl-C, the last exit code" is_code 3
	start_canned
}

shows_still() { sed -n '/NO ANSWER/,$p' "$scratch/raw" | grep -q "$1"; }

# begin_wait ARGS...: in the background, its lines in $scratch/out. It and who answers live by the world's clock, of
# which nothing passes while either is at work: a limit of seconds is far away, and soon reached.
begin_wait() {
	inside "$hawatch" wait "$@" --url "$url" >"$scratch/out" 2>"$scratch/err" &
	waiting=$!
	servers+=("$waiting")
}
end_wait() {
	until_true is_gone "$waiting" || { echo "it still waits"; return 1; }
	wait "$waiting"
	code=$?
	is_code "$1"
}
shows() { until_true grep -qE -- "$1" "$scratch/out" || { echo "no line like $1:"; cat "$scratch/out" "$scratch/err"; false; }; }

waits() {
	local polls
	begin_wait drained primary --timeout 1h
	check "wait drained: at once where it is so" end_wait 0
	check "wait drained: by the first answer" [ "$(wc -l <"$scratch/out")" -eq 2 ]
	change summary '.cloudspaces.primary.nodes_cordoned = 9'
	begin_wait drained primary --timeout 2s
	check "wait drained: not while a node takes work" end_wait 1
	change summary '.cloudspaces.primary |= (.nodes_cordoned = null | .nodes_total = null)'
	begin_wait drained primary --timeout 2s
	check "wait drained: not by two unknown numbers" end_wait 1
	change summary '.cloudspaces.primary.nodes_total = 10'
	change summary '.cloudspaces.primary |= (.drained = false | .nodes_cordoned = 10)'
	begin_wait drained primary --timeout 1h
	check "wait drained: jobs left" shows 'primary MAINTENANCE: 10 of 10 nodes cordoned; jobs left: 6 busy, 1 finishing$'
	change runners '.sides.primary.runners |= (.busy = 0 | .finishing = 0)'
	check "wait drained: fewer" shows 'jobs left: 0 busy$'
	change runners '.sides.primary.runners = null | .sides.primary.problem = "403 on ephemeralrunners"'
	check "wait drained: not known, and why" shows 'jobs unknown: 403 on ephemeralrunners$'
	change summary '.cloudspaces.primary.drained = true'
	check "wait drained: reached" end_wait 0
	check "wait drained: said so" has '^primary is drained after '
	check "wait in a pipe: a line for each change, no more" no_lines eval "sed 's/^[^ ]* [^ ]* //' '$scratch/out' | uniq -d"
	begin_wait ready secondary --timeout 1h
	check "wait ready: progress" shows 'secondary PROVISIONING \(provisioning\): Spot says Provisioning, 34 min of the usual 50-60, 4 of 10 nodes joined, 4 available$'
	change summary '.cloudspaces.secondary |= (.ready = true | .state = "UP" | .held = true | .provisioning = null)'
	shows 'secondary UP' >"$scratch/shown"
	polls=$(grep -c ^GET "$asked")
	check "wait ready: what is held over a restart is no evidence" \
		until_true eval '[ "$(grep -c ^GET "$asked")" -ge $((polls + 2)) ]'
	change summary '.cloudspaces.secondary.held = false'
	check "wait ready: reached" end_wait 0
	change summary '.ha_active = true | .ha_status = "ACTIVE" | .timestamp = "2026-11-23T20:50:00Z"'
	begin_wait active --timeout 2s
	check "wait active: an old answer is no evidence" end_wait 3
	check "wait active: says so" says 'answer is 10m old'
	restore
	begin_wait active --timeout 9s
	check "wait active: timed out" end_wait 1
	check "wait active: says so, and that it took no less" says '^hawatch: prod is not ACTIVE after (9|[1-9][0-9]+)s$'
	begin_wait active --timeout 2s -o json
	check "wait -o json: the document at each change" eval 'end_wait 1 && is_document summary'
	run wait drained tertiary
	check "wait drained tertiary" is_code 2
	for words in 'wait drained' 'wait active primary' 'wait nothing' wait; do
		# shellcheck disable=SC2086 # words
		run $words
		check "$words: exit code" is_code 2
	done
	begin_wait active
	shows '^.* 0s: prod' >"$scratch/shown"
	kill -INT "$waiting"
	check "wait: Ctrl-C ends it as a signal does" end_wait 130
	# As kubectl and the tools of coreutils: nobody reads any more, so it ends, without a word, and not by a code that
	# means something.
	timeout "$patience" "$hawatch" wait active --timeout 1h --url "$url" 2>"$scratch/err" | head -n 1 >"$scratch/out"
	code=${PIPESTATUS[0]}
	check "wait | head -1: ends by SIGPIPE" is_code 141
	check "wait | head -1: the reader has its line" has ' 0s: prod '
	check "wait | head -1: without a word" [ ! -s "$scratch/err" ]
	change summary '.ha_active = true | .ha_status = "ACTIVE"'
	"$hawatch" wait active --url "$url" 2>"$scratch/err" | true
	code=${PIPESTATUS[0]}
	check "wait | true: reached at once, whoever reads" is_code 0
	restore
	environment="NO_COLOR=1 LD_PRELOAD=$preload TEST_LEVERS=$levers" flowing on_terminal 50 wait active --timeout 2s
	check "wait on a terminal: one block in place" eval "grep -q $'\033\[[0-9]*A' '$scratch/out'"
	check "wait on a terminal: how long" has 'Waiting until prod is ACTIVE: .*, limit 2s'
	"$hawatch" wait active --timeout 1s --url http://127.0.0.1:1 >"$scratch/out" 2>"$scratch/err"
	code=$?
	check "wait without a daemon: exit code" is_code 3
}

credentials() {
	printf 'token-of-the-test\n' >"$scratch/token"
	printf 'user:word-of-the-test' >"$scratch/user"
	printf 'two\nlines\n' >"$scratch/two"
	run status --token-file "$scratch/token"
	check "--token-file: sent as a bearer" grep -q '^Authorization: Bearer token-of-the-test' "$asked"
	run status --user-file "$scratch/user"
	check "--user-file: sent as basic" grep -q "^Authorization: Basic $(base64 <"$scratch/user")" "$asked"
	printf 'user: w\xc3\xb6rd of: the test \r\n' >"$scratch/user"
	run status --user-file "$scratch/user"
	check "--user-file: spaces, colons and UTF-8 belong to the password" grep -q \
		"^Authorization: Basic $(printf 'user: w\xc3\xb6rd of: the test ' | base64)" "$asked"
	printf 'user' >"$scratch/user"
	run status --user-file "$scratch/user"
	check "--user-file without a colon: exit code" is_code 3
	check "--user-file without a colon: named" says "$scratch/user: expected USER:PASSWORD on one line"
	run status --user-file "$scratch/two"
	check "--user-file of two lines: named" says "$scratch/two: expected USER:PASSWORD on one line"
	run status --token-file "$scratch/two"
	check "--token-file of two lines: exit code" is_code 3
	check "--token-file of two lines: named" says "$scratch/two"
	"$hawatch" status --url http://192.0.2.1 --token-file "$scratch/token" >"$scratch/out" 2>"$scratch/err"
	code=$?
	check "a credential over plain HTTP to another machine: refused" is_code 2
	check "a credential over plain HTTP: says what to do" says https
	run status --token-file "$scratch/token" --user-file "$scratch/user"
	check "both credentials: refused" is_code 2
	run status --cert "$scratch/user"
	check "a client certificate over plain HTTP: refused" is_code 2
	check "a client certificate over plain HTTP: says what to do" says '--cert is for TLS; set the https:// URL'
	run status --key "$scratch/user"
	check "a key without its certificate: refused" is_code 2
	check "a key without its certificate: says what to do" says 'set the file of the key.s certificate with --cert'
	run maintenance begin primary --for 1h --reason x
	check "maintenance begin over --url: exit code" is_code 2
	check "maintenance begin over --url: says why" says 'Unix socket only'
	check "maintenance begin over --url: nothing is posted" eval "! grep -q '^POST' '$asked'"
	for words in 'maintenance begin primary' 'maintenance begin' 'maintenance end' 'maintenance frob' \
		'maintenance begin primary --for 9h --reason x' 'status --since 2h' 'events --since 3651d' 'incidents --since 1d' 'events --force' 'smmary'; do
		# shellcheck disable=SC2086 # words
		run $words
		check "$words: exit code" is_code 2
		check "$words: one line" [ "$(wc -l <"$scratch/err")" -eq 1 ]
	done
	check "unknown command: the nearest" says "did you mean 'summary'"
}

restore
begin_world
start_canned
tables
json
codes
events
incidents
explain
watch
waits
credentials
finish
