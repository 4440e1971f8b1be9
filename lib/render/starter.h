/*
 * A first configuration, as a person would write it: what Spot lists, in pairs by their names, with comments that say
 * what is left to do.
 */
#pragma once

#include "base/buf.h"

#include <stddef.h>

enum { STARTER_MAX_BYTES = 8 << 20 }; /* as much as the daemon reads */

struct starter {
	const char *version;
	const char *names;              /* of the cloudspaces, each ended by \n */
	const char *token_file;         /* NULL: that of ~/.spot_config, which the daemon's user may not have */
	const char *organization;       /* NULL: the token's own */
	const char *api_url, *auth_url; /* NULL: the service's */
	const char *client_id, *ca_file;
	const char *kubeconfig; /* where it is expected */
};

/* Appends the YAML. Returns how many pairs it has; 0: no two names belong together, and an example stands there. */
size_t starter_render(const struct starter *starter, struct buf *out);
