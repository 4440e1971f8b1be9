#include "hawatch_view.h"

#include "hawatch_answer.h"
#include "hawatch_table.h"
#include "hawatch_time.h"

#include <stdlib.h>
#include <string.h>

enum {
	LABEL_WIDTH = 11, /* lines up the blocks below each other */
	SIDES_MAX = 4,    /* primary, secondary, and what else a screen has room for */
	SIDE_WIDTH = 20,  /* what a side needs to stand beside others: a cloudspace's name, whole */
	GAP = 2,
};

/* The runbook's "Monitoring Dashboard Checks" and "Capacity Utilization Too High", in percent. */
static const double utilization_watched = 80, utilization_high = 90;

/* ha-semantics.md section 2. */
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

void view_headline(const struct screen *screen, const struct summary *s, struct buf *out)
{
	const char *pair = answer_text(s->json, "pair");
	const char *message = answer_text(s->json, "ha_status_message");
	struct buf since = buf_of(TABLE_CELL_MAX_BYTES);
	buf_puts(&since, "since ");
	time_put_since(&since, answer_text(s->json, "ha_status_since"), s->now);

	size_t used = screen_put(screen, out, TONE_PLAIN, pair, screen->width) + GAP;
	buf_puts(out, "  ");
	used += screen_put(screen, out, s->status->tone, s->status->name, screen->width) + GAP;
	/* A narrow screen gets a second line, never half a status. */
	bool fits = used + screen_width(buf_text(&since)) <= screen->width;
	buf_puts(out, fits ? "  " : "\n");
	screen_put(screen, out, TONE_PLAIN, buf_text(&since), screen->width);
	buf_putc(out, '\n');
	if (message && *message)
		screen_put_wrapped(screen, out, message);
	buf_fini(&since);
}

/* One side of the pair and the daemon's clock. */
struct side {
	const struct cJSON *json;
	wall_ms now;
};

/* The cells of a side: each appends what the daemon told, nothing where it told nothing. */
static enum screen_tone put_name(struct buf *cell, const struct side *side)
{
	const char *name = answer_text(side->json, "name");
	buf_puts(cell, name ? name : "");
	return TONE_PLAIN;
}

static enum screen_tone put_state(struct buf *cell, const struct side *side)
{
	const char *name = answer_text(side->json, "state");
	bool is_degraded = answer_true(side->json, "degraded");
	buf_puts(cell, name ? name : "");
	buf_puts(cell, name && is_degraded ? ", degraded" : "");
	for (size_t i = 0; name && !is_degraded && i < sizeof states / sizeof states[0]; i++)
		if (strcmp(states[i].name, name) == 0)
			return states[i].tone;
	return TONE_WARN;
}

static enum screen_tone put_reason(struct buf *cell, const struct side *side)
{
	const char *reason = answer_text(side->json, "state_reason");
	buf_puts(cell, reason ? reason : "");
	return TONE_PLAIN;
}

static enum screen_tone put_since(struct buf *cell, const struct side *side)
{
	const char *since = answer_text(side->json, "since");
	if (since)
		time_put_since(cell, since, side->now);
	return TONE_PLAIN;
}

/* Spot's own words, verbatim: "Error, Unhealthy: quota exceeded". */
static enum screen_tone put_spot(struct buf *cell, const struct side *side)
{
	const char *phase = answer_text(side->json, "status");
	const char *health = answer_text(side->json, "health");
	const char *reason = answer_text(side->json, "reason");
	buf_puts(cell, phase ? phase : "");
	if (health && *health)
		buf_printf(cell, "%s%s", cell->len ? ", " : "", health);
	if (reason && *reason)
		buf_printf(cell, "%s%s", cell->len ? ": " : "", reason);
	return TONE_PLAIN;
}

static enum screen_tone put_nodes(struct buf *cell, const struct side *side)
{
	long available = answer_count(side->json, "nodes");
	long ready = answer_count(side->json, "nodes_ready");
	long total = answer_count(side->json, "nodes_total");
	const char *source = answer_text(side->json, "nodes_source");
	if (available < 0)
		return TONE_PLAIN;
	buf_printf(cell, "%ld available", available);
	if (source && strcmp(source, "node_pools") == 0)
		buf_puts(cell, ", as its pools say");
	else if (ready >= 0 && total >= 0)
		buf_printf(cell, ", %ld ready, %ld total", ready, total);
	return TONE_PLAIN;
}

