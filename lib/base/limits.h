/* Numbers that the core, the daemon and the command share. */
#pragma once

enum {
	SIDES_LIMIT = 6,                          /* primary, secondary and four extra ones */
	CLOUDSPACE_MAX = 64,                      /* bytes of a cloudspace's name with the NUL */
	NAMESPACE_MAX = 254,                      /* bytes of a Spot namespace with the NUL */
	WHOSE_MAX = 128,                          /* bytes of the name of a credential's owner with the NUL */
	MAINTENANCE_LONGEST_MS = 8 * 3600 * 1000, /* the longest declared window */
	MAINTENANCE_USUAL_MS = 2 * 3600 * 1000,   /* the length of a window by default */
	UTILIZATION_WATCH_PERCENT = 80,           /* the runbook's daily check expects less */
	UTILIZATION_HIGH_PERCENT = 90,            /* jobs may queue */
};

/* How long Spot usually provisions a cloudspace, in minutes; as numbers, and as a text for people. */
#define PROVISIONING_USUAL_FROM_MIN 50
#define PROVISIONING_USUAL_TO_MIN 60
#define LIMITS_QUOTED(number) #number
#define LIMITS_RANGE(from, to) LIMITS_QUOTED(from) "-" LIMITS_QUOTED(to)
#define PROVISIONING_USUAL LIMITS_RANGE(PROVISIONING_USUAL_FROM_MIN, PROVISIONING_USUAL_TO_MIN)
