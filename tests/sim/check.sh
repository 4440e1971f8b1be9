#!/bin/bash
# Holds the simulator's answers against recordings of the real services.
#
#	check.sh SIM_BINARY FIXTURES_DIR
#
# Errors and small answers must be equal in status line, headers and body; lists must have the same
# members, in the same order and of the same types. Prints "N passed, N failed"; exits 1 on a failure.
set -u

sim=${1:?usage: check.sh SIM_BINARY FIXTURES_DIR}
fixtures=${2:?usage: check.sh SIM_BINARY FIXTURES_DIR}
dir=$(mktemp -d)
passed=0 failed=0

# As many nodes as the recorded cluster has, in the same states.
coproc SIM { exec "$sim" --dir "$dir/sim" --pairs 2 --set 'matchpoint-runners nodes=12 cordoned=1 not_ready=1 tainted=1'; }
sim_pid=$SIM_PID
trap 'kill "$sim_pid" 2>/dev/null; wait "$sim_pid" 2>/dev/null; rm -rf "$dir"' EXIT
read -r -t 60 _ <&"${SIM[0]}" || { echo "check.sh: $sim did not start" >&2; exit 1; }

control=$(cat "$dir/sim/control.url")
url_of() { curl -sS "$control/stats" | jq -r --arg t "$1" '.[$t].url'; }
kube=$(url_of matchpoint-runners) spot=$(url_of spot) auth=$(url_of auth)
kube_token=$(cat "$dir/sim/matchpoint-runners.token")
namespace=/apis/ngpc.rxt.io/v1/namespaces/org-abcdefgh12345678

verdict() { # NAME GOOD?
	if [ "$2" = yes ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1"
	fi
}

set_state() { curl -sS -f -o "$dir/set" -X POST "$control/set?target=$1" || verdict "set $1" no; }

# fetch URL TOKEN [CURL-OPTION]...: leaves got.head and got.body.
accept=application/json
fetch() {
	local url=$1 token=$2
	shift 2
	curl -sS --cacert "$dir/sim/ca.crt" -A check -H "Accept: $accept" \
		${token:+-H "Authorization: Bearer $token"} -D "$dir/got.raw" -o "$dir/got.body" "$@" "$url"
	tr -d '\r' <"$dir/got.raw" >"$dir/got.head"
}

# recording FILE: leaves want.head and want.body.
recording() {
	sed '/^\r$/q' "$fixtures/$1" | tr -d '\r' >"$dir/want.head"
	sed '1,/^\r$/d' "$fixtures/$1" >"$dir/want.body"
}

# The status line and those headers that a client can come to depend on.
headers_of() {
	head -n 1 "$1"
	grep -i -E '^(content-type|content-encoding|vary|content-length|transfer-encoding|retry-after|x-content-type-options|cache-control):' "$1" |
		sort
}

# What rightly differs between two servers: list versions and the recorded user's name.
neutral() { sed -E 's/("resourceVersion":)"[0-9]+"/\1"N"/g; s/User \\"nobody\\"/User \\"monitor\\"/' "$1"; }

same_head() { # NAME
	local good=no
	diff <(headers_of "$dir/want.head" | sed -E 's/^(Content-Length:).*/\1/I') \
		<(headers_of "$dir/got.head" | sed -E 's/^(Content-Length:).*/\1/I') && good=yes
	verdict "$1: status and headers" $good
}

same_bytes() { # FILE
	recording "$1"
	same_head "$1"
	neutral "$dir/want.body" >"$dir/want.neutral"
	neutral "$dir/got.body" >"$dir/got.neutral"
	local good=no
	cmp "$dir/want.neutral" "$dir/got.neutral" && good=yes
	verdict "$1: body" $good
}

# Every path with its type, in order of first appearance; what is an object's own name is made N.
shape='[path(..) as $p | [($p | map(if type == "number" then 0
		elif test("^(f:)?(srv-[0-9]+-[0-9]+|[0-9a-f]{8}-[-0-9a-f]{27})$|^v:|^k:.\"uid\"") then
			sub("srv-[0-9]+-[0-9]+|[0-9a-f]{8}-[-0-9a-f]{27}|\".*\""; "N")
		else . end) | join(" ")), (getpath($p) | type)] | join(": ")]
	| reduce .[] as $p ({seen: {}, list: []}; if .seen[$p] then . else .seen[$p] = true | .list += [$p] end)
	| .list[]'

