/*
 * The recording of a run, replayed: with the same settings there is no difference, in no verdict, counter and time, and
 * nothing in it is damaged. What explains a verdict names the one that was decided.
 */
#pragma once

/* The recording so far into the file of $DST_RECORDING, if there is one. */
void replayed_leave(void);

/* After the run: that is so, or machine_fail(). The recording is left first. */
void replayed_judge(void);
