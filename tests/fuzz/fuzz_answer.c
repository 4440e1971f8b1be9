/* The command's view of the daemon's answers: every text of any document, on screens of all widths. */
#include "cli/answer.h"
#include "cli/table.h"
#include "fuzz.h"

#include <cJSON.h>

enum { ROOM = 1 << 22, CELLS_MAX = 60 };

/* Lines without anything that a terminal obeys, none of them wider than the screen. */
static void check_lines(const char *text, size_t width)
{
	for (size_t len; *text; text += len + 1) {
		len = strcspn(text, "\n");
		PROMISE(text[len] == '\n');
		char *line = mem_copy_text(text, len);
		PROMISE_SHOWN(line);
		PROMISE(screen_width(line) <= width);
		free(line);
	}
}

static void put_texts(const struct cJSON *from, struct table *t, int depth)
{
	for (const struct cJSON *m = NULL; depth && (m = answer_next(from, m)) && t->count < CELLS_MAX;) {
		const char *text = answer_text(m, "");
		table_put(t, TONE_BAD, "%s", text ? text : answer_name(m));
		PROMISE(answer_count(m, "") >= -1);
		put_texts(m, t, depth - 1);
	}
}

static void check_table(const struct cJSON *answer, const struct screen *screen, size_t columns, bool is_list)
{
	struct table t = table_of(columns);
	struct buf out = buf_of(ROOM);
	t.is_list = is_list;
	put_texts(answer, &t, 4);
	table_render(&t, screen, &out);
	PROMISE(!out.overflow);
	check_lines(buf_text(&out), screen->width);
	table_fini(&t);
	buf_fini(&out);
}

/* What is passed on as JSON is the same when it is read again. */
static void check_json(const struct cJSON *answer)
{
	char *json = answer_json(answer);
	struct cJSON *again = answer_parse(json, strlen(json));
	PROMISE(again);
	char *second = answer_json(again);
	PROMISE(strcmp(second, json) == 0);
	answer_free(again);
	free(json);
	free(second);
}

static void check_screen(const char *text, const struct screen *screen)
{
	struct buf out = buf_of(ROOM), wrapped = buf_of(ROOM);
	size_t used = screen_put(screen, &out, TONE_BAD, text, screen->width);
	PROMISE(used <= screen->width && screen_width(buf_text(&out)) == used);
	PROMISE_SHOWN(buf_text(&out));
	screen_put_wrapped(screen, &wrapped, 2, text);
	check_lines(buf_text(&wrapped), screen->width);
	PROMISE(!*text || screen_break(text, screen->width) > 0);
	buf_fini(&out);
	buf_fini(&wrapped);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static bool is_open;
	if (!is_open)
		screen_open(); /* for the widths of characters */
	is_open = true;
	size_t byte = len ? bytes[0] : 0;
	struct screen screen = {.width = 40 + byte % 100};
	char *text = fuzz_text(bytes, len);
	check_screen(text, &screen);
	free(text);
	struct cJSON *answer = answer_parse((const char *)bytes, len);
	if (answer) {
		size_t columns = 1 + len % 6;
		check_table(answer, &screen, columns, false);
		check_table(answer, &screen, columns, true);
		check_json(answer);
	}
	answer_free(answer);
	return 0;
}
