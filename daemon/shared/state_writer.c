#define _DEFAULT_SOURCE /* pthread_condattr_setclock */
#include "shared/state_writer.h"

#include "base/mem.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/state_file.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { END_MS = 500, LINES_MAX_BYTES = 64 << 10 };

/* The files of one pair. Slots are never removed, so there is one for every pair ever configured. */
struct state_slot {
	struct state_slot *next;
	char *directory, *pair;
	struct buf waiting; /* the next contents; empty: nothing to write */
	wall_ms saved_at;
	bool has_failed; /* the last write failed, and that is logged */

	struct journal_file file; /* only the thread uses it */
	struct journal_limits limits;
	struct buf lines;  /* of the journal, not yet written */
	bool is_tried;     /* they could not be written: wait for a reason to try again */
	bool is_unwritten; /* the last write failed, and that is logged */
	struct state_journal journal;
};

struct state_writer {
	pthread_mutex_t lock; /* protects everything here; never held during disk I/O */
	pthread_cond_t changed;
	pthread_t thread;
	bool is_running, is_stopping, has_ended;
	struct state_slot *slots;
};

struct state_writer *state_writer_new(void)
{
	struct state_writer *w = mem_zeroed(1, sizeof *w);
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&w->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_mutex_init(&w->lock, NULL);
	return w;
}

static struct state_slot *find_waiting(struct state_writer *w)
{
	for (struct state_slot *f = w->slots; f; f = f->next)
		if (f->waiting.len || (f->lines.len && !f->is_tried))
			return f;
	return NULL;
}

static void tell_unsaved(const struct state_slot *f, const char *error)
{
	log_warn(
	    "state not saved; a restart would lose state and maintenance windows", "pair", f->pair, "error", error);
}

/* Called with the lock held; releases it during the write. Slots are never removed, so `f` stays valid. */
static void write_file(struct state_writer *w, struct state_slot *f)
{
	struct err e;
	struct buf bytes = f->waiting;
	bool had_failed = f->has_failed;
	f->waiting = buf_of(STATE_FILE_MAX_BYTES);
	pthread_mutex_unlock(&w->lock);
	bool is_good = state_file_write(f->directory, f->pair, buf_text(&bytes), bytes.len, &e);
	wall_ms now = clock_now().wall;
	buf_fini(&bytes);
	if (!is_good && !had_failed)
		tell_unsaved(f, e.text);
	else if (is_good && had_failed)
		log_info("state saved again", "pair", f->pair);
	pthread_mutex_lock(&w->lock);
	f->has_failed = !is_good;
	if (is_good)
		f->saved_at = now;
}

static void tell_unwritten(const struct state_slot *f, const char *error)
{
	log_warn("journal not written; a restart would lose these events", "pair", f->pair, "error", error);
}

static uint64_t lines_in(const struct buf *lines)
{
	uint64_t count = 0;
	for (const char *c = buf_text(lines); *c; c++)
		count += *c == '\n';
	return count;
}

/* Puts lines behind those that wait. What does not fit is lost: what an incident began with counts most. */
static void put_lines(struct state_slot *f, const char *lines, size_t len)
{
	if (!f->lines.max)
		f->lines = buf_of(LINES_MAX_BYTES);
	if (f->lines.len + len <= f->lines.max) {
		buf_put(&f->lines, lines, len);
		return;
	}
	for (size_t i = 0; i < len; i++)
		f->journal.lost += lines[i] == '\n';
}

/* Called with the lock held; releases it during the write, as write_file() does. */
static void write_lines(struct state_writer *w, struct state_slot *f)
{
	struct err e;
	struct buf lines = f->lines;
	struct journal_limits limits = f->limits;
	bool had_failed = f->is_unwritten;
	f->lines = (struct buf){0};
	pthread_mutex_unlock(&w->lock);
	enum journal_written written = journal_file_append(
	    &f->file, f->directory, f->pair, buf_text(&lines), lines.len, limits, clock_now().wall, &e);
	if (written != JOURNAL_WRITTEN && !had_failed)
		tell_unwritten(f, e.text);
	else if (written == JOURNAL_WRITTEN && had_failed)
		log_info("journal written again", "pair", f->pair);
	pthread_mutex_lock(&w->lock);
	f->is_unwritten = written != JOURNAL_WRITTEN;
	f->journal.errors += f->is_unwritten;
	f->journal.lost += written == JOURNAL_TAKEN ? lines_in(&lines) : 0;
	f->journal.bytes = f->file.bytes + f->file.older_bytes;
	struct buf since = f->lines;
	if (written == JOURNAL_FAILED) { /* in front of what came meanwhile */
		f->lines = lines;
		lines = since;
		put_lines(f, buf_text(&since), since.len);
		f->is_tried = true;
	}
	buf_fini(&lines);
}

