
# The dashboard of one pair. Its first rows answer: how is it, since when, what does that mean, what still works.

def side_of($name; $side): m($name; "side=\"\($side)\"");

def nodes($side; $description): lines("Nodes, \($side)"; [8, 8]; "short"; $description;
	[["available", "ha_cloudspace_nodes_available"], ["ready", "ha_cloudspace_nodes_ready"], ["cordoned", "ha_cloudspace_nodes_cordoned"],
		["total", "ha_cloudspace_nodes"], ["desired", "ha_cloudspace_nodes_desired"], ["max", "ha_cloudspace_nodes_max"]]
	| map(over(worst("side"; side_of(.[1]; $side)); .[0])))
	| from_zero | dashed("desired") | dashed("max")
	| tinted({available: "good", ready: "#56B4E9", cordoned: "wait", total: "#009E73", desired: "#CC79A7", max: "blind"});

def runners($side): lines("Runners, \($side)"; [8, 8]; "short";
	"Runners by what they do. Failed ones keep their places in the scale set. Without a listener, busy runners may look idle.";
	[over(worst("activity"; side_of("ha_runners"; $side)); "{{activity}}"),
		over(worst("side"; side_of("ha_runners_max"; $side)); "max")])
	| from_zero | dashed("max")
	| tinted({busy: "good", idle: "#56B4E9", finishing: "#009E73", starting: "wait", failed: "bad", max: "blind"});

def flags: timeline("What holds of a side"; [24, 7];
	"Maintenance (declared, or inferred from cordoned nodes), flapping, a state from before a restart of hawatchd, UP although Spot disagrees, provisioning late or stuck, drained, number of nodes only from the pools, max_nodes differs from the pools.";
	mapped([word(1; "yes"; "wait")]; "?");
	[["declared maintenance", "ha_maintenance_declared"], ["maintenance", "ha_maintenance"], ["flapping", "ha_cloudspace_flapping"],
		["from before a restart", "ha_cloudspace_state_held"], ["degraded", "ha_cloudspace_degraded"],
		["provisioning late", "ha_provisioning_late"], ["provisioning stuck", "ha_provisioning_stuck"],
		["drained", "ha_drained"], ["nodes from pools", "ha_cloudspace_nodes_from_pools"], ["max differs", "ha_max_nodes_drift"]]
	| map(over(worst("side"; m(.[1])) + " == 1"; "{{side}}: \(.[0])")))
	| else_says("None of it");

def now_row:
	(stat("HA status"; [7, 6]; "none";
		"The HA status. If daemons disagree, the worse one. Needs the recording rules.";
		[now("max(\(r("pair:ha_status_code:max")))"; "status")])
		| with_words(statuses)),
	(stat("In this status"; [5, 6]; "dtdurations";
		"How long the status has been this one, and since when: of the daemons that tell this status, the one that has told it for longest.";
		[now("time() - min(\(began))"; "for"), now("1000 * min(\(began))"; "since")])
		| .fieldConfig.defaults.decimals = 1 | with([named("since"; {unit: "dateTimeAsSystem"})])
		| else_says("not known")),
	(alerts_table("Firing alerts"; [12, 6]; "Of this pair, and those that name no pair: many pairs, or the monitor. The most urgent first; a click on the runbook's column says what to do.";
		",pair=~\"$pair|\""; [["side", "Side"], ["source", "Source"], ["credential", "Credential"]]));

