/* The life of a credential: when it expires, and by when it should have been renewed. */
#pragma once

#include "base/units.h"

struct credential {
	wall_ms expires; /* unknown: it does not tell, or there is none */
	wall_ms renewal; /* when somebody should have renewed it; unknown: hawatchd or the kubelet renews it */
};

/*
 * A credential should be renewed before the last quarter of its life, or, where `issued` is unknown, a day before it
 * expires. `is_renewed`: hawatchd or the kubelet does it, each in its own time.
 */
struct credential credential_of(wall_ms issued, wall_ms expires, bool is_renewed);

/* It has expired; or it should have been renewed by now, and expires within seven days. */
bool credential_is_late(struct credential credential, wall_ms now);