same_shape() { # FILE WANT-FILTER GOT-FILTER
	recording "$1"
	same_head "$1"
	compare_shape "$@"
}

compare_shape() {
	local good=no
	jq -r "$2 | $shape" "$dir/want.body" >"$dir/want.shape" &&
		jq -r "$3 | $shape" "$dir/got.body" >"$dir/got.shape" && [ -s "$dir/got.shape" ] &&
		diff "$dir/want.shape" "$dir/got.shape" && good=yes
	verdict "$1: members, their order and types" $good
}

holds() { # NAME JQ-CONDITION
	local good=no
	jq -e "$2" "$dir/got.body" >"$dir/jq" && good=yes
	verdict "$1" $good
}

says() { # NAME STATUS TEXT
	local good=no
	[ "$(head -n 1 "$dir/got.head" | cut -d' ' -f2)" = "$2" ] && [ "$(cat "$dir/got.body")" = "$3" ] &&
		grep -q -i '^content-type: text/plain' "$dir/got.head" && good=yes
	verdict "$1" $good
}

# --- the Kubernetes API server: small answers and errors, byte for byte

fetch "$kube/readyz" "$kube_token"; same_bytes kube/readyz.http
fetch "$kube/livez?verbose" "$kube_token"; same_bytes kube/livez-verbose.http
fetch "$kube/version" "$kube_token"; same_bytes kube/version.http
fetch "$kube/api/v1/namespaces/no-such-namespace/pods" "$kube_token"; same_bytes kube/pods-empty-namespace.http
fetch "$kube/api/v1/nodes" ''; same_bytes kube/401-no-token.http
fetch "$kube/api/v1/nodes" 'wrong'; same_bytes kube/401-wrong-token.http
fetch "$kube/apis/nosuch.example/v1/things" "$kube_token"; same_bytes kube/403-missing-crd-not-in-rbac.http
applications=$kube/apis/argoproj.io/v1alpha1/namespaces/argocd/applications
set_state 'matchpoint-runners&crds=none'
fetch "$applications" "$kube_token"; same_bytes kube/404-missing-crd.http
set_state 'matchpoint-runners&crds=good'
fetch "$kube/api/v1/nodes/no-such-node" "$kube_token"; same_bytes kube/404-named-object.http
fetch "$kube/api/v1/namespaces/arc-runners/pods?limit=5&continue=rubbish" "$kube_token"
same_bytes kube/400-bad-continue.http
accept='application/json;as=Table'
fetch "$kube/api/v1/namespaces/arc-runners/pods" "$kube_token"
accept=application/json
same_bytes kube/406-table-without-group.http
compacted=$(printf '%s' '{"v":"meta.k8s.io/v1","rv":1,"start":"/matchpoint-runners-05\u0000"}' |
	base64 -w 0 | tr '+/' '-_' | tr -d '=')
fetch "$kube/api/v1/nodes?limit=5&continue=$compacted" "$kube_token"; same_bytes kube/410-expired-continue.http

set_state 'matchpoint-runners&rbac=none'
fetch "$kube/api/v1/nodes" "$kube_token"; same_bytes kube/403-no-rights.http
set_state 'matchpoint-runners&rbac=good&token=revoked'
fetch "$kube/api/v1/nodes" "$kube_token"; same_bytes kube/401-wrong-token.http
set_state 'matchpoint-runners&token=good&fault=status:429'
fetch "$kube/api/v1/nodes" "$kube_token"; same_bytes kube/429-first-list-applications.http
set_state 'matchpoint-runners&fault=none'

# --- nodes

fetch "$kube/api/v1/nodes" "$kube_token"; same_shape kube/nodes.http . .
holds 'nodes: as many, and in the states, that were asked for' '
	(.items | length) == 12
	and ([.items[] | select(.status.conditions[] | .type == "Ready" and .status == "True")] | length) == 11
	and ([.items[] | select(.spec.unschedulable)] | length) == 1
	and ([.items[] | select((.status.conditions[] | .type == "Ready" and .status == "True")
		and .spec.taints == null)] | length) == 9'
want_size=$(jq -c '.items[0]' "$dir/want.body" | wc -c)
holds 'nodes: an item is as large as a recorded one, within a tenth' \
	"(.items[0] | tojson | length) as \$n | \$n > $want_size * 0.9 and \$n < $want_size * 1.1"

