/*
 * A thread that hashes passwords, one at a time: bcrypt takes from milliseconds to seconds of a processor, by
 * intention. The server gives it a job and reads the verdict later, so neither waits for the other.
 */
#pragma once

#include <stdbool.h>

struct hasher;

enum {
	HASHER_HASH_BYTES = 64,     /* a bcrypt hash has 60 characters */
	HASHER_PASSWORD_BYTES = 73, /* bcrypt ignores what comes behind 72 bytes */
};

/* A password and the hash that it should have. */
struct hasher_job {
	char hash[HASHER_HASH_BYTES]; /* "": of nobody, so that no password is right */
	char password[HASHER_PASSWORD_BYTES];
	int cost_most; /* the work is always that of this cost, also for nobody and for a hash of less cost */
};

/* The cost of a bcrypt hash: the two digits of `$2b$10$...`. 0 if it does not look like one. */
int hasher_cost(const char *hash);

/* Starts no thread yet. `fd` becomes readable when there is a verdict; it is borrowed. */
struct hasher *hasher_new(int fd);

/*
 * Ends the thread, and clears the caller's pointer. A hash cannot be interrupted, and nobody waits for one that is
 * under way: it then frees its memory itself when it has ended, if the process does not end before.
 */
void hasher_free(struct hasher **hasher);

/* Starts the thread, if it does not run yet. False, with errno, if that is not possible. */
bool hasher_start(struct hasher *hasher) __attribute__((warn_unused_result));

/* Copies the job. Only after the start, and only without a job under way. */
void hasher_begin(struct hasher *hasher, const struct hasher_job *job);

/* True with the verdict on the job, once: after that another may begin. */
bool hasher_take(struct hasher *hasher, bool *is_right) __attribute__((warn_unused_result));
