/* clang-format off */
/*
 * Keeps a world's clock, and sets its levers for a test.
 *
 *	test-world keep FILE                  creates FILE and keeps its clock, until it is killed or its parent ends
 *	test-world lever FILE NAME [VALUE]    sets a lever of levers.h, or prints it
 *	test-world fault FILE FUNCTION ERROR [at=N] [every=N] [times=N] [only=TEXT]
 *	                                      makes a call of hawatchd fail, as faults.c does; ERROR as in errno.h, or `half`
 *	test-world fault FILE off             no more; prints how many calls failed
 *	test-world hits FILE                  how many have failed so far
 *	test-world calls FILE                 how often each function was called
 *	test-world now FILE                   the world's wall clock, in seconds
 *	test-world settle FILE SECONDS        returns when all programs sleep: they can do nothing more before time passes;
 *	                                      fails after so many seconds of the machine
 *	test-world pass FILE MS SECONDS       lets MS of the world's time pass; fails in the same way
 *
 * Time passes only while the test lets it flow, and only while every program of the world sleeps. A program that runs,
 * waits for a processor or waits for the disk stops the clock, so a slow machine makes no program late. While all
 * sleep, time passes faster than on the machine.
 */
/* clang-format on */
#define _GNU_SOURCE
#include "levers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum {
	TURN_NS = 2000000,  /* between two steps; long enough for every waiting thread to read the clock */
	STEP_NS = 20000000, /* time that passes in one step, unless a test sets another */
	LOOK_NS = 100000,   /* between two looks; a thread that only read the clock sleeps again by then */
	PAUSE_STEPS = 10,   /* the most steps in a pause, so that a test that waits for a processor misses no more */
	QUIET_LOOKS = 3,    /* looks in a row that must find all asleep, to exclude chance */
};

static _Noreturn void fatal(const char *what)
{
	fprintf(stderr, "test-world: %s: %s\n", what, strerror(errno));
	exit(1);
}

static struct levers *make(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, sizeof(struct levers)) != 0)
		fatal(path);
	close(fd);
	struct levers *levers = levers_map(path);
	if (!levers)
		fatal(path);
	return levers;
}

/* The state letter of proc_pid_stat(5). It follows the name, which may contain any characters. */
static char state_of(int tasks, const char *thread)
{
	char path[64], text[512];
	snprintf(path, sizeof path, "%.32s/stat", thread);
	int fd = openat(tasks, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	ssize_t len = read(fd, text, sizeof text - 1);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	const char *end = strrchr(text, ')');
	return end && end[1] ? end[2] : 0;
}

/* Whether a thread of the program runs or is ready to run. Removes a program that has ended from the world. */
static bool is_awake(const struct levers *levers, atomic_int *program)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/task", atomic_load(program));
	DIR *dir = opendir(path);
	bool is_awake = false, is_there = false;
	for (struct dirent *entry; dir && !is_awake && (entry = readdir(dir));) {
		char state = *entry->d_name == '.' ? 0 : state_of(dirfd(dir), entry->d_name);
		is_there |= state && state != 'Z' && state != 'X';
		is_awake = state == 'R' || (state == 'D' && !levers->disk_hangs);
	}
	if (dir)
		closedir(dir);
	if (!is_there)
		atomic_store(program, 0);
	return is_awake;
}

static bool all_sleep(struct levers *levers)
{
	for (int i = 0; i < WORLD_PROGRAMS; i++)
		if (atomic_load(&levers->programs[i]) && is_awake(levers, &levers->programs[i]))
			return false;
	return true;
}

static long machine_ns(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000 + t.tv_nsec;
}

static _Noreturn void keep(struct levers *levers)
{
	long now = machine_ns(CLOCK_MONOTONIC);
	levers->boot_ns = machine_ns(CLOCK_BOOTTIME) - now;
	levers->wall_ns = machine_ns(CLOCK_REALTIME) - now;
	levers->flow = '0';
	levers->step_ns = STEP_NS;
	levers->now_ns = now;
	for (int paused = 0;;) {
		nanosleep(&(struct timespec){0, TURN_NS}, NULL);
		while (levers->flow != '0' && !all_sleep(levers))
			nanosleep(&(struct timespec){0, LOOK_NS}, NULL);
		if (levers->flow != '0')
			levers->now_ns += levers->step_ns;
		paused = levers->flow == 'p' ? paused + 1 : 0;
		char pause = 'p';
		if (paused >= PAUSE_STEPS && atomic_compare_exchange_strong(&levers->flow, &pause, '0'))
			paused = 0;
	}
}

/* Time stands still again at the end, unless the caller lets it flow. */
static int pass(struct levers *levers, long ms)
{
	char flow = levers->flow;
	long until = levers->now_ns + ms * 1000000;
	levers->flow = '1';
	while (levers->now_ns < until)
		nanosleep(&(struct timespec){0, TURN_NS / 2}, NULL);
	levers->flow = flow;
	return 0;
}

