#include "decide/flap.h"

/* Weights in hundredths: 80 for the oldest of the ring, 118 for the newest; their sum is 1980. */
enum { WEIGHT_OLDEST = 80, WEIGHT_STEP = 2, WEIGHT_SUM = 1980 };

static int weight_of(const struct flap *flap)
{
	int weight = 0;
	for (int age = 0; age < FLAP_RESULTS; age++)
		if (flap->changes >> age & 1)
			weight += WEIGHT_OLDEST + WEIGHT_STEP * (FLAP_RESULTS - 1 - age);
	return weight;
}

int flap_percent(const struct flap *flap)
{
	return weight_of(flap) * 100 / WEIGHT_SUM;
}

struct flap flap_step(struct flap flap, uint8_t verdict)
{
	bool is_change = flap.has_last && flap.last != verdict;
	flap.changes = flap.changes << 1 | is_change;
	flap.has_last = true;
	flap.last = verdict;
	int weight = weight_of(&flap) * 100;
	flap.is_flapping =
	    flap.is_flapping ? weight >= FLAP_ENDS_PERCENT * WEIGHT_SUM : weight > FLAP_BEGINS_PERCENT * WEIGHT_SUM;
	return flap;
}
