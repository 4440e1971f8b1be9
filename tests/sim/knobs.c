#define _GNU_SOURCE
#include "knobs.h"

#include "serve.h"
#include "state.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

enum { EVERY_NODE = 5000, SETTINGS_MAX = 32 };

enum {
	CLOUDSPACE = TARGET_CLOUDSPACE,
	LISTS = TARGET_SPOT | TARGET_CLOUDSPACE,
	EVERY = TARGET_SPOT | TARGET_AUTH | TARGET_CLOUDSPACE,
};

/* Where an explanation goes. */
struct why {
	char *text;
	size_t size;
};

/* One key: on whom, how its value is read, and where it goes. */
struct key {
	const char *name;
	unsigned kinds;
	/* On failure false; `why` already says what was expected and may be made clearer. */
	bool (*read)(struct knobs *k, const struct key *key, const char *value, struct why *why);
	const char *expected;
	size_t offset, size;
	long hi; /* of numbers; all begin at 0 */
};

static bool read_number(struct knobs *k, const struct key *key, const char *value, struct why *why)
{
	(void)why;
	return text_number(value, 0, key->hi, (long *)((char *)k + key->offset));
}

static bool read_word(struct knobs *k, const struct key *key, const char *value, struct why *why)
{
	(void)why;
	if (strlen(value) >= key->size)
		return false;
	strcpy((char *)k + key->offset, value);
	return true;
}

/* "yes|no": the first word is true. */
static bool read_choice(struct knobs *k, const struct key *key, const char *value, struct why *why)
{
	(void)why;
	const char *bar = strchr(key->expected, '|');
	size_t yes = (size_t)(bar - key->expected);
	bool is_yes = strlen(value) == yes && strncmp(value, key->expected, yes) == 0;
	if (!is_yes && strcmp(value, bar + 1) != 0)
		return false;
	*(bool *)((char *)k + key->offset) = is_yes;
	return true;
}

/* A cloudspace that loses its first readiness is one that was just created. */
static bool read_first_ready(struct knobs *k, const struct key *key, const char *value, struct why *why)
{
	bool was = k->first_ready;
	if (!read_choice(k, key, value, why))
		return false;
	if (was && !k->first_ready)
		k->created = time(NULL);
	else if (!was && k->first_ready)
		k->first_ready_at = time(NULL);
	return true;
}

static bool read_deleting(struct knobs *k, const struct key *key, const char *value, struct why *why)
{
	bool was = k->deleting;
	if (!read_choice(k, key, value, why))
		return false;
	if (!was && k->deleting)
		k->deleted_at = time(NULL);
	return true;
}

/* Every id_token that is out is good no more; those that follow are. */
static bool read_issued(struct knobs *k, const struct key *key, const char *value, struct why *why)
{
	(void)why;
	if (strcmp(value, key->expected) != 0)
		return false;
	k->generation++;
	return true;
}

static bool read_age(struct knobs *k, const struct key *key, const char *value, struct why *why)
{
	(void)why;
	long age_s;
	if (!text_number(value, 0, key->hi, &age_s))
		return false;
	k->created = time(NULL) - age_s;
	return true;
}

static bool read_cordoned(struct knobs *k, const struct key *key, const char *value, struct why *why)
{
	if (strcmp(value, "all") == 0)
		k->cordoned = EVERY_NODE; /* however many there will be */
	else if (strcmp(value, "none") == 0)
		k->cordoned = 0;
	else
		return read_number(k, key, value, why);
	return true;
}

/* An API server that was started again prepares each custom resource when it is first listed. */
static bool read_storage(struct knobs *k, const struct key *key, const char *value, struct why *why)
{
	(void)key, (void)why;
	if (strcmp(value, "cold") != 0)
		return false;
	k->storage_starts++;
	return true;
}

/* A fault starts from a clean slate: on=, times=, retry_after= and delays of the one before are gone. */
static bool read_fault(struct knobs *k, const struct key *key, const char *value, struct why *why)
{
	(void)key;
	k->delay_ms = k->answer_delay_ms = k->times = 0;
	*k->on = *k->retry_after = '\0';
	return fault_parse(value, &k->fault, &k->fault_arg, why->text, why->size);
}

/* A key with a reader of its own. */
#define KEY(kinds_, name_, field_, read_, expected_, hi_)                                                              \
	{                                                                                                              \
		.name = (name_), .kinds = (kinds_), .read = (read_), .expected = (expected_),                          \
		.offset = offsetof(struct knobs, field_), .size = sizeof((struct knobs *)0)->field_, .hi = (hi_)       \
	}
