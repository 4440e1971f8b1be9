#!/bin/bash
# The ways to a cluster: several kubeconfigs, client certificates, user and password, proxies, a pod's
# service account, the endpoint and token of Spot, credential plugins; and clusters that are built anew
# under the same name while the daemon runs.
# usage: credentials.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"
require openssl base64 awk
[ -x "$build/test-proxy" ] || give_up "no $build/test-proxy; run make unit first"

three=matchpoint-runners-3 # of the second pair, which is not watched: whoever is asked there was sent there
config=$scratch/hawatch.yaml
kubeconfig=$scratch/kubeconfig
plugin=$scratch/plugin

# The daemon and its configuration: the primary is always reached in the ordinary way.

# configure SECONDARY_KEYS: how the secondary is reached.
configure() {
	sed '/^pairs:/,$d' "$sim/hawatch.yaml" >"$config.new"
	cat >>"$config.new" <<-END
		pairs:
		  - name: prod
		    primary: {cloudspace: $one, kubeconfig: $sim/kubeconfig, context: $one}
		    secondary: {cloudspace: $two, $1}
	END
	mv "$config.new" "$config"
}
# runs_with SECONDARY_KEYS: a daemon of its own.
runs_with() {
	configure "$1"
	start_daemon
}
serves() { check "$1: ${2-UP/serving}" eventually is_side secondary "${2-UP/serving}"; }
ends() {
	check "$1: secrets not in the log" without_secrets "$log" "$scratch/more-secrets"
	check "$1: every line of the log is logfmt" is_logfmt
	check "$1: SIGTERM ends it" stop_daemon
}
# refused NAME TEXT: --config.check finds it.
refused() {
	"$build/hawatchd" --config.file="$config" --config.check >"$scratch/out" 2>"$scratch/err"
	check "$1: exit status 2" [ $? -eq 2 ]
	check "$1: says $2" grep -qE -- "$2" "$scratch/err"
}
summary() { "$asker" get "$url/api/v1/summary" | jq -re "$1"; }
is_endpoint() { [ "$(summary .cloudspaces.secondary.endpoint)" = "$1" ] || { summary .cloudspaces.secondary; false; }; }
has_more() { [ "$(requests "$2")" -gt "$1" ]; }
# polled_well N: so many more good polls of the secondary's nodes.
# Of one scrape, or a poll that ends between two would be counted once.
good_polls() {
	(
		scrape || exit
		scrape() { :; }
		echo $(($(sum ha_polls_total source=nodes side=secondary) - $(sum ha_poll_errors_total source=nodes side=secondary)))
	)
}
has_good_polls() { [ "$(good_polls)" -gt "$1" ]; }
has_errors() { is_above "$1" ha_poll_errors_total source=nodes side=secondary reason="$2"; }
errors() { sum ha_poll_errors_total source=nodes side=secondary reason="$1"; }
fails_as() { # NAME REASON
	local before
	before=$(errors "$2")
	check "$1: counted as $2" eventually has_errors $((before + 1)) "$2"
}
put_file() { cat >"$1.new" && mv "$1.new" "$1"; }

# Of the simulator's kubeconfig: where a cloudspace's API server listens.
server_of() { awk -v name="$1" '$2 == "name:" { is = $3 == name } is && $1 == "server:" { print $2; exit }' "$sim/kubeconfig"; }
port_of() { local server; server=$(server_of "$1"); echo "${server##*:}"; }

# kubeconfig_of CLUSTER USER: one context, of the fields given.
kubeconfig_of() {
	put_file "$kubeconfig" <<-END
		clusters: [{name: c, cluster: {$1}}]
		users: [{name: u, user: {$2}}]
		contexts: [{name: x, context: {cluster: c, user: u}}]
		current-context: x
	END
}
ca() { echo "certificate-authority-data: $(base64 -w 0 "$1")"; }
token_of() { echo "tokenFile: $sim/$1.token"; }

