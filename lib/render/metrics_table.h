/*
 * A row of the metrics, and the subject that its getters read. One table for each kind of subject: the pair, one side
 * of it, what that side runs, the monitor itself. metrics.c puts the tables in order.
 */
#pragma once

#include "render/expo.h"
#include "render/view.h"

/* What a row is about; a pointer that does not apply is NULL. */
struct subject {
	const struct view *view; /* NULL for a row of a pair that is not live */
	const struct view_pair *vpair;
	const struct pair *pair;
	const struct figures *figures;
	enum side_id id;
	const struct view_side *vside; /* what was seen of the side */
	const struct side *side;       /* what was decided about it */
	const struct side_policy *policy;
};

enum { LABELS_MAX = 3 }; /* besides `pair` and `side`, which each sample of a pair or side begins with */

struct labels {
	struct expo_label v[LABELS_MAX];
	size_t count;
};

struct metric {
	const char *name;
	enum expo_type type;
	const char *help;
	/* One of these: a value (false: not known, no sample), a state's index (below 0: the same), or any samples. */
	bool (*value)(const struct subject *, double *);
	int (*state)(const struct subject *);
	const char *const *states; /* with `state`: all its words */
	int state_count;
	void (*samples)(const struct metric *, const struct subject *, struct expo *);
	const char *labels; /* with samples: what they are called beside `pair`, `side` and `le`, "from, to" */
	/* Of a row of the monitor: the samples of each side, behind its own. */
	void (*of_side)(const struct metric *, const struct subject *, struct expo *);
	/* Of a row of a pair: it depends on the time, or on more than the pair, and is never kept. */
	bool is_live;
};

struct metric_table {
	const struct metric *rows;
	size_t count;
};

extern const struct metric_table metrics_of_pair, metrics_of_side, metrics_of_inventory, metrics_of_monitor;

extern const struct labels metrics_no_labels;
struct labels metrics_labels_with(struct labels l, const char *name, const char *value);

/* Writes one sample. */
void metrics_put(struct expo *x, const struct metric *m, struct labels l, double v);

/* Writes the sample of a counter that began at `began`. */
void metrics_put_counter(struct expo *x, const struct metric *m, struct labels l, double v, wall_ms began);

/* Milliseconds in seconds, or thousandths of a core in cores. */
static inline double metric_thousandths(int64_t n)
{
	return (double)n / 1000;
}

/* A getter of one value: known only where the condition holds. */
#define GETTER(name, is_known, expression)                                                                             \
	static bool name(const struct subject *s, double *out)                                                         \
	{                                                                                                              \
		(void)s;                                                                                               \
		if (!(is_known))                                                                                       \
			return false;                                                                                  \
		*out = (double)(expression);                                                                           \
		return true;                                                                                           \
	}
/* A getter of a state's index. */
#define STATE(name, expression)                                                                                        \
	static int name(const struct subject *s)                                                                       \
	{                                                                                                              \
		return (int)(expression);                                                                              \
	}
#define VALUE(f) .value = f
#define STATES(f, n, c) .state = f, .states = n, .state_count = c
#define SAMPLES(f) .samples = f
#define OF_EACH_SIDE(f) .of_side = f
#define LABELS(names) .labels = names
#define LIVE .is_live = true
