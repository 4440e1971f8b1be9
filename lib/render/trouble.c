#include "render/trouble.h"

#include "base/limits.h"
#include "decide/alerts.h"
#include "render/balance_json.h"
#include "render/message.h"

struct subject {
	const struct view *view;
	const struct view_pair *pair;
	const struct figures *figures;
	enum side_id id;
	const struct view_side *seen;
	const struct side *side;
	const struct inventory *inventory;
};

static struct subject subject_of(
    const struct view *view, const struct view_pair *pair, const struct figures *figures, int id)
{
	return (struct subject){
	    view, pair, figures, (enum side_id)id, &pair->side[id], &pair->pair->side[id], pair->side[id].inventory};
}

/* The rules' pair_side:ha_serves:max. */
static bool serves(const struct subject *s)
{
	return s->side->verdict == UP && !pair_is_in_maintenance(s->pair->pair, s->id);
}

static bool is_silenced(const struct subject *s)
{
	return alerts_is_silenced(s->pair->pair, s->id);
}

/* Runners. The first three are the rules' pair_side:ha_runners_broken:max. */

static int working(const struct inventory *i)
{
	return i->runners[RUNNER_BUSY] + i->runners[RUNNER_FINISHING];
}

static bool listener_down(const struct subject *s, struct buf *why)
{
	const struct inventory *i = s->inventory;
	if (!i->has_listener || i->listener == LISTENER_RUNNING)
		return false;
	if (i->has_scale && i->set_count > 1)
		buf_printf(why, "%d of %d scale sets have no working listener, the worst: %s", i->listeners_down,
		    i->set_count, listener_state_names[i->listener]);
	else
		buf_printf(why, "no working listener: %s", listener_state_names[i->listener]);
	return true;
}

static bool pods_absent(const struct subject *s, struct buf *why)
{
	const struct inventory *i = s->inventory;
	if (!i->has_pods || !i->has_sums || i->pods[POD_RUNNING] || i->desired <= 0 ||
	    (i->has_runners && working(i) > 0))
		return false;
	buf_printf(why, "%d runners desired, but no runner pod is Running", i->desired);
	return true;
}

static bool all_failed(const struct subject *s, struct buf *why)
{
	const struct inventory *i = s->inventory;
	if (!i->has_runners || !i->has_sums || i->desired <= 0 || working(i) + i->runners[RUNNER_IDLE] > 0 ||
	    i->runners[RUNNER_FAILED] + i->runners_stuck == 0)
		return false;
	buf_printf(
	    why, "%d failed and %d stuck runners, and none that works", i->runners[RUNNER_FAILED], i->runners_stuck);
	return true;
}

/* Of a scale set whose listener is down no job starts. */
static bool is_deaf(const struct inventory *i)
{
	return i->has_listener && i->has_scale && i->set_count > 0 && i->listeners_down == i->set_count;
}

bool trouble_takes_jobs(const struct view_pair *pair, enum side_id id)
{
	struct subject s = subject_of(NULL, pair, NULL, (int)id);
	struct buf why = buf_of(TROUBLE_WHY_MAX_BYTES);
	bool is_idle = is_deaf(s.inventory) || pods_absent(&s, &why) || all_failed(&s, &why);
	buf_fini(&why);
	return s.side->verdict == UP && !is_idle;
}

/* Every side that is UP is broken in one of these ways, and no runner works anywhere. */
static bool no_runners(const struct subject *pair, struct buf *why)
{
	int up = 0;
	for (int id = 0; id < view_sides(pair->pair); id++) {
		struct subject s = subject_of(pair->view, pair->pair, pair->figures, id);
		if (s.inventory->has_runners && working(s.inventory) > 0)
			return false;
		if (s.side->verdict != UP)
			continue;
		buf_printf(why, "%s%s: ", up++ ? "; " : "no side takes jobs; ", side_id_names[id]);
		if (!listener_down(&s, why) && !pods_absent(&s, why) && !all_failed(&s, why))
			return false;
	}
	return up > 0;
}

static bool controller_not_ready(const struct subject *s, struct buf *why)
{
	const struct inventory *i = s->inventory;
	buf_printf(why, "%d of %d replicas of the runner controller are available", i->controller_available,
	    i->controller_desired);
	return i->has_controller && !inventory_controller_is_ready(i);
}

