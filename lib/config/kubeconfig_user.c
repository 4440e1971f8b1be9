#include "config/kubeconfig_user.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "config/value.h"

#include <stdlib.h>
#include <string.h>

enum { ENV_MAX = 4096 };

#define USE_TOKEN_FILE "use a service account's token in tokenFile"

static const struct kubeconfig_unsupported unsupported[] = {
    {"auth-provider", USE_TOKEN_FILE},
};

/* Editors add spaces around a token, so these are removed. A space inside it would break the Authorization header. */
static void read_token(const struct yaml_node *user, struct kubeconfig *out, struct errs *errs)
{
	static const char blanks[] = " \t\r\n";
	const struct yaml_node *node = kubeconfig_find_kind(user, "token", YAML_TEXT, errs);
	if (!node)
		return;
	const char *text = node->text + strspn(node->text, blanks);
	size_t len = strcspn(text, blanks);
	char *token = mem_copy_secret(text, len);
	if (text_is_token(token) && !text[len + strspn(text + len, blanks)]) {
		out->token = token;
		return;
	}
	errs_add(errs, node->at, "token: a character that is not allowed in a token; expected ASCII without spaces");
	mem_free_secret(&token);
}

static void move_to_secrets(char **text)
{
	char *copy = *text ? mem_copy_secret(*text, strlen(*text)) : NULL;
	mem_free_secret(text);
	*text = copy;
}

static void read_certificate(const struct yaml_node *user, struct kubeconfig *out, struct errs *errs)
{
	size_t before = errs->count;
	kubeconfig_read_pem(user, "client-certificate", &out->cert_file, &out->cert_pem, &out->cert_name, errs);
	kubeconfig_read_pem(user, "client-key", &out->key_file, &out->key_pem, &out->key_name, errs);
	move_to_secrets(&out->key_pem);
	if ((out->cert_file || out->cert_pem) && !out->key_file && !out->key_pem && errs->count == before)
		errs_add(errs, user->at, "user: client-certificate without client-key; expected both or none");
}

static bool has_credential(const struct kubeconfig *k)
{
	return k->token || k->token_file || k->basic || k->cert_file || k->cert_pem;
}

/* kubectl passes over a key without a certificate. It cannot be all that there is. */
static void drop_lone_key(const struct yaml_node *user, struct kubeconfig *out, struct errs *errs)
{
	if (out->cert_file || out->cert_pem || (!out->key_file && !out->key_pem))
		return;
	if (!has_credential(out) && !kubeconfig_find(user, "exec"))
		errs_add(errs, user->at, "user: client-key without client-certificate; expected both or none");
	free(out->key_file);
	free(out->key_name);
	mem_free_secret(&out->key_pem);
	out->key_file = out->key_name = NULL;
}

/* RFC 7617: a colon ends the user name, and neither part may contain control characters. */
static void read_basic(const struct yaml_node *user, struct kubeconfig *out, struct errs *errs)
{
	const struct yaml_node *name = kubeconfig_find_kind(user, "username", YAML_TEXT, errs);
	const struct yaml_node *password = kubeconfig_find_kind(user, "password", YAML_TEXT, errs);
	if (!name) {
		if (password && !kubeconfig_find(user, "username"))
			errs_add(errs, password->key_at, "user: password without username; expected both or none");
		return;
	}
	struct buf both = buf_of_secret(4096);
	buf_printf(&both, "%s:%s", name->text, password ? password->text : "");
	if (strchr(name->text, ':') || !text_is_line(buf_text(&both)) || both.overflow)
		errs_add(errs, name->at,
		    "username, password: a character that is not allowed; expected one line each, "
		    "without `:` in the name");
	else
		out->basic = mem_copy_secret(buf_text(&both), both.len);
	buf_fini(&both);
}

static const struct yaml_node *exec_version(const struct yaml_node *exec, struct errs *errs)
{
	static const char *const known[] = {"client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"};
	const struct yaml_node *node = kubeconfig_find_kind(exec, "apiVersion", YAML_TEXT, errs);
	for (size_t i = 0; node && i < sizeof known / sizeof *known; i++)
		if (strcmp(node->text, known[i]) == 0)
			return node;
	errs_add(errs, node ? node->at : exec->at,
	    "exec: apiVersion: %s; expected client.authentication.k8s.io/v1 or /v1beta1",
	    node ? value_shown(node->text).text : "none");
	return NULL;
}

/* A relative path starts at the kubeconfig's folder, as in kubectl. PATH is not searched: a daemon's is another one. */
static bool read_command(const struct yaml_node *exec, char **out, struct errs *errs)
{
	const struct yaml_node *command = kubeconfig_find_kind(exec, "command", YAML_TEXT, errs);
	struct err e;
	if (!command || !strchr(command->text, '/'))
		return errs_add(errs, command ? command->at : exec->at,
		    "exec: command: %s; expected the path of a program, because PATH is not searched",
		    command ? value_name_shown(command->text).text : "none");
	return value_path(command->at.file, command->text, out, &e) ||
	    errs_add(errs, command->at, "exec: command: %s", e.text);
}

