#include "decide/obs.h"

const char *const side_id_names[SIDES_MAX] = {
    [PRIMARY] = "primary",
    [SECONDARY] = "secondary",
    [EXTRA_1] = "extra-1",
    [EXTRA_2] = "extra-2",
    [EXTRA_3] = "extra-3",
    [EXTRA_4] = "extra-4",
};

const char *const spot_list_names[SPOT_LISTS] = {
    [LIST_CLOUDSPACES] = "cloudspaces",
    [LIST_SPOT_POOLS] = "spotnodepools",
    [LIST_ON_DEMAND_POOLS] = "ondemandnodepools",
};

const char *const spot_word_names[SPOT_WORDS] = {
    [SPOT_NONE] = "none",
    [SPOT_READY] = "ready",
    [SPOT_PROVISIONING] = "provisioning",
    [SPOT_ERROR] = "error",
    [SPOT_DELETING] = "deleting",
    [SPOT_ABSENT] = "absent",
};

const char *const kube_word_names[KUBE_WORDS] = {
    [KUBE_NONE] = "none",
    [KUBE_SERVING] = "serving",
    [KUBE_CORDONED] = "cordoned",
    [KUBE_NO_CAPACITY] = "no_capacity",
    [KUBE_DENIED] = "denied",
    [KUBE_UNREACHABLE] = "unreachable",
};

const char *const spot_phase_names[SPOT_PHASES] = {
    [PHASE_PROVISIONING] = "Provisioning",
    [PHASE_READY] = "Ready",
    [PHASE_ERROR] = "Error",
    [PHASE_DELETING] = "Deleting",
    [PHASE_UPGRADING] = "Upgrading",
    [PHASE_NO_WINNING_BIDS] = "NoWinningBids",
    [PHASE_CONTROL_PLANE_UNRESPONSIVE] = "ControlPlaneUnresponsive",
    [PHASE_UNKNOWN] = "Unknown",
};

const char *const poll_reason_names[POLL_REASONS] = {
    [POLL_OK] = "ok",
    [POLL_DNS] = "dns",
    [POLL_CONNECT] = "connect",
    [POLL_TLS] = "tls",
    [POLL_TIMEOUT] = "timeout",
    [POLL_AUTH] = "auth",
    [POLL_RATE_LIMITED] = "rate_limited",
    [POLL_HTTP_3XX] = "http_3xx",
    [POLL_HTTP_4XX] = "http_4xx",
    [POLL_HTTP_5XX] = "http_5xx",
    [POLL_PARSE] = "parse",
    [POLL_TOO_LARGE] = "too_large",
    [POLL_INTERNAL] = "internal",
};

enum poll_reason obs_reason_of_status(int status)
{
	switch (status) {
	case 200: return POLL_OK;
	case 401:
	case 403: return POLL_AUTH;
	case 429: return POLL_RATE_LIMITED;
	}
	if (status >= 500)
		return POLL_HTTP_5XX;
	if (status >= 400)
		return POLL_HTTP_4XX;
	if (status >= 300)
		return POLL_HTTP_3XX;
	return POLL_PARSE; /* another 2xx: lists and health paths never answer with it */
}

/* The word for a failed node list, by reason and by whether a status line was received (section 1). */
static enum kube_word word_of_failure(struct answer a)
{
	static const enum kube_word unanswered[POLL_REASONS] = {
	    [POLL_CONNECT] = KUBE_UNREACHABLE,
	    [POLL_TIMEOUT] = KUBE_UNREACHABLE,
	};
	static const enum kube_word answered[POLL_REASONS] = {
	    [POLL_AUTH] = KUBE_DENIED,
	    [POLL_HTTP_5XX] = KUBE_UNREACHABLE,
	};
	return a.status ? answered[a.reason] : unanswered[a.reason];
}

static enum kube_word word_of_nodes(const struct node_counts *n, int min_available)
{
	if (n->available >= min_available)
		return KUBE_SERVING;
	if (n->ready > 0 && n->ready_cordoned == n->ready)
		return KUBE_CORDONED;
	return KUBE_NO_CAPACITY;
}

bool obs_is_doubtful(struct answer nodes)
{
	return nodes.reason != POLL_OK && nodes.status && word_of_failure(nodes) != KUBE_UNREACHABLE;
}

struct kube_obs obs_of_kube(
    struct answer readyz, struct answer nodes, const struct node_counts *counts, int min_available)
{
	struct kube_obs obs = {.word = word_of_failure(nodes)};
	if (nodes.reason == POLL_OK)
		obs = (struct kube_obs){word_of_nodes(counts, min_available), *counts};
	if (readyz.reason == POLL_HTTP_5XX)
		obs.word = KUBE_UNREACHABLE;
	return obs;
}
