#include "serve/admission.h"

#include "base/mem.h"
#include "os/clock.h"

#include <microhttpd.h>
#include <stdlib.h>

enum { BUSY_RETRY_S = 5 }; /* about what a full queue of passwords of cost 10 takes */

static bool is_refused(struct admission_refusal *refusal, enum api_error kind, int64_t retry_after_s, const char *text)
{
	*refusal = (struct admission_refusal){kind, text, retry_after_s};
	return true;
}

static bool is_too_often(struct serving *s, const struct client *client, struct admission_refusal *refusal)
{
	const uint64_t *address = clients_is_this_machine(client) ? NULL : &client->address->key;
	int64_t wait_s = request_rate_take(&s->rate, address, clock_now().mono);
	return wait_s &&
	    is_refused(refusal, API_TOO_MANY_REQUESTS, wait_s,
		"too many requests of this client, or in all; try again after the time in the Retry-After header");
}

static enum admission ask_password(
    struct serving *s, struct client *client, struct MHD_Connection *connection, struct admission_refusal *refusal)
{
	const char *header = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_AUTHORIZATION);
	switch (passwords_ask(s->passwords, header, client->address->key, connection)) {
	case PASSWORDS_GOOD: return ADMISSION_GRANTED;
	case PASSWORDS_WAIT: MHD_suspend_connection(connection); return ADMISSION_WAIT;
	case PASSWORDS_WRONG:
		is_refused(refusal, API_UNAUTHORIZED, 0,
		    header ? "user or password is wrong, or this is no Basic authentication"
			   : "a user and a password are required, by Basic authentication");
		break;
	case PASSWORDS_BUSY:
		is_refused(refusal, API_TOO_MANY_REQUESTS, BUSY_RETRY_S,
		    "too many passwords are being checked, of this client or in all; try again after the time in the "
		    "Retry-After header");
		break;
	case PASSWORDS_CLOSED: is_refused(refusal, API_STOPPING, 0, "hawatchd is stopping"); break;
	}
	return ADMISSION_REFUSED;
}

static enum admission ask_token(struct serving *s, struct MHD_Connection *connection, struct admission_refusal *refusal)
{
	const char *header = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_AUTHORIZATION);
	if (peer_token_is_in(s->peer_token, header))
		return ADMISSION_GRANTED;
	is_refused(refusal, API_UNAUTHORIZED, 0, "the token of peers.token_file is required, as a bearer token");
	return ADMISSION_REFUSED;
}

enum admission admission_ask(struct serving *s, struct client *client, struct MHD_Connection *connection,
    enum admission_of of, struct admission_refusal *refusal)
{
	if (of != ADMISSION_OF_PROBE && !client->is_counted && is_too_often(s, client, refusal))
		return ADMISSION_REFUSED;
	client->is_counted = true; /* it is not counted again when its password has been hashed */
	if (of == ADMISSION_OF_PEER)
		return ask_token(s, connection, refusal);
	return ask_password(s, client, connection, refusal);
}

void admission_configure(struct serving *s)
{
	const struct web_conf *conf = s->config->conf;
	struct passwords_user *users = mem_zeroed(conf->user_count, sizeof *users);
	for (size_t i = 0; i < conf->user_count; i++)
		users[i] = (struct passwords_user){conf->users[i].name, conf->users[i].hash};
	passwords_set_users(s->passwords, users, conf->user_count);
	free(users);
	struct request_rate_limit all = request_rate_limit_of(conf->rate_interval_ns, conf->rate_burst);
	if (all.interval_us != s->rate.of_all.interval_us || all.burst != s->rate.of_all.burst)
		s->rate.all_full_us = 0;
	s->rate.of_all = all;
}

void admission_init(struct serving *s)
{
	s->rate.of_address = request_rate_limit_of(1000000000 / REQUEST_RATE_PER_SECOND, REQUEST_RATE_BURST);
	s->passwords = passwords_new(&s->http);
	admission_configure(s);
}

void admission_fini(struct serving *s)
{
	passwords_free(&s->passwords);
}
