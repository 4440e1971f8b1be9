/*
 * Renderings that are no longer current while answers of them are still being sent. Each takes memory for as long as
 * its slowest reader reads; deadlines alone do not bound how much that is together. Only the server thread uses them.
 */
#pragma once

#include "render/rendering.h"

struct held_rendering {
	struct rendering *rendering;
	size_t bytes;
};

/* Zero: none. */
struct held {
	struct held_rendering *v; /* the oldest first */
	size_t count, room;
	size_t bytes; /* of all */
};

/* Takes the caller's reference of a rendering that is no longer current; it is sealed. */
void held_add_take(struct held *held, struct rendering *rendering);

/* Frees those that nobody reads any more. */
void held_prune(struct held *held);

/* The serial number of the newest rendering that must go, with all that are older, to leave `most` bytes; 0: none. */
uint64_t held_too_old(const struct held *held, size_t most);

/* Forgets all of them; those who are being answered keep what that takes. */
void held_fini(struct held *held);
