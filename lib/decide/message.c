#include "decide/message.h"

#include "base/rfc3339.h"

/* What a state with its reason means to a person. */
static const char *const reason_texts[SIDE_REASONS] = {
    [REASON_STARTING] = "not every source has answered yet",
    [REASON_SERVING] = "nodes are ready and take work",
    [REASON_CORDONED] = "every ready node is cordoned",
    [REASON_NO_CAPACITY] = "the Kubernetes API answers, but too few nodes are available",
    [REASON_UNREACHABLE] = "the Kubernetes API does not answer, while our own network is good",
    [REASON_CREDENTIAL_DENIED] = "the Kubernetes API lives but refuses our credential",
    [REASON_PROVISIONING] = "Spot is provisioning it; 50-60 minutes is usual",
    [REASON_NOT_READY] = "nodes take work, but Spot reports provisioning again",
    [REASON_SPOT_ERROR] = "Spot reports an error",
    [REASON_ABSENT] = "Spot no longer lists it",
    [REASON_DELETING] = "Spot is deleting it",
    [REASON_NO_EVIDENCE] = "nothing has been heard that would support a verdict",
};

void pair_message(const struct pair_policy *policy, const struct pair *pair,
    const char *const cloudspace[SIDES_MAX], struct now now, struct buf *out)
{
	const char *separator = "";
	(void)policy;
	(void)now;
	if (pair->status == HA_DISABLED) {
		buf_puts(out, "HA is disabled in the configuration");
		return;
	}
	if (pair->status == HA_ACTIVE) {
		buf_puts(out, "both cloudspaces take work");
		separator = "; ";
	}
	for (int id = 0; id < SIDES; id++) {
		const struct side *s = &pair->side[id];
		if (s->verdict == UP && s->reason == REASON_SERVING)
			continue;
		char since[RFC3339_SIZE];
		rfc3339_render(s->since.wall, since);
		buf_printf(out, "%s%s (%s) is %s since %s: %s", separator, cloudspace[id],
		    side_id_names[id], verdict_names[s->verdict], since, reason_texts[s->reason]);
		separator = "; ";
	}
}
