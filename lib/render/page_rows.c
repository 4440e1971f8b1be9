/* The rows of a side on the status page: its nodes, what runs on it, and whether its sources answer. */
#include "render/html.h"
#include "render/page_parts.h"
#include "render/problem.h"
#include "render/sources.h"
#include "render/unreadable_lists.h"

/* At most this many scale sets, and applications, with a problem, and objects that cannot be read, are named. */
enum { NAMED_MAX = 8, UNREADABLE_SHOWN = 8 };

/* An item of a list of what has a problem, which has `named` items so far. */
static void open_named(struct buf *out, int named, const char *name)
{
	buf_puts(out, named ? "<li>" : "<ul><li>");
	html_put(out, name);
	buf_puts(out, ": <span class=\"trouble\">");
}

/* Ends the list, and says how many more there are. */
static void end_named(struct buf *out, int named, int count)
{
	if (count > named)
		buf_printf(out, "%s<span class=\"trouble\">and %d more</span></li>", named ? "<li>" : "<ul><li>",
		    count - named);
	buf_puts(out, count > 0 ? "</ul>" : "");
}

/* Shown only when the count is above 0. */
static void put_trouble(struct buf *out, int count, const char *what)
{
	if (count > 0)
		buf_printf(out, ", <span class=\"trouble\">%d %s</span>", count, what);
}

static void put_not_known(struct buf *out, const char *problem, int more)
{
	buf_puts(out, "not known");
	if (problem) {
		buf_puts(out, ": ");
		html_put(out, problem);
	}
	if (more > 0)
		buf_printf(out, "; and %d more", more);
}

/* `is_hidden`: a row that is not known is left out, because its cause is said above. */
static void put_nodes(struct buf *out, const struct view_side *v, const struct side_capacity *capacity, bool is_hidden)
{
	if (is_hidden && !capacity->has_available)
		return;
	html_open_row(out, "nodes");
	if (capacity->has_available)
		buf_printf(out, "<b>%d available</b>", capacity->available);
	else
		buf_puts(out, "not known");
	if (v->has_nodes) {
		buf_printf(out, ", %d ready of %d", v->nodes.ready, v->nodes.total);
		put_trouble(out, v->nodes.cordoned, "cordoned");
	}
	if (v->inventory->has_leases)
		put_trouble(out, v->inventory->nodes_silent, "silent");
	html_close_row(out);
}

static void put_pools(struct buf *out, const struct view_side *v, const struct side_capacity *capacity)
{
	html_open_row(out, "pools");
	if (v->has_pools)
		buf_printf(out, "%d won of %d desired", v->pools.won + v->pools.reserved, v->pools.desired);
	else
		buf_puts(out, "not known");
	if (capacity->has_max)
		buf_printf(out, ", at most %d", capacity->max);
	if (v->max_nodes > 0 && v->has_pools && v->pools.max > 0 && v->pools.max != v->max_nodes)
		put_trouble(out, v->pools.max, "in Spot's pools");
	html_close_row(out);
}

static void put_cores(struct buf *out, int64_t milli)
{
	buf_printf(out, "%.1f", (double)milli / 1000);
}

static void put_cpu(struct buf *out, const struct inventory *i)
{
	if (!i->has_cpu)
		return;
	html_open_row(out, "CPU");
	put_cores(out, i->cpu_requested_milli);
	buf_puts(out, " of ");
	put_cores(out, i->cpu_allocatable_milli);
	buf_puts(out, " cores requested");
	html_close_row(out);
}

static void put_runners(struct buf *out, const struct inventory *i, bool is_hidden)
{
	if (is_hidden && !i->has_runners && !i->has_sums)
		return;
	html_open_row(out, "runners");
	if (i->has_runners) {
		buf_printf(out, "<b>%d busy</b>, %d idle", i->runners[RUNNER_BUSY], i->runners[RUNNER_IDLE]);
		for (int a = RUNNER_STARTING; a < RUNNER_FAILED; a++)
			if (i->runners[a] > 0)
				buf_printf(out, ", %d %s", i->runners[a], activity_names[a]);
		for (int a = RUNNER_FAILED; a < RUNNER_ACTIVITIES; a++)
			put_trouble(out, i->runners[a], activity_names[a]);
		put_trouble(out, i->runners_stuck, "stuck");
		put_trouble(out, i->runners_zombie, "zombie");
	} else
		put_not_known(out, problem_of_runners(i), problem_more_of_runners(i));
	if (i->has_sums) {
		buf_printf(out, "; %d desired, min %d, max ", i->desired, i->min);
		if (i->max == INT32_MAX)
			buf_puts(out, "unlimited");
		else
			buf_put_int(out, i->max);
	}
	html_close_row(out);
}

