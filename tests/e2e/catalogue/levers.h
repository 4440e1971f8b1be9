/*
 * What a test turns while a program runs under preload.c: one small file that both have mapped.
 */
#ifndef HAWATCH_TEST_LEVERS_H
#define HAWATCH_TEST_LEVERS_H

#include <stdatomic.h>

struct levers {
	atomic_long wall_ms;     /* how far the wall clock is off */
	atomic_long slept_ms;    /* how long the machine has slept, beyond what it has */
	atomic_long stuck;       /* 1: the main thread gets no further */
	atomic_long held_saves;  /* 1: fsync() does not return */
	atomic_long allocations; /* so many there were */
	atomic_long fail_at;     /* the allocation that fails, counted from 1; 0: none */
};

#endif
