/* What every poll needs of its surroundings. By value; what it points to outlives the poll. */
#ifndef HAWATCH_FETCH_POLL_ENV_H
#define HAWATCH_FETCH_POLL_ENV_H

#include "fetch/fetch.h"

struct poll_env {
	struct fetch *fetch;
	const struct now *now; /* the turn's clock reading, which the poller owns */
	int64_t timeout_ms;    /* of a request */
	const char *ca_pem;    /* NULL: the system's CAs, or those that a credential brings */
};

#endif
