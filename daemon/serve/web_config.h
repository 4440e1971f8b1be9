/*
 * The web configuration in use, with its certificate, key and CA. It is read again when one of the files changes; what
 * cannot be used leaves what was in use before. Only one thread at a time uses it.
 */
#pragma once

#include "base/err.h"
#include "config/web_conf.h"
#include "os/file_stamp.h"
#include "render/view.h"
#include "serve/tls.h"

enum { WEB_CONFIG_FILES = 4 }; /* itself, certificate, key, CA */

struct web_config {
	const char *path;      /* NULL: there is none, and nothing of it */
	struct web_conf *conf; /* never NULL; without a file it says nothing */
	struct tls *tls;       /* NULL: without TLS */
	struct file_stamp stamps[WEB_CONFIG_FILES];
	struct errs *failing; /* why what stands in the files now is not in use; NULL: it is */
};

/* Reads `path` (borrowed; NULL: there is no file) and all that it names. False with the mistakes in `errs`. */
bool web_config_open(struct web_config *config, const char *path, struct errs *errs)
    __attribute__((warn_unused_result));
void web_config_close(struct web_config *config);

/*
 * Reads the files again if one has changed, if they could not be used last time, or if `must_read`. True if what is in
 * use is another now. TLS is neither begun nor ended: listeners are open. Logs both outcomes, a failure once.
 */
bool web_config_refresh(struct web_config *config, bool must_read);

/* What the metrics say of it. */
struct view_web_config web_config_view(const struct web_config *config);
