#define _GNU_SOURCE
#include "machine.h"

#include "process.h"

#include "../model/random.h"
#include "base/buf.h"
#include "base/mem.h"
#include "os/certificate.h"
#include "os/clock.h"
#include "os/file_stamp.h"
#include "os/log.h"
#include "os/process.h"
#include "os/random.h"
#include "os/state_file.h"
#include "shared/state_writer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct machine machine;

/* Clocks. */

mono_ms machine_mono(void)
{
	return (mono_ms){machine.at_ms - machine.asleep_ms - machine.booted_ms + 1000};
}

struct now clock_now(void)
{
	return (struct now){machine_mono(), {MACHINE_EPOCH_S * 1000LL + machine.at_ms + machine.wall_off_ms}};
}

int64_t clock_suspended_ms(void)
{
	return machine.asleep_ms;
}

wall_ms clock_booted(void)
{
	return (wall_ms){MACHINE_EPOCH_S * 1000LL + machine.booted_ms + machine.wall_off_ms};
}

/* In place of libc's: the clock of the simulated services, which is right. */
time_t time(time_t *out)
{
	time_t now = MACHINE_EPOCH_S + (time_t)(machine.at_ms / 1000);
	if (out)
		*out = now;
	return now;
}

/* There is no /proc: it would be most of the work of a turn. */
struct view_process process_read(void)
{
	return (struct view_process){-1, -1, -1, -1, -1, -1, -1};
}

/* Files. */

struct file_stamp file_stamp_of(const char *path)
{
	struct stat st;
	if (stat(path, &st) != 0)
		return (struct file_stamp){0};
	return (struct file_stamp){.inode = machine.has_dull_stamps ? 1 : st.st_ino, .size = 1};
}

bool file_stamp_is_same(const struct file_stamp *a, const struct file_stamp *b)
{
	return a->inode == b->inode && a->size == b->size;
}

/*
 * In place of os/certificate.c's (the linker's --wrap): the certificates of the simulation never change, and reading
 * them was a sixth of the work. What is ending depends on the time, so it is read anew each hour.
 */
char *__real_certificate_read(enum certificate_use use, const char *text, size_t len, wall_ms now,
    struct certificate_facts *facts, struct err *e);
char *__wrap_certificate_read(enum certificate_use use, const char *text, size_t len, wall_ms now,
    struct certificate_facts *facts, struct err *e);
char *__wrap_certificate_read(
    enum certificate_use use, const char *text, size_t len, wall_ms now, struct certificate_facts *facts, struct err *e)
{
	static struct {
		char *text, *pem;
		enum certificate_use use;
		int64_t hour;
		struct certificate_facts facts;
	} last;
	int64_t hour = now.ms / 3600000;
	if (!last.pem || last.use != use || last.hour != hour || strlen(last.text) != len ||
	    memcmp(last.text, text, len) != 0) {
		free(last.text);
		free(last.pem);
		last.text = mem_copy_text(text, len);
		last.pem = __real_certificate_read(use, text, len, now, &last.facts, e);
		last.use = use;
		last.hour = hour;
	}
	if (facts)
		*facts = last.facts;
	return last.pem ? mem_copy_text(last.pem, strlen(last.pem)) : NULL;
}

/* Random numbers. */

uint32_t random_word(void)
{
	return (uint32_t)random_bits(&machine.random);
}

double random_draw(void)
{
	return (double)random_word() / 4294967296.0;
}

uint64_t machine_pick(uint64_t *stream, uint64_t below)
{
	return random_bits(stream) % below;
}

/* In place of libc's, for the tokens that the simulated services make up. */
ssize_t getrandom(void *bytes, size_t len, unsigned flags)
{
	(void)flags;
	for (size_t i = 0; i < len; i++)
		((unsigned char *)bytes)[i] = (unsigned char)random_word();
	return (ssize_t)len;
}

/* The log. */

enum { SECRETS_MAX = 64 };
static char *secrets[SECRETS_MAX];
static size_t secret_count;

void machine_guard_secret(const char *secret)
{
	free(secrets[secret_count % SECRETS_MAX]);
	secrets[secret_count++ % SECRETS_MAX] = strdup(secret);
}

void machine_forget(void)
{
	for (size_t i = 0; i < SECRETS_MAX; i++) {
		free(secrets[i]);
		secrets[i] = NULL;
	}
	secret_count = 0;
}

const char *const log_level_names[LOG_LEVELS] = {"debug", "info", "warn", "error"};

uint64_t log_dropped(void)
{
	return 0;
}

static void look_for_secrets(const char *message, const char *field, const char *text)
{
	for (size_t i = 0; i < SECRETS_MAX && secrets[i]; i++)
		if (strstr(text, secrets[i]))
			machine_fail("a secret in the log: %s, field %s", message, field);
}

_Noreturn void log_fatal(const char *message, const char *error)
{
	fprintf(stderr, "%s: %s\n", message, error);
	abort();
}

