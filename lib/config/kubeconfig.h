/*
 * Reads from kubeconfigs the access to one cluster: the cluster and the user that one context names, as kubectl reads
 * them; tests/field/kubeconfig.sh compares both. Parsing opens no file. A relative path is resolved against the folder
 * of the file that contains it; the daemon opens it later.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* A credential plugin, ready to be run. */
struct kubeconfig_exec {
	char *api_version;  /* client.authentication.k8s.io/v1 or /v1beta1 */
	char **argv;        /* ends with NULL; argv[0] is a path. NULL: no plugin, or one that is not used */
	char **env;         /* NAME=value to add to the environment; ends with NULL */
	bool wants_cluster; /* provideClusterInfo */
	char *config;       /* with it: the cluster's extension for plugins, as JSON; NULL: none */
};

/*
 * Every text is owned; NULL when the kubeconfig does not set it. A PEM is a file or comes from KEY-data, base64 removed
 * and not yet read; then its name is "FILE:LINE:COLUMN: KEY-data", for messages.
 */
struct kubeconfig {
	char *server;                     /* as url_normal() makes it */
	char *ca_file, *ca_pem, *ca_name; /* certificate-authority(-data) */
	char *tls_server_name;            /* tls-server-name, as url_host() makes it */
	char *proxy_url;   /* proxy-url, as url_normal() makes it; a secret when it contains a password */
	bool insecure;     /* insecure-skip-tls-verify */
	bool uncompressed; /* disable-compression */
	char *token;       /* a secret; NULL when token_file is set */
	char *token_file;  /* tokenFile; has priority over token */
	char *cert_file, *cert_pem, *cert_name; /* client-certificate(-data) */
	char *key_file, *key_pem, *key_name;    /* client-key(-data); key_pem is a secret */
	char *basic;                            /* username:password; a secret */
	char *impersonation; /* Impersonate-* headers (Kubernetes, "User impersonation"), each ended by \n */
	struct kubeconfig_exec exec;
};

/* One file's bytes; all borrowed. */
struct kubeconfig_file {
	const char *name;
	const char *bytes;
	size_t len;
};

/* Several files merged, as with a colon-separated KUBECONFIG: the first file that defines something wins. */
struct kubeconfig_set;

/* NULL with every mistake in `errs` as name:line:column. Holds secrets until it is freed. */
struct kubeconfig_set *kubeconfig_set_parse(const struct kubeconfig_file *files, size_t count, struct errs *errs)
    __attribute__((warn_unused_result));

/* Overwrites and frees; clears the caller's pointer; NULL inside is allowed. */
void kubeconfig_set_free(struct kubeconfig_set **set);

/* What to read from a set. */
struct kubeconfig_want {
	const char *context;   /* NULL: current-context */
	bool allows_exec;      /* false: a credential plugin is a mistake */
	bool without_user;     /* the credential comes from elsewhere: the context's user is ignored */
	bool without_ca;       /* the CA comes from elsewhere: certificate-authority(-data) is ignored */
	bool without_insecure; /* whether to verify is set elsewhere: insecure-skip-tls-verify is ignored */
};

/*
 * Picks one context. On failure returns false with every mistake in `errs` and `out` zeroed. An unsupported field that
 * the connection would need is a mistake that names the field; it is never ignored silently. Messages never contain a
 * token, key or password. A context without a credential is not a mistake. A plugin is not used, and not read, when the
 * user has a token or a password, as in kubectl.
 */
bool kubeconfig_pick(const struct kubeconfig_set *set, const struct kubeconfig_want *want, struct kubeconfig *out,
    struct errs *errs) __attribute__((warn_unused_result));

/* Frees the texts (secrets are overwritten first) and zeroes the struct. */
void kubeconfig_fini(struct kubeconfig *k);

/* True when both would run the same plugin in the same way. */
bool kubeconfig_exec_is_same(const struct kubeconfig_exec *a, const struct kubeconfig_exec *b);
