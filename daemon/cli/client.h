/* One request to hawatchd, over its Unix socket or HTTP. The only user of libcurl in `hawatch`. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/units.h"

#include <stdbool.h>
#include <stdint.h>

/* Where to send requests. After client_choose() exactly one of `url` and `socket` is set. Texts are borrowed. */
struct client {
	const char *url, *socket;
	char *address;                      /* `url` as url_normal() makes it, owned; NULL: the socket is used */
	const char *ca_file;                /* NULL: the system's CAs */
	const char *token_file, *user_file; /* a bearer token; "user:password"; read for each request */
	const char *cert_file, *key_file;   /* PEM, for TLS; NULL key: in the certificate's file */
	int64_t timeout_ms;                 /* for the whole request: name lookup, connect, answer */
	bool (*is_over)(void);              /* called about once a second; true cancels. NULL: never cancel */
};

/* Zero-initialise before use; client_reply_fini() releases it. */
struct client_reply {
	long http_status;
	struct buf body; /* the received bytes, unchecked */
	wall_ms date;    /* the server's Date header (RFC 9110, 6.6.1) or WALL_UNKNOWN */
};

/* One request parameter; left out if the value is NULL. */
struct client_param {
	const char *name, *value;
};

/* A path such as "/api/v1/summary" and its parameters, ended by one without a name. */
struct client_question {
	const char *path;
	const struct client_param *params;
	bool is_post;
};

/*
 * Sets the default: the Unix socket if this user may open it, otherwise HTTP, which is open to every user.
 * False, with the fix in `e`, if both url and socket are set, the URL is invalid, a credential would be
 * sent unencrypted, or a client certificate would not be sent. client_fini() releases what it has made, also then.
 */
bool client_choose(struct client *client, struct err *e) __attribute__((warn_unused_result));

void client_fini(struct client *client);

/* Appends the address of `client` for people: "unix:/path" or the URL. */
void client_put_place(const struct client *client, struct buf *out);

/*
 * Sends the request. Any HTTP status counts as a reply. False if there was no reply, with address, cause and
 * fix in `e`; `reply` is then empty.
 */
bool client_ask(const struct client *client, const struct client_question *question, struct client_reply *reply,
    struct err *e) __attribute__((warn_unused_result));

void client_reply_fini(struct client_reply *reply);
