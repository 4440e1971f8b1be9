#define _DEFAULT_SOURCE /* pthread_condattr_setclock */
#include "shared/state_writer.h"

#include "base/mem.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/state_file.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { END_MS = 500, LINES_MAX_BYTES = 64 << 10, BLOCKS_MAX_BYTES = 256 << 10, READ_MS = 4000 };

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

	struct journal_file recording; /* only the thread uses it */
	struct buf blocks;             /* of the recording, not yet written */
	int64_t recording_max_bytes;
	bool is_unrecorded; /* the last write failed, and that is logged */
	uint64_t asked;     /* of the slots of a pair, the one with the greatest is in use */
};

struct reads {
	struct journal_read *first; /* the oldest first */
};

struct state_writer {
	pthread_mutex_t lock; /* protects everything here; never held during disk I/O */
	pthread_cond_t changed;
	pthread_t thread;
	bool is_running, is_stopping, has_ended;
	struct state_slot *slots;
	uint64_t asked;

	struct reads queued, ended;
	struct journal_read *reading; /* by the thread; NULL: none */
	int reads_fd;
	bool takes_no_reads;
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
	w->reads_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->reads_fd < 0)
		log_fatal("cannot start: no descriptor for reading journals", strerror(errno));
	return w;
}

/* Called with the lock held, like the next ones. */
static void put_read(struct reads *reads, struct journal_read *read)
{
	struct journal_read **end = &reads->first;
	while (*end)
		end = &(*end)->next;
	read->next = NULL;
	*end = read;
}

static struct journal_read *take_read(struct reads *reads)
{
	struct journal_read *read = reads->first;
	if (read)
		reads->first = read->next;
	return read;
}

static void tell_reads(const struct state_writer *w)
{
	if (eventfd_write(w->reads_fd, 1) != 0)
		abort();
}

/* The slot of a pair that is in use; NULL: it has no files. */
static struct state_slot *slot_of(const struct state_writer *w, const char *pair)
{
	struct state_slot *newest = NULL;
	for (struct state_slot *f = w->slots; f; f = f->next)
		if (strcmp(f->pair, pair) == 0 && (!newest || f->asked > newest->asked))
			newest = f;
	return newest;
}

/* Called with the lock held; releases it during the read. Slots are never removed. */
static void read_journal(struct state_writer *w, struct journal_read *read)
{
	struct state_slot *f = slot_of(w, read->pair);
	struct buf waiting = buf_of(LINES_MAX_BYTES);
	if (f) {
		buf_put(&waiting, buf_text(&f->lines), f->lines.len);
		read->lost = f->journal.lost;
	}
	w->reading = read;
	pthread_mutex_unlock(&w->lock);
	journal_read_run(read, f ? f->directory : NULL, &waiting);
	buf_fini(&waiting);
	pthread_mutex_lock(&w->lock);
	w->reading = NULL;
	if (read->is_left) {
		journal_read_free(read);
		return;
	}
	put_read(&w->ended, read);
	tell_reads(w);
}

