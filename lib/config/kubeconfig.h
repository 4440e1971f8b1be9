/*
 * Kubeconfigs as the way to one cluster: the cluster and the user that one context names. Parsing
 * touches no file; paths come back resolved against the folder of the file that they stand in, for the
 * daemon to read.
 */
#ifndef HAWATCH_CONFIG_KUBECONFIG_H
#define HAWATCH_CONFIG_KUBECONFIG_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* A credential plugin, ready to be run. */
struct kubeconfig_exec {
	char *api_version;  /* client.authentication.k8s.io/v1 or /v1beta1 */
	char **argv;        /* ends with NULL; argv[0] is an absolute path. NULL: no plugin */
	char **env;         /* NAME=value to add to the environment; ends with NULL */
	bool wants_cluster; /* provideClusterInfo */
};

/* Every text is owned; NULL where the kubeconfig says nothing. `-data` beats the file of its name. */
struct kubeconfig {
	char *server;          /* https://host[:port][/path], no trailing slash */
	char *ca_file;         /* certificate-authority */
	char *ca_pem;          /* certificate-authority-data, base64 removed */
	char *tls_server_name; /* tls-server-name */
	char *proxy_url;       /* proxy-url with its port; a secret where it holds a password */
	bool insecure;         /* insecure-skip-tls-verify */
	bool uncompressed;     /* disable-compression */
	char *token;           /* a secret; NULL where token_file is set */
	char *token_file;      /* tokenFile; beats token */
	char *cert_file, *cert_pem; /* client-certificate(-data) */
	char *key_file, *key_pem;   /* client-key(-data); key_pem is a secret */
	char *basic;                /* username:password; a secret */
	struct kubeconfig_exec exec;
};

/* One file's bytes; all borrowed. */
struct kubeconfig_file {
	const char *name;
	const char *bytes;
	size_t len;
};

/* Files taken together, as a colon-separated KUBECONFIG is: of what several define, the first counts. */
struct kubeconfig_set;

/* NULL with every mistake in `errs` as name:line:column. Holds secrets until it is freed. */
struct kubeconfig_set *kubeconfig_set_parse(const struct kubeconfig_file *files, size_t count,
    struct errs *errs) __attribute__((warn_unused_result));

/* Overwrites and frees; clears the caller's pointer; NULL inside is allowed. */
void kubeconfig_set_free(struct kubeconfig_set **set);

/* What is wanted of a set. */
struct kubeconfig_want {
	const char *context; /* NULL: current-context */
	bool allows_exec;    /* else a credential plugin is a mistake */
	bool without_user;   /* the credential comes from elsewhere: the context's user is not looked at */
};

/*
 * Picks one context. On failure returns false with every mistake in `errs` and leaves `out` zeroed. A
 * field that a connection would need and that is not supported is a mistake that names the field, never
 * silently dropped. Messages never contain a token, key or password. A context without a credential is
 * no mistake.
 */
bool kubeconfig_pick(const struct kubeconfig_set *set, const struct kubeconfig_want *want,
    struct kubeconfig *out, struct errs *errs) __attribute__((warn_unused_result));

/* Frees the texts (secrets are overwritten first) and zeroes the struct. */
void kubeconfig_fini(struct kubeconfig *k);

/* True when both would run the same plugin in the same way. */
bool kubeconfig_exec_is_same(const struct kubeconfig_exec *a, const struct kubeconfig_exec *b);

#endif
