#include "base/buf.h"
#include "base/mem.h"
#include "config/kubeconfig_user.h"
#include "config/value.h"

#include <stdlib.h>
#include <string.h>

struct kubeconfig_set {
	size_t count;
	struct {
		char *name;
		struct yaml_node *root;
	} file[];
};

/* "a, b, and 3 more": the names of a list's items in all files, as many as a message has room for. */
static struct buf names_of(const struct kubeconfig_set *set, const char *list_key)
{
	enum { MORE_BYTES = 32 };
	struct buf names = buf_of(300);
	size_t more = 0;
	for (size_t f = 0; f < set->count; f++) {
		const struct yaml_node *list = kubeconfig_find(set->file[f].root, list_key);
		for (size_t i = 0; list && i < list->count; i++) {
			const struct yaml_node *name = kubeconfig_find(&list->items[i], "name");
			if (!name || name->kind != YAML_TEXT)
				continue;
			struct shown shown = value_shown(name->text);
			if (names.len + strlen(shown.text) + MORE_BYTES > names.max)
				more++;
			else
				buf_printf(&names, "%s%s", names.len ? ", " : "", shown.text);
		}
	}
	if (more)
		buf_printf(&names, "%s%zu more", names.len ? ", and " : "", more);
	if (!names.len)
		buf_puts(&names, "none");
	return names;
}

/* Sets `found` to the item of this name. Returns false after reporting that the list has the name twice. */
static bool find_item(
    const struct yaml_node *list, const char *what, const char *name, const struct yaml_node **found, struct errs *errs)
{
	for (size_t i = 0; list && i < list->count; i++) {
		const struct yaml_node *item = &list->items[i], *other = kubeconfig_find(item, "name");
		if (!other || other->kind != YAML_TEXT || strcmp(other->text, name) != 0)
			continue;
		if (*found)
			return errs_add(errs, other->at, "%s `%s` is already in line %zu; expected each name once",
			    what, value_shown(name).text, (*found)->at.line);
		*found = item;
	}
	return true;
}

/*
 * The `what` member of the item of `list_key` with this name: clusters, users and contexts are all lists of
 * {name, WHAT: {...}}. `at` is the place that uses the name. The first file that has the name wins. Reports a mistake
 * and returns NULL when there is none.
 */
static const struct yaml_node *find_named(const struct kubeconfig_set *set, const char *list_key, const char *what,
    const char *name, struct place at, struct errs *errs)
{
	const struct yaml_node *found = NULL;
	for (size_t f = 0; f < set->count && !found; f++) {
		const struct yaml_node *root = set->file[f].root;
		const struct yaml_node *list = kubeconfig_find_kind(root, list_key, YAML_LIST, errs);
		if (!list && kubeconfig_find(root, list_key))
			return NULL; /* of the wrong kind, and reported */
		if (!find_item(list, what, name, &found, errs))
			return NULL;
	}
	if (!found) {
		struct buf names = names_of(set, list_key);
		errs_add(errs, at, "no %s named `%s`; known: %s", what, value_shown(name).text, buf_text(&names));
		buf_fini(&names);
		return NULL;
	}
	const struct yaml_node *value = yaml_find(found, what, strlen(what));
	if (value && (value->kind == YAML_MAP || value->kind == YAML_NULL))
		return value;
	errs_add(errs, value ? value->at : found->at, "%s `%s` has no mapping `%s`; expected one", what,
	    value_shown(name).text, what);
	return NULL;
}

static void read_insecure(const struct yaml_node *cluster, struct kubeconfig *out, struct errs *errs)
{
	static const char key[] = "insecure-skip-tls-verify";
	const struct yaml_node *ca = kubeconfig_find(cluster, "certificate-authority-data");
	ca = ca ? ca : kubeconfig_find(cluster, "certificate-authority");
	if (kubeconfig_read_flag(cluster, key, &out->insecure, errs) && out->insecure && ca)
		errs_add(errs, kubeconfig_find(cluster, key)->at,
		    "%s: true contradicts %s in line %zu; expected one of them", key, ca->key, ca->at.line);
}

/* A proxy's URL may contain a password, so messages never repeat it. */
static void read_proxy(const struct yaml_node *cluster, char **out, struct errs *errs)
{
	static const struct {
		const char *scheme, *for_curl, *port;
	} kinds[] = {
	    {"http://", "http://", ":80"},
	    {"https://", "https://", ":443"},
	    /* The proxy resolves names, as with kubectl. */
	    {"socks5://", "socks5h://", ":1080"},
	};
	const struct yaml_node *node = kubeconfig_find_kind(cluster, "proxy-url", YAML_TEXT, errs);
	const char *text = node ? node->text : "";
	for (size_t i = 0; node && i < sizeof kinds / sizeof *kinds; i++) {
		size_t scheme = strlen(kinds[i].scheme);
		if (strncmp(text, kinds[i].scheme, scheme) != 0)
			continue;
		const char *rest = text + scheme, *at = strrchr(rest, '@'), *host = at ? at + 1 : rest;
		size_t len = strcspn(host, "/?# \t\r\n\"<>\\"), name = strcspn(host, ":");
		if (*host == '[')
			name = strcspn(host, "]") + 1;
		if (len == 0 || name == 0 || name > len || host[len + (host[len] == '/')])
			break;
		struct buf url = buf_of_secret(4096);
		buf_printf(&url, "%s%.*s%s", kinds[i].for_curl, (int)(host + len - rest), rest,
		    host[name] == ':' ? "" : kinds[i].port);
		*out = mem_copy_text(buf_text(&url), url.len);
		buf_fini(&url);
		return;
	}
	if (node)
		errs_add(errs, node->at,
		    "proxy-url: not a proxy URL; expected http://, https:// or "
		    "socks5://[user:password@]host[:port]");
}

