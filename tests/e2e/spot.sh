#!/bin/bash
# The Spot credential over its life, with short-lived tokens: renewal, refusal and recovery, rotation; the
# organization; what other tools leave in the environment; market prices.
# usage: spot.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"
require promtool

tokens() { requests auth /oauth/token; }
lists() { requests spot /cloudspaces; }
errors() { sum ha_poll_errors_total "source=$1" "${@:2}"; }
has_asked() { [ "$("$1")" -gt "$2" ]; } # has_asked tokens|lists N: more than N requests
spot_is_read() { is 1 ha_cloudspace_phase side=primary ha_cloudspace_phase=Ready; }
spot_is_unread() { is 1 ha_cloudspace_phase side=primary ha_cloudspace_phase=Unknown; }
is_between() { [ "$2" -ge "$1" ] && [ "$2" -le "$3" ] || { echo "$2, expected $1 to $3"; false; }; }

# with_spot SED_SCRIPT: the simulator's configuration, changed.
with_spot() { sed "$1" "$sim/hawatch.yaml" >"$config.new" && mv "$config.new" "$config"; }

# Of one answer of the simulator: how often the token endpoint was asked, and how often Spot for its list, which is in
# every round.
counts() {
	"$asker" get "$control/stats" | jq -r '[.auth, .spot | .paths | to_entries |
		map(select(.key | endswith("/oauth/token", "/cloudspaces")).value.requests) | add] | "\(.[0]) \(.[1])"'
}
# few_tokens SINCE: no more than one for three rounds since those counts, however many rounds that were.
few_tokens() {
	local since now
	read -r -a since <<<"$1"
	read -r -a now <<<"$(counts)"
	[ $((3 * (now[0] - since[0]))) -le $((now[1] - since[1])) ] || { echo "$1, now ${now[*]}"; false; }
}

# The world's seconds between the last two lines of the log that tell of the token endpoint.
seconds_of_trouble() {
	sed -n 's/^ts=\([^ ]*\).* msg="poll \(failed\|succeeds again\)" source=token .*/\1/p' "$log" | tail -n 2 |
		date -f - +%s | awk '{ n = $1 - last; last = $1 } END { print n }'
}
is_well_again() { [ "$(grep 'source=token ' "$log" | grep -c 'poll succeeds again')" -gt "$1" ]; }
lasts_an_hour() { [ "$(printf %.0f "$(value ha_credential_expiry_timestamp_seconds credential=spot_id_token)")" -gt $(($(now_s) + 3000)) ]; }

renewal() {
	local before
	play auth id_token_ttl_s=4
	start_daemon
	check "short-lived: Spot is read" eventually spot_is_read
	before=$(tokens)
	check "short-lived: renewed, and again" eventually has_asked tokens $((before + 2))
	check "short-lived: no list was ever refused" [ "$(errors cloudspaces)" -eq 0 ]
	check "short-lived: far fewer exchanges than rounds" eval '[ $(($(tokens) * 4)) -lt "$(lists)" ]'
	check "short-lived: the expiry is a metric" is_between "$(now_s)" \
		"$(printf %.0f "$(value ha_credential_expiry_timestamp_seconds credential=spot_id_token)")" $(($(now_s) + 5))
	play auth id_token_ttl_s=3600
	check "long-lived again: the next one lasts" eventually lasts_an_hour
	before=$(tokens)
	polled 30 spot # in which a short-lived one would have ended
	check "long-lived again: and there is no other" [ "$(tokens)" -eq "$before" ]
}

# What was issued is good no more; what is issued next is.
revoked() {
	local before
	before=$(tokens)
	play auth issued=revoked
	check "bearer revoked: a new one is got" eventually has_asked tokens "$before"
	polled 10 spot
	check "bearer revoked: exactly one exchange" [ "$(tokens)" -eq $((before + 1)) ]
	check "bearer revoked: no exchange failed" [ "$(errors token)" -eq 0 ]
	check "bearer revoked: Spot is read" spot_is_read
}