static void *run(void *ctx)
{
	struct state_writer *w = ctx;
	pthread_mutex_lock(&w->lock);
	for (struct state_slot *f; (f = find_waiting(w)) || !w->is_stopping;) {
		if (f && f->lines.len && !f->is_tried)
			write_lines(w, f); /* before the state: a crash between them must not lose the event */
		else if (f)
			write_file(w, f);
		else
			pthread_cond_wait(&w->changed, &w->lock);
	}
	w->has_ended = true;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static struct state_slot *find(struct state_writer *w, const char *directory, const char *pair)
{
	for (struct state_slot *f = w->slots; f; f = f->next)
		if (strcmp(f->pair, pair) == 0 && strcmp(f->directory, directory) == 0)
			return f;
	return NULL;
}

struct state_slot *state_writer_slot(
    struct state_writer *w, const char *directory, const char *pair, struct journal_limits limits)
{
	pthread_mutex_lock(&w->lock);
	struct state_slot *f = find(w, directory, pair);
	if (!f) {
		f = mem_zeroed(1, sizeof *f);
		f->directory = mem_copy_text(directory, strlen(directory));
		f->pair = mem_copy_text(pair, strlen(pair));
		f->saved_at = clock_now().wall;
		f->next = w->slots;
		w->slots = f;
	}
	f->limits = limits;
	pthread_mutex_unlock(&w->lock);
	return f;
}

/*
 * Wakes the thread, for all that the slot has to write. Called with the lock held. Without a thread nothing is saved;
 * it is tried again with the next state, after a minute at most. Returns why there is none, or 0.
 */
static int wake(struct state_writer *w, struct state_slot *f)
{
	int failed = w->is_running ? 0 : pthread_create(&w->thread, NULL, run, w);
	w->is_running = !failed;
	f->is_tried = false;
	pthread_cond_broadcast(&w->changed);
	return failed;
}

void state_writer_put_take(struct state_writer *w, struct state_slot *f, struct buf *bytes)
{
	pthread_mutex_lock(&w->lock);
	buf_fini(&f->waiting);
	f->waiting = *bytes;
	*bytes = (struct buf){0};
	int failed = wake(w, f);
	bool is_news = failed && !f->has_failed;
	f->has_failed |= failed != 0;
	pthread_mutex_unlock(&w->lock);
	if (is_news)
		tell_unsaved(f, strerror(failed));
}

void state_writer_append(struct state_writer *w, struct state_slot *f, const char *lines, size_t len)
{
	pthread_mutex_lock(&w->lock);
	put_lines(f, lines, len);
	int failed = wake(w, f);
	bool is_news = failed && !f->is_unwritten;
	f->is_unwritten |= failed != 0;
	f->journal.errors += failed != 0;
	pthread_mutex_unlock(&w->lock);
	if (is_news)
		tell_unwritten(f, strerror(failed));
}

struct state_journal state_writer_journal(struct state_writer *w, const struct state_slot *f)
{
	pthread_mutex_lock(&w->lock);
	struct state_journal journal = f->journal;
	pthread_mutex_unlock(&w->lock);
	return journal;
}

wall_ms state_writer_saved_at(struct state_writer *w, const struct state_slot *f)
{
	pthread_mutex_lock(&w->lock);
	wall_ms at = f->saved_at;
	pthread_mutex_unlock(&w->lock);
	return at;
}

/* True if the thread has ended in time. */
static bool stop(struct state_writer *w)
{
	int64_t until_ms = clock_now().mono.ms + END_MS;
	struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
	pthread_mutex_lock(&w->lock);
	w->is_stopping = true;
	pthread_cond_broadcast(&w->changed);
	for (int late = 0; w->is_running && !w->has_ended && !late;)
		late = pthread_cond_timedwait(&w->changed, &w->lock, &until);
	bool has_ended = !w->is_running || w->has_ended;
	pthread_mutex_unlock(&w->lock);
	return has_ended;
}

void state_writer_free(struct state_writer **writer)
{
	struct state_writer *w = *writer;
	*writer = NULL;
	if (!w)
		return;
	if (!stop(w)) {
		log_warn("the last state was not saved in time");
		return; /* the thread still uses it; the process ends anyway */
	}
	if (w->is_running)
		pthread_join(w->thread, NULL);
	for (struct state_slot *f = w->slots, *next; f; f = next) {
		next = f->next;
		buf_fini(&f->waiting);
		buf_fini(&f->lines);
		journal_file_close(&f->file);
		free(f->directory);
		free(f->pair);
		free(f);
	}
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
