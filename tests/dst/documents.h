/* What is published: whole, well formed, and of one voice. Rendered now and then, for rendering is most of the work. */
#pragma once

/* A process has started: its counters begin at 0. */
void documents_begin(void);

struct poller;

/* An answer has come, or something befalls the daemon: another snapshot is due. */
void documents_note_news(void);

/* At the end of a turn. */
void documents_check(struct poller *poller);
