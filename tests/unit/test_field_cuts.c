/*
 * Silent cuts: more than is shown. Whatever is left out is counted, and the worst is not among it. Each row is a
 * cluster as the API server tells of it, and what the documents, the page and the check must say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "a_round.h"
#include "a_view.h"
#include "json_at.h"
#include "render/documents.h"
#include "render/page.h"

enum { LONGEST = 190 };

/* "set-007"; with a long name, one that differs from the others only behind 190 characters. */
static void name_of(char out[LONGEST + 16], int k, bool is_long)
{
	memset(out, 'x', LONGEST);
	snprintf(is_long ? out + LONGEST : out, 16, "set-%03d", k);
}

/* Scale sets of which the last `down` in the order of names have no listener, and the one before them is full. */
static void add_sets(struct rounds *r, int count, int down, bool is_long)
{
	rounds_add(
	    r, PART_NODES, "{'metadata':{'name':'n'},'status':{'conditions':[{'type':'Ready','status':'True'}]}}");
	rounds_read(r, PART_LISTENERS);
	rounds_read(r, PART_LISTENER_PODS);
	rounds_read(r, PART_RUNNER_SETS);
	for (int k = 0; k < count; k++) {
		char name[LONGEST + 16];
		name_of(name, k, is_long);
		rounds_add(r, PART_SCALE_SETS, "{'metadata':{'name':'%s'},'spec':{'maxRunners':2}}", name);
		rounds_add(r, PART_RUNNER_SETS,
		    "{'metadata':{'name':'rs-%03d','ownerReferences':[{'kind':'AutoscalingRunnerSet','name':'%s'}]},"
		    "'spec':{'replicas':%d}}",
		    k, name, k == count - down - 1 ? 2 : 1);
		rounds_add(r, PART_LISTENERS,
		    "{'metadata':{'name':'l-%03d'},'spec':{'autoscalingRunnerSetName':'%s','ephemeralRunnerSetName':'"
		    "rs-%03d'}}",
		    k, name, k);
		if (k < count - down && !is_long) /* the label of a pod has 63 characters at most */
			rounds_add(r, PART_LISTENER_PODS,
			    "{'metadata':{'name':'p-%03d','uid':'%d','labels':{'actions.github.com/"
			    "scale-set-name':'%s'}},'spec':"
			    "{'nodeName':'n'},'status':{'phase':'Running','containerStatuses':[{'name':'listener','"
			    "state':{"
			    "'running':{}}}]}}",
			    k, k, name);
	}
}

/* Applications of which the last `bad` in the order of names are as `status` says, which is JSON; the others are well.
 */
static void add_apps(struct rounds *r, int count, int bad, const char *status)
{
	static const char well[] =
	    "'sync':{'status':'Synced'},'health':{'status':'Healthy'},'reconciledAt':'2026-11-23T10:16:00Z'";
	for (int k = 0; k < count; k++)
		rounds_add(r, PART_APPLICATIONS, "{'metadata':{'name':'app-%03d'},'status':{%s}}", k,
		    k < count - bad ? well : status);
}

#define DEGRADED "'sync':{'status':'Synced'},'health':{'status':'Degraded'},'reconciledAt':'2026-11-23T10:16:00Z'"
#define FROZEN "'sync':{'status':'Synced'},'health':{'status':'Healthy'},'reconciledAt':'2026-11-20T10:16:00Z'"
#define MISSING "'sync':{'status':'OutOfSync'},'health':{'status':'Missing'}"
#define PRUNE                                                                                                          \
	"'sync':{'status':'OutOfSync'},'health':{'status':'Degraded'},'resources':[{'status':'OutOfSync','"            \
	"requiresPruning':true}]"

