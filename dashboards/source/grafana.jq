# What the dashboards are made of: words and colours, queries, panels, and their places. pair.jq, fleet.jq and monitor.jq
# are tables of panels; make.sh writes the JSON that Grafana reads.
#
# $palette has the colours of the status page (good, bad, wait, blind, off), $alerts the names of all alerts.

# ---- Words and colours: the same as on the status page.

# Lines that mean nothing good or bad; light and dark ground show all of them.
def tints: {primary: "#56B4E9", secondary: "#CC79A7", extra: "#009E73", limit: $palette.wait};

# word(VALUE; TEXT; COLOUR)
def word($value; $text; $colour): {value: "\($value)", $text, color: $palette[$colour]};

# mapped(WORDS; TEXT): value mappings; TEXT stands where there is no data.
def mapped($words; $none):
	[{type: "value", options: ($words | to_entries
		| map({(.value.value): {text: .value.text, color: .value.color, index: .key}}) | add)},
	{type: "special", options: {match: "null+nan", result: {text: $none, color: $palette.blind, index: 99}}}];

# pair:ha_status_code:max
def status_words: [
	word(2; "✓ ACTIVE"; "good"),
	word(3; "✗ BLOCKED: primary unavailable"; "bad"),
	word(4; "✗ BLOCKED: secondary unavailable"; "bad"),
	word(5; "✗✗ BLOCKED: both unavailable"; "bad"),
	word(1; "– DISABLED"; "off"),
	word(0; "? UNKNOWN"; "blind")];
def statuses: mapped(status_words; "? NO DATA");

# pair_side:ha_cloudspace_state_code:max
def state_words: [
	word(1; "✓ UP"; "good"),
	word(4; "✗ DOWN"; "bad"),
	word(3; "… PROVISIONING"; "wait"),
	word(2; "= MAINTENANCE"; "wait"),
	word(0; "? UNKNOWN"; "blind")];
def states: mapped(state_words; "? NO DATA");

# Pages are bad, tickets wait, notices are grey.
def priority_words: [word("P0"; "P0"; "bad"), word("P1"; "P1"; "bad"), word("P2"; "P2"; "wait"), word("P3"; "P3"; "blind")];
def priorities: mapped(priority_words; "–");

# yes_no(YES; NO): words of 1 and 0, each as [TEXT, COLOUR].
def yes_no($yes; $no): mapped([word(1; $yes[0]; $yes[1]), word(0; $no[0]; $no[1])]; "? NO DATA");

# ---- Queries.

def site: "environment=~\"$environment\",cluster=~\"$cluster\"";
def daemon: "job=~\"$job\",instance=~\"$instance\"";
def more($more): if $more == "" then "" else "," + $more end;
# Series of the daemons: of a pair; of the monitor, with labels `pair` and `side` or without.
def m($name; $more): "\($name){\(daemon),\(site),pair=~\"$pair\"\(more($more))}";
def m($name): m($name; "");
def own($name; $more): "\($name){\(daemon),\(site)\(more($more))}";
def own($name): own($name; "");
# Recorded series, of all daemons together.
def r($name; $more): "\($name){\(site),pair=~\"$pair\"\(more($more))}";
def r($name): r($name; "");
# The worst of several daemons.
def worst($by; $expr): "max by (\($by)) (\($expr))";
def all_agree($by; $expr): "min by (\($by)) (\($expr))";
def rate_of($expr): "rate(\($expr)[$__rate_interval])";

# The status that each daemon tells, as the number of pair:ha_status_code:max; and since when those tell it whose status is
# the pair's.
def codes: {"UNKNOWN": 0, "DISABLED": 1, "ACTIVE": 2, "BLOCKED_PRIMARY_UNAVAILABLE": 3, "BLOCKED_SECONDARY_UNAVAILABLE": 4,
	"BLOCKED_BOTH_UNAVAILABLE": 5};
def of_each_daemon: "max without (ha_status) (\([codes | to_entries[]
	| "\(.value) * (\(m("ha_status"; "ha_status=\"\(.key)\"")) == 1)"] | join(" or ")))";
def of_those_who_tell_it: "and on (job, instance, pair, environment, cluster) (\(of_each_daemon)
	== on (pair, environment, cluster) group_left () \(r("pair:ha_status_code:max")))";
def began: "(\(m("ha_status_since_timestamp_seconds")) \(of_those_who_tell_it))";

# now: one value; over: its course; cells: rows of a table.
def now($expr; $legend): {$expr, legendFormat: $legend, instant: true, range: false};
def over($expr; $legend): {$expr, legendFormat: $legend, instant: false, range: true};
def cells($expr): {$expr, format: "table", instant: true, range: false};

