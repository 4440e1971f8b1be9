/* What a daemon answers to its peers: decide/peer.h as JSON. */
#pragma once

#include "base/buf.h"
#include "decide/peer.h"

void peer_json_render(const struct peer_answer *answer, struct buf *out);
