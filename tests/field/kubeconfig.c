/*
 * Prints how hawatchd reads kubeconfigs, one NAME=VALUE a line, in the names of kubectl, for tests/field/kubeconfig.sh.
 * usage: test-kubeconfig FILE...    (the current context of these files together)
 */
#include "config/kubeconfig.h"

#include "base/mem.h"
#include "os/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILES_MAX = 8, BYTES_MAX = 8 << 20 };

static void put(const char *name, const char *value)
{
	if (value)
		printf("%s=%s\n", name, value);
}

static void put_lines(const char *name, const char *lines)
{
	for (size_t len; lines && *lines; lines += len + 1) {
		len = strcspn(lines, "\n");
		printf("%s=%.*s\n", name, (int)len, lines);
	}
}

static void put_all(const char *name, char **values)
{
	for (; values && *values; values++)
		put(name, *values);
}

static void print(const struct kubeconfig *k)
{
	put("server", k->server);
	put("insecure-skip-tls-verify", k->insecure ? "true" : NULL);
	put("disable-compression", k->uncompressed ? "true" : NULL);
	put("tls-server-name", k->tls_server_name);
	put("proxy-url", k->proxy_url);
	put("certificate-authority", k->ca_file);
	put("certificate-authority-data", k->ca_pem);
	put("client-certificate", k->cert_file);
	put("client-certificate-data", k->cert_pem);
	put("client-key", k->key_file);
	put("client-key-data", k->key_pem);
	put("token", k->token);
	put("tokenFile", k->token_file);
	put("basic", k->basic);
	put_all("exec", k->exec.argv);
	put_lines("header", k->impersonation);
	put_all("env", k->exec.env);
	put("config", k->exec.config);
}

int main(int argc, char **argv)
{
	struct kubeconfig_file files[FILES_MAX];
	struct errs *errs = mem_zeroed(1, sizeof *errs);
	struct kubeconfig k = {0};
	char *texts[FILES_MAX] = {0};
	size_t count = 0;
	for (; count + 1 < (size_t)argc && count < FILES_MAX; count++) {
		struct err e;
		struct kubeconfig_file *file = &files[count];
		file->name = argv[count + 1];
		file->bytes = texts[count] = files_read(file->name, BYTES_MAX, &file->len, &e);
		if (!texts[count]) {
			fprintf(stderr, "%s\n", e.text);
			return 2;
		}
	}
	struct kubeconfig_set *set = kubeconfig_set_parse(files, count, errs);
	bool is_good = set && kubeconfig_pick(set, &(struct kubeconfig_want){.allows_exec = true}, &k, errs);
	for (size_t i = 0; i < errs->count && i < ERRS_KEPT; i++)
		fprintf(stderr, "%s\n", errs->kept[i].text);
	print(&k);
	kubeconfig_fini(&k);
	kubeconfig_set_free(&set);
	for (size_t i = 0; i < count; i++)
		free(texts[i]);
	free(errs);
	return !is_good;
}