#define NUMBER(kinds_, field_, hi_) KEY(kinds_, #field_, field_, read_number, "a number from 0 to " #hi_, hi_)
#define RUNNERS(name_, state_) KEY(CLOUDSPACE, name_, runners[state_], read_number, "a number from 0 to 5000", 5000)
#define WORD(kinds_, field_) KEY(kinds_, #field_, field_, read_word, "a shorter text", 0)
#define CHOICE(kinds_, name_, field_, words_) KEY(kinds_, name_, field_, read_choice, words_, 0)

/* clang-format off */
static const struct key KEYS[] = {
	KEY(EVERY, "fault", fault, read_fault, "a fault", 0),
	NUMBER(EVERY, delay_ms, 3600000),
	NUMBER(EVERY, answer_delay_ms, 3600000),
	WORD(EVERY, on),
	NUMBER(EVERY, times, 1000000),
	WORD(EVERY, body),
	WORD(EVERY, edits),
	WORD(EVERY, retry_after),
	NUMBER(LISTS, page, 5000),
	NUMBER(LISTS, expire, 1000),
	KEY(LISTS, "storage", storage_starts, read_storage, "cold", 0),
	CHOICE(EVERY, "token", token_revoked, "revoked|good"),
	NUMBER(TARGET_AUTH, id_token_ttl_s, 31536000),
	WORD(TARGET_AUTH, refresh_token),
	CHOICE(TARGET_AUTH, "rotation", rotates, "on|off"),
	CHOICE(TARGET_AUTH, "org_claim", no_org_claim, "off|on"),
	KEY(TARGET_AUTH, "issued", generation, read_issued, "revoked", 0),
	NUMBER(TARGET_SPOT, organizations, 1000),
	WORD(TARGET_SPOT, market_price),
	WORD(TARGET_SPOT, p80),

	WORD(CLOUDSPACE, phase),
	WORD(CLOUDSPACE, health),
	WORD(CLOUDSPACE, reason),
	CHOICE(CLOUDSPACE, "endpoint", endpoint, "on|off"),
	WORD(CLOUDSPACE, endpoint_at),
	KEY(CLOUDSPACE, "first_ready", first_ready, read_first_ready, "on|off", 0),
	KEY(CLOUDSPACE, "deleting", deleting, read_deleting, "on|off", 0),
	KEY(CLOUDSPACE, "age_s", created, read_age, "a number from 0 to 315360000", 315360000),
	CHOICE(CLOUDSPACE, "absent", absent, "on|off"),
	CHOICE(CLOUDSPACE, "status", no_status, "none|good"),
	WORD(CLOUDSPACE, bid),
	WORD(CLOUDSPACE, bid_status),
	NUMBER(CLOUDSPACE, won, 5000),
	NUMBER(CLOUDSPACE, reserved, 5000),
	NUMBER(CLOUDSPACE, desired, 5000),
	NUMBER(CLOUDSPACE, min, 5000),
	NUMBER(CLOUDSPACE, max, 5000),

	CHOICE(CLOUDSPACE, "rbac", rbac_none, "none|good"),
	NUMBER(CLOUDSPACE, nodes, 5000),
	NUMBER(CLOUDSPACE, not_ready, 5000),
	KEY(CLOUDSPACE, "cordoned", cordoned, read_cordoned,
	    "all, none or a number from 0 to 5000", 5000),
	NUMBER(CLOUDSPACE, tainted, 5000),
	NUMBER(CLOUDSPACE, control_plane, 5000),
	NUMBER(CLOUDSPACE, images, 45),

	RUNNERS("idle", RUNNER_IDLE),
	RUNNERS("busy", RUNNER_BUSY),
	RUNNERS("starting", RUNNER_STARTING),
	RUNNERS("finishing", RUNNER_FINISHING),
	RUNNERS("failed", RUNNER_FAILED),
	NUMBER(CLOUDSPACE, min_runners, 5000),
	NUMBER(CLOUDSPACE, other_pods, 5000),
	NUMBER(CLOUDSPACE, max_runners, 5000),
	CHOICE(CLOUDSPACE, "listener", listener, "on|off"),
	CHOICE(CLOUDSPACE, "crds", no_crds, "none|good"),
	WORD(CLOUDSPACE, app_sync),
	WORD(CLOUDSPACE, app_health),
};
/* clang-format on */

