# What is wrong with the dashboards, one line each: RULE: DASHBOARD: WHAT. Input: all of them, as one array.
# The first rules are those of Grafana's dashboard-linter that apply, by their names there. target-promql-rule is
# missing here: tests/e2e/dashboard.sh asks a real Prometheus.
# $expected has the words and colours of the status page.

# Series for which a rule does not hold, and why. An exception that nothing needs is an error.
def exceptions: [
	{rule: "target-job-rule", series: "^pair(_side)?:", why: "recorded: the rules have aggregated the labels of single daemons"},
	{rule: "target-instance-rule", series: "^pair(_side)?:", why: "the same"},
	{rule: "target-job-rule", series: "^ALERTS$", why: "alerts are about pairs; those about one daemon are few and wanted in each choice"},
	{rule: "target-instance-rule", series: "^ALERTS$", why: "the same"}];

def panels: .panels[] | select(.type != "row");
def targets: panels | .title as $panel | .targets[] | {$panel, expr};
# Every selector of a query: the series and its matchers, and what follows.
def selectors: targets | .panel as $panel | .expr | match("([a-zA-Z_:]+)\\{([^{}]*)\\}(\\[[^\\]]*\\])?"; "g")
	| {$panel, series: .captures[0].string, matchers: .captures[1].string, range: .captures[2].string};
def excused($rule): .series as $series | any(exceptions[]; . as $it | .rule == $rule and ($series | test($it.series)));
def without($rule; $matcher): selectors | select((.matchers | contains($matcher) | not) and (excused($rule) | not))
	| "\(.panel): \(.series) has no \($matcher)";
def is_variable($name; $shown): .templating.list as $list | ($list | map(.name == $name) | index(true)) as $at
	| $at != null and ($list[$at] | .label == $shown and .datasource.uid == "${datasource}" and .type == "query"
		and .multi and .includeAll and .allValue == ".+");
def uses_thresholds: .color.mode == "thresholds" or (.custom.thresholdsStyle.mode // "off") != "off";
# Fields of a panel: its defaults, and each override as if it were one.
def fields: panels | .title as $panel | .fieldConfig | (.defaults, (.overrides[] | .properties
	| reduce .[] as $it ({}; .[$it.id] = $it.value) | .custom.cellOptions = ."custom.cellOptions")) | {$panel, field: .};
def colours: [.. | objects | (.color?, .fixedColor?, .iconColor?) | strings] | unique[];

# rule(NAME; FILTER): the filter yields what is wrong.
def rule($name; filter): .uid as $uid | filter | "\($name): \($uid): \(.)";

(.[] | (
	rule("template-datasource-rule"; select(.templating.list[0] | .name != "datasource" or .type != "datasource"
		or .query != "prometheus" or .label != "Data source") | "the first variable is another one"),
	rule("template-job-rule"; select(is_variable("job"; "Job") | not) | "no variable job"),
	rule("template-instance-rule"; select(is_variable("instance"; "Instance") | not) | "no variable instance"),
	rule("template-on-time-change-reload-rule"; .templating.list[] | select(.type == "query" and .refresh != 2) | .name),
	rule("template-label-promql-rule"; .templating.list[] | select(.type == "query")
		| select(.query.query | test("^label_values\\([a-z_]+(\\{[^{}]*\\})?, [a-z]+\\)$") | not) | .name),
	rule("panel-datasource-rule"; [.panels, .annotations, .templating] | .. | .datasource? // empty
		| select(.uid != "${datasource}" or .type != "prometheus") | tostring),
	rule("panel-title-description-rule"; panels | select([.title, .description] | any(. == null or . == "")) | tostring[:80]),
	rule("panel-units-rule"; panels | select((.fieldConfig.defaults.unit // "") == "") | .title),
	rule("panel-no-targets-rule"; panels | select(.targets | length == 0 or any(.[]; (.expr // "") == "")) | .title),
	rule("target-rate-interval-rule"; targets | select(.expr | test("rate\\([^\\[]*\\[(?!\\$__rate_interval\\])")) | .panel),
	rule("target-job-rule"; without("target-job-rule"; "job=~\"$job\"")),
	rule("target-instance-rule"; without("target-instance-rule"; "instance=~\"$instance\"")),
	rule("target-counter-agg-rule"; selectors | select((.series | test("_(total|bucket|count|sum)$")) and .range == null) | "\(.panel): \(.series)"),
	rule("uneditable-dashboard-rule"; select(.editable) | "editable"),

	rule("provisioned from a file"; select(.schemaVersion != 39 or .id != null or has("__inputs") or has("__requires")
		or (.uid | startswith("hawatch-") | not)) | "another form"),
	rule("linked by tag"; select(.tags != ["hawatch"] or ([.links[] | select(.type == "dashboards" and .tags == ["hawatch"])] | length) != 1)
		| "no tag, or no link"),
	rule("titles are unique"; .panels | group_by(.title)[] | select(length > 1) | .[0].title),
	rule("ids are unique"; .panels | group_by(.id)[] | select(length > 1) | map(.title) | join(", ")),
	rule("panels do not overlap"; [.panels[] | .gridPos + {title}] as $p | range($p | length) as $i | range($i) as $j | [$p[$i, $j]]
		| select(.[0].x < .[1].x + .[1].w and .[1].x < .[0].x + .[0].w and .[0].y < .[1].y + .[1].h and .[1].y < .[0].y + .[0].h)
		| map(.title) | join(", ")),
	rule("panels fit the grid of 24"; .panels[] | select(.gridPos.x + .gridPos.w > 24) | .title),
	rule("one value is asked for now, not in the past"; panels | select(.type | IN("stat", "table", "bargauge"))
		| select(any(.targets[]; .instant | not)) | .title),
	rule("a table can be read"; panels | select(.type == "table") | .transformations[] | select(.id == "filterFieldsByName")
		| select(.options.include.names | length > 13) | tostring[:80]),
	rule("thresholds do something"; fields | select((.field.thresholds != null) != (.field | uses_thresholds)
		or (.field | uses_thresholds and (.thresholds.steps | length) < 2)) | .panel),
	rule("colours are those of the status page, or told apart by everyone"; colours | ascii_downcase
		| select(IN("text", "transparent", ("#E69F00", "#56B4E9", "#009E73", "#CC79A7" | ascii_downcase), $expected.colours[]) | not)),
	rule("the words of the statuses are the page's"; [.. | objects | select(.type == "value") | .options | select(has("5") and has("0"))
		| to_entries[] | "\(.key) \(.value.text | split(" ")[0]) \(.value.color)"] | unique - $expected.statuses | .[]),
	rule("the words of the states are the page's"; [.. | objects | select(.type == "value") | .options | select(has("4") and (has("5") | not))
		| to_entries[] | "\(.key) \(.value.text | split(" ")[0]) \(.value.color)"] | unique - $expected.states | .[]),
	rule("no box is empty"; panels | select(.type | IN("stat", "table", "bargauge")) | select((.fieldConfig.defaults.noValue // "") == "") | .title),
	rule("a status without data says so"; fields | select(.field.mappings != null and (.field.mappings[0].options | has("0")))
		| select(any(.field.mappings[]; .type == "special" and .options.match == "null+nan") | not) | .panel))),
(. as $all | exceptions[] | . as $it | select(any($all[] | selectors; .series | test($it.series)) | not)
	| "exceptions are needed: \(.rule): \(.series)")
