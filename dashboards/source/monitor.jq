
# The dashboard of the monitor itself: whether hawatchd sees what it should, and what it costs.

def by_daemon($expr): "max by (instance) (\($expr))";

def daemons:
	row("hawatchd"),
	(table("Daemons"; [16, 6]; "Whether Prometheus scrapes each daemon, whether all polls that its pairs need succeed, its version, and how long it has been running.";
		[cells("max by (instance) (\("up{\(daemon),\(site)}"))"), cells("min by (instance) (\(own("ha_up")))"),
			cells("max by (instance, version, revision) (\(own("ha_build_info")))"), cells(by_daemon("time() - \(own("process_start_time_seconds"))")),
			cells("min by (instance) (\(own("ha_config_last_reload_successful")))"),
			cells(by_daemon("time() - \(own("ha_config_last_reload_success_timestamp_seconds"))")), cells(by_daemon("abs(\(own("ha_clock_offset_seconds")))"))];
		[["instance", "Daemon"], ["Value #A", "Scraped"], ["Value #B", "Polls"], ["Value #E", "Configuration"], ["Value #F", "Loaded"],
			["Value #D", "Runs for"], ["Value #G", "Clock off by"], ["version", "Version"], ["revision", "Revision"]])
		| else_says("? NO DATA: Prometheus has no target of this job")
		| with([named("Scraped"; coloured(yes_no(["✓ yes", "good"]; ["✗ no", "bad"]))),
			named("Polls"; coloured(yes_no(["✓ all succeed", "good"]; ["! some fail", "wait"]))),
			named("Configuration"; coloured(yes_no(["✓ taken", "good"]; ["! refused", "wait"]))),
			named("Loaded"; {unit: "dtdurations", decimals: 1}), named("Runs for"; {unit: "dtdurations", decimals: 1}),
			named("Clock off by"; {unit: "s", color: {mode: "thresholds"}, thresholds: steps([[null, "text"], [30, "wait"]]),
				"custom.cellOptions": {type: "color-text"}})])),
	(alerts_table("Firing alerts of the monitor"; [8, 6]; "Alerts whose component is hawatchd.";
		",component=\"hawatchd\""; [["pair", "Pair"], ["side", "Side"]])),
	(table("Credentials"; [12, 6]; "When each credential in use ends. Refused: Spot has refused it. A credential that hawatchd renews itself lives on.";
		[cells("min by (credential, pair, side) (\(own("ha_credential_expiry_timestamp_seconds"))) - time()"),
			cells("min by (credential, pair, side) (\(own("ha_credential_renewal_timestamp_seconds"))) - time()")];
		[["credential", "Credential"], ["pair", "Pair"], ["side", "Side"], ["Value #A", "Ends in"], ["Value #B", "Renewal due in"]])
		| sorted_by("Ends in"; false) | else_says("No credential that ends")
		| with([like("Ends|Renewal"; {unit: "dtdurations", decimals: 1, noValue: "–", color: {mode: "thresholds"},
			thresholds: steps([[null, "bad"], [0, "text"]]), "custom.cellOptions": {type: "color-text"}})])),
	(table("What cannot be trusted or read"; [12, 6]; "Credentials that Spot refuses, sides whose certificate is not verified, resources that cannot be read, pairs whose state is not saved, and peers that do not answer or have other windows.";
		[cells("label_replace(max by (source) (\(own("ha_credential_rejected"))) == 1, \"what\", \"credential refused by Spot\", \"\", \"\")"),
			cells("label_replace(max by (pair, side) (\(own("ha_insecure_tls"))) == 1, \"what\", \"certificate not verified\", \"\", \"\")"),
			cells("label_replace(min by (pair, side, resource) (\(own("ha_inventory_up"))) == 0, \"what\", \"resource not read\", \"\", \"\")"),
			cells("label_replace(max by (pair, instance) (time() - \(own("ha_state_saved_timestamp_seconds"))) > 3600, \"what\", \"state not saved\", \"\", \"\")"),
			cells("label_replace(max by (instance, peer) (\(own("ha_peer_up"))) == 0, \"what\", \"peer does not answer\", \"\", \"\")"),
			cells("label_replace(max by (instance, peer, pair) (\(own("ha_peer_maintenance_agrees"))) == 0, \"what\", \"other maintenance windows\", \"\", \"\")")];
		[["what", "What"], ["pair", "Pair"], ["side", "Side"], ["source", "Source"], ["resource", "Resource"], ["peer", "Peer"], ["instance", "Daemon"]])
		| else_says("None"));

