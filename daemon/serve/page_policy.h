/* The Content-Security-Policy of the status page: no scripts, only its own style sheet and icon. */
#pragma once

#include "base/buf.h"

/* Appends the policy. The style sheet is allowed by its SHA-256, so an injected one does not apply. */
void page_policy_render(struct buf *out);
