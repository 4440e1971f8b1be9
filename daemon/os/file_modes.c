#define _GNU_SOURCE /* realpath, ST_RDONLY */
#include "os/file_modes.h"

#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { GROUPS_MAX = 256 };

static bool is_ours(gid_t group)
{
	gid_t groups[GROUPS_MAX];
	int count = getgroups(GROUPS_MAX, groups);
	bool is_in = group == 0 || group == getegid();
	for (int i = 0; i < count && !is_in; i++)
		is_in = groups[i] == group;
	return is_in;
}

static bool read_mode(const char *path, struct file_mode *out)
{
	struct stat st;
	if (stat(path, &st) != 0)
		return false;
	*out = (struct file_mode){st.st_mode & 07777, st.st_uid, st.st_gid, geteuid(), is_ours(st.st_gid)};
	return true;
}

static bool is_mounted_for_us(const char *path)
{
	struct statfs fs;
	return statfs(path, &fs) == 0 && (fs.f_flags & ST_RDONLY) &&
	    (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC);
}

static void note(const char *path, const struct err *e, struct errs *found)
{
	struct err one;
	err_set(&one, "%s: %s", path, e->text);
	for (size_t i = 0; i < found->count && i < ERRS_KEPT; i++)
		if (strcmp(found->kept[i].text, one.text) == 0)
			return;
	if (found->count < ERRS_KEPT)
		found->kept[found->count] = one;
	found->count++;
}

/* Checks one file or folder; `found` may be NULL. True if it is a folder that others cannot enter. */
static bool check(enum file_mode_use use, const char *path, struct errs *found)
{
	struct file_mode mode;
	struct err e;
	if (!read_mode(path, &mode))
		return false;
	if (!file_mode_is_safe(&mode, use, path, &e) && found)
		note(path, &e, found);
	return file_mode_hides(&mode);
}

void file_modes_check(enum file_mode_use use, const char *path, struct errs *found)
{
	char real[PATH_MAX], folder[PATH_MAX];
	if (!realpath(path, real) || is_mounted_for_us(real))
		return;
	/* From the root downwards: nothing below a folder that others cannot enter matters. */
	bool is_hidden = false;
	for (char *slash = real; slash && !is_hidden; slash = strchr(slash + 1, '/')) {
		snprintf(folder, sizeof folder, "%.*s", slash > real ? (int)(slash - real) : 1, real);
		is_hidden = check(FILE_MODE_FOLDER, folder, use == FILE_MODE_SECRET ? NULL : found);
	}
	if (!is_hidden)
		check(use, real, found);
}