def remains_row:
	(stat("What remains: sides"; [4, 4]; "short"; "Sides that are UP.";
		[now("count(\(r("pair_side:ha_cloudspace_state_code:max")) == 1) or vector(0) and on () \(r("pair_side:ha_cloudspace_state_code:max"))"; "UP")])
		| with_steps([[null, "bad"], [1, "wait"], [2, "good"]]) | else_says("not known")),
	(stat("Effective nodes"; [6, 4]; "short"; "Nodes that count: of both sides together while ACTIVE, else of the side that is UP; and how many there can be.";
		[now("max(\(m("ha_effective_nodes")))"; "now"), now("max(\(m("ha_max_possible_nodes")))"; "at most"),
			now("max(\(m("ha_effective_nodes_per_cloudspace")))"; "each side")]) | else_says("not known")),
	(stat("Runners"; [6, 4]; "short"; "Runners of all sides that can be reached: busy, and those that may still start.";
		[now("sum(\(worst("side"; m("ha_runners"; "activity=\"busy\""))))"; "busy"),
			now("sum(\(worst("side"; m("ha_runners_max")))) - sum(\(worst("side"; m("ha_runners"; "activity=~\"busy|finishing|failed\"" ))))"; "free")])
		| else_says("not known")),
	(stat("Utilization"; [4, 4]; "percentunit"; "Effective nodes as a share of the maximum of all sides. From 80 %: plan to scale up. Above 90 %: scale up.";
		[now("max(\(m("ha_utilization_ratio")))"; "")])
		| with_steps([[null, "good"], [0.8, "wait"], [0.9, "bad"]]) | else_says("not known")),
	(stat("Error budget left"; [4, 4]; "percentunit"; "Of the 3.6 hours that 99.5 % ACTIVE leaves in 30 days. HA disabled and declared maintenance do not count. Below 0 the service level is missed.";
		[now("min(\(r("pair:ha_slo_budget_left:ratio")))"; "")])
		| with_steps([[null, "bad"], [0, "wait"], [0.25, "good"]]) | else_says("not known yet"));

def timelines_row:
	row("Over time"),
	timeline("Status over time"; [24, 4]; "If daemons disagree, the worse status. Regions: maintenance and provisioning.";
		statuses; [over("max(\(r("pair:ha_status_code:max")))"; "HA status")]),
	timeline("Sides over time"; [24, 5]; "If daemons disagree, the worse state.";
		states; [over(worst("side"; r("pair_side:ha_cloudspace_state_code:max")); "{{side}}")]),
	flags;

def sides_row:
	row("Each side"),
	(table("Sides"; [14, 6]; "Each cloudspace: its state and why, and what Spot says of it.";
		[cells(worst("side"; r("pair_side:ha_cloudspace_state_code:max"))),
			cells("topk by (side) (1, \(worst("side, ha_cloudspace_state_reason"; m("ha_cloudspace_state_reason"))) == 1)"),
			cells(worst("side"; "time() - \(r("pair_side:ha_cloudspace_state_since_timestamp_seconds:max"))")),
			cells("topk by (side) (1, \(worst("side, ha_cloudspace_phase"; m("ha_cloudspace_phase"))) == 1)"),
			cells("topk by (side) (1, \(worst("side, cloudspace, cloudspace_region"; m("ha_cloudspace_info"))))")];
		[["side", "Side"], ["Value #A", "State"], ["ha_cloudspace_state_reason", "Reason"], ["Value #C", "For"],
			["ha_cloudspace_phase", "Phase in Spot"], ["cloudspace", "Cloudspace"], ["cloudspace_region", "Region"]])
		| sorted_by("Side"; false)
		| with([named("State"; coloured(states)), named("For"; {unit: "dtdurations", decimals: 1})])),
	(table("Times of a side"; [10, 6]; "How long a new cloudspace has been in the making (usual: 50 to 60 minutes), and when a declared maintenance ends.";
		[cells(worst("side"; r("pair_side:ha_cloudspace_state_code:max"))),
			cells(worst("side"; "time() - \(m("ha_provisioning_started_timestamp_seconds"))")),
			cells(worst("side"; "\(m("ha_maintenance_ends_timestamp_seconds")) - time()"))];
		[["side", "Side"], ["Value #B", "Provisioning for"], ["Value #C", "Maintenance ends in"]])
		| sorted_by("Side"; false) | with([like("for$|in$"; {unit: "dtdurations", decimals: 1, noValue: "–"})])),
	nodes("primary"; "Available: ready, not cordoned, not deleting, no taint that repels runners."),
	nodes("secondary"; "Available: ready, not cordoned, not deleting, no taint that repels runners."),
	(lines("Nodes won and joined"; [8, 8]; "short"; "Nodes that the pools have won or reserved, and nodes in the cluster. A gap that lasts: HANodesNotJoined.";
		[over(worst("side"; m("ha_cloudspace_nodes_won")); "{{side}} won"), over(worst("side"; m("ha_cloudspace_nodes")); "{{side}} joined"),
			over(worst("side"; m("ha_cloudspace_nodes_silent")); "{{side}} silent")])
		| from_zero | with([like("won$"; {"custom.lineStyle": {fill: "dash", dash: [6, 4]}})]));

