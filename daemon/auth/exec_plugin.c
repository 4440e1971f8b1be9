#define _GNU_SOURCE /* environ */
#include "auth/exec_plugin.h"

#include "base/base64.h"
#include "base/json_out.h"
#include "base/mem.h"
#include "base/text.h"
#include "os/certificate.h"
#include "os/child.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum {
	RUNNING_MAX = 8,
	TIMEOUT_MS = 10000,
	OUTPUT_MAX_BYTES = 64 << 10,
	COMPLAINT_MAX_BYTES = 200, /* of the plugin's stderr, in the log */
	INFO_MAX_BYTES = 1 << 20,
	EARLY_MS = 60000, /* renew this long before expiry; a short-lived one after 3/4 of its life */
	GAP_MS = 1000,    /* pause between two runs, doubled after each run that did not help */
	GAP_DOUBLINGS = 8,
};

struct exec_plugins {
	int epoll_fd;
	struct exec_plugin *running;
	size_t count;
};

struct exec_plugin {
	struct exec_plugins *pool;
	struct exec_plugin *next; /* in pool->running */
	struct child child;
	char api_version[64];
	struct buf out, complaint;
	const char *killed_for; /* NULL: not killed */
	mono_ms started_at;
	unsigned runs; /* consecutive runs that did not help */
	bool has_credential, has_fresh;
	struct exec_credential credential;
	struct exec_credential fresh; /* result of the last run, until exec_plugin_refresh() takes it */
	wall_ms certificate_expires, fresh_certificate_expires;
	wall_ms renew_at; /* WALL_UNKNOWN: no renewal by time */
	struct err err;
};

struct exec_plugins *exec_plugins_new(struct err *e)
{
	int fd = epoll_create1(EPOLL_CLOEXEC);
	if (fd < 0) {
		err_set(e, "no descriptor for credential plugins: %s", strerror(errno));
		return NULL;
	}
	struct exec_plugins *pool = mem_zeroed(1, sizeof *pool);
	pool->epoll_fd = fd;
	return pool;
}

void exec_plugins_free(struct exec_plugins **pool)
{
	if (!*pool)
		return;
	close((*pool)->epoll_fd);
	free(*pool);
	*pool = NULL;
}

int exec_plugins_fd(const struct exec_plugins *pool)
{
	return pool->epoll_fd;
}

struct exec_plugin *exec_plugin_new(struct exec_plugins *pool)
{
	struct exec_plugin *p = mem_zeroed(1, sizeof *p);
	p->pool = pool;
	p->child = CHILD_NONE;
	p->out = buf_of_secret(OUTPUT_MAX_BYTES);
	p->complaint = buf_of_secret(COMPLAINT_MAX_BYTES);
	p->started_at = MONO_NEVER;
	return p;
}

/* Starting a run. */

/* KUBERNETES_EXEC_INFO: the request to the plugin. */
static char *info_of(const struct kubeconfig_exec *exec, const struct exec_cluster *cluster)
{
	struct buf info = buf_of(INFO_MAX_BYTES), ca = buf_of(INFO_MAX_BYTES);
	buf_puts(&info, "KUBERNETES_EXEC_INFO=");
	struct json_out json = {&info, false};
	json_open(&json, NULL, '{');
	json_put_text(&json, "apiVersion", exec->api_version);
	json_put_text(&json, "kind", "ExecCredential");
	json_open(&json, "spec", '{');
	json_put_bool(&json, "interactive", false);
	if (exec->wants_cluster) {
		json_open(&json, "cluster", '{');
		json_put_text(&json, "server", cluster->server);
		if (cluster->tls_server_name)
			json_put_text(&json, "tls-server-name", cluster->tls_server_name);
		if (cluster->insecure)
			json_put_bool(&json, "insecure-skip-tls-verify", true);
		if (cluster->proxy)
			json_put_text(&json, "proxy-url", cluster->proxy);
		if (cluster->ca_pem) {
			base64_encode(&ca, cluster->ca_pem, strlen(cluster->ca_pem));
			json_put_text(&json, "certificate-authority-data", buf_text(&ca));
		}
		if (exec->config)
			json_put_raw(&json, "config", exec->config);
		json_close(&json, '}');
	}
	json_close(&json, '}');
	json_close(&json, '}');
	buf_fini(&ca);
	return info.data;
}

