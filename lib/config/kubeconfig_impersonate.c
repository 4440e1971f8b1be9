#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "config/kubeconfig_user.h"

#include <stdio.h>
#include <string.h>

enum { HEADERS_MAX_BYTES = 16 << 10, NAME_MAX_BYTES = 1024 };

/* A value of one header. An empty one would be another header for libcurl, and a name of nobody for the API server. */
static bool put_header(const char *name, const struct yaml_node *value, struct buf *out, struct errs *errs)
{
	if (value->kind != YAML_TEXT)
		return errs_add(errs, value->at, "%s: %s; expected a text%s", name, yaml_scalar_kind_text(value->kind),
		    yaml_scalar_quotes(value->kind));
	if (!*value->text || !text_is_line(value->text))
		return errs_add(errs, value->at, "%s: %s; expected one line", name,
		    *value->text ? "a control character" : "an empty text");
	buf_printf(out, "%s: %s\n", name, value->text);
	return true;
}

static void put_list(const struct yaml_node *map, const char *key, const char *name, struct buf *out, struct errs *errs)
{
	const struct yaml_node *list = kubeconfig_find_kind(map, key, YAML_LIST, errs);
	for (size_t i = 0; list && i < list->count; i++)
		put_header(name, &list->items[i], out, errs);
}

/* The key becomes part of the header's name. Bytes that a name cannot have are percent-encoded (client-go). */
static void put_extra(const struct yaml_node *extra, const struct yaml_node *item, struct buf *out, struct errs *errs)
{
	static const char legal[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$&'*+-.^_`|~";
	struct buf name = buf_of(NAME_MAX_BYTES);
	buf_puts(&name, "Impersonate-Extra-");
	for (const char *p = item->key; *p; p++)
		buf_printf(&name, strchr(legal, *p) ? "%c" : "%%%02X", (unsigned)(unsigned char)*p);
	if (name.overflow) /* another name must not be sent in its place */
		errs_add(errs, item->key_at, "as-user-extra: a key that makes a header's name longer than %d bytes",
		    NAME_MAX_BYTES);
	else
		put_list(extra, item->key, buf_text(&name), out, errs);
	buf_fini(&name);
}

void kubeconfig_impersonate_read(const struct yaml_node *user, struct kubeconfig *out, struct errs *errs)
{
	static const char *const others[] = {"as-uid", "as-groups", "as-user-extra"};
	size_t before = errs->count;
	struct buf headers = buf_of(HEADERS_MAX_BYTES);
	const struct yaml_node *name = kubeconfig_find_kind(user, "as", YAML_TEXT, errs);
	const struct yaml_node *uid = kubeconfig_find_kind(user, "as-uid", YAML_TEXT, errs);
	const struct yaml_node *extra = kubeconfig_find_kind(user, "as-user-extra", YAML_MAP, errs);
	for (size_t i = 0; !kubeconfig_find(user, "as") && i < sizeof others / sizeof *others; i++) {
		const struct yaml_node *other = kubeconfig_find(user, others[i]);
		if (other)
			errs_add(errs, other->key_at, "user: %s without as; expected the user's name in as", others[i]);
	}
	if (name)
		put_header("Impersonate-User", name, &headers, errs);
	if (uid)
		put_header("Impersonate-Uid", uid, &headers, errs);
	put_list(user, "as-groups", "Impersonate-Group", &headers, errs);
	for (size_t i = 0; extra && i < extra->count; i++)
		put_extra(extra, &extra->items[i], &headers, errs);
	if (headers.overflow)
		errs_add(errs, user->at, "user: as, as-groups, as-user-extra: larger than 16 KiB");
	if (headers.len && errs->count == before)
		out->impersonation = mem_copy_text(buf_text(&headers), headers.len);
	buf_fini(&headers);
}
