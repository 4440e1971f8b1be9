#include "decide/flap.h"

/* Weights in hundredths: 80 for the oldest of the ring, 118 for the newest; their sum is 1980. */
enum { WEIGHT_OLDEST = 80, WEIGHT_STEP = 2, WEIGHT_SUM = 1980 };

int flap_percent(const struct flap *flap)
{
	int weight = 0;
	for (int age = 0; age < FLAP_RESULTS; age++)
		if (flap->changes >> age & 1)
			weight += WEIGHT_OLDEST + WEIGHT_STEP * (FLAP_RESULTS - 1 - age);
	return weight * 100 / WEIGHT_SUM;
}

struct flap flap_step(struct flap flap, uint8_t verdict)
{
	bool is_change = flap.has_last && flap.last != verdict;
	flap.changes = (flap.changes << 1 | is_change) & ((UINT32_C(1) << FLAP_RESULTS) - 1);
	flap.has_last = true;
	flap.last = verdict;
	int percent = flap_percent(&flap);
	flap.is_flapping = flap.is_flapping ? percent >= FLAP_ENDS_PERCENT : percent > FLAP_BEGINS_PERCENT;
	return flap;
}
