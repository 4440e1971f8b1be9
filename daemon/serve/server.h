/*
 * The HTTP server: listeners, connections and one thread for all. routes.h answers requests from the
 * published snapshot, so that requests and polls never block each other.
 */
#pragma once

#include "base/err.h"
#include "config/web_options.h"
#include "serve/listen.h"
#include "serve/web_config.h"
#include "shared/shared.h"

struct server;

enum { SERVER_SOCKETS_MAX = 16 };

/* All are borrowed. `config` is used by the server alone, from now until it is freed. */
struct server *server_new(struct shared shared, const struct web_options *web, struct web_config *config);

/*
 * Listens on HOST:PORT, [IPV6]:PORT, :PORT or unix:PATH (listen_open()). Every user who can open a control socket can
 * change things. Call before server_start().
 */
bool server_listen(struct server *server, enum listener_kind kind, const char *address, struct err *e)
    __attribute__((warn_unused_result));

/* The same on a socket that listens already, and which it takes, also after an error. */
bool server_add_take(struct server *server, enum listener_kind kind, int fd, struct err *e)
    __attribute__((warn_unused_result));

/* Has the web configuration read again, whether or not its files have changed. From any thread. */
void server_reload(struct server *server);

/*
 * The process may have so many `descriptors`, and all that is not of this server needs `others` of them: with too few,
 * each listener has room for fewer connections, and a warning says how many are needed. Call between the last listener
 * and server_start().
 */
void server_fit(struct server *server, size_t descriptors, size_t others);

/* Starts the thread. Block signals first. */
void server_start(struct server *server);

/*
 * Stops the thread, closes all listeners and frees. Waiting orders are answered. The poller must have stopped
 * taking orders. Clears the caller's pointer.
 */
void server_free(struct server **server);
