#include "base/mem.h"
#include "config/web_conf_table.h"

struct web_conf *web_conf_parse(const char *name, const char *bytes, size_t len, struct errs *errs)
{
	size_t before = errs->count;
	struct yaml_node *root = yaml_tree_parse(name, bytes, len, YAML_STRICT, errs);
	if (!root)
		return NULL;
	struct web_conf *conf = mem_zeroed(1, sizeof *conf);
	conf->tls.min_version = WEB_TLS12;
	conf->tls.max_version = WEB_TLS13;
	conf->tls.prefer_server_cipher_suites = true;
	web_conf_fill(conf, root, errs);
	web_conf_check(conf, root, errs);
	yaml_tree_free(&root);
	if (errs->count > before)
		web_conf_free(&conf);
	return conf;
}
