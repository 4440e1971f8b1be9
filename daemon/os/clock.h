/* The only code that reads clocks. */
#pragma once

#include "base/units.h"

/* Monotonic and wall time together. Read once per turn of the poll loop. */
struct now clock_now(void);

/* Milliseconds the machine was suspended since boot. If it grew between two turns, the machine was suspended.
 * */
int64_t clock_suspended_ms(void);

/* Boot time, as wall time. */
wall_ms clock_booted(void);
