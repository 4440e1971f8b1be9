#define _DEFAULT_SOURCE /* explicit_bzero, strdup */
#include "fetch/fetch_memory.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

static void wipe_and_free(void *bytes)
{
	if (bytes)
		explicit_bzero(bytes, malloc_usable_size(bytes));
	free(bytes);
}

/* realloc() would leave the old bytes where they were. */
static void *resize(void *old, size_t size)
{
	size_t had = old ? malloc_usable_size(old) : 0;
	void *bytes = malloc(size ? size : 1);
	if (!bytes)
		return NULL;
	if (old)
		memcpy(bytes, old, had < size ? had : size);
	wipe_and_free(old);
	return bytes;
}

CURLcode fetch_memory_init(void)
{
	return curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, wipe_and_free, resize, strdup, calloc);
}
