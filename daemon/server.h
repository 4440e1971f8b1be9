/*
 * The HTTP server: libmicrohttpd, and nothing but libmicrohttpd. One thread serves every listener from
 * the published snapshot; it can neither block nor be blocked by a poll.
 */
#ifndef HAWATCH_SERVER_H
#define HAWATCH_SERVER_H

#include "base/err.h"
#include "daemon/publish.h"

#include <stddef.h>

struct server;

struct server *server_new(struct publish *publish);

/* Listens on HOST:PORT, [IPV6]:PORT or :PORT. Call before server_start(). */
bool server_listen(struct server *server, const char *address, struct err *e)
    __attribute__((warn_unused_result));

/*
 * Listens on a Unix socket, mode 0660: whoever may open it may also change things. A socket that no
 * process listens on is replaced. Call before server_start().
 */
bool server_listen_control(struct server *server, const char *path, struct err *e)
    __attribute__((warn_unused_result));

/* Starts the thread. Signals should be blocked by now. */
void server_start(struct server *server);

/* Stops the thread, closes all listeners and frees. Clears the caller's pointer. */
void server_free(struct server **server);

#endif