enum { KEY_COUNT = sizeof KEYS / sizeof *KEYS };

static bool unknown_key(const struct target *t, const char *name, struct why *why)
{
	size_t n = (size_t)snprintf(why->text, why->size, "%s has no key \"%s\"; it has:", t->name, name);
	for (size_t i = 0; i < KEY_COUNT && n < why->size; i++)
		if (KEYS[i].kinds & t->kind)
			n += (size_t)snprintf(why->text + n, why->size - n, " %s", KEYS[i].name);
	return false;
}

static bool apply(const struct target *t, struct knobs *k, const struct setting *s, struct why *why)
{
	for (size_t i = 0; i < KEY_COUNT; i++) {
		if (!(KEYS[i].kinds & t->kind) || strcmp(KEYS[i].name, s->key) != 0)
			continue;
		snprintf(why->text, why->size, "%s=%s: expected %s", s->key, s->value, KEYS[i].expected);
		return KEYS[i].read(k, &KEYS[i], s->value, why);
	}
	return unknown_key(t, s->key, why);
}

/* The knobs as they would be; false if a setting does not fit. */
static bool plan(const struct target *t, struct knobs *k, const struct setting *settings, size_t count, struct why *why)
{
	*k = t->knobs;
	/* fault= clears others, so it goes first wherever it stands. */
	for (int others = 0; others < 2; others++)
		for (size_t i = 0; i < count; i++)
			if ((strcmp(settings[i].key, "fault") != 0) == others && !apply(t, k, &settings[i], why))
				return false;
	if ((k->fault == FAULT_REFUSE || k->fault == FAULT_MUTE || serve_is_door(k->fault)) && (*k->on || k->times)) {
		snprintf(why->text, why->size, "this fault is the listening socket's: on= and times= cannot limit it");
		return false;
	}
	return true;
}

static void unknown_target(const struct sim *sim, const char *name, struct why *why)
{
	enum { SHOWN = 8 };
	size_t n = (size_t)snprintf(why->text, why->size, "no target \"%s\"; there are: *", name);
	for (size_t i = 0; i < sim->target_count && i < SHOWN && n < why->size; i++)
		n += (size_t)snprintf(why->text + n, why->size - n, " %s", sim->targets[i].name);
	if (sim->target_count > SHOWN && n < why->size)
		snprintf(why->text + n, why->size - n, " ...");
}

unsigned knobs_set(
    struct sim *sim, const char *name, const struct setting *settings, size_t count, char *why_text, size_t why_size)
{
	struct why why = {why_text, why_size};
	struct knobs *plans = text_zeroed(sim->target_count, sizeof *plans);
	unsigned status = 404;
	pthread_mutex_lock(&sim->change);
	state_lock(sim);
	for (size_t i = 0; i < sim->target_count && status != 400; i++)
		if (state_means(name, &sim->targets[i]))
			status = plan(&sim->targets[i], &plans[i], settings, count, &why) ? 200 : 400;
	for (size_t i = 0; i < sim->target_count && status == 200; i++) {
		if (!state_means(name, &sim->targets[i]))
			continue;
		sim->targets[i].knobs = plans[i];
		sim->targets[i].revision++;
	}
	state_happened(sim);
	state_unlock(sim);
	for (size_t i = 0; i < sim->target_count && status == 200; i++)
		if (state_means(name, &sim->targets[i]))
			serve_sync(&sim->targets[i]);
	pthread_mutex_unlock(&sim->change);
	free(plans);
	if (status == 404)
		unknown_target(sim, name, &why);
	return status;
}

unsigned knobs_set_line(struct sim *sim, const char *line, char *why, size_t why_size)
{
	struct setting settings[SETTINGS_MAX];
	size_t count = 0;
	char *copy = text_copy(line), *save = NULL;
	const char *target = strtok_r(copy, " ", &save);
	char *word;
	while ((word = strtok_r(NULL, " ", &save)) && count < SETTINGS_MAX) {
		char *equals = strchr(word, '=');
		if (!equals && count) {
			word[-1] = ' '; /* strtok_r() put a NUL there */
			continue;
		}
		if (equals)
			*equals++ = '\0';
		settings[count++] = (struct setting){word, equals ? equals : ""};
	}
	unsigned status = knobs_set(sim, target ? target : "", settings, count, why, why_size);
	free(copy);
	return status;
}
