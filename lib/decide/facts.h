/*
 * What one inventory round read of a side, item by item, as values. decode/ makes them from bytes, the judges of
 * inventory_judge.h turn them into an inventory, and then they are freed. The nodes are those of a health round.
 */
#pragma once

#include "base/err.h"
#include "decide/inventory.h"
#include "decide/inventory_budget.h"
#include "decide/unreadable.h"

#include <stddef.h>

enum {
	FACT_NAME_MAX = OBJECT_NAME_MAX,
	FACT_LABEL_MAX = 64, /* of a label's value, and of a namespace */
	FACT_UID_MAX = 40,
	FACTS_MAX = 20000, /* of a kind; more cannot be read */
	/* The bytes that are made of a fact when a round ends, as a multiple of its own. */
	FACTS_MADE_OF_RUNNER = 1,
	FACTS_MADE_OF_SCALE_SET = 4,
	FACTS_MADE_OF_APP = 1,
};

/* Every kind of fact begins with the name that other facts refer to. */
struct node_fact {
	char name[FACT_NAME_MAX];
	bool is_ready, is_cordoned, is_deleting;
	bool is_repelled; /* a taint keeps new pods away */
	bool is_control_plane;
	int64_t allocatable_milli; /* of cpu; -1 when it cannot be read */
	int64_t requested_milli;   /* of the pods on it: facts_add_request() */
};

struct lease_fact {
	char name[FACT_NAME_MAX]; /* its node's */
	wall_ms renewed;
	int64_t duration_ms;
};

struct pod_fact {
	char name[FACT_NAME_MAX];
	char node[FACT_NAME_MAX]; /* "": not scheduled yet */
	char uid[FACT_UID_MAX];
	char scale_set[FACT_LABEL_MAX];           /* the labels of ARC's pods; */
	char scale_set_namespace[FACT_LABEL_MAX]; /* "" without them */
	enum pod_phase phase;
	bool is_running, is_ended; /* the container that matters; neither: it waits */
	bool is_blocked;           /* a container cannot start, for example because of its image or configuration */
	bool is_deleting;
	int64_t cpu_milli; /* requested */
	wall_ms created;
};

enum runner_phase {
	RUNNER_PHASE_PENDING, /* or none yet */
	RUNNER_PHASE_RUNNING,
	RUNNER_PHASE_SUCCEEDED,
	RUNNER_PHASE_FAILED, /* or Outdated: ARC does not use it any more */
	RUNNER_PHASE_OTHER   /* a word that hawatch does not know */
};

/* An EphemeralRunner. */
struct runner_fact {
	char name[FACT_NAME_MAX]; /* its pod's too */
	char scale_set[FACT_LABEL_MAX];
	enum runner_phase phase;
	bool is_ready, has_job;
	bool is_registered;       /* GitHub has given it a number */
	wall_ms created, deleted; /* deleted: unknown unless it is being deleted */
};

/* An EphemeralRunnerSet: the runners that a scale set wants now. */
struct runner_set_fact {
	char name[FACT_NAME_MAX];
	char scale_set[FACT_NAME_MAX];
	int replicas;
};

/* An AutoscalingRunnerSet. */
struct scale_set_fact {
	char name[FACT_NAME_MAX];
	char version[24];
	int min, max; /* max is INT32_MAX where it has none */
};

/* An AutoscalingListener. */
struct listener_fact {
	char name[FACT_NAME_MAX];
	char scale_set[FACT_NAME_MAX], scale_set_namespace[FACT_LABEL_MAX];
	char runner_set[FACT_NAME_MAX];
};

struct controller_fact {
	char name[FACT_NAME_MAX];
	int available, desired;
};

struct app_fact {
	char name[FACT_NAME_MAX];
	enum app_sync sync;
	enum app_health health;
	bool is_prune_only; /* OutOfSync only because of resources that a sync would prune */
	char operation[16];
	wall_ms created, reconciled;
};

/* Facts of one kind. */
struct facts_list {
	void *v;
	size_t size; /* of one, in bytes */
	size_t count, room;
	size_t cost;                       /* bytes that are counted for one */
	struct inventory_account *account; /* where they are counted; borrowed, NULL: nowhere */
};

/* An empty list of facts of so many bytes, which are counted in `account` (NULL: nowhere). */
struct facts_list facts_list_of(size_t size, struct inventory_account *account);

/* An empty list of the same kind, counted in the same account. */
struct facts_list facts_list_like(const struct facts_list *list);

/* From now on its facts are counted in `account`. */
void facts_list_recount(struct facts_list *list, struct inventory_account *account);

/* Appends a copy of `fact`. The caller limits the count, for example to one for each fact of another list. */
void facts_list_put(struct facts_list *list, const void *fact);

/*
 * Appends a copy of what the API server sent. False, with the reason in `e`, when the list has FACTS_MAX already. The
 * caller asks inventory_budget_allows() for its cost.
 */
bool facts_list_add(struct facts_list *list, const void *fact, struct err *e) __attribute__((warn_unused_result));

/* The `i`th fact; in the order of the names after the list was sorted. Borrowed until the next change. */
void *facts_list_at(const struct facts_list *list, size_t i);

/* Sorts the list by name. */
void facts_list_sort(struct facts_list *list);

/* Sorts the list by another order. Facts that are equal in it must be equal for readers, too. */
void facts_list_sort_by(struct facts_list *list, int (*compare)(const void *a, const void *b));

/* Drops all but the first `most` facts, with their memory. */
void facts_list_keep(struct facts_list *list, size_t most);

/* The fact of a sorted list that has this name, or NULL. */
void *facts_list_find(const struct facts_list *list, const char *name);

/* Frees the memory; the list is then empty. */
void facts_list_fini(struct facts_list *list);

/* How the reading of one part ended in this round. */
struct part_fact {
	bool is_skipped; /* it is not its turn: what is known stays */
	bool was_asked;  /* false: the round ended before this part, or skipped it */
	bool was_read;
	bool is_not_installed;
	int status;   /* HTTP status of the answer; 404: its namespace does not exist, either; 0: none */
	int count;    /* objects in the list */
	wall_ms date; /* the server's own clock */
	char problem[sizeof((struct part *)0)->problem];
};

/* One round. */
struct facts {
	struct part_fact part[INVENTORY_PARTS];
	struct facts_list list[INVENTORY_PARTS];        /* sorted if the part was read; PART_PODS keeps no facts */
	struct unreadables unreadable[INVENTORY_PARTS]; /* objects that the lists do not have */
};

/* Starts a round, whose facts are counted in `account` (NULL: nowhere) together with what will be made of them. */
void facts_init(struct facts *facts, struct inventory_account *account);
void facts_fini(struct facts *facts);

/* Counts one node (SEMANTICS.md section 1, "Available node"). Control-plane nodes run no runners and are left out. */
void facts_count_node(const struct node_fact *node, struct node_counts *counts);

/* Adds what a pod requests to its node, which must have been read and sorted before. */
void facts_add_request(struct facts *facts, const struct pod_fact *pod);

/* Removes everything that facts_add_request() has added. */
void facts_forget_requests(struct facts *facts);

/* a + b, both not negative; at most INT64_MAX. */
int64_t facts_milli_sum(int64_t a, int64_t b);
