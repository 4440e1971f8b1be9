#!/bin/bash
# Sides that Spot serves (its endpoint, its id_token) while something of Spot fails: their API servers are well, so that
# nothing of it blinds them.
# usage: spot_outage.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/../e2e/lib.sh"

namespace=/apis/ngpc.rxt.io/v1/namespaces/org-abcdefgh12345678

# What fails | whom the simulator is told about | how | and well again | the secondary meanwhile.
# From reports of Spot's users and of exporters: gateways that answer 401, 429 and 5xx for a while, lists that are empty,
# cut or late, objects without status, an endpoint that is missing. Timeouts, 401 and 5xx are in the storms of tests/dst,
# where sides are reached as Spot says, too.
rows() {
	cat <<-END
		the API refuses connections|spot|fault=refuse|fault=none|UP/serving
		the API resets them|spot|fault=reset|fault=none|UP/serving
		the gateway says 403|spot|fault=status:403|fault=none|UP/serving
		the gateway limits the rate|spot|fault=status:429 retry_after=3600|fault=none|UP/serving
		it moves elsewhere|spot|fault=redirect|fault=none|UP/serving
		the answers are empty|spot|fault=empty|fault=none|UP/serving
		the answers are no JSON|spot|fault=garbage|fault=none|UP/serving
		the answers come byte by byte|spot|fault=drip|fault=none|UP/serving
		an expired certificate|spot|fault=expired|fault=none|UP/serving
		only the list of cloudspaces fails|spot|fault=status:500 on=$namespace/cloudspaces|fault=none|UP/serving
		the list of cloudspaces is cut|spot|fault=truncate:100 on=$namespace/cloudspaces|fault=none|UP/serving
		the list of cloudspaces has other types|spot|fault=wrong_types on=$namespace/cloudspaces|fault=none|UP/serving
		the object of the secondary has another type|spot|edits=$scratch/odd|edits=|UP/serving
		the endpoint of the secondary is a list|spot|edits=$scratch/list|edits=|UP/serving
		the list has nothing but null|spot|edits=$scratch/null|edits=|UP/serving
		its pages do not end|spot|edits=$scratch/endless|edits=|UP/serving
		only the node pools fail|spot|fault=status:500 on=$namespace/spotnodepools|fault=none|UP/serving
		the namespace is not found|spot|fault=status:404 on=$namespace|fault=none|UP/serving
		the list lacks the cloudspace|$two|absent=on|absent=off|UP/absent
		the cloudspace has no status|$two|status=none|status=good|UP/not_ready
		the cloudspace has no endpoint|$two|endpoint=off|endpoint=on|UP/serving
		its endpoint is no host|$two|endpoint_at=user@hcp|endpoint_at=|UP/serving
	END
}

# by_spot: both sides are reached as Spot says.
by_spot() {
	sed "/^pairs:/,\$d" "$sim/hawatch.yaml" >"$config.new"
	cat >>"$config.new" <<-END
		pairs:
		  - name: prod
		    primary: {cloudspace: $one, ca_file: $sim/ca.crt}
		    secondary: {cloudspace: $two, ca_file: $sim/ca.crt}
	END
	mv "$config.new" "$config"
}

tokens() { sum ha_polls_total source=token; }
has_tokens() { [ "$(tokens)" -ge "$1" ]; }
refusals() { sum ha_poll_errors_total reason=auth source=nodes; }
changes_to_unknown() { sum ha_cloudspace_state_changes_total to=UNKNOWN; }
both_read() { as_expected ACTIVE UP/serving UP/serving && is 1 ha_cloudspace_phase side=secondary ha_cloudspace_phase=Ready; }

# edit NAME CHANGE: of the list of cloudspaces.
edit() { echo "$namespace/cloudspaces $2" >"$scratch/$1"; }
edit odd '/items/1/status/phase 7'
edit list '/items/1/status/APIServerEndpoint ["https://127.0.0.1"]'
edit null '/items [null,null]'
edit endless '/metadata/continue "again"'

start_sim
config=$scratch/hawatch.yaml
by_spot
play auth id_token_ttl_s=4 # each row outlasts several tokens
start_daemon
check "both sides by Spot alone: ACTIVE" eventually both_read
while IFS='|' read -r name target settings mended state; do
	before=$(tokens)
	# shellcheck disable=SC2086 # settings are words
	play "$target" $settings
	check "$name: tokens are renewed" eventually has_tokens $((before + 4))
	check "$name: ACTIVE" as_expected ACTIVE UP/serving "$state"
	# shellcheck disable=SC2086
	play "$target" $mended
	check "$name, mended: Spot is read" eventually both_read
	check "$name: no API server was asked with a dead token" [ "$(refusals)" -eq 0 ]
done < <(rows)
# A cluster refuses tokens that Spot's own API takes: its clock is wrong, or it knows only newer keys.
exchanges() { sum ha_polls_total source=token; }
rounds() { sum ha_polls_total source=cloudspaces; }
have() { [ "$("$1")" -ge "$2" ]; }
play auth id_token_ttl_s=86400 issued=revoked
check "tokens of a day: both sides" eventually both_read
before=$(exchanges)
play $two token=revoked
check "the secondary refuses tokens: renewed before they end" eventually have exchanges $((before + 1))
before=$(exchanges) since=$(rounds)
check "it refuses every token: rounds go on" eventually have rounds $((since + 45))
check "it refuses every token: few are asked for" eval '[ $((($(exchanges) - before) * 9)) -le $(($(rounds) - since)) ]'
play $two token=good
check "the secondary takes them again" eventually both_read

check "no side was UNKNOWN" [ "$(changes_to_unknown)" -eq 0 ]
check "never BLOCKED" is_never_blocked 0
check "no secret in the log" without_secrets "$log"
check "SIGTERM ends it" stop_daemon
finish
