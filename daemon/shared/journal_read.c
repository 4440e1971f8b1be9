#include "shared/journal_read.h"

#include "base/duration.h"
#include "base/mem.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "os/journal_file.h"

#include <stdlib.h>
#include <string.h>

static bool parse_time(const char *name, const char *text, wall_ms now, wall_ms *out, struct err *e)
{
	int64_t ms;
	*out = WALL_UNKNOWN;
	if (!text || rfc3339_parse(text, out))
		return true;
	if (duration_parse(text, &ms) != DURATION_GOOD || ms >= now.ms)
		return err_set(
		    e, "%s: expected a time such as 2026-11-23T20:14:05Z, or a duration before now such as 30d", name);
	*out = (wall_ms){now.ms - ms};
	return true;
}

bool journal_read_parse(
    const char *since, const char *until, const char *after, wall_ms now, struct journal_question *out, struct err *e)
{
	size_t digits = after ? strlen(after) : 1;
	out->after = after ? strtoull(after, NULL, 10) : 0;
	if (digits < 1 || digits > 18 || (after && strspn(after, "0123456789") != digits))
		return err_set(e, "after: expected the number of an event, as \"next\" of the page before says it");
	if (!parse_time("since", since, now, &out->since, e) || !parse_time("until", until, now, &out->until, e))
		return false;
	if (since && until && out->since.ms > out->until.ms)
		return err_set(e, "since: is later than until");
	return true;
}

struct journal_read *journal_read_new(const char *pair, struct journal_question question, mono_ms now, void *ctx)
{
	struct journal_read *read = mem_zeroed(1, sizeof *read);
	text_copy(read->pair, sizeof read->pair, pair);
	read->question = question;
	read->asked = now;
	read->ctx = ctx;
	return read;
}

struct journal_read *journal_read_copy(const struct journal_read *read)
{
	return journal_read_new(read->pair, read->question, read->asked, read->ctx);
}

void journal_read_free(struct journal_read *read)
{
	if (read)
		buf_fini(&read->page);
	free(read);
}

struct reading {
	struct journal_read *read;
	struct journal_page page;
	struct journal_found found;
};

static bool take(void *ctx, const struct journal_entry *entry)
{
	struct reading *r = ctx;
	return !r->read->is_left && journal_page_add(&r->page, entry, r->found.damaged);
}

void journal_read_run(struct journal_read *read, const char *directory, const struct buf *waiting)
{
	struct reading r = {.read = read};
	if (!directory) {
		err_set(&read->problem, "hawatchd has no journal of this pair");
		return;
	}
	journal_page_begin(&r.page, read->pair, read->question);
	bool is_good = journal_file_read(directory, read->pair, waiting, take, &r, &r.found, &read->problem);
	read->page = journal_page_end(
	    &r.page, &(struct journal_page_whole){.has_journal = true, .damaged = r.found.damaged, .lost = read->lost});
	if (!is_good)
		buf_fini(&read->page);
}
