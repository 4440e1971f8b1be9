# Sourced by the tests with a real Prometheus and a real Alertmanager, behind lib.sh.
require prometheus prometheus-alertmanager promtool amtool

# Time is the machine's here, so nothing that the daemon holds against a side comes of a slow one.
fast=('interval: 500ms' 'spot_interval: 500ms' 'confirm_interval: 200ms' 'timeout: 60s'
	'unreachable_for: 70s' 'stale_after: 5m')

folder=$scratch/prometheus

# As shipped, but for addresses, intervals and how long a page is held ($held); how long an alert waits (`for`) is the
# rules' own. A scrape may take as long as its interval, and no more.
configure() {
	mkdir "$folder"
	cp config/prometheus/*.rules.yml "$folder"
	sed -Ei "s/^( *interval: )[0-9]+s/\11s/; s/keep_firing_for: 5m/keep_firing_for: ${held:-10s}/" "$folder"/*.rules.yml
	sed -E "s/(scrape_interval: )15s/\15s/; s/(evaluation_interval: )15s/\11s/; s/127\.0\.0\.1:9093/${alertmanager#http://}/
		s/127\.0\.0\.1:29164/${url#http://}/" config/prometheus/prometheus.yml >"$folder/prometheus.yml"
	check "the daemon and the Alertmanager are in prometheus.yml" \
		[ "$(grep -cF -e "'${url#http://}'" -e "'${alertmanager#http://}'" "$folder/prometheus.yml")" -eq 2 ]
	check "promtool check config" promtool check config "$folder/prometheus.yml"
}
configure_alertmanager() {
	sed -E "s,http://127\.0\.0\.1:29199/.*,$control/webhook,; s/(group_(wait|interval): ).*/\11s/" \
		config/alertmanager/alertmanager.yml >"$scratch/alertmanager.yml"
	check "amtool check-config" amtool check-config "$scratch/alertmanager.yml"
}

# query PROMQL: the answer's samples as "LABEL... VALUE", the metric's name left out.
query() {
	curl -sS -f -G "$prometheus/api/v1/query" --data-urlencode "query=$1" |
		jq -r '.data.result[] | (.metric | del(.__name__, .instance, .job) | to_entries | sort_by(.key) | map(.value))
			+ [.value[1]] | join(" ")'
}
answers() {
	local found
	found=$(query "$1")
	[ "$found" = "$2" ] || { echo "$1: $found, expected $2"; false; }
}
# told NAME STATUS: by a query, at once and by the recording rule.
told() {
	check "$1: ha_status == 1 answers $2" eventually answers 'ha_status == 1' "$2 prod 1"
	check "$1: the recorded pair:ha_status:max as well" eventually answers 'pair:ha_status:max == 1' "$2 prod 1"
}

# page STATUS ALERTNAME JQ_CONDITION: waits for it.
page() {
	curl -sS -f -o "$scratch/page" "$control/pages/wait?status=$1&alertname=$2&timeout_ms=$((patience * 1000))" &&
		jq -e "$3" "$scratch/page"
}

# served VARIABLE LOG COMMAND...: starts it and leaves its URL there; $url stays the daemon's.
served() {
	local own=$url
	serve "${@:2}" || give_up "$3 does not start" "$2"
	printf -v "$1" %s "$url"
	url=$own
}

# start_prometheus OPTION...: on the same data as before, if there are some. Sets $prometheus and $prometheus_pid.
start_prometheus() {
	served prometheus "$scratch/prometheus.log" prometheus \
		--config.file="$folder/prometheus.yml" --storage.tsdb.path="$folder/data" "$@"
	prometheus_pid=${servers[-1]}
}

# start_all OPTION...: the simulator, the daemon, Alertmanager, and Prometheus with these options.
start_all() {
	start_sim
	start_daemon
	reaches "the daemon" ACTIVE
	configure_alertmanager
	served alertmanager "$scratch/alertmanager.log" prometheus-alertmanager \
		--config.file="$scratch/alertmanager.yml" --storage.path="$scratch/alertmanager" --cluster.listen-address=
	configure
	start_prometheus "$@"
}
