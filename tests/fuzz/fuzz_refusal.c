/* Bodies of refusals. The first line of an input is what was sent as a credential, the rest is the server's answer. */
#define _GNU_SOURCE /* memmem */
#include "base/base64.h"
#include "decode/refusal.h"
#include "fuzz.h"

/* Whether `text` has a run of `secret` that is long enough to count, or all of a shorter one. */
static bool repeats(const char *text, const char *secret)
{
	size_t len = strlen(secret), run = len < REFUSAL_SECRET_RUN_BYTES ? len : REFUSAL_SECRET_RUN_BYTES;
	for (size_t i = 0; run && i + run <= len; i++)
		if (memmem(text, strlen(text), secret + i, run))
			return true;
	return false;
}

static void check_secret(const struct refusal *r, const char *secret)
{
	struct buf base64 = buf_of(1 << 20);
	base64_encode(&base64, secret, strlen(secret));
	PROMISE(!repeats(r->text, secret) && !repeats(r->text, buf_text(&base64)));
	buf_fini(&base64);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const uint8_t *end = len ? memchr(bytes, '\n', len) : NULL;
	size_t secret_len = end ? (size_t)(end - bytes) : 0;
	char *secret = fuzz_text(bytes, secret_len);
	const char *const secrets[] = {NULL, secret, ""};
	const char *body = (const char *)bytes + secret_len + (end != NULL);
	size_t body_len = len - secret_len - (end != NULL);

	struct refusal plain = refusal_read(body, body_len, NULL, 0);
	struct refusal r = refusal_read(body, body_len, secrets, sizeof secrets / sizeof *secrets);
	PROMISE(memchr(r.text, '\0', sizeof r.text) && memchr(plain.text, '\0', sizeof plain.text));
	PROMISE_SHOWN(r.text);
	PROMISE_SHOWN(plain.text);
	PROMISE(r.form == plain.form && (plain.form != REFUSAL_BARE || !*plain.text));
	PROMISE(!*plain.text || (plain.text[0] != ' ' && plain.text[strlen(plain.text) - 1] != ' '));
	if (strcmp(r.text, plain.text) == 0)
		check_secret(&r, secret);
	else
		PROMISE(strstr(r.text, "not shown"));
	free(secret);
	return 0;
}
