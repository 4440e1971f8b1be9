/* What the options --web.* say of what is served; all borrowed. */
#pragma once

#include "config/web_hosts.h"
#include "config/web_url.h"

struct web_options {
	const struct web_url *url;
	const struct web_hosts *hosts;
	unsigned max_requests; /* for metrics, at the same time; 0: no limit */
};