static int settle(struct levers *levers)
{
	for (int quiet = 0; quiet < QUIET_LOOKS;) {
		nanosleep(&(struct timespec){0, LOOK_NS}, NULL);
		quiet = all_sleep(levers) ? quiet + 1 : 0;
	}
	return 0;
}

static int lever(struct levers *levers, const char *name, const char *value)
{
	static const struct {
		const char *name;
		size_t offset;
	} NAMES[] = {
	    {"step_ns", offsetof(struct levers, step_ns)},
	    {"wall_ms", offsetof(struct levers, wall_ms)},
	    {"slept_ms", offsetof(struct levers, slept_ms)},
	    {"stuck", offsetof(struct levers, stuck)},
	    {"held_saves", offsetof(struct levers, held_saves)},
	    {"disk_hangs", offsetof(struct levers, disk_hangs)},
	    {"allocations", offsetof(struct levers, allocations)},
	    {"fail_at", offsetof(struct levers, fail_at)},
	    {"now_ns", offsetof(struct levers, now_ns)},
	};
	for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
		if (strcmp(NAMES[i].name, name) != 0)
			continue;
		atomic_long *at = (atomic_long *)(void *)((char *)levers + NAMES[i].offset);
		if (value)
			atomic_store(at, atol(value));
		else
			printf("%ld\n", atomic_load(at));
		return 0;
	}
	fprintf(stderr, "test-world: no lever %s\n", name);
	return 1;
}

static int tell_hits(const struct levers *levers)
{
	const struct fault *f = &levers->fault;
	return printf("%ld\n", f->hits < f->times ? f->hits : f->times) < 0;
}

static int error_of(const char *name)
{
	for (int error = 1; error < 200; error++) {
		const char *its = strerrorname_np(error);
		if (its && strcmp(its, name) == 0)
			return error;
	}
	return strcmp(name, "half") == 0 ? 0 : -1;
}

static int set_fault(struct levers *levers, char **words, int count)
{
	struct fault *f = &levers->fault;
	int is_known = 0, error = count > 1 ? error_of(words[1]) : -1;
	f->is_set = 0;
	if (count == 1 && strcmp(words[0], "off") == 0)
		return tell_hits(levers);
	for (int i = 0; i < FAULT_FUNCTIONS; i++)
		is_known |= strcmp(levers->functions[i], words[0]) == 0;
	/* The list is empty before the first program has begun. */
	if ((!is_known && levers->functions[0][0]) || error < 0) {
		fprintf(stderr, "test-world: no function %s, or no such error\n", words[0]);
		return 1;
	}
	snprintf(f->function, sizeof f->function, "%s", words[0]);
	f->only[0] = '\0';
	f->error = error;
	f->at = f->every = f->times = 1;
	f->seen = f->hits = 0;
	for (int i = 2; i < count; i++) {
		long value = atol(words[i] + strcspn(words[i], "=") + 1);
		switch (words[i][0]) {
		case 'a': f->at = value; break;
		case 'e': f->every = value; break;
		case 't': f->times = value; break;
		case 'o': snprintf(f->only, sizeof f->only, "%s", words[i] + strlen("only=")); break;
		default: fprintf(stderr, "test-world: %s\n", words[i]); return 1;
		}
	}
	f->is_set = 1;
	return 0;
}

static int tell_calls(const struct levers *levers)
{
	for (int i = 0; i < FAULT_FUNCTIONS && levers->functions[i][0]; i++)
		printf("%s %ld\n", levers->functions[i], levers->calls[i]);
	return 0;
}

static int tell_now(const struct levers *levers)
{
	printf("%ld\n", (levers->now_ns + levers->wall_ns) / 1000000000 + levers->wall_ms / 1000);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	if (strcmp(what, "keep") == 0 && argc == 3) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		keep(make(argv[2]));
	}
	if (strcmp(what, "lever") == 0 && (argc == 4 || argc == 5))
		return lever(make(argv[2]), argv[3], argv[4]);
	if (strcmp(what, "fault") == 0 && argc > 3)
		return set_fault(make(argv[2]), argv + 3, argc - 3);
	if (strcmp(what, "hits") == 0 && argc == 3)
		return tell_hits(make(argv[2]));
	if (strcmp(what, "calls") == 0 && argc == 3)
		return tell_calls(make(argv[2]));
	if (strcmp(what, "settle") == 0 && argc == 4) {
		alarm((unsigned)atoi(argv[3]));
		return settle(make(argv[2]));
	}
	if (strcmp(what, "pass") == 0 && argc == 5) {
		alarm((unsigned)atoi(argv[4]));
		return pass(make(argv[2]), atol(argv[3]));
	}
	if (strcmp(what, "now") == 0 && argc == 3)
		return tell_now(make(argv[2]));
	fprintf(stderr, "usage: test-world keep|lever|fault|hits|calls|now|settle|pass FILE ...; see its source\n");
	return 2;
}
