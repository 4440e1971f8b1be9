/*
 * What the simulator leaves in its folder: a CA and a certificate made anew, and everything that a
 * daemon needs to find and trust the services.
 */
#pragma once

#include <stddef.h>

struct sim;

/* Makes a CA and a server certificate with the openssl command; leaves ca.crt in the folder. */
void files_make_pki(struct sim *sim);

/*
 * Writes the tokens, kubeconfig and hawatch.yaml, and control.url last and by rename, so that who
 * sees it sees all. `poll` are lines for the file's `poll:` section.
 */
void files_write(const struct sim *sim, char *const *poll, size_t poll_count);

/* Takes control.url away: what it names is gone, or not there yet. */
void files_forget(const struct sim *sim);