static void read_cluster(const struct yaml_node *cluster, struct kubeconfig *out, struct errs *errs)
{
	struct err e;
	const struct yaml_node *server = kubeconfig_find_kind(cluster, "server", YAML_TEXT, errs);
	if (!kubeconfig_find(cluster, "server"))
		errs_add(errs, cluster->at, "cluster: server is missing; expected https://host[:port]");
	else if (server && !value_url(server->text, &out->server, &e))
		errs_add(errs, server->at, "server: %s", e.text);
	kubeconfig_read_pem(cluster, "certificate-authority", PEM_CERTIFICATE, &out->ca_file, &out->ca_pem, errs);
	read_insecure(cluster, out, errs);
	const struct yaml_node *name = kubeconfig_find_kind(cluster, "tls-server-name", YAML_TEXT, errs);
	if (name && !value_subdomain(name->text, &out->tls_server_name, &e))
		errs_add(errs, name->at, "tls-server-name: not a host name; expected a-z, 0-9, `-` and `.`");
	read_proxy(cluster, &out->proxy_url, errs);
	kubeconfig_read_flag(cluster, "disable-compression", &out->uncompressed, errs);
}

static void read_context(const struct kubeconfig_set *set, const struct yaml_node *context,
    const struct kubeconfig_want *want, struct kubeconfig *out, struct errs *errs)
{
	const struct yaml_node *name = kubeconfig_find_kind(context, "cluster", YAML_TEXT, errs), *part;
	if (!kubeconfig_find(context, "cluster"))
		errs_add(errs, context->at, "context: cluster is missing; expected its name");
	else if (name && (part = find_named(set, "clusters", "cluster", name->text, name->at, errs)))
		read_cluster(part, out, errs);
	name = want->without_user ? NULL : kubeconfig_find_kind(context, "user", YAML_TEXT, errs);
	if (name && (part = find_named(set, "users", "user", name->text, name->at, errs)))
		kubeconfig_user_read(part, want->allows_exec, out, errs);
}

static void read_set(
    const struct kubeconfig_set *set, const struct kubeconfig_want *want, struct kubeconfig *out, struct errs *errs)
{
	const struct yaml_node *current = NULL;
	for (size_t f = 0; f < set->count && !want->context && !current; f++)
		current = kubeconfig_find_kind(set->file[f].root, "current-context", YAML_TEXT, errs);
	const char *context = current ? current->text : want->context;
	if (!context) {
		struct buf names = names_of(set, "contexts");
		errs_add(errs, set->file[0].root->at, "no context configured and no current-context here; known: %s",
		    buf_text(&names));
		buf_fini(&names);
		return;
	}
	struct place at = current ? current->at : (struct place){.file = set->file[0].name};
	const struct yaml_node *value = find_named(set, "contexts", "context", context, at, errs);
	if (value)
		read_context(set, value, want, out, errs);
}

struct kubeconfig_set *kubeconfig_set_parse(const struct kubeconfig_file *files, size_t count, struct errs *errs)
{
	size_t before = errs->count;
	struct kubeconfig_set *set = mem_zeroed(1, sizeof *set + count * sizeof *set->file);
	for (; set->count < count; set->count++) {
		const struct kubeconfig_file *f = &files[set->count];
		char *name = mem_copy_text(f->name, strlen(f->name)); /* places borrow it */
		struct yaml_node *root = yaml_tree_parse(name, f->bytes, f->len, errs);
		if (root && root->kind != YAML_MAP)
			errs_add(errs, root->at, "%s; expected a kubeconfig", yaml_kind_text(root->kind));
		set->file[set->count].name = name;
		set->file[set->count].root = root;
	}
	if (errs->count > before)
		kubeconfig_set_free(&set);
	return set;
}

void kubeconfig_set_free(struct kubeconfig_set **set)
{
	if (!*set)
		return;
	for (size_t f = 0; f < (*set)->count; f++) {
		if ((*set)->file[f].root)
			yaml_tree_free(&(*set)->file[f].root);
		free((*set)->file[f].name);
	}
	free(*set);
	*set = NULL;
}

bool kubeconfig_pick(
    const struct kubeconfig_set *set, const struct kubeconfig_want *want, struct kubeconfig *out, struct errs *errs)
{
	size_t before = errs->count;
	*out = (struct kubeconfig){0};
	read_set(set, want, out, errs);
	if (errs->count == before)
		return true;
	kubeconfig_fini(out);
	return false;
}