several_files() {
	awk '/^[a-z-]+:/ { part = $1 } part == "users:"' "$sim/kubeconfig" >"$scratch/users"
	awk '/^[a-z-]+:/ { part = $1 } part != "users:"' "$sim/kubeconfig" >"$scratch/clusters"
	# The last defines the user again, badly: the first counts.
	printf 'users: [{name: %s, user: {token: not-the-token-of-anybody}}]\n' "$two" >"$scratch/last"
	runs_with "kubeconfig: 'users:$scratch/clusters:last', context: $two"
	reaches "several kubeconfigs" ACTIVE
	ends "several kubeconfigs"
	configure "kubeconfig: '$scratch/clusters:$scratch/none', context: $two"
	refused "one of several is missing" "$scratch/none: No such file"
	configure "kubeconfig: '$scratch/users:$scratch/last', context: $two"
	refused "no context in any of them" "no context named \`$two\`; known: none"
}

certificate() { # NAME ISSUER [OPENSSL_ARGUMENT]...: $scratch/NAME.crt and .key, issued by ISSUER.crt
	local name=$1 issuer=()
	[ "$2" = "$1" ] || issuer=(-CA "$scratch/$2.crt" -CAkey "$scratch/$2.key" -addext basicConstraints=CA:FALSE)
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 2 -subj "/CN=$name" \
		"${issuer[@]}" "${@:3}" -keyout "$scratch/$name.key" -out "$scratch/$name.crt" 2>"$scratch/openssl" ||
		give_up "no certificate" "$scratch/openssl"
}

# A server that wants a certificate of the authority `ours`; what it serves are files.
client_certificates() {
	certificate ours ours
	certificate theirs theirs
	certificate server ours -addext subjectAltName=IP:127.0.0.1
	certificate me ours
	certificate stranger theirs
	mkdir -p "$scratch/www/api/v1"
	echo '{"kind":"NodeList","items":[{"metadata":{"name":"n"},"status":{"conditions":[{"type":"Ready","status":"True"}]}}]}' >"$scratch/www/api/v1/nodes"
	(cd "$scratch/www" && exec openssl s_server -accept 127.0.0.1:0 -cert ../server.crt -key ../server.key \
		-CAfile ../ours.crt -verify_return_error -Verify 1 -WWW) >"$scratch/s_server" 2>&1 </dev/null &
	servers+=($!)
	until_true grep -q ^ACCEPT "$scratch/s_server" || give_up "no TLS server" "$scratch/s_server"
	local server
	server="server: 'https://$(sed -n 's/^ACCEPT //p' "$scratch/s_server")', $(ca "$scratch/ours.crt")"
	cat "$scratch"/{me,stranger}.key >>"$scratch/more-secrets"

	kubeconfig_of "$server" ""
	runs_with "kubeconfig: $kubeconfig"
	fails_as "no client certificate" tls
	cp "$scratch/stranger.crt" "$scratch/client.crt"
	cp "$scratch/stranger.key" "$scratch/client.key"
	kubeconfig_of "$server" "client-certificate: client.crt, client-key: client.key"
	polled 5 $one
	fails_as "a stranger's certificate" tls
	check "a stranger's certificate: nothing was good so far" [ "$(good_polls)" -eq 0 ]
	put_file "$scratch/client.key" <"$scratch/me.key"
	polled 3 $one
	fails_as "a certificate and another one's key" tls
	put_file "$scratch/client.crt" <"$scratch/me.crt"
	check "certificate files replaced: good polls" eventually has_good_polls 2
	local ends
	ends=$(date -d "$(openssl x509 -in "$scratch/me.crt" -noout -enddate | cut -d= -f2)" +%s)
	check "certificate files replaced: its end is told" eventually is "$ends" \
		ha_credential_expiry_timestamp_seconds side=secondary credential=client_certificate
	local before
	before=$(good_polls)
	kubeconfig_of "$server" "client-certificate-data: $(base64 -w 0 "$scratch/me.crt"), client-key-data: $(base64 -w 0 "$scratch/me.key")"
	check "certificate in the kubeconfig: good polls" eventually has_good_polls $((before + 5))
	check "certificates: never BLOCKED by any of it" is_never_blocked 0
	ends "client certificates"

	openssl ec -aes128 -passout pass:hush -in "$scratch/me.key" -out "$scratch/locked.key" 2>"$scratch/openssl"
	kubeconfig_of "$server" "client-certificate: me.crt, client-key: locked.key"
	refused "an encrypted key" "locked.key: an encrypted key.*expected one without"
}