refused() {
	local before since said rounds at
	# The gaps are 1, 2 and 4 rounds at most, and a round is 200 ms.
	play auth fault=status:403 times=3
	play auth issued=revoked
	check "refused three times: well again" eventually is_well_again 0
	check "refused three times: asked again soon" is_between 0 "$(seconds_of_trouble)" 3
	check "refused three times: counted as auth" [ "$(errors token reason=auth)" -eq 3 ]
	check "refused three times: Spot is read" eventually spot_is_read

	said=$(grep -c 'poll failed.*source=token.*reason=auth' "$log")
	before=$(errors token reason=auth)
	play auth token=revoked
	play auth issued=revoked
	# By then the ceiling is the longest, 32 rounds.
	check "refresh token refused: counted as auth" eventually is_above $((before + 7)) ha_poll_errors_total source=token reason=auth
	since=$(counts) rounds=$(lists)
	polled 40 $one
	check "refresh token refused: the gaps have grown, few requests" few_tokens "$since"
	check "refresh token refused: the API is still tried each round" has_asked lists $((rounds + 20))
	check "refresh token refused: ACTIVE by Kubernetes alone" as_expected ACTIVE UP/serving UP/serving
	check "refresh token refused: Spot has no say" spot_is_unread
	check "refresh token refused: the monitor is not up" is 0 ha_up
	check "refresh token refused: said once" [ "$(grep -c 'poll failed.*source=token.*reason=auth' "$log")" -eq $((said + 1)) ]

	# Another token is good by now; the next try by itself may be minutes away, but the file is news.
	play auth token=good refresh_token=another-refresh-token
	before=$(errors token) rounds=$(lists) at=$(tokens)
	printf 'another-refresh-token\n' >"$scratch/new"
	mv "$scratch/new" "$sim/spot-refresh-token"
	check "file rewritten: the rounds go on" eventually has_asked lists $((rounds + 7))
	check "file rewritten: asked within three of them" has_asked tokens "$at"
	check "file rewritten: Spot is read" eventually spot_is_read
	check "file rewritten: said in the log" logged "new refresh token in the file"
	check "file rewritten: by the next rounds" is_between "$before" "$(errors token)" $((before + 1))
	at=$(tokens)
	polled 10 spot
	check "file rewritten: one exchange was enough" [ "$(tokens)" -eq "$at" ]

	mv "$sim/spot-refresh-token" "$scratch/away"
	before=$(tokens)
	play auth issued=revoked
	check "file gone: the last good token serves" eventually has_asked tokens "$before"
	check "file gone: Spot is read" eventually spot_is_read
	check "file gone: said in the log" logged "cannot read the refresh token file, keeping the last good token"
	mv "$scratch/away" "$sim/spot-refresh-token"
}

# A token endpoint in trouble is no reason to stop using a token that is good.
renewal_fails() {
	local before
	play auth fault=none id_token_ttl_s=20
	before=$(tokens)
	play auth issued=revoked
	check "endpoint down: a token of 20 s before that" eventually has_asked tokens "$before"
	play auth fault=status:503
	before=$(errors token reason=http_5xx)
	check "endpoint down: renewal fails" eventually is_above "$before" ha_poll_errors_total source=token reason=http_5xx
	check "endpoint down: the old token serves on" spot_is_read
	check "endpoint down: until its end" eventually spot_is_unread
	play auth fault=none id_token_ttl_s=3600
	check "endpoint up again: Spot is read" eventually spot_is_read
}

rotation() {
	local before errors_before
	errors_before=$(errors token)
	play auth rotation=on id_token_ttl_s=2
	before=$(tokens)
	play auth issued=revoked
	check "rotation: each new one is used next" eventually has_asked tokens $((before + 4))
	check "rotation: no exchange failed" [ "$(errors token)" -eq "$errors_before" ]
	check "rotation: said once" [ "$(grep -c 'Spot rotates the refresh token' "$log")" -eq 1 ]

	play auth id_token_ttl_s=3600 # so that no exchange is cut off by the reload
	check "rotation: and on" eventually lasts_an_hour
	before=$(tokens)
	reload
	check "rotation: reloaded" eventually logged 'msg="configuration reloaded"'
	play auth id_token_ttl_s=2
	play auth issued=revoked
	check "rotation: it outlives a reload" eventually has_asked tokens $((before + 2))
	check "rotation: no exchange failed after it" [ "$(errors token)" -eq "$errors_before" ]

	play auth rotation=off refresh_token="$(cat "$sim/spot-refresh-token")"
	before=$(tokens)
	check "rotated one refused: the file's is tried" eventually logged "rejects the rotated refresh token"
	check "rotated one refused: at once, and it is good" eventually has_asked tokens $((before + 2))
	check "rotated one refused: that was one failure" [ "$(errors token)" -eq $((errors_before + 1)) ]
	check "rotated one refused: Spot is read" eventually spot_is_read
	play auth id_token_ttl_s=3600
}

