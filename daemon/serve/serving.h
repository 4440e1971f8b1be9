/* What is served, and to whom: what all listeners share. Only the server thread uses it after the start. */
#pragma once

#include "config/web_options.h"
#include "render/view.h"
#include "serve/current.h"
#include "serve/listen.h"
#include "serve/passwords.h"
#include "serve/request_rate.h"
#include "serve/web_config.h"
#include "shared/orders.h"
#include "shared/peer_token.h"
#include "shared/publish.h"
#include "shared/state_writer.h"

struct serving {
	struct publish *publish;
	struct orders *orders;
	struct state_writer *writer;
	struct peer_token *peer_token;
	struct web_options web;
	struct web_config *config;
	unsigned scrapes;               /* answers with metrics that are being sent */
	unsigned reads[LISTENER_KINDS]; /* answers from journals that are being read or sent */
	struct view_http http;
	struct current current;
	struct request_rate rate;
	struct passwords *passwords;
};
