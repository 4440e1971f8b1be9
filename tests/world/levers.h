/*
 * The world's clock and what a test may turn while programs run in it: one small file that the test's shell,
 * the keeper (world.c) and every program that was started with clock.c and faults.c preloaded have in common.
 */
#ifndef HAWATCH_TEST_LEVERS_H
#define HAWATCH_TEST_LEVERS_H

#include <stdatomic.h>

enum { WORLD_PROGRAMS = 64 };

struct levers {
	/* '1': time may pass, '0': it stands, 'p': it may pass for a pause, which the keeper ends with '0'. First, so
	 * that a shell can write it without a program. */
	_Atomic char flow;

	/* Written by the keeper alone. */
	atomic_long now_ns;  /* what CLOCK_MONOTONIC is here; 0: the machine's own clocks are used */
	atomic_long boot_ns; /* CLOCK_BOOTTIME less CLOCK_MONOTONIC */
	atomic_long wall_ns; /* CLOCK_REALTIME less CLOCK_MONOTONIC */

	/* Turned by tests. */
	atomic_long step_ns;     /* how much passes at once, of which TURN_NS of world.c are the machine's pace */
	atomic_long wall_ms;     /* how far the wall clock is off */
	atomic_long slept_ms;    /* how long the machine has slept, beyond what it has */
	atomic_long stuck;       /* 1: the main thread gets no further */
	atomic_long held_saves;  /* 1: fsync() does not return */
	atomic_long disk_hangs;  /* 1: who waits for the disk does not hold the clock */
	atomic_long allocations; /* so many there were */
	atomic_long fail_at;     /* the allocation that fails, counted from 1; 0: none */

	atomic_int programs[WORLD_PROGRAMS]; /* process ids of those that live by this clock; 0: a free place */
};

/* The file named by the environment variable TEST_LEVERS, mapped; NULL where there is none. */
struct levers *levers_map(const char *path);

#endif
