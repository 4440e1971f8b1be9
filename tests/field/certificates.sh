#!/bin/bash
# Files that people give as CA, client certificate or key. --config.check and a running daemon agree on each; what is
# refused is refused by name, and the last good one stays. kubectl is the oracle, where it is installed.
# usage: certificates.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/sides.sh"
require openssl base64 iconv
config=$scratch/hawatch.yaml
f=$scratch/files # $f/NAME.crt and .key; `ours` has issued what others do not sign themselves

# NAME ~ where such a file comes from ~ what makes it, of $ca ~ `good`, or what is said; a * before it: not as kubectl
of_authorities() {
	cat <<-'END'
		plain         ~ a CA as kubeadm writes it                       ~ cat $ca ~ good
		bundle        ~ a rotation: the old CA and the new one          ~ cat $f/theirs.crt $ca ~ good
		text          ~ openssl x509 -text                              ~ openssl x509 -in $ca -text ~ good
		bag           ~ openssl pkcs12 -cacerts                         ~ { echo "Bag Attributes"; echo "    friendlyName: ca"; cat $ca; } ~ good
		comments      ~ a bundle of Mozilla's, with names in comments   ~ { echo "# ours"; echo ====; cat $ca; echo; echo "# end"; } ~ good
		crlf          ~ an editor on Windows                            ~ sed 's/$/\r/' $ca ~ good
		bom           ~ Notepad                                         ~ { printf '\xef\xbb\xbf'; cat $ca; } ~ * good
		bom-bundle    ~ Notepad; kubectl passes over the first of them  ~ { printf '\xef\xbb\xbf'; cat $ca $f/theirs.crt; } ~ * good
		one-line-body ~ base64 -w 0 between BEGIN and END               ~ { head -n 1 $ca; openssl x509 -in $ca -outform der | base64 -w 0; echo; tail -n 1 $ca; } ~ good
		blanks        ~ copied from a terminal                          ~ sed 's/$/  /' $ca ~ good
		blank-lines   ~ a template engine                               ~ sed '3a\\' $ca ~ good
		no-newline    ~ $(cat ca.crt) in a variable                     ~ printf %s "$(cat $ca)" ~ good
		with-crl      ~ a CA beside its revocation list                 ~ { cat $ca; printf -- '-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----\n'; } ~ good
		pinned        ~ the server's own certificate in place of a CA   ~ openssl s_client -connect 127.0.0.1:$(port_of $two) </dev/null | openssl x509 ~ good
		cut           ~ a disk that was full                            ~ head -c 300 $ca ~ cut short: the CERTIFICATE in line 1 has no END line; expected the whole file
		cut-last-line ~ head -n                                         ~ sed '$d' $ca ~ cut short
		cut-bundle    ~ a download that broke off in the second         ~ { cat $ca; head -c 300 $ca; } ~ * cut short
		line-lost     ~ a mail program                                  ~ sed 4d $ca ~ the CERTIFICATE in line 1 cannot be read
		bit-flipped   ~ a bad disk                                      ~ sed '3s/^...../AAAAA/' $ca ~ the CERTIFICATE in line 1 cannot be read
		header-inside ~ a PGP tool                                      ~ sed '1a Version: 1\n' $ca ~ the CERTIFICATE in line 1 cannot be read
		prose         ~ a placeholder that was never filled             ~ echo "put the CA here" ~ no PEM certificate inside; expected one
		html          ~ curl -o ca.crt of a login page                  ~ echo "<html><title>302</title></html>" ~ no PEM certificate inside
		kubeconfig    ~ the wrong file                                  ~ cat $sim/kubeconfig ~ no PEM certificate inside
		empty         ~ a volume that was not mounted yet               ~ true ~ empty; expected a CA certificate
		der           ~ an export of Windows, .cer                      ~ openssl x509 -in $ca -outform der ~ binary data, such as DER
		pkcs12        ~ an export of Windows, .pfx                      ~ openssl pkcs12 -export -nokeys -in $ca -passout pass: ~ binary data, such as DER or PKCS #12
		utf16         ~ PowerShell's >                                  ~ iconv -t UTF-16 $ca ~ the text is UTF-16; save the file as UTF-8
		base64        ~ the value of -data, copied                      ~ base64 -w 0 $ca ~ base64 of a PEM text, as a -data field has it; decode it
		no-lines      ~ a certificate of SAML metadata                  ~ openssl x509 -in $ca -outform der | base64 ~ base64 without its BEGIN and END lines
		newlines-lost ~ an environment variable                         ~ tr '\n' ' ' <$ca ~ its BEGIN line is damaged, or is not a line of its own
		indented      ~ a block of YAML, pasted                         ~ sed 's/^/    /' $ca ~ its BEGIN line is damaged, or is not a line of its own
		four-dashes   ~ a paste that began one character late           ~ tail -c +2 $ca ~ its BEGIN line is damaged
		key           ~ ca.key instead of ca.crt                        ~ cat $f/theirs.key ~ a private key in line 1; expected CA certificates only
		with-key      ~ the PEM of a load balancer; its key is a secret ~ cat $ca $f/theirs.key ~ * a private key in line [0-9]+; expected CA certificates only
		request       ~ the .csr instead of the .crt                    ~ openssl req -new -key $f/theirs.key -subj /CN=x ~ a CERTIFICATE REQUEST; expected a CA certificate
		public-key    ~ openssl pkey -pubout                            ~ openssl pkey -in $f/theirs.key -pubout ~ a PUBLIC KEY; expected a CA certificate
		pkcs7         ~ a chain of Windows', .p7b                       ~ openssl crl2pkcs7 -nocrl -certfile $ca ~ a PKCS7; expected a CA certificate
		trusted       ~ openssl x509 -addtrust                          ~ openssl x509 -in $ca -trustout -addtrust serverAuth ~ a TRUSTED CERTIFICATE; expected a CA certificate
	END
}
# NAME ~ where they come from ~ certificate ~ key ~ `good`, or which file is named, and what is said of it
of_clients() {
	cat <<-'END'
		ec              ~ openssl ecparam, PKCS #8                  ~ cat $f/ec.crt ~ cat $f/ec.key ~ good
		ec-parameters   ~ openssl ecparam -genkey                   ~ cat $f/ec.crt ~ { openssl ecparam -name prime256v1; openssl ec -in $f/ec.key; } ~ good
		rsa             ~ kubeadm, RSA PRIVATE KEY                  ~ cat $f/rsa.crt ~ openssl rsa -in $f/rsa.key -traditional ~ good
		ed25519         ~ openssl genpkey                           ~ cat $f/ed.crt ~ cat $f/ed.key ~ good
		combined        ~ kubelet-client-current.pem                ~ cat $f/ec.crt $f/ec.key ~ cat $f/ec.crt $f/ec.key ~ good
		key-first       ~ a load balancer's PEM                     ~ cat $f/ec.key $f/ec.crt ~ cat $f/ec.key $f/ec.crt ~ good
		chain           ~ a certificate and its intermediate        ~ cat $f/ec.crt $f/ours.crt ~ cat $f/ec.key ~ good
		crlf-bom        ~ an editor on Windows                      ~ sed 's/$/\r/' $f/ec.crt ~ sed 's/$/\r/' $f/ec.key ~ good
		other-key       ~ a rotation that replaced one of the two   ~ cat $f/ec.crt ~ cat $f/other.key ~ key: not the key of the client certificate .*/cert: CN=ec, expires 20[0-9-]*T
		other-kind      ~ an RSA certificate, an EC key             ~ cat $f/rsa.crt ~ cat $f/ec.key ~ key: not the key of the client certificate .*CN=rsa
		chain-reversed  ~ the CA before the certificate             ~ cat $f/ours.crt $f/ec.crt ~ cat $f/ec.key ~ key: not the key of the client certificate .*CN=ours
		swapped         ~ the two in each other's place             ~ cat $f/ec.key ~ cat $f/ec.crt ~ cert: a PRIVATE KEY; expected a client certificate
		encrypted       ~ openssl pkcs8 -topk8                      ~ cat $f/ec.crt ~ openssl pkcs8 -topk8 -passout pass:hush -in $f/ec.key ~ key: an encrypted key; expected one without a passphrase
		encrypted-old   ~ openssl rsa -aes128 -traditional          ~ cat $f/rsa.crt ~ openssl rsa -in $f/rsa.key -aes128 -passout pass:hush -traditional ~ key: an encrypted key; expected one without a passphrase
		openssh         ~ ssh-keygen                                ~ cat $f/ec.crt ~ printf -- '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n-----END OPENSSH PRIVATE KEY-----\n' ~ key: the OPENSSH PRIVATE KEY in line 1 cannot be read
		cut-key         ~ a disk that was full                      ~ cat $f/ec.crt ~ head -c 150 $f/ec.key ~ key: cut short: the PRIVATE KEY in line 1 has no END line
		cut-certificate ~ a disk that was full                      ~ head -c 300 $f/ec.crt ~ cat $f/ec.key ~ cert: cut short: the CERTIFICATE in line 1 has no END line
		public-key      ~ the .pub                                  ~ cat $f/ec.crt ~ openssl pkey -in $f/ec.key -pubout ~ key: a PUBLIC KEY; expected a private key
		der-key         ~ an export, .der                           ~ cat $f/ec.crt ~ openssl pkey -in $f/ec.key -outform der ~ key: binary data, such as DER
		short-key       ~ a certificate of 2012, RSA with 1024 bits ~ cat $f/short.crt ~ cat $f/short.key ~ cert: the CERTIFICATE in line 1 has a key that is too short for TLS
		sha1            ~ a certificate of 2014                     ~ cat $f/sha1.crt ~ cat $f/sha1.key ~ cert: the CERTIFICATE in line 1 has a signature that is too weak for TLS
		prose           ~ a placeholder that was never filled       ~ echo "put it here" ~ cat $f/ec.key ~ cert: no PEM certificate inside
	END
}

