#include "conf_text.h"
#include "config/conf_table.h"
#include "mutate.h"

static char *load(const char *path)
{
	static char bytes[1 << 16];
	FILE *in = fopen(path, "r");
	assert_non_null(in); /* run from the project's root */
	bytes[fread(bytes, 1, sizeof bytes - 1, in)] = '\0';
	fclose(in);
	return bytes;
}

/* The example with the `#` taken from every key: "#key" becomes "key", "# prose" stays. */
static void uncomment(char *text)
{
	char *out = text;
	for (const char *p = text; *p; p++)
		if (*p != '#' || p[1] == ' ' || p[1] == '\n')
			*out++ = *p;
	*out = '\0';
}

static void test_smallest_file(void **state)
{
	(void)state;
	struct conf *c = parse("spot:\n  refresh_token_file: /etc/hawatch/spot-token\n"
			       "pairs:\n  - name: prod\n"
			       "    primary:   {cloudspace: cs, kubeconfig: /k, context: one}\n"
			       "    secondary: {cloudspace: cs-2, kubeconfig: /k, context: two}\n");
	assert_true(c->has_spot);
	assert_string_equal(c->spot.api_url, "https://spot.rackspace.com");
	assert_string_equal(c->spot.auth_url, "https://login.spot.rackspace.com");
	assert_string_equal(c->spot.client_id, "mwG3lUMV8KyeMqHe4fJ5Bb3nM1vBvRNa");
	assert_null(c->spot.ca_file);
	assert_string_equal(c->spot.refresh_token_file, "/etc/hawatch/spot-token");
	assert_null(c->spot.organization);
	assert_null(c->spot.price_url);
	assert_false(c->spot.has_api_url || c->spot.has_auth_url || c->spot.has_client_id);
	const struct conf_poll poll = {
	    .interval_ms = 5000,
	    .inventory_interval_ms = 30000,
	    .pod_interval_ms = 300000,
	    .spot_interval_ms = 30000,
	    .price_interval_ms = 300000,
	    .confirm_interval_ms = 1000,
	    .timeout_ms = 10000,
	    .unreachable_for_ms = 90000,
	    .own_network_window_ms = 60000,
	    .stale_after_ms = 300000,
	    .provisioning_late_ms = 75 * 60000,
	    .provisioning_stuck_ms = 120 * 60000,
	    .fall = 3,
	    .rise = 2,
	    .max_in_flight = 64,
	};
	assert_memory_equal(&c->poll, &poll, sizeof poll);
	assert_int_equal(c->pair_count, 1);
	const struct conf_pair *p = &c->pairs[0];
	assert_string_equal(p->name, "prod");
	assert_true(p->enabled);
	assert_int_equal(p->ignore_taints.count, 0);
	assert_string_equal(p->runners.namespace, "arc-runners");
	assert_string_equal(p->runners.controller_namespace, "arc-systems");
	assert_string_equal(p->argocd.namespace, "argocd");
	assert_string_equal(p->primary.cloudspace, "cs");
	assert_string_equal(p->primary.kubeconfig, "/k");
	assert_string_equal(p->primary.context, "one");
	assert_null(c->state_directory);
	assert_int_equal(p->extra_count, 0);
	assert_null(p->primary.token_file);
	assert_null(p->primary.ca_file);
	assert_false(p->primary.insecure);
	assert_int_equal(p->primary.max_nodes, 0);
	assert_int_equal(p->primary.min_available, 1);
	assert_string_equal(p->secondary.cloudspace, "cs-2");
	assert_string_equal(p->secondary.context, "two");
	assert_int_equal(p->secondary.min_available, 1);
	conf_free(&c);
	assert_null(c);
	conf_free(&c);
}

