#define _GNU_SOURCE
#include "state.h"

#include "answer.h"
#include "text.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

/* Where the recordings' API server stood; any number would do. */
enum { FIRST_REVISION = 368 };

static void init_target(
    struct sim *sim, struct target *t, enum target_kind kind, const struct service *service, const char *name)
{
	t->sim = sim;
	t->kind = kind;
	t->service = service;
	t->reserved_fd = t->mute_fd = -1;
	t->revision = FIRST_REVISION;
	t->knobs.id_token_ttl_s = 72 * 3600; /* as long as id_tokens were seen to live */
	snprintf(t->name, sizeof t->name, "%s", name);
	text_random_hex(t->token, 32);
}

static void init_cloudspace(struct sim *sim, struct target *t, unsigned index, long nodes)
{
	char name[64] = "matchpoint-runners";
	if (index)
		snprintf(name, sizeof name, "matchpoint-runners-%u", index + 1);
	init_target(sim, t, TARGET_CLOUDSPACE, &kube_service, name);
	t->index = index;
	struct knobs *k = &t->knobs;
	strcpy(k->phase, "Ready");
	strcpy(k->health, "Healthy");
	k->endpoint = k->first_ready = true;
	k->created = sim->started - 30 * 86400;
	k->first_ready_at = k->created + 3600;
	strcpy(k->bid, "0.350");
	k->nodes = k->won = k->desired = nodes;
	k->images = NODE_IMAGES_MAX;
	k->min = nodes < 2 ? nodes : 2;
	k->max = nodes > 12 ? nodes : 12;
	k->runners[RUNNER_IDLE] = k->min_runners = 5;
	k->max_runners = 30;
	k->listener = true;
	strcpy(k->app_sync, "Synced");
	strcpy(k->app_health, "Healthy");
}

void state_init(struct sim *sim, unsigned pairs, long nodes)
{
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&sim->happened, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_init(&sim->lock, NULL);
	pthread_mutex_init(&sim->change, NULL);

	sim->started = time(NULL);
	sim->pairs = pairs;
	text_random_hex(sim->refresh_token, 32);
	sim->target_count = 2 + 2 * (size_t)pairs;
	sim->targets = text_zeroed(sim->target_count, sizeof *sim->targets);
	init_target(sim, &sim->control, TARGET_CONTROL, &control_service, "control");
	init_target(sim, &sim->targets[0], TARGET_SPOT, &spot_service, "spot");
	strcpy(sim->targets[0].knobs.market_price, "0.070000");
	strcpy(sim->targets[0].knobs.p80, "0.101");
	init_target(sim, &sim->targets[1], TARGET_AUTH, &auth_service, "auth");
	strcpy(sim->targets[1].knobs.refresh_token, sim->refresh_token);
	for (unsigned i = 0; i < 2 * pairs; i++)
		init_cloudspace(sim, &sim->targets[2 + i], i, nodes);
}

static void fini_target(struct target *t)
{
	for (size_t i = 0; i < t->path_count; i++)
		free(t->paths[i].path);
}

void state_fini(struct sim *sim)
{
	fini_target(&sim->control);
	for (size_t i = 0; i < sim->target_count; i++)
		fini_target(&sim->targets[i]);
	free(sim->targets);
	for (size_t i = 0; i < ISSUED_KEPT; i++)
		free(sim->issued[i].jwt);
	for (size_t i = 0; i < PAGES_KEPT; i++)
		cJSON_Delete(sim->pages[i]);
	free(sim->ca_pem);
	for (size_t i = 0; i < IDENTITIES; i++)
		free(sim->cert_pem[i]);
	free(sim->key_pem);
	free(sim->dir);
	pthread_cond_destroy(&sim->happened);
	pthread_mutex_destroy(&sim->lock);
	pthread_mutex_destroy(&sim->change);
}

void state_lock(struct sim *sim)
{
	pthread_mutex_lock(&sim->lock);
}

