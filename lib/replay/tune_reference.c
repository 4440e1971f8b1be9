#include "replay/tune_reference.h"

#include "base/mem.h"
#include "base/rfc3339.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 120 };

static void add(struct tune_references *r, struct tune_reference one)
{
	if (r->count == r->room) {
		r->room = r->room ? 2 * r->room : 8;
		r->v = mem_resized(r->v, r->room * sizeof *r->v);
	}
	r->v[r->count++] = one;
}

/* A part of a text up to one of `ends`; NULL: it is too long. */
static const char *cut(const char **text, const char *ends, char out[LINE_MAX_BYTES])
{
	size_t len = strcspn(*text, ends);
	if (len >= LINE_MAX_BYTES)
		return NULL;
	memcpy(out, *text, len);
	out[len] = '\0';
	*text += len;
	return out;
}

static bool parse_side(const char *text, int *side)
{
	for (*side = 0; *side < SIDES; ++*side)
		if (strcmp(text, side_id_names[*side]) == 0)
			return true;
	return false;
}

bool tune_references_add(struct tune_references *r, const char *text, struct err *e)
{
	char part[LINE_MAX_BYTES];
	const char *at = text;
	struct tune_reference one = {.side = TUNE_ANY_SIDE};
	bool is_good = cut(&at, "/", part) && rfc3339_parse(part, &one.from) && *at++ == '/' && cut(&at, ",", part) &&
	    rfc3339_parse(part, &one.to) && (!*at || parse_side(at + 1, &one.side));
	if (!is_good)
		return err_set(e,
		    "`%.80s`; expected FROM/TO or FROM/TO,SIDE such as "
		    "2026-11-23T20:14:05Z/2026-11-23T20:31:00Z,primary",
		    text);
	if (one.from.ms >= one.to.ms)
		return err_set(e, "`%.80s` does not end after it begins; expected FROM/TO", text);
	add(r, one);
	return true;
}

bool tune_references_add_lines(struct tune_references *r, const char *name, const char *text, struct err *e)
{
	char line[LINE_MAX_BYTES];
	struct err why;
	for (size_t number = 1; *text; number++) {
		const char *is_whole = cut(&text, "\r\n", line);
		if (!is_whole)
			return err_set(e, "%s:%zu: longer than %d bytes; expected FROM/TO or FROM/TO,SIDE", name,
			    number, LINE_MAX_BYTES - 1);
		if (*line && *line != '#' && !tune_references_add(r, line, &why))
			return err_set(e, "%s:%zu: %.300s", name, number, why.text);
		text += *text == '\r';
		text += *text == '\n';
	}
	return true;
}

bool tune_references_settle(struct tune_references *r, const struct tune *t, struct err *e)
{
	const struct tune_run *patient = &t->runs[t->patient];
	for (size_t i = 0; i < r->count; i++) {
		char from[RFC3339_SIZE], began[RFC3339_SIZE], ended[RFC3339_SIZE];
		rfc3339_render(r->v[i].from, from);
		rfc3339_render(t->began, began);
		rfc3339_render(t->ended, ended);
		if (r->v[i].from.ms > t->ended.ms || r->v[i].to.ms < t->began.ms)
			return err_set(e, "the confirmed span from %s is not in the recording, which is from %s to %s",
			    from, began, ended);
		r->v[i].is_carried = r->v[i].from.ms < t->began.ms;
	}
	for (size_t i = 0, count = r->count ? 0 : patient->span_count; i < count; i++) {
		const struct tune_span *span = &patient->spans[i];
		const struct tune_reference one = {span->evidence, span->to, TUNE_ANY_SIDE, span->is_carried};
		add(r, one);
	}
	return true;
}

void tune_references_fini(struct tune_references *r)
{
	free(r->v);
	*r = (struct tune_references){0};
}
