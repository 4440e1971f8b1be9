/*
 * Whether a file or folder is safe from the other users of this machine, by its mode and its owner: a secret that they
 * can read, and a configuration or a state that they can change. ssh warns of the same. Pure: daemon/os/file_modes.c
 * reads the modes.
 */
#pragma once

#include "base/err.h"

/* What a file is used for. */
enum file_mode_use {
	FILE_MODE_SECRET, /* a token, a key, a kubeconfig */
	FILE_MODE_CONFIG, /* the configuration file */
	FILE_MODE_FOLDER, /* above the configuration file or the state directory */
	FILE_MODE_STATE,  /* the state directory */
	FILE_MODE_USES
};

struct file_mode {
	unsigned bits;         /* of chmod(2), such as 0644 */
	unsigned owner, group; /* their ids */
	unsigned us;           /* the user of this process */
	bool is_group_trusted; /* root's, or one that this process is in: as systemd and Kubernetes hand out secrets */
};

/*
 * False with the danger and its remedy in `e`, a sentence without the name of the file at its beginning. `path` stands
 * in the remedy.
 */
bool file_mode_is_safe(const struct file_mode *mode, enum file_mode_use use, const char *path, struct err *e)
    __attribute__((warn_unused_result));

/* Whether nobody but root, this process's user and trusted groups can enter a folder, so that all in it is safe. */
bool file_mode_hides(const struct file_mode *folder);
