#!/bin/bash
# --web.external-url and --web.route-prefix: every link of the page followed, directly and through proxies that strip
# the prefix or leave it (kubectl's, a real one), and the same requests to a real Prometheus with the same options.
# What the options themselves mean, and which are refused, is tests/unit/test_field_prefix.c.
# usage: prefix.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/../e2e/lib.sh"
require kubectl prometheus

# name | external URL | route prefix | what a request to the path gets: its status and Location, and the status at the
# end of all redirects, if a Prometheus gives another one: "PATH CODE [LOCATION] [prometheus CODE]"
requests() {
	cat <<-'END'
		no option              |                             |          | / 200
		no option              |                             |          | /metrics 200
		doubled slash          |                             |          | //metrics 200
		slash at the end       |                             |          | /metrics/ 200
		path nobody has        |                             |          | /hawatch/metrics 404
		prefix of the URL      | http://mon.example/hawatch  |          | / 302 /hawatch
		prefix of the URL      | http://mon.example/hawatch  |          | /hawatch 301 /hawatch/
		prefix of the URL      | http://mon.example/hawatch  |          | /hawatch/ 200
		metrics                | http://mon.example/hawatch  |          | /hawatch/metrics 200
		health                 | http://mon.example/hawatch  |          | /hawatch/-/healthy 200
		readiness              | http://mon.example/hawatch  |          | /hawatch/-/ready 200
		slash at the end       | http://mon.example/hawatch  |          | /hawatch/metrics/ 200
		doubled slash          | http://mon.example/hawatch  |          | /hawatch//metrics 200
		doubled slash          | http://mon.example/hawatch  |          | //hawatch/metrics 200
		outside                | http://mon.example/hawatch  |          | /metrics 404
		outside                | http://mon.example/hawatch  |          | /-/healthy 404
		longer word            | http://mon.example/hawatch  |          | /hawatchd/metrics 404
		twice                  | http://mon.example/hawatch  |          | /hawatch/hawatch/metrics 404
		doubled in the option  | http://mon.example//hawatch/|          | /hawatch/metrics 200
		host and port, no path | http://mon.example:8080     |          | /metrics 200
		IPv6                   | http://[::1]:8080/hawatch   |          | /hawatch/metrics 200
		only a path            | /hawatch/                   |          | /hawatch/metrics 200
		a word                 | hawatch                     |          | / 302 /hawatch
		forgotten scheme       | mon.example/hawatch         |          | /hawatch/metrics 404
		forgotten scheme       | mon.example/hawatch         |          | /mon.example/hawatch/metrics 200
		two folders            | http://mon.example/ops/ha   |          | /ops/ha/metrics 200
		two folders            | http://mon.example/ops/ha   |          | /ops 404
		two folders            | http://mon.example/ops/ha   |          | / 302 /ops/ha
		encoded                | http://mon.example/on%20call|          | /on%20call/metrics 200
		encoded                | http://mon.example/on%20call|          | /on%20call 301 /on%20call/
		encoded twice          | http://mon.example/on%20call|          | /on%2520call/metrics 404
		UTF-8                  | http://mon.example/%C3%BC   |          | /%c3%bc/metrics 200
		bare UTF-8             | http://mon.example/ü        |          | /%C3%BC/metrics 200
		stripped               | http://mon.example/hawatch  | /        | / 200 prometheus 404
		stripped               | http://mon.example/hawatch  | /        | /metrics 200
		stripped               | http://mon.example/hawatch  | /        | /hawatch/metrics 404
		mapped                 | http://mon.example/hawatch  | /in      | /in/metrics 200
		mapped                 | http://mon.example/hawatch  | /in      | /in 200 prometheus 404
		mapped                 | http://mon.example/hawatch  | /in      | / 302 /in prometheus 404
		mapped                 | http://mon.example/hawatch  | /in      | /hawatch/metrics 404
		prefix alone           |                             | in/      | / 302 /in prometheus 404
		prefix alone           |                             | in/      | /in 301 /in/ prometheus 404
		prefix alone           |                             | in/      | /in/metrics 200
		a % in the prefix      |                             | /on%20call | /on%20call/metrics 404
		a % in the prefix      |                             | /on%20call | /on%2520call/metrics 200
	END
}