words() {
	play $one phase=Hibernating
	play $two bid_status=Haggling
	check "unknown phase: in the log, verbatim" eventually logged "unknown phase; ignored.*phase=Hibernating"
	check "unknown bid status: in the log, verbatim" eventually logged "unknown node pool status; ignored.*status=Haggling"
	polled 5 spot
	play $one phase=Ready
	polled 2 spot
	play $one phase=Hibernating
	polled 3 spot
	check "unknown phase: said once" [ "$(grep -c Hibernating "$log")" -eq 1 ]
	check "unknown bid status: said once" [ "$(grep -c Haggling "$log")" -eq 1 ]
	play $one phase=Ready
	play $two bid_status=
}

no_secrets() {
	check "secrets: not in the log" without_secrets "$log"
	scrape
	check "secrets: not in /metrics" without_secrets "$scratch/metrics"
	check "secrets: no rotated token in the log" eval "! grep -q rotated- '$log'"
	check "secrets: no rotated token in /metrics" eval "! grep -q rotated- '$scratch/metrics'"
	check "every line of the log is logfmt" is_logfmt
	check "never BLOCKED" is_never_blocked 0
}

organization() {
	local name
	for name in acme org_AbCdEfGh12345678 org-abcdefgh12345678; do
		play spot organizations=120
		with_spot "1a\  organization: $name"
		start_daemon
		check "organization $name: Spot is read" eventually spot_is_read
		check "organization $name: found on the third page, asked once" is 1 ha_polls_total source=organizations
		check "SIGTERM ends it, exit status 0" stop_daemon
	done
	check "organization: three pages each" [ "$(requests spot /organizations)" -eq 9 ]

	with_spot '1a\  organization: other-7'
	start_daemon
	check "another's namespace: refused" eventually is_above 0 ha_poll_errors_total source=cloudspaces reason=auth
	check "another's namespace: looked up anew" eventually is_above 1 ha_polls_total source=organizations
	check "SIGTERM ends it, exit status 0" stop_daemon

	with_spot '1a\  organization: nobody'
	start_daemon
	check "unknown organization: counted" eventually is_above 1 ha_poll_errors_total source=organizations reason=auth
	check "unknown organization: told" logged 'this token has no access to organization `nobody`'
	check "unknown organization: the monitor is not up" is 0 ha_up
	check "unknown organization: ACTIVE by Kubernetes alone" eventually as_expected ACTIVE
	check "SIGTERM ends it, exit status 0" stop_daemon
	play spot organizations=0
}

