#include "render/peer_json.h"

#include "base/json_out.h"

static void put_window(struct json_out *j, const struct peer_window *window)
{
	json_open(j, NULL, '{');
	json_put_text(j, "pair", window->pair);
	json_put_text(j, "side", side_id_names[window->side]);
	json_put_text(j, "cloudspace", window->cloudspace);
	json_put_int(j, "age_ms", window->age_ms);
	json_put_int(j, "left_ms", window->left_ms);
	json_put_text(j, "reason", window->reason);
	json_close(j, '}');
}

void peer_json_render(const struct peer_answer *answer, struct buf *out)
{
	struct json_out j = {out, false};
	json_open(&j, NULL, '{');
	json_put_text(&j, "instance", answer->who.instance);
	json_put_text(&j, "host", answer->who.host);
	json_put_bool(&j, "settled", answer->is_settled);
	json_put_text(&j, "result", peer_result_names[answer->result]);
	json_put_text(&j, "error", answer->error);
	json_open(&j, "pairs", '[');
	for (size_t i = 0; i < answer->pair_count; i++)
		json_put_text(&j, NULL, answer->pairs[i]);
	json_close(&j, ']');
	json_open(&j, "windows", '[');
	for (size_t i = 0; i < answer->window_count; i++)
		put_window(&j, &answer->windows[i]);
	json_close(&j, ']');
	json_close(&j, '}');
	buf_putc(out, '\n');
}