def runners_row:
	row("Runners and applications"),
	runners("primary"), runners("secondary"),
	(lines("Runner utilization"; [8, 8]; "percentunit"; "Busy runners as a share of the scale sets' maximum. HARunnersExhausted: every side above 90 %.";
		[over(worst("side"; m("ha_runner_utilization_ratio")); "{{side}}")])
		| from_zero | .fieldConfig.defaults.max = 1 | with_limits([[0.9, "bad"]])),
	(lines("Runners desired"; [8, 7]; "short"; "Runners that the scale sets want, within their limits. If it stays at the maximum, jobs wait.";
		[over(worst("side"; m("ha_runners_desired")); "{{side}} desired"), over(worst("side"; m("ha_runners_min")); "{{side}} min"),
			over(worst("side"; m("ha_runners_max")); "{{side}} max")])
		| from_zero | with([like("(min|max)$"; {"custom.lineStyle": {fill: "dash", dash: [6, 4]}})])),
	(lines("Runner pods"; [8, 7]; "short"; "Runner pods by phase.";
		[over(worst("side, phase"; m("ha_runner_pods")) + " > 0"; "{{side}} {{phase}}")])
		| from_zero | .fieldConfig.overrides = []),
	(lines("Stuck"; [8, 7]; "short"; "Pods that stay pending, runners that do not register or do not end, runners with the job of another pod, applications that ArgoCD no longer reconciles. Above 0 for an hour there is a ticket.";
		[["pods", "ha_runner_pods_stuck"], ["runners", "ha_runners_stuck"], ["zombies", "ha_runners_zombie"],
			["frozen applications", "ha_argocd_apps_frozen"], ["applications to be pruned only", "ha_argocd_apps_benign_out_of_sync"]]
		| map(over(worst("side"; m(.[1])); "{{side}} \(.[0])")))
		| from_zero | .fieldConfig.overrides = []),
	(table("Listener and controller"; [8, 7]; "The listener gets jobs from GitHub, the controller creates runners.";
		[cells("topk by (side) (1, \(worst("side, ha_runner_listener"; m("ha_runner_listener"))) == 1)"),
			cells(all_agree("side"; m("ha_runner_controller_ready")))];
		[["side", "Side"], ["ha_runner_listener", "Listener"], ["Value #B", "Controller"]])
		| sorted_by("Side"; false)
		| with([named("Controller"; coloured(yes_no(["✓ ready", "good"]; ["! not ready", "wait"]))),
			named("Listener"; coloured([{type: "value", options: {running: {text: "✓ running", color: $palette.good, index: 0}}},
				{type: "regex", options: {pattern: "(.+)", result: {text: "! $1", color: $palette.wait, index: 1}}}]))])),
	(table("Applications"; [8, 7]; "ArgoCD applications by sync and health status.";
		[cells(worst("side, sync_status, health_status"; m("ha_argocd_apps")) + " > 0")];
		[["side", "Side"], ["sync_status", "Sync"], ["health_status", "Health"], ["Value", "Applications"]])
		| sorted_by("Side"; false)
		| with([like("Sync|Health"; coloured([{type: "value", options: {
				Synced: {text: "✓ Synced", color: $palette.good, index: 0}, Healthy: {text: "✓ Healthy", color: $palette.good, index: 1}}},
			{type: "regex", options: {pattern: "^(Degraded|Missing)$", result: {text: "✗ $1", color: $palette.bad, index: 2}}},
			{type: "regex", options: {pattern: "^([A-Z][a-z].*)$", result: {text: "! $1", color: $palette.wait, index: 3}}}]))])
		| else_says("Not known, or none")),
	(table("Readable resources"; [8, 7]; "What hawatchd can read. Not read: denied, not installed, or failed; `hawatch check` says which.";
		[cells(all_agree("side, resource"; m("ha_inventory_up"))),
			cells("sum by (side, resource) (\(m("ha_inventory_unreadable_objects")))")];
		[["side", "Side"], ["resource", "Resource"], ["Value #A", "Read"], ["Value #B", "Unreadable objects"]])
		| sorted_by("Read"; false)
		| with([named("Read"; coloured(yes_no(["✓ read", "good"]; ["! not read", "wait"]))), named("Unreadable objects"; {noValue: "–"})]));

