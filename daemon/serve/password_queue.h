/*
 * The requests that wait until their password has been hashed, and whose turn it is. A client that tries many passwords
 * never keeps another from being let in: the address goes first whose last wrong password is longest ago, and who has
 * sent none before all of those. Pure: no thread, no clock. Bounded: in all and for each address.
 */
#pragma once

#include "serve/hasher.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PASSWORD_QUEUE_MAX = 64,
	PASSWORD_QUEUE_OF_ADDRESS_MAX = 4, /* a browser, Prometheus and an operator may share an address */
	PASSWORD_FAILURES_MAX = 1024,      /* addresses whose last wrong password is known; the oldest are forgotten */
	PASSWORD_TAG_BYTES = 32,
};

/* Stands for a user, the stored hash and a password. */
struct password_tag {
	unsigned char bytes[PASSWORD_TAG_BYTES];
};

struct password_waiter {
	void *request; /* the caller's; never NULL */
	void *user;    /* the caller's */
	uint64_t address;
	struct password_tag tag;
	struct hasher_job job;

	struct password_waiter *next; /* who came later. This and the following are the queue's own */
	uint64_t failed; /* when its address last had a wrong password, in numbers of failures; 0: not known */
	bool is_hashed;  /* its password is being hashed */
};

/* Zero-initialise before use. */
struct password_queue {
	struct password_waiter *waiting; /* those who came first, first */
	struct password_waiter *ended;   /* who need not wait any longer */
	size_t count;                    /* of those who wait */
	uint64_t failures;               /* so far */
	struct {
		uint64_t address, failed;
	} last[PASSWORD_FAILURES_MAX];
};

/*
 * Adds a copy of this request. If the queue is full, the waiter ends whose address failed last, if that is later than
 * this one's. False if there is no place, or if the address has too many that wait.
 */
bool password_queue_add(struct password_queue *q, const struct password_waiter *waiter)
    __attribute__((warn_unused_result));

/* Whose password is hashed next; all with its tag are marked so. NULL: nobody waits. Only while none is hashed. */
const struct password_waiter *password_queue_next(struct password_queue *q);

/* The hash is there: all who waited for it end. If it was wrong, so was the address of the one it was made for. */
void password_queue_hashed(struct password_queue *q, const struct password_tag *tag);
void password_queue_failed(struct password_queue *q, uint64_t address);

/* Ends those that the caller no longer wants; `is_gone` NULL: all. */
void password_queue_drop(struct password_queue *q, bool (*is_gone)(void *request));

/* Takes the request of one that has ended, in any order. NULL: no more. */
void *password_queue_take_ended(struct password_queue *q);
