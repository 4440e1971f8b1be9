/* Nodes: the recordings of a real API server, and what one node says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cJSON.h>

#include <cmocka.h>

#include "decode/items.h"
#include "decode/kube.h"
#include "mutate.h"
#include "recording.h"

static const char *const ignored[] = {"pool.example/arc", "dedicated"};
static const struct taint_filter no_filter = {NULL, 0}, filter = {ignored, 2};

static bool count(void *ctx, const char *json, size_t len, struct err *e)
{
	return kube_count_node(json, len, &no_filter, ctx, e);
}

/* Feeds a body in pieces of `piece`, or of random sizes up to it; counts go on in `counts`. */
static bool read_nodes(const struct recording *r, size_t len, size_t piece, struct mutator *random,
    struct node_counts *counts, struct buf *next, struct err *e)
{
	struct items it;
	bool is_good = true;

	items_init(&it, kube_node_members, count, counts);
	for (size_t at = 0; is_good && at < len;) {
		size_t n = random ? 1 + mutate_below(random, piece) : piece;

		n = n > len - at ? len - at : n;
		is_good = items_feed(&it, r->body + at, n, e);
		at += n;
	}
	is_good = is_good && items_finish(&it, "NodeList", next, e);
	assert_true(!is_good || !it.unreadable.count);
	unreadables_fini(&it.unreadable);
	items_fini(&it);
	return is_good;
}

static int expected(const cJSON *json, const char *name)
{
	const cJSON *m = cJSON_GetObjectItemCaseSensitive(json, name);

	assert_true(cJSON_IsNumber(m));
	return m->valueint;
}

/* What a monitor should conclude, says the recordings' own expected.json. */
static void assert_as_expected(const struct node_counts *counts)
{
	size_t len;
	char *text = file_read("tests/fixtures/kube/expected.json", &len);
	cJSON *json = cJSON_Parse(text);

	assert_non_null(json);
	assert_int_equal(counts->total, expected(json, "nodes_total"));
	assert_int_equal(counts->ready, expected(json, "nodes_ready"));
	assert_int_equal(counts->cordoned, expected(json, "nodes_cordoned"));
	assert_int_equal(counts->ready_cordoned, expected(json, "nodes_cordoned"));
	assert_int_equal(counts->available, expected(json, "nodes_available"));
	cJSON_Delete(json);
	free(text);
}

static void read_well(const char *name, size_t piece, struct mutator *random)
{
	struct recording r = recording_read(name);
	struct node_counts counts = {0};
	struct buf next = buf_of(1 << 12);
	struct err e = {""};

	if (!read_nodes(&r, r.len, piece, random, &counts, &next, &e))
		fail_msg("%s: %s", name, e.text);
	assert_int_equal(next.len, 0);
	assert_as_expected(&counts);
	buf_fini(&next);
	free(r.file);
}

static void recorded_list(void **state)
{
	struct mutator random = {.state = mutate_seed("recorded_list")};

	(void)state;
	read_well("kube/nodes.http", SIZE_MAX, NULL);
	read_well("kube/nodes-rv0.http", SIZE_MAX, NULL);
	read_well("kube/nodes.http", 1, NULL);
	for (int i = 0; i < 30; i++)
		read_well("kube/nodes.http", 1 + mutate_below(&random, 5000), &random);
}

static void recorded_pages(void **state)
{
	static const char *const pages[] = {
	    "kube/nodes-page-1.http", "kube/nodes-page-2.http", "kube/nodes-page-3.http"};
	struct node_counts counts = {0};

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct recording r = recording_read(pages[i]);
		struct buf next = buf_of(1 << 12);
		struct err e;

		assert_true(read_nodes(&r, r.len, 1000, NULL, &counts, &next, &e));
		/* The token of the next request, as recorded, stands in this page. */
		assert_int_equal(next.len > 0, i < 2);
		buf_fini(&next);
		free(r.file);
	}
	assert_as_expected(&counts);
}

/* A list is evidence as a whole or not at all. */
static void recorded_list_cut(void **state)
{
	struct recording r = recording_read("kube/nodes-as-curl.http");

	(void)state;
	for (size_t len = 0; len<r.len; len += len> 40 && len < r.len - 400 ? 37 : 1) {
		struct node_counts counts = {0};
		struct buf next = buf_of(1 << 12);
		struct err e;
		bool is_whole = strspn(r.body + len, " \r\n") == r.len - len;

		if (read_nodes(&r, len, SIZE_MAX, NULL, &counts, &next, &e) != is_whole)
			fail_msg("cut at %zu of %zu", len, r.len);
		buf_fini(&next);
	}
	free(r.file);
}

