#include "cli/blocks.h"

#include "base/limits.h"
#include "cli/time.h"

#include <stdlib.h>
#include <string.h>

enum {
	SIDE_WIDTH = 20, /* least column width per side: a full cloudspace name */
	GAP = 2,
	MINUTE = 60,
};

/* SEMANTICS.md section 2. */
static const struct {
	const char *name;
	enum screen_tone tone;
} states[] = {
    {"UP", TONE_GOOD},
    {"DOWN", TONE_BAD},
    {"PROVISIONING", TONE_WARN},
    {"MAINTENANCE", TONE_WARN},
    {"UNKNOWN", TONE_WARN},
};

/* A status that is not in this list makes the whole answer invalid. */
static const struct blocks_status statuses[] = {
    {"ACTIVE", TONE_GOOD, EXIT_YES},
    {"BLOCKED_PRIMARY_UNAVAILABLE", TONE_BAD, EXIT_NO},
    {"BLOCKED_SECONDARY_UNAVAILABLE", TONE_BAD, EXIT_NO},
    {"BLOCKED_BOTH_UNAVAILABLE", TONE_BAD, EXIT_NO},
    {"DISABLED", TONE_WARN, EXIT_NO},
    {"UNKNOWN", TONE_WARN, EXIT_UNKNOWN},
};

const struct blocks_status *blocks_status_named(const char *name)
{
	for (size_t i = 0; name && i < sizeof statuses / sizeof *statuses; i++)
		if (strcmp(statuses[i].name, name) == 0)
			return &statuses[i];
	return NULL;
}

bool blocks_is_summary(const struct cmd *cmd, const struct cJSON *json)
{
	const struct blocks_status *status = blocks_status_named(answer_text(json, "ha_status"));
	return status && ask_is_of_pair(cmd, json) && answer_true(json, "ha_active") == (status->exit_code == EXIT_YES);
}

enum screen_tone blocks_state_tone(const char *name)
{
	for (size_t i = 0; name && i < sizeof states / sizeof *states; i++)
		if (strcmp(states[i].name, name) == 0)
			return states[i].tone;
	return TONE_WARN;
}

void blocks_headline(const struct screen *screen, const struct answer *summary, struct buf *out)
{
	const struct blocks_status *status = blocks_status_named(answer_text(summary->json, "ha_status"));
	const char *message = answer_text(summary->json, "ha_status_message");
	struct buf since = buf_of(OUT_MAX_BYTES);
	buf_puts(&since, "since ");
	time_put_since(&since, answer_text(summary->json, "ha_status_since"), summary->now);

	const char *pair = answer_text(summary->json, "pair");
	size_t used = screen_put(screen, out, TONE_PLAIN, pair, screen->width) + GAP;
	/* On a narrow screen the status moves to the next line; it is never cut. */
	bool fits = used + strlen(status->name) <= screen->width;
	buf_puts(out, fits ? "  " : "\n");
	used = (fits ? used : 0) + GAP + screen_put(screen, out, status->tone, status->name, screen->width);
	fits = used + screen_width(buf_text(&since)) <= screen->width;
	buf_puts(out, fits ? "  " : "\n");
	screen_put(screen, out, TONE_PLAIN, buf_text(&since), screen->width);
	buf_putc(out, '\n');
	buf_reset(&since);
	time_put_sentence(&since, message ? message : "", summary->now);
	if (since.len)
		screen_put_wrapped(screen, out, 0, buf_text(&since));
	buf_fini(&since);
}

static void put_sides(const struct screen *screen, const struct blocks_row rows[], size_t row_count,
    const struct cJSON *const sides[], size_t count, wall_ms now, struct buf *out)
{
	struct table t = table_of(1 + count);
	t.min[0] = BLOCKS_LABEL_WIDTH;
	table_put(&t, TONE_PLAIN, "SIDE");
	for (size_t i = 0; i < count; i++)
		table_put(&t, TONE_HEAD, "%s", answer_name(sides[i]));
	for (size_t r = 0; r < row_count; r++) {
		struct buf cells[SIDES_LIMIT];
		enum screen_tone tones[SIDES_LIMIT];
		bool has_any = false;
		for (size_t i = 0; i < count; i++) {
			cells[i] = buf_of(OUT_MAX_BYTES);
			tones[i] = rows[r].put(&cells[i], &(struct blocks_side){sides[i], now});
			has_any = has_any || cells[i].len;
		}
		bool is_shown = has_any || !rows[r].is_rare;
		if (is_shown)
			table_put(&t, TONE_PLAIN, "%s", rows[r].label);
		for (size_t i = 0; i < count; i++) {
			if (is_shown)
				table_put(&t, cells[i].len ? tones[i] : TONE_PLAIN, "%s",
				    cells[i].len ? buf_text(&cells[i]) : "-");
			buf_fini(&cells[i]);
		}
	}
	table_render(&t, screen, out);
	table_fini(&t);
}

