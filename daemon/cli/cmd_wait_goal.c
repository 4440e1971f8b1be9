#include "cli/cmd_wait.h"

#include <string.h>

static const struct cJSON *side_of(const struct wait *w, const char *name)
{
	return answer_at(answer_at(w->summary.json, "cloudspaces"), name);
}

/* A state from before a restart is not evidence yet. */
static bool is_fresh(const struct wait *w)
{
	return !answer_true(side_of(w, "primary"), "held") && !answer_true(side_of(w, "secondary"), "held");
}

static bool is_active(const struct wait *w)
{
	return is_fresh(w) && answer_true(w->summary.json, "ha_active");
}

static bool is_ready(const struct wait *w)
{
	const struct cJSON *side = side_of(w, w->side);
	return answer_true(side, "ready") && !answer_true(side, "held");
}

/* The inventory is older than the health round: a node uncordoned since then makes "drained" false. */
static bool is_drained(const struct wait *w)
{
	const struct cJSON *side = side_of(w, w->side);
	long total = answer_count(side, "nodes_total"); /* two unknown numbers are no evidence */
	return answer_true(side, "drained") && total > 0 && answer_count(side, "nodes_cordoned") == total;
}

/* "secondary PROVISIONING (provisioning): 34 min of the usual 50-60, 4 of 10 nodes joined" */
static void put_recovery(const struct wait *w, const struct cJSON *side, struct buf *out)
{
	const char *state = answer_text(side, "state"), *reason = answer_text(side, "state_reason");
	long total = answer_count(side, "nodes_total"), desired = answer_count(side, "desired");
	long available = answer_count(side, "nodes");
	const char *phase = answer_text(side, "status");
	struct buf more = buf_of(OUT_MAX_BYTES);
	if (phase && *phase)
		buf_printf(&more, "Spot says %s", phase);
	blocks_put_progress(&more, &(struct blocks_side){side, w->summary.now});
	if (total >= 0 && desired >= 0)
		buf_printf(&more, "%s%ld of %ld nodes joined", more.len ? ", " : "", total, desired);
	blocks_put_some(&more, available, "available");
	buf_printf(out, "%s %s", answer_name(side), state ? state : "-");
	if (reason)
		buf_printf(out, " (%s)", reason);
	if (more.len)
		buf_printf(out, ": %s", buf_text(&more));
	buf_fini(&more);
}

/* "primary MAINTENANCE: 10 of 10 nodes cordoned; jobs left: 3 busy, 1 finishing, 0 unknown" */
static void put_drain(const struct wait *w, const struct cJSON *side, struct buf *out)
{
	const struct cJSON *sides = answer_at(w->runners.json, "sides");
	const struct cJSON *runners = answer_at(answer_at(sides, w->side), "runners");
	const char *state = answer_text(side, "state");
	const char *problem = answer_text(answer_at(sides, w->side), "problem");
	long cordoned = answer_count(side, "nodes_cordoned"), total = answer_count(side, "nodes_total");
	buf_printf(out, "%s %s: ", answer_name(side), state ? state : "-");
	if (cordoned >= 0 && total >= 0)
		buf_printf(out, "%ld of %ld nodes cordoned; ", cordoned, total);
	else
		buf_puts(out, "nodes unknown; ");
	long busy = answer_count(runners, "busy"), finishing = answer_count(runners, "finishing");
	long unknown = answer_count(runners, "unknown");
	if (busy < 0 || finishing < 0 || unknown < 0) {
		buf_printf(out, "jobs unknown%s%s", problem && *problem ? ": " : "", problem ? problem : "");
		return;
	}
	buf_printf(out, "jobs left: %ld busy", busy);
	if (finishing)
		buf_printf(out, ", %ld finishing", finishing);
	if (unknown)
		buf_printf(out, ", %ld unknown", unknown);
}

static const struct wait_goal goals[] = {
    {"active", "ACTIVE", false, false, is_active, put_recovery},
    {"ready", "ready", true, false, is_ready, put_recovery},
    {"drained", "drained", true, true, is_drained, put_drain},
};

const struct wait_goal *cmd_wait_goal_named(const char *name)
{
	for (size_t i = 0; i < sizeof goals / sizeof *goals; i++)
		if (strcmp(goals[i].name, name) == 0)
			return &goals[i];
	return NULL;
}
