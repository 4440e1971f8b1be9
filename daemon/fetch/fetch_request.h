/* A request: what is asked of whom, and who gets the answer. */
#pragma once

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

struct fetch_result;
struct fetch_peer;

/* How to reach a server, besides URL and bearer token. Everything is borrowed until the transfer has ended. */
struct fetch_tls {
	const char *ca_pem;             /* trust these CAs only; NULL: the system's CAs */
	const char *ca_name;            /* where they come from, for messages; NULL with them */
	const char *server_name;        /* SNI and verified name instead of the URL's host; may be NULL */
	bool insecure;                  /* no TLS verification */
	const char *cert_pem, *key_pem; /* client certificate and unencrypted key (a secret); NULL: none */
	const char *cert_name;          /* where the certificate comes from, for messages; NULL with it */
	const char *basic;              /* user:password for HTTP basic auth (a secret); NULL: none */
	const char *headers;            /* more request headers, each ended by \n; NULL: none */
	const char *proxy;              /* URL in libcurl's form, with scheme; may be a secret; NULL: none */
	bool uncompressed;              /* do not offer gzip */
	struct fetch_peer *peer;        /* for this server and a few others; NULL: with all that have none */
};

struct fetch_request {
	const char *url;
	const char *bearer; /* NULL: none. A secret */
	const char *form;   /* NULL: GET; else POST this form. Its last value is a secret */
	bool wants_head;    /* HEAD instead of GET: no body */
	struct fetch_tls tls;
	int64_t delay_ms;   /* wait before the start; like the queue time, not part of timeout or duration */
	int64_t timeout_ms; /* for the whole request after its start, with name lookup and connect */
	size_t max_bytes;   /* of the decompressed body */
	bool gives_way;     /* other requests go first; requests like this take at most half of the places */
	/* Receives body chunks of a 200 as they arrive. Returning false with `e` filled ends the transfer as
	 * POLL_PARSE. NULL: the body is not needed. */
	bool (*on_body)(void *ctx, const char *bytes, size_t len, struct err *e);
	/*
	 * Only looks up the URL's host, anew: called for each of its addresses, as "10.0.0.7" or "fd00::7"; nothing is
	 * opened or sent. The result is POLL_OK if there is one. NULL: a request as usual.
	 */
	void (*on_address)(void *ctx, const char *address);
	/* Called exactly once per start that was not cancelled. May start the job again. */
	void (*on_done)(void *ctx, const struct fetch_result *result);
	void *ctx;
};
