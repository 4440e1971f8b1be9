/*
 * The simulated world: which services there are, what each is told to be, and who asked what. One
 * mutex guards all of it, and one condition tells waiters that something happened; nothing in the
 * simulator polls its own state.
 */
#pragma once

#include "fault.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct MHD_Daemon;
struct cJSON;
struct service;

/* Bits, because a settable key may belong to several kinds. */
enum target_kind { TARGET_SPOT = 1, TARGET_AUTH = 2, TARGET_CLOUDSPACE = 4, TARGET_CONTROL = 8 };

/* In the order in which they stand in the list; a failed one has no pod. */
enum runner_state { RUNNER_IDLE, RUNNER_BUSY, RUNNER_STARTING, RUNNER_FINISHING, RUNNER_FAILED, RUNNER_STATES };

/* The certificates of a service: the good one, and those that nobody should believe. */
enum identity { IDENTITY_GOOD, IDENTITY_EXPIRED, IDENTITY_WRONG_NAME, IDENTITY_FOREIGN_CA, IDENTITIES };

/* What POST /set can turn; plain data, so that a change is made on a copy and then taken whole. */
struct knobs {
	/* every target */
	enum fault_kind fault;
	long fault_arg;
	long delay_ms;        /* before a request is looked at */
	long answer_delay_ms; /* before the answer to it leaves */
	char retry_after[64]; /* beside every 429 and 503; "": what the service says */
	char on[256];         /* the fault and the delay are for paths that begin so, or, with a $, end so */
	long times;           /* the fault is over after so many requests; 0: it stays */
	char body[256];       /* the file that fault=body answers with */
	char edits[256];      /* the file with edits of answers; "": none */
	bool token_revoked;
	/* what serves lists */
	long page;           /* items of a page where the client sets no limit; 0: all */
	long expire;         /* continue tokens that will be found expired */
	long storage_starts; /* how often the storage of custom resources began anew */
	/* auth */
	long id_token_ttl_s;
	char refresh_token[65]; /* the one that is good; knobs of the others hold none */
	unsigned generation;    /* id_tokens of an earlier generation are good no more */
	bool rotates;           /* each exchange ends it and hands out another */
	bool no_org_claim;      /* id_tokens do not name the organization */
	/* spot */
	long organizations; /* that are listed before ours */
	char market_price[32], p80[32];
	/* a cloudspace as Spot tells of it */
	char phase[64], health[64], reason[512];
	bool endpoint, first_ready, deleting, absent;
	char endpoint_at[128]; /* what Spot calls the endpoint; "" is its own */
	bool no_status;        /* the object and its pools have no `status` at all */
	time_t created, first_ready_at, deleted_at;
	long won, reserved, desired, min, max;
	char bid[32], bid_status[64]; /* "": as the counts have it */
	/* a cloudspace as its own API server tells of it */
	bool rbac_none;
	long nodes, not_ready, cordoned, tainted, control_plane;
	long images; /* that each node has pulled */
	long runners[RUNNER_STATES], min_runners, max_runners;
	long other_pods; /* of no runner, in no namespace that is asked for by name */
	bool listener, no_crds;
	char app_sync[64], app_health[64]; /* of the last application */
};

/* One path that a target was asked for, without its query. */
struct path_stat {
	char *path;
	uint64_t started;
	unsigned last_status; /* 0: no answer was given yet */
	uint64_t cached;      /* lists asked of the cache: resourceVersion=0 */
	uint64_t bytes;       /* of the bodies as they were sent, gzipped or not */
	uint64_t inflated;    /* of the same before they were gzipped */
	long storage_starts;  /* the last one that a list of it has met */
};

enum { PATHS_KEPT = 64 };

struct target {
	struct sim *sim;
	enum target_kind kind;
	const struct service *service;
	char name[64];
	unsigned index; /* of a cloudspace, from 0 */
	char token[65]; /* the bearer that its API server knows */
	uint16_t port;
	int reserved_fd;           /* holds the port while nobody listens on it */
	int mute_fd;               /* listens while nobody accepts; -1 otherwise */
	struct MHD_Daemon *daemon; /* NULL while refusing; guarded by sim.change, not by sim.lock */
	enum fault_kind door;      /* as which it was opened */

	struct knobs knobs;
	uint64_t revision; /* of its objects: goes up with every change */
	uint64_t connections;
	long in_flight, most_in_flight; /* requests */
	uint64_t gzipped;               /* answers */
	char agent[64];                 /* the last request's User-Agent */
	uint64_t turned_away;           /* connections that ended before a request could be read */
	struct path_stat paths[PATHS_KEPT];
	size_t path_count;
};

/* An id_token that the token endpoint gave out. */
struct issued {
	char *jwt;
	time_t begins, expires;
	unsigned generation;
};

enum { NODE_IMAGES_MAX = 45 /* as many as make the recorded size */ };
enum { ISSUED_KEPT = 256, PAGES_KEPT = 256 };

struct sim {
	const char *listen;
	char *dir; /* absolute */
	unsigned pairs;
	char *ca_pem, *cert_pem[IDENTITIES], *key_pem;
	char refresh_token[65]; /* as the file has it */
	time_t started;

	struct target control;
	struct target *targets; /* spot, auth, then the cloudspaces */
	size_t target_count;

	pthread_mutex_t change; /* held by whoever opens and closes sockets; taken before `lock` */
	pthread_mutex_t lock;   /* guards all that follows, and the targets' knobs and counters */
	pthread_cond_t happened;
	bool stopping;
	struct issued issued[ISSUED_KEPT]; /* a ring */
	size_t issued_count;
	struct cJSON *pages[PAGES_KEPT]; /* a ring of Alertmanager's alerts */
	size_t page_count;
};

/* Makes the targets: `pairs` pairs of cloudspaces with `nodes` nodes each, all well. */
void state_init(struct sim *sim, unsigned pairs, long nodes);
void state_fini(struct sim *sim);

void state_lock(struct sim *sim);
void state_unlock(struct sim *sim);

/* Tells every waiter to look again. The lock is held. */
void state_happened(struct sim *sim);

/* Wakes every waiter for good. */
void state_stop(struct sim *sim);

/* Sleeps until something happened; false past `deadline` or at the end. The lock is held. */
bool state_wait(struct sim *sim, const struct timespec *deadline);

/* `ms` from now on the clock that state_wait() uses. */
struct timespec state_deadline(long ms);

/* NULL if there is none of this name. */
struct target *state_target(struct sim *sim, const char *name);

/* Whether `name` means this target; "*" means every cloudspace. */
bool state_means(const char *name, const struct target *t);

/* What is counted of a path; NULL if it was not asked for yet. The lock is held. */
struct path_stat *state_path(struct target *t, const char *path);

/* Counts a request; returns where its answer's status goes. The lock is held. */
struct path_stat *state_count_request(struct sim *sim, struct target *t, const char *path);

enum wait_result { WAIT_DONE, WAIT_TIMEOUT, WAIT_REFUSING };

/*
 * Waits until every path that the named targets were asked for was asked `polls` times more, and at
 * least one was; of a cloudspace only the nodes count. A connection that a fault ends at the door stands
 * for one request of an unknown path. Targets that refuse connections see nobody, so they are left out; if none is
 * left, the result is WAIT_REFUSING. Takes the lock.
 */
enum wait_result state_wait_polls(struct sim *sim, const char *name, long polls, long timeout_ms);
