/*
 * GET /api/v1/events with a question: what the journal of the pair says. The state writer reads it meanwhile, so the
 * connection sleeps. Where there is no journal, or it cannot be read, the answer has what is in memory.
 */
#pragma once

#include "serve/exchange.h"

/* Whether the request has such a question. */
bool journal_answer_is_asked(struct exchange *x);

/* Queues the response, or leaves the connection suspended until server.c gives its client the read that has ended. */
enum MHD_Result journal_answer_ask(struct exchange *x, const struct snapshot_pair *pair);

/* Answers with the client's read, and frees it. */
enum MHD_Result journal_answer_reply(struct exchange *x);