static size_t count_of(char **texts)
{
	size_t count = 0;
	while (texts && texts[count])
		count++;
	return count;
}

/* Appends a variable unless the environment already has one of that name. */
static void add_variable(char **env, size_t *count, char *variable)
{
	size_t name = strcspn(variable, "=") + 1;
	for (size_t i = 0; i < *count; i++)
		if (strncmp(env[i], variable, name) == 0)
			return;
	env[(*count)++] = variable;
}

/* The plugin's environment: `info`, then the kubeconfig's variables, then ours. Of equal names the last counts. */
static char **environment_of(const struct kubeconfig_exec *exec, char *info)
{
	size_t count = 0, own = count_of(environ), more = count_of(exec->env);
	char **env = mem_zeroed(own + more + 2, sizeof *env);
	add_variable(env, &count, info);
	while (more-- > 0)
		add_variable(env, &count, exec->env[more]);
	for (size_t i = 0; i < own; i++)
		add_variable(env, &count, environ[i]);
	return env;
}

static void join_pool(struct exec_plugin *p)
{
	p->next = p->pool->running;
	p->pool->running = p;
	p->pool->count++;
}

static void start(
    struct exec_plugin *p, const struct kubeconfig_exec *exec, const struct exec_cluster *cluster, struct now now)
{
	p->started_at = now.mono;
	p->runs++;
	p->killed_for = NULL;
	snprintf(p->api_version, sizeof p->api_version, "%s", exec->api_version);

	char *info = info_of(exec, cluster);
	char **env = environment_of(exec, info);
	if (child_start(&p->child, p->pool->epoll_fd, exec->argv, env, &p->err))
		join_pool(p);
	mem_free_secret(&info);
	free(env);
}

/* Ending a run. */

static void leave_pool(struct exec_plugin *p)
{
	struct exec_plugin **at = &p->pool->running;
	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	p->pool->count--;
}

/* The first line of the plugin's stderr, made safe for the log: short, and without anything that looks like a token. */
static const char *complaint_of(struct exec_plugin *p)
{
	if (!p->complaint.data)
		return "stderr is empty";
	char *line = p->complaint.data, *token = strstr(line, "eyJ");
	line[strcspn(line, "\r\n")] = '\0';
	if (token)
		*token = '\0';
	else if (p->complaint.overflow && strlen(line) == p->complaint.len)
		text_mark_cut(line, p->complaint.len + 1, (int)p->complaint.len + 1);
	text_cut_tokens(line);
	struct buf shown = buf_of_secret(COMPLAINT_MAX_BYTES * sizeof(struct text_code));
	text_put(&shown, line, NULL);
	buf_fini(&p->complaint);
	p->complaint = shown;
	return buf_text(&p->complaint);
}

static void set_renewal(struct exec_plugin *p, wall_ms now)
{
	int64_t life_ms = p->fresh.expires.ms - now.ms;
	int64_t early_ms = life_ms / 4 < EARLY_MS ? life_ms / 4 : EARLY_MS;
	p->renew_at = wall_is_known(p->fresh.expires) ? (wall_ms){p->fresh.expires.ms - (early_ms > 0 ? early_ms : 0)}
						      : WALL_UNKNOWN;
}

/* Reads certificate and key, if there are any. False with `e` if they cannot be used. */
static bool read_certificate(struct exec_credential *c, struct certificate_facts *facts, wall_ms now, struct err *e)
{
	struct err why;
	if (!c->cert_pem)
		return true;
	if (!certificate_replace(&c->cert_pem, CERTIFICATE_CLIENT, now, facts, &why))
		return err_set(e, "clientCertificateData: %.250s", why.text);
	if (!certificate_replace(&c->key_pem, CERTIFICATE_KEY, now, NULL, &why))
		return err_set(e, "clientKeyData: %.250s", why.text);
	return certificate_has_key(c->cert_pem, c->key_pem) ||
	    err_set(e, "clientKeyData: not the key of clientCertificateData, %s", facts->subject);
}