data_of() { base64 -w 0 "$1"; }

# certificate NAME KEY [OPENSSL_ARGUMENT]...: $f/NAME.crt and .key, issued by `ours`, or by itself.
certificate() {
	local issuer=(-CA "$f/ours.crt" -CAkey "$f/ours.key" -addext basicConstraints=CA:FALSE)
	[ -s "$f/ours.crt" ] || issuer=()
	openssl req -x509 -newkey $2 -noenc -days 400 -subj "/CN=$1" "${issuer[@]}" "${@:3}" \
		-keyout "$f/$1.key" -out "$f/$1.crt" 2>"$scratch/openssl" || give_up "no certificate $1" "$scratch/openssl"
}
prepare() {
	mkdir "$f" "$scratch/ca" "$scratch/client"
	local p256='ec -pkeyopt ec_paramgen_curve:prime256v1'
	ca=$sim/ca.crt
	certificate ours "$p256"
	certificate ec "$p256"
	certificate other "$p256"
	certificate rsa rsa:2048
	certificate ed ed25519
	certificate short rsa:1024
	certificate sha1 rsa:2048 -sha1
	certificate server "$p256" -addext subjectAltName=IP:127.0.0.1
	openssl req -x509 -key "$f/other.key" -days 400 -subj /CN=stranger -out "$f/stranger.crt" 2>"$scratch/openssl"
	cp "$f/other.key" "$f/stranger.key"
	cp "$f/ours.crt" "$f/theirs.crt"
	cp "$f/ours.key" "$f/theirs.key"
	local name from make says cert key
	while IFS='~' read -r name from make says; do
		name=$(trim "$name")
		eval "$make" >"$scratch/ca/$name" 2>"$scratch/openssl" || give_up "no file $name" "$scratch/openssl"
	done < <(of_authorities)
	while IFS='~' read -r name from cert key says; do
		name=$scratch/client/$(trim "$name")
		mkdir "$name"
		{ eval "$cert" >"$name/cert" && eval "$key" >"$name/key"; } 2>"$scratch/openssl" || give_up "no file $name" "$scratch/openssl"
	done < <(of_clients)
	cat "$f"/*.key | grep -v '^---' >"$scratch/more-secrets"
}
kubeconfig_of() { # CLUSTER USER
	cat <<-END
		clusters: [{name: c, cluster: {server: '${server-$(server_of $two)}', $1}}]
		users: [{name: u, user: {tokenFile: $sim/$two.token, $2}}]
		contexts: [{name: x, context: {cluster: c, user: u}}]
		current-context: x
	END
}
put_file() { cat >"$1.new" && mv "$1.new" "$1"; }

# Once with --config.check, for every place that may name such a file; NAME SAYS PLACE...
run_check() {
	"$build/hawatchd" --config.file="$config" --config.check --log.level=debug >"$scratch/out" 2>"$scratch/err"
	code=$?
}
has_said() { grep -qE -- "$1" "$scratch/err" || { cat "$scratch/err"; false; }; }
is_checked_as() { # SAYS PLACE...
	local place
	[ $code -eq "$([ "$1" = good ] && echo 0 || echo 2)" ] || { echo "exit status $code"; cat "$scratch/err"; return 1; }
	for place in "${@:2}"; do
		if [ "$1" = good ]; then
			has_said "level=debug msg=\"C?A?(client)? certificates? read\".* file=\"?$place\"? .*subject=.* expires=20[0-9-]*T" || return
		else
			has_said "$place: $1" || return
		fi
	done
}
check_authorities() { # NAME SAYS
	local file=$scratch/ca/$1 k=$scratch/k code
	kubeconfig_of "certificate-authority: $file" "" >"$k"
	kubeconfig_of "certificate-authority-data: $(data_of "$file")" "" >"$k-data"
	sed "/^pairs:/,\$d; s#^\( *ca_file\):.*#\1: $file#" "$sim/hawatch.yaml" >"$config"
	echo 'pairs:' >>"$config"
	add_pair prod "kubeconfig: $sim/kubeconfig, context: $two, ca_file: $file" "kubeconfig: $k"
	add_pair data "kubeconfig: $k-data" "$(ordinary)"
	run_check
	case $2 in
	good) check "$1" is_checked_as good "$file" "$k-data:1:[0-9]*: certificate-authority-data" ;;
	*) check "$1: ${2:0:60}" is_checked_as "$2" "spot.ca_file: $file" "CA file: $file" ;;
	esac
	# A field that is empty is none, and what is no text is no PEM.
	case $1 in
	empty) ;;
	der | pkcs12 | utf16) check "$1, -data: no PEM inside, but binary data" is_checked_as "no PEM inside, but binary data; expected PEM in base64" "$k-data:1:[0-9]*: certificate-authority-data" ;;
	*) [ "$2" = good ] || check "$1, -data: ${2:0:60}" is_checked_as "$2" "$k-data:1:[0-9]*: certificate-authority-data" ;;
	esac
}
check_client() { # NAME SAYS
	local file=$scratch/client/$1 k=$scratch/k code data="client-(certificate|key)-data"
	kubeconfig_of "certificate-authority: $ca" "client-certificate: $file/cert, client-key: $file/key" >"$k"
	kubeconfig_of "certificate-authority: $ca" "client-certificate-data: $(data_of "$file/cert"), client-key-data: $(data_of "$file/key")" >"$k-data"
	begin_sides
	add_pair prod "kubeconfig: $k" "kubeconfig: $k-data"
	run_check
	case $2 in
	good) check "$1" is_checked_as good "$file/cert" "$k-data:2:[0-9]*: client-certificate-data" ;;
	*) check "$1: ${2:0:60}" is_checked_as "${2#*: }" "$file/${2%%:*}" ;;
	esac
	[ "$2" = good ] || check "$1, -data" has_said "$k-data:2:[0-9]*: $data: $([ "$1" = der-key ] && echo "no PEM inside, but binary data" || sed "s#\.\*/cert:#.*$data:#" <<<"${2#*: }")"
}
kubectl_takes() { # KUBECONFIG yes|no
	local took=yes
	KUBECONFIG=$1 HOME=$scratch timeout 60 kubectl get --raw /readyz >"$scratch/kubectl" 2>&1 </dev/null || took=no
	[ $took = "$2" ] || { echo "kubectl: $took"; cat "$scratch/kubectl"; false; }
}
# start_asking OPTION...: a server that asks for a client certificate; its URL in $asking.
start_asking() {
	(cd "$f" && exec openssl s_server -accept 127.0.0.1:0 -cert server.crt -key server.key -CAfile ours.crt -www "$@") >"$scratch/s_server" 2>&1 </dev/null &
	servers+=($!)
	until_true grep -q ^ACCEPT "$scratch/s_server" || give_up "no TLS server" "$scratch/s_server"
	asking=https://$(sed -n 's/^ACCEPT //p' "$scratch/s_server")
}
as_kubectl() { # NAME SAYS
	[ -n "$(command -v kubectl)" ] || return 0
	local takes=no
	case $2 in good | \*\ [!g]*) takes=yes ;; esac
	check "$1: kubectl takes it: $takes" kubectl_takes "$scratch/k" $takes
}
with_check() {
	local name from make says cert key
	while IFS='~' read -r name from make says; do
		name=$(trim "$name") says=$(trim "$says")
		check_authorities "$name" "${says#\* }"
		as_kubectl "$name" "$says"
	done < <(of_authorities)
	while IFS='~' read -r name from cert key says; do
		name=$(trim "$name") says=$(trim "$says")
		check_client "$name" "$says"
		server=$asking kubeconfig_of "certificate-authority: $f/ours.crt" "client-certificate: $scratch/client/$name/cert, client-key: $scratch/client/$name/key" >"$scratch/k"
		case $name in short-key | sha1) ;; *) as_kubectl "$name" "$says" ;; esac # kubectl leaves these to the server
	done < <(of_clients)
}

