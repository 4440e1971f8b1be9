/* A pair's state as the one line of JSON that its state file holds. */
#pragma once

#include "base/buf.h"
#include "decide/state.h"

/* Appends the line, without the newline. */
void state_json_render(const struct state *state, struct buf *out);
