/*
 * libcurl's memory. It copies credentials into strings, headers and buffers of its own, and frees them as they are.
 * Here all that it frees is overwritten, so that no copy outlives its request.
 */
#pragma once

#include <curl/curl.h>

/* curl_global_init() with such memory. */
CURLcode fetch_memory_init(void) __attribute__((warn_unused_result));