# ---- Panels.

def neutral: {mode: "fixed", fixedColor: "text"};
# steps([[VALUE, COLOUR]...]): the first one is the base.
def steps($list): {mode: "absolute", steps: [$list | to_entries[]
	| {color: ($palette[.value[1]] // .value[1]), value: (if .key == 0 then null else .value[0] end)}]};
def named($name; $properties): {matcher: {id: "byName", options: $name},
	properties: ($properties | to_entries | map({id: .key, value: .value}))};
def like($regexp; $properties): named($regexp; $properties) | .matcher.id = "byRegexp";

# panel(TYPE; TITLE; [WIDTH, HEIGHT]; UNIT; DESCRIPTION; TARGETS)
def panel($type; $title; $size; $unit; $description; $targets):
	{$type, $title, $description, gridPos: {w: $size[0], h: $size[1]}, datasource: {type: "prometheus", uid: "${datasource}"},
		targets: [$targets | to_entries[] | {refId: ([65 + .key] | implode), datasource: {type: "prometheus", uid: "${datasource}"}} + .value],
		fieldConfig: {defaults: {$unit, color: neutral}, overrides: []}};

# What stands there without data.
def else_says($text): .fieldConfig.defaults.noValue = $text;
def stat($title; $size; $unit; $description; $targets):
	panel("stat"; $title; $size; $unit; $description; $targets)
	| else_says("? NO DATA") | .options = {colorMode: "none", graphMode: "none", justifyMode: "center", textMode: "auto", orientation: "auto",
		reduceOptions: {calcs: ["lastNotNull"], fields: "", values: false}};
def with_words($mappings): .fieldConfig.defaults.mappings = $mappings
	| if .type == "stat" then .options.colorMode = "background" else . end;
def with_steps($list): .fieldConfig.defaults |= (.color = {mode: "thresholds"} | .thresholds = steps($list))
	| if .type == "stat" then .options.colorMode = "background" else . end;
def with($overrides): .fieldConfig.overrides += $overrides;

def lines($title; $size; $unit; $description; $targets):
	panel("timeseries"; $title; $size; $unit; $description; $targets)
	| .fieldConfig.defaults += {color: {mode: "palette-classic"}, custom: {lineWidth: 2, fillOpacity: 0, showPoints: "never", spanNulls: false}}
	| .fieldConfig.overrides = [(tints | to_entries[] | like("^\(.key)"; {color: {mode: "fixed", fixedColor: .value}}))]
	| .options = {legend: {displayMode: "table", placement: "bottom", calcs: ["lastNotNull"]}, tooltip: {mode: "multi", sort: "none"}};
# Limits as lines; they are those of the alerts.
def with_limits($list): .fieldConfig.defaults |= (.thresholds = steps([[null, "transparent"]] + $list)
	| .custom.thresholdsStyle = {mode: "line"});
def from_zero: .fieldConfig.defaults.min = 0;
def dashed($name): with([named($name; {"custom.lineStyle": {fill: "dash", dash: [6, 4]}})]);
def stacked: .fieldConfig.defaults.custom += {fillOpacity: 40, lineWidth: 1, stacking: {mode: "normal", group: "A"}};
def tinted($colours): with([$colours | to_entries[]
	| named(.key; {color: {mode: "fixed", fixedColor: ($palette[.value] // .value)}})]);

def timeline($title; $size; $description; $mappings; $targets):
	panel("state-timeline"; $title; $size; "none"; $description; $targets)
	| .fieldConfig.defaults += {mappings: $mappings, custom: {fillOpacity: 90, lineWidth: 0, spanNulls: false}}
	| .options = {mergeValues: true, showValue: "auto", alignValue: "left", rowHeight: 0.9,
		legend: {showLegend: false}, tooltip: {mode: "single"}};

# A table has one row for each set of labels, and the columns [SOURCE, TITLE]... in this order; all others are left out.
# The value of the only query is "Value", that of the n-th "Value #" and its letter.
def table($title; $size; $description; $targets; $columns):
	panel("table"; $title; $size; "none"; $description; $targets)
	| else_says("? NO DATA") | .options = {showHeader: true, cellHeight: "sm"}
	| .transformations = [{id: "merge", options: {}}, {id: "organize", options: {
		indexByName: ($columns | to_entries | map({(.value[0]): .key}) | add),
		renameByName: ($columns | map({(.[0]): .[1]}) | add)}},
		{id: "filterFieldsByName", options: {include: {names: [$columns[][1]]}}}];
def coloured($mappings): {mappings: $mappings, "custom.cellOptions": {type: "color-background", mode: "basic"}};
def sorted_by($column; $is_descending): .options.sortBy = [{displayName: $column, desc: $is_descending}];

def row($title): {type: "row", title: $title, collapsed: false, gridPos: {w: 24, h: 1}, panels: []};

# The firing alerts, the most urgent first. An alert's section of the runbook has its name in small letters as its anchor,
# which neither PromQL nor Grafana can write: so the column has a word for each alert.
def runbook: "https://github.com/hawatch/hawatch/blob/main/config/runbook.md";
def anchors: [{type: "value", options: ([$alerts[] | {(.): {text: ascii_downcase}}] | add)}];
def alerts_table($title; $size; $description; $selector; $columns):
	table($title; $size; $description;
		[cells("max by (alertname, priority, pair, side, source, credential, runbook) (label_replace(ALERTS{alertname=~\"HA.+\",alertname!=\"HAWatchdog\",alertstate=\"firing\",\(site)\($selector)}, \"runbook\", \"$1\", \"alertname\", \"(.*)\"))")];
		[["priority", "Priority"], ["alertname", "Alert"], ["runbook", "Runbook"]] + $columns)
	| else_says("No alert fires")
	| sorted_by("Priority"; false)
	| with([named("Priority"; coloured(priorities) + {"custom.width": 80}),
		named("Runbook"; {mappings: anchors, links: [{title: "What to do", targetBlank: true, url: (runbook + "#${__value.text}")}]})]);

# ---- Dashboards.

def data_source: {name: "datasource", label: "Data source", type: "datasource", query: "prometheus", refresh: 1, hide: 0,
	includeAll: false, multi: false, current: {}, options: [], regex: ""};
# choice(NAME; SHOWN; QUERY; ALL): SHOWN is its label; ALL is what stands for all values, null where exactly one is chosen.
def choice($name; $shown; $query; $all): {$name, label: $shown, type: "query", datasource: {type: "prometheus", uid: "${datasource}"},
	query: {$query, refId: $name}, definition: $query, refresh: 2, sort: 1, hide: 0, regex: "", options: [],
	includeAll: ($all != null), multi: ($all != null), current: {}}
	+ if $all then {allValue: $all, current: {selected: true, text: ["All"], value: ["$__all"]}} else {} end;
# A site may have no such label: `.*` stands for that as well.
def of_site: choice("environment"; "Environment"; "label_values(ha_status{job=~\"$job\"}, environment)"; ".*"),
	choice("cluster"; "Cluster"; "label_values(ha_status{job=~\"$job\"}, cluster)"; ".*");
def of_job: choice("job"; "Job"; "label_values(ha_status, job)"; ".+");
def of_instance($selector): choice("instance"; "Instance"; "label_values(ha_status{job=~\"$job\"\($selector)}, instance)"; ".+");

# annotation(NAME; COLOUR; QUERY; TITLE; TEXT): times at which the query has a value, and regions where it lasts.
def annotation($name; $colour; $expr; $title; $text): {$name, datasource: {type: "prometheus", uid: "${datasource}"}, enable: true,
	hide: false, iconColor: $colour, $expr, step: "15s", titleFormat: $title, textFormat: $text, useValueForTime: false};

# Panels flow from left to right, and below when a line is full.
def placed: reduce .[] as $panel ({x: 0, y: 0, height: 0, panels: []};
		if .x + $panel.gridPos.w > 24 then .y += .height | .x = 0 | .height = 0 else . end
		| .panels += [{id: (.panels | length + 1)} + $panel + {gridPos: ($panel.gridPos + {x: .x, y: .y})}]
		| .x += $panel.gridPos.w | .height = ([.height, $panel.gridPos.h] | max))
	| .panels;

def dashboard($uid; $title; $description; $variables; $annotations; $panels):
	{$uid, $title, $description, id: null, schemaVersion: 39, version: 1, editable: false, tags: ["hawatch"], timezone: "browser",
		graphTooltip: 1, refresh: "15s", time: {from: "now-6h", to: "now"},
		links: [
			{type: "dashboards", title: "hawatch", tags: ["hawatch"], asDropdown: false, includeVars: true, keepTime: true,
				targetBlank: false, icon: "external link", tooltip: "", url: ""},
			{type: "link", title: "Runbook", url: runbook, icon: "doc", targetBlank: true, asDropdown: false,
				includeVars: false, keepTime: false, tags: [], tooltip: "What to do about each status and alert"}],
		templating: {list: $variables}, annotations: {list: $annotations}, panels: ($panels | placed)};
