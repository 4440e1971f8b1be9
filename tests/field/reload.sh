#!/bin/bash
# Reloads: what the new configuration still watches keeps everything, whatever else changes, and whatever fails meanwhile.
# From reports on exporters and operators that begin anew when their configuration is read again, and lose silences,
# counters, sessions and tokens over it.
# usage: reload.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/../e2e/lib.sh"

config=$scratch/hawatch.yaml
config_of() { # PAIRS [KEYS]: "prod 1 2 3, test 4 5", and more keys of each side
	local pair side name
	sed '/^pairs:/,$d' "$sim/hawatch.yaml"
	echo pairs:
	tr , '\n' <<<"$1" | while read -r pair sides; do
		echo "  - name: $pair"
		side=primary:
		for name in $sides; do
			echo "    $side {cloudspace: $(cloudspace "$name"), ${2-kubeconfig: $sim/kubeconfig, context: $(cloudspace "$name")}}"
			case $side in
			primary:) side=secondary: ;;
			secondary:) side=$'extra:\n      -' ;;
			*) side='  -' ;;
			esac
		done
	done
}
cloudspace() { if [ "$1" = 1 ]; then echo matchpoint-runners; else echo "matchpoint-runners-$1"; fi; }
configure() {
	config_of "$@" >"$config.new"
	mv "$config.new" "$config"
}
reload_by_socket() { curl -sS -f --max-time 60 -o /dev/null -X POST --unix-socket "$socket" http://hawatch/-/reload; }
reloads() { grep -c 'msg="configuration reloaded"' "$log"; }
has_reloaded() { [ "$(reloads)" -gt "$1" ]; }
# reloaded NAME: with the configuration as it is now, by a signal or over the socket.
reloaded() {
	local before
	before=$(reloads)
	if [ $((before % 2)) -eq 0 ]; then reload; else flowing reload_by_socket; fi
	check "$1: reloaded" eventually has_reloaded "$before"
}

# What is known of each cloudspace, a line each, however it is watched: state, since when, window, counters.
facts() {
	local pair side name rest
	scrape || return
	for pair in $(grep -oE '^ha_up\{pair="[^"]*' "$scratch/metrics" | cut -d'"' -f2); do
		curl -sS -f --max-time 60 "$url/api/v1/cloudspaces?pair=$pair" | jq -r --arg pair "$pair" 'to_entries[] |
			select(.value | type == "object" and has("name")) | .value + {side: .key} |
			[$pair, .side, .name, .state, .since, .maintenance.since, .maintenance.ends, .maintenance.reason] |
			map(. // "-" | tostring) | join(" ")'
	done | while read -r pair side name rest; do
		echo "$name $rest $(grep -F "ha_cloudspace_state_changes_total{pair=\"$pair\",side=\"$side\"," "$scratch/metrics" |
			sed 's/.*to="//; s/"} /=/' | tr '\n' ' ')"
	done | sort
}
# are_kept NAME...: the same is known of these cloudspaces as in $scratch/before.
are_kept() {
	local name
	facts >"$scratch/after"
	for name; do
		name=$(cloudspace "$name")
		diff <(grep "^$name " "$scratch/before") <(grep "^$name " "$scratch/after") && grep -q "^$name " "$scratch/after" ||
			{ echo "$name"; return 1; }
	done
}
is_new() { ! grep "^$(cloudspace "$1") " "$scratch/after" | grep -vE '^[^ ]+ (UNKNOWN|UP) [^ ]+ - - -'; }
state_of() { curl -sS -f --max-time 60 "$url/api/v1/cloudspaces?pair=$1" | jq -re --arg name "$(cloudspace "$2")" '.[] | objects | select(.name == $name).state'; }
is_state() { [ "$(state_of "$1" "$2")" = "$3" ] || { state_of "$1" "$2"; false; }; }
window() { # PAIR SIDE
	curl -sS -f --max-time 60 -o /dev/null -G -X POST --unix-socket "$socket" http://hawatch/api/v1/maintenance \
		--data-urlencode action=begin --data-urlencode "pair=$1" --data-urlencode "side=$2" --data-urlencode force=true \
		--data-urlencode "for_seconds=$((RANDOM % 1000 + 10000))" --data-urlencode "reason=disks-of-$1-$2"
}
events() { curl -sS -f --max-time 60 "$url/api/v1/events?pair=$1" | jq -c '.events[]'; }
has_all_events() { diff "$scratch/events" <(events "$1" | head -n "$(wc -l <"$scratch/events")"); }
was_down() { # SIDE NAME
	events test | jq -se --arg side "$1" --arg name "$(cloudspace "$2")" \
		'[.[] | select(.to == "DOWN") | [.side, .cloudspace]] == [[$side, $name]]'
}
is_status() { is 1 ha_status "pair=$1" "ha_status=$2"; }

# The next configuration | the cloudspaces that stay | those that are new.
changes() {
	cat <<-END
		an extra side comes|prod 1 2 5, test 3 4|1 2 3 4|5
		another before it|prod 1 2 6 5, test 3 4|1 2 3 4 5|6
		they change places|prod 1 2 5 6, test 3 4|1 2 3 4 5 6|
		one goes, and the pairs change places|test 3 4, prod 1 2 5|1 2 3 4 5|
		a pair gets another name|test 3 4, live 1 2 5|1 2 3 4 5|
		primary and extra side change places|test 3 4, live 5 2 1|1 2 3 4 5|
		so do primary and secondary|test 4 3, live 2 5 1|1 2 3 4 5|
		a pair goes, its sides to the other|live 2 5 1 3 4|1 2 3 4 5|
		and come back|live 1 2, test 3 4 5|1 2 3 4 5|
		a new pair comes|live 1 2, test 3 4 5, next 6 5|1 2 3 4|6
		nothing at all|live 1 2, test 3 4 5, next 6 5|1 2 3 4 6|
	END
}
windows_and_verdicts() {
	local name next kept new n since
	configure "prod 1 2, test 3 4"
	start_daemon
	check "prod is ACTIVE" eventually is_status prod ACTIVE
	check "test is ACTIVE" eventually is_status test ACTIVE
	play "$(cloudspace 3)" nodes=0
	check "3 is DOWN" eventually is_state test 3 DOWN
	window prod secondary && window test primary && window test secondary
	since=$(value ha_status_since_timestamp_seconds pair=prod)
	events prod >"$scratch/events"
	while IFS='|' read -r name next kept new; do
		facts >"$scratch/before"
		configure "$next"
		reloaded "$name"
		# shellcheck disable=SC2086 # names are words
		check "$name: $kept keep everything" are_kept $kept
		for n in $new; do check "$name: $n starts anew" is_new "$n"; done
		[ "$name" != "an extra side comes" ] || {
			check "the pair's events are kept" has_all_events prod
			check "since when it is ACTIVE is kept" [ "$(value ha_status_since_timestamp_seconds pair=prod)" = "$since" ]
			# shellcheck disable=SC2043 # one, where the others have more
			for n in 5; do check "$n is watched" eventually is_state prod $n UP; done
		}
		[ "$name" != "so do primary and secondary" ] || {
			check "$name: what was the primary's is the secondary's fault now" is_status test BLOCKED_SECONDARY_UNAVAILABLE
			check "$name: events keep the names of their time" was_down primary 3
		}
		for n in $new; do check "$name: $n is asked" eventually has_state "$n"; done
	done < <(changes)
	check "a place that changed is logged" logged "msg=\"cloudspace has another place since the reload\" cloudspace=$(cloudspace 5) pair=live side=primary was_pair=live was_side=extra-1"
	check "a pair of another name is logged" logged 'msg="pair no longer configured since the reload.*" pair=prod'
	check "nothing was BLOCKED but test" [ "$(sum ha_status_transitions_total pair=live 'to=BLOCKED.*')" -eq 0 ]

	check "5, in a new pair, is asked" eventually has_state 5
	facts >"$scratch/before"
	sed -i 's/^pairs:/&\n  - nonsense/' "$config"
	reload
	check "a mistake in the file: told" eventually logged 'configuration not reloaded, keeping the old one'
	check "a mistake in the file: all is kept" are_kept 1 2 3 4 5 6
	configure "live 1 3 2"
	reloaded "sides go"
	check "sides go: those that stay keep everything" are_kept 1 2 3
	check "a side that is gone is logged, with its window" \
		logged "level=warn msg=\"cloudspace no longer watched since the reload\" pair=test side=secondary cloudspace=$(cloudspace 4) state=UP maintenance_window_until=20"
	check "one without a window as well" logged "level=info msg=\"cloudspace no longer watched since the reload\" pair=next side=primary cloudspace=$(cloudspace 6) state=UP\$"
	configure "live 1 3 4"
	reloaded "a side comes back"
	facts >"$scratch/after"
	check "a side comes back: nothing of it is remembered" is_new 4
	play "$(cloudspace 3)" nodes=10
	check "SIGTERM ends it" stop_daemon
}
has_state() { facts | grep "^$(cloudspace "$1") " | grep -qv ' UNKNOWN '; }


# The same over a restart, as far as the state file of a pair goes.
# The next configuration | the cloudspaces that stay | those that are new.
restart_changes() {
	cat <<-END
		an extra side comes|prod 1 2 3 5|1 2 3|5
		extra sides change places|prod 1 2 5 3|1 2 3 5|
		primary and secondary change places|prod 2 1 5 3|1 2 3 5|
		an extra side becomes the secondary|prod 2 3 1|1 2 3|
		the pair gets another name|live 2 3 1|1 2 3|
		and its old name again|prod 2 3 1|1 2 3|
		another cloudspace is the primary|prod 6 3 2|2 3|6
		all are others|prod 4 5|| 4 5
	END
}
# A verdict that no answer has confirmed grows old over several restarts, and becomes UNKNOWN.
is_none_held() { [ "$(sum ha_cloudspace_state_held)" -eq 0 ]; }
held_facts() { facts | sed -E 's/ [A-Z]+=.*//'; } # counters begin anew
restarts() {
	local name next kept new n
	mkdir -p "$scratch/state"
	configure "prod 1 2 3"
	with_state
	start_daemon
	check "restarts: prod is ACTIVE" eventually is_status prod ACTIVE
	play "$(cloudspace 3)" nodes=0
	check "restarts: 3 is DOWN" eventually is_state prod 3 DOWN
	window prod secondary && window prod extra-1
	while IFS='|' read -r name next kept new; do
		held_facts >"$scratch/before"
		stop_daemon
		configure "$next"
		with_state
		[ "$name" != "and its old name again" ] || truncate -s 10 "$scratch/state/prod.state"
		start_daemon
		[ "$name" != "and its old name again" ] ||
			check "restart, $name: its own file is damaged, and told" logged 'level=warn msg="state file ignored" pair=prod'
		held_facts >"$scratch/after"
		for n in $kept; do
			check "restart, $name: $n keeps its state and window" \
				diff <(grep "^$(cloudspace "$n") " "$scratch/before") <(grep "^$(cloudspace "$n") " "$scratch/after")
		done
		for n in $new; do
			check "restart, $name: $n starts anew" \
				grep -E "^$(cloudspace "$n") (UNKNOWN|UP) [^ ]+ - - -$" "$scratch/after"
		done
		for n in $kept $new; do check "restart, $name: $n is asked" eventually has_state "$n"; done
		check "restart, $name: every verdict is confirmed" eventually is_none_held
		[ "$name" != "the pair gets another name" ] || {
			check "restart, $name: told" logged 'msg="the pair had another name" pair=live was_pair=prod'
			window live secondary
		}
	done < <(restart_changes)
	check "restart: what is not restored is logged, with its window" \
		logged "level=warn msg=\"saved state of a cloudspace that the pair no longer has.* side=extra-1 cloudspace=$two maintenance_window_until=20"
	play "$(cloudspace 3)" nodes=10
	check "SIGTERM ends it" stop_daemon
}
# As long as names and reasons may be, of as many sides as a pair may have.
long_names() {
	local n side label sides=(primary secondary extra-1 extra-2 extra-3 extra-4)
	label=$(printf 'n%.0s' {1..60})
	configure "prod 1 2 3 4 5 6"
	for n in 1 2 3 4 5 6; do sed -i "s/cloudspace: $(cloudspace $n),/cloudspace: $label$n.$label$n.$label$n.$label$n,/" "$config"; done
	with_state
	start_daemon
	check "long names: read" eventually is_status prod ACTIVE
	for side in "${sides[@]}"; do
		curl -sS -f --max-time 60 -o /dev/null -G -X POST --unix-socket "$socket" http://hawatch/api/v1/maintenance \
			--data-urlencode action=begin --data-urlencode pair=prod --data-urlencode "side=$side" --data-urlencode force=true \
			--data-urlencode for_seconds=10000 --data-urlencode "reason=$(printf '"%.0s' {1..127})"
	done
	stop_daemon
	start_daemon
	check "long names, after a restart: every window stands" [ "$(sum ha_maintenance_declared pair=prod)" = 6 ]
	check "SIGTERM ends it" stop_daemon
}
with_state() { sed -i "1i state_directory: $scratch/state" "$config"; }

# A cloudspace is its name in its organization: what is remembered of another one's is dropped once Spot says so.
another_organization() {
	local file=$scratch/state/prod.state line
	rm -f "$file"
	configure "prod 1 2"
	with_state
	start_daemon
	check "organization: prod is ACTIVE" eventually is_status prod ACTIVE
	window prod secondary
	check "organization: saved" eventually grep -q '"namespace":"org-abcdefgh12345678"' "$file"
	stop_daemon
	start_daemon
	eventually is 1 ha_up
	check "the same organization: the window stands" is 1 ha_maintenance_declared side=secondary
	stop_daemon
	line=$(head -n 1 "$file" | jq -c '.namespace = "org-another"')
	printf '%s\n%s\n' "$line" "$(printf %s "$line" | sha256sum | cut -c 1-64)" >"$file"
	play spot fault=refuse
	start_daemon
	polled 10 "$one"
	check "another organization, Spot is silent: the window stands" is 1 ha_maintenance_declared side=secondary
	play spot fault=none
	check "another organization: told, with the side" eventually logged \
		"level=warn msg=\"Spot lists the cloudspaces of another organization.* side=secondary cloudspace=$two namespace=org-abcdefgh12345678 was=org-another"
	check "another organization: no window of it" is 0 ha_maintenance_declared side=secondary
	reaches "another organization: asked anew" ACTIVE
	polled 3 spot
	check "another organization: told once a side" [ "$(grep -c 'of another organization' "$log")" -eq 2 ]
	check "another organization: never BLOCKED" is_never_blocked 0
	check "SIGTERM ends it" stop_daemon
}

# What comes from Spot and from identity providers, over reloads while they fail.

by_spot="ca_file: $sim/ca.crt"
# refusals: how often an API server has refused our credential, all requests of all sides.
refusals() { sum ha_poll_errors_total reason=auth source=nodes; }
is_reached() { is_up primary && is_up secondary; }
is_up() { is 1 ha_cloudspace_state "side=$1" ha_cloudspace_state=UP; }
# Longer than stale_after: what was lost would be missed by then.
outlasts() { polled 20 "$(cloudspace 1)" && polled 20 "$(cloudspace 2)"; }

# Whom it befalls | how | and well again | the secondary meanwhile.
outages() {
	cat <<-END
		Spot refuses connections|spot|fault=refuse|fault=none|UP/serving
		Spot never answers|spot|fault=stall|fault=none|UP/serving
		Spot says 503|spot|fault=status:503|fault=none|UP/serving
		Spot says 401|spot|fault=status:401|fault=none|UP/serving
		Spot's list lacks the secondary|$two|absent=on|absent=off|UP/absent
		Spot tells of no endpoint|$two|endpoint=off|endpoint=on|UP/serving
		the token endpoint refuses connections|auth|fault=refuse|fault=none|UP/serving
		the token endpoint never answers|auth|fault=stall|fault=none|UP/serving
		the token endpoint refuses the token|auth|fault=status:403|fault=none|UP/serving
	END
}
# What is changed by the reload.
settings=('s/^  fall: .*//; s/^poll:/&\n  fall: 3/' 's/^  rise: .*//; s/^poll:/&\n  rise: 2/' 's/name: prod/&\n    enabled: true/' 's/^/&/')
outages_and_reloads() {
	local name target fault mended state i=0
	configure "prod 1 2" "$by_spot"
	start_daemon
	check "two sides by Spot alone" eventually as_expected ACTIVE UP/serving UP/serving
	while IFS='|' read -r name target fault mended state; do
		play "$target" "$fault"
		[ "$target" != "$two" ] || polled 3 spot
		configure "prod 1 2" "$by_spot"
		sed -i "${settings[i++ % ${#settings[@]}]}" "$config"
		reloaded "$name"
		check "$name: the endpoint is kept" eval '[ "$(curl -sS -f "$url/api/v1/cloudspaces" | jq -r .secondary.endpoint)" = "$(server_of 2)" ]'
		outlasts
		reloaded "$name, again"
		outlasts
		check "$name: ACTIVE long after two reloads" as_expected ACTIVE UP/serving "$state"
		play "$target" "$mended"
		check "$name, mended" eventually is 1 ha_up
	done < <(outages)
	check "outages: nobody was asked without a good token" [ "$(refusals)" -eq 0 ]

	# A new side of a cloudspace that Spot has listed is reached without Spot.
	everybody_of_spot fault=refuse
	configure "prod 1 2, next 1 2" "$by_spot"
	reloaded "another pair, Spot gone"
	check "another pair, Spot gone: reached as Spot has said before" eventually is_status next ACTIVE
	everybody_of_spot fault=none
	check "never BLOCKED" is_never_blocked 0
}
everybody_of_spot() { play spot "$@"; play auth "$@"; }
server_of() { awk -v name="$(cloudspace "$1")" '$2 == "name:" { is = $3 == name } is && $1 == "server:" { print $2; exit }' "$sim/kubeconfig"; }

# The refresh token is rotated, and the answer with the new one is late: SIGHUP comes before it.
rotation() {
	local before
	configure "prod 1 2" "$by_spot"
	reloaded "before the rotation"
	play auth rotation=on answer_delay_ms=600 id_token_ttl_s=20
	for i in 1 2 3; do
		before=$(requests auth /oauth/token)
		play auth issued=revoked
		check "rotation $i: an exchange is under way" eventually asked_more "$before"
		reloaded "rotation $i"
		check "rotation $i: the new id_token serves" eventually is_reached
		check "rotation $i: and Spot is read" eventually is 1 ha_up
	done
	check "rotation: no refresh token was lost" [ "$(sum ha_poll_errors_total source=token reason=auth)" -eq "$1" ]
	check "rotation: it did rotate" logged "Spot rotates the refresh token"
	before=$(requests auth /oauth/token)
	play auth issued=revoked
	check "SIGTERM while a token is exchanged: an exchange is under way" eventually asked_more "$before"
	check "SIGTERM while a token is exchanged: ends at once" stop_daemon
	play auth rotation=off answer_delay_ms=0 id_token_ttl_s=3600 refresh_token="$(cat "$sim/spot-refresh-token")"
}
asked_more() { [ "$(requests auth /oauth/token)" -gt "$1" ]; }

# Which setting is another one | sed script | what is not kept | because.
sources() {
	cat <<-END
		another file with the same refresh token|s|refresh_token_file: .*|refresh_token_file: $scratch/same-token||
		another file with another refresh token|s|refresh_token_file: .*|refresh_token_file: $scratch/other-token|id_token|another refresh token
		another client|s|^spot:|&\n  client_id: other|id_token|another refresh token, client_id
		an organization|s|^spot:|&\n  organization: acme|endpoint|another spot.api_url or spot.organization
		a kubeconfig for the secondary|s|\(secondary: .*\)ca_file: .*}|\1kubeconfig: $sim/kubeconfig, context: $two}||
	END
}
credential_sources() {
	local name from to what because lines
	cp "$sim/spot-refresh-token" "$scratch/same-token"
	echo other-refresh-token >"$scratch/other-token"
	while IFS='|' read -r name _ from to what because; do
		configure "prod 1 2" "$by_spot"
		start_daemon
		check "$name: before" eventually is 1 ha_up
		lines=$(wc -l <"$log")
		everybody_of_spot fault=stall
		sed -i "s|$from|$to|" "$config"
		reloaded "$name"
		tail -n "+$lines" "$log" >"$scratch/since"
		[ -z "$what" ] || check "$name: $what is not kept, and why" \
			eval '[ "$(grep -cE "not kept over the reload.*what=$what because=.*$because" "$scratch/since")" -eq 2 ]'
		check "$name: nothing else" eval '[ "$(grep -c "not kept over" "$scratch/since")" -eq "$(grep -cE "what=${what:-none}" "$scratch/since")" ]'
		check "$name: the verdicts are" as_expected ACTIVE
		[ -n "$what" ] || { outlasts; check "$name: and so they stay" as_expected ACTIVE UP/serving UP/serving; }
		everybody_of_spot fault=none
		check "$name: SIGTERM ends it" stop_daemon
	done < <(sources)
}

