/* The only reader of clocks. */
#ifndef HAWATCH_OS_CLOCK_H
#define HAWATCH_OS_CLOCK_H

#include "base/units.h"

/* Monotonic and wall time together, read once a turn of the poll loop. */
struct now clock_now(void);

/* Milliseconds that the machine has spent suspended since boot; growth between two turns is a suspend. */
int64_t clock_suspended_ms(void);

/* When the machine booted, in wall time. */
wall_ms clock_booted(void);

#endif
