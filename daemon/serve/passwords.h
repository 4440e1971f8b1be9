/*
 * Who may ask, by HTTP Basic authentication (RFC 7617) against bcrypt hashes. A password is hashed once, by a thread of
 * its own and one at a time; its verdict is kept, so a scrape costs a microsecond. No password is kept: what is kept is
 * a keyed hash (HMAC-SHA256, with a random key that never leaves the process). Only the server thread calls this.
 */
#pragma once

#include "render/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct passwords;

/* `hash` is bcrypt's: "$2b$10$" (or 2a, 2y; the cost) and 53 characters. */
struct passwords_user {
	const char *name, *hash;
};

enum passwords_answer {
	PASSWORDS_GOOD,
	PASSWORDS_WRONG,  /* or none is given, or it cannot be read */
	PASSWORDS_WAIT,   /* it is being hashed: ask again when passwords_take_ended() returns the request */
	PASSWORDS_BUSY,   /* too many wait, in all or of this address */
	PASSWORDS_CLOSED, /* the daemon is stopping */
};

/* Without users: everybody may ask. `http` counts the passwords that were hashed; borrowed. */
struct passwords *passwords_new(struct view_http *http);

/* Nobody may wait. Clears the caller's pointer. */
void passwords_free(struct passwords **passwords);

/* Copies these users, instead of those before. If they are others, no verdict is kept, and who waits ends. */
void passwords_set_users(struct passwords *passwords, const struct passwords_user *users, size_t count);

/*
 * Answers a request of `address` with this Authorization header (NULL: it has none). `request` is the caller's name for
 * it, not NULL.
 */
enum passwords_answer passwords_ask(struct passwords *passwords, const char *header, uint64_t address, void *request);

/* Becomes readable when passwords_take_ended() may have one. */
int passwords_fd(const struct passwords *passwords);

/* A request that need not wait any longer; NULL: no more for now. Also gives the thread its next password. */
void *passwords_take_ended(struct passwords *passwords);

/* Ends those that wait in vain. */
void passwords_drop(struct passwords *passwords, bool (*is_gone)(void *request));

/* All who wait end, and whoever asks again is told PASSWORDS_CLOSED. */
void passwords_close(struct passwords *passwords);
