#include "replay/moment_text.h"

#include "base/duration.h"
#include "base/rfc3339.h"

#include <string.h>

static const char *const strength_texts[] = {
    [EVIDENCE_HOLD] = "hold",
    [EVIDENCE_HARD] = "hard",
    [EVIDENCE_BACKED] = "backed",
    [EVIDENCE_SOFT] = "soft",
};

enum { LINES_MAX_BYTES = 8192 };

/* One side of a moment. */
struct told {
	const struct side_policy *policy;
	const struct side *side;
	const struct side_why *why, *made;
	struct now at; /* the moment, by both clocks */
};

static struct told told_of(const struct moment *m, int id)
{
	const struct replay *r = &m->then;
	return (struct told){&r->policy.side[id], &r->pair.side[id], &r->why[id], &r->made[id],
	    {mono_plus(r->at.mono, m->is.ms - r->at.wall.ms), m->is}};
}

static void put_time(struct buf *out, wall_ms t)
{
	char text[RFC3339_SIZE];
	rfc3339_render(t, text);
	buf_puts(out, text);
}

static void put_mono(struct buf *out, const struct told *t, mono_ms mono)
{
	put_time(out, (wall_ms){t->at.wall.ms + mono_since(t->at.mono, mono)});
}

/* The cell: its row, its column, and what it says. */
static void put_cell(const struct side_why *why, struct buf *out)
{
	buf_printf(
	    out, "Spot says `%s`,\nKubernetes says `%s`: ", side_row_names[why->row], kube_word_names[why->kube]);
	if (why->strength == EVIDENCE_HOLD)
		buf_puts(out, "hold, which changes nothing\n");
	else
		buf_printf(out, "%s (%s), %s evidence\n", verdict_names[why->verdict], side_reason_names[why->reason],
		    strength_texts[why->strength]);
}

static void put_effect(const struct told *t, struct buf *out)
{
	const struct side *s = t->side;
	switch (t->why->effect) {
	case EFFECT_DOUBTED:
		buf_puts(out,
		    "did not count: no other endpoint (other side, Spot, anchor) answered\n"
		    "since the failures began and within own_network_window, so our own\n"
		    "network may be the cause\n");
		break;
	case EFFECT_UNRIPE:
		buf_puts(out, "did not count yet: soft evidence must last unreachable_for (");
		duration_put(out, t->policy->unreachable_for_ms);
		buf_puts(out, ");\nit has lasted since ");
		put_mono(out, t, s->soft_since);
		buf_puts(out, "; own network is good\n");
		break;
	case EFFECT_EARLY: buf_puts(out, "did not count: not every source has answered or failed once\n"); break;
	case EFFECT_GRACE:
		buf_printf(out,
		    "did not count: grace after a late turn of the loop; still owed before\n"
		    "DOWN: %d results of Spot, %d of Kubernetes\n",
		    s->owed[SOURCE_SPOT], s->owed[SOURCE_KUBE]);
		break;
	case EFFECT_COUNTS: buf_printf(out, "counted: %d in a row of %d needed\n", s->agreeing, t->why->needed); break;
	case EFFECT_CONFIRMS: buf_puts(out, "confirmed the verdict\n"); break;
	case EFFECT_CHANGES: buf_puts(out, "made the verdict\n"); break;
	case EFFECT_NONE:
	case SIDE_EFFECTS: break;
	}
	if (t->why->strength == EVIDENCE_SOFT || t->why->strength == EVIDENCE_BACKED)
		buf_printf(
		    out, "own network: %s\n", t->why->is_network_good ? "good, another endpoint answered" : "doubtful");
}