# A plugin that answers once the file `go` is there, and counts its runs.
write_plugin() {
	cat >"$scratch/plugin" <<-'END'
		#!/bin/bash
		folder=$(dirname "$0")
		echo run >>"$folder/runs"
		until [ -e "$folder/go" ]; do sleep 0.05; done
		[ "$(cat "$folder/go")" = good ] || exit 1
		printf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"%s"}}\n' "$(cat "$folder/plugin-token")"
	END
	chmod +x "$scratch/plugin"
	cp "$sim/$two.token" "$scratch/plugin-token"
	: >"$scratch/runs"
}
kubeconfig_with() { # ARGUMENT
	cat >"$scratch/kubeconfig.new" <<-END
		clusters: [{name: c, cluster: {server: '$(server_of 2)', certificate-authority: $sim/ca.crt}}]
		users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: $scratch/plugin, args: [$1], interactiveMode: Never, provideClusterInfo: true}}}]
		contexts: [{name: x, context: {cluster: c, user: u}}]
		current-context: x
	END
	mv "$scratch/kubeconfig.new" "$scratch/kubeconfig"
}
with_plugin() { # what else stands in the pair
	configure "prod 1 2"
	sed -i "s|secondary: .*|secondary: {cloudspace: $two, kubeconfig: $scratch/kubeconfig, allow_exec: true$1}|" "$config"
}
runs() { wc -l <"$scratch/runs"; }
has_runs() { [ "$(runs)" -eq "$1" ] || { echo "$(runs) runs"; false; }; }
plugins() {
	write_plugin
	kubeconfig_with first
	with_plugin ''
	start_daemon
	check "a plugin that takes its time: started" eventually has_runs 1
	with_plugin ', max_nodes: 20'
	reloaded "while the plugin runs"
	with_plugin ', max_nodes: 30'
	reloaded "while the plugin runs, again"
	echo good >"$scratch/go"
	reaches "while the plugin runs: its answer serves" ACTIVE
	check "while the plugin runs: it was neither killed nor started again" has_runs 1
	check "while the plugin runs: nothing was refused" [ "$(refusals)" -eq 0 ]

	echo bad >"$scratch/go"
	with_plugin ', max_nodes: 40'
	reloaded "while the identity provider fails"
	polled 20 "$two"
	check "while the identity provider fails: the last answer serves" as_expected ACTIVE UP/serving UP/serving
	check "while the identity provider fails: it is not asked" has_runs 1
	configure "prod 2 1 3"
	sed -i "s|primary: .*|primary: {cloudspace: $two, kubeconfig: $scratch/kubeconfig, allow_exec: true}|" "$config"
	reloaded "sides change places"
	polled 20 "$two"
	check "sides change places: the answer goes with the cloudspace" as_expected ACTIVE UP/serving UP/serving
	check "sides change places: it is not asked" has_runs 1

	kubeconfig_with second
	reloaded "another plugin"
	check "another plugin: the first one's answer is not kept, and that is told" \
		logged "not kept over the reload.*side=primary cloudspace=$two what=\"credential of the plugin\" because=\"another plugin"
	check "another plugin: asked" eventually has_more_runs 1
	echo good >"$scratch/go"
	reaches "another plugin: its answer serves" ACTIVE
	check "plugins: never BLOCKED" is_never_blocked 0
	check "SIGTERM ends it" stop_daemon
}
has_more_runs() { [ "$(runs)" -gt "$1" ]; }

# Each reload comes before an answer of the one before.
storm() {
	configure "prod 1 2"
	play '*' delay_ms=600
	start_daemon
	for _ in {1..20}; do
		reload
		flowing let_pass 300
	done
	check "a storm of reloads: rounds end, and there is a verdict" as_expected ACTIVE UP/serving UP/serving
	check "a storm of reloads: the configuration was read again" has_reloaded 2
	play '*' delay_ms=0
	check "a storm of reloads: ends" stop_daemon
}

start_sim --pairs 3
storm
windows_and_verdicts
restarts
long_names
another_organization
outages_and_reloads
rotation "$(sum ha_poll_errors_total source=token reason=auth)"
credential_sources
plugins
check "every line of the log is logfmt" is_logfmt
check "no secret in the log" without_secrets "$log"
finish