static void read_argv(const struct yaml_node *exec, char ***argv, struct errs *errs)
{
	const struct yaml_node *args = kubeconfig_find_kind(exec, "args", YAML_LIST, errs);
	size_t count = args ? args->count : 0;
	char *command;
	if (!read_command(exec, &command, errs))
		return;
	*argv = mem_zeroed(count + 2, sizeof **argv);
	(*argv)[0] = command;
	for (size_t i = 0; i < count; i++) {
		const struct yaml_node *arg = &args->items[i];
		const char *text = arg->kind == YAML_TEXT ? arg->text : ""; /* null is "" in kubectl */
		(*argv)[i + 1] = mem_copy_text(text, strlen(text));
		if (arg->kind != YAML_TEXT && arg->kind != YAML_NULL)
			errs_add(errs, arg->at, "exec: args: %s; expected a text%s", yaml_scalar_kind_text(arg->kind),
			    yaml_scalar_quotes(arg->kind));
	}
}

static void read_env(const struct yaml_node *exec, char ***env, struct errs *errs)
{
	const struct yaml_node *list = kubeconfig_find_kind(exec, "env", YAML_LIST, errs);
	size_t count = list ? list->count : 0;
	if (count > ENV_MAX) {
		errs_add(errs, list->at, "exec: env: %zu variables; expected at most %d", count, ENV_MAX);
		return;
	}
	*env = mem_zeroed(count + 1, sizeof **env);
	for (size_t i = 0, n = 0; i < count; i++) {
		const struct yaml_node *item = &list->items[i];
		size_t before = errs->count;
		const struct yaml_node *name = kubeconfig_find_kind(item, "name", YAML_TEXT, errs);
		const struct yaml_node *value = kubeconfig_find_kind(item, "value", YAML_TEXT, errs);
		if (errs->count > before)
			continue;
		if (!name || strchr(name->text, '=')) {
			errs_add(errs, item->at, "exec: env: not a variable; expected {name: NAME, value: TEXT}");
			continue;
		}
		struct buf variable = buf_of_secret(64 << 10);
		buf_printf(&variable, "%s=%s", name->text, value ? value->text : "");
		if (variable.overflow) {
			errs_add(errs, item->at, "exec: env: larger than 64 KiB");
			buf_fini(&variable);
			continue;
		}
		(*env)[n++] = variable.data;
	}
}

/* kubectl runs no plugin for a user with a token or a password. A client certificate is used together with its token.
 */
static void read_exec(const struct yaml_node *user, bool allows_exec, struct kubeconfig *out, struct errs *errs)
{
	const struct yaml_node *exec = kubeconfig_find_kind(user, "exec", YAML_MAP, errs);
	bool is_unused =
	    kubeconfig_find(user, "token") || kubeconfig_find(user, "tokenFile") || kubeconfig_find(user, "username");
	if (!exec || is_unused || has_credential(out)) /* with another credential kubectl does not run the plugin */
		return;
	if (!allows_exec) {
		errs_add(errs, exec->key_at,
		    "user: exec runs a program, which is not allowed; set allow_exec: true on this "
		    "side, or " USE_TOKEN_FILE);
		return;
	}
	const struct yaml_node *version = exec_version(exec, errs);
	if (version)
		out->exec.api_version = mem_copy_text(version->text, strlen(version->text));
	read_argv(exec, &out->exec.argv, errs);
	read_env(exec, &out->exec.env, errs);
	kubeconfig_read_flag(exec, "provideClusterInfo", &out->exec.wants_cluster, errs);
	const struct yaml_node *mode = kubeconfig_find_kind(exec, "interactiveMode", YAML_TEXT, errs);
	if (mode && strcmp(mode->text, "Never") != 0 && strcmp(mode->text, "IfAvailable") != 0)
		errs_add(errs, mode->at,
		    "exec: interactiveMode: %s; expected Never or IfAvailable, because there is no "
		    "terminal",
		    value_shown(mode->text).text);
}

void kubeconfig_user_read(const struct yaml_node *user, bool allows_exec, struct kubeconfig *out, struct errs *errs)
{
	kubeconfig_read_path(user, "tokenFile", &out->token_file, errs);
	if (!kubeconfig_find(user, "tokenFile")) /* tokenFile has priority; an unused secret is not kept */
		read_token(user, out, errs);
	read_certificate(user, out, errs);
	read_basic(user, out, errs);
	if (out->basic && (out->token || out->token_file))
		errs_add(errs, user->at, "user: username and a token; expected only one of them");
	read_exec(user, allows_exec, out, errs);
	drop_lone_key(user, out, errs);
	kubeconfig_impersonate_read(user, out, errs);
	kubeconfig_refuse(user, "user", unsupported, sizeof unsupported / sizeof *unsupported, errs);
}