/* What one strength of evidence for `verdict` still needs. */
static void put_needs(const struct told *t, enum side_strength strength, enum verdict verdict, struct buf *out)
{
	const struct side *s = t->side;
	int needed = side_needed(t->policy, s, strength, verdict);
	int left = needed - (s->candidate == verdict ? s->agreeing : 0);
	if (strength != EVIDENCE_SOFT) {
		buf_printf(out, "%d more in a row (of %d)%s\n", left > 0 ? left : 1, needed,
		    strength == EVIDENCE_BACKED ? ", own network good" : "");
		return;
	}
	buf_puts(out, "without a break and with own network good for ");
	duration_put(out, t->policy->unreachable_for_ms);
	if (mono_is_set(s->soft_since)) {
		buf_puts(out, ",\nat the earliest at ");
		put_mono(out, t, mono_plus(s->soft_since, t->policy->unreachable_for_ms));
	}
	buf_putc(out, '\n');
}

/* Why the verdict is not `verdict`: what Kubernetes would have to say, with Spot's word as it was. */
static void put_other(const struct told *t, enum verdict verdict, struct buf *out)
{
	bool is_possible = false;
	for (int strength = EVIDENCE_HARD; strength <= EVIDENCE_SOFT; strength++) {
		int words = 0;
		for (int kube = 0; kube < KUBE_WORDS; kube++) {
			struct side_says says = side_table(t->why->row, (enum kube_word)kube);
			if ((int)says.strength != strength || says.verdict != verdict)
				continue;
			if (words == 3)
				buf_puts(out, ",\n");
			else if (words)
				buf_puts(out, ", ");
			if (!words++)
				buf_printf(out, "%s would need %s evidence, ", verdict_names[verdict],
				    strength_texts[strength]);
			buf_printf(out, "`%s`", kube_word_names[kube]);
		}
		if (words) {
			buf_puts(out, ":\n");
			put_needs(t, (enum side_strength)strength, verdict, out);
		}
		is_possible |= words > 0;
	}
	if (!is_possible)
		buf_printf(out, "not %s whatever Kubernetes says, while Spot says\n`%s`\n", verdict_names[verdict],
		    side_row_names[t->why->row]);
}

static void put_marks(const struct moment *m, int id, const struct told *t, struct buf *out)
{
	const struct maintenance *window = &m->then.pair.maintenance[id];
	if (t->side->is_held)
		buf_puts(out, "held: from before a restart, and no result has confirmed it yet\n");
	if (t->side->flap.is_flapping)
		buf_puts(out, "flapping: its results contradict each other; a mark, it decides nothing\n");
	if (window->is_declared) {
		buf_puts(out, "maintenance is declared until ");
		put_time(out, window->ends.wall);
		buf_puts(out, "; it changes no verdict\n");
	}
	if (t->side->verdict != UNKNOWN && (t->side->verdict != DOWN || t->side->is_held)) {
		buf_puts(out, "UNKNOWN at ");
		put_mono(out, t, mono_plus(t->side->evidence_at, t->policy->stale_after_ms));
		buf_puts(out, " (stale_after) unless a result confirms it\n");
	}
}

/* All that there is to say of one side, a line each. */
static void put_side(const struct moment *m, int id, struct buf *out)
{
	const struct told t = told_of(m, id);
	if (t.made->is_judged) {
		buf_puts(out, "made at ");
		put_time(out, t.made->at.wall);
		buf_puts(out, " by: ");
		put_cell(t.made, out);
		if (t.made->strength != EVIDENCE_SOFT)
			buf_printf(out, "%d in a row of %d needed\n", t.made->needed, t.made->needed);
	}
	if (!t.why->is_judged) {
		buf_puts(out, "no result of it is in the recording before this moment\n");
	} else {
		buf_puts(out, "last result at ");
		put_time(out, t.why->at.wall);
		buf_puts(out, ": ");
		put_cell(t.why, out);
		put_effect(&t, out);
		if (t.side->verdict != UP)
			put_other(&t, UP, out);
		if (t.side->verdict != DOWN)
			put_other(&t, DOWN, out);
	}
	put_marks(m, id, &t, out);
}

