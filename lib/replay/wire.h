/*
 * Values as bytes and back, by one description for both ways: the same calls in the same order write a value or read
 * it. Integers are short where they are small. What is read has been checked: a number is in its bounds, a text is
 * clean. After the first mistake `is_bad` stays set, and all that is read is 0.
 */
#pragma once

#include "base/buf.h"
#include "base/units.h"

/* Set `out` to write, else `in` and `len` to read. */
struct wire {
	struct buf *out;
	const char *in;
	size_t len, at;
	bool is_bad;
};

/* Times that were read are at most so far from 0, so that differences do not overflow. */
#define WIRE_TIME_MAX_MS (INT64_C(1) << 50)

void wire_int(struct wire *wire, int64_t *value, int64_t least, int64_t most);
void wire_int32(struct wire *wire, int *value, int least, int most);
void wire_bool(struct wire *wire, bool *value);

/* At most `size` bytes with the NUL. */
void wire_text(struct wire *wire, char *text, size_t size);

/* Relative to `base`, because that is a small number. It may be MONO_NEVER. */
void wire_mono(struct wire *wire, mono_ms *time, mono_ms base);
void wire_wall(struct wire *wire, wall_ms *time);

/* An enum, or another type of integer, through an int. */
#define WIRE_ENUM(wire, member, count)                                                                                 \
	do {                                                                                                           \
		int wire_enum_ = (int)(member);                                                                        \
		wire_int32((wire), &wire_enum_, 0, (count)-1);                                                         \
		(member) = (__typeof__(member))wire_enum_;                                                             \
	} while (0)
