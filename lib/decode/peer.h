/* The answer of another daemon: decide/peer.h as JSON, as render/peer_json.h writes it. */
#pragma once

#include "decide/peer.h"

/* Reads it. The caller frees with peer_answer_fini(). False when it is none. */
bool peer_read(const char *json, size_t len, struct peer_answer *out, struct err *e)
    __attribute__((warn_unused_result));
