#include "render/cloudspaces_json.h"

#include "render/maintenance_json.h"
#include "render/message.h"
#include "render/unreadable_lists.h"

const char *const lateness_names[STUCK + 1] = {
    [ON_TIME] = "on_time",
    [LATE] = "late",
    [STUCK] = "stuck",
};

/* All that is known of one side. */
struct subject {
	const struct view *view;
	const struct view_pair *pair;
	const struct figures *figures;
	enum side_id id;
	const struct view_side *seen;
	const struct side *side;
};

static void put_state(struct json_out *j, const struct subject *s)
{
	struct buf message = buf_of(MESSAGE_MAX_BYTES);
	message_of_side(&s->pair->policy->side[s->id], s->side, s->view->now, &message);
	json_put_text(j, "name", s->seen->name);
	json_put_text(j, "side", side_id_names[s->id]);
	json_put_bool(j, "ready", s->side->verdict == UP);
	json_put_text(j, "state", verdict_names[s->side->verdict]);
	json_put_text(j, "state_reason", side_reason_names[s->side->reason]);
	json_put_text(j, "state_message", buf_text(&message));
	json_put_time(j, "since", s->side->since.wall);
	json_put_bool(j, "held", s->side->is_held);
	json_put_bool(j, "degraded", s->side->is_degraded);
	json_put_bool(j, "flapping", s->side->flap.is_flapping);
	buf_fini(&message);
}

static void put_spot(struct json_out *j, const struct subject *s)
{
	const struct cloudspace *c = s->seen->cloudspace;
	json_put_text(j, "status", c ? c->phase : NULL);
	json_put_text(j, "health", c ? c->health : NULL);
	json_put_text(j, "reason", c ? c->reason : NULL);
	json_put_text(j, "region", c ? c->region : NULL);
	json_put_text(j, "endpoint", s->seen->endpoint);
	json_put_text(j, "context", s->seen->context);
}

static void put_nodes(struct json_out *j, const struct subject *s)
{
	const struct view_side *v = s->seen;
	const struct side_capacity *capacity = &s->figures->capacity[s->id];
	json_put_known(j, "nodes", capacity->has_available, capacity->available);
	json_put_known(j, "nodes_total", v->has_nodes, v->nodes.total);
	json_put_known(j, "nodes_ready", v->has_nodes, v->nodes.ready);
	json_put_known(j, "nodes_cordoned", v->has_nodes, v->nodes.cordoned);
	json_put_known(j, "nodes_silent", v->inventory->has_leases, v->inventory->nodes_silent);
	json_put_text(j, "nodes_source",
	    !capacity->has_available  ? "none"
		: s->side->from_pools ? "node_pools"
				      : "kubernetes");
	json_put_known(j, "desired", v->has_pools, v->pools.desired);
	json_put_known(j, "won", v->has_pools, v->pools.won + v->pools.reserved);
	json_put_known(j, "max", capacity->has_max, capacity->max);
	json_put_known(j, "max_configured", v->max_nodes > 0, v->max_nodes);
	json_put_known(j, "max_pools", v->has_pools && v->pools.max > 0, v->pools.max);
	json_put_bool(j, "max_drift", s->figures->has_drift[s->id]);
	json_put_milli(j, "cpu_requested_cores", v->inventory->has_cpu, v->inventory->cpu_requested_milli);
	json_put_milli(j, "cpu_allocatable_cores", v->inventory->has_cpu, v->inventory->cpu_allocatable_milli);
}

static void put_provisioning(struct json_out *j, const struct subject *s)
{
	struct provisioning p = side_provisioning(&s->pair->policy->side[s->id], s->side, s->view->now.mono);
	if (!p.is_known) {
		json_put_null(j, "provisioning");
		return;
	}
	json_open(j, "provisioning", '{');
	json_put_int(j, "age_seconds", p.age_ms / 1000);
	json_put_int(j, "usual_seconds_min", PROVISIONING_USUAL_FROM_MIN * 60);
	json_put_int(j, "usual_seconds_max", PROVISIONING_USUAL_TO_MIN * 60);
	json_put_text(j, "lateness", lateness_names[p.lateness]);
	json_close(j, '}');
}

/* Of the lists that these figures are made of. */
static void put_unreadable(struct json_out *j, const struct subject *s)
{
	struct unreadable_lists lists = {.count = 0};
	unreadable_lists_add_spot(&lists, s->view);
	unreadable_lists_add_parts(&lists, s->seen, PART_NODES, PART_LEASES);
	unreadable_lists_add_parts(&lists, s->seen, PART_PODS, PART_PODS);
	unreadable_lists_put_json(j, &lists);
}

static void put_side(struct json_out *j, const struct subject *s)
{
	json_open(j, side_id_names[s->id], '{');
	put_state(j, s);
	put_spot(j, s);
	put_nodes(j, s);
	put_provisioning(j, s);
	maintenance_json_put(j, "maintenance", s->pair->pair, s->id);
	json_put_maybe(j, "drained", s->seen->drain.is_known, s->seen->drain.is_drained);
	put_unreadable(j, s);
	json_close(j, '}');
}

void cloudspaces_json_put(struct json_out *j, const char *name, const struct view *view, const struct view_pair *pair,
    const struct figures *figures)
{
	json_open(j, name, '{');
	for (int id = 0; id < view_sides(pair); id++)
		put_side(j,
		    &(struct subject){view, pair, figures, (enum side_id)id, &pair->side[id], &pair->pair->side[id]});
	json_close(j, '}');
}

void cloudspaces_json_render(
    const struct view *view, const struct view_pair *pair, const struct figures *figures, struct buf *out)
{
	struct json_out j = {out, false};
	cloudspaces_json_put(&j, NULL, view, pair, figures);
}
