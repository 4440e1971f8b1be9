#!/bin/bash
# What a newcomer types on a machine that has just got the package: a first configuration from what Spot lists, then what
# the probe says is wrong is mended, then the pair is ACTIVE. The simulator is Spot and both clusters.
# usage: newcomer.sh SIMULATOR
set -eu -o pipefail
sim=/root/sim one=matchpoint-runners two=matchpoint-runners-2
as_hawatch=(setpriv --reuid=hawatch --regid=hawatch --init-groups --inh-caps=-all --no-new-privs)

step() { printf '%3d s  --- %s\n' "$SECONDS" "$*"; }
fail() {
	echo "$*" >&2
	exit 1
}
until_true() {
	local end=$((SECONDS + 120))
	until "$@"; do
		[ $SECONDS -lt $end ] || fail "never: $*"
		sleep 0.1
	done
}
play() { # QUERY: of the simulator's control endpoint
	local url
	url=$(cat $sim/control.url)
	exec 3<>"/dev/tcp/${url:7:9}/${url##*:}"
	printf 'POST /set?%s HTTP/1.0\r\n\r\n' "$1" >&3
	read -r <&3
	[[ $REPLY == *' 200 '* ]] || fail "$REPLY"
	exec 3>&-
}
probe() { "${as_hawatch[@]}" hawatchd --config.probe | tee /root/probe; }
# The probe names what is wrong, and the remedy.
says() { grep -qE -- "$1" /root/probe || fail "the probe does not say: $1"; }

"$1" --dir $sim --poll 'interval: 1s' &
simulator=$!
trap 'kill $simulator' EXIT
until_true [ -s $sim/control.url ]
play "target=$one&fault=status:403&on=/apis/argoproj.io"
# At Rackspace itself, the URLs and the CA are the defaults.
SPOT_BASE_URL=$(sed -n 's/.*api_url: //p' $sim/hawatch.yaml)
SPOT_AUTH_URL=$(sed -n 's/.*auth_url: //p' $sim/hawatch.yaml)
export SPOT_BASE_URL SPOT_AUTH_URL

step "the refresh token, and the configuration from what Spot lists"
cd /etc/hawatch
install -m 640 -g hawatch $sim/spot-refresh-token spot-token
install -m 644 $sim/ca.crt spot-ca.crt
hawatchd --config.init --config.init.token-file=spot-token --config.init.ca-file=spot-ca.crt
unset SPOT_BASE_URL SPOT_AUTH_URL
chgrp hawatch hawatch.yaml
cat hawatch.yaml

step "the kubeconfig; one of its two tokens is wrong"
sed "s|$sim/||" $sim/kubeconfig >kubeconfig
cp $sim/$one.token $one.token
echo of-a-cluster-that-was >$two.token
chgrp hawatch kubeconfig ./*.token
chmod 640 kubeconfig ./*.token
"${as_hawatch[@]}" hawatchd --config.check

step "the probe"
if probe; then fail "the probe found nothing"; fi
says '^ *FAIL +credential'
says '^ *warn +applications'

step "the token is mended, and the right is granted"
cp $sim/$two.token $two.token
play "target=$one&fault=none"
probe || fail "the probe still finds something"

step "the daemon"
install -d -o hawatch -g hawatch -m 750 /run/hawatch
"${as_hawatch[@]}" hawatchd &
daemon=$!
until_true [ -S /run/hawatch/control.sock ]
hawatch wait active --timeout 5m
hawatch status -o table
step "ACTIVE"
kill $daemon
wait $daemon