def capacity_row:
	row("Capacity"),
	(lines("Effective nodes over time"; [8, 8]; "short"; "Effective nodes in total and of each side, and the maximum of the pair.";
		[over("max(\(m("ha_effective_nodes")))"; "total"), over("max(\(m("ha_effective_nodes_per_cloudspace")))"; "each side"),
			over("max(\(m("ha_max_possible_nodes")))"; "at most")])
		| from_zero | dashed("at most") | tinted({total: "good", "each side": "#56B4E9", "at most": "blind"})),
	(lines("Utilization over time"; [8, 8]; "percentunit"; "With the limits of HAUtilizationHigh and HAUtilizationCritical.";
		[over("max(\(m("ha_utilization_ratio")))"; "utilization"), over("max(\(own("ha_utilization_high_ratio")))"; "high"),
			over("max(\(own("ha_utilization_critical_ratio")))"; "critical")])
		| from_zero | .fieldConfig.defaults.max = 1 | dashed("high") | dashed("critical")
		| tinted({utilization: "good", high: "wait", critical: "bad"})),
	(lines("Imbalance"; [8, 8]; "short"; "How many more nodes one side has. HANodeImbalance waits 75 minutes: a side that comes back needs an hour to get its nodes.";
		[over("max(\(m("ha_node_imbalance")))"; "nodes"), over("max(\(m("ha_nodes_constrained")))"; "constrained (0 or 1)")])
		| from_zero | tinted({nodes: "wait", "constrained (0 or 1)": "blind"})),
	(stat("Constraining side"; [4, 7]; "none"; "The side with fewer available nodes; the pair counts twice its number.";
		[now("max by (ha_constraining_side) (\(m("ha_constraining_side"))) == 1"; "{{ha_constraining_side}}")])
		| .options.textMode = "name" | else_says("not known")),
	(lines("CPU"; [10, 7]; "suffix:cores"; "CPU cores that all pods request, and that the nodes can allocate. HACpuRequestsHigh: above 90 %.";
		[over(worst("side"; m("ha_cloudspace_cpu_requested_cores")); "{{side}} requested"),
			over(worst("side"; m("ha_cloudspace_cpu_allocatable_cores")); "{{side}} allocatable")])
		| from_zero
		| with([like("allocatable$"; {"custom.lineStyle": {fill: "dash", dash: [6, 4]}})])),
	(lines("Prices"; [10, 7]; "currencyUSD"; "Of the pool that is nearest to being outbid, in dollars per node and hour: bid, market price, and its 80th percentile. Only where `spot.price_url` is configured.";
		[over(worst("side"; m("ha_bid_price_dollars")); "{{side}} bid"), over(worst("side"; m("ha_market_price_dollars")); "{{side}} market"),
			over(worst("side"; m("ha_market_price_80th_percentile_dollars")); "{{side}} 80th percentile")])
		| .fieldConfig.defaults.decimals = 3
		| with([like("bid$"; {"custom.lineStyle": {fill: "dash", dash: [6, 4]}})]) | else_says("No prices are watched"));

