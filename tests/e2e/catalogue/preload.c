/*
 * For LD_PRELOAD: clocks that are wrong, memory that runs out, a main thread that gets stuck, a disk that
 * takes for ever, as the file named by TEST_LEVERS says. Without that variable nothing is changed.
 */
#define _GNU_SOURCE
#include "levers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static struct levers *levers;

__attribute__((constructor)) static void map_levers(void)
{
	const char *path = getenv("TEST_LEVERS");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	if (fd < 0)
		return;
	void *map = mmap(NULL, sizeof *levers, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map != MAP_FAILED)
		levers = map;
	close(fd);
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

static void wait_10_ms(void)
{
	syscall(SYS_nanosleep, &(struct timespec){0, 10000000}, NULL);
}

static void wait_while_stuck(void)
{
	while (levers && levers->stuck && syscall(SYS_gettid) == getpid())
		wait_10_ms();
}

int fsync(int fd)
{
	while (levers && levers->held_saves)
		wait_10_ms();
	return (int)syscall(SYS_fsync, fd);
}

int clock_gettime(clockid_t clock, struct timespec *t)
{
	wait_while_stuck();
	int failed = (int)syscall(SYS_clock_gettime, clock, t);
	if (failed || !levers)
		return failed;
	long off_ms = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE ? levers->wall_ms
	    : clock == CLOCK_BOOTTIME						? levers->slept_ms
										: 0;
	t->tv_sec += off_ms / 1000;
	t->tv_nsec += off_ms % 1000 * 1000000;
	if (t->tv_nsec >= 1000000000 || t->tv_nsec < 0) {
		long carry = t->tv_nsec < 0 ? -1 : 1;
		t->tv_sec += carry;
		t->tv_nsec -= carry * 1000000000;
	}
	return 0;
}

time_t time(time_t *out)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	if (out)
		*out = t.tv_sec;
	return t.tv_sec;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
	struct timespec t;
	(void)zone;
	clock_gettime(CLOCK_REALTIME, &t);
	*out = (struct timeval){t.tv_sec, t.tv_nsec / 1000};
	return 0;
}
