/*
 * The key table behind conf.h: one row for each key, in file order. Everything else (defaults, filling, checking,
 * freeing, documentation) reads it. Private to conf*.c.
 */
#pragma once

#include "config/conf.h"
#include "config/yaml.h"

enum conf_type {
	CONF_TEXT,
	CONF_PATH,
	CONF_PATHS, /* value_paths() */
	CONF_URL,
	CONF_NAME,      /* value_name() */
	CONF_LABEL,     /* value_label() */
	CONF_SUBDOMAIN, /* value_subdomain() */
	CONF_LIST,      /* of texts, into a struct conf_list */
	CONF_URLS,      /* a list, each item a value_url() */
	CONF_PEERS,     /* a list, each item a value_peer() */
	CONF_DURATION,
	CONF_INTEGER,
	CONF_BOOLEAN,
	CONF_TYPES
};

enum conf_need {
	CONF_OPTIONAL,
	CONF_DERIVED,  /* the default is computed from other keys, see conf_check.c */
	CONF_REQUIRED, /* the section that it belongs to is required, too */
};

struct conf_key {
	const char *path; /* of conf_keys(); "[]" ends the name of a list of sections */
	enum conf_type type;
	enum conf_need need;
	size_t offset; /* of the value in its section: struct conf, or an item of a list of sections */
	const char *fallback;
	int64_t min, max; /* durations in ms, integers, and the number of items of a list (max 0: no limit) */
};

extern const struct conf_key conf_key_table[];
extern const size_t conf_key_count;

/* A list of sections. Its items are an array of structs of their own. */
struct conf_sections {
	const char *path;     /* without the "[]" at its end */
	const char *singular; /* the word for one item, for messages */
	size_t size;          /* of one item */
	size_t items, count;  /* offsets in the parent section: the array's pointer, and its length */
	size_t least, most;
};

extern const struct conf_sections conf_sections_table[];
extern const size_t conf_sections_count;

/* Whether the value is a struct conf_list. */
bool conf_is_list(enum conf_type type);

/* True when `path` is a key or list of the section with the name ("pairs[]." or "") in its first `len` bytes. */
bool conf_is_in_section(const char *path, const char *section, size_t len);

/* Frees the values of one section; `name` is for example "pairs[].", or "" for the whole file. */
void conf_free_section(const char *name, char *base);

/* Fills `conf` from `root` and from the table's defaults; mistakes go to `errs`. */
void conf_fill(struct conf *conf, const char *file, const struct yaml_node *root, struct errs *errs);

/*
 * Derives the defaults that depend on other keys, and checks the rules between keys. A rule is skipped when a value
 * that it needs was already reported as a mistake.
 */
void conf_check(struct conf *conf, const struct yaml_node *root, struct errs *errs);
