/* The options of a request, as libcurl takes them: URL, headers, credential, TLS, proxy. */
#pragma once

#include "base/mem.h"
#include "fetch/fetch_request.h"

#include <curl/curl.h>

/* Lists that libcurl reads until the transfer has ended. */
struct fetch_lists {
	struct curl_slist *headers, *connect_to;
};

/* Sets them on a fresh handle. `lists` must be empty; the caller frees with fetch_lists_fini() after the transfer. */
void fetch_options_set(CURL *easy, const struct fetch_request *request, struct fetch_lists *lists);

void fetch_lists_fini(struct fetch_lists *lists);

/* An option that memory was too short for would be missing from the request: the CA, or the credential. */
static inline void fetch_check_memory(CURLcode code)
{
	if (code == CURLE_OUT_OF_MEMORY)
		mem_end();
}
#define set_option(easy, option, value) fetch_check_memory(curl_easy_setopt(easy, option, value))