# start_proxy FILE [STATUS]: leaves its port in $port; what it is asked goes to FILE.
start_proxy() {
	inside "$build/test-proxy" "${@:2}" >"$1" &
	servers+=($!)
	until_true grep -q ^port "$1" || give_up "no proxy"
	port=$(sed -n 's/^port //p' "$1")
}

user_and_password() {
	start_proxy "$scratch/seen"
	kubeconfig_of "server: 'http://127.0.0.1:$port', disable-compression: true" 'username: ops, password: "open:sesame", as: watch, as-groups: [a, b]'
	echo "open:sesame" >>"$scratch/more-secrets"
	runs_with "kubeconfig: $kubeconfig"
	check "user and password: good polls" eventually has_good_polls 2
	check "user and password: sent as Basic" grep -q "^Authorization: Basic $(printf 'ops:open:sesame' | base64)" "$scratch/seen"
	check "as, as-groups: sent" eval '[ "$(tr -d "\r" <"$scratch/seen" | grep ^Impersonate- | sort -u | paste -sd ,)" = \
		"Impersonate-Group: a,Impersonate-Group: b,Impersonate-User: watch" ]'
	check "disable-compression: gzip is not offered" eval '! grep -qi ^Accept-Encoding "$scratch/seen"'
	ends "user and password"
}

proxies() {
	# shellcheck disable=SC2155 # it prints a port or nothing
	local good cluster through="CONNECT 127.0.0.1:$(port_of $two) "
	cluster="server: '$(server_of $two)', $(ca "$sim/ca.crt"), proxy-url"
	start_proxy "$scratch/proxied"
	good=$port
	echo "proxy-password-1" >>"$scratch/more-secrets"
	kubeconfig_of "$cluster: 'http://me:proxy-password-1@127.0.0.1:$good'" "$(token_of $two)"
	export https_proxy=http://127.0.0.1:1 no_proxy='*' # of which nothing counts
	runs_with "kubeconfig: $kubeconfig"
	unset https_proxy no_proxy
	reaches "HTTP proxy" ACTIVE
	check "HTTP proxy: a tunnel to the API server" grep -q "^$through" "$scratch/proxied"
	check "HTTP proxy: with its own password" grep -q "^Proxy-Authorization: Basic $(printf 'me:proxy-password-1' | base64)" "$scratch/proxied"
	check "HTTP proxy: our token does not go to it" eval '! grep -q "^Authorization" "$scratch/proxied"'

	kubeconfig_of "$cluster: 'socks5://127.0.0.1:$good'" "$(token_of $two)"
	check "SOCKS proxy: asked" eventually grep -q ^SOCKS5 "$scratch/proxied"
	polled 5 $two
	check "SOCKS proxy: serves" as_expected ACTIVE UP/serving UP/serving

	# A proxy that is gone is our own trouble, one that lives and cannot get through is the cluster's.
	kubeconfig_of "$cluster: 'http://127.0.0.1:1'" "$(token_of $two)"
	serves "proxy gone" UNKNOWN/no_evidence
	check "proxy gone: counted as internal" has_errors 0 internal
	check "proxy gone: never BLOCKED" is_never_blocked 0
	kubeconfig_of "$cluster: 'http://127.0.0.1:$good'" "$(token_of $two)"
	reaches "proxy back" ACTIVE
	start_proxy "$scratch/refusing" 407
	kubeconfig_of "$cluster: 'http://127.0.0.1:$port'" "$(token_of $two)"
	serves "proxy wants a password" UNKNOWN/no_evidence
	check "proxy wants a password: never BLOCKED" is_never_blocked 0
	kubeconfig_of "$cluster: 'http://127.0.0.1:$good'" "$(token_of $two)"
	reaches "proxy good" ACTIVE
	play $two fault=refuse
	serves "API server gone behind the HTTP proxy" DOWN/unreachable
	kubeconfig_of "$cluster: 'socks5://127.0.0.1:$good'" "$(token_of $two)"
	polled 5 $one
	serves "API server gone behind the SOCKS proxy" DOWN/unreachable
	play $two fault=none
	reaches "API server back behind the proxy" ACTIVE
	ends "proxies"
}

