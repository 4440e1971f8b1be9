/*
 * JSON as it arrives, in chunks of any size: checks the grammar (RFC 8259) and finds the tokens, in constant memory and
 * without recursion, however long and deep the document is. What is inside strings and numbers is left to their
 * readers. Deeper than SCAN_LEVELS brackets are only counted.
 */
#pragma once

#include "decode/member.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SCAN_LEVELS = 1024 };

/* Which bytes may come next, in an object, an array or at the top. */
struct scan_rules {
	unsigned char first, behind_name, behind_colon, behind_value, behind_comma;
};

/* Treat as opaque, except `at.depth`, and `has_escape` behind a name. */
struct scan {
	struct scan_place {
		size_t depth;                /* open objects and arrays */
		unsigned expects;            /* which bytes may come next */
		const struct scan_rules *in; /* of the innermost object or array */
	} at;
	bool in_text, in_escape, in_name;     /* inside a string; behind its backslash; it is a member's name */
	bool has_escape;                      /* a backslash was in the string */
	bool in_word;                         /* inside a number, true, false or null */
	const char *word;                     /* what is still to come of true, false or null; NULL: it is a number */
	uint64_t is_object[SCAN_LEVELS / 64]; /* bit d: what was opened at depth d is an object, not an array */
};

/* A token, or the part of it that is in this chunk. Strings and names come with their quotes. */
struct scan_piece {
	enum {
		SCAN_NONE, /* the chunk ends */
		SCAN_NAME, /* of a member */
		SCAN_TEXT,
		SCAN_WORD, /* a number, true, false or null */
		SCAN_OBJECT,
		SCAN_ARRAY,
		SCAN_CLOSE
	} token;
	bool begins, ends; /* `ends` is for SCAN_NAME only */
	const char *bytes;
	size_t len;
};

void scan_init(struct scan *scan);

/* Reads the next piece from `p`. Returns the byte behind it; NULL when the byte `*bad` must not come here. */
const char *scan_next(struct scan *scan, const char *p, const char *end, struct scan_piece *piece, const char **bad);

/*
 * Reads on, to the end of the value that comes next in the object or array at `depth`. Returns the byte behind what was
 * read, `end` at most; NULL as above. The value has ended when scan_is_behind_value().
 */
const char *scan_pass(struct scan *scan, size_t depth, const char *p, const char *end, const char **bad);

/*
 * Reads on over members of the present object that are not in `read`, as far as they are simple to tell. Returns the
 * byte behind. Where the depth is greater than before, the value of one is not at its end: scan_pass() goes on.
 */
const char *scan_pass_unread(struct scan *scan, const struct member *read, const char *p, const char *end);

static inline bool scan_is_behind_value(const struct scan *s, size_t depth)
{
	return s->at.depth <= depth && s->at.expects == s->at.in->behind_value && !s->in_text && !s->in_word;
}
