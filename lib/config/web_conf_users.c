#include "base/mem.h"
#include "base/text.h"
#include "config/value.h"
#include "config/web_conf_table.h"

#include <stdlib.h>
#include <string.h>

enum { BCRYPT_LEN = 60, COST_MIN = 4 };
static const char bcrypt_digits[] = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/* The cost of a bcrypt hash such as `$2y$10$` and 53 characters: salt and result. 0: it is none. */
static int bcrypt_cost(const char *hash)
{
	if (strlen(hash) != BCRYPT_LEN || strncmp(hash, "$2", 2) != 0 || !strchr("aby", hash[2]) || hash[3] != '$' ||
	    hash[6] != '$' || strspn(hash + 7, bcrypt_digits) != BCRYPT_LEN - 7)
		return 0;
	char *end;
	long cost = strtol(hash + 4, &end, 10);
	return strspn(hash + 4, "0123456789") == 2 && cost >= COST_MIN && cost <= 31 ? (int)cost : 0;
}

/* In Basic authentication a colon ends the name (RFC 7617, 2). */
static bool is_name(const char *name)
{
	return *name && text_is_line(name) && !strchr(name, ':');
}

static void fill_user(struct web_conf *conf, const struct yaml_node *node, struct errs *errs)
{
	if (node->kind == YAML_REFUSED)
		return;
	if (!is_name(node->key)) {
		errs_add(errs, node->key_at,
		    "basic_auth_users: not a usable name; expected one line of text without a colon");
		return;
	}
	int cost = node->kind == YAML_TEXT ? bcrypt_cost(node->text) : 0;
	if (!cost)
		errs_add(errs, node->at,
		    "basic_auth_users: the value of `%s` is not a bcrypt hash (not shown); expected what `htpasswd "
		    "-nBC 10 \"\"` prints after the colon",
		    value_name_shown(node->key).text);
	else if (cost > WEB_CONF_BCRYPT_COST_MAX)
		errs_add(errs, node->at,
		    "basic_auth_users: the hash of `%s` has cost %d, which takes minutes; expected at most %d",
		    value_name_shown(node->key).text, cost, WEB_CONF_BCRYPT_COST_MAX);
	else
		conf->users[conf->user_count++] = (struct web_conf_user){
		    mem_copy_text(node->key, strlen(node->key)), mem_copy_text(node->text, BCRYPT_LEN)};
}

void web_conf_users_fill(struct web_conf *conf, const struct yaml_node *map, struct errs *errs)
{
	if (map->kind == YAML_NULL)
		return;
	if (map->kind != YAML_MAP) {
		errs_add(errs, map->at, "basic_auth_users: %s; expected a mapping of users to bcrypt hashes",
		    yaml_scalar_kind_text(map->kind));
		return;
	}
	if (map->count > WEB_CONF_USERS_MAX) {
		errs_add(
		    errs, map->at, "basic_auth_users: %zu users; expected at most %d", map->count, WEB_CONF_USERS_MAX);
		return;
	}
	conf->users = mem_zeroed(WEB_CONF_USERS_MAX, sizeof *conf->users);
	for (size_t i = 0; i < map->count; i++)
		fill_user(conf, &map->items[i], errs);
}
