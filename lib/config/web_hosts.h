/*
 * The names under which the daemon is asked. A page in a browser whose own name was made to mean our address (DNS
 * rebinding) could otherwise read what we serve, past every firewall. Such a page cannot choose the Host header of its
 * requests: it has the page's name. An address is no such name, whichever it is.
 */
#pragma once

#include "base/err.h"

#include <stddef.h>

enum { WEB_HOSTS_MAX = 32, WEB_HOST_MAX_BYTES = 255 };

struct web_hosts {
	char names[WEB_HOSTS_MAX][WEB_HOST_MAX_BYTES + 1];
	size_t count;
	bool allows_all;
};

/*
 * Adds a name, with or without a port, which does not count; "*" allows all. What is an address or is there already
 * needs no place. False with `e` if it is no name of a host, or if there is no place; then nothing is added.
 */
bool web_hosts_add(struct web_hosts *hosts, const char *name, struct err *e) __attribute__((warn_unused_result));

/*
 * Whether a request with this Host header may be answered (RFC 9110, 7.4): if it has the name of an address, of this
 * machine as it calls itself (localhost), or one that was added. Letters' case, the port and a dot at the end do not
 * count. NULL or "" is allowed: browsers always send a name.
 */
bool web_hosts_allow(const struct web_hosts *hosts, const char *host);
