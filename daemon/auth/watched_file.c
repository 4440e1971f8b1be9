#define _DEFAULT_SOURCE /* st_mtim */
#include "auth/watched_file.h"

#include "base/mem.h"
#include "config/pem.h"
#include "os/files.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PEM_MAX_BYTES = 1 << 20 };

static int64_t nanoseconds(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

struct watched_file_stamp watched_file_stamp_of(const char *path)
{
	struct stat st;
	if (stat(path, &st) != 0)
		return (struct watched_file_stamp){0};
	return (struct watched_file_stamp){
	    .device = st.st_dev,
	    .inode = st.st_ino,
	    .size = st.st_size,
	    .modified_ns = nanoseconds(st.st_mtim),
	    .changed_ns = nanoseconds(st.st_ctim),
	};
}

bool watched_file_stamp_is_same(const struct watched_file_stamp *a, const struct watched_file_stamp *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	    a->modified_ns == b->modified_ns && a->changed_ns == b->changed_ns;
}

static char *read_kind(const char *path, enum file_kind kind, struct err *e)
{
	if (kind == FILE_TOKEN)
		return files_read_secret(path, e);
	char *text = files_read(path, PEM_MAX_BYTES, NULL, e);
	const char *mistake =
	    text ? pem_mistake(kind == FILE_CERTIFICATE ? PEM_CERTIFICATE : PEM_PRIVATE_KEY, text) : NULL;
	if (mistake) {
		err_set(e, "%s: %s", path, mistake);
		mem_free_secret(&text);
	}
	return text;
}

bool watched_file_refresh(struct watched_file *file, const char *path, enum file_kind kind, bool must_read, mono_ms now)
{
	bool is_other = !file->path || strcmp(file->path, path) != 0;
	/* Taken before reading, so that a change during the read is noticed next time. */
	struct watched_file_stamp stamp = watched_file_stamp_of(path);
	if (!is_other && !must_read && watched_file_stamp_is_same(&stamp, &file->stamp) &&
	    mono_since(file->read_at, now) < FILE_TRUSTED_MS)
		return !file->err.text[0];
	if (is_other) {
		free(file->path);
		file->path = mem_copy_text(path, strlen(path));
		mem_free_secret(&file->text); /* never keep the content of another path */
	}
	file->stamp = stamp;
	file->read_at = now;
	file->err.text[0] = '\0';
	char *text = read_kind(path, kind, &file->err);
	if (!text)
		return false;
	mem_free_secret(&file->text);
	file->text = text;
	return true;
}

void watched_file_fini(struct watched_file *file)
{
	free(file->path);
	mem_free_secret(&file->text);
	*file = (struct watched_file){0};
}
