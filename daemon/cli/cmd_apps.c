/* The command apps: the data of `kubectl get applications -n argocd`, for all sides. */
#include "api.h"
#include "base/duration.h"
#include "cli/blocks.h"
#include "cli/time.h"

#include <string.h>

/* "12 of 12 healthy", and the exceptions. */
static void put_head(const struct cmd *cmd, const struct cJSON *side, struct buf *out)
{
	struct buf line = buf_of(OUT_MAX_BYTES);
	const char *name = answer_text(side, "name"), *problem = answer_text(side, "problem");
	long total = answer_count(side, "total"), healthy = answer_count(side, "healthy");
	long frozen = answer_count(side, "frozen"), benign = answer_count(side, "benign_out_of_sync");
	long unreadable = answer_count(side, "unreadable");
	buf_printf(&line, "%s (%s): ", answer_name(side), name ? name : "-");
	if (total >= 0 && healthy >= 0)
		buf_printf(&line, "%ld of %ld applications synced and healthy", healthy, total);
	else
		buf_puts(&line, "unknown");
	blocks_put_some(&line, unreadable, "cannot be read");
	blocks_put_some(&line, frozen, "frozen (not reconciled: their status is old)");
	blocks_put_some(&line, benign, "OutOfSync only because of resources to prune");
	if (problem && *problem)
		buf_printf(&line, "; %s", problem);
	screen_put_wrapped(&cmd->screen, out, 0, buf_text(&line));
	buf_fini(&line);
}

static enum screen_tone tone_of(const char *word, const char *good)
{
	return word && strcmp(word, good) == 0 ? TONE_GOOD : TONE_WARN;
}

static void put_app(struct table *t, const struct cJSON *app, wall_ms now)
{
	const char *name = answer_text(app, "name"), *sync = answer_text(app, "sync");
	const char *health = answer_text(app, "health"), *operation = answer_text(app, "operation");
	wall_ms reconciled = answer_time(app, "reconciled_at");
	bool is_benign = answer_true(app, "benign"), is_frozen = answer_true(app, "frozen");
	struct buf note = buf_of(OUT_MAX_BYTES);
	if (wall_is_known(reconciled)) {
		buf_puts(&note, "reconciled ");
		duration_put(&note, now.ms - reconciled.ms);
		buf_puts(&note, " ago");
	}
	buf_puts(&note, is_frozen ? ", frozen" : "");
	if (operation && *operation && strcmp(operation, "Succeeded") != 0)
		buf_printf(&note, "%slast operation %s", note.len ? ", " : "", operation);
	table_put(t, TONE_PLAIN, "%s", name ? name : "-");
	table_put(t, is_benign ? TONE_GOOD : tone_of(sync, "Synced"), "%s%s", sync ? sync : "-",
	    is_benign ? " (benign)" : "");
	table_put(t, tone_of(health, "Healthy"), "%s", health ? health : "-");
	table_put(t, is_frozen ? TONE_WARN : TONE_PLAIN, "%s", note.len ? buf_text(&note) : "-");
	buf_fini(&note);
}

/* Of an application that the daemon could not read, only the name is known. */
static void put_unreadable(struct table *t, const struct cJSON *app)
{
	const char *name = answer_text(app, "name"), *reason = answer_text(app, "reason");
	table_put(t, TONE_PLAIN, "%s", name ? name : "-");
	table_put(t, TONE_WARN, "cannot be read");
	table_put(t, TONE_PLAIN, "-");
	table_put(t, TONE_PLAIN, "%s", reason ? reason : "-");
}

static void put_side(const struct cmd *cmd, const struct cJSON *side, wall_ms now, struct buf *out)
{
	const struct cJSON *apps = answer_at(side, "apps"), *unreadable = answer_at(side, "unreadable_objects");
	const struct cJSON *app = NULL;
	put_head(cmd, side, out);
	struct table t = table_of(4);
	t.is_list = true;
	if (answer_next(apps, NULL) || answer_next(unreadable, NULL)) {
		table_put(&t, TONE_HEAD, "APPLICATION");
		table_put(&t, TONE_HEAD, "SYNC");
		table_put(&t, TONE_HEAD, "HEALTH");
		table_put(&t, TONE_HEAD, "WHEN");
	}
	while ((app = answer_next(unreadable, app)))
		put_unreadable(&t, app);
	while ((app = answer_next(apps, app)))
		put_app(&t, app, now);
	table_render(&t, &cmd->screen, out);
	table_fini(&t);
	blocks_put_omitted(out, answer_count(side, "omitted"));
}

static void put(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	const struct cJSON *sides = answer_at(a->json, "sides"), *member = NULL;
	bool is_first = true;
	while ((member = answer_next(sides, member))) {
		if (a->side && member != a->side)
			continue;
		buf_puts(out, is_first ? "" : "\n");
		put_side(cmd, member, a->now, out);
		is_first = false;
	}
}

static bool is_good(const struct cmd *cmd, const struct cJSON *json)
{
	return ask_is_of_pair(cmd, json) && answer_is_object(json, "sides.primary");
}

static const struct show show = {.path = API_APPS, .is_good = is_good, .sides = "sides", .put = put};

const struct command cmd_apps = {
    .name = "apps",
    .words = "[SIDE]",
    .help = "Argo CD applications: sync and health",
    .takes = TAKES_WATCH,
    .words_max = 1,
    .show = &show,
    .details = "JSON: the whole document, or the part of SIDE\n" EXIT_ANSWERED WATCHED "\n"
	       "Examples:\n"
	       "  hawatch apps\n"
	       "  hawatch apps secondary\n",
};
