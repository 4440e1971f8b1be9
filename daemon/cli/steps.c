#include "cli/steps.h"

#include "cli/answer.h"
#include "cli/time.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define STEP(n) (1u << (n))
enum { STEPS_MAX = 16, MINUTE_MS = 60 * 1000 };

/* Which section, about which sides, and the steps that are for every reason. */
static const struct plan {
	const char *section, *sides[2];
	unsigned always;
} plans[] = {
    {"BLOCKED_PRIMARY_UNAVAILABLE", {"primary"}, STEP(1) | STEP(2) | STEP(6) | STEP(7)},
    {"BLOCKED_SECONDARY_UNAVAILABLE", {"secondary"}, STEP(1) | STEP(2) | STEP(6) | STEP(7)},
    {"BLOCKED_BOTH_UNAVAILABLE", {"primary", "secondary"}, STEP(1) | STEP(2) | STEP(6) | STEP(7) | STEP(8)},
};

enum { PLANS = sizeof plans / sizeof *plans };

/* Of each reason: the step that applies in each of these sections, the steps that it needs besides, what to do now. */
static const struct cause {
	const char *reason, *lateness; /* NULL: any */
	int applies[PLANS];
	unsigned needs[PLANS];
	const char *now;
} causes[] = {
    {"cordoned", NULL, {2, 1, 3}, {0}, "every node is cordoned: is the maintenance over? Then uncordon, step "},
    {"provisioning", "late", {3, 3, 4}, {0}, "it is late: look at Spot's message, step "},
    {"provisioning", "stuck", {3, 3, 4}, {0}, "it is stuck: look at Spot's message, step "},
    {"provisioning", NULL, {6, 6, 6}, {0}, NULL},
    {"no_capacity", NULL, {3, 3, 4}, {0, 0, STEP(5)},
	"look at the node pools, and compare the bid and the price, step "},
    {"unreachable", NULL, {3, 3, 4}, {0, 0, STEP(5)}, "is it Rackspace Spot, or the network between? Begin with step "},
    {"not_ready", NULL, {3, 3, 4}, {STEP(4), STEP(4), STEP(5)}, "look at Spot's message, step "},
    {"spot_error", NULL, {3, 3, 4}, {STEP(4) | STEP(5), STEP(4) | STEP(5), STEP(5)}, "look at Spot's message, step "},
    {"absent", NULL, {5, 5, 5}, {STEP(3), STEP(3), 0}, "it is gone: provision it again, step "},
    {"deleting", NULL, {5, 5, 5}, {STEP(3), STEP(3), STEP(4)},
	"Spot deletes it: find out why, then provision it again, step "},
};

enum { CAUSES = sizeof causes / sizeof *causes };

static bool is_text(const char *text, const char *expected)
{
	return text && strcmp(text, expected) == 0;
}

static const struct cause *cause_of(const struct cJSON *side)
{
	const char *reason = answer_text(side, "state_reason"), *lateness = answer_text(side, "provisioning.lateness");
	for (size_t i = 0; i < CAUSES; i++)
		if (is_text(reason, causes[i].reason) && (!causes[i].lateness || is_text(lateness, causes[i].lateness)))
			return &causes[i];
	return NULL;
}

static const struct cJSON *side_of(const struct cJSON *summary, const char *name)
{
	const struct cJSON *sides = answer_at(summary, "cloudspaces");
	return name && answer_is_object(sides, name) ? answer_at(sides, name) : NULL;
}

static const struct plan *plan_of(const struct cJSON *summary)
{
	for (size_t i = 0; i < PLANS; i++)
		if (is_text(answer_text(summary, "ha_status"), plans[i].section))
			return &plans[i];
	return NULL;
}

/* What holds now: the causes of the plan's sides, and the steps for them. */
struct choice {
	const struct plan *plan;
	const struct cause *cause[2];
	unsigned kept, marked;
};