# And on a daemon: what is good serves, in place of what is not the last good one does, and the log says the same.
# not_serving: the sides that do not, one per line.
not_serving() { scrape && sed -n 's/^ha_cloudspace_state_reason{\(.*\),ha_cloudspace_state_reason="serving"} 0$/\1/p' "$scratch/metrics"; }
live() {
	local name from make says cert key file kept="keeping the last good ones\".*"
	begin_sides
	mkdir "$scratch/live"
	while IFS='~' read -r name from make says; do
		name=$(trim "$name") file=$scratch/live/ca-$name
		[[ $says == *good ]] && cp "$scratch/ca/$name" "$file" || cp "$ca" "$file"
		kubeconfig_of "certificate-authority: $file" "" >"$file.k"
		add_pair "ca-$name" "kubeconfig: $sim/kubeconfig, context: $two, ca_file: $file" "kubeconfig: $file.k"
	done < <(of_authorities)
	while IFS='~' read -r name from cert key says; do
		name=$(trim "$name") file=$scratch/live/client-$name
		[[ $says == *good ]] && cp -r "$scratch/client/$name" "$file" || cp -r "$scratch/client/ec" "$file"
		kubeconfig_of "certificate-authority: $ca" "client-certificate: $file/cert, client-key: $file/key" >"$file.k"
		add_pair "client-$name" "kubeconfig: $file.k" "$(ordinary)"
	done < <(of_clients)
	start_daemon
	check "live: every good file serves" eventually no_lines not_serving
	while IFS='~' read -r name from make says; do
		name=$(trim "$name")
		[[ $says == *good ]] || put_file "$scratch/live/ca-$name" <"$scratch/ca/$name"
	done < <(of_authorities)
	while IFS='~' read -r name from cert key says; do
		name=$(trim "$name") file=$scratch/live/client-$name
		[[ $says == *good ]] || cp "$scratch/client/$name/"{cert,key} "$file"
	done < <(of_clients)
	while IFS='~' read -r name from make says; do
		name=$(trim "$name") says=$(trim "${says#\ \*}") file=$scratch/live/ca-$name
		[ "$says" != good ] || continue
		check "live, $name: ${says:0:60}" eventually logged "$kept pair=ca-$name side=primary error=\"CA file: $file: $says"
		check "live, $name: in a kubeconfig, too" eventually logged "$kept pair=ca-$name side=secondary error=\"CA file: $file: $says"
	done < <(of_authorities)
	while IFS='~' read -r name from cert key says; do
		name=$(trim "$name") says=$(trim "$says") file=$scratch/live/client-$name
		[ "$says" = good ] || check "live, $name: ${says:0:60}" \
			eventually logged "$kept pair=client-$name side=primary error=.*$file/${says%%:*}: ${says#*: }"
	done < <(of_clients)
	polled 3 $two
	check "live: the last good ones serve" no_lines not_serving
	check "live: no poll has failed" [ "$(sum ha_poll_errors_total source=nodes)" -eq 0 ]
	check "live: never BLOCKED" is_never_blocked 0
	check "live: secrets not in the log" without_secrets "$log" "$scratch/more-secrets"
	check "live: every line of the log is logfmt" is_logfmt
	stop_daemon
}

