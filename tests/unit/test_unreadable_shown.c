/* Objects that could not be read, where they are shown: documents, metrics, page and daily check. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cJSON.h>

#include <cmocka.h>

#include "a_view.h"
#include "json_at.h"
#include "render/documents.h"
#include "render/metrics.h"
#include "render/page.h"
#include "render/rendering.h"

/* Lists of both sides and of Spot, beside a scene. */
struct lists {
	struct unreadables of_side[SIDES_MAX][INVENTORY_PARTS], of_spot[SPOT_LISTS];
};

static void begin(struct scene *s, struct lists *l)
{
	*l = (struct lists){0};
	scene_fill(s);
	for (int id = 0; id < SIDES; id++)
		s->vpair.side[id].unreadable = l->of_side[id];
	s->view.spot_unreadable = l->of_spot;
}

static void end(struct lists *l)
{
	for (int id = 0; id < SIDES_MAX; id++)
		for (int part = 0; part < INVENTORY_PARTS; part++)
			unreadables_fini(&l->of_side[id][part]);
	for (int list = 0; list < SPOT_LISTS; list++)
		unreadables_fini(&l->of_spot[list]);
}

static void hide(struct scene *s, struct lists *l, enum side_id id, enum inventory_part part,
    const struct unreadable *object, int times)
{
	for (int i = 0; i < times; i++)
		unreadables_add(&l->of_side[id][part], object);
	s->inventory[id].part[part].unreadable += times;
}

static const struct unreadable big = {.namespace = "argocd", .name = "big", .why = "not an Application: <x>"};
static const struct unreadable nameless = {.position = 3, .why = "not an object"};

static void one(struct scene *s, enum document doc, const char *path, const char *expected)
{
	struct buf out = buf_of(1 << 20);

	scene_look(s);
	documents_render(doc, &s->view, &s->vpair, &s->figures, &out);
	cJSON *json = cJSON_Parse(buf_text(&out));
	assert_non_null(json);
	assert_at(json, path, expected);
	cJSON_Delete(json);
	buf_fini(&out);
}

static void documents(void **state)
{
	struct scene s;
	struct lists l;
	(void)state;

	begin(&s, &l);
	one(&s, DOC_APPS, "sides.primary.unreadable", "0");
	one(&s, DOC_APPS, "sides.primary.unreadable_objects", "[]");
	hide(&s, &l, PRIMARY, PART_APPLICATIONS, &big, 1);
	hide(&s, &l, PRIMARY, PART_APPLICATIONS, &nameless, 1);
	one(&s, DOC_APPS, "sides.primary.unreadable", "2");
	one(&s, DOC_APPS, "sides.primary.unreadable_objects.0",
	    "{\"resource\":\"applications\",\"name\":\"argocd/big\",\"reason\":\"not an Application: <x>\"}");
	one(&s, DOC_APPS, "sides.primary.unreadable_objects.1",
	    "{\"resource\":\"applications\",\"name\":\"items[3]\",\"reason\":\"not an object\"}");
	/* They are applications, too, and not healthy ones. */
	one(&s, DOC_APPS, "sides.primary.total", "5");
	one(&s, DOC_APPS, "sides.primary.healthy", "3");
	one(&s, DOC_APPS, "sides.primary.omitted", "0");
	one(&s, DOC_APPS, "sides.secondary.unreadable", "0");
	one(&s, DOC_RUNNERS, "sides.primary.unreadable", "0");
	one(&s, DOC_CLOUDSPACES, "primary.unreadable", "0");

	/* Each list stands where its figures stand; Spot's lists are of no side, so they stand at every one. */
	hide(&s, &l, SECONDARY, PART_RUNNER_PODS, &nameless, 2);
	hide(&s, &l, SECONDARY, PART_LEASES, &nameless, 1);
	hide(&s, &l, SECONDARY, PART_PODS, &nameless, 1);
	unreadables_add(&l.of_spot[LIST_ON_DEMAND_POOLS], &nameless);
	one(&s, DOC_RUNNERS, "sides.secondary.unreadable", "2");
	one(&s, DOC_RUNNERS, "sides.secondary.unreadable_objects.1.resource", "\"runner_pods\"");
	one(&s, DOC_RUNNERS, "sides.secondary.parts.2.unreadable", "2");
	one(&s, DOC_RUNNERS, "sides.secondary.parts.3.unreadable", "0");
	one(&s, DOC_CLOUDSPACES, "primary.unreadable", "1");
	one(&s, DOC_CLOUDSPACES, "primary.unreadable_objects.0.resource", "\"ondemandnodepools\"");
	one(&s, DOC_CLOUDSPACES, "secondary.unreadable", "3");
	one(&s, DOC_CLOUDSPACES, "secondary.unreadable_objects.1.resource", "\"leases\"");
	one(&s, DOC_CLOUDSPACES, "secondary.unreadable_objects.2.resource", "\"pods\"");
	/* Of a list that was not read, nothing is known. */
	s.inventory[SECONDARY].part[PART_RUNNERS] = (struct part){.problem = "HTTP status 403"};
	one(&s, DOC_RUNNERS, "sides.secondary.parts.3.unreadable", "null");
	/* Sums are not known while a scale set is hidden. */
	s.inventory[PRIMARY].has_sums = false;
	s.inventory[PRIMARY].set[0].desired = -1;
	one(&s, DOC_RUNNERS, "sides.primary.min", "null");
	one(&s, DOC_RUNNERS, "sides.primary.max", "null");
	one(&s, DOC_RUNNERS, "sides.primary.desired", "null");
	one(&s, DOC_RUNNERS, "sides.primary.utilization", "null");
	one(&s, DOC_RUNNERS, "sides.primary.scale_sets.0.desired", "null");
	one(&s, DOC_RUNNERS, "sides.primary.scale_sets.0.min", "2");
	end(&l);
}