def polls:
	row("What it asks"),
	(lines("Age of the last successful poll"; [8, 7]; "s"; "The oldest of each source but /readyz, which is asked only when the nodes fail.";
		[over("max by (source) (time() - \(own("ha_last_successful_poll_timestamp_seconds"; "source!=\"readyz\"")))"; "{{source}}"),
			over("max(\(own("ha_poll_interval_seconds")))"; "poll interval")])
		| from_zero | .fieldConfig.overrides = [] | dashed("poll interval")),
	(lines("Poll duration, 95th percentile"; [8, 7]; "s"; "For each source, over all daemons and sides.";
		[over("histogram_quantile(0.95, sum by (source, le) (\(rate_of(own("ha_poll_duration_seconds_bucket")))))"; "{{source}}")])
		| from_zero | .fieldConfig.overrides = []),
	(lines("Lateness of rounds, 99th percentile"; [8, 7]; "s"; "How late rounds start against their schedule: the machine is too slow, or stands still.";
		[over("histogram_quantile(0.99, sum by (instance, le) (\(rate_of(own("ha_poll_lateness_seconds_bucket")))))"; "{{instance}}")])
		| from_zero | .fieldConfig.overrides = []),
	(lines("Polls"; [8, 7]; "reqps"; "Polls per second, by source: what hawatchd costs the API servers.";
		[over("sum by (source) (\(rate_of(own("ha_polls_total"))))"; "{{source}}")]) | from_zero | .fieldConfig.overrides = []),
	(lines("Failed polls"; [8, 7]; "percentunit"; "Share of the failed polls of each source. HAPollErrors: above 20 %.";
		[over("sum by (source) (\(rate_of(own("ha_poll_errors_total")))) / sum by (source) (\(rate_of(own("ha_polls_total"))))"; "{{source}}")])
		| from_zero | .fieldConfig.defaults.max = 1 | .fieldConfig.overrides = [] | with_limits([[0.2, "wait"]])),
	(lines("Errors by reason"; [8, 7]; "reqps"; "Failed polls per second, all sources. The runbook explains each reason (HAPollErrors).";
		[over("sum by (reason) (\(rate_of(own("ha_poll_errors_total")))) > 0"; "{{reason}}")])
		| from_zero | .fieldConfig.overrides = [] | else_says("No error"));

def http:
	row("Who asks hawatchd"),
	(lines("Requests"; [8, 7]; "reqps"; "Answered requests, by HTTP status.";
		[over("sum by (code) (\(rate_of(own("ha_http_requests_total"))))"; "{{code}}")]) | from_zero | .fieldConfig.overrides = []),
	(lines("Connections"; [8, 7]; "short"; "Open connections to the daemons, by what they do.";
		[over("sum by (state) (\(own("ha_http_connections")))"; "{{state}}")]) | from_zero | .fieldConfig.overrides = []),
	(lines("Refused connections"; [8, 7]; "reqps"; "Connections that were refused or cut, by reason.";
		[over("sum by (reason) (\(rate_of(own("ha_http_connections_refused_total"))))"; "{{reason}}")]) | from_zero | .fieldConfig.overrides = []),
	(lines("Answers, 99th percentile"; [8, 7]; "s"; "From a request's complete head until its answer was sent, by what answers.";
		[over("histogram_quantile(0.99, sum by (handler, le) (\(rate_of(own("ha_http_request_duration_seconds_bucket")))))"; "{{handler}}")])
		| from_zero | .fieldConfig.overrides = []),
	(lines("Bytes sent"; [8, 7]; "Bps"; "Bodies of answers, by what answers.";
		[over("sum by (handler) (\(rate_of(own("ha_http_response_bytes_total"))))"; "{{handler}}")]) | from_zero | .fieldConfig.overrides = []),
	(lines("Passwords hashed"; [8, 7]; "reqps"; "Passwords of clients that were not known, by result. Many wrong ones: a client has an old password, or one is being guessed.";
		[over("sum by (result) (\(rate_of(own("ha_http_passwords_hashed_total"))))"; "{{result}}")]) | from_zero | .fieldConfig.overrides = []),
	(table("Web configuration"; [24, 4]; "Whether the files of the web configuration are in use as they stand, and when hawatchd's own certificate ends (HAWebCertificateExpires: in less than two days). Only where there is a web configuration.";
		[cells("min by (instance) (\(own("ha_web_config_last_reload_successful")))"),
			cells("min by (instance) (\(own("ha_web_certificate_expiry_timestamp_seconds"))) - time()")];
		[["instance", "Daemon"], ["Value #A", "Files"], ["Value #B", "Certificate ends in"]])
		| else_says("No web configuration")
		| with([named("Files"; coloured(yes_no(["✓ in use", "good"]; ["! refused", "wait"]))),
			named("Certificate ends in"; {unit: "dtdurations", decimals: 1, noValue: "–", color: {mode: "thresholds"},
				thresholds: steps([[null, "wait"], [172800, "text"]]), "custom.cellOptions": {type: "color-text"}})]));

