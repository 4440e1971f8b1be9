/* Everything that the poller shares with other threads. */
#pragma once

#include "config/web_url.h"
#include "shared/orders.h"
#include "shared/publish.h"
#include "shared/state_writer.h"

/*
 * All borrowed: where to publish, where orders come from, the writer of state files (NULL: nothing is kept), and where
 * people find us.
 */
struct shared {
	struct publish *publish;
	struct orders *orders;
	struct state_writer *writer;
	const struct web_url *web; /* never changes */
};
