#include "replay/wire.h"

#include "base/text.h"

enum { BITS = 7, MORE = 1 << BITS, LONGEST = 10 };

static void put(struct wire *w, uint64_t value)
{
	for (; value >= MORE; value >>= BITS)
		buf_putc(w->out, (char)(value % MORE | MORE));
	buf_putc(w->out, (char)value);
}

static uint64_t take(struct wire *w)
{
	uint64_t value = 0;
	for (int i = 0; i < LONGEST && w->at < w->len; i++) {
		unsigned char byte = (unsigned char)w->in[w->at++];
		value |= (uint64_t)(byte % MORE) << (BITS * i);
		if (byte < MORE)
			return value;
	}
	w->is_bad = true;
	return 0;
}

/* The sign is the lowest bit, so that small negative numbers are short too. */
void wire_int(struct wire *w, int64_t *value, int64_t least, int64_t most)
{
	if (w->out) {
		put(w, (uint64_t)*value << 1 ^ (*value < 0 ? UINT64_MAX : 0));
		return;
	}
	uint64_t raw = w->is_bad ? 0 : take(w);
	int64_t read = (int64_t)(raw >> 1 ^ (raw & 1 ? UINT64_MAX : 0));
	w->is_bad |= read < least || read > most;
	*value = w->is_bad ? 0 : read;
}

void wire_int32(struct wire *w, int *value, int least, int most)
{
	int64_t wide = *value;
	wire_int(w, &wide, least, most);
	*value = (int)wide;
}

void wire_bool(struct wire *w, bool *value)
{
	int number = *value;
	wire_int32(w, &number, 0, 1);
	*value = number;
}

void wire_text(struct wire *w, char *text, size_t size)
{
	int len = w->out ? (int)strlen(text) : 0;
	wire_int32(w, &len, 0, (int)size - 1);
	if (w->out) {
		buf_put(w->out, text, (size_t)len);
		return;
	}
	w->is_bad |= (size_t)len > w->len - w->at;
	text[0] = '\0';
	if (w->is_bad)
		return;
	memcpy(text, w->in + w->at, (size_t)len);
	text[len] = '\0';
	w->at += (size_t)len;
	w->is_bad |= strlen(text) != (size_t)len || !text_is_line(text);
}

/* 0 is never; what is not before the base is one more. */
void wire_mono(struct wire *w, mono_ms *time, mono_ms base)
{
	int64_t since = w->out && mono_is_set(*time) ? mono_since(base, *time) : -WIRE_TIME_MAX_MS;
	int64_t number = !w->out || !mono_is_set(*time) ? 0 : since + (since >= 0);
	wire_int(w, &number, -WIRE_TIME_MAX_MS, WIRE_TIME_MAX_MS);
	if (!w->out)
		*time = number ? mono_plus(base, number - (number > 0)) : MONO_NEVER;
}

void wire_wall(struct wire *w, wall_ms *time)
{
	wire_int(w, &time->ms, -WIRE_TIME_MAX_MS, WIRE_TIME_MAX_MS);
}
