/* hawatch.yaml: what was accepted keeps to the key table, and written out again it reads the same.
 */
#include "base/buf.h"
#include "config/conf_table.h"
#include "config/value.h"
#include "fuzz.h"

#define FILE_NAME "/etc/hawatch/hawatch.yaml"
#define SECRET "eyJhbGciOiJSUzI1NiJ9" /* seeds hold it in places where people paste tokens */

/* In double quotes, with everything escaped that YAML might read otherwise. */
static void write_text(struct buf *out, const char *text)
{
	buf_putc(out, '"');
	for (const unsigned char *p = (const unsigned char *)text; *p;) {
		int more = *p < 0x80 ? 0 : *p < 0xE0 ? 1 : *p < 0xF0 ? 2 : 3;
		unsigned code = more ? *p & (0x3FU >> more) : *p;
		for (p++; more > 0 && *p; more--)
			code = code << 6 | (*p++ & 0x3FU);
		buf_printf(out, "\\U%08X", code);
	}
	buf_putc(out, '"');
}

static void write_value(struct buf *out, const struct conf_key *key, const void *at)
{
	const struct conf_list *list = at;
	if (key->type == CONF_BOOLEAN)
		buf_puts(out, *(const bool *)at ? "true" : "false");
	else if (key->type == CONF_INTEGER)
		buf_printf(out, "%lld", (long long)*(const int64_t *)at);
	else if (key->type == CONF_DURATION)
		buf_puts(out, value_duration_text(*(const int64_t *)at).text);
	else if (key->type != CONF_LIST && key->type != CONF_URLS)
		write_text(out, *(char *const *)at);
	else {
		buf_putc(out, '[');
		for (size_t i = 0; i < list->count; i++) {
			write_text(out, list->v[i]);
			buf_putc(out, ',');
		}
		buf_putc(out, ']');
	}
}

/* Checks a value against its row; true when it says anything. */
static bool is_set(const struct conf_key *key, const void *at)
{
	if (key->type == CONF_INTEGER || key->type == CONF_DURATION) {
		int64_t n = *(const int64_t *)at;
		PROMISE((n == 0 && !key->fallback[0]) || (n >= key->min && n <= key->max));
		return n || key->fallback[0];
	}
	if (key->type > CONF_SUBDOMAIN)
		return true;
	const char *text = *(char *const *)at;
	PROMISE(text ? *text : key->need == CONF_OPTIONAL);
	return text;
}

/* The keys of one section, such as "poll.", each with a comma behind. */
static void write_section(struct buf *out, const char *section, const void *base)
{
	for (size_t i = 0; i < conf_key_count; i++) {
		const struct conf_key *key = &conf_key_table[i];
		const char *name = key->path + strlen(section);
		const void *at = (const char *)base + key->offset;
		if (strncmp(key->path, section, strlen(section)) != 0 || name[strcspn(name, ".[")] || !is_set(key, at))
			continue;
		buf_printf(out, "%s: ", name);
		write_value(out, key, at);
		buf_puts(out, ", ");
	}
}

static struct buf written(const struct conf *conf)
{
	static const char *const sections[] = {"runners", "argocd", "primary", "secondary"};
	struct buf out = buf_of(YAML_BYTES_MAX);
	if (conf->has_spot) {
		buf_puts(&out, "spot: {");
		write_section(&out, "spot.", conf);
		buf_puts(&out, "}\n");
	}
	if (conf->state_directory) {
		buf_puts(&out, "state_directory: ");
		write_text(&out, conf->state_directory);
		buf_putc(&out, '\n');
	}
	buf_puts(&out, "poll: {");
	write_section(&out, "poll.", conf);
	buf_puts(&out, "}\npairs:\n");
	for (size_t p = 0; p < conf->pair_count; p++) {
		buf_puts(&out, "- {");
		write_section(&out, "pairs[].", &conf->pairs[p]);
		for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
			char section[64];
			snprintf(section, sizeof section, "pairs[].%s.", sections[i]);
			buf_printf(&out, "%s: {", sections[i]);
			write_section(&out, section, &conf->pairs[p]);
			buf_puts(&out, "}, ");
		}
		buf_puts(&out, "extra: [");
		for (size_t i = 0; i < conf->pairs[p].extra_count; i++) {
			buf_puts(&out, "{");
			write_section(&out, "pairs[].extra[].", &conf->pairs[p].extras[i]);
			buf_puts(&out, "}, ");
		}
		buf_puts(&out, "]}\n");
	}
	PROMISE(!out.overflow);
	return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct errs errs; /* 16 KiB */
	errs = (struct errs){0};
	struct conf *conf = conf_parse(FILE_NAME, (const char *)bytes, len, &errs);
	PROMISE(!conf == (errs.count > 0));
	fuzz_check_errs(&errs, FILE_NAME);
	for (size_t i = 0; i < errs.count && i < ERRS_KEPT; i++)
		PROMISE(!strstr(errs.kept[i].text, SECRET));
	if (!conf)
		return 0;

	PROMISE(conf->pair_count > 0);
	struct buf once = written(conf);
	conf_free(&conf);
	PROMISE(!conf);
	conf = conf_parse(FILE_NAME, buf_text(&once), once.len, &errs);
	if (!conf)
		fprintf(stderr, "%s\nin:\n%s\n", errs.kept[0].text, buf_text(&once));
	PROMISE(conf && errs.count == 0);
	struct buf twice = written(conf);
	PROMISE(strcmp(buf_text(&once), buf_text(&twice)) == 0);
	conf_free(&conf);
	buf_fini(&once);
	buf_fini(&twice);
	return 0;
}