inflate() { gunzip -c "$dir/$1.body" >"$dir/$1.plain" && mv "$dir/$1.plain" "$dir/$1.body"; }
fetch "$kube/api/v1/nodes" "$kube_token" -H 'Accept-Encoding: gzip'
inflate got
recording kube/nodes-gzip.http
inflate want
same_head kube/nodes-gzip.http
compare_shape kube/nodes-gzip.http . .
fetch "$kube/api/v1/nodes?limit=5" "$kube_token" -H 'Accept-Encoding: gzip'
good=no
grep -q -i '^content-encoding' "$dir/got.head" || good=yes
verdict 'gzip: not for less than 128 KiB' $good
fetch "$kube/api/v1/nodes?limit=2" "$kube_token" -A curl/8
same_shape kube/nodes-as-curl.http . .
good=no
jq . "$dir/got.body" | cmp - <(cat "$dir/got.body"; echo) && jq . "$dir/want.body" | cmp - <(cat "$dir/want.body"; echo) && good=yes
verdict 'kube/nodes-as-curl.http: indented' $good

fetch "$kube/api/v1/nodes?resourceVersion=0&limit=5" "$kube_token"
same_shape kube/nodes-rv0.http . .
page='(.metadata, .items[0])'
next() { jq -r .metadata.continue "$dir/got.body"; }
fetch "$kube/api/v1/nodes?limit=5" "$kube_token"; same_shape kube/nodes-page-1.http "$page" "$page"
holds 'nodes page 1: what remains' '.metadata.remainingItemCount == 7 and (.items | length) == 5'
good=no
plain() { sed 's/$/==/' | tr -- '-_' '+/' | base64 -d -i 2>"$dir/base64" | sed -E 's/"rv":[0-9]+/"rv":N/'; }
[ "$(next | plain)" = "$(jq -r .metadata.continue "$dir/want.body" | plain)" ] && good=yes
verdict 'nodes page 1: the continue token' $good
fetch "$kube/api/v1/nodes?limit=5&continue=$(next)" "$kube_token"
same_shape kube/nodes-page-2.http "$page" "$page"
fetch "$kube/api/v1/nodes?limit=5&continue=$(next)" "$kube_token"
same_shape kube/nodes-page-3.http "$page" "$page"
holds 'nodes page 3: the rest' '[.items[].metadata.name] == ["matchpoint-runners-11", "matchpoint-runners-12"]'

# --- what runs there

set_state 'matchpoint-runners&idle=4&busy=9&starting=3&finishing=1&failed=2&storage=cold'
arc=$kube/apis/actions.github.com/v1alpha1/namespaces
arc_list() { # FILE PATH
	fetch "$arc/$2" "$kube_token"
	same_bytes kube/429-first-list-ephemeralrunners.http
	fetch "$arc/$2" "$kube_token"
	same_shape "kube/$1.http" . .
}
arc_list ephemeralrunners arc-runners/ephemeralrunners
holds 'ephemeralrunners: as many of each state as asked for' '
	[.items[].status] | [(map(select(.phase == "Running" and .ready and .jobId == null)) | length),
		(map(select(.ready and .jobId)) | length), (map(select(.phase == "Pending")) | length),
		(map(select(.ready == false and .jobId)) | length), (map(select(.phase == "Failed")) | length)]
	== [4, 9, 3, 1, 2]'
arc_list ephemeralrunnersets arc-runners/ephemeralrunnersets
good=no
[ "$(jq -c '.items[0].status' "$dir/got.body")" = "$(jq -c '.items[0].status' "$dir/want.body")" ] && good=yes
verdict 'ephemeralrunnersets: the same counts' $good
arc_list autoscalingrunnersets arc-runners/autoscalingrunnersets
arc_list autoscalinglisteners arc-systems/autoscalinglisteners
fetch "$applications" "$kube_token"; same_bytes kube/applications.http
fetch "$applications" "$kube_token"
holds 'applications: a list' '.kind == "ApplicationList" and (.items | length) == 4'
core() { fetch "$kube/$2" "$kube_token"; same_shape "kube/$1.http" . .; }
runners='api/v1/namespaces/arc-runners/pods?labelSelector=actions-ephemeral-runner%3DTrue'
core pods-runners "$runners"
holds 'pods-runners: as many as asked for' '[.items[].status.phase] | group_by(.) | map(length) == [3, 14]'
core pods-listener 'api/v1/namespaces/arc-systems/pods?labelSelector=app.kubernetes.io%2Fcomponent%3Drunner-scale-set-listener'
core deployments-controller 'apis/apps/v1/namespaces/arc-systems/deployments?labelSelector=app.kubernetes.io%2Fname%3Dgha-rs-controller'
core leases 'apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'
accept='application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io, application/json'
core pods-metadata-only "$runners&limit=5"
accept='application/json;as=Table;v=v1;g=meta.k8s.io, application/json'
core pods-table "$runners&includeObject=None"
accept=application/json

