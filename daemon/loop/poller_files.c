#include "base/mem.h"
#include "loop/poller.h"
#include "loop/poller_state.h"
#include "os/file_modes.h"
#include "os/log.h"

#include <stdlib.h>
#include <string.h>

enum { NAMED_MAX = 3, PROBLEM_MAX_BYTES = 4096 };

static void check_secret(const char *path, struct errs *found)
{
	if (path)
		file_modes_check(FILE_MODE_SECRET, path, found);
}

/* A text that stands in another file has a name that is no path, so nothing is found at it. */
static void check_side(const struct watched_side *side, struct errs *found)
{
	const struct kube_auth *auth = &side->kube.auth;
	const char *p = auth->conf->kubeconfig;
	while (p && *p) {
		size_t len = strcspn(p, ":");
		char *path = mem_copy_text(p, len);
		check_secret(len ? path : NULL, found);
		free(path);
		p += len + (p[len] == ':');
	}
	check_secret(auth->token.path, found);
	check_secret(auth->tls.key.path, found);
}

static bool has(const struct errs *errs, const char *text)
{
	for (size_t i = 0; errs && i < errs->count && i < ERRS_KEPT; i++)
		if (strcmp(errs->kept[i].text, text) == 0)
			return true;
	return false;
}

/* For people: the first ones, and how many more there are. */
static char *summary_of(const struct errs *found)
{
	struct buf text = buf_of(PROBLEM_MAX_BYTES);
	for (size_t i = 0; i < found->count && i < NAMED_MAX; i++)
		buf_printf(&text, "%s%s", i ? "; " : "", found->kept[i].text);
	if (found->count > NAMED_MAX)
		buf_printf(&text, "; and %zu more", found->count - NAMED_MAX);
	return text.data;
}

void poller_check_files(struct poller *p, const char *config_file, const struct poller *old)
{
	struct errs *found = mem_zeroed(1, sizeof *found);
	file_modes_check(FILE_MODE_CONFIG, config_file, found);
	if (p->conf->state_directory)
		file_modes_check(FILE_MODE_STATE, p->conf->state_directory, found);
	if (p->conf->has_spot)
		check_secret(p->conf->spot.refresh_token_file, found);
	check_secret(p->conf->peers.token_file, found);
	for (size_t i = 0; i < p->side_count; i++)
		check_side(&p->sides[i], found);
	for (size_t i = 0; i < found->count && i < ERRS_KEPT; i++)
		if (!old || !has(old->unsafe_files, found->kept[i].text))
			log_warn("a file is not safe from other users", "problem", found->kept[i].text);
	free(p->unsafe_files);
	free(p->unsafe_summary);
	p->unsafe_summary = summary_of(found);
	p->unsafe_files = found->count ? found : NULL;
	if (!found->count)
		free(found);
}
