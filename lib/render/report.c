#include "render/report.h"

#include "base/json_out.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

const char *const report_result_names[REPORT_RESULTS] = {
    [REPORT_OK] = "ok",
    [REPORT_SKIP] = "skip",
    [REPORT_WARN] = "warn",
    [REPORT_FAIL] = "fail",
};

static char *copy(const char *text)
{
	return text ? mem_copy_text(text, strlen(text)) : NULL;
}

struct report_line *report_add(struct report *r, const struct report_line *line)
{
	if (r->count == r->room) {
		r->room = r->room ? 2 * r->room : 32;
		r->v = mem_resized(r->v, r->room * sizeof *r->v);
	}
	r->v[r->count] = (struct report_line){
	    .result = line->result,
	    .pair = copy(line->pair),
	    .side = copy(line->side),
	    .thing = copy(line->thing),
	    .message = copy(line->message),
	    .remedy = copy(line->remedy),
	    .command = copy(line->command),
	};
	return &r->v[r->count++];
}

enum report_result report_worst(const struct report *r)
{
	enum report_result worst = REPORT_OK;
	for (size_t i = 0; i < r->count; i++)
		if (r->v[i].result > worst && r->v[i].result != REPORT_SKIP)
			worst = r->v[i].result;
	return worst;
}

void report_put_json(const struct report *r, const char *pair, struct buf *out)
{
	struct json_out j = {out, false};
	json_open(&j, NULL, '{');
	json_put_text(&j, "pair", pair);
	json_put_text(&j, "result", report_result_names[report_worst(r)]);
	json_open(&j, "lines", '[');
	for (size_t i = 0; i < r->count; i++) {
		const struct report_line *line = &r->v[i];
		json_open(&j, NULL, '{');
		json_put_text(&j, "result", report_result_names[line->result]);
		json_put_text(&j, "pair", line->pair);
		json_put_text(&j, "side", line->side);
		json_put_text(&j, "thing", line->thing);
		json_put_text(&j, "message", line->message);
		json_put_text(&j, "remedy", line->remedy);
		json_put_text(&j, "command", line->command);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
}

/* Text of lines of a width. Every character that is shown takes one column. */
struct page {
	struct buf *out;
	size_t width, column;
};

/* A text that is fit to be shown; the caller frees it with buf_fini(). */
static struct buf shown(const char *text)
{
	struct buf clean = buf_of(REPORT_TEXT_MAX_BYTES * sizeof(struct text_code));
	text_put(&clean, text, NULL);
	return clean;
}

static size_t columns(const char *text, size_t len)
{
	size_t n = 0;
	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)text[i] & 0xc0) != 0x80; /* the first byte of a character */
	return n;
}

static void pad(struct page *p, size_t to)
{
	for (; p->column < to; p->column++)
		buf_putc(p->out, ' ');
}

static void end_line(struct page *p)
{
	buf_putc(p->out, '\n');
	p->column = 0;
}

/* As many bytes of a word as fit into so many columns. */
static size_t fitting(const char *word, size_t len, size_t room)
{
	while (len > 1 && columns(word, len) > room)
		len--;
	while (len > 1 && ((unsigned char)word[len] & 0xc0) == 0x80) /* not within a character */
		len--;
	return len;
}

/* Up to the next space. In a command what stands in single quotes is one word, and \ takes the next character along. */
static size_t word_length(const char *text, bool is_command)
{
	bool is_quoted = false;
	size_t len = 0;
	for (; text[len] && (is_quoted || text[len] != ' '); len++)
		if (is_command && text[len] == '\'')
			is_quoted = !is_quoted;
		else if (is_command && !is_quoted && text[len] == '\\' && text[len + 1])
			len++;
	return len;
}

/*
 * Words in lines that begin at `indent`; `more` stands at the end of each line that another one follows. Without it, a
 * word that is longer than a line is broken.
 */
static void put_words(struct page *p, size_t indent, const char *text, const char *more)
{
	struct buf clean = shown(text);
	const char *word = buf_text(&clean);
	pad(p, indent);
	for (bool is_first = true; *word; is_first = false) {
		size_t len = word_length(word, *more), room = p->width > indent ? p->width - indent : 1;
		bool is_last = word[len] == '\0';
		len = *more ? len : fitting(word, len, room);
		size_t wide = columns(word, len) + !is_first;
		if (!is_first && p->column + wide + (is_last ? 0 : strlen(more)) > p->width) {
			buf_puts(p->out, more);
			end_line(p);
			pad(p, indent);
			is_first = true;
		}
		buf_printf(p->out, "%s%.*s", is_first ? "" : " ", (int)len, word);
		p->column += columns(word, len) + !is_first;
		word += len + strspn(word + len, " ");
	}
	end_line(p);
	buf_fini(&clean);
}

static void put_cell(struct page *p, const char *text)
{
	struct buf clean = shown(text);
	buf_puts(p->out, buf_text(&clean));
	p->column += columns(buf_text(&clean), clean.len);
	buf_fini(&clean);
}

static bool is_of_same(const struct report_line *a, const struct report_line *b)
{
	return text_is_same(a->pair, b->pair) && text_is_same(a->side, b->side);
}

static void put_head(struct page *p, const struct report_line *line)
{
	put_cell(p, line->pair ? line->pair : "shared by all pairs");
	if (line->side) {
		put_cell(p, " ");
		put_cell(p, line->side);
	}
	end_line(p);
}

static size_t widest_thing(const struct report *r)
{
	size_t widest = 0;
	for (size_t i = 0; i < r->count; i++) {
		size_t wide = columns(r->v[i].thing, strlen(r->v[i].thing));
		widest = wide > widest ? wide : widest;
	}
	return widest;
}

static void put_result(struct page *p, enum report_result result, const struct report_paint *paint)
{
	static const char *const words[REPORT_RESULTS] = {"ok", "-", "warn", "FAIL"};
	pad(p, 2);
	if (paint)
		paint->put(paint->ctx, result, words[result], p->out);
	else
		buf_puts(p->out, words[result]);
	p->column += strlen(words[result]);
}

void report_put_text(const struct report *r, size_t width, const struct report_paint *paint, struct buf *out)
{
	enum { THING = 7, GAP = 2, MESSAGE_LEAST = 40 };
	size_t beside = THING + widest_thing(r) + GAP;
	bool is_narrow = width < beside + MESSAGE_LEAST; /* then messages stand below */
	size_t message = is_narrow ? THING : beside;
	struct page p = {out, width, 0};
	for (size_t i = 0; i < r->count; i++) {
		const struct report_line *line = &r->v[i];
		if (i == 0 || !is_of_same(line, line - 1)) {
			if (i > 0)
				end_line(&p);
			put_head(&p, line);
		}
		put_result(&p, line->result, paint);
		pad(&p, THING);
		put_cell(&p, line->thing);
		if (is_narrow)
			end_line(&p);
		put_words(&p, message, line->message, "");
		if (line->remedy)
			put_words(&p, message, line->remedy, "");
		if (line->command)
			put_words(&p, THING, line->command, " \\");
	}
}

void report_fini(struct report *r)
{
	for (size_t i = 0; i < r->count; i++) {
		struct report_line *line = &r->v[i];
		char *texts[] = {line->pair, line->side, line->thing, line->message, line->remedy, line->command};
		for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
			free(texts[k]);
	}
	free(r->v);
	*r = (struct report){0};
}
