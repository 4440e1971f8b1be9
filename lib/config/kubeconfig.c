#include "config/kubeconfig.h"

#include "base/buf.h"
#include "base/mem.h"
#include "config/value.h"
#include "config/yaml.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	const char *file;
	struct errs *errs;
};

/* Members that change how one must connect; all but these and the ones read below are ignored. */
struct unsupported {
	const char *name, *remedy;
};

#define USE_TOKEN_FILE "use a service account's token in tokenFile"

static const struct unsupported cluster_unsupported[] = {
    {"proxy-url", "reach the API server without a proxy"},
};
static const struct unsupported user_unsupported[] = {
    {"client-certificate", USE_TOKEN_FILE},
    {"client-certificate-data", USE_TOKEN_FILE},
    {"client-key", USE_TOKEN_FILE},
    {"client-key-data", USE_TOKEN_FILE},
    {"exec", USE_TOKEN_FILE},
    {"auth-provider", USE_TOKEN_FILE},
    {"username", USE_TOKEN_FILE},
    {"password", USE_TOKEN_FILE},
    {"as", "give the service account the rights itself"},
    {"as-uid", "give the service account the rights itself"},
    {"as-groups", "give the service account the rights itself"},
    {"as-user-extra", "give the service account the rights itself"},
};
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A member that says something; kubectl writes "", null and {} for what is not set. */
static const struct yaml_node *find(const struct yaml_node *map, const char *key)
{
	const struct yaml_node *node = map ? yaml_find(map, key, strlen(key)) : NULL;
	if (!node || node->kind == YAML_NULL || node->kind == YAML_REFUSED)
		return NULL;
	return node->kind == YAML_TEXT ? (*node->text ? node : NULL) : node->count ? node : NULL;
}

/* Like find(), and reports a member that is no `kind`. */
static const struct yaml_node *find_kind(
    const struct reader *r, const struct yaml_node *map, const char *key, enum yaml_kind kind)
{
	const struct yaml_node *node = find(map, key);
	if (!node || node->kind == kind)
		return node;
	errs_add(r->errs, node->at, "%s: %s; expected %s", key, yaml_kind_text(node->kind),
	    yaml_kind_text(kind));
	return NULL;
}

/* "a, b, c": what the items of a list are called, as far as a message has room. */
static struct buf names_of(const struct yaml_node *list)
{
	struct buf names = buf_of(300);
	for (size_t i = 0; list && i < list->count; i++) {
		const struct yaml_node *name = find(&list->items[i], "name");
		if (name && name->kind == YAML_TEXT)
			buf_printf(
			    &names, "%s%s", names.len ? ", " : "", value_shown(name->text).text);
	}
	if (!names.len)
		buf_puts(&names, "none");
	return names;
}

/*
 * The `what` member of the item of `list_key` that is called `name`: clusters, users and contexts
 * are all lists of {name, WHAT: {...}}. `at` is where the name was used. Reports what is wrong and
 * returns NULL when there is not exactly one.
 */
static const struct yaml_node *find_named(const struct reader *r, const struct yaml_node *root,
    const char *list_key, const char *what, const char *name, struct place at)
{
	const struct yaml_node *list = find_kind(r, root, list_key, YAML_LIST), *found = NULL;
	for (size_t i = 0; list && i < list->count; i++) {
		const struct yaml_node *item = &list->items[i], *other = find(item, "name");
		if (!other || other->kind != YAML_TEXT || strcmp(other->text, name) != 0)
			continue;
		if (!found) {
			found = item;
			continue;
		}
		errs_add(r->errs, other->at,
		    "%s `%s` stands in line %zu already; expected each name once", what,
		    value_shown(name).text, found->at.line);
		return NULL;
	}
	if (!list && find(root, list_key))
		return NULL; /* of the wrong kind, and reported */
	if (!found) {
		struct buf names = names_of(list);
		errs_add(r->errs, at, "no %s named `%s`; known: %s", what, value_shown(name).text,
		    buf_text(&names));
		buf_fini(&names);
		return NULL;
	}
	const struct yaml_node *value = yaml_find(found, what, strlen(what));
	if (value && (value->kind == YAML_MAP || value->kind == YAML_NULL))
		return value;
	errs_add(r->errs, value ? value->at : found->at,
	    "%s `%s` has no mapping `%s`; expected one", what, value_shown(name).text, what);
	return NULL;
}