# name | external URL | route prefix | proxy: "none", "leaves" the prefix, or strips this one | where the page is asked
# for, and where the browser believes it is, if the proxy hides that
pages() {
	cat <<-'END'
		no proxy, no option     |                              |       | none     | /
		no proxy                | http://mon.example/hawatch   |       | none     | /hawatch/
		no slash                | http://mon.example/hawatch   |       | none     | /hawatch
		the root                | http://mon.example/hawatch   |       | none     | /
		doubled slash           | http://mon.example/hawatch   |       | none     | /hawatch//
		left                    | http://mon.example/hawatch   |       | leaves   | /hawatch/
		left, no slash          | http://mon.example/hawatch   |       | leaves   | /hawatch
		left, the root          | http://mon.example/hawatch   |       | leaves   | /
		left, slash in the URL  | http://mon.example/hawatch/  |       | leaves   | /hawatch/
		left, a word            | hawatch                      |       | leaves   | /hawatch/
		left, prefix alone      |                              | ha/   | leaves   | /ha
		left, both              | http://mon.example/ha        | /ha   | leaves   | /ha/
		left, encoded           | http://mon.example/on%20call |       | leaves   | /on%20call/
		stripped, no option     |                              |       | /hawatch | /hawatch/
		stripped                | http://mon.example/hawatch   | /     | /hawatch | /hawatch/
		stripped, two folders   | http://mon.example/ops/ha    | /     | /ops/ha  | /ops/ha/
		stripped, no slash      | http://mon.example/hawatch   | /     | /hawatch | /hawatch/ /hawatch
		stripped, encoded       | http://mon.example/a&b       | /     | /a&b     | /a&b/ /a&b
		stripped further out    | http://mon.example/in/ha     | /in/ha| /out     | /out/in/ha/
	END
}

# rows TABLE: its rows without the padding, the fields separated by |.
rows() { "$1" | sed 's/ *| */|/g'; }

# with_options EXTERNAL_URL ROUTE_PREFIX COMMAND...: adds those that are not empty.
with_options() { "${@:3}" ${1:+--web.external-url="$1"} ${2:+--web.route-prefix="$2"}; }

start_prometheus() {
	: >"$scratch/prometheus.log"
	prometheus --config.file="$scratch/prometheus.yml" --storage.tsdb.path="$scratch/data" \
		--web.listen-address=127.0.0.1:0 "$@" >"$scratch/prometheus.log" 2>&1 &
	prometheus=$!
	servers+=($!)
	until_true grep -q 'ready to receive web requests' "$scratch/prometheus.log" ||
		give_up "prometheus does not start" "$scratch/prometheus.log"
	oracle=http://$(sed -n 's/.*msg="Listening on" address=//p' "$scratch/prometheus.log" | head -n 1)
}
stop_prometheus() { { kill "$prometheus"; wait "$prometheus"; } 2>"$scratch/ended"; }

# first URL: status and Location. last URL: the status at the end of all redirects.
first() { curl -sS --path-as-is -o "$scratch/body" -w '%{http_code} %header{location}\n' "$1" | sed 's/ $//'; }
last() { curl -sSL --max-redirs 5 --path-as-is -o "$scratch/body" -w '%{http_code}\n' "$1"; }
says() { [ "$1" = "$2" ] || { echo "$1, expected $2"; false; }; }

