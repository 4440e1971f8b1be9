/*
 * Flapping: results of a side that contradict each other again and again. Icinga's ring: the last 20
 * results, each a change from the one before or none, newer ones weighing more (0.80 to 1.18 in steps of
 * 0.02); flapping above 30 % of the whole weight, calm again below 25 %. Results that say nothing do not
 * count. It marks a side and never decides: a BLOCKED is BLOCKED however often it comes.
 */
#ifndef HAWATCH_DECIDE_FLAP_H
#define HAWATCH_DECIDE_FLAP_H

#include <stdbool.h>
#include <stdint.h>

enum { FLAP_RESULTS = 20, FLAP_BEGINS_PERCENT = 30, FLAP_ENDS_PERCENT = 25 };

/* Zero: nothing was seen. */
struct flap {
	uint32_t changes; /* bit 0: the newest result was another than the one before; bits past the ring do not count */
	bool has_last, is_flapping;
	uint8_t last; /* the newest result's verdict */
};

/* Advances by one result that says `verdict`. */
struct flap flap_step(struct flap flap, uint8_t verdict);

/* Weighted part of changes among the last results, 0 to 100, rounded down. */
int flap_percent(const struct flap *flap);

#endif