static void finish(struct exec_plugin *p, int status, struct now now)
{
	struct exec_credential fresh;
	struct certificate_facts certificate = {.expires = WALL_UNKNOWN};
	struct err e;
	p->err.text[0] = '\0';
	if (p->killed_for)
		err_set(&p->err, "killed: %s", p->killed_for);
	else if (!WIFEXITED(status))
		err_set(&p->err, "ended by signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		err_set(&p->err, "exit status %d: %s", WEXITSTATUS(status), complaint_of(p));
	else if (!exec_credential_read(buf_text(&p->out), p->out.len, p->api_version, &fresh, &e))
		p->err = e;
	else if (!read_certificate(&fresh, &certificate, now.wall, &e)) {
		p->err = e;
		exec_credential_fini(&fresh);
	} else {
		exec_credential_fini(&p->fresh);
		p->fresh = fresh;
		p->fresh_certificate_expires = certificate.expires;
		p->has_fresh = true;
		set_renewal(p, now.wall);
	}
	buf_fini(&p->out);
	buf_fini(&p->complaint);
}

/* True when the plugin has ended. */
static bool move_on(struct exec_plugin *p, struct now now)
{
	bool has_ended = child_read(&p->child, &p->out, &p->complaint);
	if (!p->killed_for && p->out.overflow)
		p->killed_for = "stdout larger than 64 KiB";
	else if (!p->killed_for && !has_ended && mono_since(p->started_at, now.mono) >= TIMEOUT_MS)
		p->killed_for = "still running after 10 s";
	if (p->killed_for || has_ended)
		child_kill(&p->child); /* and what it has started */
	if (!has_ended)
		return false;
	leave_pool(p);
	finish(p, child_end(&p->child), now);
	return true;
}

bool exec_plugins_perform(struct exec_plugins *pool, struct now now)
{
	bool has_one_ended = false;
	for (struct exec_plugin *p = pool->running, *next; p; p = next) {
		next = p->next;
		has_one_ended |= move_on(p, now);
	}
	return has_one_ended;
}

void exec_plugin_move(struct exec_plugin *p, struct exec_plugins *pool)
{
	if (p->child.pid)
		leave_pool(p);
	p->pool = pool;
	if (!p->child.pid)
		return;
	join_pool(p);
	child_move(&p->child, pool->epoll_fd);
}

void exec_plugin_free(struct exec_plugin **plugin)
{
	struct exec_plugin *p = *plugin;
	if (!p)
		return;
	if (p->child.pid) {
		leave_pool(p);
		child_kill(&p->child);
		child_end(&p->child);
	}
	buf_fini(&p->out);
	buf_fini(&p->complaint);
	exec_credential_fini(&p->credential);
	exec_credential_fini(&p->fresh);
	free(p);
	*plugin = NULL;
}

/* Interface. */

void exec_plugin_refresh(struct exec_plugin *p, const struct kubeconfig_exec *exec, const struct exec_cluster *cluster,
    bool was_refused, struct now now)
{
	if (p->has_fresh) {
		exec_credential_fini(&p->credential);
		p->credential = p->fresh;
		p->certificate_expires = p->fresh_certificate_expires;
		p->fresh = (struct exec_credential){0};
		p->has_credential = true;
		p->has_fresh = was_refused = false; /* the 401 was for the previous credential */
	}
	if (p->child.pid)
		return;
	bool is_due = wall_is_known(p->renew_at) && now.wall.ms >= p->renew_at.ms;
	bool is_wanted = !p->has_credential || was_refused || is_due;
	int64_t gap_ms = p->runs ? (int64_t)GAP_MS << (p->runs < GAP_DOUBLINGS ? p->runs : GAP_DOUBLINGS) : 0;
	bool is_early = mono_since(p->started_at, now.mono) < gap_ms;
	if (!is_wanted && !is_early)
		p->runs = 0; /* the last run helped */
	if (is_wanted && !is_early && p->pool->count < RUNNING_MAX)
		start(p, exec, cluster, now);
}

const struct exec_credential *exec_plugin_credential(const struct exec_plugin *p)
{
	return p->has_credential ? &p->credential : NULL;
}

wall_ms exec_plugin_certificate_expiry(const struct exec_plugin *p)
{
	return p->has_credential && p->credential.cert_pem ? p->certificate_expires : WALL_UNKNOWN;
}

const char *exec_plugin_error(const struct exec_plugin *p)
{
	return p->err.text;
}
