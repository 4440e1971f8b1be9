#include "decode/spot.h"

#include "base/mem.h"
#include "decode/json.h"
#include "decode/price.h"

#include <cJSON.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* SEMANTICS.md section 1, "Spot, per cloudspace"; upper and lower case do not matter. */
static const struct {
	const char *phase;
	enum spot_word word;
	enum spot_phase known_phase;
} phases[] = {
    {"Ready", SPOT_READY, PHASE_READY},
    {"Healthy", SPOT_READY, PHASE_READY},
    {"Running", SPOT_READY, PHASE_READY},
    {"Active", SPOT_READY, PHASE_READY},
    {"Fulfilled", SPOT_READY, PHASE_READY},
    {"Provisioning", SPOT_PROVISIONING, PHASE_PROVISIONING},
    {"Creating", SPOT_PROVISIONING, PHASE_PROVISIONING},
    {"Pending", SPOT_PROVISIONING, PHASE_PROVISIONING},
    {"Upgrading", SPOT_PROVISIONING, PHASE_UPGRADING},
    {"NoWinningBids", SPOT_PROVISIONING, PHASE_NO_WINNING_BIDS},
    {"", SPOT_PROVISIONING, PHASE_PROVISIONING},
    {"Error", SPOT_ERROR, PHASE_ERROR},
    {"Failed", SPOT_ERROR, PHASE_ERROR},
    {"Degraded", SPOT_ERROR, PHASE_ERROR},
    {"ControlPlaneUnresponsive", SPOT_ERROR, PHASE_CONTROL_PLANE_UNRESPONSIVE},
    {"Deleting", SPOT_DELETING, PHASE_DELETING},
};

static void read_word(struct cloudspace *c)
{
	for (size_t i = 0; i < sizeof phases / sizeof *phases; i++)
		if (strcasecmp(c->phase, phases[i].phase) == 0) {
			c->known_phase = phases[i].known_phase;
			c->word = phases[i].word;
		}
	if (c->word == SPOT_READY && !c->endpoint[0])
		c->word = SPOT_NONE; /* "ready" needs an endpoint, too; without one it is not evidence */
	if (c->deleting)
		c->word = SPOT_DELETING;
}

/* Ends a decoder: returns its first error, or the error that `required` is missing. */
static bool finish(struct json *j, cJSON *root, const char *required, const char *what, struct err *e)
{
	bool is_good = !j->has_failed && required[0];
	if (j->has_failed)
		err_set(e, "%s", j->err.text);
	else if (!is_good)
		err_set(e, "%s is missing", what);
	cJSON_Delete(root);
	return is_good;
}

const struct member spot_cloudspace_members[] = {
    READ_METADATA(READ("creationTimestamp"), READ("deletionTimestamp")),
    READ_IN("spec", READ("region")),
    READ_IN("status", READ("phase"), READ("health"), READ("reason"), READ("APIServerEndpoint"),
	READ("firstReadyTimestamp")),
    MEMBERS_END,
};

bool spot_read_cloudspace(const char *json, size_t len, struct cloudspace *out, struct err *e)
{
	cJSON *root = json_parse_object(json, len, e);
	if (!root)
		return false;
	struct json j = {0};
	struct cloudspace c = {.word = SPOT_NONE, .known_phase = PHASE_UNKNOWN};
	const cJSON *metadata = json_object(&j, root, "metadata");
	const cJSON *status = json_object(&j, root, "status");

	json_copy(&j, metadata, "name", c.name, sizeof c.name);
	c.created = json_time(&j, metadata, "creationTimestamp");
	c.deleting = json_text(&j, metadata, "deletionTimestamp") != NULL;
	json_copy(&j, json_object(&j, root, "spec"), "region", c.region, sizeof c.region);
	json_copy(&j, status, "phase", c.phase, sizeof c.phase);
	json_copy(&j, status, "health", c.health, sizeof c.health);
	json_copy(&j, status, "reason", c.reason, sizeof c.reason);
	json_copy(&j, status, "APIServerEndpoint", c.endpoint, sizeof c.endpoint);
	c.first_ready = json_time(&j, status, "firstReadyTimestamp");
	read_word(&c);

	if (!finish(&j, root, c.name, "metadata.name", e))
		return false;
	*out = c;
	return true;
}

/* Status words that are known from real pools. Only the counts say what a pool has won, never these words. */
static bool is_known_status(const char *word)
{
	static const char *const words[] = {"", "Fulfilled", "Lost", "Pending", "Won", "winning"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcasecmp(word, words[i]) == 0)
			return true;
	return false;
}

