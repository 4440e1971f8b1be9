/*
 * For LD_PRELOAD: makes an allocation fail or fsync() hang, as the levers of TEST_LEVERS say. Without
 * that variable nothing changes.
 */
#define _GNU_SOURCE
#include "levers.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static struct levers *levers;

__attribute__((constructor)) static void begin(void)
{
	levers = levers_map(getenv("TEST_LEVERS"));
}

static int is_out_of_memory(void)
{
	if (!levers || atomic_fetch_add(&levers->allocations, 1) + 1 != levers->fail_at)
		return 0;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	return is_out_of_memory() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return is_out_of_memory() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return is_out_of_memory() ? NULL : __libc_realloc(old, size);
}

int fsync(int fd)
{
	while (levers && levers->held_saves)
		syscall(SYS_nanosleep, &(struct timespec){0, 10000000}, NULL);
	return (int)syscall(SYS_fsync, fd);
}