unverified() {
	kubeconfig_of "server: '$(server_of $two)', insecure-skip-tls-verify: true" "$(token_of $two)"
	runs_with "kubeconfig: $kubeconfig"
	reaches "insecure-skip-tls-verify" ACTIVE
	check "unverified: ha_insecure_tls 1" is 1 ha_insecure_tls side=secondary
	check "verified: ha_insecure_tls 0" is 0 ha_insecure_tls side=primary
	polled 5 $two
	check "unverified: said once" [ "$(grep -c 'certificate is not verified.*side=secondary' "$log")" -eq 1 ]
	check "verified: not said" eval '! grep -q "not verified.*side=primary" "$log"'
	kubeconfig_of "server: '$(server_of $two)', $(ca "$sim/ca.crt")" "$(token_of $two)"
	check "verified again: ha_insecure_tls 0" eventually is 0 ha_insecure_tls side=secondary
	ends "unverified"
}

# What is set on the side beats the kubeconfig: its CA verifies, whatever the kubeconfig waives; and a CA that is named
# and cannot be read is not the system's CAs. Nothing is sent to a server that is not verified.
nearest_wins() {
	# shellcheck disable=SC2155 # it prints an address or nothing
	local before insecure="server: '$(server_of $two)', insecure-skip-tls-verify: true"
	kubeconfig_of "$insecure" "$(token_of $two)"
	before=$(requests $two)
	runs_with "kubeconfig: $kubeconfig, ca_file: $scratch/theirs.crt"
	fails_as "the side's CA is another, the kubeconfig verifies nothing" tls
	check "the side's CA verifies: ha_insecure_tls 0" is 0 ha_insecure_tls side=secondary
	check "the side's CA verifies: nothing was asked" [ "$(requests $two)" -eq "$before" ]
	stop_daemon
	runs_with "kubeconfig: $kubeconfig, insecure: false"
	fails_as "insecure: false on the side" tls
	check "insecure: false on the side: nothing was asked" [ "$(requests $two)" -eq "$before" ]
	stop_daemon
	runs_with "kubeconfig: $kubeconfig, ca_file: $sim/ca.crt, token_file: $sim/$two.token"
	reaches "the side's CA is right" ACTIVE
	kubeconfig_of "server: '$(server_of $two)', insecure-skip-tls-verify: true" "token: not-the-token-of-anybody"
	polled 3 $two
	check "the side's token beats the kubeconfig's" as_expected ACTIVE UP/serving UP/serving
	stop_daemon
	kubeconfig_of "server: '$(server_of $two)', $(ca "$sim/ca.crt")" "$(token_of $two)"
	runs_with "kubeconfig: $kubeconfig"
	reaches "a CA of the kubeconfig" ACTIVE
	kubeconfig_of "server: '$(server_of $two)', certificate-authority: $scratch/not-there.crt" "$(token_of $two)"
	fails_as "a CA that is not there" auth
	settle
	before=$(requests $two)
	polled 5 $one
	check "a CA that is not there: nothing is asked" [ "$(requests $two)" -eq "$before" ]
	check "a CA that is not there: the log names it" logged "nothing is sent: CA file: $scratch/not-there.crt"
	kubeconfig_of "server: '$(server_of $two)', $(ca "$sim/ca.crt")" "$(token_of $two)"
	reaches "the CA is there again" ACTIVE
	check "a CA that is not there: never BLOCKED" is_never_blocked 0
	ends "the nearest wins"
}

