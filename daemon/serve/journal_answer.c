#include "serve/journal_answer.h"

#include "api.h"
#include "os/clock.h"
#include "serve/reply.h"

#include <stdlib.h>

/* Readings under way of one kind of listener, each with a page that is read or sent. */
enum { READS_MAX = 8 };

static const char *param_of(struct exchange *x, const char *name)
{
	return MHD_lookup_connection_value(x->connection, MHD_GET_ARGUMENT_KIND, name);
}

bool journal_answer_is_asked(struct exchange *x)
{
	return param_of(x, API_SINCE) || param_of(x, API_UNTIL) || param_of(x, API_AFTER);
}

static enum MHD_Result reply_page(struct exchange *x, struct buf *page)
{
	struct MHD_Response *response =
	    reply_made(MHD_create_response_from_buffer_with_free_callback(page->len, page->data, free));
	return reply_response(x, MHD_HTTP_OK, response, page->len, "application/json");
}

static enum MHD_Result reply_kept(
    struct exchange *x, const struct snapshot_pair *pair, struct journal_question question, const char *problem)
{
	const struct view_pair *view = pair->view;
	size_t kept = events_kept(view->events);
	struct journal_page page;
	bool is_wanted = true;
	journal_page_begin(&page, view->name, question);
	for (size_t i = 0; i < kept && is_wanted; i++) {
		struct journal_entry entry = journal_of_event(events_at(view->events, i));
		is_wanted = journal_page_add_kept(&page, &entry);
	}
	struct buf body = journal_page_end(&page,
	    &(struct journal_page_whole){.has_journal = view->has_journal,
		.lost = view->journal_lost,
		.omitted = view->events->count - kept,
		.problem = problem});
	return reply_page(x, &body);
}

static enum MHD_Result refuse(struct exchange *x)
{
	struct err e;
	err_set(&e, "%d readings of journals are under way; try again later", READS_MAX);
	return reply_error(x, API_BUSY, e.text);
}

enum MHD_Result journal_answer_ask(struct exchange *x, const struct snapshot_pair *pair)
{
	struct now now = clock_now();
	struct journal_question question;
	struct err e;
	if (!journal_read_parse(
		param_of(x, API_SINCE), param_of(x, API_UNTIL), param_of(x, API_AFTER), now.wall, &question, &e))
		return reply_error(x, API_BAD_PARAMETER, e.text);
	if (!pair->view->has_journal)
		return reply_kept(x, pair, question, NULL);
	if (x->serving->reads[x->kind] >= READS_MAX)
		return refuse(x);
	struct journal_read *read = journal_read_new(pair->view->name, question, now.mono, x->connection);
	if (!state_writer_read(x->serving->writer, read)) {
		journal_read_free(read);
		return reply_error(x, API_STOPPING, "hawatchd is stopping");
	}
	x->client->is_reading = true;
	x->serving->reads[x->kind]++;
	MHD_suspend_connection(x->connection);
	return MHD_YES;
}

enum MHD_Result journal_answer_reply(struct exchange *x)
{
	struct journal_read *read = x->client->read;
	const struct snapshot_pair *pair = snapshot_pair(x->rendering->snapshot, read->pair);
	enum MHD_Result result;
	struct err e;
	x->client->read = NULL;
	x->client->handler = HTTP_API;
	if (!*read->problem.text) {
		result = reply_page(x, &read->page);
		read->page = (struct buf){0};
	} else if (pair)
		result = reply_kept(x, pair, read->question, read->problem.text);
	else { /* a reload has removed it meanwhile */
		enum api_error kind = reply_pair_error(x, read->pair, &e);
		result = reply_error(x, kind, e.text);
	}
	journal_read_free(read);
	return result;
}
