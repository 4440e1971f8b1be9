#define _DEFAULT_SOURCE /* explicit_bzero */
#include "fetch/fetch_encode.h"

#include "base/mem.h"

#include <curl/curl.h>
#include <string.h>

void fetch_encode(struct buf *out, const char *text)
{
	char *encoded = curl_easy_escape(NULL, text, 0);
	if (encoded) {
		buf_puts(out, encoded);
		explicit_bzero(encoded, strlen(encoded)); /* may contain the refresh token */
		curl_free(encoded);
	} else
		mem_end();
}
