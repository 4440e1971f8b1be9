#include "render/starter.h"

#include "base/json_out.h"
#include "base/limits.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How names of the two sides of a pair end; the rest is the pair's name. */
static const struct {
	const char *primary, *secondary;
} endings[] = {
    {"", "-2"},
    {"-1", "-2"},
    {"-a", "-b"},
    {"-primary", "-secondary"},
    {"-blue", "-green"},
};
enum { ENDINGS = sizeof endings / sizeof *endings, NAME_MAX_BYTES = 256 };

struct name {
	char text[NAME_MAX_BYTES];
	bool is_used;
	size_t pair_bytes; /* of this primary: how much of its name the pair's is; 0: it is no primary */
};

struct names {
	struct name *v;
	size_t count;
};

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->text, ((const struct name *)b)->text);
}

/* As the configuration wants the names of cloudspaces and of pairs. A list of Spot may have anything. */
static bool is_usable(const char *text)
{
	size_t len = strlen(text);
	if (len == 0 || len >= CLOUDSPACE_MAX || strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-.") < len)
		return false;
	for (size_t i = 0; i < len; i++) /* no part between dots is empty, or has - at an end */
		if (text[i] == '.' && (i == 0 || strchr(".-", text[i - 1]) || text[i + 1] == '-'))
			return false;
	return text[0] != '-' && text[len - 1] != '-' && text[len - 1] != '.';
}

/* Sorted, each once. */
static struct names names_of(const char *text)
{
	struct names names = {0};
	size_t room = 1, count = 0;
	for (const char *c = text; *c; c++)
		room += *c == '\n';
	names.v = mem_zeroed(room, sizeof *names.v);
	for (size_t len; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		if (len && len < NAME_MAX_BYTES)
			memcpy(names.v[count++].text, text, len);
	}
	qsort(names.v, count, sizeof *names.v, compare);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || strcmp(names.v[i].text, names.v[i - 1].text) != 0)
			names.v[names.count++] = names.v[i];
	return names;
}

static struct name *find(const struct names *names, const char *text)
{
	size_t from = 0, to = names->count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int order = strcmp(text, names->v[middle].text);
		if (order == 0)
			return &names->v[middle];
		*(order < 0 ? &to : &from) = order < 0 ? middle : middle + 1;
	}
	return NULL;
}

/* Another pair has this name already: of a-1 and a-2, and of a-blue and a-green, only one can be a. */
static bool is_taken(const struct names *names, const char *pair, size_t len)
{
	for (int i = 0; i < ENDINGS; i++) {
		char primary[NAME_MAX_BYTES + 16];
		snprintf(primary, sizeof primary, "%.*s%s", (int)len, pair, endings[i].primary);
		const struct name *other = find(names, primary);
		if (other && other->pair_bytes == len)
			return true;
	}
	return false;
}

/* The partner of `name` as a primary, or NULL. The start of their names is the pair's, or all of the primary's. */
static struct name *partner_of(const struct names *names, struct name *name)
{
	if (name->is_used || !is_usable(name->text))
		return NULL;
	for (int i = 0; i < ENDINGS; i++) {
		char wanted[NAME_MAX_BYTES + 16];
		size_t len = strlen(name->text), end = strlen(endings[i].primary);
		if (len <= end || strcmp(name->text + len - end, endings[i].primary) != 0)
			continue;
		snprintf(wanted, sizeof wanted, "%.*s%s", (int)(len - end), name->text, endings[i].secondary);
		struct name *found = is_usable(wanted) ? find(names, wanted) : NULL;
		if (!found || found->is_used)
			continue;
		name->pair_bytes = is_taken(names, name->text, len - end) ? len : len - end;
		return found;
	}
	return NULL;
}

/* A text of JSON is a text of YAML: no name is taken for a number or a boolean. */
static void put_value(struct buf *out, const char *before, const char *text)
{
	struct json_out j = {out, false};
	buf_puts(out, before);
	json_put_text(&j, NULL, text);
	buf_putc(out, '\n');
}

static void put_setting(struct buf *out, const char *before, const char *text)
{
	if (text)
		put_value(out, before, text);
}

static void put_side(const struct starter *s, const char *side, const char *name, struct buf *out)
{
	buf_printf(out, "    %s:\n", side);
	put_value(out, "      cloudspace: ", name);
	put_value(out, "      kubeconfig: ", s->kubeconfig);
	put_value(out, "      context: ", name);
}

static void put_pair(
    const struct starter *s, const char *pair, const char *primary, const char *secondary, struct buf *out)
{
	put_value(out, "  - name: ", pair);
	put_side(s, "primary", primary, out);
	put_side(s, "secondary", secondary, out);
}

static void put_spot(const struct starter *s, struct buf *out)
{
	buf_puts(out, "spot:\n");
	if (s->token_file)
		put_value(out, "  refresh_token_file: ", s->token_file);
	else
		buf_puts(out,
		    "  # The token of ~/.spot_config is used. A daemon with another user needs a file:\n"
		    "  #refresh_token_file: /etc/hawatch/spot-token\n");
	put_setting(out, "  organization: ", s->organization);
	put_setting(out, "  api_url: ", s->api_url);
	put_setting(out, "  auth_url: ", s->auth_url);
	put_setting(out, "  client_id: ", s->client_id);
	put_setting(out, "  ca_file: ", s->ca_file);
}

static size_t put_pairs(const struct starter *s, struct names *names, struct buf *out)
{
	size_t count = 0;
	for (size_t i = 0; i < names->count; i++) {
		struct name *primary = &names->v[i], *secondary = partner_of(names, primary);
		char pair[NAME_MAX_BYTES];
		if (!secondary)
			continue;
		primary->is_used = secondary->is_used = true;
		snprintf(pair, sizeof pair, "%.*s", (int)primary->pair_bytes, primary->text);
		put_pair(s, pair, primary->text, secondary->text, out);
		count++;
	}
	return count;
}

static void put_left_over(const struct names *names, bool has_pairs, struct buf *out)
{
	bool is_first = true;
	for (size_t i = 0; i < names->count; i++) {
		if (names->v[i].is_used)
			continue;
		if (is_first)
			buf_puts(out,
			    has_pairs ? "  # Without a partner of a like name:\n"
				      : "  # No two of these have like names. Say which belong together:\n");
		is_first = false;
		put_value(out, "  #   ", names->v[i].text);
	}
	if (!has_pairs)
		buf_puts(out,
		    "  #- name: prod\n"
		    "  #  primary: {cloudspace: A, kubeconfig: /etc/hawatch/kubeconfig, context: A}\n"
		    "  #  secondary: {cloudspace: B, kubeconfig: /etc/hawatch/kubeconfig, context: B}\n");
}

size_t starter_render(const struct starter *s, struct buf *out)
{
	struct names names = names_of(s->names);
	buf_printf(out,
	    "# The pairs of cloudspaces to watch, as hawatchd %s found them in Spot. Check which sides\n"
	    "# belong together. hawatch.yaml of the documentation has every key with its default.\n",
	    s->version);
	put_spot(s, out);
	buf_puts(out, "pairs:\n");
	size_t count = put_pairs(s, &names, out);
	put_left_over(&names, count > 0, out);
	free(names.v);
	return count;
}
