/*
 * The truth: the simulated services (tests/sim, without their HTTP server), the network between them and us, and what
 * happens to both. The daemon sees of it what net.c answers; invariants.c holds the daemon against it.
 */
#pragma once

#include "storm.h"

/* Our way to a target. */
enum link { LINK_GOOD, LINK_REFUSED, LINK_DEAD, LINK_NO_NAME };

/* What credential plugins do. */
enum plugin { PLUGIN_ANSWERS, PLUGIN_FAILS, PLUGIN_HANGS, PLUGIN_BABBLES, PLUGIN_ABSENT, PLUGINS };

/* What is true of a cloudspace, for whoever can see all of it. */
enum truth {
	TRUTH_WELL,    /* its API serves, and there are available nodes */
	TRUTH_BROKEN,  /* hard evidence: no available node */
	TRUTH_DELETED, /* Spot deletes it */
	TRUTH_AWAY,    /* its API server does not answer: soft evidence, backed by Spot or not */
	TRUTH_PLANNED, /* all nodes are cordoned */
	TRUTH_NEW,     /* Spot builds it, and it was never ready */
	TRUTH_MURKY,   /* its API server answers nothing that is evidence, or refuses us */
};
extern const char *const truth_names[];

/* The targets of requests. Each is at 127.0.0.1 and the port WORLD_PORT and its number. */
enum { SPOT_AT, AUTH_AT, CLOUDSPACE_AT, WORLD_SIDES_MAX = 6, TARGETS = CLOUDSPACE_AT + WORLD_SIDES_MAX };
enum { WORLD_PORT = 1000 };

struct world {
	enum link link[TARGETS];
	struct {
		enum truth is;
		int64_t since_ms;
		int64_t seen_since_ms; /* since when our way to it is good; INT64_MAX: it is not */
		int64_t reason_at_ms;  /* when there last was any reason to take it for DOWN */
		bool is_spot_bad;
		int64_t spot_bad_at_ms; /* when Spot last had another word for it than `ready` */
	} side[WORLD_SIDES_MAX];
	size_t side_count;
	int tempo; /* as in struct setup */
	enum plugin plugin;
	int64_t plugin_since_ms;    /* since when it answers; INT64_MAX: it does not */
	int64_t spot_seen_since_ms; /* since when Spot and its token endpoint answer us as they should */
	const struct storm *storm;
	size_t next; /* the storm's next item */
};
extern struct world world;

struct setup;

/* Makes the cloudspaces of the setup, all well, and the storm that is to come. */
void world_init(const struct setup *setup, const struct storm *storm);
void world_fini(void);

/* When something happens next; INT64_MAX: nothing more. */
int64_t world_next_ms(void);

/*
 * Lets happen what is due. Returns the item that befalls the daemon and not the world (a restart, an order), or NULL;
 * call again until it is NULL.
 */
const struct storm_item *world_advance(void);

/* Writes down what holds at this moment, in the fields that say when something last held. */
void world_note(void);

/* Whether our way to the target and the target itself are as they should be. */
bool world_is_well(size_t target);

/* Whether something of the storm lasts at this moment. */
bool world_is_calm(void);

/* A target's name, and the bearer that a cloudspace knows. Borrowed. */
const char *world_name(size_t target);
const char *world_token(size_t target);
const char *world_refresh_token(void);
const char *world_organization(void);

/* When an id_token was issued and when it ends. False: it is none, or Spot has revoked it. */
bool world_id_token(const char *token, int64_t *issued_ms, int64_t *ends_ms);

/* The cloudspace knows another bearer from now on. */
void world_change_token(size_t target);

/* What a request meets. */
enum meeting {
	MEETS_ANSWER,
	MEETS_REFUSAL,
	MEETS_RESET,
	MEETS_NOTHING,
	MEETS_BAD_CERTIFICATE,
	MEETS_NO_NAME,
	MEETINGS
};

struct asked {
	const char *method, *url, *bearer, *form; /* NULL: none */
};

/* Before the service answers. `delay_ms`: how much longer than usual it takes. */
enum meeting world_meet(size_t target, const struct asked *asked, int64_t *delay_ms);

/* The service's answer; borrowed until the next one. */
struct said {
	int status;
	const char *body;
	size_t len;  /* of the body that comes */
	bool is_cut; /* the connection ends before the body does */
	bool is_endless, is_slow;
	int64_t retry_after_s;
};
struct said world_ask(size_t target, const struct asked *asked);
