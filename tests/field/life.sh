#!/bin/bash
# Credentials that end, in a running daemon: of which does `hawatch check` warn? The rule itself has its rows in
# tests/unit/test_field_renewal.c; here are the places that a credential comes from.
# usage: life.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/sides.sh"
require jq base64
config=$scratch/hawatch.yaml

# NAME ~ hours from now: iat, exp, the file's last change; `-`: none ~ the side's keys ~ the kubeconfig's user ~ what is
# said of it; nothing: the check passes. @FILE is a file with the token, @TOKEN the token itself.
rows() {
	cat <<-'END'
		a new token of a day                  ~   0  24   0 ~ -                 ~ tokenFile: @FILE                ~
		the same after 17 hours               ~ -17   7 -17 ~ -                 ~ tokenFile: @FILE                ~
		the same after 19 hours               ~ -19   5 -19 ~ -                 ~ tokenFile: @FILE                ~ should have been renewed by now
		the same as the side's token_file     ~ -19   5 -19 ~ token_file: @FILE ~ username: u                     ~ should have been renewed by now
		the same in the kubeconfig itself     ~ -19   5   - ~ -                 ~ token: @TOKEN                   ~ should have been renewed by now
		the same where a plugin may run       ~ -19   5 -19 ~ allow_exec: true  ~ tokenFile: @FILE                ~ should have been renewed by now
		the same beside a plugin, which loses ~ -19   5 -19 ~ allow_exec: true  ~ tokenFile: @FILE, exec: @PLUGIN ~ should have been renewed by now
		the same of a plugin                  ~ -19   5 -19 ~ allow_exec: true  ~ exec: @PLUGIN                   ~
		one of a plugin that has ended        ~ -25  -1 -25 ~ allow_exec: true  ~ exec: @PLUGIN                   ~ expired 1 h
		one that has ended                    ~ -25  -1 -25 ~ -                 ~ tokenFile: @FILE                ~ expired 1 h
		without iat, in a new file            ~   -   5   0 ~ -                 ~ tokenFile: @FILE                ~
		without iat, in a file of yesterday   ~   -   5 -19 ~ -                 ~ tokenFile: @FILE                ~ should have been renewed by now
		without iat, in the kubeconfig        ~   -  25   - ~ -                 ~ token: @TOKEN                   ~
		the same an hour and a half later     ~   -  23   - ~ -                 ~ token: @TOKEN                   ~ should have been renewed by now
		a year, eight days left               ~ -8568 192 0 ~ -                 ~ tokenFile: @FILE                ~
		a year, six days left                 ~ -8616 144 0 ~ -                 ~ tokenFile: @FILE                ~ should have been renewed by now
		token_file beside a plugin            ~ -19   5 -19 ~ token_file: @FILE, allow_exec: true ~ exec: @PLUGIN   ~ should have been renewed by now
		token_file beside a token             ~ -19   5 -19 ~ token_file: @FILE ~ token: abc                      ~ should have been renewed by now
		plugin, no allow_exec, token_file     ~ -19   5 -19 ~ token_file: @FILE ~ exec: @PLUGIN                   ~ should have been renewed by now
		token and a plugin                    ~ -19   5   - ~ allow_exec: true  ~ token: @TOKEN, exec: @PLUGIN    ~ should have been renewed by now
		a plugin in a day                     ~ -25  23   - ~ allow_exec: true  ~ exec: @PLUGIN                   ~
		issued in an hour, by a wrong clock    ~   1  25   0 ~ -                 ~ tokenFile: @FILE                ~
		without iat, in a file of last winter  ~   -  100 -8000 ~ -                 ~ tokenFile: @FILE                ~ should have been renewed by now
		without iat, in a file of tomorrow    ~   -  25  30 ~ -                 ~ tokenFile: @FILE                ~
		without an end                        ~  -9   -   0 ~ -                 ~ tokenFile: @FILE                ~
	END
}
base64url() { base64 -w 0 | tr '+/' '-_' | tr -d =; }
jwt() { # IAT EXP
	local claims='"sub": "system:serviceaccount:hawatch:hawatch"'
	[ "$1" = - ] || claims+=", \"iat\": $((now + $1 * 3600))"
	[ "$2" = - ] || claims+=", \"exp\": $((now + $2 * 3600))"
	echo "$(printf '{"alg":"RS256"}' | base64url).$(printf '{%s}' "$claims" | base64url).c2lnbmF0dXJl"
}
write_rows() {
	local name hours side user says row=0 file iat exp changed
	begin_sides
	while IFS='~' read -r name hours side user says; do
		row=$((row + 1)) file=$scratch/token$row side=$(trim "$side")
		read -r iat exp changed <<<"$hours"
		jwt "$iat" "$exp" >"$file"
		jq -n --arg token "$(cat "$file")" '{kind: "ExecCredential", apiVersion: "client.authentication.k8s.io/v1", status: {token: $token}}' >"$file.plugin"
		[ "$changed" = - ] || touch -d "@$((now + changed * 3600))" "$file"
		user=${user//@FILE/$file} user=${user//@TOKEN/$(cat "$file")}
		user=${user//@PLUGIN/"{apiVersion: client.authentication.k8s.io/v1, command: /bin/cat, args: [$file.plugin], interactiveMode: Never}"}
		cat >"$scratch/k$row" <<-END
			clusters: [{name: c, cluster: {server: 'http://127.0.0.1:$port'}}]
			users: [{name: u, user: {$user}}]
			contexts: [{name: x, context: {cluster: c, user: u}}]
			current-context: x
		END
		[ "$side" = - ] && side= || side=", ${side//@FILE/$file}"
		add_pair row$row "kubeconfig: $scratch/k$row$side" "$(ordinary)"
	done < <(rows)
}
# What the line `credentials` of the check says of the primary.
said_of() { "$asker" get "$url/api/v1/check?pair=$1" | jq -r '.checks[] | select(.name == "credentials") | .result + " " + .message'; }
is_said() { # PAIR TEXT
	local said
	said=$(said_of "$1")
	if [ -n "$2" ]; then [[ $said == "fail "*"$2"* ]]; else [[ $said == "pass "* ]]; fi || { echo "$said"; false; }
}

both_asked() { is_above 0 ha_polls_total source=nodes pair=$1 side=primary && is_above 0 ha_polls_total source=nodes pair=$1 side=secondary; }

start_sim
start_proxy "$scratch/api" # as a server it answers everything: what is asked of it is not the matter here
now=$(now_s)
write_rows
start_daemon
row=0
while IFS='~' read -r name hours side user says; do
	row=$((row + 1)) says=$(trim "$says")
	check "asked: $(trim "$name")" eventually both_asked row$row
	check "$(trim "$name"): ${says:-nothing}" is_said row$row "$says"
done < <(rows)
check "the renewal is exported" [ "$(value ha_credential_renewal_timestamp_seconds pair=row3 side=primary)" = $((now - 3600)) ]
check "what a plugin renews has none" is '' ha_credential_renewal_timestamp_seconds pair=row8 side=primary
check "and an end" is $((now + 5 * 3600)) ha_credential_expiry_timestamp_seconds pair=row8 side=primary
finish