static bool runners_stuck(const struct subject *s, struct buf *why)
{
	const struct inventory *i = s->inventory;
	int pods = i->has_pods ? i->pods_stuck : 0, runners = i->has_runners ? i->runners_stuck : 0;
	int zombies = i->has_runners ? i->runners_zombie : 0;
	buf_printf(why, "stuck: %d pods and %d runners; %d zombies", pods, runners, zombies);
	return pods + runners + zombies > 0;
}

static bool runners_exhausted(const struct subject *pair, struct buf *why)
{
	int sides = 0;
	for (int id = 0; id < view_sides(pair->pair); id++) {
		struct subject s = subject_of(pair->view, pair->pair, pair->figures, id);
		double ratio;
		if (!serves(&s))
			continue;
		if (!view_runner_utilization(s.inventory, &ratio) || ratio <= 0.90)
			return false;
		buf_printf(why, "%s%s %.0f%%", sides++ ? ", " : "busy runners of the maximum: ", side_id_names[id],
		    ratio * 100);
	}
	return sides > 0;
}

/* Nodes and capacity. */

static bool nodes_silent(const struct subject *s, struct buf *why)
{
	int count = s->inventory->nodes_silent;
	buf_printf(why, "%d %s no longer answer%s", count, count == 1 ? "node" : "nodes", count == 1 ? "s" : "");
	return s->inventory->has_leases && count > 0;
}

static bool is_used_above(const struct subject *s, int percent, struct buf *why)
{
	const struct balance *b = &s->figures->balance;
	char text[16];
	if (s->pair->pair->status == HA_DISABLED || !b->has_utilization || b->utilization_ratio * 100 <= percent)
		return false;
	buf_printf(why, "%s of the maximum are in use: %d of %d nodes", balance_json_utilization(s->figures, text),
	    b->effective_total, b->max_possible);
	return true;
}

static bool utilization_critical(const struct subject *s, struct buf *why)
{
	return is_used_above(s, UTILIZATION_HIGH_PERCENT, why);
}

static bool utilization_high(const struct subject *s, struct buf *why)
{
	return is_used_above(s, UTILIZATION_WATCH_PERCENT, why) &&
	    s->figures->balance.utilization_ratio * 100 <= UTILIZATION_HIGH_PERCENT;
}

static int won(const struct view_side *v)
{
	return v->pools.won + v->pools.reserved;
}

static bool nodes_not_won(const struct subject *s, struct buf *why)
{
	buf_printf(why, "%d of %d desired nodes are won", won(s->seen), s->seen->pools.desired);
	return s->seen->has_pools && won(s->seen) < s->seen->pools.desired;
}

static bool nodes_not_joined(const struct subject *s, struct buf *why)
{
	buf_printf(why, "%d of %d won nodes have joined", s->seen->nodes.total, won(s->seen));
	return s->seen->has_pools && s->seen->has_nodes && s->seen->nodes.total < won(s->seen);
}

static bool node_imbalance(const struct subject *s, struct buf *why)
{
	const struct side_capacity *capacity = s->figures->capacity;
	const struct balance *b = &s->figures->balance;
	buf_printf(why, "available nodes: primary %d, secondary %d", capacity[PRIMARY].available,
	    capacity[SECONDARY].available);
	return s->pair->pair->status == HA_ACTIVE && b->has_imbalance && b->imbalance > 0;
}

static double dollars(int64_t nano)
{
	return (double)nano / 1e9;
}

static bool bid_below_market(const struct subject *s, struct buf *why)
{
	const struct price_margin *m = &s->seen->margin;
	buf_printf(why, "the bid is %.3f dollars an hour, the market price %.3f", dollars(m->bid_nano),
	    dollars(m->market_nano));
	return s->seen->has_margin && m->bid_nano < m->market_nano && !is_silenced(s);
}

static bool max_nodes_drift(const struct subject *s, struct buf *why)
{
	buf_printf(why, "max_nodes is %d, the maximum of the pools %d", s->seen->max_nodes, s->seen->pools.max);
	return s->figures->has_drift[s->id];
}