/* clang-format off */
static const struct row {
	const char *name, *from;
	int sets, down;
	bool has_long_names;
	int apps, bad;
	const char *bad_status;
	enum document document;
	const char *total_path, *omitted_path, *first_path; /* of the primary */
	const char *total, *omitted, *first;
	const char *page, *check; /* what they say; NULL: nothing of it */
} rows[] = {
#define SETS(n, down_) .sets = n, .down = down_, .document = DOC_RUNNERS, \
	.total_path = "scale_sets_total", .omitted_path = "scale_sets_omitted", .first_path = "scale_sets.0.name"
#define APPS(n, bad_, status) .apps = n, .bad = bad_, .bad_status = status, .document = DOC_APPS, \
	.total_path = "total", .omitted_path = "omitted", .first_path = "apps.0.name"
    {"12 scale sets, the last is down", "ARC: one set per team", SETS(12, 1), .total = "12", .omitted = "0", .first = "\"set-011\"",
	.page = "(the worst of 12 scale sets), controller not known<ul><li>set-011: <span class=\"trouble\">no listener: takes no jobs</span></li></ul>",
	.check = "a scale set has no listener, so it takes no jobs: set-011 absent; secondary "},
    {"one scale set, down", "ARC: the usual", SETS(1, 1), .total = "1", .omitted = "0", .first = "\"set-000\"", .check = "set-000 absent; secondary "},
    {"70 scale sets, the last is down", "ARC: one set per repository", SETS(70, 1), .total = "70", .omitted = "6", .first = "\"set-069\"",
	.page = "set-069: ", .check = "set-069 absent; secondary "},
    {"70 scale sets, all run, the last is full", "a set at its limit queues jobs", SETS(70, 0), .total = "70", .omitted = "6", .first = "\"set-069\""},
    {"70 scale sets, 66 are down", "the controller is gone", SETS(70, 66), .total = "70", .omitted = "6", .first = "\"set-004\"",
	.page = "<li><span class=\"trouble\">and 58 more</span></li></ul>", .check = "set-004 absent, set-005 absent, set-006 absent, and 63 more"},
    {"9 scale sets are down", "one more than the page names", SETS(20, 9), .total = "20", .omitted = "0", .first = "\"set-011\"",
	.page = "<li><span class=\"trouble\">and 1 more</span></li></ul>", .check = "and 6 more"},
    {"long names", "generated names, 190 characters alike", SETS(3, 1), .has_long_names = true, .total = "3", .omitted = "0", .check = "-000 absent, "},
    {"70 applications, the last is Degraded", "ArgoCD: an ApplicationSet", APPS(70, 1, DEGRADED), .total = "70", .omitted = "6", .first = "\"app-069\"",
	.page = "69 of 70 healthy<ul><li>app-069: <span class=\"trouble\">Synced, Degraded</span></li></ul>", .check = "69 of 70 applications are healthy: app-069 Synced Degraded; secondary "},
    {"100 applications, all Degraded", "a cluster without nodes", APPS(100, 100, DEGRADED), .total = "100", .omitted = "36", .first = "\"app-000\"",
	.page = "0 of 100 healthy<ul>", .check = "app-002 Synced Degraded, and 97 more"},
    {"100 applications, all Missing", "destroyed and made anew", APPS(100, 100, MISSING), .total = "100", .omitted = "36", .first = "\"app-000\"",
	.page = "<li><span class=\"trouble\">and 92 more</span></li></ul>", .check = "and 97 more"},
    {"4 frozen applications", "ArgoCD's controller hangs", APPS(80, 4, FROZEN), .total = "80", .omitted = "16", .first = "\"app-076\"",
	.page = "80 of 80 healthy<ul><li>app-076: ", .check = "80 of 80 applications are healthy: app-076 Synced Healthy (frozen), app-077 Synced Healthy (frozen), app-078 Synced Healthy (frozen), and 1 more"},
    {"70 benign and Degraded", "benign only in its sync", APPS(80, 70, PRUNE), .total = "80", .omitted = "16", .first = "\"app-010\"",
	.page = "10 of 80 healthy<ul>", .check = "10 of 80 applications are healthy: app-010 OutOfSync Degraded"},
    {"64 applications, all well", "as many as are listed", APPS(64, 0, ""), .total = "64", .omitted = "0", .first = "\"app-000\"", .page = "64 of 64 healthy</dd>"},
};
/* clang-format on */

static void look(struct rounds *r, const struct row *row)
{
	rounds_begin(r);
	for (int k = 0; k < 2; k++) { /* a listener that is down is confirmed by a second round */
		if (row->sets)
			add_sets(r, row->sets, row->down, row->has_long_names);
		if (row->apps)
			add_apps(r, row->apps, row->bad, row->bad_status);
		rounds_judge(r);
	}
}

static void says(const char *name, const char *what, const struct buf *out, const char *words)
{
	assert_false(out->overflow);
	if (words && !strstr(buf_text(out), words))
		fail_msg("%s: the %s does not say: %s", name, what, words);
}

static void more_than_is_shown(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *row = &rows[i];
		struct rounds r;
		struct scene s;
		struct buf out = buf_of(1 << 22), page = buf_of(1 << 22), check = buf_of(1 << 22);
		char path[100];

		look(&r, row);
		scene_fill(&s);
		s.inventory[PRIMARY] = r.inventory;
		s.figures = view_figures(&s.vpair);
		documents_render(row->document, &s.view, &s.vpair, &s.figures, &out);
		page_render(&s.view, &s.figures, &page);
		documents_render(DOC_CHECK, &s.view, &s.vpair, &s.figures, &check);
		cJSON *json = cJSON_Parse(buf_text(&out));
		snprintf(path, sizeof path, "sides.primary.%s", row->total_path);
		assert_at(json, path, row->total);
		snprintf(path, sizeof path, "sides.primary.%s", row->omitted_path);
		assert_at(json, path, row->omitted);
		snprintf(path, sizeof path, "sides.primary.%s", row->first_path);
		if (row->first)
			assert_at(json, path, row->first);
		says(row->name, "page", &page, row->page);
		says(row->name, "check", &check, row->check);
		cJSON_Delete(json);
		buf_fini(&out);
		buf_fini(&page);
		buf_fini(&check);
		rounds_end(&r);
	}
}

