/* Numbers that the core, the daemon and the command all know, each with the rule that it comes from. */
#ifndef HAWATCH_BASE_LIMITS_H
#define HAWATCH_BASE_LIMITS_H

enum {
	SIDES_LIMIT = 6,                            /* primary, secondary and four extra ones */
	MAINTENANCE_LONGEST_MS = 8 * 3600 * 1000,   /* of a declared window */
	MAINTENANCE_USUAL_MS = 2 * 3600 * 1000,     /* of one whose length is not said */
	UTILIZATION_WATCH_PERCENT = 80,             /* the runbook's daily check wants less */
	UTILIZATION_HIGH_PERCENT = 90,              /* jobs may queue */
};

/* How long Spot provisions a cloudspace as a rule, in minutes, and for people. */
#define PROVISIONING_USUAL_FROM_MIN 50
#define PROVISIONING_USUAL_TO_MIN 60
#define LIMITS_QUOTED(number) #number
#define LIMITS_RANGE(from, to) LIMITS_QUOTED(from) "-" LIMITS_QUOTED(to)
#define PROVISIONING_USUAL LIMITS_RANGE(PROVISIONING_USUAL_FROM_MIN, PROVISIONING_USUAL_TO_MIN)

#endif