static void refuse(const struct reader *r, const struct yaml_node *map, const char *what,
    const struct unsupported *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct yaml_node *node = find(map, fields[i].name);
		if (node)
			errs_add(r->errs, node->key_at, "%s: %s is not supported; %s", what,
			    fields[i].name, fields[i].remedy);
	}
}

static int base64_digit(char c)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = c ? strchr(digits, c) : NULL;
	return p ? (int)(p - digits) : -1;
}

/*
 * Standard base64 (RFC 4648 section 4): padded, no stray bits. Line breaks are skipped, as kubectl
 * does where somebody wrapped the text. Returns the bytes with a NUL behind them, or NULL.
 */
static char *base64_decode(const char *text, size_t *len)
{
	char *out = mem_zeroed(strlen(text) / 4 * 3 + 4, 1);
	uint32_t bits = 0;
	size_t digits = 0, pads = 0, n = 0;
	for (; *text; text++) {
		if (*text == '\n' || *text == '\r')
			continue;
		int digit = base64_digit(*text);
		if (*text == '=' ? ++pads > 2 : digit < 0 || pads)
			goto bad;
		bits = bits << 6 | (uint32_t)(digit < 0 ? 0 : digit);
		if (++digits % 4 == 0)
			for (int shift = 16; shift >= 0; shift -= 8)
				out[n++] = (char)(bits >> shift & 0xff);
	}
	uint32_t padded = pads == 2 ? 0xffff : pads == 1 ? 0xff : 0;
	if (digits % 4 || (bits & padded))
		goto bad;
	*len = n - pads;
	return out;
bad:
	free(out);
	return NULL;
}

static void read_path(
    const struct reader *r, const struct yaml_node *map, const char *key, char **out)
{
	const struct yaml_node *node = find_kind(r, map, key, YAML_TEXT);
	struct err e;
	if (node && !value_path(r->file, node->text, out, &e))
		errs_add(r->errs, node->at, "%s: %s", key, e.text);
}

/* certificate-authority-data beats certificate-authority, as in kubectl. */
static void read_ca(const struct reader *r, const struct yaml_node *cluster, struct kubeconfig *out)
{
	const struct yaml_node *data =
	    find_kind(r, cluster, "certificate-authority-data", YAML_TEXT);
	if (!data) {
		read_path(r, cluster, "certificate-authority", &out->ca_file);
		return;
	}
	size_t len;
	char *pem = base64_decode(data->text, &len);
	if (!pem)
		errs_add(r->errs, data->at,
		    "certificate-authority-data: not base64; expected a PEM certificate in base64");
	else if (strlen(pem) != len || !strstr(pem, "-----BEGIN CERTIFICATE-----"))
		errs_add(r->errs, data->at,
		    "certificate-authority-data: no PEM certificate inside; expected one");
	else {
		out->ca_pem = pem;
		return;
	}
	free(pem);
}

static void read_insecure(const struct reader *r, const struct yaml_node *cluster, bool *out)
{
	static const char key[] = "insecure-skip-tls-verify";
	const struct yaml_node *node = find_kind(r, cluster, key, YAML_TEXT), *ca;
	struct err e;
	if (!node)
		return;
	if (!value_boolean(node->text, out, &e))
		errs_add(r->errs, node->at, "%s: %s", key, e.text);
	if (*out && ((ca = find(cluster, "certificate-authority-data")) ||
			(ca = find(cluster, "certificate-authority"))))
		errs_add(r->errs, node->at,
		    "%s: true contradicts %s in line %zu; expected one of them", key, ca->key,
		    ca->at.line);
}

