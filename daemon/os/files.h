/* Reads whole small files: configuration, certificates, tokens; and makes one. */
#pragma once

#include "base/err.h"

#include <stdbool.h>
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

/*
 * Makes a file of these bytes that was not there before, with this mode and, if we may give it, the group of its
 * folder, whole or not at all. False with file and cause in `e`; a file that is there stays as it is.
 */
bool files_create(const char *path, unsigned mode, const char *bytes, size_t len, struct err *e)
    __attribute__((warn_unused_result));
