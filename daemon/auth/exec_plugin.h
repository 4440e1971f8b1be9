/*
 * Credential plugins of kubeconfigs (`exec`): programs that print a credential. They run next to the poll
 * loop and never block it: without a shell, each in its own process group, with a limit of 10 s and 64 KiB.
 * The number of concurrent runs is limited. A plugin that exceeds its time is killed with its process group.
 */
#pragma once

#include "base/units.h"
#include "config/kubeconfig.h"
#include "decode/exec_credential.h"

struct exec_plugins; /* all plugins of one poll loop */
struct exec_plugin;  /* one side's plugin and its last credential */

/* NULL with the cause in `e` if there is no descriptor for it. */
struct exec_plugins *exec_plugins_new(struct err *e);

/* Free every plugin first. Clears the caller's pointer. */
void exec_plugins_free(struct exec_plugins **pool);

/* Becomes readable when exec_plugins_perform() has work. Deadlines do not make it readable. */
int exec_plugins_fd(const struct exec_plugins *pool);

/* Reads output, collects ended plugins, kills overdue ones. Call once per turn. True when a plugin has ended.
 * */
bool exec_plugins_perform(struct exec_plugins *pool, struct now now);

struct exec_plugin *exec_plugin_new(struct exec_plugins *pool);

/* Kills a running plugin. Clears the caller's pointer; `*plugin` may be NULL. */
void exec_plugin_free(struct exec_plugin **plugin);

/* Hands the plugin to another poll loop, with its credential and a run that may be under way. */
void exec_plugin_move(struct exec_plugin *plugin, struct exec_plugins *pool);

/* The cluster that the credential is for; passed to plugins that ask for it. Borrowed. */
struct exec_cluster {
	const char *server, *ca_pem, *tls_server_name, *proxy;
	bool insecure;
};

/*
 * Takes the credential of the last run. Starts the plugin if there is no credential, if it expires soon, or
 * if `was_refused`. The start is delayed if the plugin failed or ran a moment ago, or if too many plugins are
 * running.
 */
void exec_plugin_refresh(struct exec_plugin *plugin, const struct kubeconfig_exec *exec,
    const struct exec_cluster *cluster, bool was_refused, struct now now);

/* The last credential; NULL before the first. Borrowed until the next exec_plugin_refresh(). */
const struct exec_credential *exec_plugin_credential(const struct exec_plugin *plugin);

/* When the certificate of the last credential expires; unknown if it has none. */
wall_ms exec_plugin_certificate_expiry(const struct exec_plugin *plugin);

/* Why the last run failed; "" if it succeeded. */
const char *exec_plugin_error(const struct exec_plugin *plugin);
