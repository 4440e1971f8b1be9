#!/bin/bash
# First contact: what hawatchd --config.probe and hawatch doctor say of credentials, rights, names, certificates and
# servers that are right or wrong, and what they leave alone.
# usage: [HAWATCH_GOLDEN=write] probe.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"
. tests/e2e/lists.sh

# As a person sees it, without what differs from run to run.
steady() {
	sed -E 's/[0-9]+ ms/N ms/; s/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z/TIME/; s/\([0-9]+ d [0-9]+ h left\)/(LIFE left)/'
}
# probe OPTION...: sets $code. What is said is kept for the search for secrets.
probe() { probe_by inside "$@"; }
# With the machine's clock, while the simulator has the world's.
probe_outside() { probe_by env "$@"; }
probe_by() {
	flowing in_a_shell "$1" timeout -k 5 "$patience" "$build/hawatchd" --config.file="$config" --config.probe "${@:2}" \
		>"$scratch/out" 2>"$scratch/err" </dev/null
	code=$?
	cat "$scratch/out" "$scratch/err" >>"$scratch/said"
}
in_a_shell() { ("$@"); } # `inside` does not come back
is_exit() { [ "$code" -eq "$1" ] || { echo "exit status $code, expected $1"; cat "$scratch/out" "$scratch/err"; false; }; }
is_as_golden() {
	[ "${HAWATCH_GOLDEN-}" != write ] || steady <"$scratch/out" >"tests/golden/$1"
	diff "tests/golden/$1" <(steady <"$scratch/out")
}
is_narrow() { no_lines awk 'length > 80' "$scratch/out"; }
is_quiet() { no_lines cat "$scratch/err"; }

