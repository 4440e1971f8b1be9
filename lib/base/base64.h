/* Base64 of kubeconfigs (RFC 4648 section 4) and of tokens (section 5, without padding). */
#pragma once

#include "base/buf.h"

/*
 * The text must be padded, and unused bits must be 0. Line breaks are skipped, as kubectl does. Returns the bytes with
 * a NUL after them, owned by the caller, or NULL.
 */
char *base64_decode(const char *text, size_t *len) __attribute__((warn_unused_result));

/* The same for `text_len` bytes in the URL alphabet without padding (RFC 7515 section 2). */
char *base64_decode_url(const char *text, size_t text_len, size_t *len) __attribute__((warn_unused_result));

void base64_encode(struct buf *out, const char *bytes, size_t len);
