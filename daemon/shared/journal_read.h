/*
 * The reading of a pair's journal for a request: what is asked, and the page that answers it. The state writer's thread
 * runs it, the server asks and answers.
 */
#pragma once

#include "base/err.h"
#include "base/units.h"
#include "render/journal_page.h"

#include <stdatomic.h>

struct journal_read {
	char pair[64];
	struct journal_question question;
	mono_ms asked;

	/* The result: a page, or why the journal cannot be read. */
	struct buf page;
	struct err problem; /* "": none */

	uint64_t lost;             /* lines that are not in the journal, for the page */
	atomic_bool is_left;       /* nobody waits for it any more */
	struct journal_read *next; /* in a queue */
	void *ctx;                 /* for the server: the request */
};

/*
 * Reads a question's parameters; NULL: not given. `since` and `until` are times of RFC 3339 or durations before `now`.
 * False with the parameter and the fix in `e`.
 */
bool journal_read_parse(const char *since, const char *until, const char *after, wall_ms now,
    struct journal_question *out, struct err *e) __attribute__((warn_unused_result));

/* On the heap. */
struct journal_read *journal_read_new(const char *pair, struct journal_question question, mono_ms now, void *ctx);

/* The same question of the same request, without a result. */
struct journal_read *journal_read_copy(const struct journal_read *read);

/* Frees it with its page; NULL is allowed. */
void journal_read_free(struct journal_read *read);

/* Makes the page, of the journal in `directory` (NULL: there is none) and of the lines that are not yet in its files.
 */
void journal_read_run(struct journal_read *read, const char *directory, const struct buf *waiting);
