# Makes a promtool test of cases.table. usage: awk -v rules=GLOB -v every=DURATION -f cases.awk TABLE
#
# Cases share one test, which is far quicker: each is a namespace of its own, and so are its alerts.
#
# case NAME                          begins a case
# every DURATION                     how far its samples and evaluations are apart (15s); only such cases are taken
# alone                              it needs a test of its own: it is about what is nowhere, or about all pairs
# SERIES VALUES                      a series in promtool's notation; the label job is added, and instance="a" without one
# at TIME ALERT LABELS... | nothing  the alerts of this name that fire at this time, each by some of its labels; "." none
# expr TIME EXPRESSION => SAMPLES    what an expression answers: "LABELS = VALUE ; ..." or nothing. Of the series that it
#                                    names with {...} those of the case are meant
BEGIN {
	print "rule_files: ['" rules "']"
	print "evaluation_interval: " every
	print "group_eval_order: [hawatch, hawatch-capacity, hawatch-monitor, hawatch-slo, hawatch-slo-month]"
	print "tests:"
}
/^#/ || !NF { next }
$1 == "case" { finish(); title = substr($0, 6); interval = "15s"; is_alone = 0; next }
$1 == "every" { interval = $2; next }
$1 == "alone" { is_alone = 1; next }
$1 == "at" { at(); next }
$1 == "expr" { split(substr($0, length($1 " " $2) + 2), side, " => "); expect($2, side[1], side[2]); next }
{
	series = $1
	more = "job=\"hawatch\",namespace=\"" title "\"" (series ~ /instance=/ ? "" : ",instance=\"a\"")
	if (!sub(/\{/, "{" more ",", series)) series = series "{" more "}"
	inputs = inputs sprintf("      - {series: '%s', values: '%s'}\n", series, substr($0, length($1) + 2))
}
END { finish(); if (all_checks) test("the others", all_inputs, all_checks) }

function finish() {
	if (interval == every && is_alone) test(title, inputs, checks)
	else if (interval == every) { all_inputs = all_inputs inputs; all_checks = all_checks checks }
	inputs = checks = ""
}
function test(name, inputs, checks) {
	printf "  - name: '%s'\n    interval: %s\n    input_series:%s\n%s    promql_expr_test:\n%s", name, every, inputs ? "" : " []", inputs, checks
}
function expect(time, expression, samples,    list, n, i, half) {
	if (!is_alone) gsub(/[a-zA-Z_:]\{/, "&namespace=\"" title "\",", expression)
	checks = checks sprintf("      - {eval_time: %s, expr: '%s', exp_samples: [", time, expression)
	n = samples == "nothing" ? 0 : split(samples, list, / ; /)
	for (i = 1; i <= n; i++) {
		split(list[i], half, " = ")
		checks = checks sprintf("%s{labels: '%s', value: %s}", i > 1 ? ", " : "", braced(half[1]), half[2])
	}
	checks = checks "]}\n"
}
# braced: name=value,... as {name="value",...}
function braced(labels) {
	if (labels == "." || labels == "") return "{}"
	gsub(/=/, "=\"", labels)
	gsub(/,/, "\",", labels)
	return "{" labels "\"}"
}
function at(    i, n, keys, list, counts, samples, label) {
	for (i = 4; i <= NF && $4 != "nothing"; i++) counts[$i]++
	n = split($4 == "nothing" || $4 == "." ? "" : $4, list, ",")
	for (i = 1; i <= n; i++) { split(list[i], label, "="); keys = keys (i > 1 ? ", " : "") label[1] }
	for (i in counts) samples = samples (samples ? " ; " : "") i " = " counts[i]
	expect($2, "count by (" keys ") (ALERTS{alertname=\"" $3 "\",alertstate=\"firing\"})", samples ? samples : "nothing")
}