static void put_pods(struct buf *out, const struct inventory *i, bool is_hidden)
{
	if (is_hidden && !i->has_pods)
		return;
	html_open_row(out, "pods");
	if (i->has_pods) {
		buf_printf(out, "%d Running", i->pods[POD_RUNNING]);
		for (int phase = 0; phase < POD_PHASES; phase++)
			if (phase != POD_RUNNING && i->pods[phase] > 0)
				buf_printf(out, ", %d %s", i->pods[phase], pod_phase_names[phase]);
		put_trouble(out, i->pods_stuck, "stuck");
		put_trouble(out, i->part[PART_RUNNER_PODS].unreadable, "cannot be read");
	} else
		put_not_known(out, NULL, 0);
	html_close_row(out);
}

static const char *const listener_texts[LISTENER_STATES] = {
    [LISTENER_RUNNING] = "listener running",
    [LISTENER_ABSENT] = "no listener: takes no jobs",
    [LISTENER_ENDED] = "listener has terminated: takes no jobs",
    [LISTENER_CHURNING] = "listener is recreated again and again",
    [LISTENER_DEAD_SET] = "listener belongs to a runner set that no longer exists",
};

/* The scale sets whose listener is down, the worst first; a single one needs no name. */
static void put_listeners(struct buf *out, const struct inventory *i)
{
	int named = 0;
	if (!i->has_scale || i->set_count < 2)
		return;
	for (; named < i->sets_listed && named < NAMED_MAX && inventory_set_is_down(&i->set[named]); named++) {
		open_named(out, named, i->set[named].name);
		buf_printf(out, "%s</span></li>", listener_texts[i->set[named].listener]);
	}
	end_named(out, named, i->listeners_down);
}

static void put_arc(struct buf *out, const struct inventory *i, bool is_hidden)
{
	if (is_hidden && !i->has_listener && !i->has_controller)
		return;
	html_open_row(out, "ARC");
	if (!i->has_listener)
		buf_puts(out, "listener not known");
	else if (i->listener == LISTENER_RUNNING)
		buf_puts(out, listener_texts[LISTENER_RUNNING]);
	else
		buf_printf(out, "<span class=\"trouble\">%s</span>", listener_texts[i->listener]);
	if (i->has_scale && i->set_count > 1)
		buf_printf(out, " (the worst of %d scale sets)", i->set_count);
	if (i->has_controller)
		buf_printf(out, ", controller %s",
		    inventory_controller_is_ready(i) ? "ready" : "<span class=\"trouble\">not ready</span>");
	else
		buf_puts(out, ", controller not known");
	if (i->has_listener)
		put_listeners(out, i);
	html_close_row(out);
}

static void put_apps(struct buf *out, const struct inventory *i, bool is_hidden)
{
	if (is_hidden && !i->has_apps)
		return;
	html_open_row(out, "apps");
	if (i->has_apps) {
		int named = 0;
		buf_printf(out, "%d of %d healthy", i->apps_healthy, inventory_apps_total(i));
		put_trouble(out, i->part[PART_APPLICATIONS].unreadable, "cannot be read");
		for (; named < i->apps_listed && named < NAMED_MAX && !inventory_app_is_well(&i->app[named]); named++) {
			const struct app *app = &i->app[named];
			open_named(out, named, app->name);
			buf_printf(out, "%s, %s%s</span></li>", app_sync_names[app->sync],
			    app_health_names[app->health], app->is_frozen ? ", frozen" : "");
		}
		end_named(out, named, i->app_count - i->apps_well);
	} else
		put_not_known(out, problem_of_apps(i), 0);
	html_close_row(out);
}

static void put_unreadable_object(struct buf *out, const char *resource, const struct unreadable *object)
{
	struct buf name = buf_of(UNREADABLE_NAMESPACE_MAX + UNREADABLE_NAME_MAX);
	unreadable_put_name(&name, object);
	buf_printf(out, "<li>%s ", resource);
	html_put(out, buf_text(&name));
	buf_puts(out, ": <span class=\"trouble\">");
	html_put(out, object->why);
	buf_puts(out, "</span></li>");
	buf_fini(&name);
}

