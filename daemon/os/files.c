#define _DEFAULT_SOURCE /* explicit_bzero, O_CLOEXEC */
#include "os/files.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECRET_MAX_BYTES = 64 << 10 };

static char *read_all(int fd, const char *path, size_t max, size_t *len, struct err *e)
{
	struct stat st;
	bool has_stat = fstat(fd, &st) == 0;
	if (!has_stat || !S_ISREG(st.st_mode)) {
		err_set(e, "%s: %s", path, has_stat ? "not a regular file" : strerror(errno));
		return NULL;
	}
	/* Allocate the file's size, not `max`: large blocks that are allocated and freed stay with the
	 * process. */
	size_t limit = max;
	if (st.st_size > 0 && (size_t)st.st_size < max)
		max = (size_t)st.st_size;
	char *text = mem_zeroed(max + 1, 1);
	size_t n = 0;
	ssize_t got = 1;
	while (n <= max && (got = read(fd, text + n, max + 1 - n)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			break;
		n += (size_t)got;
	}
	if (got >= 0 && n <= max) {
		text[n] = '\0';
		if (len)
			*len = n;
		return text;
	}
	if (got < 0)
		err_set(e, "%s: %s", path, strerror(errno));
	else if (max < limit)
		err_set(e, "%s: the file grew during reading", path);
	else
		err_set(e, "%s: the file is larger than %zu bytes", path, max);
	explicit_bzero(text, n < max ? n : max);
	free(text);
	return NULL;
}

char *files_read(const char *path, size_t max, size_t *len, struct err *e)
{
	int fd;
	do
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not block us */
	while (fd < 0 && errno == EINTR);
	if (fd < 0) {
		err_set(e, "%s: %s", path, strerror(errno));
		return NULL;
	}
	char *text = read_all(fd, path, max, len, e);
	close(fd);
	return text;
}

char *files_read_secret(const char *path, struct err *e)
{
	static const char blank[] = " \t\r\n";
	size_t len = 0;
	char *text = files_read(path, SECRET_MAX_BYTES, &len, e);
	if (!text)
		return NULL;
	size_t start = strspn(text, blank);
	while (len > start && strchr(blank, text[len - 1]))
		len--;
	size_t printable = start;
	while (printable < len && text[printable] > ' ' && text[printable] < 0x7F)
		printable++;
	char *secret = NULL;
	if (len == start)
		err_set(e, "%s: the file is empty, a token is expected", path);
	else if (printable < len)
		err_set(e, "%s: not a token: byte %zu is not printable ASCII", path, printable + 1);
	else
		secret = mem_copy_secret(text + start, len - start);
	mem_free_secret(&text);
	return secret;
}

static bool write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);
		if (n < 0 && errno != EINTR)
			return false;
		bytes += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return fsync(fd) == 0;
}

/* link() does not replace what has come in between. */
/* So that those who may read the folder may read the file, where we may give it to them. */
static void take_group_of_folder(int fd, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? mem_copy_text(path, (size_t)(slash - path + 1)) : mem_copy_text(".", 1);
	struct stat st;
	if (stat(folder, &st) == 0)
		(void)!fchown(fd, (uid_t)-1, st.st_gid);
	free(folder);
}

bool files_create(const char *path, unsigned mode, const char *bytes, size_t len, struct err *e)
{
	size_t size = strlen(path) + sizeof ".new.XXXXXX";
	char *fresh = mem_zeroed(size, 1);
	snprintf(fresh, size, "%s.new.XXXXXX", path);
	int fd = mkstemp(fresh);
	if (fd >= 0)
		take_group_of_folder(fd, path);
	bool is_good = fd >= 0 && write_all(fd, bytes, len) && fchmod(fd, mode) == 0 && link(fresh, path) == 0;
	if (!is_good)
		err_set(e, "%s: %s", path, strerror(errno));
	if (fd >= 0) {
		close(fd);
		unlink(fresh);
	}
	free(fresh);
	return is_good;
}
