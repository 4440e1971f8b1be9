/* Content negotiation of /metrics (RFC 9110 section 12.5.1), as Prometheus and compatible scrapers use it. */
#pragma once

#include "render/expo.h"

/*
 * The format for an Accept header: the supported entry with the highest q. A header that is NULL, empty, malformed or
 * without a supported entry means text: no scrape fails because of it.
 */
enum expo_format accept_negotiate(const char *accept);
