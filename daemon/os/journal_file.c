#define _DEFAULT_SOURCE /* flock, getc_unlocked, O_DIRECTORY, O_CLOEXEC, O_NOFOLLOW */
#include "os/journal_file.h"

#include "decode/journal.h"
#include "render/journal_json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_MAX_BYTES = 128, BEFORE_MAX_BYTES = (JOURNAL_CARRIED_MAX + 1) * JOURNAL_LINE_MAX_BYTES };

/* A journal in its directory. */
struct place_of_journal {
	int folder;
	const char *directory;
	char name[NAME_MAX_BYTES], older[NAME_MAX_BYTES];
};

static bool open_place(
    struct place_of_journal *at, const char *directory, const char *pair, enum journal_content content, struct err *e)
{
	static const char *const suffixes[] = {[JOURNAL_LINES] = "journal", [JOURNAL_BLOCKS] = "rec"};
	const char *suffix = suffixes[content];
	at->directory = directory;
	snprintf(at->name, sizeof at->name, "%s.%s", pair, suffix);
	snprintf(at->older, sizeof at->older, "%s.%s.1", pair, suffix);
	at->folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return at->folder >= 0 || err_set(e, "%s: %s", directory, strerror(errno));
}

static bool fail(const struct place_of_journal *at, const char *name, struct err *e)
{
	return err_set(e, "%s/%s: %s", at->directory, name, strerror(errno));
}

/* Reading. */

struct scan {
	journal_take *take;
	void *ctx;
	struct journal_found *found;
	bool is_over;    /* no more is wanted */
	uint64_t number; /* of the entry before, and its time */
	wall_ms time;
	/* Of the present file. */
	size_t line;
	bool has_entry, is_ours; /* any of its lines is an entry; it begins as our files do */
	bool is_cut;             /* its last line has no end */
};

/* A write that was told to have failed may be in the file all the same, and then it is there twice. */
static void scan_line(struct scan *s, const char *name, const char *line, size_t len)
{
	static const char begin[] = "{\"number\":";
	size_t known = len < sizeof begin - 1 ? len : sizeof begin - 1;
	struct journal_entry entry;
	struct err e;
	s->line++;
	s->is_ours |= s->line == 1 && memcmp(line, begin, known) == 0;
	if (!journal_read(line, len, &entry, &e)) {
		if (!s->found->damaged++)
			err_set(&s->found->first_damage, "%.100s:%zu: %.300s", name, s->line, e.text);
		return;
	}
	s->has_entry = true;
	if (entry.event.number == s->number && entry.event.at.wall.ms == s->time.ms)
		return;
	s->number = entry.event.number;
	s->time = entry.event.at.wall;
	s->found->entries++;
	s->is_over = !s->take(s->ctx, &entry);
}

/* A line that is too long is a damaged one, whatever it begins with. */
static bool scan_lines(struct scan *s, const char *name, FILE *in)
{
	char line[JOURNAL_LINE_MAX_BYTES];
	size_t len = 0;
	s->line = 0;
	s->has_entry = s->is_ours = s->is_cut = false;
	for (int c; !s->is_over && (c = getc_unlocked(in)) != EOF; len += c != '\n' && len < sizeof line) {
		if (c != '\n' && len < sizeof line)
			line[len] = (char)c;
		else if (c == '\n') {
			scan_line(s, name, line, len);
			len = 0;
		}
	}
	s->is_cut = len > 0 && !s->is_over;
	if (s->is_cut)
		scan_line(s, name, line, len);
	return !ferror(in);
}

/* Takes the descriptor. */
static bool scan_take(struct scan *s, int fd, const struct place_of_journal *at, const char *name, struct err *e)
{
	struct stat st;
	bool has_stat = fstat(fd, &st) == 0, is_file = has_stat && S_ISREG(st.st_mode);
	FILE *in = is_file ? fdopen(fd, "r") : NULL;
	bool is_good = in && scan_lines(s, name, in);
	if (has_stat && !is_file)
		err_set(e, "%s/%s: not a regular file; move it away", at->directory, name);
	else if (!is_good)
		fail(at, name, e);
	if (in)
		fclose(in);
	else
		close(fd);
	if (is_good && st.st_size > 0 && !s->has_entry && !s->is_ours)
		return err_set(e, "%s/%s: not a journal of hawatchd; move it away", at->directory, name);
	return is_good;
}

