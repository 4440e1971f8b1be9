/*
 * The key table behind web_conf.h: one row for each key. Filling, checking and freeing read it. Private to web_conf*.c.
 */
#pragma once

#include "config/web_conf.h"
#include "config/yaml.h"

enum web_type {
	WEB_TYPE_TEXT,     /* char *, the value of a header */
	WEB_TYPE_FILE,     /* the file of a struct web_pem */
	WEB_TYPE_PEM,      /* the text of a struct web_pem */
	WEB_TYPE_TEXTS,    /* struct conf_list */
	WEB_TYPE_WORD,     /* int: an index of `words` */
	WEB_TYPE_WORDS,    /* struct web_words */
	WEB_TYPE_BOOLEAN,  /* bool */
	WEB_TYPE_COUNT,    /* int64_t, from 0 */
	WEB_TYPE_DURATION, /* int64_t, nanoseconds, as Go writes them */
	WEB_TYPE_MAP,      /* a section of keys of this table */
	WEB_TYPE_USERS,    /* names to hashes */
	WEB_TYPES
};

struct web_key {
	const char *section; /* "" for the file itself */
	const char *name;
	enum web_type type;
	size_t offset; /* in struct web_conf */
	const char *const *words;
	size_t word_count;
	const char *fallback, *help; /* of the manual; NULL for a section */
};

extern const struct web_key web_conf_keys[];
extern const size_t web_conf_key_count;

/* Fills `conf`, which has its defaults, from `root`; mistakes go to `errs`. */
void web_conf_fill(struct web_conf *conf, const struct yaml_node *root, struct errs *errs);

/* Fills `conf->users`. */
void web_conf_users_fill(struct web_conf *conf, const struct yaml_node *map, struct errs *errs);

/* Checks the rules between keys. */
void web_conf_check(struct web_conf *conf, const struct yaml_node *root, struct errs *errs);
