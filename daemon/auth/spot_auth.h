/*
 * The Spot credential: a refresh token, from a file or rotated by the service, is exchanged for an id_token.
 * The id_token is renewed before it expires and after a 401. At most one exchange runs at a time.
 */
#pragma once

#include "base/buf.h"
#include "config/conf.h"
#include "decode/spot_token.h"
#include "fetch/poll_env.h"
#include "fetch/source.h"

/* Why the next exchange must wait. The length of the wait depends on it. */
enum spot_trouble {
	TROUBLE_NONE,
	TROUBLE_REFUSED,  /* the token endpoint rejects the refresh token: a person must act */
	TROUBLE_FAILED,   /* no usable answer from the token endpoint: temporary */
	TROUBLE_REJECTED, /* the API rejects an id_token that was just issued */
	SPOT_TROUBLES
};

struct spot_auth {
	struct poll_env env;
	const struct conf_spot *conf; /* borrowed */
	int64_t interval_ms;          /* between two rounds */
	/* An exchange has ended. If it failed, the old token may still be valid. */
	void (*on_done)(void *ctx, bool is_renewed);
	void *ctx;

	struct source source;
	struct spot_token token;
	mono_ms taken_at, renew_at; /* of the token */

	char *from_file; /* the refresh token last read from the file */
	char *rotated;   /* its replacement from the service; used first, kept in memory only */
	bool is_unreadable;
	enum spot_trouble trouble;
	int failures; /* consecutive failures of that kind */
	mono_ms retry_at;

	struct fetch_job *job;
	bool is_running, is_with_rotated;
	struct buf url, form, body;
};

/*
 * Initialises and reads the refresh token once, so that a missing token is reported at start. Returns false
 * with the error in `errs`; call spot_auth_fini() even then.
 */
bool spot_auth_init(struct spot_auth *auth, struct poll_env env, const struct conf *conf,
    void (*on_done)(void *ctx, bool is_renewed), void *ctx, struct errs *errs) __attribute__((warn_unused_result));

void spot_auth_fini(struct spot_auth *auth);

/*
 * A reload: copies the id_token from `old` if it comes from the same service and the same file, or another file with
 * the same refresh token; and the rotated refresh token unless the file has a new one. False if an id_token was not
 * copied.
 */
bool spot_auth_adopt(struct spot_auth *auth, const struct spot_auth *old) __attribute__((warn_unused_result));

/* True if there is no id_token or it expires soon. */
bool spot_auth_is_due(const struct spot_auth *auth);

/*
 * Starts an exchange; its result arrives in on_done. Returns false if nothing was started: after failures it
 * waits, but a changed file ends the wait.
 */
bool spot_auth_renew(struct spot_auth *auth) __attribute__((warn_unused_result));

/*
 * A cluster refused the id_token that Spot's own API takes. The next round renews it, if it is at least ten rounds old:
 * a cluster that refuses every token asks for few.
 */
void spot_auth_note_refusal(struct spot_auth *auth);

/* The machine was suspended for so long: the monotonic clock stood still, and the id_token has aged. */
void spot_auth_note_pause(struct spot_auth *auth, int64_t pause_ms);

/* How the API treated the id_token: accepted it, or rejected one that was just issued. Only the latter's wait ends. */
void spot_auth_accepted(struct spot_auth *auth);
void spot_auth_rejected(struct spot_auth *auth);
