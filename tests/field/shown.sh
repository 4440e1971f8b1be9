#!/bin/bash
# Text from outside: every member of every answer, with characters that terminals, browsers and parsers obey, and with
# words of 10 kB. Whatever comes, the log, the page, the metrics, the documents and the tables have no control byte, no
# invisible character, valid UTF-8 and lines of limited length; and the pair beside it is judged as before.
# usage: shown.sh [BUILD_FOLDER [representative]]    (representative: the short texts as one, as in `make test`)
set -u
. "$(dirname "$0")/../e2e/lib.sh"
. tests/e2e/cli_lib.sh
require iconv openssl

# The members. In a value @ stands for a tag, "f00" and so on, and the text; % for the same where it names an object, which
# is at most 253 characters long. The last column: where the tag must be found, or - where nobody shows it. The first pair
# is well. Of the second, matchpoint-runners-3 answers well, with these members, and matchpoint-runners-4 refuses. Nobody
# watches matchpoint-runners-5.
spot=/apis/ngpc.rxt.io/v1/namespaces/org-abcdefgh12345678
arc=/apis/actions.github.com/v1alpha1/namespaces
members=(
	# source: Spot, cloudspaces
	"spot $spot/cloudspaces /items/2/status/phase '@' log page api-cloudspaces pipe-cloudspaces"
	"spot $spot/cloudspaces /items/3/status/health '@' page api-cloudspaces pipe-cloudspaces"
	"spot $spot/cloudspaces /items/3/status/reason '@' page api-summary pipe-summary"
	"spot $spot/cloudspaces /items/3/spec/region '@' metrics openmetrics api-cloudspaces pipe-cloudspaces"
	"spot $spot/cloudspaces /items/2/status/APIServerEndpoint '@' -"
	"spot $spot/cloudspaces /items/2/status/conditions [{'type':'@','reason':'@','message':'@'}] -"
	"spot $spot/cloudspaces /items/4/metadata/name '%' -"
	# source: Spot, node pools
	"spot $spot/spotnodepools /items/2/status/bidStatus '@' log"
	"spot $spot/spotnodepools /items/2/spec/serverClass '@' -"
	"spot $spot/spotnodepools /items/2/spec/bidPrice '@' -"
	"spot $spot/spotnodepools /items/4/spec/cloudSpace '@' -"
	# source: Kubernetes, nodes and leases
	"matchpoint-runners-3 /api/v1/nodes /items/0/metadata/name '%' -"
	"matchpoint-runners-3 /api/v1/nodes /items/0/metadata/labels {'@':'@'} -"
	"matchpoint-runners-3 /api/v1/nodes /items/1/spec/taints [{'key':'@','value':'@','effect':'PreferNoSchedule'}] -"
	"matchpoint-runners-3 /api/v1/nodes /items/2/status/conditions/0 {'type':'@','status':'@','reason':'@','message':'@'} -"
	"matchpoint-runners-3 /api/v1/nodes /items/2/status/nodeInfo/kubeletVersion '@' -"
	"matchpoint-runners-3 /api/v1/nodes /items/2/status/images [{'names':['@']}] -"
	"matchpoint-runners-3 /apis/coordination.k8s.io /items/0/metadata/name '%' -"
	"matchpoint-runners-3 /apis/coordination.k8s.io /items/1/spec/holderIdentity '@' -"
	"matchpoint-runners-3 /api/v1/nodes @Date @ -"
	"matchpoint-runners-3 /api/v1/nodes @Warning @ -"
	# source: Kubernetes, pods and deployments
	"matchpoint-runners-3 /api/v1/namespaces/arc-runners/pods /items/0/metadata/name '%' -"
	"matchpoint-runners-3 /api/v1/namespaces/arc-runners/pods /items/1/status/phase '@' -"
	"matchpoint-runners-3 /api/v1/namespaces/arc-runners/pods /items/1/status/message '@' -"
	"matchpoint-runners-3 /api/v1/namespaces/arc-runners/pods /items/1/spec/containers/0/image '@' -"
	"matchpoint-runners-3 /api/v1/namespaces/arc-runners/pods /items/2/status/containerStatuses/0/state {'waiting':{'reason':'@','message':'@'}} -"
	"matchpoint-runners-3 /api/v1/pods /items/0/spec/nodeName '@' -"
	"matchpoint-runners-3 /apis/apps/v1 /items/0/metadata/name '%' -"
	# source: ARC
	"matchpoint-runners-3 $arc/arc-runners/ephemeralrunners\$ /items/0/metadata/name '%' -"
	"matchpoint-runners-3 $arc/arc-runners/ephemeralrunners\$ /items/1/status/phase '@' -"
	"matchpoint-runners-3 $arc/arc-runners/ephemeralrunners\$ /items/1/status/message '@' -"
	"matchpoint-runners-3 $arc/arc-runners/ephemeralrunners\$ /items/2/status/jobDisplayName '@' -"
	"matchpoint-runners-3 $arc/arc-runners/ephemeralrunnersets /items/1 {'metadata':{'name':'%'},'spec':{'replicas':1}} -"
	"matchpoint-runners-3 $arc/arc-runners/autoscalingrunnersets /items/1 {'metadata':{'name':'%'},'spec':{'maxRunners':3}} page api-runners pipe-runners api-check pipe-check"
	"matchpoint-runners-3 $arc/arc-runners/autoscalingrunnersets /items/2 {'metadata':{'name':'another','labels':{'app.kubernetes.io/version':'@'}}} api-runners pipe-runners"
	"matchpoint-runners-3 $arc/arc-systems/autoscalinglisteners /items/1 {'metadata':{'name':'%'},'spec':{'autoscalingRunnerSetName':'@'}} -"
	# source: ArgoCD
	"matchpoint-runners-3 /apis/argoproj.io /items/0 {'metadata':{'name':'%'},'status':{'health':{'status':'Degraded'}}} page api-apps pipe-apps api-check pipe-check plugin"
	"matchpoint-runners-3 /apis/argoproj.io /items/1/status/operationState/phase '@' api-apps pipe-apps"
	"matchpoint-runners-3 /apis/argoproj.io /items/2/status/sync/status '@' -"
	"matchpoint-runners-3 /apis/argoproj.io /items/2/status/health {'status':'@','message':'@'} -"
	"matchpoint-runners-3 /apis/argoproj.io /items/3/status/conditions [{'type':'@','message':'@'}] -"
	# source: Kubernetes, a refusal
	"matchpoint-runners-4 /apis/actions.github.com /message '@' log page api-runners pipe-runners api-check pipe-check plugin"
	"matchpoint-runners-4 /apis/argoproj.io /message '@' log page api-apps pipe-apps"
	"matchpoint-runners-4 /apis/coordination.k8s.io /reason '@' -"
	"matchpoint-runners-4 /apis/apps/v1 = @ log api-runners"
)

