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

const char *const expo_type_names[EXPO_TYPES] = {
    [EXPO_GAUGE] = "gauge",
    [EXPO_COUNTER] = "counter",
    [EXPO_INFO] = "info",
    [EXPO_STATESET] = "stateset",
    [EXPO_HISTOGRAM] = "histogram",
};

/* Text 0.0.4 has no infos or statesets, and parsers reject these words, so both are gauges there. */
static const struct {
	const char *in_text; /* the word in text 0.0.4 */
	const char *suffix;  /* of the sample, not part of the family's name in OpenMetrics */
} types[EXPO_TYPES] = {
    [EXPO_GAUGE] = {"gauge", ""},
    [EXPO_COUNTER] = {"counter", "_total"},
    [EXPO_INFO] = {"gauge", "_info"},
    [EXPO_STATESET] = {"gauge", ""},
    [EXPO_HISTOGRAM] = {"histogram", ""},
};

/* HELP of text 0.0.4: a quote stands for itself. */
static bool escape_help(struct buf *out, int32_t code, bool is_shown)
{
	(void)is_shown;
	if (code == '\n')
		buf_puts(out, "\\n");
	else if (code == '\\')
		buf_puts(out, "\\\\");
	else
		return false;
	return true;
}

/* Label values appear in alerts and on dashboards, and one that is not UTF-8 makes the whole scrape fail. */
static bool escape_value(struct buf *out, int32_t code, bool is_shown)
{
	if (code != '"')
		return escape_help(out, code, is_shown);
	buf_puts(out, "\\\"");
	return true;
}

void expo_family(struct expo *x, const char *name, enum expo_type type, const char *help)
{
	size_t len = strlen(name);
	if (x->format == EXPO_OPENMETRICS)
		len -= strlen(types[type].suffix);
	buf_printf(x->out, "# HELP %.*s ", (int)len, name);
	text_put(x->out, help, x->format == EXPO_OPENMETRICS ? escape_value : escape_help);
	buf_printf(x->out, "\n# TYPE %.*s %s\n", (int)len, name,
	    x->format == EXPO_OPENMETRICS ? expo_type_names[type] : types[type].in_text);
}

/* Nearly all values need no escape: then they are copied as they are. */
static void put_value(struct buf *out, const char *value)
{
	size_t len = 0;
	while (value[len] >= ' ' && value[len] <= '~' && value[len] != '"' && value[len] != '\\')
		len++;
	if (value[len])
		text_put(out, value, escape_value);
	else
		buf_put(out, value, len);
}

/*
 * Thousandths, as of times in milliseconds: no other 15 digits or fewer give the same number. False for another number.
 */
static bool put_thousandths(struct buf *out, double v)
{
	double n = floor(v * 1000 + 0.5);
	if (fabs(n) >= 1e15 || n / 1000 != v)
		return false;
	int64_t whole = (int64_t)n / 1000, rest = llabs((int64_t)n % 1000);
	if (v < 0 && !whole)
		buf_putc(out, '-');
	buf_put_int(out, whole);
	char digits[] = {'.', (char)('0' + rest / 100), (char)('0' + rest / 10 % 10), (char)('0' + rest % 10)};
	size_t len = rest % 10 ? 4 : rest % 100 ? 3 : 2;
	buf_put(out, digits, len);
	return true;
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
	else if (!put_thousandths(out, v)) {
		char text[32];
		for (int digits = 15; digits <= 17; digits++) {
			snprintf(text, sizeof text, "%.*g", digits, v);
			if (strtod(text, NULL) == v)
				break;
		}
		buf_puts(out, text);
	}
}

void expo_labels(struct buf *out, const struct expo_label *labels, size_t label_count)
{
	for (size_t i = 0; i < label_count; i++) {
		if (i)
			buf_putc(out, ',');
		buf_puts(out, labels[i].name);
		buf_put(out, "=\"", 2);
		put_value(out, labels[i].value);
		buf_putc(out, '"');
	}
}

static void put_braces(struct expo *x, const struct expo_label *labels, size_t label_count)
{
	struct buf *out = x->out;
	if (x->base.len || label_count) {
		buf_putc(out, '{');
		buf_put(out, x->base.text, x->base.len);
		if (x->base.len && label_count)
			buf_putc(out, ',');
		expo_labels(out, labels, label_count);
		buf_putc(out, '}');
	}
}

static void end_sample(struct expo *x, double value)
{
	buf_putc(x->out, ' ');
	put_number(x->out, value);
	buf_putc(x->out, '\n');
}

void expo_sample(struct expo *x, const char *name, const char *suffix, const struct expo_label *labels,
    size_t label_count, double value)
{
	buf_puts(x->out, name);
	buf_puts(x->out, suffix);
	put_braces(x, labels, label_count);
	end_sample(x, value);
}

/*
 * Kept samples have a line of this mark and the time after the last sample of a counter or histogram. Its name and
 * labels are those of that sample, so they are not kept twice. No label has a control byte: text_put() shows it as '?'.
 */
enum { CREATED_MARK = '\x01' };
static const char created[] = "_created";

void expo_created(struct expo *x, const char *name, enum expo_type type, const struct expo_label *labels,
    size_t label_count, wall_ms began)
{
	if (!wall_is_known(began) || x->format == EXPO_TEXT)
		return;
	if (x->format == EXPO_KEPT) {
		buf_putc(x->out, CREATED_MARK);
	} else {
		buf_put(x->out, name, strlen(name) - strlen(types[type].suffix));
		buf_puts(x->out, created);
		put_braces(x, labels, label_count);
	}
	end_sample(x, (double)began.ms / 1000);
}

/* `line` is the last sample, `mark` is behind its newline. `time` begins with a space, and ends with its newline. */
static void put_created(struct expo *x, const char *line, const char *mark, const char *time, size_t time_len)
{
	static const char suffix[] = "_total";
	_Static_assert(sizeof suffix == sizeof "_count", "histograms end with their count");
	const char *value = mark - 1;
	while (*value != ' ')
		value--;
	const char *labels = memchr(line, '{', (size_t)(value - line));
	labels = labels ? labels : value;
	buf_put(x->out, line, (size_t)(labels - line) - (sizeof suffix - 1));
	buf_puts(x->out, created);
	buf_put(x->out, labels, (size_t)(value - labels));
	buf_put(x->out, time, time_len);
}

void expo_put_kept(struct expo *x, const char *text, size_t len)
{
	const char *end = text + len, *mark;
	while ((mark = memchr(text, CREATED_MARK, (size_t)(end - text)))) {
		const char *line = mark - 1, *next = memchr(mark, '\n', (size_t)(end - mark));
		while (line > text && line[-1] != '\n')
			line--;
		buf_put(x->out, text, (size_t)(mark - text));
		next++;
		if (x->format == EXPO_OPENMETRICS)
			put_created(x, line, mark, mark + 1, (size_t)(next - mark - 1));
		text = next;
	}
	buf_put(x->out, text, (size_t)(end - text));
}

void expo_end(struct expo *x)
{
	if (x->format == EXPO_OPENMETRICS)
		buf_puts(x->out, "# EOF\n");
}
