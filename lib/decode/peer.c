#include "decode/peer.h"

#include "base/mem.h"
#include "base/text.h"
#include "decode/json.h"

#include <cJSON.h>
#include <string.h>

static void read_line(struct json *j, const cJSON *object, const char *name, char *out, size_t size)
{
	json_copy_line(j, object, name, out, size);
	if (text_first_unshown(out))
		json_fail(j, name, "has a character that is not shown");
}

static void read_name(struct json *j, const cJSON *object, const char *name, char *out, size_t size)
{
	read_line(j, object, name, out, size);
	if (!*out)
		json_fail(j, name, "is missing");
}

static void read_window(struct json *j, const cJSON *from, struct peer_window *out)
{
	read_name(j, from, "pair", out->pair, sizeof out->pair);
	out->side = (enum side_id)json_word(j, from, "side", side_id_names, SIDES_MAX);
	read_name(j, from, "cloudspace", out->cloudspace, sizeof out->cloudspace);
	out->age_ms = json_whole(j, from, "age_ms");
	out->left_ms = json_whole(j, from, "left_ms");
	read_line(j, from, "reason", out->reason, sizeof out->reason);
	if (out->left_ms > MAINTENANCE_LONGEST_MS)
		json_fail(j, "left_ms", "is longer than a window may be");
}

static void read_pairs(struct json *j, const cJSON *root, struct peer_answer *out)
{
	const cJSON *pairs = json_array(j, root, "pairs"), *pair;
	out->pairs = mem_zeroed((size_t)cJSON_GetArraySize(pairs), sizeof *out->pairs);
	cJSON_ArrayForEach(pair, pairs)
	{
		const char *name = cJSON_GetStringValue(pair);
		if (!name || !*name || strlen(name) >= PEER_PAIR_MAX || text_first_unshown(name))
			json_fail(j, "pairs", "has an item that is no name");
		else
			text_copy(out->pairs[out->pair_count++], PEER_PAIR_MAX, name);
	}
}

static void read_windows(struct json *j, const cJSON *root, struct peer_answer *out)
{
	const cJSON *windows = json_array(j, root, "windows"), *window;
	out->windows = mem_zeroed((size_t)cJSON_GetArraySize(windows), sizeof *out->windows);
	cJSON_ArrayForEach(window, windows)
	{
		if (cJSON_IsObject(window))
			read_window(j, window, &out->windows[out->window_count++]);
		else
			json_fail(j, "windows", "has an item that is no object");
	}
}

bool peer_read(const char *json, size_t len, struct peer_answer *out, struct err *e)
{
	struct json j = {0};
	struct peer_answer answer = {0};
	cJSON *root = json_parse_object(json, len, e);
	if (!root)
		return false;
	read_name(&j, root, "instance", answer.who.instance, sizeof answer.who.instance);
	read_line(&j, root, "host", answer.who.host, sizeof answer.who.host);
	answer.is_settled = json_bool(&j, root, "settled");
	answer.result = (enum peer_result)json_word(&j, root, "result", peer_result_names, PEER_RESULTS);
	read_line(&j, root, "error", answer.error, sizeof answer.error);
	read_pairs(&j, root, &answer);
	read_windows(&j, root, &answer);
	cJSON_Delete(root);
	if (!j.has_failed) {
		peer_answer_sort(&answer);
		*out = answer;
		return true;
	}
	peer_answer_fini(&answer);
	return err_set(e, "%s", j.err.text);
}
