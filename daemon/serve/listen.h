/* Listening sockets. */
#pragma once

#include "base/err.h"

/* Checks that listen_tcp() accepts the form of `address`. Opens nothing. */
bool listen_check(const char *address, struct err *e) __attribute__((warn_unused_result));

/*
 * Opens a listening TCP socket on HOST:PORT, [IPV6]:PORT or :PORT (all addresses). HOST is numeric or a
 * resolvable name. Returns -1 with address and cause in `e`.
 */
int listen_tcp(const char *address, struct err *e) __attribute__((warn_unused_result));

/*
 * Opens a listening Unix socket at `path`, mode 0660. Replaces a socket file that no process listens on; if a
 * process listens on it, that is an error. Returns -1 with path and cause in `e`.
 */
int listen_unix(const char *path, struct err *e) __attribute__((warn_unused_result));

/* Whether `fd` is a Unix socket. */
bool listen_is_unix(int fd);
