#include "loop/recorder.h"

#include "base/text.h"

enum { OPEN_MS = 60000 };

static bool is_recorded(const struct watched_pair *pair)
{
	return pair->slot && pair->poller->conf->record.enabled;
}

static void seal(struct watched_pair *pair)
{
	struct poller *p = pair->poller;
	struct buf bytes = buf_of(RECORD_SEALED_MAX_BYTES);
	if (!record_block_is_open(&pair->recorder.block))
		return;
	record_block_seal(&pair->recorder.block, &bytes);
	state_writer_record(p->shared.writer, pair->slot, buf_text(&bytes), bytes.len, p->conf->record.max_bytes);
	buf_fini(&bytes);
}

static void put_frame(
    struct watched_pair *pair, enum record_kind kind, const struct pair *as, const struct pair_origin from[SIDES_MAX])
{
	struct recorder *r = &pair->recorder;
	struct record_entry entry = {.kind = kind, .at = pair->poller->now};
	struct record_frame *frame = &entry.frame;
	text_copy(frame->pair_name, sizeof frame->pair_name, pair->conf->name);
	frame->started = r->started;
	frame->number = r->number++;
	frame->policy = pair->policy;
	frame->pair = *as;
	for (size_t id = 0; id < pair->side_count; id++) {
		text_copy(
		    frame->cloudspace[id], sizeof frame->cloudspace[id], conf_pair_side(pair->conf, id)->cloudspace);
		frame->origin[id] = !from || !from[id].pair ? RECORD_ORIGIN_NEW
		    : from[id].pair == r->origin            ? (int)from[id].id
							    : RECORD_ORIGIN_ELSEWHERE;
	}
	record_block_put(&r->block, &entry);
	r->decided = record_decided_of(as);
}

/* Something is told to the pair as it is: where no block is open, one begins with it. */
static void put_told(struct watched_pair *pair, const struct record_entry *entry)
{
	struct record_block *block = &pair->recorder.block;
	if (record_block_is_full(block) || mono_since(block->opened.mono, entry->at.mono) >= OPEN_MS)
		seal(pair);
	if (!record_block_is_open(block))
		put_frame(pair, RECORD_FRAME, &pair->pair, NULL);
	record_block_put(block, entry);
}

void recorder_start(struct watched_pair *pair)
{
	if (!is_recorded(pair))
		return;
	pair->recorder.started = pair->poller->now.wall;
	pair->recorder.number = 0;
	put_frame(pair, RECORD_START, &pair->pair, NULL);
}

void recorder_reload(struct watched_pair *pair, const struct pair *after, const struct pair_origin from[SIDES_MAX])
{
	if (!is_recorded(pair))
		return;
	seal(pair);
	pair->recorder.origin = &pair->pair;
	put_frame(pair, RECORD_RELOAD, after, from);
}

void recorder_adopt(struct watched_pair *pair, struct watched_pair *before, const struct pair_origin from[SIDES_MAX])
{
	if (!is_recorded(pair))
		return;
	if (!before || !is_recorded(before) || before->slot != pair->slot) {
		recorder_start(pair);
		return;
	}
	pair->recorder.started = before->recorder.started;
	pair->recorder.number = before->recorder.number;
	pair->recorder.origin = &before->pair;
	put_frame(pair, RECORD_RELOAD, &pair->pair, from);
}

static struct record_entry entry_of(const struct watched_pair *pair, const struct side_input *input)
{
	static const enum record_kind kinds[] = {[SIDE_TICK] = RECORD_TICK,
	    [SIDE_SPOT] = RECORD_SPOT,
	    [SIDE_KUBE] = RECORD_KUBE,
	    [SIDE_GRACE] = RECORD_GRACE};
	const struct poller *p = pair->poller;
	int64_t late_ms = mono_since(p->woken_by, p->now.mono);
	return (struct record_entry){
	    .kind = kinds[input->kind], .at = p->now, .input = *input, .late_ms = late_ms > 0 ? late_ms : 0};
}

void recorder_input(struct watched_side *side, const struct side_input *input)
{
	struct watched_pair *pair = side->pair;
	if (!is_recorded(pair))
		return;
	struct record_entry entry = entry_of(pair, input);
	entry.side = side->id;
	entry.answer =
	    input->kind == SIDE_KUBE ? side->kube.nodes_result.answer : pair->poller->spot.answer[LIST_CLOUDSPACES];
	entry.readyz = side->kube.readyz_answer;
	put_told(pair, &entry);
}

void recorder_input_all(struct watched_pair *pair, const struct side_input *input)
{
	if (!is_recorded(pair))
		return;
	const struct record_entry entry = entry_of(pair, input);
	put_told(pair, &entry);
}

/* What a step has ended stands in the block of the step; an order may be the first of a block. */
static void put_windows(struct watched_pair *pair, const struct pair *before)
{
	struct record_block *block = &pair->recorder.block;
	struct record_entry entry = {.kind = RECORD_WINDOW, .at = pair->poller->now};
	for (size_t id = 0; id < pair->side_count; id++) {
		entry.side = (enum side_id)id;
		entry.window = pair->pair.maintenance[id];
		if (maintenance_is_same(&before->maintenance[id], &entry.window))
			continue;
		if (!record_block_is_open(block))
			put_frame(pair, RECORD_FRAME, before, NULL);
		record_block_put(block, &entry);
	}
}

void recorder_change(struct watched_pair *pair, const struct pair *before)
{
	struct record_entry entry = {.kind = RECORD_DECIDED, .at = pair->poller->now};
	if (!is_recorded(pair))
		return;
	entry.decided = record_decided_of(&pair->pair);
	if (!record_decided_is_same(&entry.decided, &pair->recorder.decided)) {
		record_block_put(&pair->recorder.block, &entry);
		pair->recorder.decided = entry.decided;
	}
	put_windows(pair, before);
}

void recorder_flush(struct poller *p)
{
	for (size_t i = 0; i < p->pair_count; i++)
		if (is_recorded(&p->pairs[i]))
			seal(&p->pairs[i]);
}

void recorder_fini(struct watched_pair *pair)
{
	record_block_fini(&pair->recorder.block);
}
