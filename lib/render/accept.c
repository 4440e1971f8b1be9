#include "render/accept.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { HEADER_MAX_BYTES = 4096 };

static bool starts(const char *text, size_t len, const char *prefix)
{
	return len >= strlen(prefix) && strncasecmp(text, prefix, strlen(prefix)) == 0;
}

static bool is_word(const char *part, size_t len, const char *word)
{
	return len == strlen(word) && starts(part, len, word);
}

/* The next `separator`-delimited part of [*at, end), blanks around it removed; false at the end. */
static bool next_part(const char **at, const char *end, char separator, const char **part, size_t *len)
{
	if (*at >= end)
		return false;
	const char *stop = memchr(*at, separator, (size_t)(end - *at));
	const char *first = *at, *last = stop ? stop : end;
	*at = stop ? stop + 1 : end;
	while (first < last && strchr(" \t", *first))
		first++;
	while (last > first && strchr(" \t", last[-1]))
		last--;
	*part = first;
	*len = (size_t)(last - first);
	return true;
}

/* The q of one entry if it asks for OpenMetrics 1.0.0 or text 0.0.4, which `format` receives; else 0. */
static double weigh(const char *entry, size_t entry_len, enum expo_format *format)
{
	const char *at = entry, *end = entry + entry_len, *part;
	size_t len;
	double q = 1;
	if (!next_part(&at, end, ';', &part, &len))
		return 0;
	bool is_open = is_word(part, len, "application/openmetrics-text");
	bool is_text = is_word(part, len, "text/plain") || is_word(part, len, "text/*") || is_word(part, len, "*/*");
	while (next_part(&at, end, ';', &part, &len)) {
		if (starts(part, len, "q="))
			q = strtod(part + 2, NULL);
		else if (starts(part, len, "version=")) {
			is_open = is_open && len == 13 && starts(part, len, "version=1.0.0");
			is_text = is_text && len == 13 && starts(part, len, "version=0.0.4");
		}
	}
	*format = is_open ? EXPO_OPENMETRICS : EXPO_TEXT;
	return (is_open || is_text) && q > 0 && q <= 1 ? q : 0;
}

enum expo_format accept_negotiate(const char *accept)
{
	enum expo_format best = EXPO_TEXT, format;
	double best_q = 0;
	const char *at = accept, *entry;
	size_t len;
	if (!accept || strlen(accept) > HEADER_MAX_BYTES)
		return EXPO_TEXT;
	while (next_part(&at, accept + strlen(accept), ',', &entry, &len)) {
		double q = weigh(entry, len, &format);
		if (q > best_q) {
			best_q = q;
			best = format;
		}
	}
	return best;
}

bool accept_gzip(const char *accept)
{
	double named = -1, any = 0;
	const char *at = accept, *entry, *part;
	size_t len, part_len;
	if (!accept || strlen(accept) > HEADER_MAX_BYTES)
		return false;
	while (next_part(&at, accept + strlen(accept), ',', &entry, &len)) {
		const char *in = entry, *end = entry + len;
		double q = 1;
		if (!next_part(&in, end, ';', &part, &part_len))
			continue;
		double *of = is_word(part, part_len, "gzip") || is_word(part, part_len, "x-gzip") ? &named
		    : is_word(part, part_len, "*")                                                ? &any
												  : NULL;
		while (next_part(&in, end, ';', &part, &part_len))
			if (starts(part, part_len, "q="))
				q = strtod(part + 2, NULL);
		if (of)
			*of = q > 0 && q <= 1 ? q : 0;
	}
	return named >= 0 ? named > 0 : any > 0;
}
