/* Content negotiation of /metrics (RFC 9110 section 12.5.1), as Prometheus and its kin use it. */
#ifndef HAWATCH_RENDER_ACCEPT_H
#define HAWATCH_RENDER_ACCEPT_H

#include "render/expo.h"

/*
 * The format for an Accept header: the supported entry with the highest q. NULL, empty, unmatched or
 * malformed headers mean text: a scrape is never refused for them.
 */
enum expo_format accept_negotiate(const char *accept);

#endif