/* Objects of all lists that the side is judged and shown by; its nodes first, because they decide. */
static void put_unreadable(struct buf *out, const struct view *view, const struct view_side *v)
{
	struct unreadable_lists lists = {.count = 0};
	size_t shown = 0;
	struct unreadable_place at = {0, 0};
	const struct unreadable *object;
	const char *resource;
	unreadable_lists_add_parts(&lists, v, (enum inventory_part)0, (enum inventory_part)(INVENTORY_PARTS - 1));
	unreadable_lists_add_spot(&lists, view);
	if (!lists.count)
		return;
	html_open_row(out, "unreadable");
	buf_puts(out, "<ul>");
	for (; shown < UNREADABLE_SHOWN && (object = unreadable_lists_next(&lists, &at, &resource)); shown++)
		put_unreadable_object(out, resource, object);
	if (unreadable_lists_count(&lists) > shown)
		buf_printf(out, "<li>and %zu more</li>", unreadable_lists_count(&lists) - shown);
	buf_puts(out, "</ul>");
	html_close_row(out);
}

static void put_spot(struct buf *out, const struct cloudspace *c)
{
	html_open_row(out, "Spot reports");
	if (c) {
		html_put(out, c->phase[0] ? c->phase : "nothing");
		buf_puts(out, c->health[0] ? ", " : "");
		html_put(out, c->health);
		buf_puts(out, c->reason[0] ? ": " : "");
		html_put(out, c->reason);
	} else
		buf_puts(out, "not known");
	html_close_row(out);
}

static void put_credential(struct buf *out, const char *name, wall_ms expires, wall_ms now)
{
	if (!wall_is_known(expires))
		return;
	html_open_row(out, name);
	buf_puts(out, expires.ms > now.ms ? "expires " : "<span class=\"trouble\">expired</span> ");
	html_put_ago(out, expires, now);
	html_close_row(out);
}

/* What is asked of a side's API server, and is not known while that does not answer. */
struct fact {
	const char *name;
	bool is_known;
};
enum { FACTS = 6 };

static void find_facts(const struct view_side *v, const struct side_capacity *capacity, struct fact facts[FACTS])
{
	const struct inventory *i = v->inventory;
	facts[0] = (struct fact){"nodes", capacity->has_available};
	facts[1] = (struct fact){"runners", i->has_runners};
	facts[2] = (struct fact){"pods", i->has_pods};
	facts[3] = (struct fact){"listener", i->has_listener};
	facts[4] = (struct fact){"controller", i->has_controller};
	facts[5] = (struct fact){"apps", i->has_apps};
}

/*
 * Says once what one cause hides. Returns whether it does; then the rows that are not known are left out. A single fact
 * keeps its row.
 */
static bool put_hidden(
    struct buf *out, const struct view_side *v, const struct side_capacity *capacity, enum side_id id)
{
	struct fact facts[FACTS];
	const char *cause = problem_of_side(v), *separator = "";
	int hidden = 0;
	find_facts(v, capacity, facts);
	if (!cause) {
		cause = problem_of_all(v->inventory);
		facts[0].is_known = true; /* the nodes have a cause of their own */
	}
	for (int i = 0; i < FACTS; i++)
		hidden += !facts[i].is_known;
	if (!cause || hidden < 2)
		return false;
	buf_printf(out, "<p>%d facts about the %s are unknown: ", hidden, side_id_names[id]);
	html_put(out, cause);
	buf_puts(out, " <small>(");
	for (int i = 0; i < FACTS; i++)
		if (!facts[i].is_known) {
			buf_printf(out, "%s%s", separator, facts[i].name);
			separator = ", ";
		}
	buf_puts(out, ")</small></p>\n");
	return true;
}

void page_put_side_rows(struct buf *out, const struct view *view, const struct view_pair *pair,
    const struct figures *figures, enum side_id id)
{
	const struct view_side *v = &pair->side[id];
	struct polled sources[SIDE_POLLS];
	bool is_hidden = put_hidden(out, v, &figures->capacity[id], id);
	buf_puts(out, "<dl class=\"rows\">\n");
	put_nodes(out, v, &figures->capacity[id], is_hidden && problem_of_side(v));
	put_pools(out, v, &figures->capacity[id]);
	put_runners(out, v->inventory, is_hidden);
	put_pods(out, v->inventory, is_hidden);
	put_arc(out, v->inventory, is_hidden);
	put_apps(out, v->inventory, is_hidden);
	put_cpu(out, v->inventory);
	put_spot(out, v->cloudspace);
	put_unreadable(out, view, v);
	sources_of_side(v, sources);
	page_put_sources(out, view, sources, SIDE_POLLS_SHOWN);
	if (v->context) {
		html_open_row(out, "context");
		html_put(out, v->context);
		html_close_row(out);
	}
	put_credential(out, "token", v->token.expires, view->now.wall);
	put_credential(out, "certificate", v->certificate.expires, view->now.wall);
	buf_puts(out, "</dl>\n");
}
