/*
 * The verdict on one side: SEMANTICS.md section 2 as a table and a step. Pure: a step is a function of (policy, side
 * before, input, now) and returns the side after. The daemon compares the two, logs and counts. No clock, no I/O, no
 * global state.
 */
#pragma once

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
	REASON_CREDENTIAL_DENIED, /* the API server answers but refuses our credential */
	REASON_PROVISIONING,      /* new, never ready before */
	REASON_NOT_READY,         /* was ready before, and Spot reports provisioning */
	REASON_SPOT_ERROR,
	REASON_ABSENT,
	REASON_DELETING,
	REASON_NO_EVIDENCE, /* no result confirmed the verdict for stale_after */
	SIDE_REASONS
};
extern const char *const side_reason_names[SIDE_REASONS];

/* Thresholds of one side; see SEMANTICS.md for names and defaults. Durations in milliseconds. */
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

/* What Spot's list of cloudspaces says about this side. */
struct spot_obs {
	enum spot_word word; /* SPOT_ABSENT: missing from a complete list; side_step() counts how often */
	bool was_ready;      /* firstReadyTimestamp is set */
	wall_ms created;     /* creationTimestamp; unknown when not listed */
	wall_ms served_at;   /* the server's own clock (its Date header); unknown without one */
};

/* One thing that happened to a side. */
struct side_input {
	enum {
		SIDE_TICK,  /* time passed */
		SIDE_SPOT,  /* a Spot round ended, with success or failure */
		SIDE_KUBE,  /* a Kubernetes health round ended, with success or failure */
		SIDE_GRACE, /* poll loop delayed or machine suspended: cached results are discarded */
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
	bool is_degraded; /* UP, but Spot disagrees (footnote 3) */
	bool from_pools;  /* UP with a denied node list: node counts come from the pools (footnote 1) */
	bool is_held;     /* from before a restart; no fresh result has confirmed it yet */

