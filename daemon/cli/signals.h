/*
 * Ctrl-C and its kin for commands that stay: blocked and asked for, so that nothing ends in the
 * middle of a line.
 */
#ifndef HAWATCH_CLI_SIGNALS_H
#define HAWATCH_CLI_SIGNALS_H

#include <stdbool.h>
#include <stdint.h>

/* From here on a signal that ends the program waits until it is asked for. */
void signals_hold(void);

/* Whether one waits. */
bool signals_came(void);

/* Sleeps for `ms`, or until one comes or the terminal changes its size. Returns signals_came(). */
bool signals_sleep(int64_t ms);

/* Ends the program by the signal that came: whoever started it learns that it was interrupted. */
_Noreturn void signals_die(void);

#endif
