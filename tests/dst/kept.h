/* A reload that leaves the sides as they are loses nothing of what was known: no answer, no delay, no credential. */
#pragma once

struct poller;

/* Writes down what `poller` knows. */
void kept_note(const struct poller *poller);

/* Holds the poller that has adopted it against that. */
void kept_check(const struct poller *poller);
