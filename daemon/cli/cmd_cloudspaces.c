/* The commands cloudspaces and cloudspace, and the summary's table of sides. */
#include "cli/cmd_cloudspaces.h"

#include "api.h"
#include "cli/time.h"

#include <string.h>

/* A missing value counts as unknown: an older daemon may not have the field. */
static enum screen_tone put_text(struct buf *cell, const struct blocks_side *side, const char *path)
{
	const char *text = answer_text(side->json, path);
	buf_puts(cell, text ? text : "");
	return TONE_PLAIN;
}

static enum screen_tone put_name(struct buf *cell, const struct blocks_side *side)
{
	return put_text(cell, side, "name");
}

static enum screen_tone put_ready(struct buf *cell, const struct blocks_side *side)
{
	bool is_ready = answer_true(side->json, "ready");
	if (is_ready || answer_false(side->json, "ready"))
		buf_puts(cell, is_ready ? "true" : "false");
	return is_ready ? TONE_GOOD : TONE_BAD;
}

/* The state, and everything that limits it. */
static enum screen_tone put_state(struct buf *cell, const struct blocks_side *side)
{
	static const struct {
		const char *path, *words;
	} marks[] = {
	    {"degraded", ", degraded"},
	    {"flapping", ", flapping"},
	    {"held", ", from before the restart"},
	};
	const char *name = answer_text(side->json, "state");
	bool is_marked = false;
	buf_puts(cell, name ? name : "");
	for (size_t i = 0; name && i < sizeof marks / sizeof *marks; i++) {
		bool is_set = answer_true(side->json, marks[i].path);
		buf_puts(cell, is_set ? marks[i].words : "");
		is_marked = is_marked || is_set;
	}
	enum screen_tone tone = blocks_state_tone(name);
	return is_marked && tone == TONE_GOOD ? TONE_WARN : tone;
}

static enum screen_tone put_reason(struct buf *cell, const struct blocks_side *side)
{
	return put_text(cell, side, "state_reason");
}

static enum screen_tone put_since(struct buf *cell, const struct blocks_side *side)
{
	const char *since = answer_text(side->json, "since");
	if (since)
		time_put_since(cell, since, side->now);
	return TONE_PLAIN;
}

static enum screen_tone put_window(struct buf *cell, const struct blocks_side *side)
{
	const struct cJSON *window = answer_at(side->json, "maintenance");
	const char *reason = answer_text(window, "reason");
	wall_ms ends = answer_time(window, "ends");
	if (!answer_is_object(window, ""))
		return TONE_PLAIN;
	buf_puts(cell, answer_true(window, "declared") ? "declared" : "all nodes cordoned");
	if (wall_is_known(ends)) {
		buf_puts(cell, ", until ");
		time_put_clock(cell, ends, side->now);
	}
	if (reason && *reason)
		buf_printf(cell, ": %s", reason);
	return TONE_WARN;
}

/* Spot's own values, verbatim: "Error, Unhealthy: quota exceeded". */
static enum screen_tone put_spot(struct buf *cell, const struct blocks_side *side)
{
	const char *health = answer_text(side->json, "health"), *reason = answer_text(side->json, "reason");
	put_text(cell, side, "status");
	if (health && *health)
		buf_printf(cell, "%s%s", cell->len ? ", " : "", health);
	if (reason && *reason)
		buf_printf(cell, "%s%s", cell->len ? ": " : "", reason);
	return TONE_PLAIN;
}

static enum screen_tone put_nodes(struct buf *cell, const struct blocks_side *side)
{
	long available = answer_count(side->json, "nodes"), ready = answer_count(side->json, "nodes_ready");
	long total = answer_count(side->json, "nodes_total");
	const char *source = answer_text(side->json, "nodes_source");
	if (available >= 0)
		buf_printf(cell, "%ld available", available);
	if (source && strcmp(source, "node_pools") == 0)
		buf_puts(cell, ", from the node pools");
	if (ready >= 0 && total >= 0)
		buf_printf(cell, "%s%ld ready, %ld total", cell->len ? ", " : "", ready, total);
	return TONE_PLAIN;
}

static enum screen_tone put_cordoned(struct buf *cell, const struct blocks_side *side)
{
	long cordoned = answer_count(side->json, "nodes_cordoned");
	if (cordoned >= 0)
		buf_printf(cell, "%ld", cordoned);
	return cordoned > 0 ? TONE_WARN : TONE_PLAIN;
}

static enum screen_tone put_silent(struct buf *cell, const struct blocks_side *side)
{
	long silent = answer_count(side->json, "nodes_silent");
	if (silent > 0)
		buf_printf(cell, "%ld: kubelet stopped reporting", silent);
	return TONE_WARN;
}

static enum screen_tone put_max(struct buf *cell, const struct blocks_side *side)
{
	long max = answer_count(side->json, "max"), desired = answer_count(side->json, "desired");
	if (max >= 0)
		buf_printf(cell, "%ld", max);
	if (max >= 0 && desired >= 0)
		buf_printf(cell, " (desired %ld)", desired);
	if (!answer_true(side->json, "max_drift"))
		return TONE_PLAIN;
	buf_printf(cell, ", but the node pools say %ld", answer_count(side->json, "max_pools"));
	return TONE_WARN;
}

static enum screen_tone put_won(struct buf *cell, const struct blocks_side *side)
{
	long won = answer_count(side->json, "won"), desired = answer_count(side->json, "desired");
	long joined = answer_count(side->json, "nodes_total");
	if (won < 0)
		return TONE_PLAIN;
	buf_printf(cell, "%ld", won);
	if (joined >= 0 && joined < won)
		buf_printf(cell, ", %ld of them joined", joined);
	if (desired > won)
		buf_printf(cell, ", %ld fewer than desired", desired - won);
	return (joined >= 0 && joined < won) || desired > won ? TONE_WARN : TONE_PLAIN;
}

