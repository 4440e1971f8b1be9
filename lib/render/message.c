#include "render/message.h"

#include "base/rfc3339.h"

#include <inttypes.h>

/* What a reason means to a person. */
static const char *const reason_texts[SIDE_REASONS] = {
    [REASON_STARTING] = "not every source has answered yet",
    [REASON_SERVING] = "nodes are ready and take work",
    [REASON_CORDONED] = "every ready node is cordoned",
    [REASON_NO_CAPACITY] = "the Kubernetes API answered, but too few nodes are available",
    [REASON_UNREACHABLE] = "the Kubernetes API does not answer; our own network works",
    [REASON_CREDENTIAL_DENIED] = "the Kubernetes API answers but refuses our credential",
    [REASON_PROVISIONING] = "Spot is provisioning it; " PROVISIONING_USUAL " minutes is usual",
    [REASON_NOT_READY] = "Spot reports provisioning again",
    [REASON_SPOT_ERROR] = "Spot reports an error",
    [REASON_ABSENT] = "Spot no longer lists it",
    [REASON_DELETING] = "Spot is deleting it",
    [REASON_NO_EVIDENCE] = "no source has confirmed a verdict",
};

static const char *const status_texts[HA_STATUSES] = {
    [HA_ACTIVE] = "both cloudspaces are UP",
    [HA_DISABLED] = "HA is disabled in the configuration",
};

/* Always in minutes, to compare with the usual time. */
static void put_provisioning(struct buf *out, const struct provisioning *p)
{
	static const char *const notes[] = {[ON_TIME] = "", [LATE] = "late: ", [STUCK] = "stuck: "};
	buf_printf(out, "provisioning for %" PRId64 " min; %s" PROVISIONING_USUAL " is usual", p->age_ms / 60000,
	    notes[p->lateness]);
}

static void put_nodes(struct buf *out, const struct node_counts *nodes)
{
	if (nodes->total == 0 && nodes->control_plane > 0)
		buf_printf(out, "the Kubernetes API answers, but the cluster has only control-plane nodes (%d)",
		    nodes->control_plane);
	else if (nodes->total == 0)
		buf_puts(out, "the Kubernetes API answers, but the cluster has no nodes");
	else
		buf_printf(out, "the Kubernetes API answers, and %d of %d nodes are available", nodes->available,
		    nodes->total);
}

static void put_time(struct buf *out, wall_ms t)
{
	char text[RFC3339_SIZE];
	rfc3339_render(t, text);
	buf_puts(out, text);
}

void message_why(const struct side_policy *policy, const struct side *side, struct now now, struct buf *out)
{
	struct provisioning provisioning = side_provisioning(policy, side, now.mono);
	bool is_counted =
	    side->reason == REASON_NO_CAPACITY && side_kube_word(policy, side, now.mono) == KUBE_NO_CAPACITY;
	if (side->is_degraded)
		buf_puts(out, "degraded: nodes take work, but ");
	if (provisioning.is_known)
		put_provisioning(out, &provisioning);
	else if (is_counted)
		put_nodes(out, &side->kube.nodes);
	else
		buf_puts(out, reason_texts[side->reason]);
}

wall_ms message_evidence_at(const struct side *side, struct now now)
{
	return side->reason == REASON_NO_EVIDENCE ? (wall_ms){now.wall.ms - mono_since(side->evidence_at, now.mono)}
						  : WALL_UNKNOWN;
}

void message_of_side(const struct side_policy *policy, const struct side *side, struct now now, struct buf *out)
{
	wall_ms evidence_at = message_evidence_at(side, now);
	message_why(policy, side, now, out);
	if (wall_is_known(evidence_at)) {
		buf_puts(out, " since ");
		put_time(out, evidence_at);
	}
	if (side->is_held)
		buf_puts(out, " (no fresh data since the restart; showing the state from before)");
}

static void put_window(struct buf *out, const struct maintenance *m)
{
	buf_puts(out, "; maintenance is declared until ");
	put_time(out, m->ends.wall);
	if (m->reason[0])
		buf_printf(out, ": %s", m->reason);
}

void message_of_pair(const struct pair_policy *policy, const struct pair *pair, const char *const cloudspace[SIDES_MAX],
    struct now now, struct buf *out)
{
	const char *separator = status_texts[pair->status] ? "; " : "";
	if (status_texts[pair->status])
		buf_puts(out, status_texts[pair->status]);
	for (int id = 0; id < SIDES + pair->extra_count; id++) {
		const struct side *s = &pair->side[id];
		const struct maintenance *m = &pair->maintenance[id];
		if (s->verdict == UP && s->reason == REASON_SERVING && !s->is_held && !m->is_declared)
			continue;
		buf_printf(out, "%s%s (%s) is %s since ", separator, cloudspace[id], side_id_names[id],
		    verdict_names[s->verdict]);
		put_time(out, s->since.wall);
		buf_puts(out, ": ");
		message_of_side(&policy->side[id], s, now, out);
		if (m->is_declared)
			put_window(out, m);
		separator = "; ";
	}
}
