/*
 * A terminal that shows one live picture: on the alternate screen, without a cursor, each key read at once. Whatever
 * ends or stops the program, the terminal is given back as it was.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum live_event {
	LIVE_TIME,   /* the time has passed */
	LIVE_KEY,    /* see live_key() */
	LIVE_REDRAW, /* the size has changed, or the program was stopped and goes on */
	LIVE_END,    /* a signal that ends the program is pending */
};

/* Takes the terminal; signals are held from now on. False when stdin or stdout is none, or has no cursor to move. */
bool live_open(void) __attribute__((warn_unused_result));

/* Gives the terminal back. Call signals_die() after it if LIVE_END was the reason. */
void live_close(void);

/* Waits `ms`, or until something else happens. Stops the program for Ctrl-Z. */
enum live_event live_wait(int64_t ms);

/* The key that was pressed last, once; 0: none. */
char live_key(void);

/* True when something waits that should not wait for a slow answer: a key or a signal. */
bool live_is_asked(void);
