/*
 * One question to hawatchd, over its Unix socket or HTTP. The only user of libcurl in `hawatch`.
 */
#ifndef HAWATCH_CLI_CLIENT_H
#define HAWATCH_CLI_CLIENT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/units.h"

#include <stdbool.h>
#include <stdint.h>

/* Where to ask: after client_choose() exactly one of `url` and `socket` is set. All borrowed. */
struct client {
	const char *url, *socket;
	const char *ca_file;               /* NULL: the system's CAs */
	const char *token_file, *user_file; /* a bearer token; "user:password"; read anew each time */
	int64_t timeout_ms;                /* for all of it: name, connection, answer */
	bool (*is_over)(void);             /* asked about once a second; true gives up. NULL: never */
};

/* Zero-initialise before use; client_reply_fini() releases it. */
struct client_reply {
	long http_status;
	struct buf body; /* whatever came, unchecked */
	wall_ms date;    /* the server's clock as it answered (RFC 9110, 6.6.1) or WALL_UNKNOWN */
};

/* One of a question's parameters; left out where the value is NULL. */
struct client_param {
	const char *name, *value;
};

/* "/api/v1/summary", and its parameters, ended by one without a name. */
struct client_question {
	const char *path;
	const struct client_param *params;
	bool is_post;
};

/*
 * Fills in what was left open: the socket when this user may open it, otherwise HTTP, where anybody
 * may read. False when url and socket are both set, the URL is none, or a credential would travel
 * unencrypted, with the remedy in `e`.
 */
bool client_choose(struct client *client, struct err *e) __attribute__((warn_unused_result));

/* Appends where `client` asks, for people: "unix:/path" or the URL. */
void client_put_place(const struct client *client, struct buf *out);

/*
 * Asks. Any HTTP status counts as a reply. False when none came, with place, cause and remedy in
 * `e`; `reply` is then empty.
 */
bool client_ask(const struct client *client, const struct client_question *question,
    struct client_reply *reply, struct err *e) __attribute__((warn_unused_result));

void client_reply_fini(struct client_reply *reply);

#endif
