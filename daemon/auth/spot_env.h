/*
 * What the configuration leaves out and other Spot tools keep elsewhere. The environment may say where
 * things are, never what they are: whoever can see a process can often see its environment, so that a
 * token there is refused.
 *
 *	SPOT_BASE_URL        spot.api_url
 *	SPOT_AUTH_URL        spot.auth_url
 *	RXTSPOT_CLIENT_ID    spot.client_id
 *	RXTSPOT_TOKEN_FILE   spot.refresh_token_file
 *	$HOME/.spot_config   the same, its refreshToken, when there is no RXTSPOT_TOKEN_FILE either
 */
#ifndef HAWATCH_AUTH_SPOT_ENV_H
#define HAWATCH_AUTH_SPOT_ENV_H

#include "config/conf.h"

/*
 * Fills what `spot:` leaves out, and says in the log what came from where. False with the mistakes in
 * `errs`, among them that no refresh token can be found at all.
 */
bool spot_env_apply(struct conf_spot *conf, struct errs *errs) __attribute__((warn_unused_result));

/* Reads the refresh token from where `conf` has it. The caller frees it with mem_free_secret(). */
char *spot_env_read_token(const struct conf_spot *conf, struct err *e)
    __attribute__((warn_unused_result));

#endif
