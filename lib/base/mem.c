#define _DEFAULT_SOURCE /* explicit_bzero */
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

_Noreturn void mem_end(void)
{
	if (mem_exhausted)
		mem_exhausted();
	abort();
}

void *mem_zeroed(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);
	if (!p)
		mem_end();
	return p;
}

void *mem_resized(void *old, size_t size)
{
	void *p = realloc(old, size ? size : 1);
	if (!p)
		mem_end();
	return p;
}

char *mem_copy_text(const char *text, size_t len)
{
	char *copy = mem_zeroed(len + 1, 1);
	memcpy(copy, text, len);
	return copy;
}

void *mem_secret(size_t size)
{
	void *p = mem_locked_take ? mem_locked_take(size) : NULL;
	return p ? p : mem_zeroed(size, 1);
}

char *mem_copy_secret(const char *text, size_t len)
{
	char *copy = mem_secret(len + 1);
	memcpy(copy, text, len);
	return copy;
}

void mem_free_secret_bytes(void *bytes, size_t len)
{
	if (!bytes || (mem_locked_release && mem_locked_release(bytes)))
		return;
	explicit_bzero(bytes, len);
	free(bytes);
}

void mem_free_secret(char **text)
{
	mem_free_secret_bytes(*text, *text ? strlen(*text) : 0);
	*text = NULL;
}
