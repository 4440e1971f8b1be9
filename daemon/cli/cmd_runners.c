/* The command runners: the data of `kubectl get pods -n arc-runners`, for all sides. */
#include "api.h"
#include "cli/blocks.h"
#include "cli/time.h"

#include <string.h>

static enum screen_tone put_name(struct buf *cell, const struct blocks_side *side)
{
	const char *name = answer_text(side->json, "name");
	buf_puts(cell, name ? name : "");
	return TONE_PLAIN;
}

/* The most important phases first. */
static enum screen_tone put_pods(struct buf *cell, const struct blocks_side *side)
{
	static const char *const phases[] = {"Running", "Pending", "Failed", "Unknown", "Succeeded"};
	const struct cJSON *pods = answer_at(side->json, "pods");
	long stuck = answer_count(side->json, "pods_stuck");
	for (size_t i = 0; i < sizeof phases / sizeof *phases; i++)
		blocks_put_some(cell, answer_count(pods, phases[i]), phases[i]);
	if (answer_is_object(pods, "") && !cell->len)
		buf_puts(cell, "none");
	if (stuck > 0)
		buf_printf(cell, " (%ld stuck)", stuck);
	return stuck > 0 || answer_count(pods, "Failed") > 0 ? TONE_WARN : TONE_PLAIN;
}

/* Always a number, so that a zero is visible. */
static enum screen_tone put_activity(struct buf *cell, const struct blocks_side *side, const char *path)
{
	long count = answer_count(side->json, path);
	if (count >= 0)
		buf_printf(cell, "%ld", count);
	return TONE_PLAIN;
}

static enum screen_tone put_busy(struct buf *cell, const struct blocks_side *side)
{
	const char *utilization = answer_text(side->json, "utilization");
	put_activity(cell, side, "runners.busy");
	if (cell->len && utilization)
		buf_printf(cell, " (%s of the max)", utilization);
	return TONE_PLAIN;
}

static enum screen_tone put_idle(struct buf *cell, const struct blocks_side *side)
{
	return put_activity(cell, side, "runners.idle");
}

static enum screen_tone put_starting(struct buf *cell, const struct blocks_side *side)
{
	long stuck = answer_count(side->json, "runners_stuck");
	put_activity(cell, side, "runners.starting");
	if (cell->len && stuck > 0)
		buf_printf(cell, " (%ld stuck)", stuck);
	return stuck > 0 ? TONE_WARN : TONE_PLAIN;
}

static enum screen_tone put_finishing(struct buf *cell, const struct blocks_side *side)
{
	return put_activity(cell, side, "runners.finishing");
}

static enum screen_tone put_failed(struct buf *cell, const struct blocks_side *side)
{
	put_activity(cell, side, "runners.failed");
	return answer_count(side->json, "runners.failed") > 0 ? TONE_WARN : TONE_PLAIN;
}

static enum screen_tone put_unknown(struct buf *cell, const struct blocks_side *side)
{
	put_activity(cell, side, "runners.unknown");
	return answer_count(side->json, "runners.unknown") > 0 ? TONE_WARN : TONE_PLAIN;
}

static enum screen_tone put_zombies(struct buf *cell, const struct blocks_side *side)
{
	long zombies = answer_count(side->json, "runners_zombie");
	if (zombies > 0)
		buf_printf(cell, "%ld: the job ran in another pod", zombies);
	return TONE_WARN;
}

static enum screen_tone put_limits(struct buf *cell, const struct blocks_side *side)
{
	long min = answer_count(side->json, "min"), max = answer_count(side->json, "max");
	long desired = answer_count(side->json, "desired");
	if (min < 0)
		return TONE_PLAIN;
	if (max >= 0)
		buf_printf(cell, "%ld to %ld", min, max);
	else
		buf_printf(cell, "%ld or more, no max", min);
	if (desired >= 0)
		buf_printf(cell, ", %ld desired", desired);
	return TONE_PLAIN;
}

static enum screen_tone put_listener(struct buf *cell, const struct blocks_side *side)
{
	static const struct {
		const char *name, *words;
	} states[] = {
	    {"running", "running"},
	    {"absent", "absent: it takes no jobs"},
	    {"ended", "ended: it takes no jobs"},
	    {"churning", "churning: created again and again"},
	    {"dead_set", "bound to a runner set that was deleted"},
	};
	const char *state = answer_text(side->json, "listener");
	const char *words = state;
	for (size_t i = 0; state && i < sizeof states / sizeof *states; i++)
		if (strcmp(states[i].name, state) == 0)
			words = states[i].words;
	buf_puts(cell, words ? words : "");
	return state && strcmp(state, "running") == 0 ? TONE_GOOD : TONE_BAD;
}

static enum screen_tone put_controller(struct buf *cell, const struct blocks_side *side)
{
	const struct cJSON *controller = answer_at(side->json, "controller");
	bool is_ready = answer_true(controller, "ready");
	if (!answer_is_object(controller, ""))
		return TONE_PLAIN;
	buf_puts(cell, is_ready ? "ready" : "not ready");
	long available = answer_count(controller, "available");
	long desired = answer_count(controller, "desired");
	if (available >= 0 && desired >= 0)
		buf_printf(cell, ", %ld of %ld", available, desired);
	return is_ready ? TONE_GOOD : TONE_BAD;
}

static enum screen_tone put_drained(struct buf *cell, const struct blocks_side *side)
{
	if (answer_true(side->json, "drained"))
		buf_puts(cell, "yes: cordoned, no job running");
	else if (answer_false(side->json, "drained"))
		buf_puts(cell, "no");
	return TONE_PLAIN;
}

