#include "serve/held.h"

#include "base/mem.h"

#include <stdlib.h>

void held_add_take(struct held *held, struct rendering *r)
{
	rendering_seal(r);
	if (held->count == held->room) {
		held->room = held->room ? 2 * held->room : 8;
		held->v = mem_resized(held->v, held->room * sizeof *held->v);
	}
	struct held_rendering *last = &held->v[held->count++];
	*last = (struct held_rendering){r, rendering_bytes(r)};
	held->bytes += last->bytes;
	held_prune(held); /* mostly nobody reads it */
}

void held_prune(struct held *held)
{
	size_t kept = 0;
	for (size_t i = 0; i < held->count; i++) {
		struct held_rendering one = held->v[i];
		if (one.rendering->references > 1) { /* more than ours */
			held->v[kept++] = one;
			continue;
		}
		held->bytes -= one.bytes;
		rendering_release(one.rendering);
	}
	held->count = kept;
}

uint64_t held_too_old(const struct held *held, size_t most)
{
	uint64_t serial = 0;
	size_t left = held->bytes;
	for (size_t i = 0; i < held->count && left > most; i++) {
		left -= held->v[i].bytes;
		serial = held->v[i].rendering->serial;
	}
	return serial;
}

void held_fini(struct held *held)
{
	for (size_t i = 0; i < held->count; i++)
		rendering_release(held->v[i].rendering);
	free(held->v);
	*held = (struct held){0};
}
