/* Accept headers of /metrics: what a preference set ahead of any header must come to. */
#include "base/buf.h"
#include "fuzz.h"
#include "render/accept.h"

enum { ROOM = 3500 }; /* with what is added, below accept.c's limit */

/* The format for `before`, the header and `behind` in a row. */
static enum expo_format ask(const char *before, const char *header, const char *behind)
{
	struct buf b = buf_of(ROOM + 256);
	buf_puts(&b, before);
	buf_puts(&b, header);
	buf_puts(&b, behind);
	PROMISE(!b.overflow);
	enum expo_format format = accept_negotiate(buf_text(&b));
	buf_fini(&b);
	return format;
}

/* Whether `word` stands in `text` in any case of letters; strcasestr() is no C. */
static bool mentions(const char *text, const char *word)
{
	size_t at = 0;
	for (; *text && word[at]; text++)
		if ((*text | 0x20) == word[at])
			at++;
		else {
			text -= at;
			at = 0;
		}
	return !word[at];
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *header = fuzz_text(bytes, len);
	enum expo_format format = accept_negotiate(header);

	PROMISE(format == EXPO_TEXT || format == EXPO_OPENMETRICS);
	if (!mentions(header, "openmetrics"))
		PROMISE(format == EXPO_TEXT);
	if (strlen(header) < ROOM) {
		/* The first of the most wanted wins, and nothing is wanted more than q=1. */
		PROMISE(ask("application/openmetrics-text;version=1.0.0,", header, "") == EXPO_OPENMETRICS);
		PROMISE(ask("text/plain;version=0.0.4,", header, "") == EXPO_TEXT);
		PROMISE(ask("", header, ",text/html,x/y;q=1,;,") == format);
		PROMISE(ask(" , text/html ,", header, "") == format);
		PROMISE(ask("\t ", header, " \t") == format);
		if (format == EXPO_OPENMETRICS)
			PROMISE(ask("", header, ",application/openmetrics-text") == format);
	} else if (strlen(header) > 4096)
		PROMISE(format == EXPO_TEXT);
	free(header);
	return 0;
}
