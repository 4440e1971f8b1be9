#include "decide/reach.h"

#include "base/text.h"

#include <string.h>

/* A TLS session that is resumed does not show the certificate again, but it is the same server's. */
static void keep_certificate(struct connection *now, const struct connection *before)
{
	if (!now->has_tls || now->issuer[0] || now->step < REACH_SECURED || strcmp(now->address, before->address) != 0)
		return;
	memcpy(now->issuer, before->issuer, sizeof now->issuer);
	now->expires = before->expires;
}

void reach_note(
    struct reach *reach, const struct connection *connection, struct answer answer, const char *detail, wall_ms now)
{
	reach->at = now;
	reach->answer = answer;
	reach->step = answer.status ? REACH_ANSWERED : connection->step;
	text_copy(reach->detail, sizeof reach->detail, answer.reason == POLL_OK ? "" : detail);
	if (!connection->is_new)
		return;
	struct connection fresh = *connection;
	keep_certificate(&fresh, &reach->connection);
	reach->connection = fresh;
}
