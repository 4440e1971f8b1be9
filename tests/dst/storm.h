/*
 * A storm: what befalls the world and the daemon, and when. It comes from a seed, it is a list whose items do not
 * depend on each other, and so a part of it is a storm too: a failing one is shrunk by leaving items out.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum storm_place {
	PLACE_SIDE, /* one cloudspace and its API server */
	PLACE_SPOT_API,
	PLACE_TOKENS,  /* Spot's token endpoint */
	PLACE_WAY,     /* our way to one of them */
	PLACE_NETWORK, /* our way to all of them */
	PLACE_BUILD,   /* a cloudspace that is built anew */
	PLACE_DAEMON,  /* the daemon and its machine */
};

enum storm_act {
	ACT_NONE,
	ACT_RESTART, /* SIGTERM, and a new process */
	ACT_CRASH,   /* the same without a last word: the state files are those of before */
	ACT_FORGET,  /* a restart that finds no state file */
	ACT_RELOAD,
	ACT_CHANGE, /* a reload with other intervals */
	ACT_LATE,   /* the loop hangs */
	ACT_SUSPEND,
	ACT_STEP,  /* our wall clock is set */
	ACT_BEGIN, /* maintenance */
	ACT_END,
	ACT_TOKEN,  /* the cluster's token is another one, and so is the file a moment later */
	ACT_REVOKE, /* all id_tokens that are out */
	ACT_DISK,   /* full */
	ACT_PLUGIN, /* credential plugins fail */
};

struct storm_kind {
	const char *name;
	enum storm_place place;
	enum storm_act act;
	const char *knobs; /* of tests/sim, as POST /set takes them */
	int link;          /* of a way */
	int weight;
	int64_t least_s, most_s; /* how long it lasts */
};

struct storm_item {
	const struct storm_kind *kind;
	int64_t at_ms, end_ms;
	size_t target;
	int64_t number; /* whatever the kind needs */
};

enum { STORM_MAX = 4096 };

struct storm {
	struct storm_item v[STORM_MAX]; /* by at_ms */
	size_t count;
	int64_t calm_ms, end_ms; /* when the last item has ended, and when the simulation ends */
};

struct setup;

/*
 * `lasting_ms` of storm and then calm of `calm_ms`, at tempo 1, for a daemon of that setup: where it has no Spot, none
 * can fail.
 */
void storm_make(struct storm *storm, uint64_t seed, int64_t lasting_ms, int64_t calm_ms, const struct setup *setup);

/* The kind of this name; NULL: there is none. */
const struct storm_kind *storm_find(const char *name);

/* One line an item, and when it ends. */
void storm_print(const struct storm *storm, FILE *out);

/* Adds the item that the line says. False: it says none. */
bool storm_read_item(struct storm *storm, const char *line);
