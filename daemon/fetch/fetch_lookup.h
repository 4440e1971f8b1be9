/* What a transfer does before it has a connection: it looks up the host's addresses, and opens a socket for one. */
#pragma once

#include "base/err.h"
#include "fetch/fetch_request.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

struct fetch_lookup {
	const struct fetch_request *request; /* borrowed */
	bool is_resolving;
	bool has_address; /* that on_address was called for */
	int shortage;     /* errno of a socket that could not be opened; 0: none */
};

/* Follows the lookup of the transfer that begins on `easy`. Both arguments must stay where they are until it ends. */
void fetch_lookup_begin(struct fetch_lookup *lookup, CURL *easy, const struct fetch_request *request);

/* Whether it still has no address this long after its start, and is to be given up; then with the reason in `e`. */
bool fetch_lookup_is_late(const struct fetch_lookup *lookup, int64_t total_ms, struct err *e);

/* Whether the transfer, which ended with `code`, failed because this machine has no socket; then with that in `e`. */
bool fetch_lookup_lacks_socket(const struct fetch_lookup *lookup, CURL *easy, CURLcode code, struct err *e);
