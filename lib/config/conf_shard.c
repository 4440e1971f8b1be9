#include "config/conf_shard.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/rendezvous.h"
#include "config/conf_table.h"
#include "config/value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"
enum { INDEX_DIGITS_MAX = 3, NAME_MAX_BYTES = 63 };

/* "3" and "hawatch-3" are 3. */
static bool parse_index(const char *text, int64_t *index)
{
	const char *dash = strrchr(text, '-'), *digits = dash ? dash + 1 : text;
	size_t len = strspn(digits, DIGITS);
	return len && len <= INDEX_DIGITS_MAX && !digits[len] && dash != text && value_integer(digits, index, NULL);
}

static bool find_index(struct conf *conf, const char *variable, struct errs *errs)
{
	const struct place at = {.file = CONF_SHARD_VARIABLE};
	int64_t index;
	if (conf->shard.has_index)
		return true;
	if (!variable || !*variable)
		return conf->shard.count == 1 ||
		    errs_add(errs, (struct place){.file = "shard.index"},
			"missing, and shard.count is %lld; set it, or %s to a number or the name of a StatefulSet's "
			"pod",
			(long long)conf->shard.count, CONF_SHARD_VARIABLE);
	if (!parse_index(variable, &index))
		return errs_add(errs, at, "`%s`; expected a number, or a name that ends with one, such as hawatch-3",
		    value_name_shown(variable).text);
	if (index >= conf->shard.count)
		return errs_add(errs, at, "`%s` is shard %lld; expected less than shard.count, which is %lld",
		    value_name_shown(variable).text, (long long)index, (long long)conf->shard.count);
	conf->shard.index = index;
	return true;
}

bool conf_shard_split(struct conf *conf, const char *variable, struct errs *errs)
{
	if (!find_index(conf, variable, errs))
		return false;
	struct buf others = buf_of(1 + conf->pair_count * (NAME_MAX_BYTES + 1));
	size_t kept = 0;
	for (size_t i = 0; i < conf->pair_count; i++) {
		struct conf_pair *pair = &conf->pairs[i];
		if (rendezvous_of(pair->name, (size_t)conf->shard.count) == (size_t)conf->shard.index) {
			conf->pairs[kept++] = *pair;
			continue;
		}
		buf_printf(&others, "%s%s\n", others.len ? "" : "\n", pair->name);
		conf_free_section("pairs[].", (char *)pair);
	}
	conf->elsewhere_count = conf->pair_count - kept;
	conf->pair_count = kept;
	if (others.len)
		conf->elsewhere = mem_copy_text(buf_text(&others), others.len);
	buf_fini(&others);
	return true;
}

bool conf_shard_has(const char *elsewhere, const char *name)
{
	char line[NAME_MAX_BYTES + sizeof "\n\n"];
	return elsewhere && strlen(name) <= NAME_MAX_BYTES && !strchr(name, '\n') && *name &&
	    snprintf(line, sizeof line, "\n%s\n", name) > 0 && strstr(elsewhere, line);
}