void blocks_sides(const struct screen *screen, const struct blocks_row rows[], size_t row_count,
    const struct cJSON *all, const struct cJSON *only, wall_ms now, struct buf *out)
{
	const struct cJSON *sides[SIDES_LIMIT] = {only}, *member = NULL;
	size_t count = only != NULL;
	while (!only && count < SIDES_LIMIT && (member = answer_next(all, member)))
		sides[count++] = member;
	long more = 0; /* of a daemon that knows more sides than this program */
	while (member && (member = answer_next(all, member)))
		more++;
	size_t beside = (screen->width - BLOCKS_LABEL_WIDTH) / (GAP + SIDE_WIDTH);
	if (beside == 0)
		beside = 1;
	for (size_t at = 0; at < count; at += beside) {
		buf_puts(out, at ? "\n" : "");
		put_sides(screen, rows, row_count, sides + at, count - at < beside ? count - at : beside, now, out);
	}
	if (more > 0)
		buf_printf(out, "and %ld more sides\n", more);
}

void blocks_notes(
    const struct screen *screen, const struct cJSON *all, const struct cJSON *only, const char *path, struct buf *out)
{
	const struct cJSON *member = NULL;
	while ((member = answer_next(all, member))) {
		const char *text = answer_text(member, path);
		if (!text || !*text || (only && member != only))
			continue;
		struct buf note = buf_of(OUT_MAX_BYTES);
		buf_printf(&note, "%s: %s", answer_name(member), text);
		screen_put_wrapped(screen, out, 0, buf_text(&note));
		buf_fini(&note);
	}
}

void blocks_put_omitted(struct buf *out, long count)
{
	if (count > 0)
		buf_printf(out, "and %ld more that are not worse\n", count);
}

static void put_unreadable(const struct screen *screen, const struct cJSON *side, long count, struct buf *out)
{
	enum { NAMED_MAX = 4 };
	const struct cJSON *objects = answer_at(side, "unreadable_objects"), *object = NULL;
	struct buf line = buf_of((NAMED_MAX + 1) * TABLE_CELL_MAX_BYTES);
	long named = 0;
	buf_printf(&line, "%s: %ld %s cannot be read", answer_name(side), count, count == 1 ? "object" : "objects");
	while (named < NAMED_MAX && (object = answer_next(objects, object))) {
		const char *resource = answer_text(object, "resource"), *name = answer_text(object, "name");
		const char *reason = answer_text(object, "reason");
		buf_printf(&line, "%s%s %s (%s)", named++ ? ", " : ": ", resource ? resource : "-", name ? name : "-",
		    reason ? reason : "-");
	}
	if (named && count > named)
		buf_printf(&line, " and %ld more", count - named);
	screen_put_wrapped(screen, out, 0, buf_text(&line));
	buf_fini(&line);
}

void blocks_unreadable(const struct screen *screen, const struct cJSON *all, const struct cJSON *only, struct buf *out)
{
	const struct cJSON *side = NULL;
	while ((side = answer_next(all, side))) {
		long count = answer_count(side, "unreadable");
		if (count > 0 && (!only || side == only))
			put_unreadable(screen, side, count, out);
	}
}

void blocks_put_some(struct buf *cell, long count, const char *what)
{
	if (count > 0)
		buf_printf(cell, "%s%ld %s", cell->len ? ", " : "", count, what);
}

enum screen_tone blocks_put_progress(struct buf *cell, const struct blocks_side *side)
{
	const struct cJSON *progress = answer_at(side->json, "provisioning");
	long age = answer_count(progress, "age_seconds");
	long least = answer_count(progress, "usual_seconds_min");
	long most = answer_count(progress, "usual_seconds_max");
	const char *lateness = answer_text(progress, "lateness");
	bool is_late = lateness && strcmp(lateness, "on_time") != 0;
	if (age < 0)
		return TONE_PLAIN;
	buf_printf(cell, "%s%ld min", cell->len ? ", " : "", age / MINUTE);
	if (least >= 0 && most >= 0)
		buf_printf(cell, " of the usual %ld-%ld", least / MINUTE, most / MINUTE);
	if (is_late)
		buf_printf(cell, ", %s", lateness);
	return is_late ? TONE_BAD : TONE_WARN;
}

static void put_count(struct buf *cell, const struct cJSON *balance, const char *path)
{
	long count = answer_count(balance, path);
	if (count >= 0)
		buf_printf(cell, "%ld", count);
	else
		buf_puts(cell, "?");
}

