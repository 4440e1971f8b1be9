/*
 * Spot's token endpoint, and what its tokens are worth.
 */
#pragma once

struct sim;

/* The organization of every token, and the namespace that Spot derives from it. */
#define AUTH_ORG_ID "org_AbCdEfGh12345678"
#define AUTH_NAMESPACE "org-abcdefgh12345678"
#define AUTH_ORG_NAME "acme"
#define AUTH_CLIENT_ID "mwG3lUMV8KyeMqHe4fJ5Bb3nM1vBvRNa"

enum bearer { BEARER_MISSING, BEARER_MALFORMED, BEARER_UNKNOWN, BEARER_EXPIRED, BEARER_GOOD };

/* What a gateway makes of a bearer (NULL: none came). The lock is held. */
enum bearer auth_judge(struct sim *sim, const char *token);

/* A new token that is good for so long. Borrowed while the lock is held. */
const char *auth_issue(struct sim *sim, long ttl_s);