static bool choose(const struct cJSON *summary, struct choice *choice)
{
	*choice = (struct choice){.plan = plan_of(summary)};
	if (!choice->plan)
		return false;
	choice->kept = choice->plan->always;
	size_t at = (size_t)(choice->plan - plans);
	for (size_t i = 0; i < 2 && choice->plan->sides[i]; i++) {
		const struct cause *cause = cause_of(side_of(summary, choice->plan->sides[i]));
		if (!cause)
			return false;
		choice->cause[i] = cause;
		choice->marked |= STEP(cause->applies[at]);
		choice->kept |= STEP(cause->applies[at]) | cause->needs[at];
	}
	return true;
}

static bool is_reason(const char *word, size_t len, const char *reason)
{
	return strlen(reason) == len && memcmp(word, reason, len) == 0;
}

/* Whether what begins with `reasons` (in backticks) holds; text about no reason that we know always does. */
static bool holds(const struct choice *choice, const char *text, size_t len)
{
	bool names_one = false;
	const char *end = text + len, *word;
	while (text < end && *text != ':' && (word = memchr(text, '`', (size_t)(end - text)))) {
		const char *colon = memchr(text, ':', (size_t)(end - text));
		if (colon && colon < word)
			break;
		size_t word_len = strcspn(++word, "`\n");
		for (size_t i = 0; i < CAUSES; i++)
			names_one = names_one || is_reason(word, word_len, causes[i].reason);
		for (size_t i = 0; i < 2 && choice->cause[i]; i++)
			if (is_reason(word, word_len, choice->cause[i]->reason))
				return true;
		text = word + word_len + 1;
	}
	return !names_one;
}

/* Being built, on time: there is nothing to do but to wait. */
static bool is_built(const struct cause *cause)
{
	return cause && !cause->now;
}

/* Where in the section a line stands. */
struct reader {
	const struct choice *choice;
	int step;         /* 0: before the first */
	bool is_over;     /* before the first: behind the list of priority, call and alerts */
	bool is_for_here; /* the item or command for a reason, until it ends */
	bool in_item, was_blank;
};

static const char item[] = "   - ", command[] = "   The command for ", terminal[] = "       # terminal ";

static bool begins_with(const char *line, size_t len, const char *with)
{
	return len >= strlen(with) && memcmp(line, with, strlen(with)) == 0;
}

static bool is_step(const char *line)
{
	return isdigit((unsigned char)*line) && strncmp(line + strspn(line, "0123456789"), ". ", 2) == 0;
}

static bool is_kept(struct reader *r, const char *line, size_t len)
{
	if (is_step(line)) {
		int step = atoi(line);
		r->step = step < STEPS_MAX ? step : 0;
		r->is_for_here = true;
		r->in_item = false;
	} else if (!r->step) {
		r->is_over = r->is_over || !len;
		return !r->is_over;
	} else if (begins_with(line, len, item)) {
		r->in_item = true;
		r->is_for_here = holds(r->choice, line, len);
	} else if (begins_with(line, len, command)) {
		r->in_item = false;
		r->is_for_here = holds(r->choice, line, len);
	} else if (begins_with(line, len, terminal)) {
		/* Nothing is to be built a second time. */
		size_t side = (size_t)(line[strlen(terminal)] - '1');
		r->in_item = true;
		r->is_for_here = side >= 2 || !is_built(r->choice->cause[side]);
	} else if (r->in_item && !len)
		r->in_item = !(r->is_for_here = true);
	return r->is_for_here && (r->choice->kept & STEP(r->step));
}