static bool cpu_requests_high(const struct subject *s, struct buf *why)
{
	const struct inventory *i = s->inventory;
	buf_printf(why, "%.0f of %.0f CPU cores are requested", (double)i->cpu_requested_milli / 1000,
	    (double)i->cpu_allocatable_milli / 1000);
	return i->has_cpu && (double)i->cpu_requested_milli > 0.90 * (double)i->cpu_allocatable_milli;
}

/* Applications. */

static bool apps_unhealthy(const struct subject *s, struct buf *why)
{
	int count = 0;
	for (int sync = 0; s->inventory->has_apps && sync < APP_SYNCS; sync++)
		count += s->inventory->apps[sync][APP_DEGRADED] + s->inventory->apps[sync][APP_MISSING];
	buf_printf(why, "%d of %d applications are Degraded or Missing", count, inventory_apps_total(s->inventory));
	return count > 0;
}

static bool apps_frozen(const struct subject *s, struct buf *why)
{
	buf_printf(why, "ArgoCD has not reconciled %d of %d applications for 15 minutes", s->inventory->apps_frozen,
	    inventory_apps_total(s->inventory));
	return s->inventory->has_apps && s->inventory->apps_frozen > 0;
}

/* The side itself. */

static bool put_why(const struct subject *s, struct buf *why)
{
	message_why(&s->pair->policy->side[s->id], s->side, s->view->now, why);
	return true;
}

static bool is_late(const struct subject *s, enum lateness lateness)
{
	struct provisioning p = side_provisioning(&s->pair->policy->side[s->id], s->side, s->view->now.mono);
	return p.is_known && p.lateness == lateness && !is_silenced(s);
}

static bool provisioning_stuck(const struct subject *s, struct buf *why)
{
	return is_late(s, STUCK) && put_why(s, why);
}

static bool provisioning_late(const struct subject *s, struct buf *why)
{
	return is_late(s, LATE) && put_why(s, why);
}

static bool degraded(const struct subject *s, struct buf *why)
{
	return s->side->is_degraded && !is_silenced(s) && put_why(s, why);
}

static bool flapping(const struct subject *s, struct buf *why)
{
	buf_puts(why, "its state keeps changing");
	return s->side->flap.is_flapping && !is_silenced(s);
}

static bool extra_down(const struct subject *s, struct buf *why)
{
	if (s->id < SIDES || s->side->verdict == UP || s->side->verdict == UNKNOWN || is_silenced(s))
		return false;
	buf_printf(why, "%s: ", verdict_names[s->side->verdict]);
	return put_why(s, why);
}

static bool credential_rejected(const struct subject *s, struct buf *why)
{
	buf_puts(why, "the Kubernetes API refuses our credential");
	return s->side->reason == REASON_CREDENTIAL_DENIED || s->seen->kube_nodes.is_refused;
}

/*
 * The most urgent first; of those of one priority a cause before what comes of it. The minutes are those of the rules,
 * and a test compares them.
 */
enum scope { OF_PAIR, OF_SIDE, OF_SERVING_SIDE };

