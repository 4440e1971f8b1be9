/* Why a transfer failed: libcurl's codes mapped to the reasons of ha_poll_errors_total. */
#pragma once

#include "decide/obs.h"

#include <curl/curl.h>
#include <stdbool.h>

/*
 * The reason for `code`, the result of the transfer on `easy`. `status` is the HTTP status (0: the transfer
 * ended before a status line). `text` is libcurl's error text, "" if none. `proxy` is the proxy's URL; NULL:
 * no proxy.
 */
enum poll_reason fetch_reason(CURL *easy, CURLcode code, int status, const char *text, const char *proxy);

/*
 * True when the answer has a header that is longer than libcurl takes (100 KiB). libcurl 7 calls this a want of memory;
 * with a status line the memory did not end, or this process would have.
 */
bool fetch_reason_is_long_header(CURLcode code, int status);

/*
 * Appends to libcurl's text in `detail` (`size` bytes) where the CA or the client certificate comes from, if that was
 * at fault or did not suffice: libcurl knows it only as a blob. `ca`: NULL means the system's. `client`: NULL means
 * none.
 */
void fetch_reason_put_file(CURLcode code, const char *ca, const char *client, char *detail, size_t size);
