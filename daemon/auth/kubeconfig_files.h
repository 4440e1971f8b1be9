/*
 * The kubeconfigs of all sides. One file often holds all clusters, so it is read and parsed once for all
 * sides, and again only after a change.
 */
#pragma once

#include "base/units.h"
#include "config/kubeconfig.h"

struct kubeconfig_files;

struct kubeconfig_files *kubeconfig_files_new(void);

/* Clears the caller's pointer; `*all` may be NULL. */
void kubeconfig_files_free(struct kubeconfig_files **all);

/*
 * Checks the files in `paths` (separated by colons, as in KUBECONFIG; all must be readable). Reads them if
 * they have changed, if the last read failed or was over a minute ago, or if `must_read`. Returns a number that grows
 * with each new content; 0: no good content so far. Returns false with the errors in `errs` while the current
 * content is bad; the last good content then stays.
 */
bool kubeconfig_files_refresh(struct kubeconfig_files *all, const char *paths, bool must_read, mono_ms now,
    unsigned *version, struct errs *errs) __attribute__((warn_unused_result));

/* Picks a context from the content of the last good refresh of `paths`, like kubeconfig_pick(). */
bool kubeconfig_files_pick(struct kubeconfig_files *all, const char *paths, const struct kubeconfig_want *want,
    mono_ms now, struct kubeconfig *out, struct errs *errs) __attribute__((warn_unused_result));