static void test_everything_set(void **state)
{
	(void)state;
	struct conf *c = parse(
	    "spot:\n  refresh_token_file: token\n  api_url: https://api/x/\n"
	    "  auth_url: 'http://127.0.0.1:8080'\n  client_id: me\n  ca_file: sub/ca\n"
	    "  organization: acme\n  price_url: https://prices/percentiles.json\n"
	    "poll: {interval: 200ms, inventory_interval: 1s, pod_interval: 0s, spot_interval: 200ms,\n"
	    "  price_interval: 1m,\n"
	    "  confirm_interval: 100ms, timeout: 2s500ms, fall: 5, rise: 4,\n"
	    "  unreachable_for: 1m30s, own_network_window: 1m, stale_after: 1h,\n"
	    "  max_in_flight: 7, anchors: ['https://one/', 'http://127.0.0.1:8/x']}\n"
	    "state_directory: state\n"
	    "peers: {urls: ['Peers:1/', 'https://[fd00::7]:2/hawatch'], token_file: p, ca_file: /q}\n"
	    "pairs:\n- name: A.b_c-1\n  enabled: false\n"
	    "  ignore_taints: [node.example.com/slow, spot]\n"
	    "  runners: {namespace: r, controller_namespace: c}\n"
	    "  argocd: {namespace: a}\n"
	    "  primary: {cloudspace: a.b, kubeconfig: 'k::/l:m:', allow_exec: true, token_file: t, ca_file: c,\n"
	    "    max_nodes: 7, min_available: 2}\n"
	    "  secondary: {cloudspace: b, insecure: true}\n"
	    "  extra: [{cloudspace: c, insecure: true}, {cloudspace: d, kubeconfig: kd, max_nodes: 9}]\n"
	    "- {name: q, primary: {cloudspace: c, insecure: true}, secondary: {cloudspace: d, insecure: true}}\n");
	assert_string_equal(c->spot.api_url, "https://api/x");
	assert_string_equal(c->spot.auth_url, "http://127.0.0.1:8080");
	assert_string_equal(c->spot.client_id, "me");
	assert_string_equal(c->spot.ca_file, "/etc/hawatch/sub/ca");
	assert_string_equal(c->spot.refresh_token_file, "/etc/hawatch/token");
	assert_string_equal(c->spot.organization, "acme");
	assert_string_equal(c->spot.price_url, "https://prices/percentiles.json");
	assert_true(c->spot.has_api_url && c->spot.has_auth_url && c->spot.has_client_id);
	const struct conf_poll poll = {
	    .interval_ms = 200,
	    .inventory_interval_ms = 1000,
	    .pod_interval_ms = 0,
	    .spot_interval_ms = 200,
	    .price_interval_ms = 60000,
	    .confirm_interval_ms = 100,
	    .timeout_ms = 2500,
	    .unreachable_for_ms = 90000,
	    .own_network_window_ms = 60000,
	    .stale_after_ms = 3600000,
	    .provisioning_late_ms = 75 * 60000,
	    .provisioning_stuck_ms = 120 * 60000,
	    .fall = 5,
	    .rise = 4,
	    .max_in_flight = 7,
	    .anchors = c->poll.anchors,
	};
	assert_memory_equal(&c->poll, &poll, sizeof poll);
	const struct conf_pair *p = &c->pairs[0];
	assert_string_equal(p->name, "A.b_c-1");
	assert_false(p->enabled);
	assert_int_equal(p->ignore_taints.count, 2);
	assert_string_equal(p->ignore_taints.v[0], "node.example.com/slow");
	assert_string_equal(p->ignore_taints.v[1], "spot");
	assert_string_equal(p->runners.namespace, "r");
	assert_string_equal(p->runners.controller_namespace, "c");
	assert_string_equal(p->argocd.namespace, "a");
	assert_string_equal(p->primary.kubeconfig, "/etc/hawatch/k:/l:/etc/hawatch/m");
	assert_true(p->primary.allow_exec);
	assert_false(p->primary.in_cluster);
	assert_string_equal(p->primary.token_file, "/etc/hawatch/t");
	assert_string_equal(p->primary.ca_file, "/etc/hawatch/c");
	assert_null(p->primary.context);
	assert_int_equal(p->primary.max_nodes, 7);
	assert_int_equal(p->primary.min_available, 2);
	assert_null(p->secondary.kubeconfig);
	assert_true(p->secondary.insecure);
	assert_int_equal(p->extra_count, 2);
	assert_int_equal(conf_pair_sides(p), 4);
	assert_string_equal(conf_pair_side(p, 2)->cloudspace, "c");
	assert_int_equal(conf_pair_side(p, 2)->min_available, 1);
	assert_string_equal(conf_pair_side(p, 3)->kubeconfig, "/etc/hawatch/kd");
	assert_int_equal(conf_pair_side(p, 3)->max_nodes, 9);
	assert_int_equal(c->pair_count, 2);
	assert_string_equal(c->pairs[1].name, "q");
	assert_int_equal(conf_pair_sides(&c->pairs[1]), 2);
	assert_int_equal(c->poll.anchors.count, 2);
	assert_string_equal(c->poll.anchors.v[0], "https://one");
	assert_string_equal(c->poll.anchors.v[1], "http://127.0.0.1:8/x");
	assert_string_equal(c->state_directory, "/etc/hawatch/state");
	assert_int_equal(c->peers.urls.count, 2);
	assert_string_equal(c->peers.urls.v[0], "http://peers:1");
	assert_string_equal(c->peers.urls.v[1], "https://[fd00::7]:2/hawatch");
	assert_string_equal(c->peers.token_file, "/etc/hawatch/p");
	assert_string_equal(c->peers.ca_file, "/q");
	conf_free(&c);
}

