/*
 * A part of a pair's journal as JSON: the answer to GET /api/v1/events with a question. The entries are given in the
 * order of the journal, those of before the question too, so that gaps are seen. What is made is bounded: a page that
 * is full says where the next one begins. Pure.
 */
#pragma once

#include "base/json_out.h"
#include "decide/journal.h"

struct journal_question {
	wall_ms since, until; /* at these times and between them; unknown: no limit */
	uint64_t after;       /* only entries with a greater number; 0: all */
};

/* A page takes so many bytes at most, and what one more entry and the end of it take. */
enum { JOURNAL_PAGE_BYTES = 1 << 20, JOURNAL_PAGE_MAX_BYTES = JOURNAL_PAGE_BYTES + (16 << 10) };

/* All members are private. */
struct journal_page {
	struct journal_question question;
	struct buf out, gaps;
	struct json_out events, gap; /* that write to these */
	size_t kept;
	uint64_t last; /* number of the last entry in it */
	bool is_full, has_more;
	/* Of the entry before. */
	wall_ms first, at; /* `first` of all */
	uint64_t number;
	size_t damaged; /* lines until then */
};

/* `page` must stay where it is until journal_page_end(). */
void journal_page_begin(struct journal_page *page, const char *pair, struct journal_question question);

/*
 * The next entry. `damaged` counts the lines before it, from the beginning of the journal, that cannot be read. False:
 * the page is full, and no more is wanted.
 */
bool journal_page_add(struct journal_page *page, const struct journal_entry *entry, size_t damaged);

/* The same for an event in memory: between them others are missing, and that says nothing. */
bool journal_page_add_kept(struct journal_page *page, const struct journal_entry *entry);

/* What a page says of the journal as a whole. */
struct journal_page_whole {
	bool has_journal;    /* the entries outlive a restart */
	size_t damaged;      /* as above, now of all lines that were read */
	uint64_t lost;       /* lines that are not in it */
	uint64_t omitted;    /* entries that are no longer kept, where there is no journal or it cannot be read */
	const char *problem; /* why it could not be read: then the entries are those in memory; NULL: it could */
};

/* Ends the document; the caller owns it. */
struct buf journal_page_end(struct journal_page *page, const struct journal_page_whole *whole);
