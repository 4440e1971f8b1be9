#define _GNU_SOURCE
#include "files.h"

#include "auth.h"
#include "state.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Writes under another name and renames, so that no reader ever meets half a file. */
static void write_file(const struct sim *sim, const char *name, mode_t mode, const char *contents)
{
	char *path = text_format("%s/%s", sim->dir, name);
	char *fresh = text_format("%s/.%s.new", sim->dir, name);
	int fd = open(fresh, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, mode);
	size_t len = strlen(contents);
	if (fd < 0 || fchmod(fd, mode) != 0 || write(fd, contents, len) != (ssize_t)len || close(fd) != 0 ||
	    rename(fresh, path) != 0)
		fatal("cannot write %s: %s", path, strerror(errno));
	free(fresh);
	free(path);
}

static void write_tokens(const struct sim *sim)
{
	write_file(sim, "spot-refresh-token", 0600, sim->refresh_token);
	for (size_t i = 0; i < sim->target_count; i++) {
		const struct target *t = &sim->targets[i];
		if (t->kind != TARGET_CLOUDSPACE)
			continue;
		char *name = text_format("%s.token", t->name);
		char *line = text_format("%s\n", t->token);
		write_file(sim, name, 0600, line);
		free(line);
		free(name);
	}
}

/* One cluster, user and context per cloudspace, all three of the cloudspace's name. */
static void write_kubeconfig(const struct sim *sim)
{
	char *ca = text_base64(sim->ca_pem, strlen(sim->ca_pem));
	struct text t;
	text_open(&t);
	fputs("apiVersion: v1\nkind: Config\npreferences: {}\nclusters:\n", t.out);
	for (size_t i = 2; i < sim->target_count; i++)
		fprintf(t.out,
		    "- name: %s\n  cluster:\n    certificate-authority-data: %s\n"
		    "    server: https://%s:%u\n",
		    sim->targets[i].name, ca, sim->listen, sim->targets[i].port);
	fputs("users:\n", t.out);
	for (size_t i = 2; i < sim->target_count; i++)
		fprintf(t.out, "- name: %s\n  user:\n    tokenFile: \"%s/%s.token\"\n", sim->targets[i].name, sim->dir,
		    sim->targets[i].name);
	fputs("contexts:\n", t.out);
	for (size_t i = 2; i < sim->target_count; i++)
		fprintf(t.out, "- name: %s\n  context:\n    cluster: %s\n    user: %s\n", sim->targets[i].name,
		    sim->targets[i].name, sim->targets[i].name);
	fprintf(t.out, "current-context: %s\n", sim->targets[2].name);
	char *text = text_take(&t, NULL);
	write_file(sim, "kubeconfig", 0600, text);
	free(text);
	free(ca);
}

static void write_side(FILE *out, const struct sim *sim, const char *side, const struct target *t)
{
	fprintf(out, "    %s: {cloudspace: %s, kubeconfig: \"%s/kubeconfig\", context: %s}\n", side, t->name, sim->dir,
	    t->name);
}

static void write_config(const struct sim *sim, char *const *poll, size_t poll_count)
{
	struct text t;
	text_open(&t);
	fprintf(t.out,
	    "spot:\n  api_url: https://%s:%u\n  auth_url: https://%s:%u\n  ca_file: \"%s/ca.crt\"\n"
	    "  refresh_token_file: \"%s/spot-refresh-token\"\n",
	    sim->listen, sim->targets[0].port, sim->listen, sim->targets[1].port, sim->dir, sim->dir);
	if (poll_count)
		fputs("poll:\n", t.out);
	for (size_t i = 0; i < poll_count; i++)
		fprintf(t.out, "  %s\n", poll[i]);
	fputs("pairs:\n", t.out);
	for (unsigned i = 0; i < sim->pairs; i++) {
		if (i)
			fprintf(t.out, "  - name: prod-%u\n", i + 1);
		else
			fputs("  - name: prod\n", t.out);
		write_side(t.out, sim, "primary", &sim->targets[2 + 2 * i]);
		write_side(t.out, sim, "secondary", &sim->targets[3 + 2 * i]);
	}
	char *text = text_take(&t, NULL);
	write_file(sim, "hawatch.yaml", 0644, text);
	free(text);
}

void files_write(const struct sim *sim, char *const *poll, size_t poll_count)
{
	write_tokens(sim);
	write_kubeconfig(sim);
	write_config(sim, poll, poll_count);
	char *url = text_format("http://%s:%u\n", sim->listen, sim->control.port);
	write_file(sim, "control.url", 0644, url);
	free(url);
}

void files_forget(const struct sim *sim)
{
	char *path = text_format("%s/control.url", sim->dir);
	unlink(path);
	free(path);
}
