/*
 * The recordings of tests/fixtures and the golden files, as bytes. Tests run in the root of the
 * repository. Include once, below <cmocka.h>.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A whole file with a NUL behind it; the caller frees. */
static inline char *file_read(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	char *bytes;
	long size;

	if (!f) {
		fail_msg("%s cannot be opened; tests run in the root of the repository", path);
		abort();
	}
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	size = ftell(f);
	assert_true(size >= 0);
	rewind(f);
	bytes = calloc((size_t)size + 1, 1);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, (size_t)size, f), size);
	fclose(f);
	*len = (size_t)size;
	return bytes;
}

struct recording {
	char *file;
	int status;
	const char *body;
	size_t len;
};

/* One answer: `name` is such as "kube/nodes.http". */
static inline struct recording recording_read(const char *name)
{
	struct recording r = {0};
	char path[256];
	const char *end;
	size_t len;

	snprintf(path, sizeof path, "tests/fixtures/%s", name);
	r.file = file_read(path, &len);
	assert_int_equal(sscanf(r.file, "HTTP/1.1 %d", &r.status), 1);
	end = strstr(r.file, "\r\n\r\n");
	assert_non_null(end);
	r.body = end + 4;
	r.len = len - (size_t)(r.body - r.file);
	return r;
}
