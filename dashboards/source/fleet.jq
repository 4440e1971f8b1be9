
# The dashboard of all pairs: the worst first.

# The worse a pair is, the higher: both sides down, one down, not known, disabled, ACTIVE.
def rank: r("pair:ha_status_code:max") | "\(.) + 2.5 * (\(.) == bool 0) - 2 * (\(.) == bool 2)";
def of_pair: "pair, environment, cluster";
# A site may have no label `environment` or `cluster`: `.*` stands for that in the link to the pair.
def with_site($expr): "label_replace(label_replace(\($expr), \"environment\", \".*\", \"environment\", \"^$\"), \"cluster\", \".*\", \"cluster\", \"^$\")";
def by_pair($expr): cells(with_site("max by (\(of_pair)) (\($expr))"));
def state($side): by_pair(r("pair_side:ha_cloudspace_state_code:max"; "side=\"\($side)\""));
def firing($priorities): "count by (\(of_pair)) (ALERTS{alertname=~\"HA.+\",alertstate=\"firing\",priority=~\"\($priorities)\",\(site),pair=~\"$pair\"}) or 0 * max by (\(of_pair)) (\(r("pair:ha_status_code:max")))";

def pairs_with($title; $codes; $words; $description):
	stat($title; [4, 4]; "short"; $description;
		[now("count(\(r("pair:ha_status_code:max")) \($codes)) or (count(\(r("pair:ha_status_code:max"))) * 0)"; "pairs")])
	| with_steps($words);

def overview:
	pairs_with("Both sides down"; "== 5"; [[null, "good"], [1, "bad"]]; "Pairs in BLOCKED_BOTH_UNAVAILABLE (P0)."),
	pairs_with("One side down"; "< 5 > 2"; [[null, "good"], [1, "bad"]]; "Pairs with one side unavailable (P1)."),
	pairs_with("UNKNOWN"; "== 0"; [[null, "good"], [1, "blind"]]; "Pairs whose status no daemon knows."),
	pairs_with("DISABLED"; "== 1"; [[null, "good"], [1, "off"]]; "Pairs whose HA is switched off."),
	pairs_with("ACTIVE"; "== 2"; [[null, "bad"], [1, "good"]]; "Pairs with both sides UP."),
	(stat("Tickets"; [4, 4]; "short"; "Firing alerts of P2, of the pairs and of the monitor.";
		[now("count(ALERTS{alertname=~\"HA.+\",alertstate=\"firing\",priority=\"P2\",\(site)}) or vector(0)"; "tickets")])
		| with_steps([[null, "good"], [1, "wait"]]));

def pairs:
	table("Pairs"; [24, 14]; "The worst first. A click on a pair shows its dashboard.";
		[by_pair(rank), by_pair(r("pair:ha_status_code:max")), by_pair("time() - min by (\(of_pair)) (\(began))"),
			cells(with_site(firing("P0|P1"))), cells(with_site(firing("P2|P3"))), state("primary"), state("secondary"),
			by_pair(m("ha_effective_nodes")), by_pair(m("ha_utilization_ratio")), by_pair(r("pair:ha_slo_budget_left:ratio"))];
		[["Value #B", "Status"], ["pair", "Pair"], ["environment", "Environment"], ["cluster", "Cluster"], ["Value #C", "For"],
			["Value #D", "Pages"], ["Value #E", "Tickets"], ["Value #F", "Primary"], ["Value #G", "Secondary"], ["Value #H", "Nodes"],
			["Value #I", "Utilization"], ["Value #J", "Error budget left"], ["Value #A", "Rank"]])
	| sorted_by("Rank"; true) | else_says("No pair is known: hawatchd, its scrape job or the recording rules are missing")
	| with([named("Status"; coloured(statuses)), named("Primary"; coloured(states)), named("Secondary"; coloured(states)),
		named("For"; {unit: "dtdurations", decimals: 1}), named("Utilization"; {unit: "percentunit"}), named("Error budget left"; {unit: "percentunit"}),
		named("Rank"; {"custom.hidden": true}),
		like("Environment|Cluster"; {mappings: [{type: "value", options: {".*": {text: "–", index: 0}}}]}),
		named("Pages"; {thresholds: steps([[null, "transparent"], [1, "bad"]]), color: {mode: "thresholds"},
			"custom.cellOptions": {type: "color-background", mode: "basic"}}),
		named("Tickets"; {thresholds: steps([[null, "transparent"], [1, "wait"]]), color: {mode: "thresholds"},
			"custom.cellOptions": {type: "color-background", mode: "basic"}}),
		named("Pair"; {links: [{title: "Dashboard of the pair", targetBlank: false,
			url: "/d/hawatch-pair?var-datasource=${datasource}&var-pair=${__data.fields.pair}&var-environment=${__data.fields.environment}&var-cluster=${__data.fields.cluster}&${__url_time_range}"}]})]);

dashboard("hawatch-fleet"; "hawatch: fleet"; "All pairs of cloudspaces, the worst first.";
	[data_source, of_job, of_site,
		(choice("pair"; "Pair"; "label_values(ha_status{job=~\"$job\",environment=~\"$environment\",cluster=~\"$cluster\"}, pair)"; ".+")),
		of_instance("")];
	[annotation("Changes of the status"; "#CC79A7";
		"max by (pair, from, to) (increase(\(m("ha_status_transitions_total"))[$__rate_interval])) > 0"; "HA status of {{pair}}"; "{{from}} to {{to}}")];
	[overview, pairs,
	timeline("Status over time"; [24, 10]; "If daemons disagree, the worse status. Choose pairs above where there are many.";
		statuses; [over("max by (\(of_pair)) (\(r("pair:ha_status_code:max")))"; "{{pair}}")]),
	(alerts_table("Firing alerts"; [24, 9]; "Of all pairs and of the monitor, the most urgent first.";
		""; [["pair", "Pair"], ["side", "Side"], ["source", "Source"], ["credential", "Credential"]])),
	(lines("Effective nodes of all pairs"; [12, 8]; "short"; "Nodes that count, and how many there can be.";
		[over("sum(max by (\(of_pair)) (\(m("ha_effective_nodes"))))"; "now"), over("sum(max by (\(of_pair)) (\(m("ha_max_possible_nodes"))))"; "at most")])
		| from_zero | dashed("at most") | tinted({now: "good", "at most": "blind"})),
	(lines("Runners of all pairs"; [12, 8]; "short"; "Runners by what they do.";
		[over("sum by (activity) (max by (\(of_pair), side, activity) (\(m("ha_runners"))))"; "{{activity}}")])
		| from_zero | stacked | tinted({busy: "good", idle: "#56B4E9", finishing: "#009E73", starting: "wait", failed: "bad"}))])