static enum screen_tone put_looked(struct buf *cell, const struct blocks_side *side)
{
	const char *at = answer_text(side->json, "looked_at");
	if (at)
		time_put_since(cell, at, side->now);
	if (at && !answer_true(side->json, "known"))
		buf_puts(cell, ", in vain");
	return TONE_PLAIN;
}

/* clang-format off */
static const struct blocks_row rows[] = {
    {"CLOUDSPACE", put_name, false},
    {"PODS", put_pods, false},
    {"BUSY", put_busy, false},
    {"IDLE", put_idle, false},
    {"STARTING", put_starting, false},
    {"FINISHING", put_finishing, false},
    {"FAILED", put_failed, false},
    {"UNKNOWN", put_unknown, false},
    {"ZOMBIES", put_zombies, true},
    {"SCALE", put_limits, false},
    {"LISTENER", put_listener, false},
    {"CONTROLLER", put_controller, false},
    {"DRAINED", put_drained, false},
    {"ASKED", put_looked, false},
};
/* clang-format on */

/* One line per scale set if there are several; a single one is already in the table above. */
static void put_sets(const struct cmd *cmd, const struct cJSON *side, struct buf *out)
{
	const struct cJSON *sets = answer_at(side, "scale_sets"), *set = answer_next(sets, NULL);
	if (!set || !answer_next(sets, set))
		return;
	struct table t = table_of(4);
	t.is_list = true;
	buf_putc(out, '\n');
	table_put(&t, TONE_HEAD, "SET on %s", answer_name(side));
	table_put(&t, TONE_PLAIN, "ARC");
	table_put(&t, TONE_PLAIN, "SCALE");
	table_put(&t, TONE_PLAIN, "LISTENER");
	for (; set; set = answer_next(sets, set)) {
		const char *name = answer_text(set, "name"), *version = answer_text(set, "version");
		struct blocks_side of = {set, WALL_UNKNOWN};
		struct buf scale = buf_of(OUT_MAX_BYTES), listener = scale;
		put_limits(&scale, &of);
		enum screen_tone tone = put_listener(&listener, &of);
		table_put(&t, TONE_PLAIN, "%s", name ? name : "-");
		table_put(&t, TONE_PLAIN, "%s", version && *version ? version : "-");
		table_put(&t, TONE_PLAIN, "%s", scale.len ? buf_text(&scale) : "-");
		table_put(&t, listener.len ? tone : TONE_PLAIN, "%s", listener.len ? buf_text(&listener) : "-");
		buf_fini(&scale);
		buf_fini(&listener);
	}
	table_render(&t, &cmd->screen, out);
	table_fini(&t);
	blocks_put_omitted(out, answer_count(side, "scale_sets_omitted"));
}

static bool is_told(const struct cJSON *parts, const struct cJSON *part, const char *first)
{
	const char *problem = answer_text(part, "problem");
	const struct cJSON *before = NULL;
	bool is = answer_true(part, "known") || !problem || !*problem || (first && strcmp(problem, first) == 0);
	const char *resource = answer_text(part, "resource");
	/* hawatch apps tells of these; what is not installed is often not wanted. */
	is = is || (resource && strcmp(resource, "applications") == 0) || answer_false(part, "installed");
	while (!is && (before = answer_next(parts, before)) && before != part) {
		const char *text = answer_text(before, "problem");
		is = !answer_true(before, "known") && text && strcmp(text, problem) == 0;
	}
	return is;
}

/* Why parts are not known, each reason once. The document's `problem` is the first that concerns runners. */
static void put_problems(const struct cmd *cmd, const struct cJSON *side, struct buf *out)
{
	const struct cJSON *parts = answer_at(side, "parts"), *part = NULL;
	const char *first = answer_text(side, "problem");
	struct buf note = buf_of(OUT_MAX_BYTES);
	if (first && *first) {
		buf_printf(&note, "%s: %s", answer_name(side), first);
		screen_put_wrapped(&cmd->screen, out, 0, buf_text(&note));
	}
	while ((part = answer_next(parts, part))) {
		const char *resource = answer_text(part, "resource");
		if (is_told(parts, part, first))
			continue;
		buf_reset(&note);
		buf_printf(
		    &note, "%s, %s: %s", answer_name(side), resource ? resource : "-", answer_text(part, "problem"));
		screen_put_wrapped(&cmd->screen, out, 0, buf_text(&note));
	}
	buf_fini(&note);
}

static void put(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	const struct cJSON *sides = answer_at(a->json, "sides"), *member = NULL;
	blocks_sides(&cmd->screen, rows, sizeof rows / sizeof *rows, sides, a->side, a->now, out);
	while ((member = answer_next(sides, member)))
		if (!a->side || member == a->side)
			put_sets(cmd, member, out);
	while ((member = answer_next(sides, member)))
		if (!a->side || member == a->side)
			put_problems(cmd, member, out);
	blocks_unreadable(&cmd->screen, sides, a->side, out);
}

static bool is_good(const struct cmd *cmd, const struct cJSON *json)
{
	return ask_is_of_pair(cmd, json) && answer_is_object(json, "sides.primary");
}

static const struct show show = {.path = API_RUNNERS, .is_good = is_good, .sides = "sides", .put = put};

const struct command cmd_runners = {
    .name = "runners",
    .words = "[SIDE]",
    .help = "runner pods, runners, scale sets, listener, controller",
    .takes = TAKES_WATCH,
    .words_max = 1,
    .show = &show,
    .details = "JSON: the whole document, or the part of SIDE\n" EXIT_ANSWERED WATCHED "\n"
	       "Examples:\n"
	       "  hawatch runners\n"
	       "  hawatch runners primary --watch\n"
	       "  hawatch runners secondary | jq .runners.busy\n",
};