# What a credential plugin gives is read in the same way.
plugins() {
	local name from cert key says file
	begin_sides
	mkdir "$scratch/plugin"
	while IFS='~' read -r name from cert key says; do
		name=$(trim "$name") file=$scratch/plugin/$name
		[ "$name" != der-key ] || continue # no text, so it cannot be in JSON
		jq -n --rawfile token "$sim/$two.token" --rawfile cert "$scratch/client/$name/cert" --rawfile key "$scratch/client/$name/key" \
			'{kind: "ExecCredential", apiVersion: "client.authentication.k8s.io/v1", status: {token: ($token | rtrimstr("\n")),
				clientCertificateData: $cert, clientKeyData: $key}}' >"$file"
		cat >"$file.k" <<-END
			clusters: [{name: c, cluster: {server: '$(server_of $two)', certificate-authority: $ca}}]
			users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: /bin/cat, args: [$file], interactiveMode: Never}}}]
			contexts: [{name: x, context: {cluster: c, user: u}}]
			current-context: x
		END
		add_pair "$name" "kubeconfig: $file.k, allow_exec: true" "$(ordinary)"
	done < <(of_clients)
	start_daemon
	while IFS='~' read -r name from cert key says; do
		name=$(trim "$name") says=$(trim "$says")
		[ "$name" != der-key ] || continue
		case $says in
		good) check "plugin, $name: serves" eventually is 1 ha_cloudspace_state_reason pair="$name" side=primary ha_cloudspace_state_reason=serving ;;
		*"not the key"*) check "plugin, $name: ${says:0:40}" eventually logged "pair=$name side=primary error=\"credential plugin: /bin/cat: clientKeyData: not the key of clientCertificateData, CN=" ;;
		key:*) check "plugin, $name: ${says:0:40}" eventually logged "pair=$name side=primary error=\"credential plugin: /bin/cat: clientKeyData: ${says#*: }" ;;
		*) check "plugin, $name: ${says:0:40}" eventually logged "pair=$name side=primary error=\"credential plugin: /bin/cat: clientCertificateData: ${says#*: }" ;;
		esac
	done < <(of_clients)
	check "plugin: its certificate's end is told" is "$(date -d "$(openssl x509 -in "$f/ec.crt" -noout -enddate | cut -d= -f2)" +%s)" \
		ha_credential_expiry_timestamp_seconds pair=ec side=primary credential=client_certificate
	check "plugin: what it renews itself has no renewal" is '' ha_credential_renewal_timestamp_seconds pair=ec side=primary
	check "plugin: secrets not in the log" without_secrets "$log" "$scratch/more-secrets"
	stop_daemon
}

