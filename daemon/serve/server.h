/*
 * The HTTP server: listeners, connections and their one thread. What a request is answered with is in
 * routes.h: the published snapshot, so that serving can neither block nor be blocked by a poll.
 */
#ifndef HAWATCH_SERVE_SERVER_H
#define HAWATCH_SERVE_SERVER_H

#include "base/err.h"
#include "shared/orders.h"
#include "shared/publish.h"

#include <stddef.h>

struct server;

/* Both are borrowed. */
struct server *server_new(struct publish *publish, struct orders *orders);

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

/*
 * Stops the thread, closes all listeners and frees. Orders that still wait are answered; so nobody takes
 * orders any more by then. Clears the caller's pointer.
 */
void server_free(struct server **server);

#endif
