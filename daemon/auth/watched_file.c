#include "auth/watched_file.h"

#include "base/mem.h"
#include "base/rfc3339.h"
#include "os/files.h"
#include "os/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PEM_MAX_BYTES = 1 << 20 };

static const enum certificate_use uses[] = {
    [FILE_AUTHORITIES] = CERTIFICATE_AUTHORITIES,
    [FILE_CLIENT_CERTIFICATE] = CERTIFICATE_CLIENT,
    [FILE_PRIVATE_KEY] = CERTIFICATE_KEY,
};

static bool are_same(const struct certificate_facts *a, const struct certificate_facts *b)
{
	return a->count == b->count && a->expires.ms == b->expires.ms && strcmp(a->subject, b->subject) == 0 &&
	    strcmp(a->ending, b->ending) == 0;
}

static void set_facts(struct watched_file *file, const struct certificate_facts *facts)
{
	if (!file->facts)
		file->facts = mem_zeroed(1, sizeof *file->facts);
	file->is_told = file->is_told && are_same(file->facts, facts);
	*file->facts = *facts;
}

/* Nearly always the same is read again: parsing it would find the same, until a certificate is about to expire. */
static bool is_known(const struct watched_file *file, const char *text, size_t len, wall_ms now)
{
	return file->text && strlen(file->text) == len && memcmp(file->text, text, len) == 0 &&
	    (!file->facts || !wall_is_known(file->facts->ending_until) || now.ms < file->facts->ending_until.ms);
}

/* Of `text` what is used is kept. False with what is wrong with it. */
static bool parse(
    struct watched_file *file, const char *text, size_t len, enum file_kind kind, wall_ms now, struct err *e)
{
	struct certificate_facts facts;
	struct err why;
	if (is_known(file, text, len, now))
		return true;
	char *pem = certificate_read(uses[kind], text, len, now, &facts, &why);
	if (!pem)
		return err_set(e, "%s: %.300s", file->path, why.text);
	if (kind != FILE_PRIVATE_KEY)
		set_facts(file, &facts);
	mem_free_secret(&file->text);
	file->text = pem;
	return true;
}

static bool read_token(struct watched_file *file, struct err *e)
{
	char *token = files_read_secret(file->path, e);
	if (!token)
		return false;
	mem_free_secret(&file->text);
	file->text = token;
	return true;
}

static bool read_file(struct watched_file *file, enum file_kind kind, wall_ms now, struct err *e)
{
	size_t len;
	if (kind == FILE_TOKEN)
		return read_token(file, e);
	char *text = files_read(file->path, PEM_MAX_BYTES, &len, e);
	bool is_good = text && parse(file, text, len, kind, now, e);
	mem_free_secret_bytes(text, len);
	return is_good;
}

static bool note(struct watched_file *file, bool is_good, const struct err *e)
{
	free(file->failing);
	file->failing = is_good ? NULL : mem_copy_text(e->text, strlen(e->text));
	return is_good;
}

/* What was read of another path is never kept. */
static void set_path(struct watched_file *file, const char *path)
{
	if (file->path && strcmp(file->path, path) == 0)
		return;
	watched_file_fini(file);
	file->path = mem_copy_text(path, strlen(path));
	file->read_at = MONO_NEVER;
}

bool watched_file_refresh(
    struct watched_file *file, const char *path, enum file_kind kind, bool must_read, struct now now)
{
	/* Taken before reading, so that a change during the read is noticed next time. */
	struct file_stamp stamp = file_stamp_of(path);
	set_path(file, path);
	/* What could not be read, for want of a descriptor perhaps, is tried again every time. */
	if (!must_read && !file->failing && file_stamp_is_same(&stamp, &file->stamp) &&
	    mono_since(file->read_at, now.mono) < FILE_TRUSTED_MS)
		return true;
	file->stamp = stamp;
	file->read_at = now.mono;
	struct err e;
	bool is_good = read_file(file, kind, now.wall, &e);
	return note(file, is_good, &e);
}

bool watched_file_hold(
    struct watched_file *file, const char *name, const char *text, enum file_kind kind, struct now now)
{
	set_path(file, name);
	if (file->text && strcmp(file->text, text) == 0 && mono_since(file->read_at, now.mono) < FILE_TRUSTED_MS)
		return true;
	file->read_at = now.mono;
	struct err e;
	bool is_good = parse(file, text, strlen(text), kind, now.wall, &e);
	return note(file, is_good, &e);
}

void watched_file_tell(struct watched_file *file, enum file_kind kind, const char *pair, const char *side)
{
	const struct certificate_facts *facts = file->facts;
	bool is_client = kind == FILE_CLIENT_CERTIFICATE;
	char expires[RFC3339_SIZE], count[24];
	if (!facts || file->is_told)
		return;
	file->is_told = true;
	rfc3339_render(facts->expires, expires);
	snprintf(count, sizeof count, "%zu", facts->count);
	if (*facts->ending)
		log_warn(is_client ? "client certificate has expired or expires within 30 days"
				   : "CA certificates have expired or expire within 30 days",
		    "pair", pair, "side", side, "file", file->path, "certificates", facts->ending);
	else
		log_debug(is_client ? "client certificate read" : "CA certificates read", "pair", pair, "side", side,
		    "file", file->path, "subject", facts->subject, "expires", expires, "certificates",
		    facts->count > 1 ? count : NULL);
}

void watched_file_fini(struct watched_file *file)
{
	free(file->path);
	mem_free_secret(&file->text);
	free(file->facts);
	free(file->failing);
	*file = (struct watched_file){0};
}