# --- the token endpoint and the gateway before the Spot API

fetch "$auth/oauth/token" '' --data-urlencode "refresh_token@$dir/sim/spot-refresh-token" \
	-d grant_type=refresh_token -d client_id=mwG3lUMV8KyeMqHe4fJ5Bb3nM1vBvRNa
holds 'token: the grant' '.token_type == "Bearer" and .expires_in == 86400
	and (.id_token | split(".") | length == 3)'
spot_token=$(jq -r .id_token "$dir/got.body")
jq -r '.id_token | split(".")[1]' "$dir/got.body" | plain >"$dir/claims"
good=no
jq -e --argjson now "$(date +%s)" '.org_id == "org_AbCdEfGh12345678" and .exp > $now' "$dir/claims" >"$dir/jq" && good=yes
verdict 'token: claims' $good
fetch "$auth/oauth/token" '' -d grant_type=refresh_token -d refresh_token=wrong \
	-d client_id=mwG3lUMV8KyeMqHe4fJ5Bb3nM1vBvRNa
holds 'token: a wrong refresh token' '.error == "invalid_grant"'
fetch "$spot$namespace/cloudspaces" ''; says 'gateway: no bearer' 401 'Jwt is missing'
fetch "$spot$namespace/cloudspaces" wrong
says 'gateway: no JWT' 401 'Jwt is not in the form of Header.Payload.Signature'
set_state 'spot&token=revoked'
fetch "$spot$namespace/cloudspaces" "$spot_token"; says 'gateway: revoked' 401 'Jwt is expired'
set_state 'spot&token=good'

# --- the Spot API

fetch "$spot$namespace/cloudspaces/destroyed" "$spot_token"; same_bytes spot/404-cloudspace.http
fetch "$spot$namespace/cloudspaces/matchpoint-runners" "$spot_token"; same_shape spot/cloudspace.http . .
two='(.items |= .[:2])'
fetch "$spot$namespace/cloudspaces" "$spot_token"; same_shape spot/cloudspaces.http "$two" "$two"
set_state 'matchpoint-runners&reserved=1'
fetch "$spot$namespace/ondemandnodepools" "$spot_token"; same_shape spot/ondemandnodepools.http . .
set_state 'matchpoint-runners&reserved=0'
fetch "$spot$namespace/spotnodepools?labelSelector=ngpc.rxt.io%2Fcloudspace%3Dmatchpoint-runners-2" "$spot_token"
same_bytes spot/spotnodepools-by-label.http
fetch "$spot$namespace/spotnodepools" "$spot_token"; same_shape spot/spotnodepools.http "$two" "$two"
fetch "$spot$namespace/spotnodepools?limit=2" "$spot_token"; same_shape spot/spotnodepools-page-1.http . .
holds 'spotnodepools page 1: what remains' '.metadata.remainingItemCount == 2'
fetch "$spot$namespace/spotnodepools?limit=2&continue=$(next)" "$spot_token"
holds 'spotnodepools page 2: the last' '.metadata.continue == "" and (.items | length) == 2
	and (.metadata | has("remainingItemCount") | not)'

recorded_as() { recording spot/cloudspaces.http; echo "(.items[] | select(.metadata.name == \"$1\"))"; }
second='(.items[] | select(.metadata.name == "matchpoint-runners-2"))'
set_state 'matchpoint-runners-2&phase=Provisioning&first_ready=off&endpoint=off'
fetch "$spot$namespace/cloudspaces" "$spot_token"
same_shape spot/cloudspaces.http "$(recorded_as rebuilding)" "$second"
set_state 'matchpoint-runners-2&status=none'
fetch "$spot$namespace/cloudspaces" "$spot_token"
same_shape spot/cloudspaces.http "$(recorded_as no-status)" "$second"
fetch "$spot$namespace/spotnodepools" "$spot_token"
pool_of() { echo "(.items[] | select(.spec.cloudSpace == \"$1\") | del(.metadata.labels, .metadata.managedFields[].fieldsV1[\"f:metadata\"]))"; }
same_shape spot/spotnodepools.http "$(pool_of no-status)" "$(pool_of matchpoint-runners-2)"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
