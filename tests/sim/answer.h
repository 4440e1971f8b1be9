/*
 * A request as a service sees it, and the answer that it makes. serve.c stands between these two
 * and the network.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct MHD_Connection;
struct sim;
struct target;

struct request {
	struct sim *sim;
	struct target *target;
	struct MHD_Connection *connection;
	const char *method;
	const char *path; /* percent-decoded, without the query */
	char *body;       /* NUL-terminated, "" when there was none */
	size_t body_len;
	bool body_too_large;
	bool is_counted; /* as one of those in flight */
};

enum { HEADERS_MAX = 10 };

struct answer {
	unsigned status;
	struct {
		const char *name;
		char *value;
	} headers[HEADERS_MAX];
	size_t header_count;
	char *body;
	size_t len;
	size_t items_at, items_end; /* where a list's items stand in the body; equal when nowhere */
	/* how it is sent */
	size_t cut_after; /* the connection ends after so many bytes of the body */
	bool endless, drip;
	long more_headers; /* beside those above, of no meaning */
	bool unglued;      /* an endless body repeats its items without commas */
};

/* What a target is: how it answers, and how it says no with a given status code. */
struct service {
	void (*answer)(const struct request *r, struct answer *a);
	void (*refuse)(const struct request *r, struct answer *a, unsigned code);
};

extern const struct service spot_service, auth_service, kube_service, control_service;

/* Of the HTTP server (request.c). NULL when absent; "" for a key without a value. */
const char *request_query(const struct request *r, const char *key);
const char *request_header(const struct request *r, const char *name);

/* The token of "Authorization: Bearer TOKEN"; NULL when absent. */
const char *request_bearer(const struct request *r);

void answer_init(struct answer *a);
void answer_fini(struct answer *a);

/* Sets the status and drops what was there before: headers, body and manner of sending. */
void answer_begin(struct answer *a, unsigned status);

void answer_header(struct answer *a, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Each replaces the body: one takes the bytes, one prints JSON as text_put() does, one prints. */
void answer_body_take(struct answer *a, char *body, size_t len);
void answer_json(struct answer *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
void answer_printf(struct answer *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Beside a 429 or 503: the Retry-After that the world's player wants, instead of what the service says. */
void answer_set_retry_after(const struct request *r, struct answer *a);
