/* Spot's answers: the same bytes as a cloudspace, as a node pool and as the token endpoint's. */
#include "base/rfc3339.h"
#include "decode/spot.h"
#include "decode/spot_token.h"
#include "fuzz.h"

#include <cJSON.h>

static bool is_ended(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

/* A cloudspace in the form in which Spot sends it. The caller frees. */
static char *written(const struct cloudspace *c)
{
	cJSON *root = cJSON_CreateObject();
	cJSON *metadata = cJSON_AddObjectToObject(root, "metadata");
	cJSON *status = cJSON_AddObjectToObject(root, "status");
	char created[RFC3339_SIZE];
	rfc3339_render(c->created, created);
	cJSON_AddStringToObject(metadata, "name", c->name);
	cJSON_AddStringToObject(metadata, "creationTimestamp", created);
	if (c->deleting)
		cJSON_AddStringToObject(metadata, "deletionTimestamp", created);
	cJSON_AddStringToObject(cJSON_AddObjectToObject(root, "spec"), "region", c->region);
	cJSON_AddStringToObject(status, "phase", c->phase);
	cJSON_AddStringToObject(status, "health", c->health);
	cJSON_AddStringToObject(status, "reason", c->reason);
	cJSON_AddStringToObject(status, "APIServerEndpoint", c->endpoint);
	char *json = cJSON_PrintUnformatted(root);
	cJSON_Delete(root);
	return json;
}

/* What was read is, written again, read as the same: nothing was cut inside a character. */
static void check_rewritten(const struct cloudspace *c)
{
	struct cloudspace again;
	struct err e = ERR_UNSET;
	char *json = written(c);
	PROMISE(spot_read_cloudspace(json, strlen(json), &again, &e));
	free(json);
	PROMISE(strcmp(again.name, c->name) == 0 && strcmp(again.region, c->region) == 0);
	PROMISE(strcmp(again.phase, c->phase) == 0 && strcmp(again.health, c->health) == 0);
	PROMISE(strcmp(again.reason, c->reason) == 0 && strcmp(again.endpoint, c->endpoint) == 0);
	PROMISE(again.created.ms / 1000 == c->created.ms / 1000);
	PROMISE(again.word == c->word && again.known_phase == c->known_phase);
	PROMISE(again.deleting == c->deleting);
}

static void try_cloudspace(const char *json, size_t len)
{
	struct cloudspace c;
	struct err e = ERR_UNSET;
	memset(&c, UNTOUCHED, sizeof c);
	if (!spot_read_cloudspace(json, len, &c, &e)) {
		PROMISE_ERR(e);
		PROMISE_UNTOUCHED(c);
		return;
	}
	PROMISE(c.name[0] && is_ended(c.name, sizeof c.name) && is_ended(c.phase, sizeof c.phase));
	PROMISE(is_ended(c.health, sizeof c.health) && is_ended(c.reason, sizeof c.reason));
	PROMISE(is_ended(c.region, sizeof c.region) && is_ended(c.endpoint, sizeof c.endpoint));
	PROMISE((int)c.word >= 0 && c.word < SPOT_WORDS && c.word != SPOT_ABSENT);
	PROMISE((int)c.known_phase >= 0 && c.known_phase < SPOT_PHASES);
	PROMISE(c.deleting ? c.word == SPOT_DELETING : c.word != SPOT_READY || c.endpoint[0]);
	PROMISE(c.created.ms >= 0 && c.first_ready.ms >= 0);
	check_rewritten(&c);
}

static bool is_count(int n)
{
	return n >= 0 && n <= 1000000;
}

static void try_pool(const char *json, size_t len)
{
	struct node_pool pool;
	struct pool_counts sum = {0};
	struct err e = ERR_UNSET;
	memset(&pool, UNTOUCHED, sizeof pool);
	if (!spot_read_pool(json, len, &pool, &e)) {
		PROMISE_ERR(e);
		PROMISE_UNTOUCHED(pool);
		return;
	}
	const struct pool_counts *c = &pool.counts;
	PROMISE(is_ended(pool.cloudspace, sizeof pool.cloudspace));
	PROMISE(is_ended(pool.status, sizeof pool.status));
	PROMISE(c->pools == 1 && is_count(c->desired) && is_count(c->min));
	PROMISE(is_count(c->max) && is_count(c->won) && is_count(c->reserved));
	spot_pool_counts_add(&sum, c);
	PROMISE(memcmp(&sum, c, sizeof sum) == 0);
}

static void try_token(const char *json, size_t len)
{
	struct spot_token token;
	struct err e = ERR_UNSET;
	memset(&token, UNTOUCHED, sizeof token);
	if (!spot_token_read(json, len, &token, &e)) {
		PROMISE_ERR(e);
		PROMISE_UNTOUCHED(token);
		return;
	}
	PROMISE(token.id_token && token.expires.ms >= 0);
	spot_token_fini(&token);
	PROMISE(!token.id_token);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const char *json = (const char *)bytes;
	try_cloudspace(json, len);
	try_pool(json, len);
	try_token(json, len);
	return 0;
}
