/* The Content-Security-Policy of the status page: nothing is loaded, nothing runs, and only its own style counts. */
#ifndef HAWATCH_SERVE_PAGE_POLICY_H
#define HAWATCH_SERVE_PAGE_POLICY_H

#include "base/buf.h"

/* Appends the policy; it allows the style sheet by the hash of its bytes, so that no other can be slipped in. */
void page_policy_render(struct buf *out);

#endif
