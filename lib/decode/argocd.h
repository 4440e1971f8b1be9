/* ArgoCD Applications to values: ARGOCD.md. */
#pragma once

#include "base/err.h"
#include "decide/facts.h"
#include "decode/member.h"

extern const struct member argocd_app_members[];

/*
 * Reads one Application. A sync or health status that is empty (before the first comparison) or not known to hawatch is
 * Unknown. False when the object is not a valid Application.
 */
bool argocd_read_app(const char *json, size_t len, struct app_fact *out, struct err *e)
    __attribute__((warn_unused_result));
