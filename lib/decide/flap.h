/*
 * Flapping: a side's results keep contradicting each other. The method is Icinga's: a ring of the last 20 results, each
 * either a change from the result before or not. Newer ones weigh more (0.80 to 1.18 in steps of 0.02). Flapping starts
 * above 30 % of the total weight and ends below 25 %. Results without a verdict do not count. Flapping only marks a
 * side and decides nothing: BLOCKED stays BLOCKED, however often it comes.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { FLAP_RESULTS = 20, FLAP_BEGINS_PERCENT = 30, FLAP_ENDS_PERCENT = 25 };

/* Zero: nothing was seen. */
struct flap {
	uint32_t changes; /* bit 0: the newest result differs from the one before; bits past the ring do not count */
	bool has_last, is_flapping;
	uint8_t last; /* the newest result's verdict */
};

/* Advances by one result that says `verdict`. */
struct flap flap_step(struct flap flap, uint8_t verdict);

/* Weighted share of changes among the last results, in percent, 0 to 100, rounded down. */
int flap_percent(const struct flap *flap);
