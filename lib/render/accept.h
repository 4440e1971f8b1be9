/* Content negotiation (RFC 9110 section 12.5), as Prometheus, compatible scrapers and browsers use it. */
#pragma once

#include "render/expo.h"

/*
 * The format for an Accept header: the supported entry with the highest q. A header that is NULL, empty, malformed or
 * without a supported entry means text: no scrape fails because of it.
 */
enum expo_format accept_negotiate(const char *accept);

/*
 * True if an Accept-Encoding header allows gzip (section 12.5.3): by its name, or by "*" where its name is missing,
 * with a q above 0. NULL, or malformed: false.
 */
bool accept_gzip(const char *accept_encoding);
