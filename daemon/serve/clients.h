/*
 * The connections of one listener: whose they are, what they wait for, and who must go. A client that sends or reads
 * slowly, or that keeps connections and asks nothing, never keeps others from being answered, be it one address with
 * a thousand connections or a thousand addresses. libmicrohttpd's own timeout only covers silence, and its own limit
 * of an address refuses the new connection, which may be the one that asks. Only the server thread uses them.
 */
#pragma once

#include "base/units.h"
#include "render/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
	CLIENTS_MAX = 512,     /* connections of a listener; fewer where there are few descriptors */
	CLIENTS_MIN = 32,      /* but never fewer than these */
	CLIENTS_ADDRESSES = 4, /* one IPv4 address, or one IPv6 network of 64 bits, may have such a part of them */
	CLIENTS_ACCEPTED = 64, /* of a listener, in one turn: those who had to go for them are still being closed */
	CLIENTS_REQUESTS_MAX = 1000, /* of a connection; the answer to the last one closes it */
};

struct tls_session;
struct journal_read;

struct client_address {
	struct client_address *next, **link;
	uint64_t key;
	size_t count;      /* of its connections; those that were cut do not count */
	size_t references; /* all of them */
};

/* One connection, from open to close. */
struct client {
	struct client *next, **link;
	struct client_address *address;
	struct view_http *http; /* that of its listener */
	int fd;
	enum http_state doing; /* the deadline of each is in clients.c; never HTTP_CLOSING, see is_cut */
	mono_ms since;
	unsigned requests;         /* so many heads were complete */
	mono_ms head_at;           /* the present request's head was complete */
	enum http_handler handler; /* what answers it, with a body of so many bytes */
	uint64_t answer_bytes;
	uint64_t reads;            /* the serial number of the rendering that its answer is of; 0: of none */
	bool has_begun;            /* the first line of a request has arrived */
	bool has_nul;              /* in its path or parameters */
	bool is_counted;           /* its request, for the rate of requests */
	bool is_scrape;            /* its answer is one with metrics */
	bool is_reading;           /* its answer is from a journal */
	struct journal_read *read; /* it was read for the present request, which owns it; NULL: none */
	bool is_cut;
	struct tls_session *tls; /* for listener.c; NULL: without TLS */
};

struct clients {
	struct client *first;
	struct client_address *addresses;
	size_t count;           /* those that were cut do not count */
	size_t most;            /* of them; set by clients_fit() */
	bool is_local;          /* a Unix socket: its clients have no addresses, and no limit of one */
	struct view_http *http; /* counts them; borrowed */
};

/*
 * How many connections each of so many listeners may have, when there are `descriptors` for all of them: from
 * CLIENTS_MIN to CLIENTS_MAX. `*needed` is how many descriptors would do for CLIENTS_MAX.
 */
size_t clients_fit(size_t listeners, size_t descriptors, size_t *needed);

/*
 * Makes room for a connection from `from`, if that is needed, by cutting one that matters less; false if there is
 * none. Requests that are incomplete for a second go first, then those of the address with most connections: what is
 * kept, what is incomplete, and answers that are under way; the oldest first. For the rest nobody goes for an address
 * that has as many connections: it makes room for itself, and not by an answer; so it does at its own limit.
 */
bool clients_make_room(struct clients *clients, const struct sockaddr *from, mono_ms now);

/* A connection of `from` was opened on `fd`, or closed. */
struct client *clients_open(struct clients *clients, int fd, const struct sockaddr *from, mono_ms now);
void clients_close(struct clients *clients, struct client *client);

/* True for 127.0.0.1, ::1 and Unix sockets: one of these may be a proxy, and all clients of it. */
bool clients_is_this_machine(const struct client *client);

/* A request's first line has arrived; its head; the request is complete, with its body; its answer was sent. */
void clients_began(struct client *client, mono_ms now);
void clients_read_head(struct client *client, mono_ms now);
void clients_asked(struct client *client, mono_ms now);
void clients_answered(struct client *client, mono_ms now);

/* Cuts those who are being sent an answer of this rendering or an older one: they read too slowly. */
void clients_cut_readers(struct clients *clients, uint64_t serial);

/*
 * Cuts overdue clients: shuts their sockets down; the server then closes these connections. `rendered_bytes` is what
 * a rendering takes: an answer that is being sent holds one, so the larger they are, the less time there is to read it.
 */
void clients_cut_overdue(struct clients *clients, size_t rendered_bytes, mono_ms now);
