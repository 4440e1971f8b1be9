#include "answer.h"

#include <microhttpd.h>
#include <string.h>

const char *request_query(const struct request *r, const char *key)
{
	const char *value = NULL;
	enum MHD_Result there =
	    MHD_lookup_connection_value_n(r->connection, MHD_GET_ARGUMENT_KIND, key, strlen(key), &value, NULL);
	return there == MHD_YES && !value ? "" : value;
}

const char *request_header(const struct request *r, const char *name)
{
	return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}