static void put_balance(struct table *t, const struct cJSON *balance)
{
	struct buf cell = buf_of(OUT_MAX_BYTES);
	put_count(&cell, balance, "primary_actual");
	buf_puts(&cell, " + ");
	put_count(&cell, balance, "secondary_actual");
	buf_puts(&cell, " available; ");
	put_count(&cell, balance, "effective_each");
	buf_puts(&cell, " effective each, ");
	put_count(&cell, balance, "total_effective");
	buf_puts(&cell, " in total");
	table_put(t, TONE_PLAIN, "BALANCE");
	table_put(t, TONE_PLAIN, "%s", buf_text(&cell));
	buf_fini(&cell);
	const struct cJSON *extra = NULL;
	while ((extra = answer_next(answer_at(balance, "extras"), extra))) {
		const char *name = answer_text(extra, "name");
		long actual = answer_count(extra, "actual");
		table_put(t, TONE_PLAIN, "EXTRA");
		if (actual >= 0)
			table_put(t, TONE_PLAIN, "%ld available on %s", actual, name ? name : "-");
		else
			table_put(t, TONE_PLAIN, "%s: number unknown", name ? name : "-");
	}
}

static void put_constrained(struct table *t, const struct cJSON *balance)
{
	const char *side = answer_text(balance, "constraining_side");
	table_put(t, TONE_PLAIN, "CONSTRAINED");
	if (!side)
		table_put(t, TONE_PLAIN, "-");
	else if (answer_true(balance, "nodes_constrained"))
		table_put(t, TONE_WARN, "yes, by %s: it has fewer available nodes", side);
	else if (strcmp(side, "n/a") == 0)
		table_put(t, TONE_PLAIN, "- (compared while ACTIVE)");
	else
		table_put(t, TONE_PLAIN, "no");
}

static void put_utilization(struct table *t, const char *text)
{
	double percent = text ? strtod(text, NULL) : 0;
	table_put(t, TONE_PLAIN, "UTILIZATION");
	if (!text)
		table_put(t, TONE_PLAIN, "-");
	else if (percent > UTILIZATION_HIGH_PERCENT)
		table_put(
		    t, TONE_BAD, "%s, above %d%%: jobs may queue, scale up max_nodes", text, UTILIZATION_HIGH_PERCENT);
	else if (percent >= UTILIZATION_WATCH_PERCENT)
		table_put(t, TONE_WARN, "%s, the daily check fails from %d%%", text, UTILIZATION_WATCH_PERCENT);
	else
		table_put(t, TONE_PLAIN, "%s", text);
}

void blocks_balance(const struct screen *screen, const struct cJSON *balance, const char *utilization, struct buf *out)
{
	struct table t = table_of(2);
	t.min[0] = BLOCKS_LABEL_WIDTH;
	put_balance(&t, balance);
	put_constrained(&t, balance);
	long possible = answer_count(balance, "max_possible");
	if (possible >= 0) {
		table_put(&t, TONE_PLAIN, "POSSIBLE");
		table_put(&t, TONE_PLAIN, "%ld nodes with all sides at their max", possible);
	}
	put_utilization(&t, utilization);
	table_render(&t, screen, out);
	table_fini(&t);
}

enum { TROUBLES_SHOWN = 4 };

bool blocks_is_urgent(const char *priority)
{
	return priority && strcmp(priority, "P3") != 0;
}

static void put_trouble(struct table *t, const struct cJSON *trouble, const char *priority)
{
	const char *side = answer_text(trouble, "side"), *alert = answer_text(trouble, "alert");
	const char *message = answer_text(trouble, "message");
	long after_s = answer_count(trouble, "alert_after_seconds");
	struct buf text = buf_of(OUT_MAX_BYTES);
	buf_printf(
	    &text, "%s: %s%s%s", alert ? alert : "-", side ? side : "", side ? ": " : "", message ? message : "-");
	if (after_s > 0)
		buf_printf(&text, " (alerts after %ld min)", after_s / MINUTE);
	table_put(t, TONE_WARN, "%s", priority);
	table_put(t, TONE_PLAIN, "%s", buf_text(&text));
	buf_fini(&text);
}

void blocks_put_troubles(struct table *t, const struct cJSON *summary)
{
	const struct cJSON *trouble = NULL;
	int count = 0;
	while ((trouble = answer_next(answer_at(summary, "troubles"), trouble))) {
		const char *priority = answer_text(trouble, "priority");
		bool is_shown = blocks_is_urgent(priority) || answer_true(summary, "ha_active");
		if (priority && is_shown && ++count <= TROUBLES_SHOWN)
			put_trouble(t, trouble, priority);
	}
	if (count > TROUBLES_SHOWN) {
		table_put(t, TONE_PLAIN, "ALSO");
		table_put(t, TONE_PLAIN, "%d more, in hawatch summary -o json", count - TROUBLES_SHOWN);
	}
}