const struct member spot_pool_members[] = {
    READ_NAME,
    READ_IN("spec", READ("cloudSpace"), READ("serverClass"), READ("bidPrice"), READ("desired"),
	READ_IN("autoscaling", READ("enabled"), READ("minNodes"), READ("maxNodes"))),
    READ_IN("status", READ("wonCount"), READ("reservedCount"), READ("bidStatus"), READ("reservedStatus")),
    MEMBERS_END,
};

bool spot_read_pool(const char *json, size_t len, struct node_pool *out, struct err *e)
{
	cJSON *root = json_parse_object(json, len, e);
	if (!root)
		return false;
	struct json j = {0};
	const cJSON *spec = json_object(&j, root, "spec");
	const cJSON *autoscaling = json_object(&j, spec, "autoscaling");
	const cJSON *status = json_object(&j, root, "status");
	bool scales = json_bool(&j, autoscaling, "enabled");
	int desired = json_count(&j, spec, "desired", 0);
	struct node_pool pool = {
	    .counts =
		{
		    .pools = 1,
		    .desired = desired,
		    .min = scales ? json_count(&j, autoscaling, "minNodes", 0) : desired,
		    .max = scales ? json_count(&j, autoscaling, "maxNodes", desired) : desired,
		    .won = json_count(&j, status, "wonCount", 0),
		    .reserved = json_count(&j, status, "reservedCount", 0),
		},
	};
	json_copy(&j, spec, "cloudSpace", pool.cloudspace, sizeof pool.cloudspace);
	json_copy(&j, spec, "serverClass", pool.bid.server_class, sizeof pool.bid.server_class);
	json_copy(&j, status, json_member(&j, status, "bidStatus") ? "bidStatus" : "reservedStatus", pool.status,
	    sizeof pool.status);
	pool.is_known_status = is_known_status(pool.status);
	const char *price = json_text(&j, spec, "bidPrice");
	pool.has_bid = price && price_parse(price, &pool.bid.nano);
	/* A pool without a cloudspace is harmless; broken upgrades leave such pools. */
	if (!finish(&j, root, "-", "", e))
		return false;
	*out = pool;
	return true;
}

bool spot_pool_owner(const char *json, size_t len, char out[CLOUDSPACE_NAME_MAX])
{
	struct json j = {0};
	cJSON *root = json_parse_object(json, len, NULL);
	const char *name = json_text(&j, json_object(&j, root, "spec"), "cloudSpace");
	bool is_known = name && *name && strlen(name) < CLOUDSPACE_NAME_MAX;
	if (is_known)
		memcpy(out, name, strlen(name) + 1);
	cJSON_Delete(root);
	return is_known;
}

/* A hostile answer may have hundreds of pools with a million nodes each; sums of these sums must not overflow. */
enum { POOL_SUM_MAX = 100000000 };

static void add(int *sum, int count)
{
	*sum = *sum > POOL_SUM_MAX - count ? POOL_SUM_MAX : *sum + count;
}

void spot_bids_add(struct spot_bids *bids, const struct spot_bid *bid)
{
	for (size_t i = 0; i < bids->count; i++)
		if (strcmp(bids->v[i].server_class, bid->server_class) == 0) {
			if (bid->nano < bids->v[i].nano)
				bids->v[i].nano = bid->nano;
			return;
		}
	if (bids->count == SPOT_BIDS_MAX) {
		bids->omitted++;
		return;
	}
	/* Mostly there are one or two, and very many cloudspaces. */
	bids->v = mem_resized(bids->v, (bids->count + 1) * sizeof *bids->v);
	bids->v[bids->count++] = *bid;
}

void spot_bids_fini(struct spot_bids *bids)
{
	free(bids->v);
	*bids = (struct spot_bids){0};
}

void spot_bids_move(struct spot_bids *to, struct spot_bids *from)
{
	spot_bids_fini(to);
	*to = *from;
	*from = (struct spot_bids){0};
}

void spot_pool_counts_add(struct pool_counts *sum, const struct pool_counts *pool)
{
	add(&sum->pools, pool->pools);
	add(&sum->desired, pool->desired);
	add(&sum->min, pool->min);
	add(&sum->max, pool->max);
	add(&sum->won, pool->won);
	add(&sum->reserved, pool->reserved);
}