prices_are() { # SIDE BID MARKET P80
	is "$2" ha_bid_price_dollars "side=$1" && is "$3" ha_market_price_dollars "side=$1" &&
		is "$4" ha_market_price_80th_percentile_dollars "side=$1"
}
no_prices() { is '' ha_bid_price_dollars && is '' ha_market_price_dollars; }
metrics_are_clean() { scrape && promtool check metrics <"$scratch/metrics" 2>&1 && [ "$(grep -c "pair=\"$pair\"" "$scratch/metrics")" -le 400 ]; }

prices() {
	local spot
	spot=$(sed -n 's/^  api_url: //p' "$sim/hawatch.yaml")
	with_spot "1a\  price_url: $spot/percentiles.json
		s/^  interval: .*/&\n  price_interval: 200ms/"
	start_daemon
	check "prices: as the file has them" eventually prices_are primary 0.35 0.07 0.101
	check "prices: of both sides" prices_are secondary 0.35 0.07 0.101
	play spot market_price=0.400000 p80=0.412
	play $two bid=0.080
	check "prices: the market moved" eventually prices_are primary 0.35 0.4 0.412
	check "prices: the bid moved" eventually prices_are secondary 0.08 0.4 0.412
	check "prices: promtool, and no more than 400 series" metrics_are_clean
	play spot fault=status:403 on=/percentiles.json
	check "prices refused: counted" eventually is_above 0 ha_poll_errors_total source=prices reason=auth
	check "prices refused: gone when they are old" eventually no_prices
	check "prices refused: all else is well" eventually as_expected ACTIVE UP/serving UP/serving
	check "prices refused: the monitor is up" is 1 ha_up
	play spot fault=garbage on=/percentiles.json
	check "prices unreadable: counted" eventually is_above 0 ha_poll_errors_total source=prices reason=parse
	play spot fault=status:429 on=/percentiles.json
	check "prices rate-limited: counted" eventually is_above 0 ha_poll_errors_total source=prices reason=rate_limited
	play spot fault=none
	check "prices are back" eventually prices_are primary 0.35 0.4 0.412
	check "SIGTERM ends it, exit status 0" stop_daemon
}

# Whoever refuses us still answers, which tells a dead credential and two dead clusters from a dead network.
dead_from_the_start() {
	local since rounds
	play auth token=revoked
	start_daemon
	check "refused from the start: ACTIVE by Kubernetes alone" eventually as_expected ACTIVE UP/serving UP/serving
	play '*' fault=refuse
	reaches "refused from the start, both sides gone" BLOCKED_BOTH_UNAVAILABLE DOWN/unreachable DOWN/unreachable
	since=$(counts) rounds=$(lists)
	check "refused from the start: the API is asked each round" eventually has_asked lists $((rounds + 40))
	check "refused from the start: the token endpoint is not" few_tokens "$since"
	play '*' fault=none
	play auth token=good
	check "good again without a new file: Spot is read" eventually spot_is_read
	reaches "good again" ACTIVE
	check "SIGTERM ends it, exit status 0" stop_daemon
}

# refuses_with NAME TEXT VARIABLE...: --config.check with these variables alone.
refuses_with() {
	local name=$1 text=$2
	shift 2
	env -i "$@" "$build/hawatchd" --config.check --config.file="$config" >"$scratch/out" 2>&1
	check "$name: exit status 2" [ $? -eq 2 ]
	check "$name: told" grep -qE -- "$text" "$scratch/out"
}

environment() {
	local api auth
	api=$(sed -n 's/^  api_url: //p' "$sim/hawatch.yaml") auth=$(sed -n 's/^  auth_url: //p' "$sim/hawatch.yaml")
	with_spot '/refresh_token_file/d'
	refuses_with "no refresh token" "spot.refresh_token_file: missing; set the path" HOME="$scratch"
	refuses_with "token in the environment" "SPOT_REFRESH_TOKEN is not used" SPOT_REFRESH_TOKEN=hunter2hunter2
	check "token in the environment: not repeated" eval "! grep -q hunter2 '$scratch/out'"
	refuses_with "token file that is not there" "$scratch/nothing: No such file" RXTSPOT_TOKEN_FILE="$scratch/nothing"
	printf 'org: acme\n' >"$scratch/.spot_config"
	refuses_with "a .spot_config without it" "$scratch/.spot_config: no refreshToken in it" HOME="$scratch"
	printf 'refreshToken: {a: b}\n' >"$scratch/.spot_config"
	refuses_with "a .spot_config with a mapping" "$scratch/.spot_config:1:15: refreshToken: expected a token" HOME="$scratch"
	printf 'refreshToken: hunter2hunter2\n\t- [' >"$scratch/.spot_config"
	refuses_with "a .spot_config that is not YAML" "$scratch/.spot_config:2:1: not valid YAML" HOME="$scratch"
	check "a .spot_config that is not YAML: not repeated" eval "! grep -q hunter2 '$scratch/out'"
	with_spot '/api_url/d; /refresh_token_file/d'
	refuses_with "bad URL in the environment" "^SPOT_BASE_URL: http:// to another machine" \
		SPOT_BASE_URL=http://example.com RXTSPOT_TOKEN_FILE="$sim/spot-refresh-token"

	with_spot '/api_url/d; /auth_url/d; /refresh_token_file/d'
	SPOT_BASE_URL=$api SPOT_AUTH_URL=$auth RXTSPOT_TOKEN_FILE=$sim/spot-refresh-token start_daemon
	check "by the environment: Spot is read" eventually spot_is_read
	check "by the environment: said in the log" logged "value taken from the environment.*variable=SPOT_BASE_URL for=spot.api_url"
	check "SIGTERM ends it, exit status 0" stop_daemon

	with_spot '/refresh_token_file/d'
	printf 'org: acme\nrefreshToken: "%s"\naccessToken: old\nregion: us-central-dfw-1\n' \
		"$(cat "$sim/spot-refresh-token")" >"$scratch/.spot_config"
	SPOT_BASE_URL=https://192.0.2.1 HOME=$scratch start_daemon
	check "by .spot_config: Spot is read, and the file's URL beats the environment's" eventually spot_is_read
	check "by .spot_config: no secret in the log" without_secrets "$log"
	check "SIGTERM ends it, exit status 0" stop_daemon
}

start_sim
config=$scratch/hawatch.yaml
with_spot ''
renewal
revoked
refused
renewal_fails
rotation
words
no_secrets
check "SIGTERM ends it, exit status 0" stop_daemon
dead_from_the_start
environment
prices
organization
finish
