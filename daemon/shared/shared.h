/* Everything that the poller shares with other threads. */
#pragma once

#include "shared/orders.h"
#include "shared/publish.h"
#include "shared/state_writer.h"

/* All borrowed: where to publish, where orders come from, and the writer of state files. */
struct shared {
	struct publish *publish;
	struct orders *orders;
	struct state_writer *writer;
};
