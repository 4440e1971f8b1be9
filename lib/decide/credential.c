#include "decide/credential.h"

static const int64_t DAY_MS = 24 * 3600 * 1000, SOON_DAYS = 7;

struct credential credential_of(wall_ms issued, wall_ms expires, bool is_renewed)
{
	int64_t life_ms = expires.ms - issued.ms;
	int64_t early_ms = wall_is_known(issued) && life_ms > 0 ? life_ms / 4 : DAY_MS;
	if (!wall_is_known(expires) || is_renewed)
		return (struct credential){expires, WALL_UNKNOWN};
	return (struct credential){expires, {expires.ms - early_ms}};
}

bool credential_is_late(struct credential credential, wall_ms now)
{
	int64_t left_ms = credential.expires.ms - now.ms;
	if (!wall_is_known(credential.expires))
		return false;
	return left_ms <= 0 ||
	    (wall_is_known(credential.renewal) && now.ms >= credential.renewal.ms && left_ms <= SOON_DAYS * DAY_MS);
}
