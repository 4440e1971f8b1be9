#include "render/expo.h"

#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const expo_content_types[EXPO_FORMATS] = {
    [EXPO_TEXT] = "text/plain; version=0.0.4; charset=utf-8",
    [EXPO_OPENMETRICS] = "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/* Text 0.0.4 has no infos or statesets, and parsers reject these words, so both are gauges there. */
static const struct {
	const char *type[EXPO_FORMATS];
	const char *suffix; /* of the sample, not part of the family's name in OpenMetrics */
} types[EXPO_TYPES] = {
    [EXPO_GAUGE] = {{"gauge", "gauge"}, ""},
    [EXPO_COUNTER] = {{"counter", "counter"}, "_total"},
    [EXPO_INFO] = {{"gauge", "info"}, "_info"},
    [EXPO_STATESET] = {{"gauge", "stateset"}, ""},
    [EXPO_HISTOGRAM] = {{"histogram", "histogram"}, ""},
};

static bool is_plain(char c)
{
	return c >= ' ' && c <= '~' && c != '\\' && c != '"';
}

/* Label values appear in alerts and on dashboards, and one that is not UTF-8 makes the whole scrape fail. */
static void put_escaped(struct buf *out, const char *text, bool escapes_quote)
{
	while (*text) {
		size_t plain = 0;
		int32_t code;
		while (is_plain(text[plain]))
			plain++;
		buf_put(out, text, plain);
		text += plain;
		if (!*text)
			return;
		size_t bytes = text_next(text, &code);
		if (code == '\n')
			buf_puts(out, "\\n");
		else if (code == '\\')
			buf_puts(out, "\\\\");
		else if (code == '"')
			buf_puts(out, escapes_quote ? "\\\"" : "\"");
		else if (text_is_shown(code))
			buf_put(out, text, bytes);
		else
			buf_putc(out, text_stand_in(code));
		text += bytes;
	}
}

void expo_family(struct expo *x, const char *name, enum expo_type type, const char *help)
{
	size_t len = strlen(name);
	if (x->format == EXPO_OPENMETRICS)
		len -= strlen(types[type].suffix);
	buf_printf(x->out, "# HELP %.*s ", (int)len, name);
	put_escaped(x->out, help, x->format == EXPO_OPENMETRICS);
	buf_printf(x->out, "\n# TYPE %.*s %s\n", (int)len, name, types[type].type[x->format]);
}

/* Integers without a decimal point, other numbers with the fewest digits that give the same number when read. */
static void put_number(struct buf *out, double v)
{
	if (isnan(v))
		buf_puts(out, "NaN");
	else if (isinf(v))
		buf_puts(out, v > 0 ? "+Inf" : "-Inf");
	else if (v == floor(v) && fabs(v) < 1e15)
		buf_put_int(out, (int64_t)v);
	else {
		char text[32];
		for (int digits = 15; digits <= 17; digits++) {
			snprintf(text, sizeof text, "%.*g", digits, v);
			if (strtod(text, NULL) == v)
				break;
		}
		buf_puts(out, text);
	}
}

void expo_sample(struct expo *x, const char *name, const char *suffix, const struct expo_label *labels,
    size_t label_count, double value)
{
	buf_puts(x->out, name);
	buf_puts(x->out, suffix);
	for (size_t i = 0; i < label_count; i++) {
		buf_putc(x->out, i ? ',' : '{');
		buf_puts(x->out, labels[i].name);
		buf_puts(x->out, "=\"");
		put_escaped(x->out, labels[i].value, true);
		buf_putc(x->out, '"');
	}
	buf_puts(x->out, label_count ? "} " : " ");
	put_number(x->out, value);
	buf_putc(x->out, '\n');
}

void expo_end(struct expo *x)
{
	if (x->format == EXPO_OPENMETRICS)
		buf_puts(x->out, "# EOF\n");
}
