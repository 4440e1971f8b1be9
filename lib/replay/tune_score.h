/* What each combination of settings is worth, beside what is known of the truth. Pure. */
#pragma once

#include "replay/tune_reference.h"

struct tune_score {
	const struct tune_run *run; /* its first phase */
	bool is_present;
	bool is_timed;                /* an outage was seen whose beginning is in the recording */
	int64_t median_ms, worst_ms;  /* from its beginning until BLOCKED */
	size_t missed, false_blocked; /* outages never seen; BLOCKED in no outage: in the worst phase */
	size_t changes;               /* settings that are not the present ones */
	int64_t requests;             /* in an hour */
};

/* As many as there are combinations, the best first; free() releases them. */
struct tune_score *tune_scores(const struct tune *tune, const struct tune_references *references);