/* An error's body, whatever the status line says, is no list of nodes. */
static void recorded_errors(void **state)
{
	static const char *const names[] = {"kube/400-bad-continue.http", "kube/401-no-token.http",
	    "kube/403-no-rights.http", "kube/404-missing-crd.http", "kube/404-named-object.http",
	    "kube/406-table-without-group.http", "kube/410-expired-continue.http",
	    "kube/429-first-list-applications.http", "kube/readyz.http", "kube/version.http", "kube/livez-verbose.http",
	    "kube/leases.http", "kube/pods-runners.http", "kube/pods-table.http", "kube/pods-metadata-only.http",
	    "kube/nodes-gzip.http", "spot/404-cloudspace.http", "spot/cloudspaces.http"};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct recording r = recording_read(names[i]);
		struct node_counts counts = {0};
		struct buf next = buf_of(1 << 12);
		struct err e = {""};

		if (read_nodes(&r, r.len, 512, NULL, &counts, &next, &e))
			fail_msg("%s: read well", names[i]);
		assert_true(strlen(e.text) > 0);
		assert_int_equal(next.len, 0);
		buf_fini(&next);
		free(r.file);
	}
}

#define META "\"metadata\":{\"name\":\"n\"}"
#define READY "\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}"

/* reference: ready, cordoned, deleting, taints; total is 1 but for control-plane nodes. */
/* clang-format off */
static const struct {
	const char *name, *json;
	int total, ready, cordoned, available;
} nodes[] = {
	{"available", "{" META "," READY "}", 1, 1, 0, 1},
	{"null spec", "{" META ",\"spec\":null," READY "}", 1, 1, 0, 1},
	{"empty status", "{" META ",\"status\":{}}", 1, 0, 0, 0},
	{"no conditions", "{" META ",\"status\":{\"conditions\":null}}", 1, 0, 0, 0},
	{"no Ready", "{" META ",\"status\":{\"conditions\":[{\"type\":\"DiskPressure\",\"status\":\"True\"}]}}", 1, 0, 0, 0},
	{"False", "{" META ",\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"False\"}]}}", 1, 0, 0, 0},
	{"Unknown", "{" META ",\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"Unknown\"}]}}", 1, 0, 0, 0},
	{"true", "{" META ",\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"true\"}]}}", 1, 0, 0, 0},
	{"among others", "{" META ",\"status\":{\"conditions\":[{\"type\":\"A\",\"status\":\"False\"},{\"status\":\"True\",\"type\":\"Ready\"},{\"type\":\"Z\",\"status\":\"False\"}]}}", 1, 1, 0, 1},
	{"cordoned", "{" META ",\"spec\":{\"unschedulable\":true}," READY "}", 1, 1, 1, 0},
	{"cordoned, not ready", "{" META ",\"spec\":{\"unschedulable\":true},\"status\":{}}", 1, 0, 1, 0},
	{"not cordoned", "{" META ",\"spec\":{\"unschedulable\":false}," READY "}", 1, 1, 0, 1},
	{"deleting", "{\"metadata\":{\"name\":\"n\",\"deletionTimestamp\":\"2026-11-23T20:00:00Z\"}," READY "}", 1, 1, 0, 0},
	{"not deleting", "{\"metadata\":{\"name\":\"n\",\"deletionTimestamp\":null}," READY "}", 1, 1, 0, 1},
	{"NoSchedule", "{" META ",\"spec\":{\"taints\":[{\"key\":\"k\",\"effect\":\"NoSchedule\"}]}," READY "}", 1, 1, 0, 0},
	{"NoExecute", "{" META ",\"spec\":{\"taints\":[{\"key\":\"k\",\"effect\":\"NoExecute\"}]}," READY "}", 1, 1, 0, 0},
	{"PreferNoSchedule", "{" META ",\"spec\":{\"taints\":[{\"key\":\"DeletionCandidateOfClusterAutoscaler\",\"effect\":\"PreferNoSchedule\"}]}," READY "}", 1, 1, 0, 1},
	{"null taints", "{" META ",\"spec\":{\"taints\":null}," READY "}", 1, 1, 0, 1},
	{"ignored", "{" META ",\"spec\":{\"taints\":[{\"key\":\"dedicated\",\"value\":\"ci\",\"effect\":\"NoSchedule\"}]}," READY "}", 1, 1, 0, 1},
	{"ignored and another", "{" META ",\"spec\":{\"taints\":[{\"key\":\"dedicated\",\"effect\":\"NoSchedule\"},{\"key\":\"node.kubernetes.io/disk-pressure\",\"effect\":\"NoSchedule\"}]}," READY "}", 1, 1, 0, 0},
	{"ignored in part", "{" META ",\"spec\":{\"taints\":[{\"key\":\"dedicated2\",\"effect\":\"NoSchedule\"}]}," READY "}", 1, 1, 0, 0},
	{"control-plane", "{\"metadata\":{\"name\":\"n\",\"labels\":{\"node-role.kubernetes.io/control-plane\":\"\"}}," READY "}", 0, 0, 0, 0},
	{"master", "{\"metadata\":{\"name\":\"n\",\"labels\":{\"node-role.kubernetes.io/master\":\"\"}}," READY "}", 0, 0, 0, 0},
	{"another role", "{\"metadata\":{\"name\":\"n\",\"labels\":{\"node-role.kubernetes.io/worker\":\"\"}}," READY "}", 1, 1, 0, 1},
};
/* clang-format on */

