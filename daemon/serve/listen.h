/* Listening sockets. */
#ifndef HAWATCH_SERVE_LISTEN_H
#define HAWATCH_SERVE_LISTEN_H

#include "base/err.h"

/* Whether `address` has a form that listen_tcp() takes; opens nothing. */
bool listen_check(const char *address, struct err *e) __attribute__((warn_unused_result));

/*
 * A listening TCP socket on HOST:PORT, [IPV6]:PORT or :PORT (every address). HOST is numeric or a name
 * that resolves. -1 with the address and the cause in `e`.
 */
int listen_tcp(const char *address, struct err *e) __attribute__((warn_unused_result));

/*
 * A listening Unix socket at `path`, mode 0660. A socket file that nobody listens on any more is
 * replaced; one that somebody does is an error. -1 with the path and the cause in `e`.
 */
int listen_unix(const char *path, struct err *e) __attribute__((warn_unused_result));

#endif
