#include "render/reload_json.h"

#include "base/json_out.h"

static size_t kept(const struct errs *errs)
{
	return errs->count < ERRS_KEPT ? errs->count : ERRS_KEPT;
}

bool reload_json_render(const struct errs *configuration, const struct errs *web, const char *kind, struct buf *out)
{
	const struct errs none = {0}, *both[] = {configuration ? configuration : &none, web ? web : &none};
	size_t omitted = 0, count = both[0]->count + both[1]->count;
	struct json_out j = {out, false};
	struct err e;
	json_open(&j, NULL, '{');
	if (count) {
		err_set(&e, "%zu mistake%s in the %s; hawatchd keeps what it had before", count, count == 1 ? "" : "s",
		    !both[1]->count       ? "configuration"
			: !both[0]->count ? "web configuration"
					  : "configuration and the web configuration");
		json_put_text(&j, "error", e.text);
		json_put_text(&j, "kind", kind);
		json_open(&j, "mistakes", '[');
		for (size_t b = 0; b < sizeof both / sizeof *both; b++) {
			for (size_t i = 0; i < kept(both[b]); i++)
				json_put_text(&j, NULL, both[b]->kept[i].text);
			omitted += both[b]->count - kept(both[b]);
		}
		json_close(&j, ']');
		json_put_int(&j, "omitted", (int64_t)omitted);
	} else
		json_put_bool(&j, "reloaded", true);
	json_close(&j, '}');
	buf_putc(out, '\n');
	return !count;
}
