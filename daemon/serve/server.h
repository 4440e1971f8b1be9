/*
 * The HTTP server: listeners, connections and one thread for all. routes.h answers requests from the
 * published snapshot, so that requests and polls never block each other.
 */
#pragma once

#include "base/err.h"
#include "config/web_url.h"
#include "shared/orders.h"
#include "shared/publish.h"

#include <stddef.h>

struct server;

/* All are borrowed. The control socket is not below the prefix of `web`: it has no path of its own to share. */
struct server *server_new(struct publish *publish, struct orders *orders, const struct web_url *web);

/* Listens on HOST:PORT, [IPV6]:PORT or :PORT. Call before server_start(). */
bool server_listen(struct server *server, const char *address, struct err *e) __attribute__((warn_unused_result));

/*
 * Listens on a Unix socket, mode 0660. Every user who can open it can change things. A socket file that no
 * process listens on is replaced. Call before server_start().
 */
bool server_listen_control(struct server *server, const char *path, struct err *e) __attribute__((warn_unused_result));

/* Starts the thread. Block signals first. */
void server_start(struct server *server);

/*
 * Stops the thread, closes all listeners and frees. Waiting orders are answered. The poller must have stopped
 * taking orders. Clears the caller's pointer.
 */
void server_free(struct server **server);