def history_row:
	row("Changes and service level"),
	(panel("bargauge"; "Time in each status"; [8, 7]; "percentunit"; "Share of this time range in each status, as hawatchd observed it.";
		[now("max by (ha_status) (increase(\(m("ha_status_seconds_total"))[$__range]) / ignoring (ha_status) group_left () sum without (ha_status) (increase(\(m("ha_status_seconds_total"))[$__range])))"; "{{ha_status}}")])
		| .options = {displayMode: "basic", orientation: "horizontal", showUnfilled: true, valueMode: "text",
			reduceOptions: {calcs: ["lastNotNull"], fields: "", values: false}}
		| .fieldConfig.defaults += {min: 0, max: 1}
		| tinted({ACTIVE: "good", BLOCKED_PRIMARY_UNAVAILABLE: "bad", BLOCKED_SECONDARY_UNAVAILABLE: "bad", BLOCKED_BOTH_UNAVAILABLE: "bad",
			DISABLED: "off", UNKNOWN: "blind"})
		| else_says("not known")),
	(table("Changes in this time range"; [8, 7]; "Changes of the status, by from and to.";
		[cells("max by (from, to) (round(increase(\(m("ha_status_transitions_total"))[$__range]))) > 0")];
		[["from", "From"], ["to", "To"], ["Value", "Times"]]) | sorted_by("Times"; true) | else_says("No change")),
	(table("Changes of the sides"; [8, 7]; "Changes of each side's state in this time range, by the new state.";
		[cells("max by (side, to) (round(increase(\(m("ha_cloudspace_state_changes_total"))[$__range]))) > 0")];
		[["side", "Side"], ["to", "To"], ["Value", "Times"]]) | sorted_by("Times"; true) | else_says("No change")),
	(stat("Availability"; [24, 4]; "percentunit"; "ACTIVE time as a share of ACTIVE, BLOCKED and UNKNOWN time, from hawatchd's journal; HA disabled and planned time do not count. Only where the journal reaches back for the whole window.";
		[now("max by (window) (\(m("ha_availability_ratio")))"; "{{window}}")])
		| .fieldConfig.defaults.decimals = 2 | else_says("not known yet")),
	(lines("Error budget"; [12, 7]; "percentunit"; "What is left of the 3.6 hours that 99.5 % ACTIVE leaves in 30 days.";
		[over("min(\(r("pair:ha_slo_budget_left:ratio")))"; "left")])
		| tinted({left: "good"}) | with_limits([[0, "bad"]])),
	(lines("Burn rate"; [12, 7]; "short"; "How many times faster than in 30 days the error budget is spent. HAErrorBudgetBurnsFast: 14.4 in 1h and 5m, or 6 in 6h and 30m. HAErrorBudgetBurnsSlowly: 3 in 1d and 2h, or 1 in 3d and 6h. A window has a value once the pair has been watched for so long.";
		[over("max by (window) (\(r("pair:ha_slo_error:ratio"; "window!=\"30d\""))) / 0.005"; "{{window}}")])
		| from_zero | .fieldConfig.overrides = [] | with_limits([[1, "wait"], [14.4, "bad"]]) | else_says("Watched for less than five minutes"));

def polls_row:
	row("Polls of this pair"),
	(lines("Age of the last successful poll"; [8, 7]; "s"; "Of each source but /readyz, which is asked only when the nodes fail. Evidence older than twice its interval does not count; without any for five minutes a side is UNKNOWN.";
		[over("min by (source, side) (time() - \(m("ha_last_successful_poll_timestamp_seconds"; "source!=\"readyz\"")))"; "{{source}} {{side}}")])
		| from_zero | .fieldConfig.overrides = []),
	(lines("Failed polls"; [8, 7]; "percentunit"; "Share of the failed polls of each source. HAPollErrors: above 20 %.";
		[over("sum by (source, side) (\(rate_of(m("ha_poll_errors_total")))) / sum by (source, side) (\(rate_of(m("ha_polls_total"))))"; "{{source}} {{side}}")])
		| from_zero | .fieldConfig.defaults.max = 1 | .fieldConfig.overrides = [] | with_limits([[0.2, "wait"]])),
	(lines("Errors by reason"; [8, 7]; "reqps"; "Failed polls per second. The runbook explains each reason (HAPollErrors).";
		[over("sum by (side, reason) (\(rate_of(m("ha_poll_errors_total")))) > 0"; "{{side}} {{reason}}")])
		| from_zero | .fieldConfig.overrides = [] | else_says("No error"));

dashboard("hawatch-pair"; "hawatch: pair"; "One pair of cloudspaces: its verdict, its sides, runners, capacity and service level.";
	[data_source, of_job, of_site,
		choice("pair"; "Pair"; "label_values(ha_status{job=~\"$job\",environment=~\"$environment\",cluster=~\"$cluster\"}, pair)"; null),
		of_instance(",pair=~\"$pair\"")];
	[annotation("Changes of the status"; "#CC79A7";
		"max by (pair, from, to) (increase(\(m("ha_status_transitions_total"))[$__rate_interval])) > 0"; "HA status of {{pair}}"; "{{from}} to {{to}}"),
	annotation("Maintenance"; $palette.wait; "\(worst("side"; m("ha_maintenance"))) == 1"; "Maintenance of the {{side}}"; "Declared, or inferred from cordoned nodes"),
	annotation("Provisioning"; "#56B4E9"; "max by (side) (\(r("pair_side:ha_cloudspace_state:max"; "ha_cloudspace_state=\"PROVISIONING\""))) == 1";
		"Provisioning of the {{side}}"; "Spot builds a new cloudspace; usual: 50 to 60 minutes")];
	[now_row, remains_row, timelines_row, sides_row, runners_row, capacity_row, history_row, polls_row])
