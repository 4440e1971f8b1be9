/*
 * Seeded damage to a text, for tests that feed parsers what nobody would write. Set HAWATCH_SEED to
 * repeat a run; the seed is printed either way.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct mutator {
	uint64_t state;
	char *bytes; /* room for `max` */
	size_t len, max;
};

/* xorshift64* (Vigna): small, and the same on every machine. */
static inline size_t mutate_below(struct mutator *m, size_t limit)
{
	m->state ^= m->state >> 12;
	m->state ^= m->state << 25;
	m->state ^= m->state >> 27;
	return limit ? (size_t)((m->state * UINT64_C(2685821657736338717)) >> 33) % limit : 0;
}

static inline uint64_t mutate_seed(const char *what)
{
	const char *given = getenv("HAWATCH_SEED");
	uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
	printf("%s: HAWATCH_SEED=%llu\n", what, (unsigned long long)seed);
	return seed ? seed : 1;
}

static inline void mutate_splice(struct mutator *m, size_t at, size_t drop, const char *put, size_t put_len)
{
	drop = drop > m->len - at ? m->len - at : drop;
	if (m->len - drop + put_len > m->max)
		return;
	memmove(m->bytes + at + put_len, m->bytes + at + drop, m->len - at - drop);
	memcpy(m->bytes + at, put, put_len);
	m->len = m->len - drop + put_len;
}

/* Damages the text in one to eight places: bits, cuts, copies of its own parts, YAML's own signs.
 */
static inline void mutate(struct mutator *m)
{
	static const char *const signs[] = {"\t", ": ", "\n- ", "{", "}", "[", "]", ",", "&a ", "*a", "!!str ", "\"",
	    "'", "|\n", ">-\n", "#", "?", "---\n", "...\n", "~", "\xff", "\xef\xbb\xbf", "15", "-1", "true",
	    "99999999999999999999", "\n", "  ", "<<: ", "%"};
	char copy[64];
	for (size_t n = 1 + mutate_below(m, 8); n > 0; n--) {
		size_t at = mutate_below(m, m->len + 1), size = mutate_below(m, sizeof copy);
		size_t from = mutate_below(m, m->len + 1);
		const char *sign = signs[mutate_below(m, sizeof signs / sizeof *signs)];
		switch (mutate_below(m, 5)) {
		case 0: mutate_splice(m, at, size, "", 0); break;
		case 1: mutate_splice(m, at, 0, sign, strlen(sign)); break;
		case 2: mutate_splice(m, at, 1, "\0", mutate_below(m, 2)); break;
		case 3:
			if (at < m->len)
				m->bytes[at] ^= (char)(1 << mutate_below(m, 8));
			break;
		default:
			size = size > m->len - from ? m->len - from : size;
			memcpy(copy, m->bytes + from, size);
			mutate_splice(m, at, 0, copy, size);
		}
	}
}
