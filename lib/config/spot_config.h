/* ~/.spot_config, where Rackspace's command keeps its credential. Only read here, never written. */
#pragma once

#include "base/err.h"

#include <stddef.h>

/*
 * The refreshToken in `len` bytes of YAML; other keys are ignored. The caller frees it with mem_free_secret(). NULL on
 * failure, with the place and the cause in `e`, which never quotes a value.
 */
char *spot_config_refresh_token(const char *file, const char *bytes, size_t len, struct err *e)
    __attribute__((warn_unused_result));
