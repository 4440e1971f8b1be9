#include "auth/kubeconfig_files.h"

#include "auth/watched_file.h"
#include "base/mem.h"
#include "config/value.h"
#include "os/files.h"

#include <stdlib.h>
#include <string.h>

enum { FILES_MAX = VALUE_PATHS_MAX, KUBECONFIG_MAX_BYTES = 8 << 20, FORCED_APART_MS = 1000 };

/* The files of one `kubeconfig:` key. */
struct list {
	struct list *next;
	char *paths; /* as configured */
	char *path[FILES_MAX];
	struct file_stamp stamp[FILES_MAX];
	size_t count;
	mono_ms read_at;
	uint64_t hash;              /* of the content; reading is cheap, parsing is not */
	unsigned version;           /* incremented with each new content */
	struct kubeconfig_set *set; /* NULL after all sides had time to pick from it */
	mono_ms parsed_at;
	struct errs errs; /* of the last read */
};

struct kubeconfig_files {
	struct list *first;
};

struct kubeconfig_files *kubeconfig_files_new(void)
{
	return mem_zeroed(1, sizeof(struct kubeconfig_files));
}

void kubeconfig_files_free(struct kubeconfig_files **all)
{
	if (!*all)
		return;
	for (struct list *l; (l = (*all)->first);) {
		(*all)->first = l->next;
		for (size_t i = 0; i < l->count; i++)
			free(l->path[i]);
		kubeconfig_set_free(&l->set);
		free(l->paths);
		free(l);
	}
	free(*all);
	*all = NULL;
}

static struct list *list_of(struct kubeconfig_files *all, const char *paths)
{
	for (struct list *l = all->first; l; l = l->next)
		if (strcmp(l->paths, paths) == 0)
			return l;
	struct list *l = mem_zeroed(1, sizeof *l);
	l->paths = mem_copy_text(paths, strlen(paths));
	l->read_at = l->parsed_at = MONO_NEVER;
	for (const char *p = paths; *p && l->count < FILES_MAX;) {
		size_t len = strcspn(p, ":");
		if (len)
			l->path[l->count++] = mem_copy_text(p, len);
		p += len + (p[len] == ':');
	}
	l->next = all->first;
	return all->first = l;
}

/* FNV-1a: a fast hash is enough, because an attacker gains nothing from a collision. */
static uint64_t hash_of(const struct kubeconfig_file *files, size_t count)
{
	uint64_t h = 0xcbf29ce484222325;
	for (size_t f = 0; f < count; f++)
		for (size_t i = 0; i <= files[f].len; i++)
			h = (h ^ (unsigned char)files[f].bytes[i]) * 0x100000001b3;
	return h;
}

static void parse_list(struct list *l, const struct kubeconfig_file *files, uint64_t hash, mono_ms now)
{
	struct kubeconfig_set *set = kubeconfig_set_parse(files, l->count, &l->errs);
	if (!set)
		return;
	kubeconfig_set_free(&l->set);
	l->set = set;
	l->parsed_at = now;
	l->version += hash != l->hash || !l->version;
	l->hash = hash;
}

/* Reads all files of the list. Parses them if the content is new or `must_parse`. */
static void read_list(struct list *l, bool must_parse, mono_ms now)
{
	struct kubeconfig_file files[FILES_MAX];
	char *texts[FILES_MAX] = {0};
	struct err e;
	l->errs = (struct errs){0};
	l->read_at = now;
	for (size_t i = 0; i < l->count; i++) {
		l->stamp[i] = file_stamp_of(l->path[i]);
		files[i].name = l->path[i];
		files[i].bytes = texts[i] = files_read(l->path[i], KUBECONFIG_MAX_BYTES, &files[i].len, &e);
		if (!texts[i])
			errs_add(&l->errs, (struct place){.file = "kubeconfig"}, "%s", e.text);
	}
	if (l->count == 0)
		errs_add(&l->errs, (struct place){.file = "kubeconfig"}, "no path; expected the path of a file");
	uint64_t hash = l->errs.count ? 0 : hash_of(files, l->count);
	if (l->errs.count == 0 && (must_parse || hash != l->hash || !l->version))
		parse_list(l, files, hash, now);
	else if (mono_since(l->parsed_at, now) >= FILE_TRUSTED_MS)
		kubeconfig_set_free(&l->set); /* every side has picked its context by now */
	for (size_t i = 0; i < l->count; i++)
		mem_free_secret(&texts[i]);
}

static bool has_changed(const struct list *l)
{
	for (size_t i = 0; i < l->count; i++) {
		struct file_stamp stamp = file_stamp_of(l->path[i]);
		if (!file_stamp_is_same(&stamp, &l->stamp[i]))
			return true;
	}
	return false;
}

static bool repeat(const struct errs *mistakes, struct errs *errs)
{
	for (size_t i = 0; i < mistakes->count; i++, errs->count++)
		if (i < ERRS_KEPT && errs->count < ERRS_KEPT)
			errs->kept[errs->count] = mistakes->kept[i];
	return mistakes->count == 0;
}

bool kubeconfig_files_refresh(
    struct kubeconfig_files *all, const char *paths, bool must_read, mono_ms now, unsigned *version, struct errs *errs)
{
	struct list *l = list_of(all, paths);
	int64_t age_ms = mono_since(l->read_at, now);
	bool is_wanted = must_read || l->errs.count; /* what could not be read is tried again */
	if (age_ms >= FILE_TRUSTED_MS || (is_wanted && age_ms >= FORCED_APART_MS) || has_changed(l))
		read_list(l, false, now);
	*version = l->version;
	return repeat(&l->errs, errs);
}

bool kubeconfig_files_pick(struct kubeconfig_files *all, const char *paths, const struct kubeconfig_want *want,
    mono_ms now, struct kubeconfig *out, struct errs *errs)
{
	struct list *l = list_of(all, paths);
	if (!l->set)
		read_list(l, true, now);
	return l->set ? kubeconfig_pick(l->set, want, out, errs) : repeat(&l->errs, errs);
}
