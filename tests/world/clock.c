/*
 * For LD_PRELOAD: replaces the machine's clock with the clock of the world that TEST_LEVERS names. A program reads
 * its time from there, and its timeouts end by that clock. So a program that waits for a processor is never late,
 * and the test decides when time passes. Without the variable nothing changes.
 */
#define _GNU_SOURCE
#include "levers.h"

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { SLICE_MS = 1 }; /* how often a waiting thread reads the clock */

static const long NS = 1000000000;

static struct levers *levers;
static int (*real_poll)(struct pollfd *, nfds_t, int);
static int (*real_timedwait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);

static void *next_of(const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);
	if (!found)
		abort();
	return found;
}

static void join_world(void)
{
	int me = getpid();
	for (int i = 0; i < WORLD_PROGRAMS; i++)
		if (atomic_load(&levers->programs[i]) == me)
			return; /* joined before exec() */
	for (int i = 0; i < WORLD_PROGRAMS; i++) {
		int nobody = 0;
		if (atomic_compare_exchange_strong(&levers->programs[i], &nobody, me))
			return;
	}
	abort();
}

__attribute__((constructor)) static void begin(void)
{
	*(void **)&real_poll = next_of("poll");
	*(void **)&real_timedwait = next_of("pthread_cond_timedwait");
	levers = levers_map(getenv("TEST_LEVERS"));
	if (levers)
		join_world();
}

static struct timespec timespec_of(long ns)
{
	return (struct timespec){ns / NS, ns % NS};
}

static long ns_of(struct timespec t)
{
	return t.tv_sec * NS + t.tv_nsec;
}

static long machine_ns(clockid_t clock)
{
	struct timespec t;
	syscall(SYS_clock_gettime, clock, &t);
	return ns_of(t);
}

static long world_ns(clockid_t clock)
{
	long now = atomic_load(&levers->now_ns);
	switch (clock) {
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE: return now ? now : machine_ns(clock);
	case CLOCK_BOOTTIME: return (now ? now + levers->boot_ns : machine_ns(clock)) + levers->slept_ms * 1000000;
	default: return (now ? now + levers->wall_ns : machine_ns(clock)) + levers->wall_ms * 1000000;
	}
}

static void wait_while_stuck(void)
{
	int is_daemon = strcmp(program_invocation_short_name, "hawatchd") == 0;
	while (is_daemon && levers->stuck == (syscall(SYS_gettid) == getpid() ? STUCK_MAIN : STUCK_OTHERS))
		syscall(SYS_nanosleep, &(struct timespec){0, 10000000}, NULL);
}

/* What libcurl has to say is said later. Its header is not needed for that. */
void *curl_multi_info_read(void *multi, int *left);
void *curl_multi_info_read(void *multi, int *left)
{
	void *(*real)(void *, int *) = (void *(*)(void *, int *))dlsym(RTLD_NEXT, "curl_multi_info_read");
	*left = 0;
	return (levers && levers->stuck == STUCK_ROUNDS) || !real ? NULL : real(multi, left);
}

int clock_gettime(clockid_t clock, struct timespec *t)
{
	if (!levers || (clock < 0 || clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID))
		return (int)syscall(SYS_clock_gettime, clock, t);
	wait_while_stuck();
	*t = timespec_of(world_ns(clock));
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

int poll(struct pollfd *fds, nfds_t count, int ms)
{
	if (!levers || ms <= 0)
		return real_poll(fds, count, ms);
	long until = world_ns(CLOCK_MONOTONIC) + ms * 1000000L;
	for (;;) {
		int ready = real_poll(fds, count, SLICE_MS);
		if (ready != 0 || world_ns(CLOCK_MONOTONIC) >= until)
			return ready;
	}
}

/* The name of poll() in programs built with _FORTIFY_SOURCE. */
int __poll_chk(struct pollfd *fds, nfds_t count, int ms, size_t size);
int __poll_chk(struct pollfd *fds, nfds_t count, int ms, size_t size)
{
	if (size / sizeof *fds < count)
		abort();
	return poll(fds, count, ms);
}

/* Only for conditions on CLOCK_MONOTONIC; the programs here have no others. */
int pthread_cond_timedwait(
    pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex, const struct timespec *restrict until)
{
	if (!levers)
		return real_timedwait(cond, mutex, until);
	while (world_ns(CLOCK_MONOTONIC) < ns_of(*until)) {
		struct timespec slice = timespec_of(machine_ns(CLOCK_MONOTONIC) + SLICE_MS * 1000000);
		int result = real_timedwait(cond, mutex, &slice);
		if (result != ETIMEDOUT)
			return result;
	}
	return ETIMEDOUT;
}
