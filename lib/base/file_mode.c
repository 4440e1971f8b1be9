#include "base/file_mode.h"

#include <stdio.h>

enum { ROOT = 0, STICKY = 01000 };

/* The bits that are a danger, as of the others; of the group they are the same, three to the left. */
enum { READ = 04, WRITE = 02, ENTER = 01 };

/*
 * In a folder with the sticky bit, as /tmp, others can add files, but change none of ours. The state directory must not
 * be such a folder: the names of its files are known before they are there.
 */
static const struct use {
	unsigned dangers, unless;
	bool must_be_ours; /* who owns it can change it: root, or this process's user */
	const char *chmod;
} uses[FILE_MODE_USES] = {
    [FILE_MODE_SECRET] = {READ | WRITE, 0, false, "0600"},
    [FILE_MODE_CONFIG] = {WRITE, 0, true, "go-w"},
    [FILE_MODE_FOLDER] = {WRITE, STICKY, true, "go-w"},
    [FILE_MODE_STATE] = {WRITE, 0, true, "go-w"},
};

static bool is_trusted(const struct file_mode *mode)
{
	return mode->owner == ROOT || mode->owner == mode->us;
}

/* What others, and a group that is not trusted, may do. */
static unsigned given(const struct file_mode *mode)
{
	return (mode->bits | (mode->is_group_trusted ? 0 : mode->bits >> 3)) & 07;
}

bool file_mode_is_safe(const struct file_mode *mode, enum file_mode_use use, const char *path, struct err *e)
{
	const struct use *u = &uses[use];
	unsigned danger = mode->bits & u->unless ? 0 : given(mode) & u->dangers;
	const char *can = danger == WRITE ? "change" : danger == READ ? "read" : "read and change";
	char who[64] = "every user of this machine";
	if (u->must_be_ours && !is_trusted(mode))
		return err_set(e, "its owner, user %u, can change it; run chown %u %s", mode->owner,
		    use == FILE_MODE_STATE ? mode->us : ROOT, path);
	if (!danger)
		return true;
	if (!(mode->bits & danger))
		snprintf(who, sizeof who, "every member of group %u", mode->group);
	/* After chmod 0600 only its owner, and root, can read it. */
	if (use == FILE_MODE_SECRET && mode->owner != mode->us && mode->us != ROOT)
		return err_set(
		    e, "%s can %s it; run chown %u %s and chmod %s %s", who, can, mode->us, path, u->chmod, path);
	return err_set(e, "%s can %s it; run chmod %s %s", who, can, u->chmod, path);
}

bool file_mode_hides(const struct file_mode *folder)
{
	return is_trusted(folder) && !(given(folder) & ENTER);
}
