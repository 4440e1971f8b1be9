/*
 * How a server was reached: what a person needs to see whether a request works, and if not, how far it came. It is
 * shown, and decides nothing.
 */
#pragma once

#include "decide/obs.h"

/* What a request has left behind it. */
enum reach_step { REACH_NOTHING, REACH_NAME_FOUND, REACH_CONNECTED, REACH_SECURED, REACH_ANSWERED };

/* One connection. Times are of its steps, each without the one before. */
struct connection {
	bool is_new;  /* this request opened it; else the rest was known from an earlier one */
	bool has_tls; /* over https */
	enum reach_step step;
	int64_t lookup_ms, connect_ms, tls_ms;
	char address[64]; /* of the server, or of the proxy; "": not known */
	char issuer[128]; /* who signed the server's certificate; "": not known */
	wall_ms expires;  /* that certificate's notAfter; unknown without TLS */
};

/* Zero-initialise. */
struct reach {
	wall_ms at; /* when the last request ended; unknown: none has */
	struct answer answer;
	char detail[256];             /* why it failed, for people; "" when it did not */
	enum reach_step step;         /* how far it came */
	struct connection connection; /* the last one that was opened */
};

/* Notes one request. One that had no new connection keeps what is known of the last one. */
void reach_note(
    struct reach *reach, const struct connection *connection, struct answer answer, const char *detail, wall_ms now);
