/* The namespace to poll: the token's own, or that of the configured organization, which is looked up once. */
#pragma once

#include "base/buf.h"
#include "config/conf.h"
#include "decode/org.h"
#include "fetch/poll_env.h"
#include "fetch/source.h"

struct spot_org {
	struct poll_env env;
	const struct conf_spot *conf; /* borrowed */
	/* A look-up has ended. POLL_OK: spot_org_namespace() knows the namespace; else the reason. */
	void (*on_done)(void *ctx, struct answer answer);
	void *ctx;

	struct source source;
	char namespace[NAMESPACE_MAX]; /* the result; "": not known */
	char found_by[NAMESPACE_MAX];  /* the token's own namespace at the look-up */

	struct fetch_job *job;
	const char *bearer;
	struct buf url, body;
	int pages, unreadable; /* of this look-up */
	char why[128];         /* the first organization could not be read */
};

/* Initialises for `conf` (borrowed). */
void spot_org_init(struct spot_org *org, struct poll_env env, const struct conf_spot *conf,
    void (*on_done)(void *ctx, struct answer answer), void *ctx);
void spot_org_fini(struct spot_org *org);

/*
 * Whether the namespace comes from Spot's list of organizations: one is configured, or the token does not say which is
 * its own. False without a token: nothing can be asked then.
 */
bool spot_org_is_asked(const struct spot_org *org, const struct spot_token *token);

/* The namespace to poll with `token`; NULL: call spot_org_start() first. */
const char *spot_org_namespace(const struct spot_org *org, const struct spot_token *token);

/* Looks up the namespace. `token` must stay valid until on_done. */
void spot_org_start(struct spot_org *org, const struct spot_token *token);

/* A reload: copies the statistics of `old`, and what it found if the same was looked for in the same place. */
void spot_org_adopt(struct spot_org *org, const struct spot_org *old);

/* The namespace did not work: look it up again next time. */
void spot_org_forget(struct spot_org *org);
