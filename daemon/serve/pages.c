#include "serve/pages.h"

#include "render/badge.h"
#include "serve/page_policy.h"
#include "serve/reply.h"

#include <string.h>

enum { SVG_MAX_BYTES = 8192 };

static const char *asked_pair(struct exchange *x)
{
	return MHD_lookup_connection_value(x->connection, MHD_GET_ARGUMENT_KIND, "pair");
}

static enum MHD_Result refuse_pair(struct exchange *x, const char *name)
{
	struct err e;
	enum api_error kind = reply_pair_error(x, name, &e);
	return reply_error(x, kind, e.text);
}

static enum MHD_Result reply_page(struct exchange *x, const struct buf *bytes, enum coding coding)
{
	struct MHD_Response *response = reply_rendered(x, bytes);
	struct buf policy = buf_of(1024);
	reply_say_coding(response, coding, "Accept-Encoding");
	page_policy_render(&policy);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_SECURITY_POLICY, buf_text(&policy));
	buf_fini(&policy);
	return reply_response(x, MHD_HTTP_OK, response, bytes->len, "text/html; charset=utf-8");
}

enum MHD_Result pages_status(struct exchange *x)
{
	const char *name = asked_pair(x);
	const struct snapshot_pair *pair = name ? snapshot_pair(x->rendering->snapshot, name) : NULL;
	enum coding coding = reply_coding_of(x);
	if (name && !pair)
		return refuse_pair(x, name);
	return reply_page(x,
	    pair ? rendering_page_of(x->rendering, pair, PAGE_STATUS, coding) : rendering_page(x->rendering, coding),
	    coding);
}

enum MHD_Result pages_runbook(struct exchange *x)
{
	const char *name = asked_pair(x);
	const struct snapshot_pair *pair = snapshot_pair(x->rendering->snapshot, name);
	enum coding coding = reply_coding_of(x);
	if (name && !pair)
		return refuse_pair(x, name);
	return reply_page(x, rendering_page_of(x->rendering, pair, PAGE_RUNBOOK, coding), coding);
}

/* Small, so it is made for each request. Nothing in it may be loaded or run, also where it is opened by itself. */
static enum MHD_Result reply_svg(struct exchange *x, struct buf *svg)
{
	size_t len = svg->len;
	struct MHD_Response *response =
	    reply_made(MHD_create_response_from_buffer(len, svg->data, MHD_RESPMEM_MUST_COPY));
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_SECURITY_POLICY, "default-src 'none'");
	buf_fini(svg);
	return reply_response(x, MHD_HTTP_OK, response, len, "image/svg+xml");
}

enum MHD_Result pages_icon(struct exchange *x)
{
	struct buf svg = buf_of(SVG_MAX_BYTES);
	badge_render_icon(&x->rendering->view, &svg);
	return reply_svg(x, &svg);
}

/* The window of ?window=; NULL where no such window is kept. */
static const struct availability_window *find_window(const char *name)
{
	for (int i = 0; i < AVAILABILITY_WINDOWS; i++)
		if (strcmp(availability_windows[i].name, name) == 0)
			return &availability_windows[i];
	return NULL;
}

enum MHD_Result pages_badge(struct exchange *x)
{
	const char *name = asked_pair(x);
	const char *asked = MHD_lookup_connection_value(x->connection, MHD_GET_ARGUMENT_KIND, "window");
	const struct snapshot_pair *pair = snapshot_pair(x->rendering->snapshot, name);
	const struct availability_window *window = asked ? find_window(asked) : NULL;
	struct buf svg = buf_of(SVG_MAX_BYTES);
	if (!pair)
		return refuse_pair(x, name);
	if (asked && !window)
		return reply_error(x, API_BAD_PARAMETER, "window: expected 24h, 7d, 30d or 90d");
	if (window)
		badge_render_availability(&x->rendering->view, pair->view, window, &svg);
	else
		badge_render(&x->rendering->view, pair->view, &svg);
	return reply_svg(x, &svg);
}
