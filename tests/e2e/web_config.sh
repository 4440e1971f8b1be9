#!/bin/bash
# The web configuration: TLS, who must show a certificate, headers, and what happens when its files change. curl and
# openssl are the clients.
# usage: web_config.sh [BUILD_FOLDER [threads]]    threads: scrapes beside reloads alone, for TSan
set -u
. "$(dirname "$0")/lib.sh"
require openssl curl perl prometheus promtool
parts=${2:-all}
p=$scratch/pki # $p/NAME.crt and .key
web=$scratch/web.yml

# Certificates. `ours` issues all but those of another CA; all have keys of P-256 unless told otherwise.

begin_ca() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$p/$1.key" -out "$p/$1.crt" \
		-subj "/CN=$1" -days 3650
	: >"$p/$1.index"
	cat >"$p/$1.conf" <<-END
		[ca]
		default_ca = it
		[it]
		database = $p/$1.index
		new_certs_dir = $p
		certificate = $p/$1.crt
		private_key = $p/$1.key
		rand_serial = yes
		unique_subject = no
		default_md = sha256
		policy = any
		[any]
		commonName = supplied
	END
}
# issue NAME CA FROM TO PURPOSE [SAN [KEY_OPTION...]]: dates as YYYYMMDD.
issue() {
	local key=("${@:7}")
	[ ${#key[@]} -gt 0 ] || key=(ec -pkeyopt ec_paramgen_curve:P-256)
	{
		echo "extendedKeyUsage = $5"
		[ -z "${6-}" ] || echo "subjectAltName = $6"
	} >"$p/$1.ext"
	openssl req -newkey "${key[@]}" -nodes -keyout "$p/$1.key" -out "$p/$1.csr" -subj "/CN=$1"
	openssl ca -batch -notext -config "$p/$2.conf" -in "$p/$1.csr" -out "$p/$1.crt" -startdate "${3}000000Z" \
		-enddate "${4}000000Z" -extfile "$p/$1.ext"
}
make_certificates() {
	local local=DNS:localhost,IP:127.0.0.1 names=DNS:prometheus.example,IP:192.0.2.1,IP:2001:db8::1,email:ops@example.org,URI:spiffe://example/prom
	mkdir -p "$p"
	begin_ca ours
	begin_ca theirs
	issue server ours 20200101 20450101 serverAuth $local
	issue server2 ours 20200101 20440101 serverAuth $local
	issue rsa ours 20200101 20450101 serverAuth $local rsa:2048
	issue old ours 20200101 20210101 serverAuth $local
	issue good ours 20200101 20450101 clientAuth $names
	issue other ours 20200101 20450101 clientAuth DNS:other.example
	issue unnamed ours 20200101 20450101 clientAuth
	issue foreign theirs 20200101 20450101 clientAuth $names
	issue expired ours 20200101 20210101 clientAuth $names
	issue future ours 20440101 20450101 clientAuth $names
	issue purpose ours 20200101 20450101 serverAuth $names
}

# The daemon and its web configuration.

pair_of() { printf 'tls_server_config:\n  cert_file: %s\n  key_file: %s\n' "pki/$1.crt" "pki/$1.key"; }
# put [LINE...]: the file becomes standard input and these lines, all at once.
put() {
	{ cat; printf '%s\n' "$@"; } >"$web.new"
	mv "$web.new" "$web"
}
served() {
	pair_of server
	[ $# -eq 0 ] || printf '  %s\n' "$@"
}
reloads() { grep -c 'msg="web configuration reloaded"' "$log"; }
refusals() { grep -c 'msg="web configuration not reloaded' "$log"; }
has_more() { [ "$("$1")" -gt "$2" ]; }
# in_use [LINE...]: standard input and these lines, until they are in use.
in_use() {
	local before
	before=$(reloads)
	put "$@"
	flowing until_true has_more reloads "$before" || give_up "a web configuration is not used" "$log"
}
# is_kept NAME TEXT COMMAND...: the command leads to this error, and the daemon serves as before.
is_kept() {
	local before
	before=$(refusals)
	"${@:3}"
	check "$1: refused" eventually has_more refusals "$before"
	check "$1: says $2" logged "msg=\"web configuration not reloaded, keeping the old one\".*$2"
	check "$1: the metric" eventually is 0 ha_web_config_last_reload_successful
	check "$1: hawatch reload prints it" is_told_of "$2"
	let_pass 2500
	check "$1: is logged once" [ "$(refusals)" -eq $((before + 1)) ]
}
# is_told_of TEXT: an order to reload is refused for it.
is_told_of() {
	"$build/hawatch" --socket "$socket" --timeout "${patience}s" reload >"$scratch/reload" 2>&1
	[ $? -eq 1 ] && grep -qE -- "$1" "$scratch/reload" || { cat "$scratch/reload"; false; }
}
is_used_again() {
	check "$1: used again" eventually is 1 ha_web_config_last_reload_successful
}

ask=() # options of curl
asks() { curl -sS --max-time 60 --cacert "$p/ours.crt" "${ask[@]}" "$@"; }
as() { ask=(--cert "$p/$1.crt" --key "$p/$1.key"); [ "$1" != none ] || ask=(); }
scrape() { asks -f -o "$scratch/metrics" "$url/metrics"; }
healthy() { [ "$(asks "$@" "$url/healthz")" = ok ]; }
is_refused() {
	rm -f "$scratch/body"
	! asks -o "$scratch/body" "$@" "$url/healthz" && [ ! -s "$scratch/body" ]
}
is_no_http() { ! curl -sS --max-time 60 "${url/https/http}/healthz"; }
# The certificate that a new connection gets.
serial() { openssl s_client -connect "${url#https://}" </dev/null 2>"$scratch/s_client" | openssl x509 -noout -serial; }
has_certificate() { [ "$(serial)" = "$(openssl x509 -noout -serial -in "$p/$1.crt")" ]; }

# takes OPTION...: openssl's client completes a handshake, with the security level that allows all.
takes() {
	openssl s_client -connect "${url#https://}" -CAfile "$p/ours.crt" -verify_return_error "$@" </dev/null >"$scratch/s_client" 2>&1 &&
		grep -q "^New, TLS" "$scratch/s_client"
}
takes_not() { ! takes "$@"; }
# speaks CIPHER OPTION...
speaks() {
	takes "${@:2}"
	grep -q "Cipher is $1\$" "$scratch/s_client" || { grep 'Cipher is' "$scratch/s_client"; false; }
}

checked() { "$build/hawatchd" --config.check --config.file="$config" --web.config.file="$web" >"$scratch/out" 2>&1; }
says() { grep -qE -- "$1" "$scratch/out" || { cat "$scratch/out"; false; }; }
# finds NAME TEXT: --config.check refuses what stands in the file.
finds() {
	checked
	local code=$?
	check "--config.check, $1: exit status 2" [ $code -eq 2 ]
	check "--config.check, $1: says $2" says "$2"
}

# Parts.

files_are_checked() {
	served | put
	check "--config.check: good" checked
	check "--config.check: says so" grep -qF "$web: web configuration is valid" "$scratch/out"
	served 'client_auth_typ: NoClientCert' | put
	finds "a wrong word" "^$web:4:3: tls_server_config: key .client_auth_typ. is not known; did you mean .client_auth_type.\?"
	pair_of nowhere | put
	finds "no such file" "$scratch/pki/nowhere.crt: No such file or directory"
	printf 'tls_server_config: {cert_file: pki/server.crt, key_file: pki/server2.key}\n' | put
	finds "another key" "$scratch/pki/server2.key is not the key of the certificate in $scratch/pki/server.crt"
	printf 'tls_server_config: {cert_file: pki/server.key, key_file: pki/server.key}\n' | put
	finds "a key as certificate" "$scratch/pki/server.key: a PRIVATE KEY; expected a certificate in PEM"
	served 'client_auth_type: RequireAndVerifyClientCert' 'client_ca_file: pki/server.csr' | put
	finds "no CA" "$scratch/pki/server.csr: a CERTIFICATE REQUEST; expected a CA certificate in PEM"
	served 'cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]' 'max_version: TLS12' | put
	finds "suites of another key" 'cipher_suites has none for the ECDSA key of this certificate'
	pair_of old | put
	check "--config.check, an old certificate: good" checked
	check "--config.check, an old certificate: a warning" grep -q 'level=warn.*CN=old expired 2021-01-01' "$scratch/out"
	put </dev/null 'http_server_config: {http2: true}'
	check "--config.check, http2: good" checked
	check "--config.check, http2: a warning" grep -q 'level=warn.*HTTP/1.1' "$scratch/out"
	put </dev/null 'basic_auth_users: {alice: hunter2hunter2}'
	finds "no hash" "^$web:1:27: basic_auth_users: the value of .alice. is not a bcrypt hash"
	check "--config.check, no hash: it is not shown" [ "$(grep -c hunter2 "$scratch/out")" -eq 0 ]
	put <config/web.yml
	check "--config.check, the example: good" checked
	sed -E 's/^#([a-z]|  )/\1/; s|[a-z-]+\.crt$|pki/ours.crt|; s|cert_file: pki/ours|cert_file: pki/server|; s|key_file: |&pki/|' config/web.yml | put
	check "--config.check, the example with all its keys: good" checked
	check "--config.check, the example: it has all sections" [ "$(grep -cE '^[a-z_]+:$' "$web")" -eq 4 ]
	rm "$web"
	finds "no web configuration" "$web: No such file or directory"
}

# Debian's promtool reads the same format: what both call good, what both refuse, and what only we refuse. It does not
# know the keys that have come since.
both_read() {
	cat <<-'END'
		good | tls_server_config: {cert_file: pki/server.crt, key_file: pki/server.key}
		good | tls_server_config: {cert_file: pki/server.crt, key_file: pki/server.key, client_auth_type: RequireAnyClientCert}
		good | tls_server_config: {cert_file: pki/server.crt, key_file: pki/server.key, client_auth_type: VerifyClientCertIfGiven}
		good | tls_server_config: {cert_file: pki/server.crt, key_file: pki/server.key, client_auth_type: RequireAndVerifyClientCert, client_ca_file: pki/ours.crt}
		good | tls_server_config: {cert_file: pki/server.crt, key_file: pki/server.key, client_auth_type: "", client_ca_file: ""}
		good | tls_server_config: {cert_file: pki/server.crt, key_file: pki/server.key, min_version: TLS10, max_version: TLS12}
		good | tls_server_config: {cert_file: pki/server.crt, key_file: pki/server.key, cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA], curve_preferences: [CurveP521, X25519]}
		good | tls_server_config: {cert_file: "", key_file: ""}
		good | tls_server_config: {}
		good | {}
		good |
		good | http_server_config: {http2: false, headers: {X-Frame-Options: deny, X-XSS-Protection: 0}}
		good | basic_auth_users: {alice: $2y$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234}
		bad  | tls_server_config: {cert_file: pki/server.crt}
		bad  | tls_server_config: {key_file: pki/server.key}
		bad  | tls_server_config: {client_auth_type: RequireAnyClientCert}
		bad  | tls_server_config: {cert_file: pki/nowhere.crt, key_file: pki/server.key}
		bad  | tls_server_config: {cert_file: pki/server.crt, key_file: pki/server2.key}
		bad  | tls_server_config: {cert_file: pki/server.crt, key_file: pki/server.key, client_ca_file: pki/ours.crt}
		bad  | tls_server_config: {cert_file: pki/server.crt, key_file: pki/server.key, client_auth_type: RequireClient}
		bad  | tls_server_config: {cert_file: pki/server.crt, key_file: pki/server.key, min_version: TLS14}
		bad  | tls_server_config: {cert_file: pki/server.crt, key_file: pki/server.key, min_version: ""}
		bad  | tls_server_config: {cert_file: pki/server.crt, key_file: pki/server.key, cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]}
		bad  | tls_server_config: {cert_file: pki/server.crt, key_file: pki/server.key, curve_preferences: [CurveP25519]}
		bad  | tls_config: {cert_file: pki/server.crt, key_file: pki/server.key}
		bad  | http_server_config: {headers: {Server: x}}
		bad  | http_server_config: {headers: {X-Frame-Options: DENY}}
		bad  | basic_auth_users: {alice: secret}
		bad  | basic_auth_users: [alice]
		ours | tls_server_config: {min_version: TLS13}
		ours | tls_server_config: {cert_file: pki/server.crt, key_file: pki/server.key, min_version: TLS13, max_version: TLS12}
		ours | tls_server_config: {cert_file: pki/server.crt, key_file: pki/server.key, client_auth_type: RequireAnyClientCert, client_ca_file: pki/server.key}
	END
}
# verdict_of COMMAND...
verdict_of() { if "$@" >"$scratch/out" 2>&1; then echo good; else echo bad; fi; }
is_verdict() { [ "$1" = "$2" ] || { cat "$scratch/out"; false; }; }
promtool_agrees() {
	local verdict text theirs ours
	while IFS='|' read -r verdict text; do
		read -r verdict <<<"$verdict"
		theirs=$verdict ours=$verdict
		[ "$verdict" != ours ] || theirs=good ours=bad
		put <<<"${text# }"
		check "promtool, $theirs:$text" is_verdict "$theirs" "$(verdict_of promtool check web-config "$web")"
		check "hawatchd, $ours:$text" is_verdict "$ours" "$(verdict_of checked)"
	done < <(both_read)
}

# Prometheus scrapes, with a certificate of its own.
prometheus_is_let_in() {
	local ours=$url theirs
	served 'client_auth_type: RequireAndVerifyClientCert' 'client_ca_file: pki/ours.crt' 'client_allowed_sans: [prometheus.example]' | in_use
	cat >"$scratch/prometheus.yml" <<-END
		scrape_configs:
		  - job_name: hawatch
		    scheme: https
		    scrape_interval: 200ms
		    scrape_timeout: 200ms
		    tls_config: {ca_file: $p/ours.crt, cert_file: $p/good.crt, key_file: $p/good.key}
		    static_configs: [{targets: ['${url#https://}']}]
	END
	serve "$scratch/prometheus.log" prometheus --config.file="$scratch/prometheus.yml" --storage.tsdb.path="$scratch/data"
	theirs=$url url=$ours
	check "Prometheus is let in" eventually prometheus_is_up "$theirs"
}
prometheus_is_up() {
	curl -sS -f -G "$1/api/v1/query" --data-urlencode 'query=up' | jq -e '.data.result[0].value[1] == "1"'
}

plain_and_tls_speak() {
	check "TLS: curl" healthy
	check "TLS: a scrape" scrape
	check "TLS: kept connection" [ "$(asks -o "$scratch/a" -o "$scratch/b" -w '%{num_connects} ' "$url/healthz" "$url/metrics")" = "1 0 " ]
	check "TLS: HEAD" asks -f -I -o "$scratch/head" "$url/metrics"
	check "TLS: a large answer" asks -f -o "$scratch/body" --limit-rate 200k "$url/"
	check "TLS: the server's name is right" takes -verify_hostname localhost
	check "TLS: plain HTTP is refused" is_no_http
	check "TLS: the control socket stays plain" [ "$(curl -sS --unix-socket "$socket" http://hawatch/healthz)" = ok ]
	check "TLS: when the certificate expires" is "$(date -d "$(openssl x509 -noout -enddate -in "$p/server.crt" | cut -d= -f2)" +%s)" \
		ha_web_certificate_expiry_timestamp_seconds
	openssl s_client -connect "${url#https://}" -tls1_2 -reconnect </dev/null >"$scratch/s_client" 2>&1
	check "TLS: a session is never resumed" [ "$(grep -ca '^Reused' "$scratch/s_client")" -eq 0 ]
	check "TLS: a session is never resumed: tried 5 times" [ "$(grep -ca '^New, TLS' "$scratch/s_client")" -eq 6 ]
}

has_connections() { [ "$(sum ha_http_connections)" = "$1" ]; }
# Clients that begin a handshake and stop, and one that sends no TLS: nobody waits for them.
handshakes_that_stall() {
	local i fd fds=() before
	before=$(sum ha_http_connections_refused_total reason=slow_request)
	for i in {1..50}; do
		exec {fd}<>"/dev/tcp/127.0.0.1/${url##*:}"
		printf '\x16\x03\x01\x02\x00\x01' >&"$fd"
		fds+=("$fd")
	done
	check "stalled handshakes: a scrape is answered" scrape
	let_pass 1500 # what is served is of this second
	check "stalled handshakes: all 50 are there" eventually has_connections 51
	let_pass 11000
	check "stalled handshakes: they are cut" eventually has_connections 1
	check "stalled handshakes: and counted" [ "$(sum ha_http_connections_refused_total reason=slow_request)" -eq $((before + 50)) ]
	for fd in "${fds[@]}"; do exec {fd}>&-; done
	before=$(sum ha_http_connections_refused_total reason=bad_request)
	is_no_http 2>"$scratch/no_http"
	check "a handshake that fails: counted" eventually is $((before + 1)) ha_http_connections_refused_total reason=bad_request
}

# NAME ~ lines of tls_server_config ~ options of openssl ~ the cipher, or `no`
spoken() {
	cat <<-'END'
		default, TLS 1.3          ~                                      ~ -tls1_3                        ~ TLS_AES_256_GCM_SHA384
		default, TLS 1.2          ~                                      ~ -tls1_2                        ~ ECDHE-ECDSA-AES256-GCM-SHA384
		default, TLS 1.1          ~                                      ~ -tls1_1 -cipher ALL@SECLEVEL=0 ~ no
		default, no RSA           ~                                      ~ -tls1_2 -cipher kRSA           ~ no
		TLS 1.3 alone             ~ min_version: TLS13                   ~ -tls1_2                        ~ no
		TLS 1.3 alone             ~ min_version: TLS13                   ~ -tls1_3                        ~ TLS_AES_256_GCM_SHA384
		TLS 1.2 alone             ~ max_version: TLS12                   ~ -tls1_3                        ~ no
		TLS 1.2 alone             ~ max_version: TLS12                   ~ -tls1_2                        ~ ECDHE-ECDSA-AES256-GCM-SHA384
		TLS 1.0                   ~ min_version: TLS10                   ~ -tls1 -cipher ALL@SECLEVEL=0   ~ ECDHE-ECDSA-AES256-SHA
		TLS 1.1                   ~ min_version: TLS11                   ~ -tls1_1 -cipher ALL@SECLEVEL=0 ~ ECDHE-ECDSA-AES256-SHA
		a suite                   ~ cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256] ~ -tls1_2 ~ ECDHE-ECDSA-AES128-GCM-SHA256
		a suite, TLS 1.3          ~ cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256] ~ -tls1_3 ~ TLS_AES_256_GCM_SHA384
		a suite, not another      ~ cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256] ~ -tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384 ~ no
		a suite of CBC            ~ cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA] ~ -tls1_2 -cipher ALL ~ ECDHE-ECDSA-AES256-SHA
		a suite of another key    ~ cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256] ~ -tls1_2 ~ no
		a suite of another key    ~ cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256] ~ -tls1_3 ~ TLS_AES_256_GCM_SHA384
		our order                 ~ cipher_suites: [TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384] ~ -tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305 ~ ECDHE-ECDSA-CHACHA20-POLY1305
		their order               ~ cipher_suites: [TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384];prefer_server_cipher_suites: false ~ -tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305 ~ ECDHE-ECDSA-AES256-GCM-SHA384
		a curve                   ~ curve_preferences: [CurveP256]       ~ -tls1_3 -groups P-256          ~ TLS_AES_256_GCM_SHA384
		a curve, not another      ~ curve_preferences: [CurveP256]       ~ -tls1_3 -groups X25519         ~ no
		X25519, not another       ~ curve_preferences: [X25519]          ~ -tls1_3 -groups P-384          ~ no
		X25519                    ~ curve_preferences: [X25519]          ~ -tls1_3 -groups X25519         ~ TLS_AES_256_GCM_SHA384
	END
}
versions_and_suites() {
	local name lines options cipher keys last=none
	while IFS='~' read -r name lines options cipher; do
		read -r name <<<"$name"; read -r lines <<<"$lines"; read -r cipher <<<"$cipher"
		if [ "$lines" != "$last" ]; then
			IFS=';' read -r -a keys <<<"$lines"
			served "${keys[@]}" | in_use
			last=$lines
		fi
		# shellcheck disable=SC2086 # options are words
		if [ "$cipher" = no ]; then
			check "$name: not with $options" takes_not $options
		else
			check "$name: $cipher with $options" speaks "$cipher" $options
		fi
	done < <(spoken)
	pair_of rsa | in_use '  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]'
	check "a key of RSA: its suite" speaks ECDHE-RSA-AES128-GCM-SHA256 -tls1_2
	check "a key of RSA: no mixture of two suites" takes_not -tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384
}

