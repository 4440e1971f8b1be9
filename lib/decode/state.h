/* A pair's state from the line of JSON that its state file holds. */
#pragma once

#include "decide/state.h"

/* Reads exactly `len` bytes. False with the mistake in `e`; another version is a mistake, too. */
bool state_read(const char *json, size_t len, struct state *out, struct err *e) __attribute__((warn_unused_result));
