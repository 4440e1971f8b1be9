#include "render/journal_page.h"

#include "render/documents.h"

void journal_page_begin(struct journal_page *p, const char *pair, struct journal_question question)
{
	*p = (struct journal_page){
	    .question = question, .out = buf_of(JOURNAL_PAGE_MAX_BYTES), .gaps = buf_of(JOURNAL_PAGE_MAX_BYTES)};
	p->events = (struct json_out){&p->out, false};
	p->gap = (struct json_out){&p->gaps, false};
	json_open(&p->events, NULL, '{');
	json_put_text(&p->events, "pair", pair);
	json_put_time(&p->events, "since", question.since);
	json_put_time(&p->events, "until", question.until);
	json_open(&p->events, "events", '[');
}

/* Any of the time from `from` until `to` is asked. */
static bool is_in(const struct journal_question *question, wall_ms from, wall_ms to)
{
	return to.ms >= question->since.ms && (!wall_is_known(question->until) || from.ms <= question->until.ms);
}

/* `to` unknown: until now. */
static void put_gap(struct journal_page *p, wall_ms from, wall_ms to, const char *why, uint64_t lines)
{
	if (!is_in(&p->question, from, wall_is_known(to) ? to : (wall_ms){INT64_MAX}))
		return;
	json_open(&p->gap, NULL, '{');
	json_put_time(&p->gap, "from", from);
	json_put_time(&p->gap, "to", to);
	json_put_text(&p->gap, "why", why);
	json_put_known(&p->gap, "lines", lines > 0, (int64_t)lines);
	json_close(&p->gap, '}');
}

static wall_ms earlier(wall_ms a, wall_ms b)
{
	return a.ms < b.ms ? a : b;
}

/* Between the entry before and this one: lines that cannot be read or are missing, and time without a watch. */
static void put_gaps(struct journal_page *p, const struct journal_entry *entry, size_t damaged)
{
	wall_ms at = journal_time(p->at, entry->event.at.wall), before = earlier(p->at, at);
	bool is_set = !wall_is_set(at) || wall_is_set(entry->until);
	bool has_sign = wall_is_known(entry->until) && entry->until.ms > before.ms;
	if (damaged > p->damaged)
		put_gap(p, before, at, "damaged", damaged - p->damaged);
	else if (p->number && entry->event.number > p->number + 1)
		put_gap(p, before, at, "missing", entry->event.number - p->number - 1);
	bool is_dated = at.ms == entry->event.at.wall.ms;
	if (entry->kind == JOURNAL_START && wall_is_known(p->at) && is_dated)
		put_gap(p, has_sign ? earlier(entry->until, at) : before, at, "not_running", 0);
	if (entry->kind == JOURNAL_PAUSE && wall_is_known(entry->until))
		put_gap(p, is_set ? earlier(entry->until, at) : before, at, is_set ? "paused" : "clock_not_set", 0);
}

static bool is_asked(const struct journal_page *p, const struct journal_entry *entry)
{
	wall_ms at = journal_time(p->at, entry->event.at.wall);
	return entry->event.number > p->question.after && is_in(&p->question, at, at);
}

bool journal_page_add_kept(struct journal_page *p, const struct journal_entry *entry)
{
	bool is_in = is_asked(p, entry);
	p->has_more = is_in && p->is_full;
	if (is_in && !p->is_full) {
		events_json_put(&p->events, entry);
		p->last = entry->event.number;
		p->kept++;
	}
	if (!wall_is_known(p->first) || (!wall_is_set(p->first) && wall_is_set(entry->event.at.wall)))
		p->first = entry->event.at.wall;
	p->is_full = p->out.len + p->gaps.len >= JOURNAL_PAGE_BYTES;
	return !p->has_more;
}

bool journal_page_add(struct journal_page *p, const struct journal_entry *entry, size_t damaged)
{
	if (entry->is_carried)
		return true; /* a copy of an entry that was before it, or is gone */
	if (entry->event.number > p->question.after && !(p->is_full && is_asked(p, entry)))
		put_gaps(p, entry, damaged);
	if (!journal_page_add_kept(p, entry))
		return false;
	p->at = journal_time(p->at, entry->event.at.wall);
	p->number = entry->event.number;
	p->damaged = damaged;
	return true;
}

struct buf journal_page_end(struct journal_page *p, const struct journal_page_whole *whole)
{
	struct json_out *j = &p->events;
	if (whole->damaged > p->damaged && !p->has_more)
		put_gap(p, p->at, WALL_UNKNOWN, "damaged", whole->damaged - p->damaged);
	json_close(j, ']');
	json_open(j, "gaps", '[');
	buf_put(&p->out, buf_text(&p->gaps), p->gaps.len);
	json_close(j, ']');
	json_put_int(j, "kept", (int64_t)p->kept);
	json_put_bool(j, "more", p->has_more);
	json_put_known(j, "next", p->has_more, (int64_t)p->last);
	json_put_bool(j, "journal", whole->has_journal);
	json_put_time(j, "known_since", p->first);
	json_put_int(j, "lines_damaged", (int64_t)whole->damaged);
	json_put_int(j, "lines_lost", (int64_t)whole->lost);
	json_put_int(j, "omitted", (int64_t)whole->omitted);
	json_put_text(j, "problem", whole->problem);
	json_close(j, '}');
	buf_putc(&p->out, '\n');
	buf_fini(&p->gaps);
	return p->out;
}
