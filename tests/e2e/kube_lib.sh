# Sourced behind lib.sh by what needs a real Kubernetes API server: starts etcd and kube-apiserver, which are on PATH.
kube=$scratch/kube
issuer=https://kubernetes.default.svc
mkdir "$kube"

# Ports that nobody listens on just now.
free_port() {
	local port
	until port=$((20000 + RANDOM % 10000)) && ! (: <"/dev/tcp/127.0.0.1/$port") 2>"$scratch/port"; do :; done
	echo "$port"
}

# certificate NAME SUBJECT [OPENSSL_ARGUMENT]...: signed by the authority, except its own.
certificate() {
	local by=(-CA "$kube/ca.crt" -CAkey "$kube/ca.key" -addext basicConstraints=CA:FALSE)
	[ "$1" != ca ] || by=()
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 2 -subj "$2" "${by[@]}" \
		"${@:3}" -keyout "$kube/$1.key" -out "$kube/$1.crt" 2>"$scratch/openssl" ||
		give_up "no certificate" "$scratch/openssl"
}

start_etcd() {
	local client=http://127.0.0.1:$1 peer=http://127.0.0.1:$2
	etcd --data-dir "$kube/etcd" --listen-client-urls "$client" --advertise-client-urls "$client" \
		--listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "default=$peer" \
		>"$scratch/etcd.log" 2>&1 &
	servers+=($!)
	until_true curl -fs -o "$scratch/health" "$client/health" || give_up "etcd does not start" "$scratch/etcd.log"
}

# There are no controllers and no kubelets here: nothing makes service accounts, nor endpoints, nor taints.
start_apiserver() {
	kube-apiserver --etcd-servers="http://127.0.0.1:$etcd_port" --bind-address=127.0.0.1 --secure-port="$port" \
		--tls-cert-file="$kube/server.crt" --tls-private-key-file="$kube/server.key" \
		--client-ca-file="$kube/ca.crt" --authorization-mode=RBAC \
		--service-account-issuer="$issuer" --service-account-key-file="$kube/sa.pub" \
		--service-account-signing-key-file="$kube/sa.key" --service-cluster-ip-range=10.0.0.0/24 \
		--disable-admission-plugins=ServiceAccount,TaintNodesByCondition --endpoint-reconciler-type=none \
		>>"$scratch/apiserver.log" 2>&1 &
	apiserver=$!
	servers+=("$apiserver")
	until_true is_serving || give_up "kube-apiserver does not start" "$scratch/apiserver.log"
}
is_serving() { k get --raw /readyz >"$scratch/ready" 2>&1; }
stop_apiserver() {
	kill -TERM "$apiserver"
	until_true is_gone "$apiserver" || { kill -KILL "$apiserver"; until_true is_gone "$apiserver"; }
}
k() { kubectl --kubeconfig="$kube/admin.yaml" "$@"; }

# kubeconfig_of FILE USER
kubeconfig_of() {
	cat >"$1.new" <<-END_OF_FILE
		apiVersion: v1
		kind: Config
		clusters: [{name: c, cluster: {server: 'https://127.0.0.1:$port', certificate-authority: $kube/ca.crt}}]
		users: [{name: u, user: {$2}}]
		contexts: [{name: x, context: {cluster: c, user: u}}]
		current-context: x
	END_OF_FILE
	mv "$1.new" "$1"
}

# prepare_kube: ports, certificates and the administrator's kubeconfig.
prepare_kube() {
	port=$(free_port) etcd_port=$(free_port)
	certificate ca /CN=authority
	certificate server /CN=kube-apiserver -addext subjectAltName=IP:127.0.0.1,DNS:localhost
	certificate admin /O=system:masters/CN=admin
	openssl genrsa -out "$kube/sa.key" 2048 2>"$scratch/openssl" &&
		openssl rsa -in "$kube/sa.key" -pubout -out "$kube/sa.pub" 2>"$scratch/openssl" ||
		give_up "no key for service accounts" "$scratch/openssl"
	kubeconfig_of "$kube/admin.yaml" "client-certificate: $kube/admin.crt, client-key: $kube/admin.key"
}