static enum screen_tone put_cpu(struct buf *cell, const struct blocks_side *side)
{
	double requested = answer_number(side->json, "cpu_requested_cores", -1);
	double allocatable = answer_number(side->json, "cpu_allocatable_cores", -1);
	if (requested >= 0 && allocatable >= 0)
		buf_printf(cell, "%.1f of %.1f cores requested", requested, allocatable);
	return TONE_PLAIN;
}

static enum screen_tone put_drained(struct buf *cell, const struct blocks_side *side)
{
	if (answer_true(side->json, "drained"))
		buf_puts(cell, "yes");
	else if (answer_false(side->json, "drained"))
		buf_puts(cell, "no");
	return TONE_PLAIN;
}

static enum screen_tone put_region(struct buf *cell, const struct blocks_side *side)
{
	return put_text(cell, side, "region");
}

static enum screen_tone put_context(struct buf *cell, const struct blocks_side *side)
{
	return put_text(cell, side, "context");
}

static enum screen_tone put_endpoint(struct buf *cell, const struct blocks_side *side)
{
	return put_text(cell, side, "endpoint");
}

/* clang-format off */
static const struct blocks_row short_rows[] = {
    {"CLOUDSPACE", put_name, false},
    {"STATE", put_state, false},
    {"REASON", put_reason, false},
    {"SINCE", put_since, false},
    {"PROGRESS", blocks_put_progress, true},
    {"MAINTENANCE", put_window, true},
    {"NODES", put_nodes, false},
    {"CORDONED", put_cordoned, false},
    {"SILENT", put_silent, true},
    {"MAX", put_max, false},
    {"SPOT", put_spot, false},
};
static const struct blocks_row live_rows[] = {
    {"CLOUDSPACE", put_name, false},
    {"STATE", put_state, false},
    {"REASON", put_reason, false},
    {"SINCE", put_since, false},
    {"PROGRESS", blocks_put_progress, true},
    {"MAINTENANCE", put_window, true},
    {"NODES", put_nodes, false},
};
static const struct blocks_row long_rows[] = {
    {"CLOUDSPACE", put_name, false},
    {"READY", put_ready, false},
    {"STATUS", put_spot, false},
    {"STATE", put_state, false},
    {"REASON", put_reason, false},
    {"SINCE", put_since, false},
    {"PROGRESS", blocks_put_progress, true},
    {"MAINTENANCE", put_window, true},
    {"NODES", put_nodes, false},
    {"CORDONED", put_cordoned, false},
    {"SILENT", put_silent, true},
    {"WON", put_won, false},
    {"MAX", put_max, false},
    {"CPU", put_cpu, false},
    {"DRAINED", put_drained, false},
    {"REGION", put_region, true},
    {"CONTEXT", put_context, true},
    {"ENDPOINT", put_endpoint, false},
};
/* clang-format on */

void cmd_cloudspaces_put_short(const struct screen *screen, const struct cJSON *sides, wall_ms now, struct buf *out)
{
	blocks_sides(screen, short_rows, sizeof short_rows / sizeof *short_rows, sides, NULL, now, out);
}

void cmd_cloudspaces_put_live(const struct screen *screen, const struct cJSON *sides, wall_ms now, struct buf *out)
{
	blocks_sides(screen, live_rows, sizeof live_rows / sizeof *live_rows, sides, NULL, now, out);
}

static void put(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	blocks_sides(&cmd->screen, long_rows, sizeof long_rows / sizeof *long_rows, a->json, a->side, a->now, out);
	blocks_notes(&cmd->screen, a->json, a->side, "state_message", out);
	blocks_unreadable(&cmd->screen, a->json, a->side, out);
}

static bool is_good(const struct cmd *cmd, const struct cJSON *json)
{
	(void)cmd;
	return answer_text(json, "primary.state") && answer_text(json, "secondary.state");
}

static int judge(const struct cmd *cmd, const struct answer *a)
{
	(void)cmd;
	const char *state = answer_text(a->side, "state");
	if (answer_true(a->side, "ready"))
		return EXIT_YES;
	return state && strcmp(state, "UNKNOWN") != 0 ? EXIT_NO : EXIT_UNKNOWN;
}

static const struct show show_cloudspaces = {.path = API_CLOUDSPACES, .is_good = is_good, .put = put};
static const struct show show_cloudspace = {
    .path = API_CLOUDSPACES, .is_good = is_good, .sides = "", .judge = judge, .put = put};

const struct command cmd_cloudspaces = {
    .name = "cloudspaces",
    .words = "",
    .help = "all sides in detail: state, nodes, Spot, capacity",
    .takes = TAKES_WATCH,
    .show = &show_cloudspaces,
    .details = "JSON: {primary: {...}, secondary: {...}}\n" EXIT_ANSWERED WATCHED "\n"
	       "Examples:\n"
	       "  hawatch cloudspaces\n"
	       "  hawatch cloudspaces | jq .primary\n",
};

const struct command cmd_cloudspace = {
    .name = "cloudspace",
    .words = "SIDE",
    .help = "one side in detail; exit 0 if it is ready",
    .takes = TAKES_WATCH,
    .words_min = 1,
    .words_max = 1,
    .show = &show_cloudspace,
    .details = "JSON: the side's part of hawatch cloudspaces\n"
	       "Exit: 0 ready, 1 not ready, 2 wrong usage, 3 unknown or no answer\n" WATCHED "\n"
	       "Examples:\n"
	       "  hawatch cloudspace primary && echo ready\n"
	       "  hawatch cloudspace secondary -o json | jq -r .status\n",
};
