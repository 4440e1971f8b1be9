/*
 * The log: one line per event on stderr, as logfmt or JSON. The message is constant; the fields vary. Callers
 * never pass a secret.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_LEVELS };
extern const char *const log_level_names[LOG_LEVELS];

enum log_format { LOG_LOGFMT, LOG_JSON, LOG_FORMATS };
extern const char *const log_format_names[LOG_FORMATS];

/* Call once, before the first log line. Defaults: info, logfmt. LOG_LEVELS: nothing but an end by log_fatal(). */
void log_setup(enum log_level least, enum log_format format);

/*
 * Writes one line of at most 4096 bytes: time, level, message, then pairs of field name and text, ended by NULL. A
 * field with NULL text is left out. A text that does not fit is cut and says so; a last field `omitted` counts fields
 * without any room. A line that would block is dropped, and counted.
 */
void log_at(enum log_level level, const char *message, ...) __attribute__((sentinel));

/*
 * Says why the program cannot go on, and ends it with exit status 1. Needs no memory. Both texts need no escaping: they
 * are constants, or of strerror(). Every end that is not a clean one, nor a bug, comes here.
 */
_Noreturn void log_fatal(const char *message, const char *error);

/* How many lines were dropped so far. Safe from any thread. */
uint64_t log_dropped(void);

#define log_debug(...) log_at(LOG_DEBUG, __VA_ARGS__, (char *)NULL)
#define log_info(...) log_at(LOG_INFO, __VA_ARGS__, (char *)NULL)
#define log_warn(...) log_at(LOG_WARN, __VA_ARGS__, (char *)NULL)
#define log_error(...) log_at(LOG_ERROR, __VA_ARGS__, (char *)NULL)
