#!/bin/bash
# Whose cloudspaces are polled: id_tokens with and without the claim org_id, organizations named in every way.
# usage: organization.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/../e2e/lib.sh"

# The claim org_id of the id_token | spot.organization | other organizations of the account | what comes of it: Spot is
# read, or the error | whether Spot is asked for organizations.
rows() {
	cat <<-END
		on||0|read|never
		on||120|read|never
		on|acme|0|read|asked
		on|acme|120|read|asked
		off|acme|0|read|asked
		off|acme|120|read|asked
		off|org_AbCdEfGh12345678|1|read|asked
		off|org-abcdefgh12345678|1|read|asked
		off||0|read|asked
		off||1|no claim org_id, and access to more than one organization; set spot.organization|asked
		off||120|no claim org_id, and access to more than one organization; set spot.organization|asked
		off|nobody|3|no access to organization .nobody.; see spot.organization|asked
	END
}

spot_is_read() { is 1 ha_cloudspace_phase side=primary ha_cloudspace_phase=Ready; }
lists() { requests spot /cloudspaces; }
has_lists() { [ "$(lists)" -gt "$1" ]; }
was_asked() { [ "$(requests spot /organizations)" -gt "$1" ]; }
was_not_asked() { ! was_asked "$1"; }
# Asked for organizations, the simulator answers nobody without a bearer.
unauthorized() { "$asker" get "$control/stats" | jq -e '[.spot.paths[] | select(.last_status == 401)] | length == 0'; }

# One organization that cannot be read hides the others no more than one object of any list.
# The change of the list | spot.organization | what comes of it
odd_rows() {
	cat <<-'END'
		/organizations/0/id 7|acme|read
		/organizations/0 null|acme|read
		/organizations/0/name {"de":"b"}|org_AbCdEfGh12345678|read
		/organizations/1/id 7|acme|organization .acme. is not among those that can be read; 1 cannot: member .*id.* is not a string
		/organizations [null]||the only organization cannot be read: member .*id.*
		/organizations/0/id true||more than one organization; set spot.organization
	END
}
odd_ones() {
	local change organization outcome name
	play auth org_claim=off
	while IFS='|' read -r change organization outcome; do
		name="list with $change, organization ${organization:-not set}"
		echo "/apis/auth.ngpc.rxt.io $change" >"$scratch/edits"
		play spot organizations=1 "edits=$scratch/edits"
		cp "$scratch/config" "$config"
		[ -z "$organization" ] || sed -i "s/^spot:/&\n  organization: $organization/" "$config"
		start_daemon
		if [ "$outcome" = read ]; then
			check "$name: Spot is read" eventually spot_is_read
		else
			check "$name: told" eventually logged "source=organizations.*$outcome"
			check "$name: ACTIVE by Kubernetes alone" eventually as_expected ACTIVE UP/serving UP/serving
		fi
		check "$name: SIGTERM ends it" stop_daemon
	done < <(odd_rows)
}

start_sim
cp "$config" "$scratch/config"
config=$scratch/hawatch.yaml
while IFS='|' read -r claim organization others outcome asked; do
	name="claim $claim, organization ${organization:-not set}, $others others"
	play auth org_claim="$claim"
	play spot organizations="$others"
	cp "$scratch/config" "$config"
	[ -z "$organization" ] || sed -i "s/^spot:/&\n  organization: $organization/" "$config"
	before=$(requests spot /organizations)
	start_daemon
	if [ "$outcome" = read ]; then
		check "$name: Spot is read" eventually spot_is_read
		check "$name: the monitor is up" eventually is 1 ha_up
	else
		check "$name: told" eventually logged "source=organizations.*reason=auth.*$outcome"
		check "$name: the monitor is not up" eventually is 0 ha_up
		check "$name: ACTIVE by Kubernetes alone" eventually as_expected ACTIVE UP/serving UP/serving
	fi
	if [ "$asked" = never ]; then
		eventually has_lists $(($(lists) + 3))
		check "$name: nobody asked for organizations" was_not_asked "$before"
	else
		check "$name: asked for organizations" was_asked "$before"
	fi
	check "$name: with a bearer" unauthorized
	check "$name: never BLOCKED" is_never_blocked 0
	check "$name: SIGTERM ends it" stop_daemon
done < <(rows)
odd_ones
finish
