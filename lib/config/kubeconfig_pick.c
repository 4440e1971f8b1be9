#include "base/buf.h"
#include "base/mem.h"
#include "base/url.h"
#include "config/kubeconfig_user.h"
#include "config/value.h"
#include "config/yaml_json.h"

#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX_BYTES = 200, CONFIG_MAX_BYTES = 64 << 10 };

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
	struct buf names = buf_of(NAMES_MAX_BYTES + sizeof(struct shown));
	size_t left = 0;
	for (size_t f = 0; f < set->count; f++) {
		const struct yaml_node *list = kubeconfig_find(set->file[f].root, list_key);
		for (size_t i = 0; list && i < list->count; i++) {
			const struct yaml_node *name = kubeconfig_find(&list->items[i], "name");
			if (!name || !name->text)
				continue;
			struct shown shown = value_name_shown(name->text);
			if (left || (names.len && names.len + strlen(shown.text) > NAMES_MAX_BYTES))
				left++;
			else
				buf_printf(&names, "%s%s", names.len ? ", " : "", shown.text);
		}
	}
	if (left)
		buf_printf(&names, " and %zu more", left);
	if (!names.len)
		buf_puts(&names, "none");
	return names;
}

/*
 * Sets `found` to the item of this name. An item without a name has the empty name. Returns false after reporting that
 * the list has the name twice, or that YAML does not read it as a text.
 */
static bool find_item(
    const struct yaml_node *list, const char *what, const char *name, const struct yaml_node **found, struct errs *errs)
{
	for (size_t i = 0; list && i < list->count; i++) {
		const struct yaml_node *item = &list->items[i], *other = kubeconfig_find(item, "name");
		bool is_named = other ? other->text && strcmp(other->text, name) == 0 : !*name;
		if (!is_named || item->kind != YAML_MAP)
			continue;
		if (other && !kubeconfig_find_kind(item, "name", YAML_TEXT, errs))
			return false;
		if (*found)
			return errs_add(errs, item->at, "%s `%s` is already in line %zu; expected each name once", what,
			    value_name_shown(name).text, (*found)->at.line);
		*found = item;
	}
	return true;
}

/*
 * Copies to `value` the `what` member of the item of `list_key` with this name: clusters, users and contexts are all
 * lists of {name, WHAT: {...}}. The first file that has the name wins. An item without the member has an empty one.
 * False after a mistake, which is reported, and when there is no such item: `is_absent` is set then.
 */
static bool find_named(const struct kubeconfig_set *set, const char *list_key, const char *what, const char *name,
    struct yaml_node *value, bool *is_absent, struct errs *errs)
{
	const struct yaml_node *found = NULL;
	for (size_t f = 0; f < set->count && !found; f++) {
		const struct yaml_node *root = set->file[f].root;
		const struct yaml_node *list = kubeconfig_find_kind(root, list_key, YAML_LIST, errs);
		if (!list && kubeconfig_find(root, list_key))
			return false; /* of the wrong kind, and reported */
		if (!find_item(list, what, name, &found, errs))
			return false;
	}
	*is_absent = !found;
	if (!found)
		return false;
	const struct yaml_node *member = yaml_find(found, what, strlen(what));
	*value = member ? *member : (struct yaml_node){.kind = YAML_NULL, .at = found->at};
	return value->kind == YAML_MAP || value->kind == YAML_NULL ||
	    errs_add(errs, value->at, "%s `%s`: %s; expected a mapping", what, value_name_shown(name).text,
		yaml_scalar_kind_text(value->kind));
}

