#include "serve/current.h"

#include "os/log.h"
#include "os/process.h"

enum {
	RENDER_EVERY_MS = 1000, /* while nothing changes: ages and counters of seconds go on */
	IDLE_MS = 5000,
};

struct rendering *current_rendering(struct rendering **current, struct publish *publish, const struct view_http *http)
{
	struct view self = {.http = *http, .log_dropped = log_dropped()};
	struct snapshot *snapshot = publish_hold(publish, &self.now);
	struct rendering *r = *current;
	bool is_current = r && r->snapshot == snapshot && mono_since(r->view.now.mono, self.now.mono) < RENDER_EVERY_MS;
	if (is_current || !snapshot) {
		snapshot_release(snapshot);
		return r;
	}
	self.process = process_read();
	rendering_release(r);
	*current = rendering_new_take(snapshot, &self);
	return *current;
}

void current_drop_idle(struct rendering **current, mono_ms now)
{
	if (!*current || mono_since((*current)->view.now.mono, now) < IDLE_MS)
		return;
	rendering_release(*current);
	*current = NULL;
}
