/*
 * The verdict on one side: SEMANTICS.md section 2 as a table and a step. Pure: a step is a function
 * of (policy, side before, input, now) and returns the side after; the shell compares the two, logs
 * and counts. No clock, no I/O, no memory of its own.
 */
#ifndef HAWATCH_DECIDE_SIDE_H
#define HAWATCH_DECIDE_SIDE_H

#include "decide/flap.h"
#include "decide/obs.h"

/* The states of a side; ha_cloudspace_state. */
enum verdict { UNKNOWN, UP, DOWN, PROVISIONING, MAINTENANCE, VERDICTS };
extern const char *const verdict_names[VERDICTS];

/* Why a side is in its state: the closed list of ha_cloudspace_state_reason. */
enum side_reason {
	REASON_STARTING, /* no verdict yet since start */
	REASON_SERVING,
	REASON_CORDONED,
	REASON_NO_CAPACITY,
	REASON_UNREACHABLE,
	REASON_CREDENTIAL_DENIED, /* the API server lives, our credential does not */
	REASON_PROVISIONING,      /* new, never ready before */
	REASON_NOT_READY,         /* was ready before and Spot says provisioning */
	REASON_SPOT_ERROR,
	REASON_ABSENT,
	REASON_DELETING,
	REASON_NO_EVIDENCE, /* nothing positive for stale_after */
	SIDE_REASONS
};
extern const char *const side_reason_names[SIDE_REASONS];

/* Thresholds of one side; names and defaults are SEMANTICS.md's. Durations in milliseconds. */
struct side_policy {
	bool has_spot; /* false: Kubernetes alone decides, the table's `none` row */
	int rise, fall;
	int64_t interval_ms, spot_interval_ms;
	int64_t unreachable_for_ms, own_network_window_ms;
	int64_t stale_after_ms;
	int64_t provisioning_late_ms, provisioning_stuck_ms;
};

/* Where a result comes from: the two sources that decide. */
enum side_source { SOURCE_SPOT, SOURCE_KUBE, SIDE_SOURCES };

/* What Spot's list of cloudspaces said about this side. */
struct spot_obs {
	enum spot_word word; /* SPOT_ABSENT: missing from a complete list; the step knows how often */
	bool was_ready;      /* firstReadyTimestamp is set */
	wall_ms created;     /* creationTimestamp; unknown when not listed */
	wall_ms served_at;   /* the server's own clock (its Date header); unknown where it told none */
};

/* One thing that happened to a side. */
struct side_input {
	enum {
		SIDE_TICK,  /* time passed */
		SIDE_SPOT,  /* a Spot round ended, in success or failure */
		SIDE_KUBE,  /* a Kubernetes health round ended, in success or failure */
		SIDE_GRACE, /* the loop turned late or the machine slept: believe nothing held */
	} kind;
	struct spot_obs spot;
	struct kube_obs kube;
	/* When another independent endpoint last gave an HTTP answer; MONO_NEVER if none did. */
	mono_ms witness_at;
};

/* One side. A value: copy it freely. Start from side_start(). */
struct side {
	enum verdict verdict;
	enum side_reason reason;
	struct now since; /* when the verdict was entered */
	bool is_degraded; /* UP, but Spot says otherwise (footnote 3) */
	bool from_pools;  /* UP on a denied node list: count nodes by the pools (footnote 1) */
	bool is_held;     /* remembered from before a restart; nothing fresh has affirmed it yet */

	enum verdict candidate;   /* what the last results agree on, where that differs from the verdict */
	int agreeing;             /* how many results in a row; 0: none is pending */
	bool disagrees;           /* the last result did: the next probe comes after confirm_interval */
	bool is_decided;          /* a first verdict was reached since start */
	bool was_up;              /* UP at any time since start */
	int owed[SIDE_SOURCES];   /* answers or failures still to come before DOWN (grace); Spot's where there is one */
	mono_ms evidence_at;      /* last result that affirmed the verdict */
	mono_ms failing_since;    /* when the present run of failed Kubernetes probes was noticed */
	mono_ms soft_since;       /* how long soft evidence has lasted with own network good */
	struct spot_obs spot;     /* last answers, with their time; see side_spot_word() */
	struct kube_obs kube;
	mono_ms spot_at, kube_at;
	wall_ms created;  /* creationTimestamp of the cloudspace that was_up is about */
	bool spot_seen;   /* Spot has listed this cloudspace since start */
	int spot_missing; /* complete lists in a row without it */
	struct flap flap; /* marks; read by nothing that decides */
};

/* A side of which nothing is known: UNKNOWN, counters at zero (section 2, "Start"). */
struct side side_start(struct now now);

/* What a restart remembers of a side. */
struct side_memory {
	enum verdict verdict;
	enum side_reason reason;
	wall_ms since;
	int64_t evidence_age_ms; /* how long before the restore its verdict was last affirmed */
};

/*
 * A side that holds a remembered verdict (section 4, invariant 6): marked held, until fresh evidence affirms
 * it or moves it by the usual rise and fall, and at most `stale_after` from its last evidence on, DOWN too;
 * then it is UNKNOWN. Like a first verdict, a held one is moved only after every source has answered or
 * failed once. What is UNKNOWN, too old, or affirmed in the future is not remembered at all: side_start()
 * comes back. A `since` that is not known or lies ahead is `now`.
 */
struct side side_restore(const struct side_policy *policy, const struct side_memory *memory, struct now now);

/* Advances `side` by one input. */
struct side side_step(
    const struct side_policy *policy, struct side side, const struct side_input *input, struct now now);

/* The words that the table is read with at `now`: an observation older than twice its interval is none. */
enum spot_word side_spot_word(const struct side_policy *policy, const struct side *side, mono_ms now);
enum kube_word side_kube_word(const struct side_policy *policy, const struct side *side, mono_ms now);

enum lateness { ON_TIME, LATE, STUCK };

/*
 * How long Spot has been building a new cloudspace, by Spot's own clock (section 2, "PROVISIONING age"):
 * creationTimestamp against the Date of the answer, and our monotonic clock since. Known only while the side
 * is PROVISIONING and a fresh answer says so, with both times, Date not before creation.
 */
struct provisioning {
	bool is_known;
	int64_t age_ms;
	enum lateness lateness; /* 50 to 60 minutes are usual; late at 75, stuck at 120 */
};

struct provisioning side_provisioning(
    const struct side_policy *policy, const struct side *side, mono_ms now);

#endif
