/*
 * Values that the configuration leaves out and other Spot tools keep elsewhere. The environment may hold
 * locations, never secrets: other processes can often see it, so a token in the environment is rejected.
 *
 *	SPOT_BASE_URL        spot.api_url
 *	SPOT_AUTH_URL        spot.auth_url
 *	RXTSPOT_CLIENT_ID    spot.client_id
 *	RXTSPOT_TOKEN_FILE   spot.refresh_token_file
 *	$HOME/.spot_config   refreshToken in it, if RXTSPOT_TOKEN_FILE is not set either
 */
#pragma once

#include "config/conf.h"

/*
 * Fills in what `spot:` leaves out and logs the origin of each value. Returns false with the errors in
 * `errs`, for example if there is no refresh token.
 */
bool spot_env_apply(struct conf_spot *conf, struct errs *errs) __attribute__((warn_unused_result));

/* Reads the refresh token from its place in `conf`. The caller frees it with mem_free_secret(). */
char *spot_env_read_token(const struct conf_spot *conf, struct err *e) __attribute__((warn_unused_result));
