/*
 * The daemon as a process in the simulation: its files, its start, its signals and its end, as hawatchd.c has them; and
 * its sleep, in which the world goes on.
 */
#pragma once

#include "config/conf.h"
#include "storm.h"

#include <stdbool.h>
#include <stdint.h>

struct poller;

/* What the configuration says, and how. */
struct setup {
	bool has_spot;
	bool has_ca;           /* in files; else the servers are not verified */
	bool has_anchor;       /* the token endpoint, as an independent witness */
	bool has_prices;       /* asks for Spot's price file */
	bool has_no_org_claim; /* in id_tokens */
	bool has_rotation;     /* each exchange ends the refresh token and hands out another */
	long organizations;    /* of others, which Spot lists too; the configuration names ours */
	bool has_own_tokens;   /* kubeconfigs with a token each; else Spot's endpoint and id_token */
	bool has_plugins;      /* which print those tokens; else they are in files */
	size_t side_count;
	long nodes, images;   /* of a cluster, and on each node */
	long token_life_s;    /* of an id_token */
	bool has_dull_stamps; /* as in struct machine */
	int tempo;            /* by which all that lasts in world and configuration is longer */
	int interval_s, inventory_s, spot_s, timeout_s, unreachable_s, stale_s;
	int fall, rise;
};

struct setup setup_of_seed(uint64_t seed);

/* How long a token lives that a plugin prints. */
long process_token_life_s(void);

/* Runs the daemon through the storm, to its end. False was printed by machine_fail(), which does not return. */
void process_run(const struct setup *setup, const struct storm *storm);

/* A run fails: what is recorded up to this turn is left, as replayed_leave() has it. */
void process_leave_recording(void);

/* The person who is told that the refresh token is refused, and puts the present one into the file. */
void process_mend_refresh_token(void);

/* The loop sleeps for so long, or until something wakes it: then true. */
bool process_sleep(int64_t ms);
