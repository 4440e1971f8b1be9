/* What is served, and to whom: what all listeners share. Only the server thread uses it after the start. */
#pragma once

#include "config/web_url.h"
#include "render/view.h"
#include "serve/current.h"
#include "shared/orders.h"
#include "shared/publish.h"

/* Who asks decides what may be asked. */
enum listener_kind {
	LISTENER_WEB,     /* Prometheus and people: all that can be read, below the prefix */
	LISTENER_HEALTH,  /* probes: the monitor's own health, and nothing else; there is no prefix */
	LISTENER_CONTROL, /* the operator on this machine, by a Unix socket: orders, too; there is no prefix */
	LISTENER_KINDS,
};

struct serving {
	struct publish *publish;
	struct orders *orders;
	const struct web_url *web;
	struct view_http http;
	struct current current;
};
