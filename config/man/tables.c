/*
 * The parts of the manual that the tables of the core know: items of an mdoc list on stdout.
 * usage: tables keys|web-keys|metrics
 */
#include "base/duration.h"
#include "config/conf.h"
#include "config/web_conf_table.h"
#include "render/metrics.h"

#include <stdio.h>
#include <string.h>

/* Text in which nothing is a request of mdoc: a line of its own, or an argument in quotes. */
static void put_escaped(const char *text)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", stdout);
	for (; *text; text++)
		if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == '"')
			fputs("\\(dq", stdout);
		else
			putchar(*text);
}

/* What stands in a table is about its key: a sentence without its subject. */
static void put_help(const char *text)
{
	put_escaped(text);
	puts(text[strlen(text) - 1] == '.' ? "" : ".");
}

static void put_quoted(const char *before, const char *text)
{
	printf("%s \"", before);
	put_escaped(text);
	printf("\"");
}

static void put_number(const struct conf_key_doc *key, int64_t n)
{
	struct buf text = buf_of(64);
	if (strcmp(key->type, "duration") == 0)
		duration_put_exact(&text, n);
	else
		buf_printf(&text, "%lld", (long long)n);
	printf("%s", buf_text(&text));
	buf_fini(&text);
}

static void put_bounds(const struct conf_key_doc *key)
{
	if (!key->max)
		return;
	if (strcmp(key->type, "list") == 0)
		printf("At most %lld items.\n", (long long)key->max);
	else {
		printf("From ");
		put_number(key, key->min);
		printf(" to ");
		put_number(key, key->max);
		printf(".\n");
	}
}

static void put_keys(void)
{
	const struct conf_key_doc *keys;
	size_t count = conf_keys(&keys);
	for (size_t i = 0; i < count; i++) {
		const struct conf_key_doc *key = &keys[i];
		if (strstr(key->path, ".secondary.") || strstr(key->path, ".extra[]."))
			continue; /* those of the primary */
		printf(".It Cm %s Pq %s", key->path, key->type);
		if (strcmp(key->fallback, "required") == 0)
			printf(" , required");
		else if (*key->fallback)
			put_quoted(" , default Ql", key->fallback);
		putchar('\n');
		put_help(key->help);
		put_bounds(key);
	}
}

static const char *const web_types[WEB_TYPES] = {
    [WEB_TYPE_TEXT] = "text",
    [WEB_TYPE_FILE] = "path",
    [WEB_TYPE_PEM] = "text",
    [WEB_TYPE_TEXTS] = "list",
    [WEB_TYPE_WORD] = "word",
    [WEB_TYPE_WORDS] = "list",
    [WEB_TYPE_BOOLEAN] = "boolean",
    [WEB_TYPE_COUNT] = "integer",
    [WEB_TYPE_DURATION] = "duration",
    [WEB_TYPE_USERS] = "map",
};

static void put_words(const struct web_key *key)
{
	for (size_t i = 0; i < key->word_count; i++)
		printf("%s\n.Ql %s%s", i ? "" : "One of", key->words[i], i + 1 < key->word_count ? " ," : " .\n");
}

static void put_web_keys(void)
{
	for (size_t i = 0; i < web_conf_key_count; i++) {
		const struct web_key *key = &web_conf_keys[i];
		if (!key->help)
			continue;
		/* `headers` is the only section within another. */
		const char *above = strcmp(key->section, "headers") == 0 ? "http_server_config." : "";
		printf(".It Cm %s%s%s%s Pq %s", above, key->section, *key->section ? "." : "", key->name,
		    web_types[key->type]);
		if (*key->fallback)
			put_quoted(" , default Ql", key->fallback);
		putchar('\n');
		put_help(key->help);
		put_words(key);
	}
}

static void put_metrics(void)
{
	struct metrics_doc m;
	for (size_t i = 0; metrics_describe(i, &m); i++) {
		bool is_histogram = strcmp(m.type, "histogram") == 0;
		const char *const labels[] = {m.subject, m.labels, is_histogram ? "le" : ""};
		printf(".It Sy %s Pq %s\n", m.name, m.type);
		put_help(m.help);
		const char *before = "Labels: ";
		for (size_t k = 0; k < sizeof labels / sizeof *labels; k++)
			if (*labels[k]) {
				printf("%s%s", before, labels[k]);
				before = ", ";
			}
		if (*before == ',')
			printf(".\n");
	}
}

int main(int argc, char *argv[])
{
	static const struct {
		const char *name;
		void (*put)(void);
	} parts[] = {{"keys", put_keys}, {"web-keys", put_web_keys}, {"metrics", put_metrics}};
	for (size_t i = 0; argc == 2 && i < sizeof parts / sizeof *parts; i++)
		if (strcmp(argv[1], parts[i].name) == 0) {
			puts(".Bl -tag -width Ds");
			parts[i].put();
			puts(".El");
			return fflush(stdout) != 0;
		}
	fprintf(stderr, "usage: tables keys|web-keys|metrics\n");
	return 2;
}
