/*
 * The machine under the daemon, in place of daemon/os/{clock,file_stamp,random,log,process} and
 * daemon/shared/state_writer: clocks that stand still until they are moved, random numbers from a seed, a log that is
 * read for secrets, a disk. One thread, one machine.
 */
#pragma once

#include "base/units.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct machine {
	int64_t at_ms;       /* the true time: since the beginning of the simulation */
	int64_t asleep_ms;   /* how much of it the machine was suspended */
	int64_t wall_off_ms; /* how far its wall clock is ahead of the true time */
	int64_t booted_ms;   /* the true time at which it booted */
	uint64_t random;     /* what the daemon draws */
	uint64_t traffic;    /* what the network draws */
	bool is_disk_full;
	bool has_dull_stamps; /* a file system that does not tell when a file has changed */
	bool is_crashing;     /* nothing more is written */
	bool is_verbose;      /* the log goes to stderr */
	uint64_t log_lines;
	uint64_t renderings, publications;
};
extern struct machine machine;

/* The beginning, as Unix time in seconds. */
enum { MACHINE_EPOCH_S = 1767225600 };

/* The monotonic time that the daemon would read now. */
mono_ms machine_mono(void);

/* Uniform in [0, below), of another stream of random numbers than the daemon's. */
uint64_t machine_pick(uint64_t *stream, uint64_t below);

/* From now on no field of a log line may contain this text. Copied; kept until machine_forget(). */
void machine_guard_secret(const char *secret);
void machine_forget(void);

/* When the next program ends that os/child.h has started; INT64_MAX: none will. */
int64_t child_next_ms(void);

/* The state files as a new process finds them: writes them into their directory, or takes them away. */
void machine_put_state_files(bool are_kept);

/* What the daemon has recorded of its pair; NULL: there is no file. */
struct buf;
const struct buf *machine_recording(void);

/* A violated invariant: prints what and when, and ends the process with status 1. */
_Noreturn void machine_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
