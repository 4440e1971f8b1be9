#define _DEFAULT_SOURCE /* O_DIRECTORY, O_CLOEXEC */
#include "os/state_file.h"

#include "base/mem.h"
#include "decode/state.h"
#include "os/files.h"
#include "os/log.h"
#include "render/state_json.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DIGEST_BYTES = 32, DIGEST_HEX = 2 * DIGEST_BYTES };

static void digest_hex(const char *bytes, size_t len, char out[DIGEST_HEX + 1])
{
	unsigned char digest[DIGEST_BYTES];
	int failed = gnutls_hash_fast(GNUTLS_DIG_SHA256, bytes, len, digest);
	if (failed)
		log_fatal("cannot compute a checksum; hawatchd ends", gnutls_strerror(failed));
	for (size_t i = 0; i < sizeof digest; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

void state_file_directory_apply(struct conf *conf)
{
	const char *given = getenv("STATE_DIRECTORY");
	if (!conf->state_directory && given && *given)
		conf->state_directory = mem_copy_text(given, strcspn(given, ":"));
}

bool state_file_directory_check(const char *directory, struct err *e)
{
	struct stat st;
	if (stat(directory, &st) == 0 && !S_ISDIR(st.st_mode))
		errno = ENOTDIR;
	else if (access(directory, W_OK | X_OK) == 0)
		return true;
	return err_set(e,
	    "state_directory: %s: %s; create a directory that hawatchd's user can write to, or remove the key",
	    directory, strerror(errno));
}

void state_file_render(const struct state *state, struct buf *out)
{
	char digest[DIGEST_HEX + 1];
	state_json_render(state, out);
	digest_hex(buf_text(out), out->len, digest);
	buf_printf(out, "\n%s\n", digest);
}

/* Two lines: the JSON and its SHA-256. */
static bool parse(const char *text, size_t len, struct state *out, struct err *e)
{
	char digest[DIGEST_HEX + 1];
	const char *end = memchr(text, '\n', len);
	size_t line = end ? (size_t)(end - text) : 0;
	if (!end || len != line + 1 + DIGEST_HEX + 1 || text[len - 1] != '\n')
		return err_set(e, "the file is truncated or damaged");
	digest_hex(text, line, digest);
	if (memcmp(end + 1, digest, DIGEST_HEX) != 0)
		return err_set(e, "the file is damaged: wrong checksum");
	return state_read(text, line, out, e);
}

enum state_found state_file_load(const char *directory, const char *name, struct state *out, struct err *e)
{
	struct buf path = buf_of(8192);
	size_t len;
	buf_printf(&path, "%s/%s.state", directory, name);
	bool is_missing = access(buf_text(&path), F_OK) != 0 && errno == ENOENT;
	char *text = is_missing ? NULL : files_read(buf_text(&path), STATE_FILE_MAX_BYTES, &len, e);
	bool is_good = text && parse(text, len, out, e);
	free(text);
	buf_fini(&path);
	return is_good ? STATE_READ : is_missing ? STATE_NONE : STATE_UNUSABLE;
}

/* The next entry; NULL at the end, or with `errno` set where the rest cannot be read. */
static struct dirent *next_file(DIR *folder)
{
	errno = 0;
	return readdir(folder);
}

char **state_file_names(const char *directory, struct err *e)
{
	static const char end[] = ".state";
	char **names = mem_zeroed(1, sizeof *names);
	DIR *folder = opendir(directory);
	size_t count = 0;
	e->text[0] = '\0';
	if (!folder && errno != ENOENT)
		err_set(e, "%s: %s", directory, strerror(errno));
	for (struct dirent *file; folder && (file = next_file(folder));) {
		size_t len = strlen(file->d_name), stem = len - strlen(end);
		if (len <= strlen(end) || file->d_name[0] == '.' || strcmp(file->d_name + stem, end) != 0)
			continue;
		names = mem_resized(names, (count + 2) * sizeof *names);
		names[count++] = mem_copy_text(file->d_name, stem);
		names[count] = NULL;
	}
	if (folder && errno)
		err_set(e, "%s: %s", directory, strerror(errno));
	if (folder)
		closedir(folder);
	return names;
}

static bool write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

static bool sync_file(int fd)
{
	int result;
	do
		result = fsync(fd);
	while (result != 0 && errno == EINTR);
	return result == 0;
}

/* An interrupted close() has closed the file all the same. */
static bool close_file(int fd)
{
	return close(fd) == 0 || errno == EINTR;
}

/* Writes and syncs a temporary file, renames it, then syncs the directory. */
static bool replace(int folder, const char *fresh, const char *name, const char *bytes, size_t len)
{
	unlinkat(folder, fresh, 0); /* left by a crash during an earlier write */
	int fd = openat(folder, fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	bool is_written = write_all(fd, bytes, len) && sync_file(fd);
	int why = is_written ? 0 : errno;
	is_written = close_file(fd) && is_written && renameat(folder, fresh, folder, name) == 0;
	if (is_written)
		return sync_file(folder);
	if (!why)
		why = errno;
	unlinkat(folder, fresh, 0);
	errno = why;
	return false;
}

bool state_file_write(const char *directory, const char *name, const char *bytes, size_t len, struct err *e)
{
	char fresh[128], final[128];
	snprintf(fresh, sizeof fresh, ".%s.state.new", name);
	snprintf(final, sizeof final, "%s.state", name);
	int folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool is_good = folder >= 0 && replace(folder, fresh, final, bytes, len);
	if (!is_good)
		err_set(e, "%s/%s: %s", directory, final, strerror(errno));
	if (folder >= 0)
		close(folder);
	return is_good;
}