# in_pod COMMAND...: with what the kubelet gives to a pod.
in_pod() {
	KUBERNETES_SERVICE_HOST=$host KUBERNETES_SERVICE_PORT=$(port_of $two) \
		HAWATCH_SERVICE_ACCOUNT_DIR=$scratch/account "$@"
}
pod() {
	mkdir "$scratch/account"
	cp "$sim/ca.crt" "$scratch/account/ca.crt"
	printf ' %s \n' "$(cat "$sim/$two.token")" >"$scratch/account/token"
	configure "in_cluster: true"
	refused "in_cluster outside of a pod" "in_cluster: no KUBERNETES_SERVICE_HOST.*expected"
	host=127.1
	in_pod refused "in_cluster, an address that is none" "KUBERNETES_SERVICE_HOST.*four decimal numbers"
	host=user@127.0.0.1
	in_pod refused "in_cluster, a user in the address" "KUBERNETES_SERVICE_HOST.*a host name cannot have"
	host=127.0.0.1
	in_pod start_daemon
	reaches "in_cluster" ACTIVE
	echo not-the-token-of-anybody | put_file "$scratch/account/token"
	serves "in_cluster, another token" UP/credential_denied
	put_file "$scratch/account/token" <"$sim/$two.token"
	serves "in_cluster, the token again"
	put_file "$scratch/account/ca.crt" <"$scratch/theirs.crt"
	fails_as "in_cluster, another CA" tls
	put_file "$scratch/account/ca.crt" <"$sim/ca.crt"
	serves "in_cluster, the CA again"
	check "in_cluster: never BLOCKED" is_never_blocked 0
	ends "in_cluster"
	host=::1
	in_pod start_daemon
	check "in_cluster, IPv6: in brackets" eventually is_endpoint "https://[::1]:$(port_of $two)"
	ends "in_cluster, IPv6"
}

expiry() { value ha_credential_expiry_timestamp_seconds "$@"; }
# No kubeconfig at all: Spot's endpoint and token, and a CA.
from_spot() {
	local before
	runs_with "ca_file: $sim/ca.crt"
	reaches "no kubeconfig" ACTIVE
	check "no kubeconfig: the endpoint is Spot's" is_endpoint "$(server_of $two)"
	check "no kubeconfig: the token's end is the Spot token's" \
		[ "$(expiry side=secondary credential=kubernetes_token)" = "$(expiry credential=spot_id_token)" ]
	check "an opaque token: no end is told" is '' ha_credential_expiry_timestamp_seconds side=primary
	play $two endpoint=off
	polled 3 spot
	before=$(requests $two)
	check "Spot tells of no endpoint: UP until that is stale" is_never_blocked 0
	# Built anew elsewhere: the old one is gone, Spot tells the new endpoint.
	before=$(requests $three)
	play $two fault=refuse endpoint=on endpoint_at="HTTPS://127.0.0.1:$(port_of $three)/"
	check "another endpoint from Spot: asked" eventually has_more "$before" $three
	reaches "another endpoint from Spot" ACTIVE
	check "another endpoint from Spot: shown" eventually is_endpoint "$(server_of $three)"
	play $two fault=none endpoint_at=
	check "the endpoint as before: shown" eventually is_endpoint "$(server_of $two)"
	reaches "the endpoint as before" ACTIVE
	ends "no kubeconfig"
}

