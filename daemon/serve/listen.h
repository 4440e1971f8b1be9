/* Listening sockets. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/* Who asks decides what may be asked. */
enum listener_kind {
	LISTENER_WEB,     /* Prometheus and people: all that can be read, below the prefix */
	LISTENER_HEALTH,  /* probes: the monitor's own health, and nothing else; there is no prefix */
	LISTENER_CONTROL, /* the operator on this machine, by a Unix socket: orders, too; there is no prefix */
	LISTENER_KINDS,
};

/* Checks that listen_open() accepts the form of `address`. Opens nothing. */
bool listen_check(const char *address, struct err *e) __attribute__((warn_unused_result));

/* The path in "unix:/run/hawatch/web.sock"; NULL for other addresses. */
const char *listen_unix_path(const char *address);

/* Opens what `address` says: listen_unix() or listen_tcp(). */
int listen_open(const char *address, struct err *e) __attribute__((warn_unused_result));

/*
 * Opens a listening TCP socket on HOST:PORT, [IPV6]:PORT or :PORT (all addresses). HOST is numeric or a
 * resolvable name. Returns -1 with address and cause in `e`.
 */
int listen_tcp(const char *address, struct err *e) __attribute__((warn_unused_result));

/*
 * Opens a listening Unix socket at `path`, mode 0660. Replaces a socket file that no process listens on; if a
 * process listens on it, or if something else stands there, that is an error. Returns -1 with path and cause in `e`.
 */
int listen_unix(const char *path, struct err *e) __attribute__((warn_unused_result));

/*
 * Makes a bound socket listen, or one that listens already, as all of ours do. Connections have the sizes and options
 * of the socket that they come from. Many wait: the server decides who must be sent away. False with errno.
 */
bool listen_start(int fd) __attribute__((warn_unused_result));

/* Whether `fd` is a Unix socket. */
bool listen_is_unix(int fd);

/* The address of a listening socket: "127.0.0.1:29164", "[::]:29164", "unix:/run/hawatch/web.sock". */
void listen_put_address(int fd, struct buf *out);