# Members that must be what they are, or their answer is not read: four rounds of them.
breaking_1=(
	"spot $spot/cloudspaces /kind '@' -"
	"spot $spot/spotnodepools /items/2/spec/desired '@' -"
	"matchpoint-runners-3 /api/v1/nodes /kind '@' -"
	"matchpoint-runners-3 /apis/argoproj.io /items/0/status/reconciledAt '@' -"
	"matchpoint-runners-3 /apis/coordination.k8s.io /items/0/spec/renewTime '@' -"
	"matchpoint-runners-4 /apis/argoproj.io @Content-Encoding @ -"
)
breaking_2=(
	"spot $spot/cloudspaces /metadata/continue '@' -"
	"matchpoint-runners-3 /api/v1/nodes /metadata/continue '@' -"
	"matchpoint-runners-3 /apis/argoproj.io /metadata/continue '@' -"
	"matchpoint-runners-3 $arc/arc-runners/ephemeralrunners\$ /items/0/metadata/name '@' -"
	"matchpoint-runners-4 /apis/argoproj.io /items {'@':'@'} -"
)
breaking_3=(
	"spot $spot/cloudspaces /items/2/metadata/creationTimestamp '@' -"
	"matchpoint-runners-3 /api/v1/nodes /items/0/metadata/name '@' -"
	"matchpoint-runners-3 /apis/argoproj.io /items/0/metadata/name '@' -"
	"matchpoint-runners-3 $arc/arc-runners/autoscalingrunnersets /items/0/metadata/name '@' -"
	"matchpoint-runners-4 /api/v1/nodes /items/0/status/allocatable {'cpu':'@'} -"
)
breaking_4=(
	"spot $spot/cloudspaces /items/2/metadata/name '@' -"
	"matchpoint-runners-3 /api/v1/nodes = @ log"
	"matchpoint-runners-4 /api/v1/nodes /items/0/status/conditions '@' -"
)
# What Spot and its token endpoint say when they refuse; its list of organizations.
refusing=(
	"spot $spot = @ log"
	"auth /oauth/token /error_description '@' log"
)
organizations=(
	"spot /apis/auth.ngpc.rxt.io /organizations/0 {'id':'org_x','name':'@','display_name':'@','metadata':{'namespace':'@'}} -"
	"spot /apis/auth.ngpc.rxt.io /organizations/1/id '@' -"
	"spot /apis/auth.ngpc.rxt.io /next '@' -"
)

