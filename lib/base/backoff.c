#include "base/backoff.h"

int64_t backoff_ceiling_ms(int64_t base_ms, int64_t cap_ms, int attempt)
{
	int64_t ceiling = base_ms;
	while (attempt-- > 0 && ceiling < cap_ms)
		ceiling *= 2; /* cannot overflow: cap_ms is a few hours at most */
	return ceiling < cap_ms ? ceiling : cap_ms;
}

int64_t backoff_ms(int64_t base_ms, int64_t cap_ms, int attempt, uint32_t random)
{
	double share = (double)random / 4294967296.0;
	return (int64_t)((double)backoff_ceiling_ms(base_ms, cap_ms, attempt) * share);
}
