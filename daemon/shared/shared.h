/* Everything that the poller shares with other threads. */
#pragma once

#include "config/web_url.h"
#include "decide/peer.h"
#include "shared/orders.h"
#include "shared/peer_token.h"
#include "shared/publish.h"
#include "shared/state_writer.h"

/*
 * All borrowed: where to publish, where orders come from, the writer of state files (NULL: nothing is kept), where
 * people find us, and by what peers know us; the last two may be NULL if no peers are configured.
 */
struct shared {
	struct publish *publish;
	struct orders *orders;
	struct state_writer *writer;
	const struct web_url *web; /* never changes */
	struct peer_token *peer_token;
	const struct peer_identity *identity; /* never changes */
};
