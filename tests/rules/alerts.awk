# Makes a promtool test of the alerts of alerts.table.
# usage: awk -v rules=FILE -v only=" NAME... " -v pages=" NAME... " -v step=SECONDS -v from=SECONDS -v to=SECONDS
#     -f alerts.awk TABLE
#
# Takes those of the alerts ONLY that fire after FROM or later, before TO. Samples and evaluations come every STEP. The pair is healthy for two minutes, then the alert's lines are true. It
# must fire AFTER that (T), and go on until the pair is healthy again five minutes later; at last nothing fires. From
# one minute after T on each world, an environment with the same pair, has its own trouble:
#   plain    none                                        gap      two minutes without a scrape
#   blank    a new process that knows nothing for a      widow    two daemons, and one of them dies: always one alert
#            minute (pages only)
#   worst    two, and the other one sees nothing wrong   quiet    the side is under maintenance, say both
#   lone     so says only one of two                     off      HA is disabled, say both
# With -v texts=1 only the plain world, and a test that fails: promtool then shows each alert's texts.
# Of the healthy pair a world has the status, the states and the maintenance, and the metrics that the alert's lines
# name.
BEGIN {
	begins = 120 / step # all times are in steps
	worlds = texts ? "plain" : "plain gap blank widow worst quiet lone off"
	print "rule_files: [" rules "]"
	print "evaluation_interval: " step "s"
	print "group_eval_order: [hawatch, hawatch-capacity, hawatch-monitor]"
	print "tests:"
}
/^#/ || !NF { next }
$1 == "healthy" { next }
$1 == "alert" { finish(); name = $2; after = seconds($3) / step; words = $0; next }
{ metric = $1; sub(/\{.*/, "", metric) }
{ if (name == "") { order[++count] = $1; good[$1] = $2 } else { if (!($1 in good)) extra[++extras] = $1; bad[$1] = $2; named[metric] } }
END { finish() }

function seconds(text) { return text ~ /h$/ ? text * 3600 : text ~ /m$/ ? text * 60 : text + 0 }
function has(word) { return (" " words " ") ~ ("[ =,]" word "[ ,]") }
function is_page() { return (" " pages " ") ~ (" " name " ") }
function clock(n) { return n * step "s" }

# part(VALUE, N): N samples of a value, in promtool's notation. A step continues where the part before it has ended.
function part(value, n,    of) {
	if (n <= 0) return ""
	if (value == "-") return " stale" (n > 1 ? " _x" n - 1 : "")
	split(value, of, "+")
	if (!(2 in of)) return " " value "x" n - 1
	return " " of[1] "+" of[2] * step / 15 "x" n - 1
}
# of_blank: what a daemon tells that has just started without state.
function of_blank(series) {
	if (series ~ /="UNKNOWN"/) return 1
	if (series ~ /^(ha_status|ha_cloudspace_state|ha_maintenance|ha_maintenance_declared|ha_cloudspace_flapping|ha_provisioning_late|ha_provisioning_stuck|ha_blocked_since_timestamp_seconds|ha_cloudspace_ready|ha_credential_rejected)\{/) return 0
	if (series ~ /^(up|scrape_samples_post|ha_cloudspace_info|ha_insecure_tls|ha_config_last|process_start|ha_status_since|ha_cloudspace_state_since)/) return "="
	return "-"
}
function planned(series, world) {
	if (series == "ha_maintenance{pair=\"prod\",side=\"secondary\"}") return 1
	return "="
}
function disabled(series) {
	if (series ~ /^ha_status\{.*"DISABLED"/) return 1
	if (series ~ /^ha_status\{/) return 0
	return "="
}

# shifted(VALUE, N): what START+STEP is after N steps.
function shifted(value, n,    of) {
	split(value, of, "+")
	return (2 in of) ? of[1] + of[2] * n * step / 15 "+" of[2] : value
}
# line(SERIES, WORLD, INSTANCE): one series' whole life.
function line(series, world, instance,    well, ill, values, n, told, labels) {
	well = (series in good) ? good[series] : series ~ /UNKNOWN|"DOWN"|BLOCKED|DISABLED/ ? 0 : 1
	ill = (series in bad) ? bad[series] : "="
	if (instance == "b" && world == "worst") ill = "="
	if (world == "quiet" || (world == "lone" && instance == "a")) { told = planned(series); if (told != "=") { well = ill = told } }
	if (world == "off") { told = disabled(series); if (told != "=") { well = ill = told } }
	values = part(well, begins)
	at = begins
	values = values stretch(ill, well, trouble - begins)
	n = world == "gap" ? 120 / step : world == "blank" ? 60 / step : 0
	if (world == "widow" && instance == "b") n = ends - trouble
	if (n) {
		told = world == "blank" ? of_blank(series) : series == "up" ? 0 : "-"
		values = values (told == "=" ? stretch(ill, well, n) : lost(told, n))
	}
	values = values stretch(ill, well, ends - trouble - n)
	ill = "="
	if (world == "widow" && instance == "b") values = values lost(series == "up" ? 0 : "-", over - ends)
	else values = values stretch("=", well, over - ends)
	labels = "job=\"hawatch\",instance=\"" instance "\",environment=\"" world "\""
	printf "      - {series: '%s', values: '%s'}\n", series ~ /\{/ ? substr(series, 1, length(series) - 1) "," labels "}" : series "{" labels "}", substr(values, 2)
}
function lost(value, n) { at += n; return part(value, n) }
# stretch: N samples of the bad value, or of the good one where nothing is bad.
function stretch(ill, well, n,    values) {
	values = ill == "=" ? part(shifted(well, at), n) : part(shifted(ill, at - begins), n)
	at += n
	return values
}

# expect(TIME, EXPRESSION, LABELS TO VALUES): one expectation; samples are separated by ";".
function expect(at_step, expression, samples,    of, n, i, pair) {
	print "      - {eval_time: " clock(at_step) ", expr: '" expression "', exp_samples: [" 
	n = split(samples, of, ";")
	for (i = 1; i <= n; i++) { split(of[i], pair, "|"); print "          {labels: '{" pair[1] "}', value: " pair[2] "}," }
	print "        ]}"
}
function alerts(world, more) { return "ALERTS{alertstate=\"firing\",environment=\"" world "\"" (more ? "," more : "") "}" }

# is_needed: of every world, or of a metric that the alert's lines name.
function is_needed(series,    metric) {
	metric = series
	sub(/\{.*/, "", metric)
	return texts || metric ~ /^(up|ha_status|ha_cloudspace_state|ha_maintenance)$/ || metric in named
}
function finish(    i, k, n, list, world, series, fires, samples, with, seen, counts, lasts) {
	if (name == "" || (only && index(only, " " name " ") == 0) || after * step < from || after * step >= to) { forget(); return }
	fires = begins + int(after) + (after > int(after)) + 2 # T: at the latest two evaluations later
	trouble = fires + 60 / step
	ends = trouble + 240 / step
	over = ends + (name ~ /Flapping|CrashLooping/ ? 17 : 7) * 60 / step
	print "  - name: " name
	print "    interval: " step "s"
	print "    input_series:"
	n = split(worlds, list, " ")
	for (i = 1; i <= n; i++) {
		world = list[i]
		for (k = 1; k <= count + extras; k++) {
			series = k <= count ? order[k] : extra[k - count]
			if (k <= count && !is_needed(series)) continue
			line(series, world, "a")
			if (world ~ /^(widow|worst|quiet|lone|off)$/) line(series, world, "b")
		}
	}
	if (texts) {
		print "    alert_rule_test: [{alertname: " name ", eval_time: " clock(fires) ", exp_alerts: []}]"
		forget()
		return
	}
	print "    promql_expr_test:"
	expect(begins - 1, "ALERTS{alertstate=\"firing\",environment!~\"off|quiet|lone\"}", "")
	if (int(after) > 1) expect(begins + int(after) - 1, alerts("plain", "alertname=\"" name "\""), "")
	# Exactly this, and what belongs to it.
	counts[name] = 1
	if (match(words, /with=[A-Za-z,]*/)) {
		split(substr(words, RSTART + 5, RLENGTH - 5), with, ",")
		for (i in with) counts[with[i]]++
	}
	for (i in counts) samples = samples (samples ? ";" : "") "alertname=\"" i "\"|" counts[i]
	expect(fires, "count by (alertname) (" alerts("plain") ")", samples)
	# Never interrupted, and never twice.
	lasts = ends - fires
	for (i = 1; i <= n; i++) {
		world = list[i]
		samples = "|" lasts
		if (world == "blank" && !is_page()) continue
		if (world == "worst" && !has("worst") && !has("instance")) continue
		if (world == "widow" && has("instance")) continue
		if (world == "lone" && (name ~ /HAMaintenance/ || has("unseen"))) continue
		if ((world == "quiet" && has("silent")) || (world == "off" && has("disabled"))) {
			expect(ends - 1, "count(max_over_time(" alerts(world, "alertname=\"" name "\"") "[6h]))", "")
			continue
		}
		if (world ~ /quiet|off/ || (has("instance") && world != "plain") || (name ~ /HAExporter|HAStatusMissing|Unwatched/ && world != "plain")) continue
		expect(ends - 1, "sum(count_over_time(" alerts(world, "alertname=\"" name "\"") "[" clock(lasts - 1) "]))", samples)
	}
	# Back to health: nothing stays, in any world.
	if (!has("lasting")) expect(over - 1, "count by (environment, alertname) (ALERTS{alertstate=\"firing\",environment!~\"widow|off|quiet|lone\",alertname!~\"HABlockedStuck\"})", "")
	forget()
}
function forget(    i) {
	for (i in extra) delete extra[i]
	for (i in bad) delete bad[i]
	for (i in named) delete named[i]
	extras = 0
}