bool steps_put(const struct runbook_section *section, const struct cJSON *summary, struct buf *out)
{
	struct choice choice;
	if (!choose(summary, &choice) || !is_reason(section->name, section->name_len, choice.plan->section))
		return false;
	struct reader r = {.choice = &choice, .is_for_here = true};
	const char *line = section->body, *end = line + section->len;
	for (line += strspn(line, "\n"); line < end;) {
		size_t len = strcspn(line, "\n");
		bool is_shown = is_kept(&r, line, len);
		if (is_step(line) && is_shown && !r.was_blank)
			buf_putc(out, '\n');
		if (is_shown && (len || !r.was_blank)) {
			bool is_marked = is_step(line) && choice.marked & STEP(r.step);
			buf_puts(out, !len || !r.step ? "" : is_marked ? "=> " : "   ");
			buf_put(out, line, len);
			buf_putc(out, '\n');
			r.was_blank = !len;
		}
		line += len + (line[len] == '\n');
	}
	while (out->len && out->data[out->len - 1] == '\n')
		out->data[--out->len] = '\0';
	return true;
}

/* "ready about 21:16-21:26 UTC": what is usual, counted from now. */
static void put_ready(const struct cJSON *side, wall_ms now, struct buf *out)
{
	long age = answer_count(side, "provisioning.age_seconds");
	long least = answer_count(side, "provisioning.usual_seconds_min");
	long most = answer_count(side, "provisioning.usual_seconds_max");
	buf_puts(out, "wait");
	if (age < 0 || least < 0 || most < least)
		return;
	buf_puts(out, "; ready about ");
	if (age < least) {
		time_put_clock(out, (wall_ms){now.ms + (least - age) * INT64_C(1000)}, now);
		buf_puts(out, " to ");
	} else
		buf_puts(out, "now to ");
	time_put_clock(out, (wall_ms){now.ms + (most > age ? most - age : 0) * INT64_C(1000)}, now);
}

/* A declared window says itself until when nothing is to be done. */
static bool put_window(const struct cJSON *side, wall_ms now, struct buf *out)
{
	const char *reason = answer_text(side, "maintenance.reason");
	wall_ms ends = answer_time(side, "maintenance.ends");
	if (!answer_true(side, "maintenance.declared") || !wall_is_known(ends))
		return false;
	buf_puts(out, "in declared maintenance until ");
	time_put_clock(out, ends, now);
	if (reason && *reason)
		buf_printf(out, " (%s)", reason);
	return true;
}

static void put_now(const struct cause *cause, int step, const struct cJSON *side, wall_ms now, struct buf *out)
{
	const char *said = answer_text(side, "reason");
	if (is_built(cause)) {
		put_ready(side, now, out);
	} else if (cause && !put_window(side, now, out)) {
		if (said && *said)
			buf_printf(out, "Spot says \"%s\"; ", said);
		buf_printf(out, "%s%d", cause->now, step);
	}
}

static void put_run(const char *line, const char *pair, struct table *t)
{
	table_put(t, TONE_HEAD, "RUN");
	table_put(t, TONE_HEAD, "%s%s%s", line, pair ? " --pair " : "", pair ? pair : "");
}

void steps_put_now(const struct cJSON *summary, wall_ms now, const char *pair, struct table *t)
{
	const struct plan *plan = plan_of(summary);
	for (size_t i = 0; plan && i < 2 && plan->sides[i]; i++) {
		const struct cJSON *side = side_of(summary, plan->sides[i]);
		const struct cause *cause = cause_of(side);
		struct buf text = buf_of(TABLE_CELL_MAX_BYTES);
		put_now(cause, cause ? cause->applies[plan - plans] : 0, side, now, &text);
		if (text.len) {
			table_put(t, TONE_HEAD, "NOW");
			table_put(t, TONE_HEAD, "%s: %s", plan->sides[i], buf_text(&text));
		}
		if (answer_true(side, "maintenance.declared"))
			put_run("hawatch explain rolling-maintenance", pair, t);
		if (is_built(cause)) {
			put_run("hawatch wait active --timeout 90m", pair, t);
			table_put(t, TONE_HEAD, "NOT");
			table_put(
			    t, TONE_HEAD, "terragrunt apply for the %s: it is being built, on time", plan->sides[i]);
		}
		buf_fini(&text);
	}
}
