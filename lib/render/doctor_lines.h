/* How the lines of a report are written, for doctor*.c only. */
#pragma once

#include "render/report.h"
#include "render/view.h"

/* About whom lines are added. */
struct doctor {
	struct report *report;
	wall_ms now;
	const char *pair, *side; /* NULL: what all pairs share */
};

/* Adds a line. The next two functions give the last one its remedy. */
void doctor_say(const struct doctor *d, enum report_result result, const char *thing, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void doctor_remedy(const struct doctor *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
void doctor_command(const struct doctor *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A name or a URL for doctor_command(): one word of a shell's line, whatever is in it. */
struct doctor_word {
	char text[1024];
};
struct doctor_word doctor_word(const char *text);

/* A server that is reached in steps: its name, a connection, TLS, and an answer. */
struct doctor_server {
	const char *url;
	const char *of;     /* what its lines are called: "api" gives "api name"; "": "name" */
	const char *set_by; /* where its URL stands, for the remedy */
	const char *ca_set_by;
	bool is_insecure;
	const struct reach *reach;
};

/* Adds the lines of the steps up to the first that failed. True if the server has answered. */
bool doctor_put_server(const struct doctor *d, const struct doctor_server *server);

/* The clock of this machine against that of a server. */
void doctor_put_clock(const struct doctor *d, const char *thing, const struct poll_stats *stats);

/* Remedy of a name that is not among `names` (each ended by \n): the one that is most like it, or that there is none.
 */
void doctor_put_likely(const struct doctor *d, const char *names, const char *name);

/* One side: how its cluster is reached, and each list that is asked of it. */
void doctor_put_side(
    const struct doctor *d, const struct view *view, const struct view_pair *pair, const struct view_side *side);

/* "until 2026-11-24T20:00:00Z (23 h 5 min)", or "expired ...". */
void doctor_put_end(struct buf *out, wall_ms expires, wall_ms now);