static void test_without_spot(void **state)
{
	(void)state;
	struct conf *c = parse("poll:\n" PAIRS);
	assert_false(c->has_spot);
	assert_null(c->spot.refresh_token_file);
	conf_free(&c);
}

static void test_relative_paths(void **state)
{
	(void)state;
	struct errs errs = {0};
	const char text[] = SPOT "pairs: [{name: p, primary: {cloudspace: a, kubeconfig: k/c},"
				 " secondary: {cloudspace: b, kubeconfig: ./c}}]";
	struct conf *c = conf_parse("h.yaml", text, strlen(text), &errs);
	assert_string_equal(c->pairs[0].primary.kubeconfig, "k/c");
	assert_string_equal(c->pairs[0].secondary.kubeconfig, "./c");
	conf_free(&c);
}

static void test_example_as_shipped(void **state)
{
	(void)state;
	struct conf *c = parse(load("config/hawatch.yaml"));
	assert_true(c->has_spot);
	assert_int_equal(c->pair_count, 1);
	assert_string_equal(c->pairs[0].name, "prod");
	assert_string_equal(c->pairs[0].secondary.cloudspace, "matchpoint-runners-2");
	conf_free(&c);
}

/* With every key uncommented nothing changes, since the keys show their defaults. */
static void test_example_shows_defaults(void **state)
{
	(void)state;
	char *text = load("config/hawatch.yaml");
	struct conf *shipped = parse(text);
	uncomment(text);
	struct conf *full = parse(text);
	assert_memory_equal(&full->poll, &shipped->poll, sizeof full->poll);
	assert_string_equal(full->spot.api_url, shipped->spot.api_url);
	assert_string_equal(full->spot.auth_url, shipped->spot.auth_url);
	assert_string_equal(full->spot.client_id, shipped->spot.client_id);
	conf_free(&shipped);
	conf_free(&full);
}

/* The value of one key of the table in a tree; "[]" means the first of the list. */
static const struct yaml_node *node_at(const struct yaml_node *node, const char *path)
{
	while (node && *path) {
		size_t len = strcspn(path, ".[");
		node = yaml_find(node, path, len);
		path += len;
		if (*path == '[') {
			node = node && node->count ? &node->items[0] : NULL;
			path += 2;
		}
		path += *path == '.';
	}
	return node;
}

static void test_example_documents_every_key(void **state)
{
	(void)state;
	char *text = load("config/hawatch.yaml");
	uncomment(text);
	struct errs errs = {0};
	struct yaml_node *root = yaml_tree_parse(FILE_NAME, text, strlen(text), YAML_STRICT, &errs);
	const struct conf_key_doc *rows;
	size_t count = conf_keys(&rows);
	assert_int_equal(count, conf_key_count);
	for (size_t i = 0; i < count; i++) {
		const struct yaml_node *node = node_at(root, rows[i].path);
		if (!node)
			fail_msg("config/hawatch.yaml lacks %s", rows[i].path);
		if (conf_key_table[i].need == CONF_OPTIONAL && *rows[i].fallback && node->kind == YAML_TEXT)
			assert_string_equal(node->text, rows[i].fallback);
		assert_string_equal(rows[i].path, conf_key_table[i].path);
		assert_string_equal(rows[i].fallback, conf_key_table[i].fallback);
		assert_true(strlen(rows[i].help) > 10);
		assert_non_null(strstr("duration path url text name integer boolean list", rows[i].type));
	}
	yaml_tree_free(&root);
}

