/*
 * Turns one text into one value, and makes a text safe for messages. Errors say what was found and what was expected;
 * the caller adds the place and the key. Nothing here opens a file.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

/* A short text by value, so that it can be made inside a call that prints it. */
struct shown {
	char text[160];
};

/*
 * `text` for a message: the text itself when it is short and harmless, else only its length. People paste tokens into
 * the wrong line, so a text that is long, starts like a JWT, or is a long mix of cases and digits is not repeated.
 */
struct shown value_shown(const char *text);

/*
 * The name of a context, cluster, user, file or command for a message: a person must see it to correct it. Unsafe
 * characters are replaced; the end of a long name is cut, with its length. Only what must be a token or a key is not
 * repeated: a JWT, PEM, or a long random text.
 */
struct shown value_name_shown(const char *name);

/* Milliseconds as a duration in the configuration's form: "1h30m", "500ms". */
struct shown value_duration_text(int64_t ms);

/* Units ms, s, m, h and d, each at most once and from large to small. Every number needs a unit. */
bool value_duration(const char *text, int64_t *ms, struct err *e) __attribute__((warn_unused_result));

/* Decimal digits, a minus sign allowed. */
bool value_integer(const char *text, int64_t *n, struct err *e) __attribute__((warn_unused_result));

/* true, yes, on, false, no, off: the words of YAML. */
bool value_boolean(const char *text, bool *b, struct err *e) __attribute__((warn_unused_result));

/* Text without control characters, not empty. The caller owns `*out`, here and below. */
bool value_text(const char *text, char **out, struct err *e) __attribute__((warn_unused_result));

/* A URL of the configuration, see URL_CONFIGURED in base/url.h. */
bool value_url(const char *text, char **out, struct err *e) __attribute__((warn_unused_result));

/* The URL of another hawatchd, see URL_PEER. */
bool value_peer(const char *text, char **out, struct err *e) __attribute__((warn_unused_result));

/*
 * A file's path, resolved against the folder of `file`. Errors never repeat it. A token pasted here by mistake is
 * refused, so that no later message prints it as the name of a file that cannot be opened.
 */
bool value_path(const char *file, const char *text, char **out, struct err *e) __attribute__((warn_unused_result));

/* Paths separated by colons, as in KUBECONFIG, each as value_path(); empty paths are skipped. At most VALUE_PATHS_MAX.
 */
enum { VALUE_PATHS_MAX = 16 };
bool value_paths(const char *file, const char *text, char **out, struct err *e) __attribute__((warn_unused_result));

/* A pair's name: 1 to 63 of A-Z a-z 0-9 . _ - */
bool value_name(const char *text, char **out, struct err *e) __attribute__((warn_unused_result));

/* A Kubernetes namespace: a DNS label (RFC 1123), at most 63 characters. */
bool value_label(const char *text, char **out, struct err *e) __attribute__((warn_unused_result));

/* A Kubernetes object's name: DNS labels joined by dots, at most 253 characters. */
bool value_subdomain(const char *text, char **out, struct err *e) __attribute__((warn_unused_result));
