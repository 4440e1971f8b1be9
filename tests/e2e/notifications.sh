#!/bin/bash
# The texts of config/alertmanager: of each alert of the rules as a real Prometheus fires it, and of what may come
# from outside, rendered by the real amtool; and every receiver, by the real Alertmanager.
# TEXTS=FOLDER keeps all texts, for people to look at.
# usage: notifications.sh
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/e2e/checks.sh
. tests/e2e/alerts.sh
require amtool prometheus prometheus-alertmanager jq curl

texts=${TEXTS:-$scratch/texts}
golden=tests/golden/alertmanager

# ---- Each alert fires, in a real Prometheus, with the labels that its texts name.
firing_rules() {
	jq -s '
		def with_labels($labels): reduce ($labels | to_entries[]) as $it
			("vector(1)"; "label_replace(\(.), \"\($it.key)\", \"\($it.value)\", \"\", \"\")");
		def recorded($name; $labels): {record: $name, expr: with_labels($labels)};
		{pair: "prod", side: "secondary", region: "us-central-dfw-1", source: "nodes", job: "hawatch",
			instance: "hawatch-1:29164", credential: "kubeconfig"} as $value
		| {groups: [{name: "all", interval: "1s", rules: ([
			recorded("pair_side:ha_cloudspace_name:max"; {pair: "prod", side: "primary", cloudspace: "matchpoint-runners"}),
			recorded("pair_side:ha_cloudspace_name:max"; {pair: "prod", side: "secondary", cloudspace: "matchpoint-runners-2"}),
			recorded("pair_side:ha_cloudspace_state:max"; {pair: "prod", side: "primary", ha_cloudspace_state: "UP"}),
			recorded("pair_side:ha_cloudspace_state:max"; {pair: "prod", side: "secondary", ha_cloudspace_state: "DOWN"})
		] + map({alert: .name, labels, annotations,
			expr: with_labels([.annotations[] | scan("\\$labels\\.([a-z_]+)")[0] | select($value[.]) | {(.): $value[.]}] | add // {})}))}]}' \
		"$scratch/alerts" >"$scratch/firing.yml"
	printf 'rule_files: [firing.yml]\n' >"$scratch/prometheus.yml"
}
fired() {
	curl -fsS "$url/api/v1/alerts" | jq -c '.data.alerts[] | select(.state == "firing") | {labels, annotations}' >"$scratch/fired"
	[ "$(wc -l <"$scratch/fired")" -eq "$(wc -l <"$scratch/alerts")" ] || return
	jq -cs 'unique_by(.labels.alertname)[]' "$scratch/fired" >"$scratch/firing"
}

# ---- Rendering.

# as_data: alerts from standard input, one a line, as one group of Alertmanager.
as_data() {
	jq -s '(map(.labels | to_entries) | reduce .[1:][] as $it (.[0]; . - (. - $it)) | from_entries) as $common
		| {receiver: "pager", status: (if any(.[]; .endsAt) and all(.[]; .endsAt) then "resolved" else "firing" end),
			externalURL: "https://alerts.example.com", commonLabels: $common,
			groupLabels: ($common | with_entries(select(.key
				| IN("alertname", "cluster", "environment", "namespace", "region", "pair", "side", "instance", "credential", "source")))),
			commonAnnotations: (map(.annotations | to_entries) | reduce .[1:][] as $it (.[0]; . - (. - $it)) | from_entries),
			alerts: map({status: (if .endsAt then "resolved" else "firing" end), startsAt: "2026-11-28T03:12:05.123Z"} + .)}'
}
# render FILE [GLOB...]: the data from standard input, title, body, Slack and e-mail, into the file.
render() {
	local file=$1 globs=()
	shift
	for glob in "${@:-config/alertmanager/*.tmpl}"; do globs+=(--template.glob="$glob"); done
	cat >"$scratch/data.json"
	{
		amtool template render "${globs[@]}" --template.data="$scratch/data.json" --template.text='{{ template "hawatch.title" . }}
{{ template "hawatch.body" . }}

--- Slack
{{ template "hawatch.slack" . }}

--- {{ template "hawatch.severity" . }}, Opsgenie {{ template "hawatch.opsgenie_priority" . }}, {{ template "hawatch.link" . }}
' && amtool template render "${globs[@]}" --template.data="$scratch/data.json" --template.type=html \
			--template.text='--- e-mail
{{ template "hawatch.html" . }}
'
	} >"$file"
}

# ---- What each text has to say.
says() { grep -qE -- "$1" "$file" || echo "not said: $1"; }
says_not() { ! grep -nE -- "$1" "$file"; }

# wrong_with NAME PRIORITY STATUS
wrong_with() {
	local file=$texts/$1.$3 title runbook
	title=$(head -n 1 "$file")
	runbook="https://[^ ]*#${1,,}"
	[ -n "$2" ] || set -- "$1" ALERT "$3"
	case $3 in
	firing)
		[[ $title == "$2 [prod]: "*. ]] || echo "the title is $title"
		[ "$2: $(sed -n 2p "$file")" = "${title/ \[prod\]/}" ] || echo "the body does not begin with what happened"
		says '^Since 2026-11-28 03:12:05 UTC\.$'
		says '^Who answers: .{8}'
		says '^Silence for two hours: https://alerts.example.com/#/silences/new\?filter=%7Balertname%3D%22'$1'%22'
		says '^<h3>'"$2"' \[prod\]: '
		;;
	resolved)
		[[ $title == "RESOLVED $2 [prod]. It was: "*. ]] || echo "the title is $title"
		says '^From 2026-11-28 03:12:05 UTC to 2026-11-28 03:40:00 UTC\.$'
		says_not 'First step|Still works|Silence'
		;;
	esac
	case $2-$3 in P[01]-firing)
		says '^Still works: .{8}'
		says '^First step: .{8}'
		[ ${#title} -le 130 ] || echo "Opsgenie cuts the title at 130 letters: $title"
		;;
	esac
	says "^Runbook: $runbook\$"
	says "<$runbook\\|Runbook>"
	says "<a href=\"$runbook\">Runbook</a>"
	says_not '<no value>|\{\{|%!|<!\[|ZgotmplZ'
}
each_alert() {
	local name priority status
	while IFS='|' read -r name priority; do
		jq -c --arg name "$name" 'select(.labels.alertname == $name) | .labels.environment = "prod"' "$scratch/firing" >"$scratch/one"
		as_data <"$scratch/one" | render "$texts/$name.firing"
		jq -c '.endsAt = "2026-11-28T03:40:00Z"' "$scratch/one" | as_data | render "$texts/$name.resolved"
		for status in firing resolved; do
			check "$name, $status" no_lines wrong_with "$name" "$priority" "$status"
		done
	done < <(jq -r '"\(.labels.alertname)|\(.labels.priority // "")"' "$scratch/firing")
}


# ---- Whole texts, compared with what somebody has looked at.

# golden NAME FILTER [GLOB...]: the alerts that jq's filter makes of a usual page.
golden() {
	local name=$1 filter=$2
	shift 2
	page | jq -c "$filter" | as_data | render "$texts/$name" "$@"
	check "$name: as in $golden" diff "$golden/$name" "$texts/$name"
}
page() {
	jq -nc '{labels: {alertname: "HACloudspaceDown", priority: "P1", severity: "critical", component: "ha", cluster: "eu-1",
			environment: "prod", pair: "ci", side: "secondary"},
		annotations: {summary: "Cloudspace runners-2 (secondary of pair ci) is unavailable.",
			works: "The primary takes all jobs, more slowly.", first_step: "Run `hawatch explain --pair ci`.",
			response: "Within 30 minutes: on-call.", description: "The secondary cloudspace of pair ci is DOWN (spot_error).",
			runbook_url: "https://example.com/runbook.md#hacloudspacedown", dashboard_url: "https://example.com/d/1?pair=ci&side=2"}}'
}
whole_texts() {
	golden one .
	golden resolved '.endsAt = "2026-11-28T03:40:00Z" | .labels.priority = "P0"'
	# The worst first, whatever the order; one resolved; of thirteen ten are listed.
	golden many 'range(14) as $n | .labels += {pair: "pair-\($n)", priority: "P\(3 - ([$n, 3] | min))"}
		| .annotations.summary = "Pair \($n) is down." | if $n == 2 then .endsAt = "2026-11-28T03:40:00Z" else . end'
	# Names from outside: markup, mentions, line breaks, a turned line, half a regular expression.
	golden hostile '"<!channel> <https://evil.example|x> & [a-\n\tb \u202ekcab\u0007 \"q\" + ?#%" as $evil | .labels.pair = $evil
		| .labels.environment = $evil | .annotations |= (map_values(. + $evil) | .runbook_url = "javascript:alert(1)>|\($evil)")'
	check "no outside text becomes Slack's markup" no_lines markup_in "$texts/hostile"
	golden bare '{labels: {}, annotations: {}}'
	golden foreign '{labels: {alertname: "Foreign", severity: "page", job: "node"}, annotations: {}}'
	page | jq -c '.annotations.description *= 10000' | as_data | render "$scratch/endless"
	check "a text without end is cut" test "$(wc -c <"$scratch/endless")" -lt 16000
	printf '{{ define "hawatch.site" }}\nStatus page: https://hawatch.{{ .CommonLabels.environment }}.example.com/{{ end }}' \
		>"$scratch/site.tmpl"
	golden site . 'config/alertmanager/*.tmpl' "$scratch/site.tmpl"
	golden site . "$scratch/site.tmpl" 'config/alertmanager/*.tmpl'
}
# Angle brackets in Slack's text that are not of our links.
markup_in() {
	sed -n '/^--- Slack/,/^--- critical/p' "$1" |
		sed -E 's/<[^<>|]*\|(Runbook|Dashboard|Silence for two hours)>//g' | grep '[<>]'
	true
}

# ---- The receivers, at a port where nobody listens: each has made its text, and has only nobody to send it to.
refused() {
	local integration
	for integration in pagerduty opsgenie slack email webhook; do
		grep "integration=$integration" "$scratch/receivers.log" | grep -q 'connection refused' || return
	done
}
receivers() {
	check "receivers.yml" amtool check-config config/alertmanager/receivers.yml
	cp config/alertmanager/*.tmpl "$scratch"
	printf key >"$scratch/key"
	printf http://127.0.0.1:1/ >"$scratch/url"
	sed -E "s,/etc/alertmanager/slack-url,$scratch/url,; s,/etc/alertmanager/.*,$scratch/key,; s,https://example.com,http://127.0.0.1:1,
		s,smtp.example.com:587,127.0.0.1:1,; s,^route:,global: {pagerduty_url: 'http://127.0.0.1:1'\, opsgenie_api_url: 'http://127.0.0.1:1'}\n&\n  group_wait: 0s," \
		config/alertmanager/receivers.yml >"$scratch/receivers.yml"
	check "Alertmanager takes the receivers" serve "$scratch/receivers.log" prometheus-alertmanager --cluster.listen-address= \
		--config.file="$scratch/receivers.yml" --storage.path="$scratch/receivers"
	page | jq -s . | curl -fsS -H 'Content-Type: application/json' --data-binary @- "$url/api/v2/alerts"
	check "each receiver would send" until_true refused
}

mkdir -p "$texts"
check "Prometheus loads the rules" load_rules
firing_rules
check "Prometheus takes them for firing" serve "$scratch/prometheus.log" prometheus \
	--config.file="$scratch/prometheus.yml" --storage.tsdb.path="$scratch/firing-data"
check "every alert fires" until_true fired
each_alert
whole_texts
receivers
finish
