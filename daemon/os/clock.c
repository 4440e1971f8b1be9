#define _DEFAULT_SOURCE /* CLOCK_BOOTTIME */
#include "os/clock.h"

#include <time.h>

static int64_t read_ms(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct now clock_now(void)
{
	return (struct now){{read_ms(CLOCK_MONOTONIC)}, {read_ms(CLOCK_REALTIME)}};
}

int64_t clock_suspended_ms(void)
{
	/* CLOCK_BOOTTIME continues during suspend, CLOCK_MONOTONIC does not. Reading MONOTONIC first keeps
	 * the difference from ever being negative. */
	int64_t awake = read_ms(CLOCK_MONOTONIC);
	return read_ms(CLOCK_BOOTTIME) - awake;
}

wall_ms clock_booted(void)
{
	return (wall_ms){read_ms(CLOCK_REALTIME) - read_ms(CLOCK_BOOTTIME)};
}