# client_auth_type, and for each certificate whether it is let in.
of_clients() {
	cat <<-END
		type                       none good foreign expired future purpose
		NoClientCert               yes  yes  yes     yes     yes    yes
		RequestClientCert          yes  yes  yes     yes     yes    yes
		RequireAnyClientCert       no   yes  yes     yes     yes    yes
		RequireClientCert          no   yes  yes     yes     yes    yes
		VerifyClientCertIfGiven    yes  yes  no      no      no     no
		RequireAndVerifyClientCert no   yes  no      no      no     no
	END
}
is_let_in() { # YES|NO, by both versions
	local version
	for version in 1.2 1.3; do
		if [ "$1" = yes ]; then healthy --tls-max $version; else is_refused --tls-max $version; fi ||
			{ echo "TLS $version"; return 1; }
	done
}
clients_show_certificates() {
	local type words names name i
	read -r -a names < <(of_clients)
	while read -r type words; do
		read -r -a words <<<"- $words"
		case $type in
		NoClientCert) served "client_auth_type: $type" | in_use ;;
		*) served "client_auth_type: $type" 'client_ca_file: pki/ours.crt' | in_use ;;
		esac
		for ((i = 1; i < ${#names[@]}; i++)); do
			as "${names[i]}"
			check "$type, ${names[i]}: ${words[i]}" is_let_in "${words[i]}"
		done
	done < <(of_clients | tail -n +2)
	check "why is logged for those who debug" logged 'level=debug msg="client certificate refused" error=(expired|"of another CA")'
	as good
}
names_of_clients() {
	local name
	for name in prometheus.example 192.0.2.1 2001:db8::1 ops@example.org spiffe://example/prom; do
		served 'client_auth_type: RequireAndVerifyClientCert' 'client_ca_file: pki/ours.crt' "client_allowed_sans: [a.example, '$name']" | in_use
		as good
		check "client_allowed_sans: $name" is_let_in yes
		as other
		check "client_allowed_sans: $name, of another name" is_let_in no
	done
	as unnamed
	check "client_allowed_sans: without a name" is_let_in no
	served 'client_auth_type: RequireAnyClientCert' 'client_allowed_sans: [prometheus.example]' | in_use
	as foreign
	check "client_allowed_sans without a CA: the name decides" is_let_in yes
	as other
	check "client_allowed_sans without a CA: of another name" is_let_in no
	as none
	check "client_allowed_sans without a CA: none" is_let_in no
}

files_change() {
	local before
	as none
	pair_of current | put # what is in use stays until both files are there
	cp "$p/server.crt" "$p/current.crt"; cp "$p/server.key" "$p/current.key"
	check "rotation: the first" eventually has_certificate server
	is_used_again "rotation"
	is_kept "rotation, half done" 'current.key is not the key of the certificate in .*current.crt' cp "$p/server2.crt" "$p/current.crt"
	check "rotation, half done: the old one is served" has_certificate server
	cp "$p/server2.key" "$p/current.key"
	check "rotation, done: the new one" eventually has_certificate server2
	is_used_again "rotation, done"
	check "rotation, done: the new date" is "$(date -d 20440101 -u +%s)" ha_web_certificate_expiry_timestamp_seconds

	is_kept "the key is gone" 'current.key: No such file' mv "$p/current.key" "$p/away.key"
	check "the key is gone: served" has_certificate server2
	mv "$p/away.key" "$p/current.key"
	is_used_again "the key is back"

	cp "$p/ours.crt" "$p/ca.crt"
	pair_of current | in_use '  client_auth_type: RequireAndVerifyClientCert' '  client_ca_file: pki/ca.crt'
	as good
	before=$(reloads)
	open_connection
	check "a new CA: an open connection, before" is_answered
	cp "$p/theirs.crt" "$p/ca.crt"
	check "a new CA: noticed" eventually has_more reloads "$before"
	check "a new CA: the old client is refused" is_let_in no
	check "a new CA: an open connection goes on" is_answered
	as foreign
	check "a new CA: its client is let in" is_let_in yes
	close_connection
	is_kept "a CA that is none" 'ca.crt: empty; expected a CA certificate' cp /dev/null "$p/ca.crt"
	check "a CA that is none: its client is let in" is_let_in yes
	cp "$p/ours.crt" "$p/ca.crt"
	as good
	is_used_again "the first CA"
	check "the first CA: its client is let in" is_let_in yes

	served 'client_auth: x' | put
	check "hawatch reload: the web configuration has been read, too" is_told_of "$web:4:3: tls_server_config: key .client_auth"
	served | put
	is_used_again "without the wrong word"
	is_kept "a wrong word" "$web:4:3: tls_server_config: key .client_auth. is not known" put < <(served 'client_auth: x')
	is_kept "TLS ends" 'tls_server_config is gone; restart hawatchd to end TLS' put </dev/null
	as none
	served | in_use
	before=$(reloads)
	reload
	check "SIGHUP: read again" eventually has_more reloads "$before"
}
# A connection that is kept while the script goes on.
open_connection() {
	coproc s_client { exec openssl s_client -connect "${url#https://}" -quiet -cert "$p/good.crt" -key "$p/good.key" 2>/dev/null; }
	# shellcheck disable=SC2154 # coproc sets it
	servers+=("$s_client_PID")
}
is_answered() {
	local line
	printf 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n' >&"${s_client[1]}"
	while read -r -t 60 -u "${s_client[0]}" line; do
		[ "$line" != ok ] || return 0
	done
	return 1
}
close_connection() { kill "$s_client_PID"; wait "$s_client_PID"; } 2>/dev/null

has_header() { # LINE PATH ARGUMENT...
	local ask=("${ask[@]}" "${@:3}")
	asks -I "$url$2" | tr -d '\r' | grep -qxF "$1" || { asks -I "$url$2"; false; }
}
has_once() { [ "$(asks -I "$url$2" | grep -ciF "$1:")" -eq 1 ]; }
headers() {
	local path long
	pair_of server | in_use 'http_server_config:' '  headers:' '    X-Frame-Options: deny' '    X-XSS-Protection: 0' \
		'    X-Content-Type-Options: nosniff' '    Strict-Transport-Security: max-age=60' \
		"    Content-Security-Policy: \"default-src 'self'\""
	for path in /metrics / /healthz /nowhere /api/v1/summary?pair=none; do
		check "headers, $path: X-Frame-Options" has_header 'X-Frame-Options: deny' "$path"
		check "headers, $path: X-XSS-Protection" has_header 'X-XSS-Protection: 0' "$path"
		check "headers, $path: Strict-Transport-Security" has_header 'Strict-Transport-Security: max-age=60' "$path"
		check "headers, $path: ours is replaced" has_header "Content-Security-Policy: default-src 'self'" "$path"
		check "headers, $path: once" has_once Content-Security-Policy "$path"
		check "headers, $path: once" has_once X-Content-Type-Options "$path"
	done
	long=$(printf 'x%.0s' {1..1024})
	pair_of server | in_use 'http_server_config:' '  headers:' "    X-XSS-Protection: $long" \
		"    Strict-Transport-Security: $long" "    Content-Security-Policy: $long"
	check "headers: the longest, after a request whose head is as long as it may be" \
		has_header "Content-Security-Policy: $long" / -H "X: $(printf 'x%.0s' {1..15800})"
	scrape
	pair_of server | in_use 'http_server_config: {headers: {X-Frame-Options: sameorigin}}'
	check "headers change: /metrics" eventually has_header 'X-Frame-Options: sameorigin' /metrics
	check "headers change: gone" [ -z "$(asks -I "$url/metrics" | grep -i strict)" ]
	check "headers change: the page has its own again" has_header "$(asks -I "$url/" | tr -d '\r' | grep -i "^content-security-policy: default-src 'none'")" /
}

# Without TLS.
plain() {
	put </dev/null 'http_server_config: {headers: {X-Frame-Options: deny}}'
	start_daemon --web.config.file="$web"
	check "without TLS: a scrape" scrape
	check "without TLS: a header" has_header 'X-Frame-Options: deny' /metrics
	check "without TLS: the metric" is 1 ha_web_config_last_reload_successful
	check "without TLS: no certificate expires" [ -z "$(value ha_web_certificate_expiry_timestamp_seconds)" ]
	is_kept "TLS begins" 'tls_server_config is new; restart hawatchd to begin TLS' put < <(pair_of server)
	check "stop" stop_daemon
	: >"$web"
	start_daemon --web.config.file="$web"
	check "an empty file: a scrape" scrape
	check "stop" stop_daemon
	start_daemon
	check "no web configuration: a scrape" scrape
	check "no web configuration: no metric" [ -z "$(value ha_web_config_last_reload_successful)" ]
	check "stop" stop_daemon
}

# The operator's command, to a daemon that asks it for a certificate.
hawatch() {
	"$build/hawatch" --url "$url" --cacert "$p/ours.crt" --pair "$pair" "$@" >"$scratch/out" 2>"$scratch/err"
	code=$?
}
gives() { # CODE TEXT
	[ "$code" -eq "$1" ] && cat "$scratch/out" "$scratch/err" | grep -qE -- "$2" || { echo "exit code $code"; cat "$scratch/out" "$scratch/err"; false; }
}
operator() {
	served 'client_auth_type: RequireAndVerifyClientCert' 'client_ca_file: pki/ours.crt' | in_use
	cat "$p/good.crt" "$p/good.key" >"$p/both.pem"
	openssl ec -in "$p/good.key" -aes128 -passout pass:word -out "$p/locked.pem" 2>"$scratch/openssl.log"
	openssl x509 -in "$p/good.crt" -outform der -out "$p/good.der"
	hawatch status --cert "$p/good.crt" --key "$p/good.key"
	check "hawatch --cert --key: let in" gives 0 ACTIVE
	hawatch status --cert "$p/both.pem"
	check "hawatch --cert, with the key in its file: let in" gives 0 ACTIVE
	hawatch status
	check "hawatch without a certificate: what to do" gives 3 'gave no answer to a client without a certificate.*--cert and --key'
	hawatch status --cert "$p/foreign.crt" --key "$p/foreign.key"
	check "hawatch with one of another CA: what to do" gives 3 'gave no answer to .*pki/foreign.crt.*--cert and --key'
	hawatch status --cert "$p/good.crt" --key "$p/other.key"
	check "hawatch with the key of another: both are named" gives 3 'pki/good.crt with the key .*pki/other.key.*the key of this certificate'
	hawatch status --cert "$p/good.crt" --key "$p/locked.pem"
	check "hawatch with an encrypted key: does not ask" gives 3 'pki/locked.pem.*without a password'
	hawatch status --cert "$p/good.der" --key "$p/good.key"
	check "hawatch with DER: named" gives 3 'pki/good.der: no PEM'
	hawatch status --cert "$p/none.crt" --key "$p/good.key"
	check "hawatch with a file that is not there: named" gives 3 'pki/none.crt: No such file'
	served | in_use
}

start_tls() { start_daemon --web.config.file="$web" "$@" && url=${url/http:/https:}; }

# Scrapes with a password beside reloads of both configurations, and orders.
threads() {
	local i before scrapes=() pid
	{
		pair_of current
		echo "basic_auth_users: {prometheus: '$(perl -e 'print crypt("secret", q($2y$05$abcdefghijklmnopqrstuu))')'}"
	} | put
	cp "$p/server.crt" "$p/current.crt"; cp "$p/server.key" "$p/current.key"
	start_tls
	# shellcheck disable=SC2165,SC2167 # the inner loop is in a process of its own
	for i in 1 2 3; do
		{ for i in {1..20}; do asks -f -u prometheus:secret -o /dev/null "$url/metrics" || exit 1; done; } 2>"$scratch/scrapes$i" &
		scrapes+=($!)
	done
	{
		for i in {1..8}; do
			"$build/hawatch" --socket="$socket" maintenance begin primary --for 1h --reason "$i" --force &&
				"$build/hawatch" --socket="$socket" maintenance end primary || exit 1
		done
	} >"$scratch/orders" 2>&1 &
	scrapes+=($!)
	for i in {1..8}; do
		cp "$p/server$((i % 2 + 1)).crt" "$p/new.crt"; cp "$p/server$((i % 2 + 1)).key" "$p/new.key"
		mv "$p/new.crt" "$p/current.crt"; mv "$p/new.key" "$p/current.key"
		before=$(reloads)
		reload
		until_true has_more reloads "$before"
	done
	for pid in "${scrapes[@]}"; do check "scrapes and orders beside reloads: all are answered" wait "$pid"; done
	check "no race: the daemon ends well" stop_daemon
}

make_certificates >"$scratch/openssl.log" 2>&1 || give_up "openssl makes no certificates" "$scratch/openssl.log"
cp "$p/server.crt" "$p/server1.crt"; cp "$p/server.key" "$p/server1.key"
start_sim
if [ "$parts" = threads ]; then
	threads
	finish
fi
files_are_checked
promtool_agrees
served | put
start_tls --log.level=debug
plain_and_tls_speak
handshakes_that_stall
versions_and_suites
operator
clients_show_certificates
names_of_clients
prometheus_is_let_in
files_change
headers
check "stop" stop_daemon
sed '/-----/d' "$p"/*.key >"$scratch/keys"
check "no key is in the log" [ "$(grep -caFf "$scratch/keys" "$log")" -eq 0 ]
plain
finish
