/*
 * A list of what works and what does not, with the remedy of each: `hawatchd --config.probe` and `hawatch doctor`. This
 * is the list and how it looks; render/doctor.h says what is in it. It needs nothing but base/, so that the command can
 * show the lists of a daemon.
 */
#pragma once

#include "base/buf.h"

enum report_result {
	REPORT_OK,
	REPORT_SKIP, /* nothing was asked, or there is nothing to have */
	REPORT_WARN, /* it does not decide */
	REPORT_FAIL,
	REPORT_RESULTS
};
extern const char *const report_result_names[REPORT_RESULTS]; /* "ok", "skip", "warn", "fail" */

/* Texts are owned by the report; NULL: there is none. */
struct report_line {
	enum report_result result;
	char *pair, *side; /* what the line is about: without a pair, what all pairs share */
	char *thing;       /* "name", "nodes" */
	char *message;
	char *remedy;  /* a sentence */
	char *command; /* what to type; the sentence says why */
};

/* Zero-initialise. */
struct report {
	struct report_line *v;
	size_t count, room;
};

enum { REPORT_TEXT_MAX_BYTES = 4096 };

/* Appends a line with copies of its texts. Borrowed until the next call. */
struct report_line *report_add(struct report *report, const struct report_line *line);

enum report_result report_worst(const struct report *report);

/* Appends {"pair", "result", "lines": [...]}; `pair` NULL: of all pairs. */
void report_put_json(const struct report *report, const char *pair, struct buf *out);

/* How the word of a result is put, for whoever shows it in colour. */
struct report_paint {
	void (*put)(const void *ctx, enum report_result result, const char *word, struct buf *out);
	const void *ctx;
};

/*
 * Appends the lines as text that is `width` columns wide, with a head for each subject. A command goes on with \ at the
 * end of a line, so that it can be copied. Characters that must not be shown are replaced. `paint` may be NULL.
 */
void report_put_text(const struct report *report, size_t width, const struct report_paint *paint, struct buf *out);

void report_fini(struct report *report);
