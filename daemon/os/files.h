/* Whole small files, such as configurations, certificates and tokens. */
#ifndef HAWATCH_OS_FILES_H
#define HAWATCH_OS_FILES_H

#include "base/err.h"

#include <stddef.h>

/*
 * The whole of a regular file of at most `max` bytes as text of its own, NUL-terminated; the caller
 * frees it. NULL with the file and the cause in `e` on failure. `len` may be NULL.
 */
char *files_read(const char *path, size_t max, size_t *len, struct err *e)
    __attribute__((warn_unused_result));

/*
 * A secret of one line, white space around it removed; NULL when unreadable, empty, or not printable
 * ASCII. Errors name the file and never the content. The caller frees with mem_free_secret().
 */
char *files_read_secret(const char *path, struct err *e) __attribute__((warn_unused_result));

#endif