static size_t lines_of(struct scene *s, const char *line)
{
	struct buf out = buf_of(1 << 20);
	size_t found = 0;

	scene_look(s);
	scene_metrics(s, EXPO_TEXT, &out);
	for (const char *p = buf_text(&out); (p = strstr(p, line)); p++)
		found++;
	buf_fini(&out);
	return found;
}

static void metrics(void **state)
{
	struct scene s;
	struct lists l;
	(void)state;

	begin(&s, &l);
	assert_int_equal(lines_of(&s, "\nha_inventory_unreadable_objects{"), 0);
	hide(&s, &l, PRIMARY, PART_APPLICATIONS, &big, 12);
	unreadables_add(&l.of_spot[LIST_CLOUDSPACES], &nameless);
	assert_int_equal(lines_of(&s, "\nha_inventory_unreadable_objects{"), 2);
	assert_int_equal(lines_of(&s,
			     "\nha_inventory_unreadable_objects{pair=\"prod\",side=\"primary\",resource="
			     "\"applications\"} 12\n"),
	    1);
	assert_int_equal(lines_of(&s, "\nha_inventory_unreadable_objects{resource=\"cloudspaces\"} 1\n"), 1);
	assert_int_equal(lines_of(&s, "\nha_runners_max{pair=\"prod\",side=\"primary\"}"), 1);
	s.inventory[PRIMARY].has_sums = false;
	assert_int_equal(lines_of(&s, "\nha_runners_max{pair=\"prod\",side=\"primary\"}"), 0);
	assert_int_equal(lines_of(&s, "\nha_runner_utilization_ratio{pair=\"prod\",side=\"primary\"}"), 0);
	end(&l);
}

static void page_says(struct scene *s, const char *text, bool is_there)
{
	struct buf out = buf_of(1 << 20);

	scene_look(s);
	page_render(&s->view, &s->figures, &out);
	if ((strstr(buf_text(&out), text) != NULL) != is_there)
		fail_msg("the page says %s%s", is_there ? "nothing of " : "", text);
	buf_fini(&out);
}

static void page(void **state)
{
	struct scene s;
	struct lists l;
	(void)state;

	begin(&s, &l);
	page_says(&s, "unreadable", false);
	hide(&s, &l, PRIMARY, PART_APPLICATIONS, &big, 1);
	hide(&s, &l, PRIMARY, PART_RUNNER_PODS, &nameless, 1);
	page_says(&s, "3 of 4 healthy, <span class=\"trouble\">1 cannot be read</span>", true);
	page_says(&s, "5 Running, 1 Pending, <span class=\"trouble\">1 cannot be read</span>", true);
	page_says(
	    &s, "<li>applications argocd/big: <span class=\"trouble\">not an Application: &lt;x&gt;</span></li>", true);
	page_says(&s, "<li>runner_pods items[3]: ", true);
	page_says(&s, "more</li>", false);
	hide(&s, &l, PRIMARY, PART_LEASES, &nameless, 7);
	page_says(&s, "<li>and 1 more</li>", true);
	end(&l);
}

