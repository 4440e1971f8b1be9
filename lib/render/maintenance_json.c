#include "render/maintenance_json.h"

void maintenance_json_put(struct json_out *j, const char *name, const struct pair *pair, enum side_id id)
{
	const struct maintenance *m = &pair->maintenance[id];
	if (!pair_is_in_maintenance(pair, id)) {
		json_put_null(j, name);
		return;
	}
	json_open(j, name, '{');
	json_put_bool(j, "declared", m->is_declared);
	json_put_time(j, "since", m->is_declared ? m->began.wall : pair->side[id].since.wall);
	json_put_time(j, "ends", m->ends.wall);
	json_put_words(j, "reason", m->reason);
	json_close(j, '}');
}

static void put_peers(struct json_out *j, const struct view *view, const struct view_pair *pair)
{
	json_open(j, "peers", '[');
	for (size_t i = 0; i < view->peer_count; i++) {
		const struct view_peer *peer = &view->peers[i];
		json_open(j, NULL, '{');
		json_put_text(j, "address", peer->address);
		json_put_words(j, "host", peer->host);
		json_put_text(j, "state", peer_word_names[pair->peers[i]]);
		json_put_words(j, "problem", peer->problem);
		json_close(j, '}');
	}
	json_close(j, ']');
}

void maintenance_json_render(
    const struct view *view, const struct view_pair *pair, const struct figures *figures, struct buf *out)
{
	struct json_out j = {out, false};
	(void)figures;
	json_open(&j, NULL, '{');
	json_put_text(&j, "pair", pair->name);
	json_put_bool(&j, "keeps_state", view->keeps_state);
	json_open(&j, "sides", '{');
	for (int id = 0; id < view_sides(pair); id++)
		maintenance_json_put(&j, side_id_names[id], pair->pair, (enum side_id)id);
	json_close(&j, '}');
	if (view->has_peers)
		put_peers(&j, view, pair);
	json_close(&j, '}');
}
