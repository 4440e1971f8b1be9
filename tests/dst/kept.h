/*
 * What outlives a poller. A reload that leaves the sides as they are loses nothing of what was known: no answer, no
 * delay, no credential. A restart that finds its state, under which name ever, goes on with the same states, status and
 * windows.
 */
#pragma once

struct poller;

/* Writes down what `poller` knows. */
void kept_note(const struct poller *poller);

/* Holds the poller that has adopted it against that. */
void kept_check(const struct poller *poller);

/* The same for a restart: before the stop, and of the poller that has restored its state. */
void kept_note_stop(const struct poller *poller);
void kept_check_restart(const struct poller *poller);