/* A list full of odd objects does not hide that another one has some, too. */
static void many(void **state)
{
	struct scene s;
	struct lists l;
	(void)state;

	begin(&s, &l);
	for (int i = 0; i < UNREADABLE_KEPT + 3; i++)
		unreadables_add(&l.of_spot[LIST_ON_DEMAND_POOLS], &nameless);
	hide(&s, &l, PRIMARY, PART_RUNNER_PODS, &nameless, UNREADABLE_KEPT + 3);
	hide(&s, &l, PRIMARY, PART_RUNNERS, &big, 2);
	hide(&s, &l, PRIMARY, PART_NODES, &big, 1);
	one(&s, DOC_RUNNERS, "sides.primary.unreadable", "14");
	one(&s, DOC_RUNNERS, "sides.primary.unreadable_objects.0.resource", "\"nodes\"");
	one(&s, DOC_RUNNERS, "sides.primary.unreadable_objects.1.resource", "\"runner_pods\"");
	one(&s, DOC_RUNNERS, "sides.primary.unreadable_objects.2.resource", "\"ephemeralrunners\"");
	one(&s, DOC_RUNNERS, "sides.primary.unreadable_objects.3.resource", "\"runner_pods\"");
	one(&s, DOC_RUNNERS, "sides.primary.unreadable_objects.4.resource", "\"ephemeralrunners\"");
	one(&s, DOC_RUNNERS, "sides.primary.unreadable_objects.10.resource", "\"runner_pods\"");
	page_says(&s, "<dt>unreadable</dt><dd><ul><li>nodes argocd/big: ", true);
	page_says(&s, "<li>runner_pods items[3]: ", true);
	page_says(&s, "<li>ephemeralrunners argocd/big: ", true);
	page_says(&s, "<li>ondemandnodepools items[3]: ", true);
	page_says(&s, "<li>and 17 more</li>", true);
	end(&l);
}

static void check(void **state)
{
	struct scene s;
	struct lists l;
	(void)state;

	begin(&s, &l);
	one(&s, DOC_CHECK, "checks.8.result", "\"pass\"");
	hide(&s, &l, PRIMARY, PART_APPLICATIONS, &big, 1);
	one(&s, DOC_CHECK, "checks.8.name", "\"applications\"");
	one(&s, DOC_CHECK, "checks.8.result", "\"unknown\"");
	one(&s, DOC_CHECK, "checks.8.message",
	    "\"primary (matchpoint-runners): 3 of 4 applications are healthy, 1 cannot be read; "
	    "secondary (matchpoint-runners-2): 3 of 3 applications are healthy\"");
	scene_app(&s.inventory[PRIMARY], "broken", APP_SYNCED, APP_DEGRADED);
	one(&s, DOC_CHECK, "checks.8.result", "\"fail\"");

	one(&s, DOC_CHECK, "checks.4.result", "\"pass\"");
	s.inventory[SECONDARY].pods[POD_RUNNING] = 0;
	one(&s, DOC_CHECK, "checks.4.name", "\"runner_pods\"");
	one(&s, DOC_CHECK, "checks.4.result", "\"fail\"");
	hide(&s, &l, SECONDARY, PART_RUNNER_PODS, &nameless, 2);
	one(&s, DOC_CHECK, "checks.4.result", "\"unknown\"");
	one(&s, DOC_CHECK, "checks.4.message",
	    "\"primary (matchpoint-runners): 5 runner pods are Running; "
	    "secondary (matchpoint-runners-2): 0 runner pods are Running, 2 cannot be read\"");
	end(&l);
}

/* Every list of every side full of objects with the longest names, each character escaped: every document is whole. */
static void the_most(void **state)
{
	struct scene s;
	struct lists l;
	struct unreadable worst = {.position = 0};
	(void)state;

	memset(worst.namespace, '"', sizeof worst.namespace - 1);
	memset(worst.name, '"', sizeof worst.name - 1);
	memset(worst.why, '"', sizeof worst.why - 1);
	begin(&s, &l);
	for (enum side_id id = EXTRA_1; id < SIDES_MAX; id++) {
		s.vpair.side[id] = s.vpair.side[SECONDARY];
		s.pair.side[id] = s.pair.side[SECONDARY];
		s.policy.side[id] = s.policy.side[SECONDARY];
	}
	s.pair.extra_count = s.policy.extra_count = SIDES_MAX - SIDES;
	for (int id = 0; id < SIDES_MAX; id++) {
		s.vpair.side[id].unreadable = l.of_side[PRIMARY];
		s.vpair.side[id].inventory = &s.inventory[PRIMARY];
	}
	for (int part = 0; part < INVENTORY_PARTS; part++)
		hide(&s, &l, PRIMARY, (enum inventory_part)part, &worst, UNREADABLE_KEPT + 1);
	for (int list = 0; list < SPOT_LISTS; list++)
		for (int i = 0; i < UNREADABLE_KEPT; i++)
			unreadables_add(&l.of_spot[list], &worst);
	struct rendering *rendering = rendering_new_take(snapshot_new(&s.view, true, NULL), &s.view);
	for (int doc = 0; doc < DOCUMENTS; doc++) /* it ends the process when one is cut */
		print_message("%s: %zu bytes\n", document_names[doc],
		    rendering_document(rendering, rendering->snapshot->pairs[0], (enum document)doc)->len);
	rendering_release(rendering);
	end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(documents),
	    cmocka_unit_test(metrics),
	    cmocka_unit_test(page),
	    cmocka_unit_test(many),
	    cmocka_unit_test(check),
	    cmocka_unit_test(the_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