static void one_node(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
		struct node_counts c = {100, 100, 100, 100, 100, 100};
		struct err e = {""};

		if (!kube_count_node(nodes[i].json, strlen(nodes[i].json), &filter, &c, &e))
			fail_msg("%s: %s", nodes[i].name, e.text);
		if (c.total != 100 + nodes[i].total || c.ready != 100 + nodes[i].ready ||
		    c.cordoned != 100 + nodes[i].cordoned ||
		    c.ready_cordoned != 100 + (nodes[i].ready && nodes[i].cordoned) ||
		    c.available != 100 + nodes[i].available || c.control_plane != 100 + !nodes[i].total)
			fail_msg("%s: total %d, ready %d, cordoned %d, both %d, available %d", nodes[i].name,
			    c.total - 100, c.ready - 100, c.cordoned - 100, c.ready_cordoned - 100, c.available - 100);
	}
}

/* Wrong types say nothing; a default would count a node as not ready, and many as an outage. */
/* clang-format off */
static const char *const not_nodes[] = {
	"",
	"[]",
	"{}",
	"{" META,
	"{\"metadata\":{}}",
	"{" META "}",
	"{" META ",\"status\":null}",
	"{" META ",\"spec\":{\"unschedulable\":true}}",
	"{\"metadata\":{\"name\":null}}",
	"{\"metadata\":{\"name\":7}}",
	"{\"metadata\":\"n\"}",
	"{" META "," META "," READY "}",
	"{" META ",\"spec\":[]," READY "}",
	"{" META ",\"status\":\"Ready\"}",
	"{" META "," READY "," READY "}",
	"{" META ",\"spec\":{\"unschedulable\":\"true\"}," READY "}",
	"{" META ",\"spec\":{\"unschedulable\":1}," READY "}",
	"{" META ",\"spec\":{\"unschedulable\":true,\"unschedulable\":false}," READY "}",
	"{\"metadata\":{\"name\":\"n\",\"deletionTimestamp\":0}," READY "}",
	"{\"metadata\":{\"name\":\"n\",\"labels\":[]}," READY "}",
	"{" META ",\"spec\":{\"taints\":{}}," READY "}",
	"{" META ",\"spec\":{\"taints\":[{\"key\":1,\"effect\":\"NoSchedule\"}]}," READY "}",
	"{" META ",\"spec\":{\"taints\":[{\"key\":\"k\",\"effect\":[]}]}," READY "}",
	"{" META ",\"status\":{\"conditions\":{}}}",
	"{" META ",\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":true}]}}",
	"{" META ",\"status\":{\"conditions\":[{\"type\":1,\"status\":\"True\"}]}}",
	"{" META "," READY "}x",
};
/* clang-format on */

/* The same of what stands in arrays. */
/* clang-format off */
static const char *const wrong_elements[] = {
	"{" META ",\"spec\":{\"taints\":[\"k\"]}," READY "}",
	"{" META ",\"spec\":{\"taints\":[null]}," READY "}",
	"{" META ",\"status\":{\"conditions\":[\"Ready\"]}}",
	"{" META ",\"status\":{\"conditions\":[1]}}",
	"{" META ",\"status\":{\"conditions\":[[]]}}",
};
/* clang-format on */

static int counted(const char *const *texts, size_t count)
{
	int wrong = 0;

	for (size_t i = 0; i < count; i++) {
		struct node_counts c = {1, 2, 3, 4, 5, 6}, before = c;
		struct err e = {""};

		if (kube_count_node(texts[i], strlen(texts[i]), &no_filter, &c, &e)) {
			print_error("counted: %s\n", texts[i]);
			wrong++;
		} else {
			assert_true(strlen(e.text) > 0);
			assert_memory_equal(&c, &before, sizeof c);
		}
	}
	return wrong;
}

static void not_a_node(void **state)
{
	(void)state;
	assert_int_equal(counted(not_nodes, sizeof not_nodes / sizeof *not_nodes), 0);
}

static void elements_of_wrong_type(void **state)
{
	(void)state;
	assert_int_equal(counted(wrong_elements, sizeof wrong_elements / sizeof *wrong_elements), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(recorded_list),
	    cmocka_unit_test(recorded_pages),
	    cmocka_unit_test(recorded_list_cut),
	    cmocka_unit_test(recorded_errors),
	    cmocka_unit_test(one_node),
	    cmocka_unit_test(not_a_node),
	    cmocka_unit_test(elements_of_wrong_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
