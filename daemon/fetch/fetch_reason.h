/* Why a transfer failed: libcurl's codes mapped to the reasons of ha_poll_errors_total. */
#pragma once

#include "decide/obs.h"

#include <curl/curl.h>

/*
 * The reason for `code`, the result of the transfer on `easy`. `status` is the HTTP status (0: the transfer
 * ended before a status line). `text` is libcurl's error text, "" if none. `proxy` is the proxy's URL; NULL:
 * no proxy.
 */
enum poll_reason fetch_reason(CURL *easy, CURLcode code, int status, const char *text, const char *proxy);

/*
 * Appends to libcurl's text in `detail` (`size` bytes) where the CA or the client certificate comes from, if that was
 * at fault or did not suffice: libcurl knows it only as a blob. `ca`: NULL means the system's. `client`: NULL means
 * none.
 */
void fetch_reason_put_file(CURLcode code, const char *ca, const char *client, char *detail, size_t size);
