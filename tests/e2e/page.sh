#!/bin/bash
# The status page in a browser: what a person must find on it in every state, that it asks for nothing, breaks
# no policy, needs no sideways scrolling at 320 px, and can be read in light and dark.
# SCREENSHOTS=FOLDER keeps pictures of every state, for people to look at.
# usage: page.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"
require chromium openssl
fast+=('inventory_interval: 300ms' 'pod_interval: 300ms')

# browse SIZE OPTION...: what the browser says of itself goes to $scratch/console. It gives up by itself.
browse() {
	local size=$1
	shift
	timeout "$patience" chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run --hide-scrollbars \
		--disable-background-networking --disable-component-update --disable-sync --disable-extensions \
		--enable-logging=stderr --user-data-dir="$scratch/browser" --window-size="$size" "$@" 2>"$scratch/console"
}
readonly light=--blink-settings=preferredColorScheme=1 dark=--blink-settings=preferredColorScheme=0

path= # below the page's own
# The text of a page as a person reads it: without markup, in one line.
words() { sed -z 's/<style>.*<\/style>//; s/<[^>]*>//g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g; s/[ \n]\+/ /g' "$@"; }
served() { "$asker" get "$url/$path" | words; }
page_says() {
	served >"$scratch/served"
	[[ $(<"$scratch/served") == *"$1"* ]] || { cat "$scratch/served"; false; }
}
finds() { words "$scratch/dom" | grep -qF -- "$1" || { words "$scratch/dom"; false; }; }
lacks() { for text; do ! finds "$text" || return; done; }
refuses() { [ "$(curl -sS -o "$scratch/refusal" -w '%{http_code}' "$url/$path")" = "$1" ] && grep -qF -- "$2" "$scratch/refusal"; }
console_is_silent() { ! grep -E 'CONSOLE|Refused|Content.Security|Uncaught' "$scratch/console"; }

# in_browser NAME TEXT...: the page that a browser has shows every text, and nothing to complain about.
in_browser() {
	local name=$1 text
	shift
	for text; do until_true page_says "$text" >"$scratch/wait" || break; done
	browse 1600,1000 --dump-dom "$url/$path" >"$scratch/dom"
	for text; do check "$name: \"$text\"" finds "$text"; done
	check "$name: the browser has nothing to complain about" console_is_silent
	[ -z "${SCREENSHOTS-}" ] || pictures "${name// /-}"
}
pictures() {
	mkdir -p "$SCREENSHOTS"
	browse 1920,1080 $light --screenshot="$SCREENSHOTS/$1-wall-light.png" "$url/$path"
	browse 1920,1080 $dark --screenshot="$SCREENSHOTS/$1-wall-dark.png" "$url/$path"
	browse 320,2300 $light --screenshot="$SCREENSHOTS/$1-phone-light.png" "$url/$path"
	browse 1920,2400 $light --screenshot="$SCREENSHOTS/$1-whole.png" "$url/$path"
	browse 320,2300 $dark --screenshot="$SCREENSHOTS/$1-phone-dark.png" "$url/$path"
}

