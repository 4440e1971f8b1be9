# Sourced behind lib.sh: real lists of the simulator, for bodies that none of its faults has.

url_of() { curl -sS -f "$control/stats" | jq -r --arg t "$1" '.[$t].url'; }
# list_of CLOUDSPACE PATH
list_of() {
	curl -sS -f --cacert "$sim/ca.crt" -H "Authorization: Bearer $(cat "$sim/$1.token")" -A lists "$(url_of "$1")$2"
}
# spot_list PLURAL
spot_list() {
	local bearer
	bearer=$(curl -sS -f --cacert "$sim/ca.crt" -d grant_type=refresh_token -d client_id=mwG3lUMV8KyeMqHe4fJ5Bb3nM1vBvRNa \
		-d "refresh_token=$(cat "$sim/spot-refresh-token")" "$(url_of auth)/oauth/token" | jq -r .id_token)
	curl -sS -f --cacert "$sim/ca.crt" -H "Authorization: Bearer $bearer" -A lists "$(url_of spot)$spot_namespace/$1"
}
readonly spot_namespace=/apis/ngpc.rxt.io/v1/namespaces/org-abcdefgh12345678
