/* The answer of a peer, and what is taken from it. */
#include "decode/peer.h"
#include "fuzz.h"
#include "render/peer_json.h"

static void check_way_back(const struct peer_answer *answer)
{
	struct peer_answer back;
	struct err e = ERR_UNSET;
	struct buf json = buf_of(1 << 20);
	peer_json_render(answer, &json);
	if (!json.overflow) {
		PROMISE(peer_read(json.data, json.len, &back, &e));
		PROMISE(memcmp(&answer->who, &back.who, sizeof back.who) == 0 && answer->result == back.result);
		PROMISE(answer->pair_count == back.pair_count && answer->window_count == back.window_count);
		peer_answer_fini(&back);
	}
	buf_fini(&json);
}

static void check_adopted(const struct peer_answer *answer, bool has_window)
{
	static const struct now now = {{1000000}, {1790000000000}};
	struct pair pair = {.extra_count = SIDES_MAX - SIDES};
	if (has_window)
		pair.maintenance[SECONDARY] = maintenance_begin((struct maintenance){0}, 1000000, "x", now);
	struct peer_pair ours = {"prod", {"a", "b", "c", "d", "e", "f"}, &pair};
	struct pair after = peer_adopt(answer, &ours, now);
	for (int id = 0; id < SIDES_MAX; id++) {
		const struct maintenance *m = &after.maintenance[id];
		PROMISE(!m->is_declared || mono_since(now.mono, m->ends.mono) <= MAINTENANCE_LONGEST_MS);
		PROMISE(!m->is_declared || m->began.mono.ms <= now.mono.ms);
		PROMISE_SHOWN(m->reason);
	}
	ours.pair = &after;
	PROMISE(peer_compare(answer, &ours, now.mono, now.mono) < PEER_WORDS);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct peer_answer answer;
	struct err e = ERR_UNSET;
	memset(&answer, UNTOUCHED, sizeof answer);
	if (!peer_read((const char *)bytes, len, &answer, &e)) {
		PROMISE_ERR(e);
		PROMISE_UNTOUCHED(answer);
		return 0;
	}
	PROMISE(answer.who.instance[0] && answer.result < PEER_RESULTS);
	PROMISE_SHOWN(answer.who.instance);
	PROMISE_SHOWN(answer.who.host);
	PROMISE_SHOWN(answer.error);
	for (size_t i = 0; i < answer.pair_count; i++) {
		PROMISE(answer.pairs[i][0]);
		PROMISE_SHOWN(answer.pairs[i]);
	}
	for (size_t i = 0; i < answer.window_count; i++) {
		PROMISE(answer.windows[i].side < SIDES_MAX);
		PROMISE(answer.windows[i].cloudspace[0]);
		PROMISE_SHOWN(answer.windows[i].cloudspace);
		PROMISE(answer.windows[i].left_ms >= 0 && answer.windows[i].left_ms <= MAINTENANCE_LONGEST_MS);
	}
	check_adopted(&answer, false);
	check_adopted(&answer, true);
	check_way_back(&answer);
	peer_answer_fini(&answer);
	return 0;
}
