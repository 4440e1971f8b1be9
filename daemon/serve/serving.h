/* What is served, and to whom: what all listeners share. Only the server thread uses it after the start. */
#pragma once

#include "config/web_options.h"
#include "render/view.h"
#include "serve/current.h"
#include "serve/passwords.h"
#include "serve/request_rate.h"
#include "serve/web_config.h"
#include "shared/orders.h"
#include "shared/publish.h"

struct serving {
	struct publish *publish;
	struct orders *orders;
	struct web_options web;
	struct web_config *config;
	unsigned scrapes; /* answers with metrics that are being sent */
	struct view_http http;
	struct current current;
	struct request_rate rate;
	struct passwords *passwords;
};
