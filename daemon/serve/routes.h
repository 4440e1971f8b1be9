/* How requests are answered: a table of paths, served from the current rendering; orders go to the poller. */
#pragma once

#include "serve/exchange.h"

/* Whether a route has this path, other than the metrics. */
bool routes_has(const char *path);

/*
 * Queues the response. Or leaves the connection suspended, and is to be called again: with `x->order`, which it has
 * set, after that was answered; after its client was given a read; without either, after the request's password was
 * hashed.
 */
enum MHD_Result routes_answer(struct exchange *x, const char *path, const char *method);
