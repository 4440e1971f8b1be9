/*
 * Ctrl-C and other ending signals for long-running commands: they are blocked and polled, so that output
 * never ends in the middle of a line.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* From now on a signal that ends the program stays pending. */
void signals_hold(void);

/* True if a signal is pending. */
bool signals_came(void);

/* Sleeps for `ms`, or until a signal or a change of the terminal's size. Returns signals_came(). */
bool signals_sleep(int64_t ms);

/* Ends the program by the pending signal, so that the parent process sees the interruption. */
_Noreturn void signals_die(void);

/* The same by this signal. */
_Noreturn void signals_die_of(int signal);
