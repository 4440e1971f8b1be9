#include "render/documents.h"

#include "render/balance_json.h"
#include "render/check.h"
#include "render/cloudspaces_json.h"
#include "render/doctor.h"
#include "render/maintenance_json.h"
#include "render/summary.h"

const char *const document_names[DOCUMENTS] = {
    [DOC_SUMMARY] = "summary",
    [DOC_CLOUDSPACES] = "cloudspaces",
    [DOC_NODE_BALANCE] = "node-balance",
    [DOC_RUNNERS] = "runners",
    [DOC_APPS] = "apps",
    [DOC_EVENTS] = "events",
    [DOC_INCIDENTS] = "incidents",
    [DOC_CHECK] = "check",
    [DOC_DOCTOR] = "doctor",
    [DOC_MAINTENANCE] = "maintenance",
};

static void (*const renderers[DOCUMENTS])(
    const struct view *view, const struct view_pair *pair, const struct figures *figures, struct buf *out) = {
    [DOC_SUMMARY] = summary_render,
    [DOC_CLOUDSPACES] = cloudspaces_json_render,
    [DOC_NODE_BALANCE] = balance_json_render,
    [DOC_RUNNERS] = runners_json_render,
    [DOC_APPS] = apps_json_render,
    [DOC_EVENTS] = events_json_render,
    [DOC_INCIDENTS] = incidents_json_render,
    [DOC_CHECK] = check_render,
    [DOC_DOCTOR] = doctor_render,
    [DOC_MAINTENANCE] = maintenance_json_render,
};

void documents_render(enum document document, const struct view *view, const struct view_pair *pair,
    const struct figures *figures, struct buf *out)
{
	renderers[document](view, pair, figures, out);
	buf_putc(out, '\n');
}