static struct state_slot *find_waiting(struct state_writer *w)
{
	for (struct state_slot *f = w->slots; f; f = f->next)
		if (f->waiting.len || f->blocks.len || (f->lines.len && !f->is_tried))
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

static void tell_unrecorded(const struct state_slot *f, const char *error)
{
	log_warn("recording not written; hawatch replay will show a gap", "pair", f->pair, "error", error);
}

/* Called with the lock held; releases it during the write, as write_file() does. */
static void write_blocks(struct state_writer *w, struct state_slot *f)
{
	struct err e;
	struct buf blocks = f->blocks;
	struct journal_limits limits = {f->recording_max_bytes, INT64_MAX};
	bool had_failed = f->is_unrecorded;
	f->blocks = (struct buf){0};
	pthread_mutex_unlock(&w->lock);
	bool is_good = journal_file_append(&f->recording, f->directory, f->pair, buf_text(&blocks), blocks.len, limits,
			   clock_now().wall, &e) == JOURNAL_WRITTEN;
	buf_fini(&blocks);
	if (!is_good && !had_failed)
		tell_unrecorded(f, e.text);
	else if (is_good && had_failed)
		log_info("recording written again", "pair", f->pair);
	pthread_mutex_lock(&w->lock);
	f->is_unrecorded = !is_good;
}

static void *run(void *ctx)
{
	struct state_writer *w = ctx;
	pthread_mutex_lock(&w->lock);
	for (struct state_slot *f; (f = find_waiting(w)) || !w->is_stopping;) {
		struct journal_read *read = f ? NULL : take_read(&w->queued);
		if (f && f->lines.len && !f->is_tried)
			write_lines(w, f); /* before the state: a crash between them must not lose the event */
		else if (f && f->waiting.len)
			write_file(w, f);
		else if (f)
			write_blocks(w, f);
		else if (read)
			read_journal(w, read);
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
		f->recording.content = JOURNAL_BLOCKS;
		f->next = w->slots;
		w->slots = f;
	}
	f->limits = limits;
	f->asked = ++w->asked;
	pthread_mutex_unlock(&w->lock);
	return f;
}

/* Wakes the thread, or starts it. Called with the lock held. Returns why there is none, or 0. */
static int wake_thread(struct state_writer *w)
{
	int failed = w->is_running ? 0 : pthread_create(&w->thread, NULL, run, w);
	w->is_running = !failed;
	pthread_cond_broadcast(&w->changed);
	return failed;
}

/*
 * For all that the slot has to write. Called with the lock held. Without a thread nothing is saved; it is tried again
 * with the next state, after a minute at most. Returns why there is none, or 0.
 */
static int wake(struct state_writer *w, struct state_slot *f)
{
	f->is_tried = false;
	return wake_thread(w);
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

void state_writer_record(struct state_writer *w, struct state_slot *f, const char *block, size_t len, int64_t max_bytes)
{
	pthread_mutex_lock(&w->lock);
	if (!f->blocks.max)
		f->blocks = buf_of(BLOCKS_MAX_BYTES);
	if (f->blocks.len + len <= f->blocks.max) /* else the disk hangs */
		buf_put(&f->blocks, block, len);
	f->recording_max_bytes = max_bytes;
	wake_thread(w);
	pthread_mutex_unlock(&w->lock);
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

bool state_writer_read(struct state_writer *w, struct journal_read *read)
{
	pthread_mutex_lock(&w->lock);
	bool is_taken = !w->takes_no_reads;
	int failed = is_taken ? wake_thread(w) : 0;
	if (failed) {
		err_set(&read->problem, "the journal cannot be read: no thread for it: %s", strerror(failed));
		put_read(&w->ended, read);
		tell_reads(w);
	} else if (is_taken)
		put_read(&w->queued, read);
	pthread_mutex_unlock(&w->lock);
	return is_taken;
}

int state_writer_reads_fd(const struct state_writer *w)
{
	return w->reads_fd;
}

static bool is_overdue(const struct state_writer *w, const struct journal_read *read, mono_ms now)
{
	return read && (w->takes_no_reads || mono_since(read->asked, now) > READ_MS);
}

static struct journal_read *too_late(struct journal_read *read)
{
	err_set(&read->problem, "the disk of the state directory does not answer");
	return read;
}

struct journal_read *state_writer_next_read(struct state_writer *w, mono_ms now)
{
	eventfd_t count;
	pthread_mutex_lock(&w->lock);
	struct journal_read *read = take_read(&w->ended);
	if (!read && is_overdue(w, w->reading, now) && !w->reading->is_left) {
		read = too_late(journal_read_copy(w->reading));
		w->reading->is_left = true; /* the thread frees it, when the disk lets it */
	}
	if (!read && is_overdue(w, w->queued.first, now))
		read = too_late(take_read(&w->queued));
	if (!read)
		eventfd_read(w->reads_fd, &count);
	pthread_mutex_unlock(&w->lock);
	return read;
}

void state_writer_end_reads(struct state_writer *w)
{
	pthread_mutex_lock(&w->lock);
	w->takes_no_reads = true;
	pthread_mutex_unlock(&w->lock);
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
		buf_fini(&f->blocks);
		journal_file_close(&f->file);
		journal_file_close(&f->recording);
		free(f->directory);
		free(f->pair);
		free(f);
	}
	close(w->reads_fd);
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
