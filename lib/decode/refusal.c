#include "decode/refusal.h"

#include "base/base64.h"
#include "base/text.h"
#include "decode/json.h"

#include <cJSON.h>
#include <stdio.h>
#include <string.h>

/* Takes the first line of `text`, cut to fit, with characters replaced that must not reach a terminal. */
static void take_line(struct refusal *r, const char *text, size_t len)
{
	char part[sizeof r->text], raw[sizeof r->text + 1] = ""; /* one byte more than fits, to detect a cut */
	while (len && strchr(" \t\r\n", *text))
		text++, len--;
	const char *end = memchr(text, '\n', len);
	len = end ? (size_t)(end - text) : len;
	memcpy(raw, text, len < sizeof raw - 1 ? len : sizeof raw - 1);
	text_copy(part, sizeof part, raw);
	text_copy_shown(r->text, sizeof r->text, part);
	for (len = strlen(r->text); len && r->text[len - 1] == ' '; len--)
		r->text[len - 1] = '\0';
}

static bool repeats_exactly(const char *text, const char *secret)
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

/* RFC 3986 section 2.1: as a form or a URL has it. */
static void put_percent_encoded(struct buf *out, const char *bytes)
{
	static const char digits[] = "0123456789ABCDEF";
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
	for (const unsigned char *c = (const unsigned char *)bytes; *c; c++) {
		if (strchr(plain, *c)) {
			buf_putc(out, (char)*c);
			continue;
		}
		buf_putc(out, '%');
		buf_putc(out, digits[*c >> 4]);
		buf_putc(out, digits[*c & 15]);
	}
}

/* In every form in which it may have been sent. */
static bool repeats(const char *text, const char *secret)
{
	enum { FORMS_MAX_BYTES = 1 << 20 };
	if (!secret || repeats_exactly(text, secret))
		return secret;
	struct buf base64 = buf_of_secret(FORMS_MAX_BYTES), encoded = buf_of_secret(FORMS_MAX_BYTES);
	base64_encode(&base64, secret, strlen(secret));
	put_percent_encoded(&encoded, secret);
	bool is_there = repeats_exactly(text, buf_text(&base64)) || repeats_exactly(text, buf_text(&encoded));
	buf_fini(&base64);
	buf_fini(&encoded);
	return is_there;
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

struct refusal refusal_read(const char *body, size_t len, const char *const *secrets, size_t secret_count)
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
			    "(the server's message is not shown: it repeats a part of the "
			    "credential)");
	return r;
}