void log_at(enum log_level level, const char *message, ...)
{
	va_list ap;
	const char *name, *text;
	machine.log_lines++;
	/* The storm's reloads change intervals, and nothing that these stand on. */
	if (strcmp(message, "not kept over the reload") == 0 || strstr(message, "since the reload"))
		machine_fail("a reload that keeps all says: %s", message);
	if (machine.is_verbose)
		fprintf(stderr, "%12.3f %s %s", (double)machine.at_ms / 1000, log_level_names[level], message);
	va_start(ap, message);
	while ((name = va_arg(ap, const char *))) {
		if (!(text = va_arg(ap, const char *)))
			continue;
		look_for_secrets(message, name, text);
		if (machine.is_verbose)
			fprintf(stderr, " %s=\"%s\"", name, text);
	}
	va_end(ap);
	if (machine.is_verbose)
		fputc('\n', stderr);
}

void machine_fail(const char *format, ...)
{
	static bool is_leaving; /* and that failed */
	va_list ap;
	va_start(ap, format);
	printf("%.3f ", (double)machine.at_ms / 1000);
	vprintf(format, ap);
	putchar('\n');
	va_end(ap);
	fflush(stdout);
	if (!is_leaving) {
		is_leaving = true;
		process_leave_recording();
	}
	_exit(1);
}

/* The disk. */

enum { JOURNAL_MAX_BYTES = 64 << 10, RECORDING_MAX_BYTES = 1 << 30 };

struct state_slot {
	struct state_slot *next;
	char *directory, *pair;
	struct buf bytes, lines, blocks;
	wall_ms saved_at;
};

struct state_writer {
	struct state_slot *slots;
};

/* There is one disk, and it outlives the processes. */
static struct state_writer disk;

struct state_writer *state_writer_new(void)
{
	return &disk;
}

void state_writer_free(struct state_writer **writer)
{
	for (struct state_slot *f = disk.slots, *next; f; f = next) {
		next = f->next;
		buf_fini(&f->bytes);
		buf_fini(&f->lines);
		buf_fini(&f->blocks);
		free(f->directory);
		free(f->pair);
		free(f);
	}
	disk.slots = NULL;
	*writer = NULL;
}

struct state_slot *state_writer_slot(
    struct state_writer *w, const char *directory, const char *pair, struct journal_limits limits)
{
	(void)limits;
	for (struct state_slot *f = w->slots; f; f = f->next)
		if (strcmp(f->pair, pair) == 0 && strcmp(f->directory, directory) == 0)
			return f;
	struct state_slot *f = mem_zeroed(1, sizeof *f);
	*f = (struct state_slot){w->slots, strdup(directory), strdup(pair), buf_of(STATE_FILE_MAX_BYTES),
	    buf_of(JOURNAL_MAX_BYTES), buf_of(RECORDING_MAX_BYTES), clock_now().wall};
	return w->slots = f;
}

void state_writer_put_take(struct state_writer *w, struct state_slot *f, struct buf *bytes)
{
	(void)w;
	if (machine.is_disk_full || machine.is_crashing) {
		buf_fini(bytes);
		return;
	}
	buf_fini(&f->bytes);
	f->bytes = *bytes;
	*bytes = (struct buf){0};
	f->saved_at = clock_now().wall;
}

wall_ms state_writer_saved_at(struct state_writer *w, const struct state_slot *f)
{
	(void)w;
	return f->saved_at;
}

/* The older half; without copies of what still holds, which is more than a journal may lose. */
static void drop_old_lines(struct buf *lines)
{
	char *rest = strchr(lines->data + lines->len / 2, '\n') + 1;
	size_t len = (size_t)(lines->data + lines->len - rest);
	memmove(lines->data, rest, len);
	buf_cut(lines, len);
}

/* What a full disk has no room for is lost here. */
void state_writer_append(struct state_writer *w, struct state_slot *f, const char *lines, size_t len)
{
	(void)w;
	if (machine.is_disk_full || machine.is_crashing)
		return;
	if (f->lines.len + len > JOURNAL_MAX_BYTES)
		drop_old_lines(&f->lines);
	buf_put(&f->lines, lines, len);
}

void state_writer_record(struct state_writer *w, struct state_slot *f, const char *block, size_t len, int64_t max_bytes)
{
	(void)w, (void)max_bytes;
	if (!machine.is_disk_full && !machine.is_crashing)
		buf_put(&f->blocks, block, len);
}

const struct buf *machine_recording(void)
{
	return disk.slots ? &disk.slots->blocks : NULL;
}

struct state_journal state_writer_journal(struct state_writer *w, const struct state_slot *f)
{
	(void)w;
	return (struct state_journal){.bytes = (int64_t)f->lines.len};
}

static void put_journal(const struct state_slot *f)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s.journal", f->directory, f->pair);
	FILE *out = fopen(path, "w");
	bool is_good = out && fwrite(buf_text(&f->lines), 1, f->lines.len, out) == f->lines.len;
	if (!out || fclose(out) != 0 || !is_good)
		machine_fail("cannot write %s", path);
}

void machine_put_state_files(bool are_kept)
{
	for (struct state_slot *f = disk.slots; f; f = f->next) {
		struct err e;
		char path[512];
		snprintf(path, sizeof path, "%s/%s.state", f->directory, f->pair);
		if (!are_kept) {
			unlink(path);
			buf_reset(&f->bytes);
		} else if (f->bytes.len &&
		    !state_file_write(f->directory, f->pair, buf_text(&f->bytes), f->bytes.len, &e))
			machine_fail("cannot write %s: %s", path, e.text);
		put_journal(f);
		f->saved_at = WALL_UNKNOWN; /* not yet by the new process */
	}
}
