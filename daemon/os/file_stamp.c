#define _DEFAULT_SOURCE /* st_mtim */
#include "os/file_stamp.h"

#include <sys/stat.h>

static int64_t nanoseconds(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

struct file_stamp file_stamp_of(const char *path)
{
	struct stat st;
	if (stat(path, &st) != 0)
		return (struct file_stamp){0};
	return (struct file_stamp){
	    .device = st.st_dev,
	    .inode = st.st_ino,
	    .size = st.st_size,
	    .modified_ns = nanoseconds(st.st_mtim),
	    .changed_ns = nanoseconds(st.st_ctim),
	};
}

bool file_stamp_is_same(const struct file_stamp *a, const struct file_stamp *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	    a->modified_ns == b->modified_ns && a->changed_ns == b->changed_ns;
}
