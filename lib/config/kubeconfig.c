#include "config/kubeconfig.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static void free_texts(char ***texts)
{
	for (char **t = *texts; t && *t; t++)
		mem_free_secret(t); /* arguments and variables may be secrets to the plugin */
	free(*texts);
	*texts = NULL;
}

void kubeconfig_fini(struct kubeconfig *k)
{
	free(k->server);
	free(k->ca_file);
	free(k->ca_pem);
	free(k->ca_name);
	free(k->tls_server_name);
	mem_free_secret(&k->proxy_url);
	free(k->token_file);
	mem_free_secret(&k->token);
	free(k->cert_file);
	free(k->cert_pem);
	free(k->cert_name);
	free(k->key_file);
	mem_free_secret(&k->key_pem);
	free(k->key_name);
	mem_free_secret(&k->basic);
	free(k->impersonation);
	free(k->exec.api_version);
	free_texts(&k->exec.argv);
	free_texts(&k->exec.env);
	mem_free_secret(&k->exec.config);
	*k = (struct kubeconfig){0};
}

static bool are_same(char *const *a, char *const *b)
{
	while (a && b && *a && *b && strcmp(*a, *b) == 0)
		a++, b++;
	return a && b ? !*a && !*b : a == b;
}

bool kubeconfig_exec_is_same(const struct kubeconfig_exec *a, const struct kubeconfig_exec *b)
{
	return are_same(a->argv, b->argv) && are_same(a->env, b->env) && a->wants_cluster == b->wants_cluster &&
	    (!a->argv || strcmp(a->api_version, b->api_version) == 0) && text_is_same(a->config, b->config);
}