static enum screen_tone put_cordoned(struct buf *cell, const struct side *side)
{
	long cordoned = answer_count(side->json, "nodes_cordoned");
	if (cordoned >= 0)
		buf_printf(cell, "%ld", cordoned);
	return cordoned > 0 ? TONE_WARN : TONE_PLAIN;
}

static enum screen_tone put_max(struct buf *cell, const struct side *side)
{
	long max = answer_count(side->json, "max"), desired = answer_count(side->json, "desired");
	if (max >= 0)
		buf_printf(cell, "%ld", max);
	if (max >= 0 && desired >= 0)
		buf_printf(cell, " (desired %ld)", desired);
	return TONE_PLAIN;
}

static const struct {
	const char *label;
	enum screen_tone (*put)(struct buf *cell, const struct side *side);
} rows[] = {
    {"CLOUDSPACE", put_name},
    {"STATE", put_state},
    {"REASON", put_reason},
    {"SINCE", put_since},
    {"NODES", put_nodes},
    {"CORDONED", put_cordoned},
    {"MAX", put_max},
    {"SPOT", put_spot},
};

static void put_sides(
    const struct screen *screen, const struct side sides[], size_t count, struct buf *out)
{
	struct table t = table_of(1 + count);
	t.min[0] = LABEL_WIDTH;
	table_put(&t, TONE_PLAIN, "SIDE");
	for (size_t i = 0; i < count; i++)
		table_put(&t, TONE_PLAIN, "%s", answer_name(sides[i].json));
	for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
		table_put(&t, TONE_PLAIN, "%s", rows[r].label);
		for (size_t i = 0; i < count; i++) {
			struct buf cell = buf_of(TABLE_CELL_MAX_BYTES);
			enum screen_tone tone = rows[r].put(&cell, &sides[i]);
			table_put(&t, cell.len ? tone : TONE_PLAIN, "%s",
			    cell.len ? buf_text(&cell) : "-");
			buf_fini(&cell);
		}
	}
	table_render(&t, screen, out);
	table_fini(&t);
}

void view_sides(const struct screen *screen, const struct summary *s, struct buf *out)
{
	const struct cJSON *all = answer_at(s->json, "cloudspaces"), *member = NULL;
	struct side sides[SIDES_MAX];
	size_t count = 0;
	while (count < SIDES_MAX && (member = answer_next(all, member)))
		sides[count++] = (struct side){member, s->now};

	if (screen->width >= LABEL_WIDTH + count * (GAP + SIDE_WIDTH)) {
		put_sides(screen, sides, count, out);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		buf_puts(out, i ? "\n" : "");
		put_sides(screen, &sides[i], 1, out);
	}
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
	struct buf cell = buf_of(TABLE_CELL_MAX_BYTES);
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
}

static void put_constrained(struct table *t, const struct cJSON *balance)
{
	const char *side = answer_text(balance, "constraining_side");
	table_put(t, TONE_PLAIN, "CONSTRAINED");
	if (!side)
		table_put(t, TONE_PLAIN, "-");
	else if (answer_true(balance, "nodes_constrained"))
		table_put(t, TONE_WARN, "yes, by %s: it has fewer available nodes", side);
	else
		table_put(t, TONE_PLAIN, "%s", strcmp(side, "n/a") == 0 ? side : "no");
}

static void put_utilization(struct table *t, const struct cJSON *summary)
{
	const char *text = answer_text(summary, "capacity_utilization");
	double percent = text ? strtod(text, NULL) : 0;
	table_put(t, TONE_PLAIN, "UTILIZATION");
	if (!text)
		table_put(t, TONE_PLAIN, "-");
	else if (percent > utilization_high)
		table_put(t, TONE_BAD, "%s, above 90%%: jobs may queue, scale up max_nodes", text);
	else if (percent >= utilization_watched)
		table_put(t, TONE_WARN, "%s, the daily check wants it below 80%%", text);
	else
		table_put(t, TONE_PLAIN, "%s", text);
}

void view_balance(const struct screen *screen, const struct summary *s, struct buf *out)
{
	const struct cJSON *balance = answer_at(s->json, "node_balance");
	struct table t = table_of(2);
	t.min[0] = LABEL_WIDTH;
	put_balance(&t, balance);
	put_constrained(&t, balance);
	put_utilization(&t, s->json);
	table_render(&t, screen, out);
	table_fini(&t);
}
