/*
 * The kubeconfigs of all sides. One file often holds every cluster, so it is read and parsed once for
 * all of them, and again only when it has changed.
 */
#ifndef HAWATCH_AUTH_KUBECONFIG_FILES_H
#define HAWATCH_AUTH_KUBECONFIG_FILES_H

#include "base/units.h"
#include "config/kubeconfig.h"

struct kubeconfig_files;

struct kubeconfig_files *kubeconfig_files_new(void);

/* Clears the caller's pointer; NULL inside is allowed. */
void kubeconfig_files_free(struct kubeconfig_files **all);

/*
 * Looks at the files that `paths` names (separated by colons, as in KUBECONFIG; all must be readable)
 * and reads them if they have changed, were read more than a minute ago, or `must_read`. Returns a
 * number that grows with each new content, 0 while there was no good one. False with the mistakes in
 * `errs` while what is there now is not good; the last good content then stays.
 */
bool kubeconfig_files_refresh(struct kubeconfig_files *all, const char *paths, bool must_read, mono_ms now,
    unsigned *version, struct errs *errs) __attribute__((warn_unused_result));

/* Picks from the content that the last good refresh of `paths` found; as kubeconfig_pick(). */
bool kubeconfig_files_pick(struct kubeconfig_files *all, const char *paths, const struct kubeconfig_want *want,
    mono_ms now, struct kubeconfig *out, struct errs *errs) __attribute__((warn_unused_result));

#endif
