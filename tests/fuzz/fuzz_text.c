/* Text from outside, by each way in which it is shown. */
#include "base/json_out.h"
#include "decode/json.h"
#include "fuzz.h"
#include "render/expo.h"
#include "render/html.h"

#include <cJSON.h>

enum { ROOM = 1 << 20 };

/* What was shown is valid, harmless, and is shown again as it is. */
static void check_shown(const char *text)
{
	struct buf shown = buf_of(ROOM), again = buf_of(ROOM);
	text_put(&shown, text, NULL);
	PROMISE_SHOWN(buf_text(&shown));
	text_put(&again, buf_text(&shown), NULL);
	PROMISE(strcmp(buf_text(&again), buf_text(&shown)) == 0);
	PROMISE(text_first_unshown(text) || !strcmp(buf_text(&shown), text) || strstr(buf_text(&shown), "?"));
	buf_fini(&shown);
	buf_fini(&again);
}

/* Copies in rooms of all sizes: whole, or cut and marked. */
static void check_copies(const char *text)
{
	char out[24];
	for (size_t size = 1; size <= sizeof out; size++) {
		memset(out, 'x', sizeof out);
		text_copy_shown(out, size, text);
		PROMISE(strlen(out) < size && (size == sizeof out || out[size] == 'x'));
		PROMISE_SHOWN(out);
	}
}

/* A JSON text is pure of what a terminal obeys, and a parser has the original back. */
static void check_json(const char *text)
{
	struct buf json = buf_of(ROOM);
	struct json_out j = {&json, false};
	json_open(&j, NULL, '{');
	json_put_text(&j, "text", text);
	json_close(&j, '}');
	PROMISE_SHOWN(buf_text(&json));
	cJSON *root = json_parse_object(buf_text(&json), json.len, NULL);
	PROMISE(root);
	const char *back = cJSON_GetStringValue(cJSON_GetObjectItem(root, "text"));
	PROMISE(back && text_is_utf8(back) && (!text_is_utf8(text) || strcmp(back, text) == 0));
	PROMISE(strlen(back) <= 3 * strlen(text)); /* U+FFFD for a byte */
	cJSON_Delete(root);
	buf_fini(&json);
}

/* A label value: one line, and no quote ends it too early. */
static void check_label(const char *text)
{
	struct buf out = buf_of(ROOM);
	struct expo x = {.out = &out, .format = EXPO_OPENMETRICS};
	struct expo_label label = {"a", text};
	expo_sample(&x, "x", "", &label, 1, 1);
	const char *at = buf_text(&out) + strlen("x{a=\"");
	while (*at != '"') {
		PROMISE(*at && *at != '\n');
		PROMISE(*at != '\\' || strchr("\\n\"", at[1]));
		at += *at == '\\' ? 2 : 1;
	}
	PROMISE(strcmp(at, "\"} 1\n") == 0);
	buf_cut(&out, out.len - 1);
	PROMISE_SHOWN(buf_text(&out));
	buf_fini(&out);
}

static void check_html(const char *text)
{
	struct buf out = buf_of(ROOM);
	html_put(&out, text);
	PROMISE(!strpbrk(buf_text(&out), "<>\"'"));
	PROMISE_SHOWN(buf_text(&out));
	buf_fini(&out);
}

/* Nothing that may be a token is left of a text, and it is not longer. */
static void check_tokens(char *text)
{
	static const char others[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=";
	size_t len = strlen(text);
	text_cut_tokens(text);
	PROMISE(strlen(text) <= len);
	for (size_t run; *text; text += run ? run : 1) {
		run = strspn(text, others);
		PROMISE(run < TEXT_TOKEN_RUN_BYTES || strcspn(text, "0123456789") >= run);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *text = fuzz_text(bytes, len);
	check_shown(text);
	check_copies(text);
	check_json(text);
	check_label(text);
	check_html(text);
	check_tokens(text);
	free(text);
	return 0;
}
