/* What the headers of an answer say, while its transfer is there. */
#pragma once

#include "base/units.h"

#include <curl/curl.h>

/* The server's Date header, not the proxy's; WALL_UNKNOWN without one. */
wall_ms fetch_answer_date(CURL *easy);

/* Retry-After of a 429 or 503 in milliseconds; 0: none. */
int64_t fetch_answer_retry_after_ms(CURL *easy, int status);
