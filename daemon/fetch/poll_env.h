/* What every poll needs from its environment. Passed by value; the pointers outlive the poll. */
#pragma once

#include "fetch/fetch.h"

struct poll_env {
	struct fetch *fetch;
	const struct now *now; /* the turn's clock reading, which the poller owns */
	int64_t timeout_ms;    /* per request */
	struct fetch_tls tls;  /* CAs to trust; none: the system's, or the credential's */
};
