/*
 * The life of the Spot credential: a refresh token, from a file or rotated by the service, exchanged for an
 * id_token that is renewed before its end and after a refusal, with at most one exchange in flight.
 */
#ifndef HAWATCH_AUTH_SPOT_AUTH_H
#define HAWATCH_AUTH_SPOT_AUTH_H

#include "base/buf.h"
#include "config/conf.h"
#include "decode/spot_token.h"
#include "fetch/poll_env.h"
#include "fetch/source.h"

/* Why the next exchange waits; how patiently depends on it. */
enum spot_trouble {
	TROUBLE_NONE,
	TROUBLE_REFUSED,  /* the token endpoint refuses the refresh token: a person must act */
	TROUBLE_FAILED,   /* it does not answer, or not usably: that passes */
	TROUBLE_REJECTED, /* the API refuses even an id_token that has just been issued */
	SPOT_TROUBLES
};

struct spot_auth {
	struct poll_env env;
	const struct conf_spot *conf; /* borrowed */
	int64_t interval_ms;          /* between two rounds */
	/* The end of an exchange. Where it failed, the old token may be usable all the same. */
	void (*on_done)(void *ctx, bool is_renewed);
	void *ctx;

	struct source source;
	struct spot_token token;
	mono_ms renew_at;

	char *from_file;  /* the refresh token as the file last had it */
	char *rotated;    /* the one that the service gave in its place; used first, kept in memory only */
	bool is_unreadable;
	enum spot_trouble trouble;
	int failures; /* in a row, of that kind */
	mono_ms retry_at;

	struct fetch_job *job;
	bool is_running, is_with_rotated;
	struct buf url, form, body;
};

/*
 * Prepares, and reads the refresh token once, so that a missing one is told at start: false with that in
 * `errs`; spot_auth_fini() is then still due.
 */
bool spot_auth_init(struct spot_auth *auth, struct poll_env env, const struct conf *conf,
    void (*on_done)(void *ctx, bool is_renewed), void *ctx, struct errs *errs)
    __attribute__((warn_unused_result));

void spot_auth_fini(struct spot_auth *auth);

/* Carries over token and rotated refresh token from `old` where the account is the same. */
void spot_auth_adopt(struct spot_auth *auth, const struct spot_auth *old);

/* It is time for a new id_token: there is none, or its end is near. */
bool spot_auth_is_due(const struct spot_auth *auth);

/*
 * Starts an exchange, whose end is told by on_done, unless earlier failures advise to wait; a changed file
 * ends that wait. False when nothing was started.
 */
bool spot_auth_renew(struct spot_auth *auth) __attribute__((warn_unused_result));

/* What the API made of the id_token: it let it pass, or refused one that had just been issued. */
void spot_auth_accepted(struct spot_auth *auth);
void spot_auth_rejected(struct spot_auth *auth);

#endif
