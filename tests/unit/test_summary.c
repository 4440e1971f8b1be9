/* What the runbook's jq filters read, and the snapshot that holds it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cJSON.h>

#include <cmocka.h>

#include "a_view.h"
#include "json_at.h"
#include "recording.h"
#include "render/balance_json.h"
#include "render/documents.h"

static struct buf summary_of(struct scene *s)
{
	struct buf out = buf_of(1 << 16);

	scene_look(s);
	documents_render(DOC_SUMMARY, &s->view, &s->vpair, &s->figures, &out);
	assert_false(out.overflow);
	return out;
}

static void golden(void **state)
{
	struct scene s;
	struct buf out;

	(void)state;
	scene_fill(&s);
	out = summary_of(&s);
	assert_golden("tests/golden/summary-active.json", buf_text(&out));
	buf_fini(&out);

	/* The secondary is new, its nodes are not known and its maximum neither. */
	s.pair.status = HA_BLOCKED_SECONDARY_UNAVAILABLE;
	s.pair.since.wall = s.pair.side[SECONDARY].since.wall = at_nine;
	s.pair.side[SECONDARY].verdict = PROVISIONING;
	s.pair.side[SECONDARY].reason = REASON_PROVISIONING;
	scene_forget(&s, SECONDARY);
	out = summary_of(&s);
	assert_golden("tests/golden/summary-blocked.json", buf_text(&out));
	buf_fini(&out);
}

/* The names where the runbook's filters look for them. */
static void names_of_the_contract(void **state)
{
	static const char *const paths[] = {"timestamp", "pair", "ha_enabled", "ha_active", "ha_status",
	    "ha_status_message", "ha_status_since", "total_effective_nodes", "capacity_utilization",
	    "primary_cloudspace", "secondary_cloudspace", "node_balance.primary_actual",
	    "node_balance.secondary_actual", "node_balance.effective_each", "node_balance.total_effective",
	    "node_balance.nodes_constrained", "node_balance.constraining_side", "cloudspaces.primary.name",
	    "cloudspaces.primary.ready", "cloudspaces.primary.state", "cloudspaces.primary.state_reason",
	    "cloudspaces.primary.since", "cloudspaces.primary.degraded", "cloudspaces.primary.status",
	    "cloudspaces.primary.health", "cloudspaces.primary.reason", "cloudspaces.primary.nodes",
	    "cloudspaces.primary.nodes_total", "cloudspaces.primary.nodes_ready", "cloudspaces.primary.nodes_cordoned",
	    "cloudspaces.primary.nodes_source", "cloudspaces.primary.desired", "cloudspaces.primary.max",
	    "cloudspaces.primary.endpoint", "cloudspaces.secondary.name", "status_page_url", "namespaces.runners",
	    "namespaces.controller", "namespaces.argocd", "maintenance", "blocked_since"};
	struct scene s;
	struct buf out;
	cJSON *json;

	(void)state;
	scene_fill(&s);
	out = summary_of(&s);
	json = cJSON_Parse(buf_text(&out));
	assert_non_null(json);
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		at(json, paths[i]);
	assert_string_equal(at(json, "capacity_utilization")->valuestring, "83.3%");
	assert_int_equal(at(json, "total_effective_nodes")->valueint, 20);
	assert_true(cJSON_IsTrue(at(json, "ha_active")));
	assert_string_equal(at(json, "node_balance.constraining_side")->valuestring, "none");
	assert_string_equal(at(json, "cloudspaces.secondary.name")->valuestring, "matchpoint-runners-2");
	cJSON_Delete(json);
	buf_fini(&out);
}

static void statuses(void **state)
{
	struct scene s;

	(void)state;
	for (int status = 0; status < HA_STATUSES; status++) {
		struct buf out;
		cJSON *json;

		scene_fill(&s);
		s.pair.status = (enum ha_status)status;
		s.vpair.is_enabled = status != HA_DISABLED;
		out = summary_of(&s);
		json = cJSON_Parse(buf_text(&out));
		assert_non_null(json);
		assert_string_equal(at(json, "ha_status")->valuestring, ha_status_names[status]);
		assert_int_equal(cJSON_IsTrue(at(json, "ha_active")), status == HA_ACTIVE);
		assert_int_equal(cJSON_IsTrue(at(json, "ha_enabled")), status != HA_DISABLED);
		assert_string_equal(
		    at(json, "node_balance.constraining_side")->valuestring, status == HA_ACTIVE ? "none" : "n/a");
		cJSON_Delete(json);
		buf_fini(&out);
	}
}

static void sources_of_nodes(void **state)
{
	/* clang-format off */
	static const struct {
		bool from_pools, has_nodes, has_pools;
		const char *source;
	} rows[] = {
		{false, true, true, "kubernetes"}, {false, true, false, "kubernetes"}, {false, false, true, "none"},
		{true, false, true, "node_pools"}, {true, true, true, "node_pools"}, {true, false, false, "none"},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct scene s;
		struct buf out;
		cJSON *json;

		scene_fill(&s);
		s.pair.side[PRIMARY].from_pools = rows[i].from_pools;
		s.vpair.side[PRIMARY].has_nodes = rows[i].has_nodes;
		s.vpair.side[PRIMARY].has_pools = rows[i].has_pools;
		out = summary_of(&s);
		json = cJSON_Parse(buf_text(&out));
		assert_string_equal(at(json, "cloudspaces.primary.nodes_source")->valuestring, rows[i].source);
		assert_int_equal(
		    cJSON_IsNull(at(json, "cloudspaces.primary.nodes")), strcmp(rows[i].source, "none") == 0);
		cJSON_Delete(json);
		buf_fini(&out);
	}
}

static void utilization_texts(void **state)
{
	/* clang-format off */
	static const struct {
		bool is_known;
		double ratio;
		const char *text;
	} rows[] = {{true, 20.0 / 24, "83.3%"}, {true, 0, "0.0%"}, {true, 1, "100.0%"}, {true, 2.5, "250.0%"}, {false, 0, NULL}};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct figures f = {
		    .balance = {.has_utilization = rows[i].is_known, .utilization_ratio = rows[i].ratio}};
		char out[16];
		const char *text = balance_json_utilization(&f, out);

		assert_int_equal(text != NULL, rows[i].text != NULL);
		if (text)
			assert_string_equal(text, rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(golden),
	    cmocka_unit_test(names_of_the_contract),
	    cmocka_unit_test(statuses),
	    cmocka_unit_test(sources_of_nodes),
	    cmocka_unit_test(utilization_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
