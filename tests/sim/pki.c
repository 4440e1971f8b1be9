#define _GNU_SOURCE
#include "files.h"
#include "state.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* The whole of openssl's configuration, so that the machine's own does not matter. */
static const char CONFIG[] =
    "[req]\n"
    "distinguished_name = name\n"
    "prompt = no\n"
    "[name]\n"
    "O = hawatch-sim\n"
    "[ca]\n"
    "basicConstraints = critical, CA:TRUE\n"
    "keyUsage = critical, keyCertSign, cRLSign\n"
    "subjectKeyIdentifier = hash\n"
    "[server]\n"
    "basicConstraints = critical, CA:FALSE\n"
    "keyUsage = critical, digitalSignature\n"
    "extendedKeyUsage = serverAuth\n"
    "subjectAltName = IP:%s, IP:127.0.0.1, IP:::1, DNS:localhost, DNS:kubernetes, DNS:*.sim.example\n"
    "[another]\n"
    "subjectAltName = DNS:another.example\n";

static char *path_of(const struct sim *sim, const char *name)
{
	return text_format("%s/%s", sim->dir, name);
}

static char *read_whole(const char *path)
{
	struct text t;
	FILE *in = fopen(path, "re");
	if (!in)
		fatal("cannot read %s: %s", path, strerror(errno));
	text_open(&t);
	for (int c; (c = getc(in)) != EOF;)
		putc(c, t.out);
	fclose(in);
	return text_take(&t, NULL);
}

/* Runs openssl, its chatter going to a log that is kept only if it fails. */
static void run_openssl(const struct sim *sim, char *const *argv)
{
	char *log = path_of(sim, "openssl.log");
	posix_spawn_file_actions_t to_log;
	posix_spawn_file_actions_init(&to_log);
	posix_spawn_file_actions_addopen(&to_log, 2, log, O_CREAT | O_WRONLY | O_TRUNC, 0644);
	pid_t pid;
	int status = 0;
	int failed = posix_spawnp(&pid, "openssl", &to_log, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&to_log);
	if (failed)
		fatal("cannot run openssl: %s; install the package openssl", strerror(failed));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status)
		fatal("openssl could not make a certificate; see %s", log);
	unlink(log);
	free(log);
}

void files_make_pki(struct sim *sim)
{
	char *config = path_of(sim, "openssl.cnf");
	char *ca = path_of(sim, "ca.crt"), *ca_key = path_of(sim, "ca.key");
	char *cert = path_of(sim, "server.crt"), *key = path_of(sim, "server.key");
	char *bad = path_of(sim, "bad.crt");
	FILE *out = fopen(config, "we");
	if (!out)
		fatal("cannot write %s: %s", config, strerror(errno));
	fprintf(out, CONFIG, *sim->listen == '[' ? "127.0.0.1" : sim->listen);
	if (fclose(out) != 0)
		fatal("cannot write %s: %s", config, strerror(errno));

	char *make_ca[] = {"openssl", "req", "-x509", "-config", config, "-extensions", "ca", "-newkey", "ec",
	    "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-days", "365", "-subj",
	    "/O=hawatch-sim/CN=hawatch-sim CA", "-keyout", ca_key, "-out", ca, NULL};
	char *make_cert[] = {"openssl", "req", "-x509", "-config", config, "-extensions", "server", "-newkey", "ec",
	    "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-days", "365", "-subj",
	    "/O=hawatch-sim/CN=kube-apiserver", "-CA", ca, "-CAkey", ca_key, "-keyout", key, "-out", cert, NULL};
	run_openssl(sim, make_ca);
	run_openssl(sim, make_cert);
	sim->ca_pem = read_whole(ca);
	sim->key_pem = read_whole(key);
	sim->cert_pem[IDENTITY_GOOD] = read_whole(cert);

	/* The same key with other certificates. The foreign one has signed itself. */
	char *make_foreign[] = {"openssl", "req", "-x509", "-config", config, "-extensions", "server", "-key", key,
	    "-days", "365", "-subj", "/O=hawatch-sim/CN=kube-apiserver", "-out", bad, NULL};
	char *make_expired[] = {"openssl", "x509", "-in", bad, "-days", "-1", "-set_serial", "2", "-CA", ca, "-CAkey",
	    ca_key, "-out", bad, NULL};
	char *make_other_name[] = {"openssl", "req", "-x509", "-config", config, "-extensions", "another", "-key", key,
	    "-days", "365", "-subj", "/O=hawatch-sim/CN=another", "-CA", ca, "-CAkey", ca_key, "-out", bad, NULL};
	run_openssl(sim, make_foreign);
	sim->cert_pem[IDENTITY_FOREIGN_CA] = read_whole(bad);
	run_openssl(sim, make_expired);
	sim->cert_pem[IDENTITY_EXPIRED] = read_whole(bad);
	run_openssl(sim, make_other_name);
	sim->cert_pem[IDENTITY_WRONG_NAME] = read_whole(bad);

	/* Only ca.crt is of use to others, and no key should outlive the start. */
	char *passing[] = {config, ca_key, cert, key, bad};
	for (size_t i = 0; i < sizeof passing / sizeof *passing; i++) {
		unlink(passing[i]);
		free(passing[i]);
	}
	free(ca);
}
