/*
 * One question to hawatchd, over its Unix socket or HTTP. The only user of libcurl in `hawatch`.
 */
#ifndef HAWATCH_CLIENT_H
#define HAWATCH_CLIENT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/units.h"

#include <stdbool.h>
#include <stdint.h>

#define CLIENT_URL "http://127.0.0.1:29164"
#define CLIENT_SOCKET "/run/hawatch/control.sock"

/* Where to ask: after client_choose() exactly one of `url` and `socket` is set. Both borrowed. */
struct client {
	const char *url, *socket;
	int64_t timeout_ms; /* for all of it: name, connection, answer */
};

/* Zero-initialise before use; client_reply_fini() releases it. */
struct client_reply {
	long http_status;
	struct buf body; /* whatever came, unchecked */
	wall_ms date;    /* the server's clock as it answered (RFC 9110, 6.6.1) or WALL_UNKNOWN */
};

/*
 * Fills in what was left open: the socket when this user may open it, otherwise HTTP, where anybody
 * may read. False when url and socket are both set, or the URL is none, with the remedy in `e`.
 */
bool client_choose(struct client *client, struct err *e) __attribute__((warn_unused_result));

/* Appends where `client` asks, for people: "unix:/path" or the URL. */
void client_put_place(const struct client *client, struct buf *out);

/*
 * Fetches `path` ("/api/v1/summary"), of `pair` unless NULL. Any HTTP status counts as a reply.
 * False when none came, with place, cause and remedy in `e`; `reply` is then empty.
 */
bool client_get(const struct client *client, const char *path, const char *pair,
    struct client_reply *reply, struct err *e) __attribute__((warn_unused_result));

void client_reply_fini(struct client_reply *reply);

#endif