def process:
	row("Process"),
	(lines("Memory"; [8, 7]; "bytes"; "Resident memory.";
		[over(by_daemon(own("process_resident_memory_bytes")); "{{instance}}")]) | from_zero | .fieldConfig.overrides = []),
	(lines("Processor"; [8, 7]; "percentunit"; "Share of one processor.";
		[over(by_daemon(rate_of(own("process_cpu_seconds_total"))); "{{instance}}")]) | from_zero | .fieldConfig.overrides = []),
	(lines("File descriptors"; [8, 7]; "percentunit"; "Open ones as a share of the limit.";
		[over(by_daemon("\(own("process_open_fds")) / \(own("process_max_fds"))"); "{{instance}}")])
		| from_zero | .fieldConfig.defaults.max = 1 | .fieldConfig.overrides = [] | with_limits([[0.8, "wait"]])),
	(lines("Clock"; [8, 7]; "s"; "Our clock minus the nearest clock of the servers that are polled. HAClockSkew: more than 30 s.";
		[over(by_daemon(own("ha_clock_offset_seconds")); "{{instance}}")]) | .fieldConfig.overrides = [] | with_limits([[30, "wait"]])),
	(lines("Dropped lines of the log"; [8, 7]; "cps"; "Lost because the reader of the log is too slow.";
		[over(by_daemon(rate_of(own("ha_log_lines_dropped_total"))); "{{instance}}")]) | from_zero | .fieldConfig.overrides = []),
	(lines("Journals"; [8, 7]; "bytes"; "Size of the journals of all pairs, where there is a state directory.";
		[over("sum by (instance) (\(own("ha_journal_size_bytes")))"; "{{instance}}")]) | from_zero | .fieldConfig.overrides = []),
	(lines("Failed writes of journals"; [8, 7]; "cps"; "Above 0: the disk is full or broken, or another hawatchd has the same state directory; the log says which.";
		[over("sum by (instance) (\(rate_of(own("ha_journal_write_errors_total"))))"; "{{instance}}")]) | from_zero | .fieldConfig.overrides = []),
	(lines("Samples of a scrape"; [8, 7]; "short"; "Above `sample_limit` of the scrape job (120000 in the example) a scrape fails completely.";
		[over(by_daemon("scrape_samples_post_metric_relabeling{\(daemon),\(site)}"); "{{instance}}")])
		| from_zero | .fieldConfig.overrides = [] | with_limits([[96000, "wait"], [120000, "bad"]]));

dashboard("hawatch-monitor"; "hawatch: the monitor"; "hawatchd itself: whether it sees what it should, and what it costs.";
	[data_source, of_job, of_site, of_instance("")];
	[annotation("Starts of hawatchd"; "#CC79A7"; "max by (instance) (changes(\(own("process_start_time_seconds"))[$__rate_interval])) > 0";
		"hawatchd started"; "{{instance}}")];
	[daemons, polls, http, process])