# The texts: a name, the text in JSON, as bytes (without NUL and line ends), and, where these are too long, as a name.
long=$(printf '%010240d' 0)
times() { printf "%0$1d" 0 | sed "s/0/$2/g"; }
texts=(
	"ESC and BEL|\u001b[2J\u001b]0;owned\u0007|$(printf '\033[2J\033]0;owned\007')"
	"U+202E|\u202egnp.exe|$(printf '\342\200\256gnp.exe')"
	"a word of 10 kB|$long|$long|${long:0:200}"
	"C1|\u009b31m\u0085|$(printf '\302\23331m\302\205')"
	"10 kB of ESC|$(times 10240 '\\u001b')|$(printf '%010240d' 0 | tr 0 '\033')|$(times 200 '\\u001b')"
	"NUL|\u0000behind|behind"
	"half of a pair|\ud800a\udc00|$(printf '\355\240\200')"
	"line ends|\na\r\nb\tc\u2028d\u2029e|a b"
	"isolates, zero width, BOM|\u2066\u200b\ufeff\u00ad\u200f\u061c\u2060\u200d|$(printf '\342\201\246\342\200\213\357\273\277')"
	"tags, selectors, no characters|\udb40\udc41\ufe0f\uffff\ufdd0|$(printf '\363\240\201\201\357\270\217\357\277\277')"
	"a flood of marks|a$(times 500 '\\u0301')|a$(times 500 $'\xcc\x81')|a$(times 100 '\\u0301')"
	"HTML, quotes, formats|<script>\\\"'&\\\\%s%n\$(x)\`|<script>\"'&%s%n"
	"no UTF-8, raw ESC|$(printf 'a\377\303(\200\033[31m')|$(printf 'a\377\303(\200\033[31m')"
)
# The short ones, which are cleaned character by character, as one. The NUL is in the last.
at_once='all short texts' in_all='' bytes_of_all=''
for text in "${texts[@]}"; do
	IFS='|' read -r name in_json in_bytes in_name <<<"$text"
	[[ ${#in_json} -gt 200 || $name =~ ^(NUL|half|no) ]] || in_all+=$in_json bytes_of_all+=$in_bytes
done
few=("$at_once|$in_all\u0000behind|${bytes_of_all}behind" "${texts[2]}" "${texts[4]}" "${texts[6]}" "${texts[10]}" "${texts[12]}")
# An object whose name is no UTF-8 is not read, so of this one nothing need be seen.
unreadable='no UTF-8, raw ESC'

# write_edits MEMBERS TEXT BYTES NAME: the simulator's files, one for each target.
write_edits() {
	local -n rows=$1
	local LC_ALL=C n=0 row target path what value rest tag
	rm -f "$scratch"/edits-*
	for row in "${rows[@]}"; do
		read -r target path what value rest <<<"$row"
		printf -v tag 'f%02d' $n
		n=$((n + 1))
		case $what in
		/*) value=${value//\'/\"} value=${value//%/"$tag$4"} value=${value//@/"$tag$2"} ;;
		*) value=${value//@/"$tag$3"} ;;
		esac
		printf '%s %s %s\n' "$path" "$what" "$value" >>"$scratch/edits-$target"
	done
}

# What people and programs see, each in a file of $seen.
documents=(summary cloudspaces node-balance runners apps events check maintenance)
commands=(summary cloudspaces 'cloudspace primary' runners apps events check explain)
collect() {
	local name words
	# What is lost at the end of a command harms nobody, and to look for it takes half of its time. cli_canned looks.
	local -x ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0
	rm -rf "$seen" && mkdir "$seen" || return
	tail -c "+$((log_size + 1))" "$log" >"$seen/log"
	for name in metrics healthz readyz; do ask "$seen/$name" "$url/$name"; done
	ask "$seen/page" "$url/?pair=prod-2"
	for name in "" runbook favicon 'badge.svg?pair=prod-2'; do ask "$seen/at-${name%\?*}" "$url/$name"; done
	curl -sS --max-time 60 -o "$seen/openmetrics" -H 'Accept: application/openmetrics-text' "$url/metrics"
	for name in "${documents[@]}"; do ask "$seen/api-$name" "$url/api/v1/$name?pair=prod-2"; done
	for words in "${commands[@]}"; do
		name=${words// /-}
		# shellcheck disable=SC2046 # none or two words
		show "pipe-$name" $words $([ $name = explain ] || echo "-o table")
		# shellcheck disable=SC2086 # words
		on_terminal 80 $words --pair prod-2
		mv "$scratch/out" "$seen/terminal-$name"
	done
	show markdown events -o markdown
	show plugin check --plugin
	show wait wait active --timeout 1ms
	for name in "$seen"/*; do [ -s "$name" ] || [[ $name =~ /log$|err$ ]] || { echo "$name is empty"; return 1; }; done
}
ask() { "$asker" get "$2" >"$1" || [ $? -eq 22 ]; }
show() { "$hawatch" "${@:2}" --url "$url" --pair prod-2 >"$seen/$1" 2>"$seen/$1.err"; }

# What must hold of them. Each prints what is wrong.

controls=$(printf '[\001-\011\013-\037\177]')
invisible='[\x{80}-\x{9f}\x{ad}\x{61c}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}-\x{206f}\x{fdd0}-\x{fdef}\x{feff}\x{ffff}\x{e0000}-\x{e007f}]'
marks='(^|[^\pL\pN\pM?])\pM|\pM{4}'
# All at once, because each takes a process; for the name of a file that is not clean, one by one.
is_clean_text() {
	local file
	cat "$@" >"$scratch/all"
	[ -n "$(faults_of "$scratch/all")" ] || return 0
	for file; do faults_of "$file"; done
}
faults_of() {
	iconv -f UTF-8 -t UTF-8 "$1" >/dev/null || echo "$1: no UTF-8"
	{ LC_ALL=C grep -an "$controls" "$1"; grep -anP "\x00|$invisible|$marks" "$1"; } | head -n 3 | cut -c 1-200 | sed "s|^|$1: |"
}
# no_longer_than BYTES FILE...: the lines.
no_longer_than() { LC_ALL=C awk -v most="$1" 'length > most { print FILENAME ":" FNR ": " length " bytes" }' "${@:2}"; }
no_wider_than() {
	local file
	for file in "${@:2}"; do [ "$(wc -L <"$file")" -le "$1" ] || wc -L "$file"; done
}
has_short_texts() {
	local file
	for file; do jq -r --arg file "$file" '.. | strings | select(utf8bytelength > 1000) | "\($file): \(utf8bytelength) bytes"' "$file" || echo "$file"; done
}
has_no_markup() { ! grep -aon '<script[^<]*' "$seen/page" "$seen"/at-*; }
# Every tag is where its row says, so the test has sent what it says.
is_shown() { # MEMBERS
	local -n rows=$1
	local n=0 row rest place tag
	for row in "${rows[@]}"; do
		read -r _ _ _ _ rest <<<"$row"
		printf -v tag 'f%02d' $n
		n=$((n + 1))
		[ "$rest" != - ] || continue
		for place in $rest; do grep -aq "$tag" "$seen/$place" || echo "$tag of ${row:0:120} is not in $place"; done
	done
}

clean() {
	check "$1: valid UTF-8, no control bytes, nothing invisible" no_lines is_clean_text "$seen"/*
	check "$1: lines of the log" no_lines no_longer_than 4095 "$seen/log"
	check "$1: lines of metrics" no_lines no_longer_than 600 "$seen/metrics" "$seen/openmetrics"
	check "$1: tables of 80 columns" no_lines no_wider_than 80 "$seen"/terminal-*
	check "$1: texts of the documents" no_lines has_short_texts "$seen"/api-*
	check "$1: the page" no_lines no_longer_than 6000 "$seen/page"
	check "$1: no markup" has_no_markup
	check "$1: the other pair is judged as before" as_expected ACTIVE UP/serving UP/serving
	check "$1: and was never blocked" [ "$(sum ha_status_transitions_total pair=prod 'to=BLOCKED_[A-Z_]*')" -eq 0 ]
}

# Rounds of everything, begun from now on.
counters=('source=cloudspaces' 'source=nodepools' 'source=inventory pair=prod-2 side=primary' 'source=inventory pair=prod-2 side=secondary'
	'source=nodes pair=prod-2 side=primary')
counts() {
	local labels
	scrape || return
	(
		scrape() { :; }
		for labels in "${counters[@]}"; do
			# shellcheck disable=SC2086 # words
			value ha_polls_total $labels
		done
	)
}
have_passed() {
	local now i
	mapfile -t now < <(counts)
	for i in "${!before[@]}"; do [ $((now[i] - before[i])) -ge "$1" ] || return; done
}
rounds() {
	mapfile -t before < <(counts)
	eventually have_passed "$1"
}
is_all_read() { [ "$(sum ha_inventory_up pair=prod-2)" -eq 22 ]; }

# try_text NAME MEMBERS TEXT [SETTING]...: where SETTING is "TARGET KEY=VALUE..."
try_text() {
	local name=$1 text target setting in_json in_bytes in_name
	IFS='|' read -r text in_json in_bytes in_name <<<"$3"
	name+=", $text"
	log_size=$(stat -c %s "$log")
	write_edits "$2" "$in_json" "$in_bytes" "${in_name:-$in_json}"
	for target in "$scratch"/edits-*; do play "${target##*/edits-}" "edits=$target"; done
	for setting in "${@:4}"; do
		# shellcheck disable=SC2086 # words
		play $setting
	done
	check "$name: asked" rounds 8 # what is refused is not known after three, and the time that one waits for a health round
	check "$name: collected" collect
	clean "$name"
	[ "$text" = "$unreadable" ] || check "$name: shown" no_lines is_shown "$2"
	everybody fault=none edits=
	play auth token=good
	check "$name: over" eventually is_well
}
is_well() { rounds 1 && [ "$(sum ha_inventory_up pair=prod-2)" -eq 22 ] && [ "$(sum ha_up)" -eq 2 ]; }

# An answer of which the simulator cannot say every byte: the price file's, over HTTP, and a plugin's.
other_sources() {
	local text name in_json in_bytes in_name code
	start_canned
	sed "s/^  refresh_token_file:.*/&\n  organization: acme\n  price_url: $(sed 's|/|\\/|g' <<<"$url")\/api\/v1\/prices/" "$sim/hawatch.yaml" |
		sed "s|\(cloudspace: matchpoint-runners-3, kubeconfig:\) [^,]*|\1 $scratch/kubeconfig, allow_exec: true|; s/^poll:/&\n  price_interval: 200ms/" >"$config"
	sed "/^- name: matchpoint-runners-3$/,/^- name/{
		s|^    tokenFile:.*|    exec: {apiVersion: client.authentication.k8s.io/v1, command: $scratch/plugin, interactiveMode: Never}|
	}" "$sim/kubeconfig" >"$scratch/kubeconfig"
	for text in "${of_others[@]}"; do
		IFS='|' read -r name in_json in_bytes in_name <<<"$text"
		code=$((1 - ${code:-0})) # it fails, or its answer is no credential
		mkdir -p "$docs"
		printf 'HTTP/1.1 500 f00%s\r\nDate: f01%s\r\nServer: f02%s\r\n\r\nf03%s\nf04' "$in_bytes" "$in_bytes" "$in_bytes" "$in_bytes" >"$docs/prices.raw"
		printf '#!/bin/sh\nprintf %%s "$(cat %s.err)" >&2\ncat %s.out\nexit %d\n' "$scratch/plugin" "$scratch/plugin" $code >"$scratch/plugin.new"
		printf 'f05%s' "$in_bytes" >"$scratch/plugin.err"
		printf '{"kind":"f06%s","apiVersion":"f07%s","status":{"token":"f08%s","expirationTimestamp":"f09%s"}}' "$in_json" "$in_json" "$in_json" "$in_json" >"$scratch/plugin.out"
		chmod +x "$scratch/plugin.new" && mv "$scratch/plugin.new" "$scratch/plugin"
		write_edits organizations "$in_json" "$in_bytes" "${in_name:-$in_json}"
		play spot "edits=$scratch/edits-spot"
		start_daemon
		log_size=0
		reaches "other sources, $name" ACTIVE
		check "other sources, $name: the price file's refusal" eventually logged 'source=prices .*HTTP status 500: f03'
		check "other sources, $name: the plugin fails" eventually logged 'credential plugin'
		check "other sources, $name: collected" collect
		clean "other sources, $name"
		check "other sources, $name: SIGTERM ends it" stop_daemon
	done
}

fast+=('inventory_interval: 200ms' 'pod_interval: 200ms')
seen=$scratch/seen
start_sim --pairs=3 --set='matchpoint-runners-3 busy=2'
config=$scratch/hawatch.yaml
sed '/name: prod-3/,$d' "$sim/hawatch.yaml" >"$config"
start_daemon --log.level=debug
reaches "begins" ACTIVE
check "both pairs are read" eventually is_well
breaking=("${texts[@]:0:3}") of_others=("${texts[@]:0:6}")
[ "${2-}" != representative ] || texts=("${few[@]}") breaking=("${few[0]}") of_others=("${few[@]:0:2}")
for text in "${texts[@]}"; do try_text "all members" members "$text" 'matchpoint-runners-4 fault=status:403 on=/apis/'; done
for text in "${breaking[@]}"; do
	for round in 1 2 3; do try_text "round $round" "breaking_$round" "$text"; done
	try_text "round 4" breaking_4 "$text" 'matchpoint-runners-3 fault=status:500 on=/api/v1/nodes'
	try_text "refusals" refusing "$text" 'auth issued=revoked token=revoked fault=status:403'
done
check "every line of the log is logfmt" is_logfmt
check "secrets: not in the log" without_secrets "$log"
check "SIGTERM ends it, exit status 0" stop_daemon
other_sources
finish
