#include "base/basic.h"

#include "base/base64.h"
#include "base/mem.h"

#include <string.h>
#include <strings.h>

static const char blanks[] = " \t";

/* RFC 9110 section 11.4: the scheme in any case, spaces, and one word. NULL, or a copy of the word. */
static char *word_of(const char *header)
{
	static const char scheme[] = "Basic";
	size_t at = sizeof scheme - 1;
	if (strncasecmp(header, scheme, at) != 0 || header[at] != ' ')
		return NULL;
	const char *word = header + at + strspn(header + at, blanks);
	size_t len = strcspn(word, " \t\r\n");
	return word[len + strspn(word + len, blanks)] ? NULL : mem_copy_text(word, len);
}

bool basic_parse(const char *header, struct basic *out)
{
	size_t len = 0;
	char *word = word_of(header);
	char *text = word ? base64_decode(word, &len) : NULL;
	mem_free_secret(&word);
	char *colon = text && strlen(text) == len ? strchr(text, ':') : NULL;
	if (!colon) {
		mem_free_secret_bytes(text, len);
		return false;
	}
	*colon = '\0';
	*out = (struct basic){text, colon + 1};
	return true;
}

void basic_fini(struct basic *basic)
{
	if (basic->user)
		mem_free_secret_bytes(basic->user, (size_t)(basic->password - basic->user) + strlen(basic->password));
	*basic = (struct basic){0};
}