/* Just inside each bound that test_mistakes() is just outside of. */
static void test_bounds_hold(void **state)
{
	static const char *const texts[] = {
	    POLL("confirm_interval: 5s"),
	    POLL("interval: 10ms, confirm_interval: 10ms"),
	    POLL("interval: 30s"),
	    POLL("unreachable_for: 60001ms"),
	    POLL("spot_interval: 44999ms"),
	    POLL("own_network_window: 30s"),
	    "poll: {own_network_window: 5s}\n" PAIRS,
	    POLL("interval: 30s, unreachable_for: 61s, stale_after: 90s"),
	    POLL("spot_interval: 1m, own_network_window: 1m, unreachable_for: 90s, stale_after: 2m"),
	    POLL("timeout: 299999ms"),
	    POLL("unreachable_for: 299999ms"),
	    POLL("fall: 1, rise: 100"),
	    POLL("stale_after: 24h"),
	    PRIMARY("cloudspace: a, kubeconfig: /k, max_nodes: 3, min_available: 3"),
	    PRIMARY("cloudspace: a, ca_file: /c, insecure: false"),
	    PRIMARY("cloudspace: a, kubeconfig: /k"),
	    IN_PAIR("ignore_taints: []"),
	    IN_PAIR("extra: []"),
	    IN_PAIR("extra:"),
	    IN_PAIR("extra: [{cloudspace: c, kubeconfig: /1}, {cloudspace: d, kubeconfig: /2}, {cloudspace: e, "
		    "kubeconfig: /3}, {cloudspace: f, kubeconfig: /4}]"),
	    POLL("anchors: []"),
	    POLL("anchors: ['https://a1', 'https://a2', 'https://a3', 'https://a4', 'https://a5', 'https://a6', "
		 "'https://a7', 'https://a8']"),
	    "peers:\n" SPOT PAIRS,
	    "peers: {urls: []}\n" SPOT PAIRS,
	    "peers: {urls: [a], token_file: t}\n" SPOT PAIRS,
	    IN_PAIR("argocd: {namespace: " A63 "}"),
	    PRIMARY("cloudspace: a." A63 ", kubeconfig: /k"),
	    SPOT "pairs:\n  - name: " A63 "\n" SIDES,
	    "poll:\n" PAIRS "    runners:\n    argocd:\n",
	};
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct conf *conf = parse(texts[i]);
		conf_free(&conf);
	}
}

/* What every configuration that is let through must satisfy, however it came about. */
static void assert_sound(const struct conf *c)
{
	const struct conf_poll *p = &c->poll;
	assert_true(p->confirm_interval_ms >= 10 && p->confirm_interval_ms <= p->interval_ms);
	assert_true(p->interval_ms <= p->spot_interval_ms);
	assert_true(p->unreachable_for_ms > p->own_network_window_ms);
	assert_true(p->stale_after_ms > p->unreachable_for_ms);
	assert_true(p->fall >= 1 && p->rise >= 1 && p->timeout_ms >= 10);
	assert_true(c->pair_count > 0 && (!c->has_spot || (c->spot.api_url && c->spot.auth_url)));
	for (size_t i = 0; i < c->pair_count; i++) {
		const struct conf_pair *pair = &c->pairs[i];
		assert_non_null(pair->name);
		assert_in_range(conf_pair_sides(pair), 2, 2 + EXTRAS_MAX);
		for (size_t s = 0; s < conf_pair_sides(pair); s++) {
			const struct conf_side *side = conf_pair_side(pair, s);
			assert_true(
			    side->kubeconfig || side->in_cluster || (c->has_spot && (side->ca_file || side->insecure)));
			for (size_t k = 0; k < s; k++)
				assert_string_not_equal(side->cloudspace, conf_pair_side(pair, k)->cloudspace);
		}
	}
}

static void test_damaged_examples(void **state)
{
	(void)state;
	static char bytes[1 << 16];
	size_t accepted = 0, rounds = 4000;
	struct mutator m = {.state = mutate_seed("test_damaged_examples"), .bytes = bytes, .max = sizeof bytes};
	for (size_t i = 0; i < rounds; i++) {
		char *text = load("config/hawatch.yaml");
		if (i % 2)
			uncomment(text);
		m.len = strlen(text);
		memcpy(bytes, text, m.len);
		mutate(&m);
		struct errs errs = {0};
		struct conf *conf = conf_parse(FILE_NAME, bytes, m.len, &errs);
		assert_true(!conf == (errs.count > 0));
		for (size_t e = 0; e < errs.count && e < ERRS_KEPT; e++)
			for (const char *p = errs.kept[e].text; *p; p++)
				assert_true((unsigned char)*p >= ' '); /* one line in a log */
		if (conf) {
			assert_sound(conf);
			accepted++;
		}
		conf_free(&conf);
	}
	assert_in_range(accepted, rounds / 100, rounds - rounds / 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_smallest_file),
	    cmocka_unit_test(test_everything_set),
	    cmocka_unit_test(test_without_spot),
	    cmocka_unit_test(test_relative_paths),
	    cmocka_unit_test(test_example_as_shipped),
	    cmocka_unit_test(test_example_shows_defaults),
	    cmocka_unit_test(test_example_documents_every_key),
	    cmocka_unit_test(test_bounds_hold),
	    cmocka_unit_test(test_damaged_examples),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
