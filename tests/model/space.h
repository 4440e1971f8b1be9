/*
 * A set of states that remembers how each was first reached: what a breadth-first search needs, so
 * that the way back from any state is a shortest one. States are fixed-size keys of bytes.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SPACE_MAX = 1 << 20, SPACE_NOWHERE = UINT32_MAX };

struct space {
	size_t key_size; /* a multiple of 8 */
	uint32_t n;
	uint32_t room, slots; /* of the arrays below; slots is a power of two */
	uint8_t *keys;
	uint32_t *parent;
	uint8_t *via; /* the input that led here from the parent */
	uint32_t *slot;
};

static inline void *space_grow(void *array, size_t size)
{
	array = realloc(array, size);
	if (!array)
		abort();
	return array;
}

static inline const uint8_t *space_key(const struct space *s, uint32_t i)
{
	return s->keys + i * s->key_size;
}

/* Where `key` is, or the empty slot where it belongs. */
static inline uint32_t space_slot(const struct space *s, const uint8_t *key)
{
	uint64_t hash = 0;
	for (size_t i = 0; i < s->key_size; i += 8) {
		uint64_t word;
		memcpy(&word, key + i, 8);
		hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 29;
	}
	uint32_t at = (uint32_t)hash & (s->slots - 1);
	while (s->slot[at] != SPACE_NOWHERE && memcmp(space_key(s, s->slot[at]), key, s->key_size))
		at = (at + 1) & (s->slots - 1);
	return at;
}

/* The state's number; SPACE_NOWHERE if it was never reached. */
static inline uint32_t space_find(const struct space *s, const uint8_t *key)
{
	return s->slot[space_slot(s, key)];
}

static inline void space_make_room(struct space *s)
{
	s->room = s->room ? s->room * 2 : 1024;
	s->slots = s->room * 4;
	s->keys = space_grow(s->keys, s->room * s->key_size);
	s->parent = space_grow(s->parent, s->room * sizeof *s->parent);
	s->via = space_grow(s->via, s->room);
	s->slot = space_grow(s->slot, s->slots * sizeof *s->slot);
	memset(s->slot, 0xff, s->slots * sizeof *s->slot);
	for (uint32_t i = 0; i < s->n; i++)
		s->slot[space_slot(s, space_key(s, i))] = i;
}

static inline struct space space_of(size_t key_size)
{
	struct space s = {.key_size = key_size};
	space_make_room(&s);
	return s;
}

/* Adds a state unless it is there. A search that does not end is a finding, too. */
static inline uint32_t space_add(struct space *s, const uint8_t *key, uint32_t parent, uint8_t via)
{
	uint32_t at = space_slot(s, key);
	if (s->slot[at] != SPACE_NOWHERE)
		return s->slot[at];
	if (s->n == s->room) {
		if (s->n >= SPACE_MAX) {
			printf("  more than %d states: something grows without bound\n0 passed, 1 "
			       "failed\n",
			    SPACE_MAX);
			exit(EXIT_FAILURE);
		}
		space_make_room(s);
		at = space_slot(s, key);
	}
	memcpy(s->keys + s->n * s->key_size, key, s->key_size);
	s->parent[s->n] = parent;
	s->via[s->n] = via;
	s->slot[at] = s->n;
	return s->n++;
}

static inline void space_free(struct space *s)
{
	free(s->keys);
	free(s->parent);
	free(s->via);
	free(s->slot);
}
