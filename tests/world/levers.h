/*
 * The world's clock, and the levers that a test may set while programs run in the world. One small file, shared by the
 * test's shell, the keeper (world.c) and every program with clock.c or faults.c preloaded.
 */
#pragma once

#include <stdatomic.h>

enum { WORLD_PROGRAMS = 64, FAULT_FUNCTIONS = 64, FAULT_NAME_BYTES = 40, FAULT_ONLY_BYTES = 128 };

/*
 * What faults.c makes fail: calls of one function, counted from when the lever was set. Written by `test-world fault`
 * while `is_set` is 0.
 */
struct fault {
	atomic_int is_set;
	char function[FAULT_NAME_BYTES]; /* as in `functions` below */
	char only[FAULT_ONLY_BYTES];     /* only calls for a file whose name contains this; empty: all calls */
	atomic_int error;                /* errno; 0: a read or write of half the bytes */
	atomic_long at, every, times;    /* the first call that fails, every how many one does, how many at most */
	atomic_long seen, hits;          /* calls so far, and how many of them failed */
};

enum { STUCK_MAIN = 1, STUCK_OTHERS, STUCK_ROUNDS };

struct levers {
	/* '1': time may pass, '0': it stands still, 'p': it may pass for a pause; the keeper ends the pause with '0'.
	 * The first field, so that a shell can write it without a program. */
	_Atomic char flow;

	/* Written only by the keeper. */
	atomic_long now_ns;  /* CLOCK_MONOTONIC of the world; 0: use the machine's clocks */
	atomic_long boot_ns; /* CLOCK_BOOTTIME less CLOCK_MONOTONIC */
	atomic_long wall_ns; /* CLOCK_REALTIME less CLOCK_MONOTONIC */

	/* Set by tests. */
	atomic_long step_ns;     /* time that passes in one step; TURN_NS of world.c would be the machine's speed */
	atomic_long wall_ms;     /* error of the wall clock */
	atomic_long slept_ms;    /* added to CLOCK_BOOTTIME, as if the machine had been suspended */
	atomic_long stuck;       /* of hawatchd, STUCK_MAIN: the main thread hangs; STUCK_OTHERS: all others do;
				  * STUCK_ROUNDS: libcurl does not say that a request has ended */
	atomic_long held_saves;  /* 1: fsync() does not return */
	atomic_long disk_hangs;  /* 1: a thread that waits for the disk does not stop the clock */
	atomic_long allocations; /* number of allocations so far */
	atomic_long fail_at;     /* the allocation that fails, counted from 1; 0: none */

	struct fault fault;
	/* Written by faults.c: its functions, and how often each was called. */
	char functions[FAULT_FUNCTIONS][FAULT_NAME_BYTES];
	atomic_long calls[FAULT_FUNCTIONS];

	atomic_int programs[WORLD_PROGRAMS]; /* process ids of the programs in the world; 0: a free place */
};

/* Maps the file `path`; NULL if `path` is NULL or the file cannot be mapped. */
struct levers *levers_map(const char *path);