# The page's own policy forbids the ruler, so it is laid at a copy; in a frame, since a window may not be as narrow. All
# copies are measured together at the end: to start a browser takes more than to measure a page.
ruler() {
	cat <<-'END'
		<script>
		const channels = c => (c.match(/[\d.]+/g) || []).map(Number)
		const luminance = c => { const [r, g, b] = channels(c).map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
			return .2126 * r + .7152 * g + .0722 * b }
		const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor
			if (channels(c)[3] !== 0) return c } return 'rgb(255, 255, 255)' }
		const found = []
		if (document.documentElement.scrollWidth > innerWidth) found.push('sideways: ' + document.documentElement.scrollWidth + ' > ' + innerWidth)
		const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
		let texts = 0
		for (let n; n = walker.nextNode();) {
			const e = n.parentElement
			if (!n.data.trim() || e.tagName === 'SCRIPT') continue
			texts++
			const a = luminance(getComputedStyle(e).color), b = luminance(ground(e))
			const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05)
			if (contrast < 4.5) found.push('contrast ' + contrast.toFixed(2) + ': ' + n.data)
			const box = e.getBoundingClientRect()
			if (box.right > innerWidth + 1) found.push('cut off: ' + n.data)
		}
		parent.postMessage(name + ': measured ' + texts + ' texts at ' + innerWidth + ' px on ' + getComputedStyle(document.body).backgroundColor + '; ' + (found.join('; ') || 'nothing wrong') + '.', '*')
		</script>
	END
}
copies=()
measure() { # NAME
	copies+=("$1")
	{ "$asker" get "$url/$path" | sed '/http-equiv="refresh"/d'; ruler; } >"$scratch/copy-${#copies[@]}.html"
}
# lay_ruler WIDTH OPTION...: at every copy; $scratch/measured has a line for each.
lay_ruler() {
	local i
	{
		echo '<meta name="color-scheme" content="light dark"><script>const said = [""]; onmessage = e => { said.push(e.data)'
		echo "if (said.length > ${#copies[@]}) document.body.textContent = said.join('@') }</script>"
		for ((i = 1; i <= ${#copies[@]}; i++)); do
			echo "<iframe name='${copies[i - 1]}' src='copy-$i.html' width='$1' height='800' style='border:0'></iframe>"
		done
	} >"$scratch/frames.html"
	browse 3900,2160 "${@:2}" --virtual-time-budget=5000 --dump-dom "file://$scratch/frames.html" | words | tr @ '\n' >"$scratch/measured"
}
measured() { # NAME WIDTH
	grep -qE "^ *$1: measured [1-9][0-9]+ texts at $2 px on .*; nothing wrong\." "$scratch/measured" || { cat "$scratch/measured"; false; }
}
ground() { sed -nE "s/^ *$1: .* (rgb\([^)]*\)).*/\1/p" "$scratch/measured"; }
measure_all() {
	local name light_grounds=()
	lay_ruler 320 $light
	for name in "${copies[@]}"; do
		check "$name, 320 px: no sideways scrolling, contrast in light" measured "$name" 320
		light_grounds+=("$(ground "$name")")
	done
	lay_ruler 320 $dark
	for name in "${copies[@]}"; do
		check "$name, 320 px: the same in dark" measured "$name" 320
		check "$name: dark is another ground than light" test "$(ground "$name")" != "${light_grounds[0]}"
		light_grounds=("${light_grounds[@]:1}")
	done
	lay_ruler 3840 $light
	for name in "${copies[@]}"; do check "$name, wall screen: nothing is cut off" measured "$name" 3840; done
}

edit_config() { sed -E "$1" "$config" >"$config.new" && mv "$config.new" "$config"; }
maintain() {
	curl -sS -f --max-time 60 -o "$scratch/order" -G -X POST --unix-socket "$socket" http://hawatch/api/v1/maintenance "$@"
}
style_hash() {
	"$asker" get "$url/$path" | tr -d '\n' | sed 's/.*<style>//; s/<\/style>.*//' | openssl dgst -sha256 -binary | base64
}
policy() { curl -sS -f -o /dev/null -D - "$url/$path" | sed -n 's/^Content-Security-Policy: *//ip' | tr -d '\r'; }
is_strict() { policy | grep -F "default-src 'none'" | grep -F "style-src 'sha256-$(style_hash)'" && ! policy | grep unsafe; }

anchors_are_there() {
	"$asker" get "$url/runbook" >"$scratch/runbook"
	grep -ohE 'runbook\.md#[a-z_-]+' config/prometheus/*.yml | sort -u | sed 's/.*#//' >"$scratch/anchors"
	[ -s "$scratch/anchors" ] || return
	while read -r anchor; do grep -qF "id=\"$anchor\"" "$scratch/runbook" || { echo "no $anchor"; return 1; }; done <"$scratch/anchors"
}

start_sim --pairs=2
cp "$config" "$config.as_made"
edit_config '/^  - name: prod-2$/,$ { s/^  - name: prod-2$/    extra:/; s/^    primary: /      - /; /^    secondary: /d; }'
edit_config '/^spot:/a\  status_page_url: https://status.example/spot'
printf 'links:\n  grafana_url: https://grafana.example/d/1\n  alertmanager_url: https://alerts.example\n' >>"$config"
start_daemon
reaches "the page" ACTIVE
play $one busy=3 idle=2
in_browser ACTIVE "ACTIVE" "Both cloudspaces are UP." "CI runs on the primary, the secondary and the extra-1: 30 nodes" "10 available, 10 ready of 10" "3 busy, 2 idle" "listener running, controller ready" \
	"4 of 4 healthy" "matchpoint-runners-3" "UNKNOWN → ACTIVE" "Spot token" "cloudspaces" "Rackspace Spot's status page" "since 20"
check "the links are of this pair" grep -q 'href="https://grafana.example/d/1?var-pair=prod".*href="https://alerts.example/#/alerts?filter=%7Bpair%3D%22prod%22%7D"' "$scratch/dom"
check "the title says it first" grep -qF "<title>ACTIVE prod - hawatch</title>" "$scratch/dom"
check "it reads itself anew" grep -qF 'http-equiv="refresh" content="5"' "$scratch/dom"
check "the policy allows this one style and nothing else" is_strict

path=runbook
in_browser "runbook" "With the names of pair prod." "BLOCKED_BOTH_UNAVAILABLE" "hawatch explain" "HACloudspaceDown"
measure "runbook"
path=
check "every anchor that an alert links is one of the runbook" anchors_are_there
is_svg() { curl -sS -f -D "$scratch/head" -o "$scratch/svg" "$url/$1" && grep -qi '^content-type: image/svg+xml' "$scratch/head" && grep -qF -- "$2" "$scratch/svg"; }
check "the badge says the status" is_svg 'badge.svg?pair=prod' '<title>prod: ACTIVE</title>'
check "the badge says the availability, where it is known" is_svg 'badge.svg?pair=prod&window=30d' '<title>prod 30d: not known</title>'
path='badge.svg?pair=prod&window=1y'
check "a window that is not kept is an error" refuses 400 "window: expected 24h, 7d, 30d or 90d"
path=
check "the icon has the colour of the worst status" is_svg favicon '#00629b'

play $two nodes=0
reaches "secondary lost" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
in_browser "secondary lost" BLOCKED_SECONDARY_UNAVAILABLE "✗ BLOCKED" "matchpoint-runners-2 (secondary) is DOWN: the Kubernetes API answers" \
	"CI runs on the primary and the extra-1: 20 nodes" "P1: on-call, within 30 minutes" "What to do first" \
	"hawatch runners primary" "compare the bid with the market price" \
	"the cluster has no nodes" "0 available" "UP → DOWN (no_capacity)" "ACTIVE → BLOCKED_SECONDARY_UNAVAILABLE"
check "secondary lost: it tells of its own cause only" lacks "a person cordoned" "imbalance" "constraining side"
check "secondary lost: the title says it first" grep -qF "<title>BLOCKED_SECONDARY_UNAVAILABLE prod" "$scratch/dom"
measure "secondary lost"
play $one fault=refuse
reaches "both lost" BLOCKED_BOTH_UNAVAILABLE DOWN/unreachable DOWN/no_capacity
in_browser "both lost" BLOCKED_BOTH_UNAVAILABLE "✗✗ BLOCKED" "matchpoint-runners (primary) is DOWN" "nodes: connection failed, last OK" "blocked since" "Last incident: BLOCKED_BOTH_UNAVAILABLE, began" \
	"P0: on-call and management, immediately" "facts about the primary are unknown: its API server accepts no connection"
play $two nodes=10
reaches "primary lost" BLOCKED_PRIMARY_UNAVAILABLE DOWN/unreachable UP/serving
in_browser "primary lost" BLOCKED_PRIMARY_UNAVAILABLE "✗ BLOCKED" "the Kubernetes API does not answer"
play $one fault=none
reaches "both again" ACTIVE

lever step_ns 2000000 # a minute is one of the machine's, until it is read
play $two first_ready=off phase=Provisioning age_s=2040
reaches "new cloudspace" BLOCKED_SECONDARY_UNAVAILABLE UP/serving PROVISIONING/provisioning
in_browser "new cloudspace" "… PROVISIONING" "34 min of the usual 50-60, ready about " "provisioning for 34 min; 50-60 is usual" "Provisioning" \
	"As planned: it is being built, and is on time; wait, and do not run terragrunt apply."
check "new cloudspace: the banner is not that of an outage" grep -q 'class="verdict wait"' "$scratch/dom"
play $two age_s=9000
in_browser "stuck cloudspace" "150 min of the usual 50-60, stuck: was to be ready about "
check "stuck cloudspace: the banner is that of an outage" grep -q 'class="verdict bad"' "$scratch/dom"
lever step_ns 20000000
measure "stuck cloudspace"
play $two first_ready=on phase=Ready
reaches "built" ACTIVE

play $two phase=Error health=Unhealthy reason=ControlPlaneFailure
reaches "degraded" ACTIVE UP/serving UP/spot_error
in_browser "degraded" "! UP, degraded" "degraded: nodes take work, but Spot reports an error" "Error, Unhealthy: ControlPlaneFailure"
play $two phase=Ready health=Healthy reason=
reaches "mended" ACTIVE

lever step_ns 2000000
check "a window is declared" maintain -d side=primary -d action=begin -d for_seconds=7200 --data-urlencode 'reason=<b>kernel</b> & more'
play $one cordoned=all busy=0
reaches "cordoned" BLOCKED_PRIMARY_UNAVAILABLE MAINTENANCE/cordoned UP/serving
in_browser "maintenance" "= MAINTENANCE" "declared, ends in 1 h 59 min: <b>kernel</b> & more" "drained: no job runs" "10 cordoned" \
	"As planned: declared maintenance" "none → declared: <b>kernel</b> & more"
lever step_ns 20000000
check "the window ends" maintain -d side=primary -d action=end
play $one cordoned=none
reaches "uncordoned" ACTIVE

play $one listener=off app_sync=OutOfSync app_health=Degraded failed=2 starting=1
play $two crds=none max=16 token=good
in_browser "trouble inside" "; new jobs may not start on the primary" "no listener: takes no jobs" "3 of 4 healthy" "OutOfSync, Degraded" "2 failed" "1 starting"
measure "trouble inside"
play $one listener=on app_sync=Synced app_health=Healthy failed=0 starting=0
play $two crds=good

play spot fault=refuse
play auth fault=refuse
play '*' fault=refuse
reaches "blind" UNKNOWN UNKNOWN/no_evidence UNKNOWN/no_evidence
in_browser "blind" "? UNKNOWN" "no source has confirmed a verdict" "nodes: connection failed, last OK" "cloudspaces: connection failed, last OK" \
	"6 facts about the secondary are unknown: its API server accepts no connection (nodes, runners, pods, listener, controller, apps)" \
	"It is not known whether CI runs" "P1: on-call"
play spot fault=none
play auth fault=none
play '*' fault=none
reaches "it sees again" ACTIVE

sed 's/^  - name: prod$/&\n    enabled: false/' "$config.as_made" >"$config"
reload
reaches "disabled" DISABLED
pair=prod-2 reaches "the second pair" ACTIVE
in_browser "several pairs" "prod – DISABLED" "prod-2 ✓ ACTIVE"
check "several pairs: the title counts them" grep -qF "<title>1 DISABLED, 1 ACTIVE - hawatch</title>" "$scratch/dom"
measure "several pairs"
path='?pair=prod'
in_browser "one of several" "– DISABLED" "HA is disabled in the configuration." "All 2 pairs" "hawatch status --pair prod"
measure "one of several"
path='?pair=prod-9'
check "a pair that is not there is no page" refuses 404 "no such pair; the pairs are prod, prod-2"
check "SIGTERM ends it, exit status 0" stop_daemon

# An inventory round fails in an outage of a minute; the next one does not wait for the end of its own minute.
path=
sed 's/inventory_interval: .*/inventory_interval: 1m/' "$config.as_made" >"$config"
start_daemon
path='?pair=prod'
until_true page_says "nodes: OK 0 s ago; inventory: OK" >"$scratch/wait"
play $one fault=refuse
reaches "an outage" BLOCKED_PRIMARY_UNAVAILABLE DOWN/unreachable UP/serving
at_pace 200000000 let_pass 60000
check "its inventory has failed" at_pace 200000000 eventually page_says "facts about the primary are unknown: its API server accepts no connection"
recovered_ms=$(($(lever now_ns) / 1000000))
play $one fault=none
reaches "recovered" ACTIVE
is_clean() { ! served | grep -qE 'accepts no connection|connection failed|Failed to connect'; }
check "recovered: the failure of the outage stands no longer beside it" eventually is_clean
check "recovered: its inventory was read at once" [ $(($(lever now_ns) / 1000000 - recovered_ms)) -lt 10000 ]
check "it ends" stop_daemon
measure_all
finish
