/*
 * A summary as people read it, in blocks that fit 80 columns and that commands put together. Blocks
 * show what the daemon told and "-" where it told nothing; they judge nothing anew.
 */
#ifndef HAWATCH_VIEW_H
#define HAWATCH_VIEW_H

#include "hawatch_summary.h"

/* "prod  ACTIVE  since 20:00 UTC (1h2m)", and the daemon's message in words. */
void view_headline(const struct screen *screen, const struct summary *s, struct buf *out);

/* The sides beside each other, so that the eye catches what differs; below on a narrow screen. */
void view_sides(const struct screen *screen, const struct summary *s, struct buf *out);

/* Node balance and capacity, against the runbook's 80 and 90 %. */
void view_balance(const struct screen *screen, const struct summary *s, struct buf *out);

#endif