static const struct row {
	const char *alert;
	int after_min;
	enum scope scope;
	bool (*holds)(const struct subject *s, struct buf *why);
	/* Without one, CI goes on, or lacks only what the numbers of sides, nodes and runners show. */
	const char *effect;
} rows[] = {
    {"HANoRunners", 5, OF_PAIR, no_runners, NULL},
    {"HAProvisioningStuck", 0, OF_SIDE, provisioning_stuck, NULL},
    {"HAProvisioningLate", 1, OF_SIDE, provisioning_late, NULL},
    {"HACloudspaceDegraded", 5, OF_SIDE, degraded, NULL},
    {"HACloudspaceFlapping", 0, OF_SIDE, flapping, "jobs may break off"},
    {"HACredentialRejected", 5, OF_SIDE, credential_rejected, "it is not known what runs"},
    {"HARunnerListenerDown", 10, OF_SERVING_SIDE, listener_down, "new jobs may not start"},
    {"HARunnerPodsAbsent", 15, OF_SERVING_SIDE, pods_absent, "no job runs"},
    {"HARunnersFailing", 15, OF_SERVING_SIDE, all_failed, "no job runs"},
    {"HARunnersExhausted", 15, OF_PAIR, runners_exhausted, "new jobs may wait"},
    {"HARunnerControllerNotReady", 10, OF_SERVING_SIDE, controller_not_ready, "new runners may not start"},
    {"HAExtraCloudspaceDown", 10, OF_SIDE, extra_down, NULL},
    {"HANodesSilent", 10, OF_SERVING_SIDE, nodes_silent, "jobs may be lost"},
    {"HAUtilizationCritical", 10, OF_PAIR, utilization_critical, NULL},
    {"HABidBelowMarket", 15, OF_SIDE, bid_below_market, "nodes may be lost"},
    {"HANodesNotWon", 75, OF_SERVING_SIDE, nodes_not_won, NULL},
    {"HANodesNotJoined", 75, OF_SERVING_SIDE, nodes_not_joined, NULL},
    {"HANodeImbalance", 75, OF_PAIR, node_imbalance, NULL},
    {"HAArgoCDAppsUnhealthy", 30, OF_SERVING_SIDE, apps_unhealthy, NULL},
    {"HAArgoCDAppsFrozen", 30, OF_SERVING_SIDE, apps_frozen, NULL},
    {"HARunnersStuck", 60, OF_SERVING_SIDE, runners_stuck, "runners hang"},
    {"HAUtilizationHigh", 10, OF_PAIR, utilization_high, NULL},
    {"HACpuRequestsHigh", 30, OF_SERVING_SIDE, cpu_requests_high, "new runners may find no CPU"},
    {"HAMaxNodesDrift", 60, OF_SERVING_SIDE, max_nodes_drift, NULL},
};

enum { ROWS = sizeof rows / sizeof *rows };

static bool holds(const struct row *row, const struct subject *s, struct buf *why)
{
	buf_reset(why);
	return (row->scope != OF_SERVING_SIDE || serves(s)) && row->holds(s, why);
}

bool trouble_kind(size_t number, struct trouble *out)
{
	if (number < ROWS)
		*out = (struct trouble){.alert = rows[number].alert,
		    .side = -1,
		    .after_min = rows[number].after_min,
		    .effect = rows[number].effect};
	return number < ROWS;
}

bool trouble_next(const struct view *view, const struct view_pair *pair, const struct figures *figures,
    struct trouble *trouble, struct buf *why)
{
	for (size_t at = trouble->next; at < ROWS * SIDES_MAX; at++) {
		const struct row *row = &rows[at / SIDES_MAX];
		int id = (int)(at % SIDES_MAX);
		struct subject s = subject_of(view, pair, figures, id);
		if (id >= (row->scope == OF_PAIR ? 1 : view_sides(pair)) || !holds(row, &s, why))
			continue;
		*trouble =
		    (struct trouble){row->alert, row->scope == OF_PAIR ? -1 : id, row->after_min, row->effect, at + 1};
		return true;
	}
	return false;
}

struct runbook_part trouble_field(const struct trouble *trouble, const char *name)
{
	struct runbook_section section;
	struct runbook_part field = {"", 0};
	if (runbook_find(trouble->alert, &section))
		(void)runbook_field(&section, name, &field);
	return field;
}

bool trouble_is_urgent(const struct trouble *trouble)
{
	struct runbook_part priority = trouble_field(trouble, "Priority");
	return priority.len == 2 && priority.text[1] < '3';
}

void trouble_put_json(struct json_out *j, const char *name, const struct view *view, const struct view_pair *pair,
    const struct figures *figures)
{
	struct trouble t = {.next = 0};
	struct buf why = buf_of(TROUBLE_WHY_MAX_BYTES), priority = buf_of(16);
	json_open(j, name, '[');
	while (trouble_next(view, pair, figures, &t, &why)) {
		struct runbook_part field = trouble_field(&t, "Priority");
		buf_reset(&priority);
		buf_put(&priority, field.text, field.len);
		json_open(j, NULL, '{');
		json_put_text(j, "alert", t.alert);
		json_put_text(j, "priority", buf_text(&priority));
		json_put_text(j, "side", t.side < 0 ? NULL : side_id_names[t.side]);
		json_put_text(j, "message", buf_text(&why));
		json_put_int(j, "alert_after_seconds", t.after_min * 60);
		json_close(j, '}');
	}
	json_close(j, ']');
	buf_fini(&priority);
	buf_fini(&why);
}