/* The longest message, with six sides, stands whole in every document, and its end as well. */
static void longest_message(void **state)
{
	static char name[SIDES_MAX][CLOUDSPACE_NAME_MAX];
	struct scene s;
	struct buf summary = buf_of(1 << 20), check = buf_of(1 << 20), page = buf_of(1 << 20);

	(void)state;
	scene_fill(&s);
	for (int id = 0; id < SIDES_MAX; id++) {
		struct maintenance *m = &s.pair.maintenance[id];

		memset(name[id], 'n', CLOUDSPACE_NAME_MAX - 1);
		if (id >= SIDES)
			scene_side(&s, (enum side_id)id, name[id], "https://x");
		s.vpair.side[id].name = name[id];
		s.pair.side[id].verdict = PROVISIONING;
		s.pair.side[id].reason = REASON_NO_EVIDENCE;
		s.pair.side[id].is_held = s.pair.side[id].is_degraded = true;
		m->is_declared = true;
		m->ends.wall = at_nine;
		memset(m->reason, 'r', MAINTENANCE_REASON_MAX - 1);
	}
	memcpy(s.pair.maintenance[SIDES_MAX - 1].reason + MAINTENANCE_REASON_MAX - 8, "the-end", 7);
	s.pair.extra_count = s.policy.extra_count = SIDES_MAX - SIDES;
	s.figures = view_figures(&s.vpair);
	documents_render(DOC_SUMMARY, &s.view, &s.vpair, &s.figures, &summary);
	documents_render(DOC_CHECK, &s.view, &s.vpair, &s.figures, &check);
	page_render(&s.view, &s.figures, &page);
	says("six sides", "summary", &summary, "the-end\",\"ha_status_since\"");
	says("six sides", "check", &check, "the-end\"");
	says("six sides", "page", &page, "the-end</li>");
	buf_fini(&summary);
	buf_fini(&check);
	buf_fini(&page);
}

/* On the page the newest events, and how many there are beside them. */
static void many_events(void **state)
{
	static const struct {
		int before, after; /* flaps before and behind the change of the status */
		const char *page;
	} table[] = {
	    {0, 9, "</ol>\n</section>"},
	    {0, 10, "and 1 more</a></p>"},
	    {300, 5, "and 246 more</a>; 50 are no longer kept</p>"},
	    {5, 500, "and 246 more</a>; 250 are no longer kept</p>"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct scene s;
		struct events events = {0};
		struct buf page = buf_of(1 << 20);
		const struct event flap = {0, {{0}, at_eight}, EVENT_FLAPPING, PRIMARY, "false", "true", "", "", ""};

		scene_fill(&s);
		for (int k = 0; k < table[i].before; k++)
			events_add(&events, &flap);
		events_add(&events,
		    &(struct event){0, {{0}, at_eight}, EVENT_STATUS, PRIMARY, "ACTIVE", "BLOCKED_PRIMARY_UNAVAILABLE",
			"", "", ""});
		for (int k = 0; k < table[i].after; k++)
			events_add(&events, &flap);
		s.vpair.events = &events;
		page_render(&s.view, &s.figures, &page);
		says("events", "page", &page, table[i].page);
		says("events", "page", &page, "<b>BLOCKED_<wbr>PRIMARY_<wbr>UNAVAILABLE</b>"); /* however long ago */
		buf_fini(&page);
		events_fini(&events);
	}
}

/* Of several problems the first is told, and how many others there are; the same one counts once. */
static void several_problems(void **state)
{
	struct scene s;
	struct inventory *i = &s.inventory[SECONDARY];
	struct buf page = buf_of(1 << 20), check = buf_of(1 << 20);

	(void)state;
	scene_fill(&s);
	i->has_runners = i->has_listener = false;
	for (int part = PART_RUNNERS; part <= PART_CONTROLLER; part++) {
		i->part[part].is_known = false;
		snprintf(i->part[part].problem, sizeof i->part[part].problem, "%s",
		    part == PART_LISTENERS        ? "a second"
			: part == PART_CONTROLLER ? "a third"
						  : "the first");
	}
	s.figures = view_figures(&s.vpair);
	page_render(&s.view, &s.figures, &page);
	documents_render(DOC_CHECK, &s.view, &s.vpair, &s.figures, &check);
	says("three problems", "page", &page, "not known: the first; and 2 more");
	says("three problems", "check", &check, "listeners are not known (the first; and 2 more)");
	buf_fini(&page);
	buf_fini(&check);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(more_than_is_shown),
	    cmocka_unit_test(longest_message),
	    cmocka_unit_test(many_events),
	    cmocka_unit_test(several_problems),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
