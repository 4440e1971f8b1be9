/*
 * The namespace that is polled: the token's own, or that of the organization which the configuration names,
 * looked up once and remembered.
 */
#ifndef HAWATCH_POLL_SPOT_ORG_H
#define HAWATCH_POLL_SPOT_ORG_H

#include "base/buf.h"
#include "config/conf.h"
#include "decode/org.h"
#include "fetch/poll_env.h"
#include "fetch/source.h"

struct spot_org {
	struct poll_env env;
	const struct conf_spot *conf; /* borrowed */
	/* The end of a look-up: POLL_OK, and spot_org_namespace() knows, or why not. */
	void (*on_done)(void *ctx, struct answer answer);
	void *ctx;

	struct source source;
	char namespace[NAMESPACE_MAX]; /* found; "": not known */
	char found_by[NAMESPACE_MAX];  /* the token's own namespace at that time */

	struct fetch_job *job;
	const char *bearer;
	struct buf url, body;
	int pages;
};

/* Prepares on behalf of `conf`, which is borrowed. */
void spot_org_init(struct spot_org *org, struct poll_env env, const struct conf_spot *conf,
    void (*on_done)(void *ctx, struct answer answer), void *ctx);
void spot_org_fini(struct spot_org *org);

/* The namespace to poll with `token`; NULL when it must be looked up first. */
const char *spot_org_namespace(const struct spot_org *org, const struct spot_token *token);

/* Looks it up. `token` must stay until on_done. */
void spot_org_start(struct spot_org *org, const struct spot_token *token);

/* The namespace was of no use: look it up anew next time. */
void spot_org_forget(struct spot_org *org);

#endif