static void read_cluster(
    const struct reader *r, const struct yaml_node *cluster, struct kubeconfig *out)
{
	struct err e;
	const struct yaml_node *server = find_kind(r, cluster, "server", YAML_TEXT);
	if (!find(cluster, "server"))
		errs_add(r->errs, cluster->at,
		    "cluster: server is missing; expected https://host[:port]");
	else if (server && !value_url(server->text, &out->server, &e))
		errs_add(r->errs, server->at, "server: %s", e.text);
	read_ca(r, cluster, out);
	read_insecure(r, cluster, &out->insecure);
	const struct yaml_node *name = find_kind(r, cluster, "tls-server-name", YAML_TEXT);
	if (name && !value_subdomain(name->text, &out->tls_server_name, &e))
		errs_add(r->errs, name->at,
		    "tls-server-name: no host name; expected a-z, 0-9, `-` and `.`");
	refuse(r, cluster, "cluster", cluster_unsupported, COUNT(cluster_unsupported));
}

/* Blanks around a token are an editor's; inside one they would split the Authorization header. */
static void read_token(const struct reader *r, const struct yaml_node *user, struct kubeconfig *out)
{
	static const char blanks[] = " \t\r\n";
	const struct yaml_node *node = find_kind(r, user, "token", YAML_TEXT);
	if (!node)
		return;
	const char *text = node->text + strspn(node->text, blanks);
	size_t len = 0;
	while (text[len] > ' ' && text[len] < 0x7f)
		len++;
	if (len == 0 || text[len + strspn(text + len, blanks)])
		errs_add(r->errs, node->at,
		    "token: a character that no token has; expected ASCII without blanks");
	else
		out->token = mem_copy_text(text, len);
}

static void read_user(const struct reader *r, const struct yaml_node *user, struct kubeconfig *out)
{
	read_path(r, user, "tokenFile", &out->token_file);
	if (!find(user, "tokenFile")) /* which beats `token`; what is not used is not kept */
		read_token(r, user, out);
	refuse(r, user, "user", user_unsupported, COUNT(user_unsupported));
}

static void read_context(const struct reader *r, const struct yaml_node *root,
    const struct yaml_node *context, struct kubeconfig *out)
{
	const struct yaml_node *name = find_kind(r, context, "cluster", YAML_TEXT), *part;
	if (!find(context, "cluster"))
		errs_add(r->errs, context->at, "context: cluster is missing; expected its name");
	else if (name && (part = find_named(r, root, "clusters", "cluster", name->text, name->at)))
		read_cluster(r, part, out);
	name = find_kind(r, context, "user", YAML_TEXT);
	if (name && (part = find_named(r, root, "users", "user", name->text, name->at)))
		read_user(r, part, out);
}

static void read_root(const struct reader *r, const struct yaml_node *root, const char *context,
    struct kubeconfig *out)
{
	if (root->kind != YAML_MAP) {
		errs_add(
		    r->errs, root->at, "%s; expected a kubeconfig", yaml_kind_text(root->kind));
		return;
	}
	const struct yaml_node *current =
	    context ? NULL : find_kind(r, root, "current-context", YAML_TEXT);
	if (!context && !current) {
		struct buf names = names_of(find(root, "contexts"));
		errs_add(r->errs, root->at,
		    "no context asked for and no current-context here; known: %s",
		    buf_text(&names));
		buf_fini(&names);
		return;
	}
	struct place at = current ? current->at : (struct place){.file = r->file};
	context = current ? current->text : context;
	const struct yaml_node *value = find_named(r, root, "contexts", "context", context, at);
	if (value)
		read_context(r, root, value, out);
}

bool kubeconfig_parse(const char *name, const char *bytes, size_t len, const char *context,
    struct kubeconfig *out, struct errs *errs)
{
	struct reader r = {name, errs};
	size_t before = errs->count;
	*out = (struct kubeconfig){0};
	struct yaml_node *root = yaml_tree_parse(name, bytes, len, errs);
	if (!root)
		return false;
	read_root(&r, root, context, out);
	yaml_tree_free(&root);
	if (errs->count == before)
		return true;
	kubeconfig_fini(out);
	return false;
}

void kubeconfig_fini(struct kubeconfig *k)
{
	free(k->server);
	free(k->ca_file);
	free(k->ca_pem);
	free(k->tls_server_name);
	free(k->token_file);
	mem_free_secret(&k->token);
	*k = (struct kubeconfig){0};
}