static void put_pair(const struct moment *m, struct buf *out)
{
	const struct pair *p = &m->then.pair;
	buf_puts(out, "since ");
	put_time(out, p->since.wall);
	if (m->then.policy.is_enabled)
		buf_printf(out, "; table of the pair: row primary %s,\ncolumn secondary %s\n",
		    verdict_names[p->side[PRIMARY].verdict], verdict_names[p->side[SECONDARY].verdict]);
	else
		buf_puts(out, "; the pair is not enabled in the configuration\n");
}

static void put_lines(const struct buf *lines, bool is_markdown, struct buf *out)
{
	for (const char *line = buf_text(lines), *end; (end = strchr(line, '\n')); line = end + 1)
		buf_printf(out, "%s%.*s\n", is_markdown ? "- " : "  ", (int)(end - line), line);
}

void moment_text_put(const struct moment *m, bool is_markdown, struct buf *out)
{
	const struct pair *p = &m->then.pair;
	struct buf lines = buf_of(LINES_MAX_BYTES);
	buf_printf(out, "%spair %s at ", is_markdown ? "## " : "", m->then.frame.pair_name);
	put_time(out, m->is);
	buf_printf(out, ": %s\n%s", ha_status_names[p->status], is_markdown ? "\n" : "");
	put_pair(m, &lines);
	put_lines(&lines, is_markdown, out);
	for (int id = 0; id < SIDES + p->extra_count; id++) {
		const struct side *s = &p->side[id];
		buf_reset(&lines);
		put_side(m, id, &lines);
		buf_printf(out, "\n%s%s %s: %s (%s)%s\n%s", is_markdown ? "### " : "", side_id_names[id],
		    m->then.frame.cloudspace[id], verdict_names[s->verdict], side_reason_names[s->reason],
		    s->is_degraded ? ", degraded" : "", is_markdown ? "\n- since " : "  since ");
		put_time(out, s->since.wall);
		buf_putc(out, '\n');
		put_lines(&lines, is_markdown, out);
	}
	buf_fini(&lines);
}

static void put_json_side(const struct moment *m, int id, struct json_out *j)
{
	const struct told t = told_of(m, id);
	struct buf lines = buf_of(LINES_MAX_BYTES);
	put_side(m, id, &lines);
	bool has_verdict = t.why->is_judged && t.why->strength != EVIDENCE_HOLD;
	json_open(j, NULL, '{');
	json_put_text(j, "side", side_id_names[id]);
	json_put_text(j, "cloudspace", m->then.frame.cloudspace[id]);
	json_put_text(j, "state", verdict_names[t.side->verdict]);
	json_put_text(j, "state_reason", side_reason_names[t.side->reason]);
	json_put_time(j, "since", t.side->since.wall);
	json_put_text(j, "spot", t.why->is_judged ? side_row_names[t.why->row] : NULL);
	json_put_text(j, "kubernetes", t.why->is_judged ? kube_word_names[t.why->kube] : NULL);
	json_put_text(j, "evidence", t.why->is_judged ? strength_texts[t.why->strength] : NULL);
	json_put_text(j, "says", has_verdict ? verdict_names[t.why->verdict] : NULL);
	json_put_int(j, "agreeing", t.side->agreeing);
	json_put_text(j, "why", buf_text(&lines));
	json_close(j, '}');
	buf_fini(&lines);
}

void moment_text_put_json(const struct moment *m, struct json_out *j)
{
	const struct pair *p = &m->then.pair;
	json_open(j, NULL, '{');
	json_put_text(j, "pair", m->then.frame.pair_name);
	json_put_time(j, "time", m->is);
	json_put_text(j, "ha_status", ha_status_names[p->status]);
	json_put_time(j, "since", p->since.wall);
	json_open(j, "sides", '[');
	for (int id = 0; id < SIDES + p->extra_count; id++)
		put_json_side(m, id, j);
	json_close(j, ']');
	json_close(j, '}');
}
