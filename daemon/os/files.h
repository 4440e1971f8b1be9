/* Reads whole small files: configuration, certificates, tokens. */
#pragma once

#include "base/err.h"

#include <stddef.h>

/*
 * Reads a regular file of at most `max` bytes. Returns NUL-terminated text that the caller frees. NULL on
 * failure, with file and cause in `e`. `len` may be NULL.
 */
char *files_read(const char *path, size_t max, size_t *len, struct err *e) __attribute__((warn_unused_result));

/*
 * Reads a secret of one line and trims white space. NULL if it is unreadable, empty, or not printable ASCII.
 * Errors name the file, never the content. The caller frees it with mem_free_secret().
 */
char *files_read_secret(const char *path, struct err *e) __attribute__((warn_unused_result));
