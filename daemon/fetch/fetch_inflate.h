/*
 * Inflates a gzip body (RFC 1952) piece by piece. libcurl could do it, but not stop: what a transfer that pauses has
 * read it inflates all the same, and keeps it, a thousand times as much.
 */
#pragma once

#include "base/err.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

struct fetch_inflate;

/*
 * For the body of the answer that arrives on `easy`, by its Content-Encoding. `*out` is NULL if it is not compressed.
 * False with `e` for an encoding that was not asked for.
 */
bool fetch_inflate_begin(CURL *easy, struct fetch_inflate **out, struct err *e) __attribute__((warn_unused_result));

/* Clears the caller's pointer; `*inflate` may be NULL. */
void fetch_inflate_free(struct fetch_inflate **inflate);

/*
 * Hands all that `len` bytes inflate to on to `take`, 16 kB at a time, until that returns false. False then, or with
 * `e` for bytes that are no gzip stream or stand behind its end.
 */
bool fetch_inflate_feed(struct fetch_inflate *inflate, const char *bytes, size_t len,
    bool (*take)(void *ctx, const char *bytes, size_t len), void *ctx, struct err *e);

/* True if the stream is complete. NULL, no compressed body, is. */
bool fetch_inflate_has_ended(const struct fetch_inflate *inflate);
