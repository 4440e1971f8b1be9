#include "cli/names.h"

#include "cli/answer.h"

/* Where a summary has them; the second where the first is missing. */
static const char *const paths[RUNBOOK_NAMES][2] = {
    [NAME_PRIMARY_CONTEXT] = {"cloudspaces.primary.context", "primary_cloudspace"},
    [NAME_SECONDARY_CONTEXT] = {"cloudspaces.secondary.context", "secondary_cloudspace"},
    [NAME_PRIMARY] = {"primary_cloudspace"},
    [NAME_SECONDARY] = {"secondary_cloudspace"},
    [NAME_RUNNERS] = {"namespaces.runners"},
    [NAME_CONTROLLER] = {"namespaces.controller"},
    [NAME_ARGOCD] = {"namespaces.argocd"},
    [NAME_PAIR] = {"pair"},
};

struct runbook_names names_of(const struct cJSON *summary)
{
	struct runbook_names names = {.needs_pair = false};
	for (int i = 0; summary && i < RUNBOOK_NAMES; i++)
		for (int k = 0; k < 2 && paths[i][k] && !names.v[i]; k++)
			names.v[i] = answer_text(summary, paths[i][k]);
	return names;
}
