/* What a transfer that has ended says of its connection. */
#pragma once

#include "decide/reach.h"

#include <curl/curl.h>

/* `url` is the request's. The certificate is known only where CURLOPT_CERTINFO was set. */
struct connection fetch_connection_of(CURL *easy, const char *url);