void state_unlock(struct sim *sim)
{
	pthread_mutex_unlock(&sim->lock);
}

void state_happened(struct sim *sim)
{
	pthread_cond_broadcast(&sim->happened);
}

void state_stop(struct sim *sim)
{
	state_lock(sim);
	sim->stopping = true;
	state_happened(sim);
	state_unlock(sim);
}

bool state_wait(struct sim *sim, const struct timespec *deadline)
{
	return !sim->stopping && pthread_cond_timedwait(&sim->happened, &sim->lock, deadline) == 0 && !sim->stopping;
}

struct timespec state_deadline(long ms)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += ms % 1000 * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

struct target *state_target(struct sim *sim, const char *name)
{
	for (size_t i = 0; i < sim->target_count; i++)
		if (strcmp(sim->targets[i].name, name) == 0)
			return &sim->targets[i];
	return NULL;
}

bool state_means(const char *name, const struct target *t)
{
	return strcmp(name, "*") == 0 ? t->kind == TARGET_CLOUDSPACE : strcmp(name, t->name) == 0;
}

static size_t find_path(const struct target *t, const char *path)
{
	size_t i = 0;
	while (i < t->path_count && strcmp(t->paths[i].path, path) != 0)
		i++;
	return i;
}

struct path_stat *state_path(struct target *t, const char *path)
{
	size_t i = find_path(t, path);
	return i < t->path_count ? &t->paths[i] : NULL;
}

struct path_stat *state_count_request(struct sim *sim, struct target *t, const char *path)
{
	size_t i = find_path(t, path);
	if (i == PATHS_KEPT)
		i = PATHS_KEPT - 1; /* a client that invents paths shares the last one */
	else if (i == t->path_count)
		t->paths[t->path_count++].path = text_copy(path);
	t->paths[i].started++;
	state_happened(sim);
	return &t->paths[i];
}

/* The counters of one target when a wait began. */
struct baseline {
	uint64_t started[PATHS_KEPT];
	uint64_t turned_away;
};

/* What else than its health a cloudspace is asked for may come at a pace of its own. */
static bool is_waited_for(const struct target *t, const char *path)
{
	return t->kind != TARGET_CLOUDSPACE || strcmp(path, "/api/v1/nodes") == 0;
}

static bool polled_since(const struct target *t, const struct baseline *b, uint64_t polls)
{
	uint64_t paths = 0;
	bool is_polled = true;
	for (size_t i = 0; i < t->path_count; i++) {
		if (!is_waited_for(t, t->paths[i].path))
			continue;
		paths++;
		is_polled = is_polled && t->paths[i].started - b->started[i] >= polls;
	}
	return t->turned_away - b->turned_away >= polls * (paths ? paths : 1) || (paths && is_polled);
}

enum wait_result state_wait_polls(struct sim *sim, const char *name, long polls, long timeout_ms)
{
	struct timespec deadline = state_deadline(timeout_ms);
	struct baseline *base = text_zeroed(sim->target_count, sizeof *base);
	enum wait_result result;

	state_lock(sim);
	for (size_t i = 0; i < sim->target_count; i++) {
		struct target *t = &sim->targets[i];
		base[i].turned_away = t->turned_away;
		for (size_t k = 0; k < t->path_count; k++)
			base[i].started[k] = t->paths[k].started;
	}
	do {
		result = WAIT_REFUSING;
		for (size_t i = 0; i < sim->target_count && result != WAIT_TIMEOUT; i++) {
			struct target *t = &sim->targets[i];
			if (state_means(name, t) && t->knobs.fault != FAULT_REFUSE && t->knobs.fault != FAULT_MUTE)
				result = polled_since(t, &base[i], (uint64_t)polls) ? WAIT_DONE : WAIT_TIMEOUT;
		}
	} while (result == WAIT_TIMEOUT && state_wait(sim, &deadline));
	state_unlock(sim);
	free(base);
	return result;
}
