/* Credentials: what a plugin prints, and ~/.spot_config. */
#include "config/spot_config.h"
#include "decode/exec_credential.h"
#include "fuzz.h"

#include <cJSON.h>

#define V1 "client.authentication.k8s.io/v1"
enum { QUOTED_BYTES = 24 }; /* so much of the input in a message is no accident */

static void try_plugin(const char *json, size_t len)
{
	struct exec_credential c;
	struct err e = ERR_UNSET;
	memset(&c, UNTOUCHED, sizeof c);
	if (!exec_credential_read(json, len, V1, &c, &e)) {
		PROMISE_ERR(e);
		PROMISE_UNTOUCHED(c);
		PROMISE_SHOWN(e.text);
		return;
	}
	PROMISE(c.token || c.cert_pem);
	PROMISE(!c.cert_pem == !c.key_pem);
	PROMISE(!c.token || text_is_token(c.token));
	exec_credential_fini(&c);
	PROMISE(!c.token && !c.cert_pem && !c.key_pem);
}

/* The bytes as the token of a whole credential. */
static void try_token(const char *text)
{
	struct exec_credential c;
	struct err e = ERR_UNSET;
	cJSON *root = cJSON_CreateObject();
	cJSON_AddStringToObject(root, "kind", "ExecCredential");
	cJSON_AddStringToObject(root, "apiVersion", V1);
	cJSON_AddStringToObject(cJSON_AddObjectToObject(root, "status"), "token", text);
	char *json = cJSON_PrintUnformatted(root);
	bool is_good = exec_credential_read(json, strlen(json), V1, &c, &e);
	PROMISE(is_good == text_is_token(text));
	if (is_good) {
		PROMISE(strcmp(c.token, text) == 0);
		exec_credential_fini(&c);
	} else
		PROMISE(strlen(text) < QUOTED_BYTES || !strstr(e.text, text));
	free(json);
	cJSON_Delete(root);
}

static void try_spot_config(const char *yaml, size_t len)
{
	struct err e = ERR_UNSET;
	char *token = spot_config_refresh_token("f", yaml, len, &e);
	if (token)
		PROMISE(text_is_token(token));
	else
		PROMISE(memchr(e.text, '\0', sizeof e.text) && strncmp(e.text, "f:", 2) == 0);
	mem_free_secret(&token);
}

/* The bytes as the value of the key: a token comes back whole, and nothing else comes back in the message. */
static void try_refresh_token(const char *text)
{
	struct buf yaml = buf_of(1 << 20);
	struct err e = ERR_UNSET;
	buf_puts(&yaml, "other: 1\nrefreshToken: '");
	for (const char *c = text; *c; c++)
		buf_printf(&yaml, *c == '\'' ? "''" : "%c", *c);
	buf_puts(&yaml, "'\n");
	char *token = spot_config_refresh_token("f", buf_text(&yaml), yaml.len, &e);
	if (text_is_token(text))
		PROMISE(token && strcmp(token, text) == 0);
	if (!token)
		PROMISE(strlen(text) < QUOTED_BYTES || !strstr(e.text, text));
	mem_free_secret(&token);
	buf_fini(&yaml);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *text = fuzz_text(bytes, len);
	try_plugin((const char *)bytes, len);
	try_token(text);
	try_spot_config((const char *)bytes, len);
	try_refresh_token(text);
	free(text);
	return 0;
}
