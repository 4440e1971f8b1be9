#include "serve/request_check.h"

#include <string.h>
#include <strings.h>

enum { HOST, LENGTH, CODING, AUTHORIZATION, FIELDS };

static const struct {
	const char *name, *problem;
} fields[FIELDS] = {
    [HOST] = {MHD_HTTP_HEADER_HOST, "more than one Host header"},
    [LENGTH] = {MHD_HTTP_HEADER_CONTENT_LENGTH, "more than one Content-Length header"},
    [CODING] = {MHD_HTTP_HEADER_TRANSFER_ENCODING, "more than one Transfer-Encoding header"},
    [AUTHORIZATION] = {MHD_HTTP_HEADER_AUTHORIZATION, "more than one Authorization header"},
};

bool request_check_nul(const char *uri)
{
	return strstr(uri, "%00");
}

static enum MHD_Result count(void *ctx, enum MHD_ValueKind kind, const char *name, const char *value)
{
	int *counts = ctx;
	(void)kind;
	(void)value;
	for (int i = 0; i < FIELDS; i++)
		counts[i] += strcasecmp(name, fields[i].name) == 0;
	return MHD_YES;
}

const char *request_check_header(struct MHD_Connection *connection)
{
	int counts[FIELDS] = {0};
	MHD_get_connection_values(connection, MHD_HEADER_KIND, count, counts);
	for (int i = 0; i < FIELDS; i++)
		if (counts[i] > 1)
			return fields[i].problem;
	return counts[LENGTH] && counts[CODING] ? "both Content-Length and Transfer-Encoding" : NULL;
}
