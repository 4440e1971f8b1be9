/* Whether a file may have changed, without reading it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* These values change when the file is replaced, written, or made readable. */
struct file_stamp {
	uint64_t device, inode;
	int64_t size, modified_ns, changed_ns;
};

/* All zero if the file does not exist or stat() fails. */
struct file_stamp file_stamp_of(const char *path);
bool file_stamp_is_same(const struct file_stamp *a, const struct file_stamp *b);