# line SIDE THING: RESULT|MESSAGE|REMEDY|COMMAND of this line of the last JSON; without a side, of what is shared.
line() {
	jq -r --arg side "$1" --arg thing "$2" '.lines[] | select((.side // "") == $side and .thing == $thing)
		| [.result, .message, .remedy // "", .command // ""] | join("|")' "$scratch/out"
}
# says SIDE THING TEXT: a regular expression.
says() {
	local found
	found=$(line "$1" "$2")
	grep -qE -- "$3" <<<"$found" || { echo "$1 $2: ${found:-no such line}"; false; }
}
lacks() { [ -z "$(line "$1" "$2")" ] || { line "$1" "$2"; false; }; }
has_no_secret() {
	local secret
	for secret in "$(cat "$sim/$one.token")" "$(cat "$sim/$two.token")" "$(cat "$sim/spot-refresh-token")" eyJ; do
		! grep -qF -- "$secret" "$scratch/said" || { echo "a secret was said"; return 1; }
	done
}
is_empty_folder() { no_lines ls -A "$1"; }

all_well() {
	probe
	check "all well: exit status 0" is_exit 0
	check "all well: the table" is_as_golden probe-well.txt
	check "all well: 80 columns" is_narrow
	check "all well: no log beside it" is_quiet
	probe -o json
	check "as JSON: exit status 0" is_exit 0
	check "as JSON: all is well" [ "$(jq -r '.result, ([.lines[] | select(.remedy)] | length)' "$scratch/out" | xargs)" = "ok 0" ]
	probe --output=xml
	check "another format: exit status 2" is_exit 2
	printf 'state_directory: %s\n' "$scratch/state" >>"$config"
	probe
	check "a state directory: exit status 0" is_exit 0
	check "a state directory: nothing is written" is_empty_folder "$scratch/state"
	sed -i '$d' "$config"
	printf 'nonsense: 1\n' >>"$config"
	probe
	check "a mistake in the configuration: exit status 2" is_exit 2
	check "a mistake in the configuration: said" grep -q 'unknown key `nonsense`' "$scratch/err"
	sed -i '$d' "$config"
}

wrong_rights() {
	play $one fault=status:403 on=/apis/argoproj.io
	play $two absent=on
	sed -i "s/cloudspace: $two,/cloudspace: matchpoint-runner,/" "$config"
	probe
	check "a missing right, a wrong name: exit status 1" is_exit 1
	check "a missing right, a wrong name: the table" is_as_golden probe-wrong.txt
	check "a missing right, a wrong name: 80 columns" is_narrow
	cp "$sim/hawatch.yaml" "$config"
	probe -o json
	check "a cloudspace that is gone" says secondary cloudspace "^fail\|$two: not among the 1 that Spot lists\|Did you mean $one\?"
	play $one fault=none
	play $two absent=off rbac=none
	probe -o json
	check "no right at all: exit status 1" is_exit 1
	check "no right at all: the nodes" says secondary nodes '^fail\|HTTP status 403: .*\|.*the verb list on nodes .*\|/.*/apply.sh --context '$two'$'
	check "no right at all: the rest" says secondary leases '^warn\|.*leases.*\|Needs list on leases.coordination.k8s.io; the command above gives it'
	play $two rbac=good fault=status:401
	probe -o json
	check "a wrong credential: exit status 1" is_exit 1
	check "a wrong credential" says secondary credential '^fail\|refused: HTTP status 401.*\|kubectl --context '$two' .*create token'
	check "a wrong credential: no list behind it" lacks secondary nodes
	check "a wrong credential: the other side" says primary nodes '^ok\|10, 10 of them available'
	play $two fault=none crds=none
	probe -o json
	check "no ARC: exit status 0" is_exit 0
	check "no ARC: not installed" says secondary ephemeralrunners '^skip\|not installed'
	play $two crds=good
	sed -i '/name: prod/a\    argocd: {namespace: argo}' "$config"
	probe -o json
	check "another namespace" says primary applications '^warn\|namespace argo does not exist\|.*argocd.namespace'
	cp "$sim/hawatch.yaml" "$config"
}

spot_refuses() {
	play auth token=revoked
	probe -o json
	check "a revoked refresh token: exit status 1" is_exit 1
	check "a revoked refresh token" says '' credential '^fail\|HTTP status 403: .*\|Spot refuses the refresh token.*\|sudo install .* '"$sim/spot-refresh-token"
	check "a revoked refresh token: the sides" says primary nodes '^ok'
	play auth token=good rotation=on
	probe -o json
	check "a token that is rotated: exit status 0" is_exit 0
	check "a token that is rotated: a warning" says '' credential '^warn\|.*\|.*is used up'
}

servers() {
	play $two fault=foreign_ca
	probe -o json
	check "another CA" says secondary TLS '^fail\|.*; CA: .*\|If the certificate is the right one, set ca_file'
	check "another CA: exit status 1" is_exit 1
	play $two fault=expired
	probe -o json
	check "an expired certificate" says secondary TLS '^fail\|.*expired'
	play $two fault=refuse
	play spot fault=refuse
	probe -o json
	check "refused" says secondary connection '^fail\|Failed to connect.*\|.*firewall.*\|curl -sv '
	check "Spot's API refused" says '' 'Spot connection' '^fail\|Failed to connect.*spot.api_url'
	check "Spot's API refused: its credential" says '' credential '^ok\|the refresh token is accepted'
	check "Spot's API refused: the verdict" says '' verdict '^fail\|UNKNOWN'
	play spot fault=none
	play $two fault=mute
	probe -o json
	check "mute" says secondary TLS '^fail\|.*\|The server takes connections and does not begin TLS'
	check "mute: exit status 1" is_exit 1
	play $two fault=stall
	probe -o json
	check "stalled" says secondary answer '^fail\|.*\|.*does not answer'
	play $two fault=none
	sed -i -E 's#^( *auth_url: https://)127.0.0.1#\1login.invalid#' "$config"
	probe -o json
	check "a name that is not found" says '' 'login name' '^fail\|.*\|Is login.invalid in spot.auth_url right.*\|getent hosts login.invalid'
	cp "$sim/hawatch.yaml" "$config"
	lever wall_ms 300000
	probe_outside -o json
	lever wall_ms 0
	check "a clock that is off" says primary clock "^warn\|this machine's is [0-9]+ min( [0-9]+ s)? behind"
	check "a clock that is off: exit status 0" is_exit 0
	sed -i "s#kubeconfig: \"[^\"]*\", context: $two#ca_file: \"$sim/ca.crt\"#" "$config"
	probe -o json
	check "at the endpoint that Spot reports" says secondary nodes '^(ok|fail)\|'
	cp "$sim/hawatch.yaml" "$config"
}

doctor() {
	start_daemon
	reaches "a running daemon" ACTIVE
	polled 3 $one
	"$build/hawatch" doctor --socket "$socket" -o json >"$scratch/out"
	code=$?
	check "doctor: exit status 0" is_exit 0
	check "doctor: the nodes" says primary nodes '^ok\|10, 10 of them available'
	check "doctor: the certificate" says '' 'login TLS' '^ok\|the certificate is good, signed by '
	"$build/hawatch" doctor --socket "$socket" -o table >"$scratch/out"
	check "doctor: the same table" is_same_table
	play $one rbac=none
	polled 3 $one
	check "doctor: a right that is lost" eventually doctor_says primary nodes '^fail\|.*\|.*verb list on nodes.*apply.sh'
	cat "$scratch/out" >>"$scratch/said"
	play $one rbac=good
	probe
	check "a probe beside it: exit status 0" is_exit 0
	check "a probe beside it: the daemon goes on" eventually as_expected ACTIVE UP/serving UP/serving
	check "it ends" stop_daemon
}
is_same_table() { diff <(awk '{ $1 = $1 } 1' tests/golden/probe-well.txt | tr -s ' \n' ' ') <(steady <"$scratch/out" | awk '{ $1 = $1 } 1' | tr -s ' \n' ' '); }
doctor_says() {
	"$build/hawatch" doctor --socket "$socket" -o json >"$scratch/out"
	says "$@"
}

# One side has answered, the other never will.
interrupted() {
	local before
	play $two fault=stall
	sed -i 's/timeout: 1s/timeout: 2s/' "$config"
	before=$(requests $one)
	inside "$build/hawatchd" --config.file="$config" --config.probe >"$scratch/out" 2>"$scratch/err" </dev/null &
	local pid=$!
	until_true one_has_answered "$before"
	settle
	kill -INT "$pid"
	wait "$pid"
	code=$?
	check "interrupted: exit status 130" is_exit 130
	check "interrupted: what is known" grep -q 'ok   nodes  *10, 10 of them available' "$scratch/out"
	check "interrupted: that is said, and nothing else" [ "$(cat "$scratch/err")" = "interrupted: not everything was asked" ]
	flowing in_a_shell inside script -qec "$build/hawatchd --config.file=$config --config.probe >$scratch/out" /dev/null \
		</dev/null >"$scratch/err"
	check "on a terminal: progress" grep -qE 'asked [01] of 2 sides' "$scratch/err"
	check "on a terminal: nothing is left of it" [ "$(tr '\r' '\n' <"$scratch/err" | tail -n 1 | tr -d ' ')" = "" ]
	cp "$sim/hawatch.yaml" "$config"
	play $two fault=none
}
one_has_answered() { [ "$(requests $one)" -ge $(($1 + 9)) ]; }

# init OPTION...: the first configuration, in a folder of its own. Sets $code.
init() {
	flowing in_a_shell inside env SPOT_BASE_URL="$(setting api_url)" SPOT_AUTH_URL="$(setting auth_url)" HOME=/nonexistent \
		timeout -k 5 "$patience" "$build/hawatchd" --config.file="$scratch/first/hawatch.yaml" --config.init \
		--config.init.ca-file="$sim/ca.crt" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
	code=$?
	cat "$scratch/out" "$scratch/err" >>"$scratch/said"
}
setting() { sed -nE "s/^ *$1: //p" "$sim/hawatch.yaml"; }
is_mode() { [ "$(stat -c %a "$2")" = "$1" ]; }
says_error() { tr -s ' \n' ' ' <"$scratch/err" | grep -qE -- "$1" || { cat "$scratch/err"; false; }; }
lists_only() { [ "$(ls -A "$scratch/first")" = "$1" ] || { ls -lA "$scratch/first"; false; }; }

first_configuration() {
	local token=(--config.init.token-file="$sim/spot-refresh-token")
	mkdir "$scratch/first"
	init
	check "no token: exit status 2" is_exit 2
	check "no token: where it may be" says_error 'RXTSPOT_TOKEN_FILE, or set refreshToken in ~/.spot_config'
	play '*' absent=on
	init "${token[@]}"
	check "no cloudspaces: exit status 1" is_exit 1
	check "no cloudspaces: said" says_error 'cloudspaces the list is read, and is empty'
	play '*' absent=off
	play auth org_claim=off
	play spot organizations=2
	init "${token[@]}"
	check "several organizations: exit status 1" is_exit 1
	check "several organizations: named" says_error 'more than one organization; set spot.organization: .*acme'
	check "nothing is left of what failed" lists_only ''
	init "${token[@]}" --config.init.organization=acme
	check "one of them: exit status 0" is_exit 0
	check "one of them: stands in the file" grep -q 'organization: "acme"' "$scratch/first/hawatch.yaml"
	rm "$scratch/first/hawatch.yaml"
	play auth org_claim=on
	play spot organizations=0
	init "${token[@]}"
	check "a first configuration: exit status 0" is_exit 0
	check "a first configuration: says what is next" grep -q "context for each cloudspace into $scratch/first/kubeconfig" "$scratch/out"
	check "a first configuration: mode" is_mode 640 "$scratch/first/hawatch.yaml"
	check "a first configuration: nothing beside it" lists_only hawatch.yaml
	check "a first configuration: nothing else to say" is_quiet
	cp "$scratch/first/hawatch.yaml" "$scratch/before"
	rm "$scratch/first/hawatch.yaml"
	spot_list cloudspaces | jq -c '.items += [{metadata: {name: "other"}, status: {phase: 1}}]' >"$scratch/list"
	play spot fault=body "body=$scratch/list" "on=$spot_namespace/cloudspaces"
	init "${token[@]}"
	check "an entry that cannot be read: exit status 0" is_exit 0
	check "an entry that cannot be read: named" says_error 'entries 1 that cannot be read, and are left out: other .member "phase"'
	check "an entry that cannot be read: the others stand there" grep -q "$two" "$scratch/first/hawatch.yaml"
	play spot fault=none
	rm "$scratch/first/hawatch.yaml"
	here=$(realpath --relative-to=. "$scratch/first")
	init "${token[@]}" --config.file="$here/hawatch.yaml"
	check "a relative path: the same file" cmp "$scratch/before" "$scratch/first/hawatch.yaml"
	init "${token[@]}"
	check "a second time: exit status 2" is_exit 2
	check "a second time: says why" says_error 'is there already, and is not replaced'
	check "a second time: the same file" cmp "$scratch/before" "$scratch/first/hawatch.yaml"
	"$build/hawatchd" --config.file="$scratch/first/hawatch.yaml" --config.check >"$scratch/out" 2>"$scratch/err"
	code=$?
	check "only the kubeconfig is missing" [ "$code $(sort -u "$scratch/err")" = "2 kubeconfig: $scratch/first/kubeconfig: No such file or directory" ]
	cp "$sim/kubeconfig" "$sim"/*.token "$scratch/first/"
	config=$scratch/first/hawatch.yaml
	probe -o json
	check "with it: exit status 0" is_exit 0
	check "with it: the pair" [ "$(jq -r '.lines[-1] | .pair + " " + .result' "$scratch/out")" = "$one ok" ]
	config=$scratch/hawatch.yaml
}

mkdir "$scratch/state"
start_sim
config=$scratch/hawatch.yaml
cp "$sim/hawatch.yaml" "$config"
all_well
wrong_rights
servers
interrupted
first_configuration
doctor
spot_refuses
check "no secret is said" has_no_secret
finish
