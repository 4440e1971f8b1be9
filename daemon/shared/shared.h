/* What the poller shares with the rest of the process: nothing else is touched by two threads. */
#ifndef HAWATCH_SHARED_SHARED_H
#define HAWATCH_SHARED_SHARED_H

#include "shared/orders.h"
#include "shared/publish.h"
#include "shared/state_writer.h"

/* All borrowed: where a poller publishes, where its orders come from, and what saves its state. */
struct shared {
	struct publish *publish;
	struct orders *orders;
	struct state_writer *writer;
};

#endif
