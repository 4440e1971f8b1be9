/* The rendering from which requests are answered now. Only the server thread uses it. */
#pragma once

#include "base/gzip.h"
#include "render/rendering.h"
#include "serve/held.h"
#include "shared/publish.h"

#include <microhttpd.h>

enum { CURRENT_KEY_BYTES = 16 };

struct current {
	struct rendering *rendering;                         /* NULL: there is none yet */
	struct MHD_Response *metrics[EXPO_FORMATS][CODINGS]; /* of it, for all who ask; NULL: nobody has asked yet */
	struct gzip_parts parts[EXPO_FORMATS];               /* of the last ones */
	struct held held;                                    /* those before it that are still being read */
	uint64_t serial;                                     /* of the last one; 0: there was none */
	unsigned char key[CURRENT_KEY_BYTES];                /* of their tags; random, and told to nobody */
};

/* `current` must stay where it is. */
void current_init(struct current *current);
void current_fini(struct current *current);

/*
 * The rendering that is up to date: it is of the published snapshot, and at most a second older than the poll loop's
 * last turn. NULL before the first snapshot. Borrowed, until the next call.
 * `http` is what the server tells of itself.
 */
struct rendering *current_rendering(struct current *current, struct publish *publish, const struct view_http *http);

/*
 * The serial number of the newest rendering whose readers must go, with those of all that are older, because what they
 * hold is too much; 0: none. Renderings that nobody reads any more are freed.
 */
uint64_t current_too_old(struct current *current);

/*
 * Frees a rendering that nobody has asked for lately, with all its bytes and the pairs' lines. What is kept are the
 * compressed parts: they are small, and most are the same at the next scrape.
 */
void current_drop_idle(struct current *current, mono_ms now);