# The same name in the same kubeconfig, but another server and another CA.
rebuilt() {
	local first=$sim first_control=$control second_control
	put_file "$kubeconfig" <"$sim/kubeconfig"
	runs_with "kubeconfig: $kubeconfig, context: $two"
	reaches "before it is built anew" ACTIVE
	sim=$scratch/sim2
	start_sim
	second_control=$control
	cat "$sim"/*.token >>"$scratch/more-secrets"
	control=$first_control sim=$first
	play $two fault=refuse
	serves "destroyed" DOWN/unreachable
	put_file "$kubeconfig" <"$scratch/sim2/kubeconfig"
	reaches "built anew: another server, CA and token" ACTIVE
	control=$second_control
	check "built anew: the new one is asked" has_more 0 $two
	control=$first_control
	play $two fault=none
	echo 'clusters: [' | put_file "$kubeconfig"
	check "kubeconfig damaged: said in the log" eventually logged "cannot be read again.*$kubeconfig:[0-9]+:[0-9]+:"
	polled 5 $one
	check "kubeconfig damaged: the last good one serves" as_expected ACTIVE UP/serving UP/serving
	put_file "$kubeconfig" <"$first/kubeconfig"
	check "kubeconfig mended: said in the log" eventually logged "readable again"
	reaches "kubeconfig mended" ACTIVE
	ends "built anew"
}

# A plugin that does what $scratch/mode says, and tells of each run.
write_plugin() {
	cat >"$plugin" <<-'END'
		#!/bin/bash
		folder=$(dirname "$0")
		{
			echo "run $*"
			echo "info $KUBERNETES_EXEC_INFO"
			echo "variable $PLUGIN_COLOUR"
			echo "stdin $(readlink /proc/self/fd/0)"
			echo "group $(($(ps -o pgid= -p $$) == $$))"
			echo "descriptors $(ls /proc/self/fd | tr '\n' ' ')"
		} >>"$folder/runs"
		answer() { printf '{"kind":"ExecCredential","apiVersion":"%s","status":{"token":"%s"%s}}\n' "$1" "$(cat "$folder/plugin-token")" "$2"; }
		v1=client.authentication.k8s.io/v1
		case $(cat "$folder/mode") in
		good) answer $v1 ;;
		noisy) head -c 300000 /dev/zero | tr '\0' x >&2; answer $v1 ;;
		brief) answer $v1 ",\"expirationTimestamp\":\"$(date -u -d '+4 seconds' +%FT%TZ)\"" ;;
		long) answer $v1 ',"expirationTimestamp":"2099-12-31T23:59:59Z"' ;;
		version) answer ${v1}beta1 ;;
		garbage) cat "$folder/plugin-token" ;;
		endless) cat /dev/zero ;;
		fail) printf 'cannot\tlog in with sk_0123456789abcdefghij, eyJhbGciOi.secret\nsecond line\n' >&2; exit 3 ;;
		stall) sleep 1000 & echo $! >"$folder/child"; wait ;;
		esac
	END
	chmod +x "$plugin"
	put_file "$scratch/plugin-token" <"$sim/$two.token"
	: >"$scratch/runs"
}
runs() { grep -c '^run' "$scratch/runs"; }
has_runs() { [ "$(runs)" -gt "$1" ]; }
mode() { echo "$1" | put_file "$scratch/mode"; }
plugin_cluster() { echo "server: '$(server_of $two)', certificate-authority: $sim/ca.crt, extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: prod}}]"; }
plugin_user() { echo "exec: {apiVersion: client.authentication.k8s.io/v1, command: $plugin, args: [get-token, 'two words'], env: [{name: PLUGIN_COLOUR, value: red}, {name: PLUGIN_COLOUR, value: teal}], interactiveMode: Never, provideClusterInfo: true}"; }

# plugin_fails MODE TEXT: told for what it is, while the other side goes on.
plugin_fails() {
	local before
	before=$(requests $two)
	mode "$1"
	runs_with "kubeconfig: $kubeconfig, allow_exec: true"
	check "plugin, $1: said in the log" eventually logged "level=warn msg=\"credentials cannot be read, nothing is sent until they can\".*credential plugin: $plugin: $2"
	check "plugin, $1: no evidence of its side, the other serves" eventually as_expected UNKNOWN UP/serving UNKNOWN/starting
	check "plugin, $1: a poll that could not be made has failed, and says why" eventually logged "source=nodes pair=prod side=secondary reason=auth error=\"nothing is sent: credential plugin: $plugin: $2"
	check "plugin, $1: the check says so, and calls nothing refused" eventually checks_credentials \
		"the Kubernetes credential cannot be read, so nothing is sent: credential plugin: $plugin: $2"
	check "plugin, $1: nothing is asked without a credential" [ "$(requests $two)" -eq "$before" ]
}
checks_credentials() {
	local said
	said=$("$asker" get "$url/api/v1/check" | jq -r '.checks[] | select(.name == "credentials") | "\(.result) \(.message)"')
	grep -qE -- "^fail .*$1" <<<"$said" && ! grep -q 'the Kubernetes credential is refused' <<<"$said" || { echo "$said"; false; }
}
plugins() {
	local before
	write_plugin
	kubeconfig_of "$(plugin_cluster)" "$(plugin_user)"
	mode good
	configure "kubeconfig: $kubeconfig"
	refused "plugin that nobody allowed" "$kubeconfig:2:[0-9]+: user: exec runs a program, which is not allowed; set allow_exec: true"
	check "plugin that nobody allowed: not run" [ "$(runs)" -eq 0 ]

	runs_with "kubeconfig: $kubeconfig, allow_exec: true"
	reaches "plugin" ACTIVE
	polled 10 $two
	check "plugin: run once" [ "$(runs)" -eq 1 ]
	check "plugin: its arguments" grep -qx 'run get-token two words' "$scratch/runs"
	check "plugin: what it is asked" eval 'sed -n "s/^info //p" "$scratch/runs" | jq -e ".kind == \"ExecCredential\" and
		.apiVersion == \"client.authentication.k8s.io/v1\" and .spec.interactive == false and
		.spec.cluster.server == \"$(server_of $two)\" and .spec.cluster.config == {audience: \"prod\"} and
		(.spec.cluster[\"certificate-authority-data\"] | @base64d | contains(\"BEGIN CERTIFICATE\"))"'
	check "plugin: its variables" grep -qx 'variable teal' "$scratch/runs"
	check "plugin: nothing on its stdin" grep -qx 'stdin /dev/null' "$scratch/runs"
	check "plugin: a process group of its own" grep -qx 'group 1' "$scratch/runs"
	check "plugin: no descriptor of ours" grep -qx 'descriptors 0 1 2 3 ' "$scratch/runs"

	play $two token=revoked
	check "plugin, token refused: run again" eventually has_runs 1
	serves "plugin, token refused" UP/credential_denied
	play $two token=good
	serves "plugin, token good again"
	mode long
	play $two token=revoked
	check "plugin, an end: exported" eventually is 4102444799 ha_credential_expiry_timestamp_seconds side=secondary credential=kubernetes_token
	play $two token=good
	serves "plugin, an end"
	before=$(runs)
	polled 10 $two
	check "plugin, an end far away: not run again" [ "$(runs)" -eq "$before" ]
	ends "plugin"

	mode brief
	runs_with "kubeconfig: $kubeconfig, allow_exec: true"
	serves "plugin, an end soon"
	before=$(runs)
	check "plugin, an end soon: run again before it" eventually has_runs $((before + 1))
	check "plugin, an end soon: nothing was ever refused" [ "$(errors auth)" -eq 0 ]
	mode stall
	before=$(runs)
	check "plugin hangs: started" eventually has_runs "$before"
	check "plugin hangs: the last credential serves" as_expected ACTIVE UP/serving UP/serving
	check "plugin hangs: the loop turns" polled 5 $one
	check "plugin hangs: killed and told" eventually logged "killed: still running after 10 s"
	check "plugin hangs: its child is gone with it" eventually is_gone "$(cat "$scratch/child")"
	check "plugin hangs: the last credential serves still" as_expected ACTIVE UP/serving UP/serving
	mode noisy
	check "plugin again: readable" eventually logged "readable again"
	check "plugin: never BLOCKED" is_never_blocked 0
	ends "plugin that hangs"

	plugin_fails version 'its apiVersion is not client.authentication.k8s.io/v1,'
	ends "plugin, version"
	plugin_fails garbage 'no JSON object on its stdout'
	ends "plugin, garbage"
	plugin_fails endless 'killed: stdout larger than 64 KiB'
	ends "plugin, endless"
	plugin_fails fail 'exit status 3: cannot.log in with \.\.\., '
	check "plugin, fail: one line of its stderr, and no token" eval '! grep -qE "second line|eyJ|sk_" "$log"'
	mode good
	serves "plugin mended"
	ends "plugin, fail"

	mode stall
	rm "$scratch/child"
	runs_with "kubeconfig: $kubeconfig, allow_exec: true"
	until_true test -s "$scratch/child"
	check "SIGTERM while a plugin hangs: ends at once" stop_daemon
	check "SIGTERM while a plugin hangs: nothing is left of it" eventually is_gone "$(cat "$scratch/child")"
	rm "$plugin"
	plugin_fails good 'cannot be started: No such file'
	ends "plugin that is not there"
}

start_sim --pairs 2
cat "$sim"/*.token >"$scratch/more-secrets"
several_files
client_certificates
user_and_password
proxies
unverified
nearest_wins
pod
from_spot
rebuilt
plugins
finish