# NAME ~ the CA's file ~ the client certificate's ~ what is said of them at the start; nothing: no warning
of_ends() {
	cat <<-'END'
		far away          ~ lasting 400          ~ lasting 400 ~
		31 days           ~ lasting 31           ~ lasting 31  ~
		a CA, 29 days     ~ lasting 29           ~ lasting 400 ~ CA certificates have expired or expire within 30 days.*file=$ca_file certificates="CN=lasts 29 expires 20[0-9-]*T[0-9:]*Z"$
		a CA, ended       ~ lasting -1           ~ lasting 400 ~ CA certificates have expired or expire within 30 days.*file=$ca_file certificates="CN=lasts -1 expired 20[0-9-]*T[0-9:]*Z"$
		the old CA, ended ~ lasting -1 400       ~ lasting 400 ~ CA certificates have expired .*certificates="CN=lasts -1 expired [^;]*Z"$
		two of three      ~ lasting 400 5 -1     ~ lasting 400 ~ CA certificates have expired .*certificates="CN=lasts 5 expires [^;]*Z; CN=lasts -1 expired [^;]*Z"$
		five of five      ~ lasting 1 2 3 4 5    ~ lasting 400 ~ CA certificates have expired .*certificates="CN=lasts 1 .*; CN=lasts 3 expires [^;]*Z; and 2 more"$
		a client, 29 days ~ lasting 400          ~ lasting 29  ~ client certificate has expired or expires within 30 days.*file=$cert_file certificates="CN=lasts 29 expires 20[0-9-]*T[0-9:]*Z"$
		a client, ended   ~ lasting 400          ~ lasting -1  ~ client certificate has expired or expires within 30 days.*file=$cert_file certificates="CN=lasts -1 expired 20[0-9-]*T[0-9:]*Z"$
	END
}
# lasting DAYS...: a certificate for each
lasting() {
	local days
	for days; do
		openssl req -new -key "$f/ec.key" -subj "/CN=lasts $days" 2>"$scratch/openssl" |
			openssl x509 -req -days "$days" -signkey "$f/ec.key" 2>"$scratch/openssl" || give_up "no certificate" "$scratch/openssl"
	done
}
warns_only_of() { # TEXT: one warning, or none
	[ $code -eq 0 ] && [ "$(grep -c level=warn "$scratch/err")" -eq $(($(wc -c <<<"$1") > 1)) ] && has_said "${1:-.}" || { cat "$scratch/err"; false; }
}
ends() {
	local name authority client says ca_file=$scratch/ca.crt cert_file=$scratch/client.crt code
	kubeconfig_of "certificate-authority: $ca_file" "client-certificate: $cert_file, client-key: $f/ec.key" >"$scratch/k"
	begin_sides
	add_pair prod "kubeconfig: $scratch/k" "$(ordinary)"
	while IFS='~' read -r name authority client says; do
		$authority >"$ca_file"
		$client >"$cert_file"
		run_check
		check "the end of $(trim "$name")" warns_only_of "$(eval "echo '$(trim "$says")'" | sed "s#\$ca_file#$ca_file#; s#\$cert_file#$cert_file#")"
	done < <(of_ends)
	# While a daemon runs: once, when it comes into the 30 days.
	lasting 31 >"$cert_file"
	cp "$ca" "$ca_file"
	start_daemon
	check "31 days: not said at the start" eval '! grep -q "within 30 days" "$log"'
	lever now_ns $(($(lever now_ns) + 25 * 3600 * 1000000000))
	check "30 days: said" eventually logged "client certificate has expired or expires within 30 days.*CN=lasts 31 expires"
	lever now_ns $(($(lever now_ns) + 3600 * 1000000000))
	polled 2 $two
	check "30 days: said once" [ "$(grep -c 'within 30 days' "$log")" -eq 1 ]
	stop_daemon
}

# What TLS refuses names the file, too.
refused_by_tls() {
	start_asking -Verify 1 -verify_return_error
	begin_sides
	server=$asking kubeconfig_of "certificate-authority: $f/ours.crt" "client-certificate: $f/stranger.crt, client-key: $f/stranger.key" >"$scratch/k"
	add_pair prod "kubeconfig: $scratch/k" "kubeconfig: $sim/kubeconfig, context: $two, ca_file: $f/ours.crt"
	start_daemon
	check "a stranger's certificate: its file is named" eventually logged "source=nodes pair=prod side=primary reason=tls error=.* alert .*; client certificate: $f/stranger.crt\""
	check "another CA: its file is named" eventually logged "source=nodes pair=prod side=secondary reason=tls error=.*certificate.*; CA: $f/ours.crt\""
	stop_daemon
}

start_sim
[ -n "$(command -v kubectl)" ] || skip "the files are not given to kubectl, which is not installed"
prepare
start_asking -verify 1 # and lets everybody in
with_check
live
plugins
refused_by_tls
ends
finish
