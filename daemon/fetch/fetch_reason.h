/* Why a transfer failed: libcurl's words in the closed list of ha_poll_errors_total. */
#ifndef HAWATCH_FETCH_FETCH_REASON_H
#define HAWATCH_FETCH_FETCH_REASON_H

#include "decide/obs.h"

#include <curl/curl.h>

/*
 * The reason for `code`, with which `easy` has ended after the status line `status` (0: before any).
 * `text` is libcurl's error text, "" when it left none; `proxy` the proxy's URL, NULL without one.
 */
enum poll_reason fetch_reason(
    CURL *easy, CURLcode code, int status, const char *text, const char *proxy);

#endif