static void report_absent(const struct kubeconfig_set *set, const char *list_key, const char *what, const char *name,
    struct place at, struct errs *errs)
{
	struct buf names = names_of(set, list_key);
	errs_add(errs, at, "no %s named `%s`; known: %s", what, value_name_shown(name).text, buf_text(&names));
	buf_fini(&names);
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

static void read_trust(
    const struct yaml_node *cluster, const struct kubeconfig_want *want, struct kubeconfig *out, struct errs *errs)
{
	if (!want->without_ca)
		kubeconfig_read_pem(cluster, "certificate-authority", &out->ca_file, &out->ca_pem, &out->ca_name, errs);
	if (!want->without_insecure)
		read_insecure(cluster, out, errs);
}

static void read_cluster(
    const struct yaml_node *cluster, const struct kubeconfig_want *want, struct kubeconfig *out, struct errs *errs)
{
	struct err e;
	const struct yaml_node *server = kubeconfig_find_kind(cluster, "server", YAML_TEXT, errs);
	if (!kubeconfig_find(cluster, "server"))
		errs_add(errs, cluster->at, "cluster: server is missing; expected https://host[:port]");
	else if (server && !url_normal(URL_SERVER, server->text, &out->server, &e))
		errs_add(errs, server->at, "server: %s", e.text);
	read_trust(cluster, want, out, errs);
	const struct yaml_node *name = kubeconfig_find_kind(cluster, "tls-server-name", YAML_TEXT, errs);
	if (name && !url_host(name->text, &out->tls_server_name, &e))
		errs_add(errs, name->at, "tls-server-name: %s", e.text);
	const struct yaml_node *proxy = kubeconfig_find_kind(cluster, "proxy-url", YAML_TEXT, errs);
	if (proxy && !url_normal(URL_PROXY, proxy->text, &out->proxy_url, &e))
		errs_add(errs, proxy->at, "proxy-url: %s", e.text);
	kubeconfig_read_flag(cluster, "disable-compression", &out->uncompressed, errs);
}

/* What a plugin that asks for the cluster gets with it (Kubernetes, "Client authentication to the API server"). */
static void read_exec_config(const struct yaml_node *cluster, struct kubeconfig *out, struct errs *errs)
{
	static const char name[] = "client.authentication.k8s.io/exec";
	const struct yaml_node *list = kubeconfig_find_kind(cluster, "extensions", YAML_LIST, errs), *found = NULL;
	if (!find_item(list, "extension", name, &found, errs) || !found)
		return;
	const struct yaml_node *extension = yaml_find(found, "extension", strlen("extension"));
	struct buf config = buf_of_secret(CONFIG_MAX_BYTES);
	if (extension && yaml_put_json(extension, NULL, &(struct json_out){&config, false}, errs)) {
		if (config.overflow)
			errs_add(errs, extension->at, "extension: larger than 64 KiB as JSON");
		else
			out->exec.config = mem_copy_secret(buf_text(&config), config.len);
	}
	buf_fini(&config);
}

/*
 * Finds the cluster or the user of a context. In kubectl an empty name, or none, means the item with an empty name.
 * Only the user may be left out.
 */
static bool find_part(const struct kubeconfig_set *set, const struct yaml_node *context, const char *list_key,
    const char *what, bool is_needed, struct yaml_node *part, struct errs *errs)
{
	const struct yaml_node *node = kubeconfig_find_kind(context, what, YAML_TEXT, errs);
	bool is_absent = false;
	if (!node && kubeconfig_find(context, what))
		return false; /* of the wrong kind, and reported */
	if (find_named(set, list_key, what, node ? node->text : "", part, &is_absent, errs))
		return true;
	if (is_absent && node)
		report_absent(set, list_key, what, node->text, node->at, errs);
	else if (is_absent && is_needed)
		errs_add(errs, context->at, "context: %s is missing; expected its name", what);
	return false;
}

static void read_context(const struct kubeconfig_set *set, const struct yaml_node *context,
    const struct kubeconfig_want *want, struct kubeconfig *out, struct errs *errs)
{
	struct yaml_node cluster, user;
	bool has_cluster = find_part(set, context, "clusters", "cluster", true, &cluster, errs);
	if (has_cluster)
		read_cluster(&cluster, want, out, errs);
	if (!want->without_user && find_part(set, context, "users", "user", false, &user, errs))
		kubeconfig_user_read(&user, want->allows_exec, out, errs);
	if (has_cluster && out->exec.wants_cluster)
		read_exec_config(&cluster, out, errs);
}

static void read_set(
    const struct kubeconfig_set *set, const struct kubeconfig_want *want, struct kubeconfig *out, struct errs *errs)
{
	const struct yaml_node *current = NULL;
	size_t before = errs->count;
	for (size_t f = 0; f < set->count && !want->context && !current; f++)
		current = kubeconfig_find_kind(set->file[f].root, "current-context", YAML_TEXT, errs);
	const char *context = current ? current->text : want->context;
	if (!context && errs->count == before) {
		struct buf names = names_of(set, "contexts");
		errs_add(errs, set->file[0].root->at, "no context configured and no current-context here; known: %s",
		    buf_text(&names));
		buf_fini(&names);
	}
	if (!context)
		return;
	struct place at = current ? current->at : (struct place){.file = set->file[0].name};
	struct yaml_node value;
	bool is_absent = false;
	if (find_named(set, "contexts", "context", context, &value, &is_absent, errs))
		read_context(set, &value, want, out, errs);
	else if (is_absent)
		report_absent(set, "contexts", "context", context, at, errs);
}

/* What kubectl asks of every kubeconfig. Both may be left out. */
static void check_head(const struct yaml_node *root, struct errs *errs)
{
	static const char *const heads[][2] = {{"apiVersion", "v1"}, {"kind", "Config"}};
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		const struct yaml_node *node = kubeconfig_find_kind(root, heads[i][0], YAML_TEXT, errs);
		if (node && strcmp(node->text, heads[i][1]) != 0)
			errs_add(errs, node->at, "%s: `%s`; expected `%s`, as in a kubeconfig", heads[i][0],
			    value_shown(node->text).text, heads[i][1]);
	}
}

struct kubeconfig_set *kubeconfig_set_parse(const struct kubeconfig_file *files, size_t count, struct errs *errs)
{
	size_t before = errs->count;
	struct kubeconfig_set *set = mem_zeroed(1, sizeof *set + count * sizeof *set->file);
	for (; set->count < count; set->count++) {
		const struct kubeconfig_file *f = &files[set->count];
		char *name = mem_copy_text(f->name, strlen(f->name)); /* places borrow it */
		struct yaml_node *root = yaml_tree_parse(name, f->bytes, f->len, YAML_AS_KUBECTL, errs);
		if (root && root->kind != YAML_MAP && root->kind != YAML_NULL)
			errs_add(errs, root->at, "%s; expected a kubeconfig", yaml_scalar_kind_text(root->kind));
		else if (root)
			check_head(root, errs);
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
