#include "auth/watched_file.h"

#include "base/mem.h"
#include "base/rfc3339.h"
#include "os/files.h"
#include "os/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PEM_MAX_BYTES = 1 << 20 };

/* `text` as it is used; frees it. NULL with what is wrong with it in `file->err`. */
static char *parse_take(struct watched_file *file, char *text, size_t len, enum file_kind kind, wall_ms now)
{
	static const enum certificate_use uses[] = {
	    [FILE_AUTHORITIES] = CERTIFICATE_AUTHORITIES,
	    [FILE_CLIENT_CERTIFICATE] = CERTIFICATE_CLIENT,
	    [FILE_PRIVATE_KEY] = CERTIFICATE_KEY,
	};
	struct err e;
	char *pem = certificate_read(uses[kind], text, len, now, &file->facts, &e);
	if (!pem)
		err_set(&file->err, "%s: %.300s", file->path, e.text);
	mem_free_secret_bytes(text, len);
	return pem;
}

static char *read_kind(struct watched_file *file, enum file_kind kind, wall_ms now)
{
	size_t len;
	if (kind == FILE_TOKEN)
		return files_read_secret(file->path, &file->err);
	char *text = files_read(file->path, PEM_MAX_BYTES, &len, &file->err);
	return text ? parse_take(file, text, len, kind, now) : NULL;
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

static bool keep_take(struct watched_file *file, char *text)
{
	if (!text)
		return false;
	mem_free_secret(&file->text);
	file->text = text;
	return true;
}

bool watched_file_refresh(
    struct watched_file *file, const char *path, enum file_kind kind, bool must_read, struct now now)
{
	/* Taken before reading, so that a change during the read is noticed next time. */
	struct file_stamp stamp = file_stamp_of(path);
	set_path(file, path);
	/* What could not be read, for want of a descriptor perhaps, is tried again every time. */
	if (!must_read && !file->err.text[0] && file_stamp_is_same(&stamp, &file->stamp) &&
	    mono_since(file->read_at, now.mono) < FILE_TRUSTED_MS)
		return true;
	file->stamp = stamp;
	file->read_at = now.mono;
	file->err.text[0] = '\0';
	return keep_take(file, read_kind(file, kind, now.wall));
}

bool watched_file_hold(
    struct watched_file *file, const char *name, const char *text, enum file_kind kind, struct now now)
{
	set_path(file, name);
	if (file->text && strcmp(file->text, text) == 0 && mono_since(file->read_at, now.mono) < FILE_TRUSTED_MS)
		return true;
	file->read_at = now.mono;
	file->err.text[0] = '\0';
	size_t len = strlen(text);
	return keep_take(file, parse_take(file, mem_copy_text(text, len), len, kind, now.wall));
}

static bool are_same(const struct certificate_facts *a, const struct certificate_facts *b)
{
	return a->count == b->count && a->expires.ms == b->expires.ms && strcmp(a->subject, b->subject) == 0 &&
	    strcmp(a->ending, b->ending) == 0;
}

void watched_file_tell(struct watched_file *file, enum file_kind kind, const char *pair, const char *side)
{
	const struct certificate_facts *facts = &file->facts;
	bool is_client = kind == FILE_CLIENT_CERTIFICATE;
	char expires[RFC3339_SIZE], count[24];
	if (!file->text || are_same(facts, &file->told))
		return;
	file->told = *facts;
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
	*file = (struct watched_file){0};
}