ask_both() {
	local name external prefix request path answer other now=none
	: >"$scratch/prometheus.yml"
	while IFS='|' read -r name external prefix request; do
		if [ "$now" != "$external $prefix" ]; then
			[ "$now" = none ] || { stop_daemon && stop_prometheus; }
			now="$external $prefix"
			with_options "$external" "$prefix" start_daemon
			with_options "$external" "$prefix" start_prometheus
		fi
		path=${request%% *} answer=${request#* } other=
		[[ $answer != *' prometheus '* ]] || other=${answer##* } answer=${answer%% prometheus *}
		check "$name: ${external:--} ${prefix:--}: $path: $answer" says "$(first "$url$path")" "$answer"
		check "$name: ${external:--} ${prefix:--}: $path: in the end as Prometheus${other:+, where $other}" \
			says "$(last "$oracle$path")" "${other:-$(last "$url$path")}"
	done < <(rows requests)
	stop_daemon && stop_prometheus
}

# start_proxy PREFIX: what stands before the daemon; strips the prefix. Sets $proxy.
start_proxy() {
	: >"$scratch/proxy.log"
	kubectl --kubeconfig=/dev/null --server="$url" proxy --port=0 --api-prefix="${1:-/}" >"$scratch/proxy.log" 2>&1 &
	proxy_pid=$!
	servers+=($!)
	until_true grep -q 'Starting to serve on' "$scratch/proxy.log" || give_up "no proxy" "$scratch/proxy.log"
	proxy=http://$(sed -n 's/^Starting to serve on //p' "$scratch/proxy.log")
}
stop_proxy() { { kill "$proxy_pid"; wait "$proxy_pid"; } 2>"$scratch/ended"; }

# addresses BASE: of all links in $scratch/page to this daemon, as a browser resolves them.
addresses() {
	local link
	grep -oE '(href|src|action)="[^"]*"' "$scratch/page" | sed 's/^[a-z]*="//; s/"$//; s/&amp;/\&/g' | while read -r link; do
		case $link in
		'#'* | *//*) ;;
		/*) echo "$proxy$link" ;;
		*) echo "${1%/*}/$link" ;;
		esac
	done
}
is_ready() { curl -fs -o "$scratch/body" --unix-socket "$socket" http://localhost/readyz; }

# What a link leads to is another document than the page.
dead_links() {
	local address
	while read -r address; do
		curl -sS --path-as-is -o "$scratch/body" -w '%{http_code} %{content_type}\n' "$address" |
			grep -qE '^200 (application/json|text/plain|image/svg|text/html)' && ! grep -q 'class="verdict' "$scratch/body" || echo "$address"
	done <"$scratch/addresses"
}

follow_links() {
	local name external prefix kind asked at
	while IFS='|' read -r name external prefix kind asked; do
		with_options "$external" "$prefix" start_daemon
		until_true is_ready || give_up "the daemon is not ready" "$log"
		proxy=$url
		[ "$kind" = none ] || start_proxy "${kind#leaves}"
		at=$(curl -sSL --path-as-is -o "$scratch/page" -w '%{url_effective}' "$proxy${asked% *}")
		[[ $asked != *' '* ]] || at=$proxy${asked#* }
		addresses "$at" >"$scratch/addresses"
		check "$name: eleven links at least" [ "$(wc -l <"$scratch/addresses")" -ge 11 ]
		check "$name: each leads to its document" no_lines dead_links
		[ "$kind" = none ] || stop_proxy
		stop_daemon
	done < <(rows pages)
}

# The command has no prefix to know: the socket has none, and a URL has its own.
commands() {
	local origin
	start_daemon --web.external-url=http://mon.example/hawatch
	origin=$url url=$url/hawatch
	reaches "the daemon below its prefix" ACTIVE
	check "hawatch over the socket" "$build/hawatch" status --socket "$socket"
	check "hawatch over the URL" "$build/hawatch" status --url "$url"
	check "hawatch over the URL, a slash at its end" "$build/hawatch" status --url "$url/"
	"$build/hawatch" status --url "$origin" >"$scratch/out" 2>&1
	check "hawatch over the URL without the prefix: unknown" says $? 3
	check "hawatch over the URL without the prefix: says where" grep -qF 'see /hawatch/ (HTTP 404)' "$scratch/out"
	check "the log says where the daemon answers" \
		logged 'msg=listening address=[0-9.:]+ prefix=/hawatch url=http://mon.example/hawatch/ for=web$'
	check "only GET is redirected" says "$(curl -sS -o "$scratch/body" -w '%{http_code}' -X POST "$origin/")" 405
	curl -sS -o "$scratch/body" "$origin/" "$origin/hawatch"
	polled 2 $one
	check "redirects are counted" eventually is_above 1 ha_http_requests_total 'code=30[12]'
	check "SIGTERM ends it, exit status 0" stop_daemon
}

start_sim
ask_both
follow_links
commands
finish
