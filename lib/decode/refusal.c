#include "decode/refusal.h"

#include "decode/json.h"

#include <cJSON.h>
#include <stdio.h>
#include <string.h>

/* A person's terminal must not take orders from a server: control characters, C1's too, become
 * blanks. */
static void blank_controls(char *text)
{
	bool is_utf8 = json_is_utf8(text);
	for (unsigned char *p = (unsigned char *)text; *p; p++) {
		if (*p < 0x20 || *p == 0x7F)
			*p = ' ';
		else if (*p >= 0x80 && !is_utf8)
			*p = '?';
		else if (p[0] == 0xC2 && p[1] < 0xA0)
			p[0] = p[1] = ' ';
	}
}

/* Takes the first line of `text`, cut to fit and never inside a character. */
static void take_line(struct refusal *r, const char *text, size_t len)
{
	while (len && strchr(" \t\r\n", *text))
		text++, len--;
	const char *end = memchr(text, '\n', len);
	len = end ? (size_t)(end - text) : len;
	if (len > REFUSAL_MAX_BYTES) {
		len = REFUSAL_MAX_BYTES;
		while (len && ((unsigned char)text[len] & 0xC0) == 0x80)
			len--;
	}
	snprintf(r->text, sizeof r->text, "%.*s", (int)len, text);
	blank_controls(r->text);
	for (len = strlen(r->text); len && r->text[len - 1] == ' '; len--)
		r->text[len - 1] = '\0';
}

static bool repeats(const char *text, const char *secret)
{
	size_t secret_len = secret ? strlen(secret) : 0, len = strlen(text);
	size_t run = secret_len < REFUSAL_SECRET_RUN_BYTES ? secret_len : REFUSAL_SECRET_RUN_BYTES;
	char piece[REFUSAL_SECRET_RUN_BYTES + 1];
	for (size_t i = 0; run && i + run <= len; i++) {
		snprintf(piece, sizeof piece, "%.*s", (int)run, text + i);
		if (strstr(secret, piece))
			return true;
	}
	return false;
}

static const char *message_of(const cJSON *root, enum refusal_form *form)
{
	struct json j = {0};
	const char *kind = json_text(&j, root, "kind"), *message = json_text(&j, root, "message");
	const char *description = json_text(&j, root, "error_description");
	if (kind && strcmp(kind, "Status") == 0)
		*form = REFUSAL_STATUS;
	return message ? message : description;
}

struct refusal refusal_read(
    const char *body, size_t len, const char *const *secrets, size_t secret_count)
{
	struct refusal r = {.form = REFUSAL_TEXT};
	struct cJSON *root = json_parse_object(body, len, NULL);
	const char *message = message_of(root, &r.form);
	if (message)
		take_line(&r, message, strlen(message));
	else
		take_line(&r, body, len);
	cJSON_Delete(root);
	if (!*r.text && r.form == REFUSAL_TEXT)
		r.form = REFUSAL_BARE;
	for (size_t i = 0; i < secret_count; i++)
		if (repeats(r.text, secrets[i]))
			snprintf(r.text, sizeof r.text,
			    "(the server's words are withheld: they repeat a part of the "
			    "credential)");
	return r;
}