	enum verdict candidate; /* the verdict that the last results agree on, if it differs from `verdict` */
	int agreeing;           /* how many results in a row agree on it; 0: none is pending */
	bool disagrees;         /* the last result disagrees: the next probe comes after confirm_interval */
	bool is_decided;        /* a first verdict was reached since start */
	bool was_up;            /* UP at any time since start, or before the restart that `verdict` outlived */
	int owed[SIDE_SOURCES]; /* results still needed before DOWN (grace); Spot's only with Spot */
	mono_ms evidence_at;    /* last result that confirmed the verdict */
	mono_ms failing_since;  /* first failure of the current run of failed Kubernetes probes */
	mono_ms soft_since;     /* start of soft evidence while own network is good */
	struct spot_obs spot;   /* last answers, with their time; see side_spot_word() */
	struct kube_obs kube;
	mono_ms spot_at, kube_at;
	wall_ms created;  /* creationTimestamp of the cloudspace that was_up is about */
	bool spot_seen;   /* Spot has listed this cloudspace since start */
	int spot_missing; /* complete lists in a row without it */
	struct flap flap; /* only a mark; it decides nothing */
};

/* A side at the start: UNKNOWN, all counters zero (section 2, "Start"). */
struct side side_start(struct now now);

/* What a restart keeps of a side. */
struct side_memory {
	enum verdict verdict;
	enum side_reason reason;
	wall_ms since;
	int64_t evidence_age_ms; /* time from the last confirmation of the verdict to the restore */
	bool was_up;
	wall_ms created; /* of the cloudspace that this is about; unknown: Spot has not told it */
};

/*
 * A side with the verdict from before a restart (section 4, invariant 6). It is marked held until fresh evidence
 * confirms the verdict or changes it by the usual rise and fall. `stale_after` after its last evidence it becomes
 * UNKNOWN, even from DOWN. Like a first verdict, a held verdict changes only after every source has answered or failed
 * once. A verdict that is UNKNOWN, too old, or confirmed in the future is ignored: the result is side_start(). A
 * `since` that is unknown or in the future becomes `now`.
 */
struct side side_restore(const struct side_policy *policy, const struct side_memory *memory, struct now now);

/* Advances `side` by one input. */
struct side side_step(
    const struct side_policy *policy, struct side side, const struct side_input *input, struct now now);

/* The rows of the table: Spot's words; `provisioning` has two rows, ready before or not. */
enum side_row { ROW_READY, ROW_NEW, ROW_AGAIN, ROW_ERROR, ROW_DELETING, ROW_ABSENT, ROW_NONE, SIDE_ROWS };
extern const char *const side_row_names[SIDE_ROWS]; /* as SEMANTICS.md spells them */

/* How strong the evidence of a cell of the table is. */
enum side_strength {
	EVIDENCE_HOLD,   /* changes no verdict and no counter */
	EVIDENCE_HARD,   /* counts towards rise or fall */
	EVIDENCE_BACKED, /* counts like HARD, but only while own network is good (footnote 4) */
	EVIDENCE_SOFT,   /* counts only after unreachable_for with own network good (footnote 2) */
};

/* What a result did. */
enum side_effect {
	EFFECT_NONE,     /* it is a hold */
	EFFECT_DOUBTED,  /* did not count: no other endpoint vouches for our own network */
	EFFECT_UNRIPE,   /* did not count: soft evidence that has not lasted unreachable_for */
	EFFECT_EARLY,    /* did not count: not every source has answered or failed since the start */
	EFFECT_GRACE,    /* did not count: no DOWN so soon after a late turn of the loop */
	EFFECT_COUNTS,   /* was counted, and more like it are needed */
	EFFECT_CONFIRMS, /* said what the verdict is already */
	EFFECT_CHANGES,  /* made the verdict */
	SIDE_EFFECTS
};

/* The last result of a side: the cell of the table, and what came of it. Zero: there was none. */
struct side_why {
	bool is_judged;
	struct now at;
	enum side_row row;
	enum kube_word kube;
	enum side_strength strength;
	enum verdict verdict;    /* what the cell says; no meaning with HOLD */
	enum side_reason reason; /* of it */
	bool is_network_good;    /* judged for SOFT and BACKED only */
	enum side_effect effect;
	int needed; /* results in a row that change the verdict by this cell */
};

/* side_step(), and why: `why` is replaced if the input gives a result. */
struct side side_step_why(const struct side_policy *policy, struct side side, const struct side_input *input,
    struct now now, struct side_why *why);

/* What a cell of the table says. */
struct side_says {
	enum side_strength strength;
	enum verdict verdict; /* no meaning with HOLD */
};
struct side_says side_table(enum side_row row, enum kube_word kube);

/* How many results in a row that count change the verdict of `side` to another one, `verdict`. */
int side_needed(
    const struct side_policy *policy, const struct side *side, enum side_strength strength, enum verdict verdict);

/* The words for the table at `now`: an observation older than twice its interval is `none`. */
enum spot_word side_spot_word(const struct side_policy *policy, const struct side *side, mono_ms now);
enum kube_word side_kube_word(const struct side_policy *policy, const struct side *side, mono_ms now);

enum lateness { ON_TIME, LATE, STUCK };

/*
 * How long Spot has been provisioning a new cloudspace, by Spot's own clock (section 2, "PROVISIONING age"): Date of
 * the answer minus creationTimestamp, plus the time since the answer by our monotonic clock. Known only while the side
 * is PROVISIONING and a fresh answer confirms it and has both times, with Date not before creationTimestamp.
 */
struct provisioning {
	bool is_known;
	int64_t age_ms;
	enum lateness lateness; /* 50 to 60 minutes are usual; late at 75, stuck at 120 */
};

struct provisioning side_provisioning(const struct side_policy *policy, const struct side *side, mono_ms now);

/*
 * True if the API server's last answer was a refusal that did not count, for want of Spot's word or of a witness
 * (section 2, footnote 4), and Spot's word backs it now: then the next probe need not be waited for.
 */
bool side_is_refusal_backed(const struct side *side);
