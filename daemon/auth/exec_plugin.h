/*
 * Credential plugins of kubeconfigs (`exec`): programs that print a credential. They run beside the poll
 * loop and never stop it: without a shell, in a process group of their own, with 10 s and 64 KiB, and so
 * many at a time at most; what outlives its time is killed with all that it started.
 */
#ifndef HAWATCH_AUTH_EXEC_PLUGIN_H
#define HAWATCH_AUTH_EXEC_PLUGIN_H

#include "base/units.h"
#include "config/kubeconfig.h"
#include "decode/exec_credential.h"

struct exec_plugins;   /* all plugins of one loop */
struct exec_plugin; /* one side's plugin, and the credential that it last gave */

struct exec_plugins *exec_plugins_new(void);

/* Every plugin must have been freed before. Clears the caller's pointer. */
void exec_plugins_free(struct exec_plugins **pool);

/* Readable when exec_plugins_perform() has something to do, deadlines apart. */
int exec_plugins_fd(const struct exec_plugins *pool);

/* Reads, ends and kills what is due. To be called every turn; true when a plugin has ended. */
bool exec_plugins_perform(struct exec_plugins *pool, struct now now);

struct exec_plugin *exec_plugin_new(struct exec_plugins *pool);

/* Kills what is running. Clears the caller's pointer; NULL inside is allowed. */
void exec_plugin_free(struct exec_plugin **plugin);

/* The cluster that the credential is for, told to plugins that want it. Borrowed. */
struct exec_cluster {
	const char *server, *ca_pem, *tls_server_name, *proxy;
	bool insecure;
};

/*
 * Takes over what the last run gave, and starts the plugin when there is no credential, it is about to expire or `was_refused`; at once, or
 * later where it has failed or run a moment ago, or too many others are running.
 */
void exec_plugin_refresh(struct exec_plugin *plugin, const struct kubeconfig_exec *exec,
    const struct exec_cluster *cluster, bool was_refused, struct now now);

/* The last credential; NULL before the first. Borrowed until the next exec_plugin_refresh(). */
const struct exec_credential *exec_plugin_credential(const struct exec_plugin *plugin);

/* Why the last run failed; "" when it did not. */
const char *exec_plugin_error(const struct exec_plugin *plugin);

#endif