/* True also where there is no such file. */
static bool scan_file(struct scan *s, const struct place_of_journal *at, const char *name, struct err *e)
{
	int fd = openat(at->folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT || fail(at, name, e);
	return scan_take(s, fd, at, name, e);
}

/* All of them are whole. */
static void scan_waiting(struct scan *s, const struct buf *lines)
{
	const char *line = buf_text(lines), *end;
	s->line = 0;
	for (; !s->is_over && (end = strchr(line, '\n')); line = end + 1)
		scan_line(s, "not yet written", line, (size_t)(end - line));
}

bool journal_file_read(const char *directory, const char *pair, const struct buf *waiting, journal_take *take,
    void *ctx, struct journal_found *found, struct err *e)
{
	struct place_of_journal at;
	struct scan s = {.take = take, .ctx = ctx, .found = found};
	*found = (struct journal_found){0};
	if (!open_place(&at, directory, pair, JOURNAL_LINES, e))
		return false;
	bool is_good = scan_file(&s, &at, at.older, e);
	is_good = (s.is_over || scan_file(&s, &at, at.name, e)) && is_good;
	close(at.folder);
	if (waiting)
		scan_waiting(&s, waiting);
	return is_good;
}

/* Writing. */

void journal_file_close(struct journal_file *f)
{
	if (f->is_open)
		close(f->fd);
	f->is_open = false;
	buf_fini(&f->before);
}

static bool carry(void *ctx, const struct journal_entry *entry)
{
	journal_carry_add(ctx, entry);
	return true;
}

static bool note_first(void *ctx, const struct journal_entry *entry)
{
	wall_ms *first = ctx;
	if (!entry->is_carried && !wall_is_known(*first) && wall_is_set(entry->event.at.wall))
		*first = entry->event.at.wall;
	return true;
}

/* A new file must tell by itself what holds: the older one will be gone one day. */
static bool prepare_new(struct journal_file *f, const struct place_of_journal *at, struct err *e)
{
	struct journal_carry carried = {0};
	struct journal_found found = {0};
	struct scan s = {.take = carry, .ctx = &carried, .found = &found};
	if (f->content == JOURNAL_LINES && !scan_file(&s, at, at->older, e))
		return false;
	for (int i = 0; i < JOURNAL_CARRIED_MAX; i++)
		if (carried.is_set[i])
			journal_json_render(&carried.entry[i], &f->before);
	return fsync(at->folder) == 0 || fail(at, at->name, e);
}

/* Where the last line was cut, the next one begins on a new line. */
static bool prepare_old(struct journal_file *f, const struct place_of_journal *at, struct err *e)
{
	struct journal_found found = {0};
	struct scan s = {.take = note_first, .ctx = &f->first, .found = &found};
	if (f->content == JOURNAL_BLOCKS)
		return true;
	int fd = openat(at->folder, at->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return fail(at, at->name, e);
	if (!scan_take(&s, fd, at, at->name, e))
		return false;
	if (s.is_cut)
		buf_putc(&f->before, '\n');
	return true;
}

/* The name stands for the file that is open: nobody has moved or removed it. */
static bool is_named(const struct journal_file *f, const struct place_of_journal *at, struct stat *open)
{
	struct stat named;
	return fstat(f->fd, open) == 0 && fstatat(at->folder, at->name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	    open->st_dev == named.st_dev && open->st_ino == named.st_ino;
}

static int64_t size_of(const struct place_of_journal *at, const char *name)
{
	struct stat st;
	return fstatat(at->folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_size : 0;
}

static enum journal_written open_file(struct journal_file *f, const struct place_of_journal *at, struct err *e)
{
	struct stat st;
	f->before = buf_of(BEFORE_MAX_BYTES);
	f->first = WALL_UNKNOWN;
	f->fd = openat(at->folder, at->name, O_RDONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	f->is_open = f->fd >= 0;
	if (!f->is_open || fstat(f->fd, &st) != 0) {
		fail(at, at->name, e);
		return JOURNAL_FAILED;
	}
	if (!S_ISREG(st.st_mode)) {
		err_set(e, "%s/%s: not a regular file; move it away", at->directory, at->name);
		return JOURNAL_FAILED;
	}
	int why = flock(f->fd, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
	if (why == EWOULDBLOCK) {
		err_set(e, "%s/%s: another process writes to it; give each hawatchd a state directory of its own",
		    at->directory, at->name);
		return JOURNAL_TAKEN;
	}
	if (why) {
		err_set(e, "%s/%s: cannot be locked: %s", at->directory, at->name, strerror(why));
		return JOURNAL_FAILED;
	}
	if (!is_named(f, at, &st)) { /* who had the lock has just begun another file */
		fail(at, at->name, e);
		return JOURNAL_FAILED;
	}
	f->bytes = st.st_size;
	f->older_bytes = size_of(at, at->older);
	bool is_good = st.st_size ? prepare_old(f, at, e) : prepare_new(f, at, e);
	return is_good ? JOURNAL_WRITTEN : JOURNAL_FAILED;
}

static bool is_full(const struct journal_file *f, size_t len, struct journal_limits limits, wall_ms now)
{
	return f->bytes > 0 &&
	    (f->bytes + (int64_t)len > limits.max_bytes / 2 ||
		(wall_is_known(f->first) && now.ms - f->first.ms > limits.max_age_ms));
}

/* All or nothing: what a full disk leaves of the lines is cut off. */
static bool write_to(int fd, const struct journal_file *f, const struct place_of_journal *at, struct err *e)
{
	ssize_t n;
	do
		n = write(fd, f->before.data, f->before.len);
	while (n < 0 && errno == EINTR);
	bool is_whole = n == (ssize_t)f->before.len;
	if (n >= 0 && !is_whole)
		errno = ENOSPC;
	int synced = -1;
	while (is_whole && (synced = fdatasync(fd)) != 0 && errno == EINTR)
		;
	if (synced == 0)
		return true;
	fail(at, at->name, e);
	return n > 0 && ftruncate(fd, f->bytes) != 0
	    ? err_set(e, "%s/%s: %s, and it cannot be cut to what it was", at->directory, at->name, strerror(errno))
	    : false;
}

static bool write_whole(const struct journal_file *f, const struct place_of_journal *at, struct err *e)
{
	int fd = openat(at->folder, at->name, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return fail(at, at->name, e);
	bool is_good = write_to(fd, f, at, e);
	close(fd);
	return is_good;
}

static enum journal_written append(struct journal_file *f, const struct place_of_journal *at, const char *lines,
    size_t len, struct journal_limits limits, wall_ms now, struct err *e)
{
	enum journal_written opened = JOURNAL_WRITTEN;
	struct stat st;
	if (f->is_open && !is_named(f, at, &st))
		journal_file_close(f);
	if (!f->is_open)
		opened = open_file(f, at, e);
	if (opened == JOURNAL_WRITTEN && is_full(f, len, limits, now)) {
		journal_file_close(f);
		if (renameat(at->folder, at->name, at->folder, at->older) != 0) {
			fail(at, at->name, e);
			return JOURNAL_FAILED;
		}
		opened = open_file(f, at, e);
	}
	if (opened != JOURNAL_WRITTEN)
		return opened;
	f->before.max = f->before.len + len;
	buf_put(&f->before, lines, len);
	if (!write_whole(f, at, e))
		return JOURNAL_FAILED;
	f->bytes += (int64_t)f->before.len;
	if (!wall_is_known(f->first) && wall_is_set(now))
		f->first = now;
	buf_fini(&f->before);
	return JOURNAL_WRITTEN;
}

enum journal_written journal_file_append(struct journal_file *f, const char *directory, const char *pair,
    const char *lines, size_t len, struct journal_limits limits, wall_ms now, struct err *e)
{
	struct place_of_journal at;
	enum journal_written written = JOURNAL_FAILED;
	if (open_place(&at, directory, pair, f->content, e)) {
		written = append(f, &at, lines, len, limits, now, e);
		close(at.folder);
	}
	if (written != JOURNAL_WRITTEN)
		journal_file_close(f); /* the next try looks at the file anew */
	return written;
}
