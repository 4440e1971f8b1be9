/*
 * The recording of a run, replayed: with the same settings there is no difference, in no verdict, counter and time, and
 * nothing in it is damaged.
 */
#pragma once

/* After the run: that is so, or machine_fail(). With $DST_RECORDING, the recording is left in this file. */
void replayed_judge(void);
