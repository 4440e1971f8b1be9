/*
 * YAML as kubectl reads it in kubeconfigs, and as it is read in our own configuration. Each row says where such a text
 * comes from, and gives the tree or the mistake: `=x` is a text, `#x` a number, `?x` a boolean, `~` null, `%` bytes.
 * tests/field/kubeconfig.sh compares the same kinds of input with kubectl itself.
 */
#include "base/buf.h"
#include "base/mem.h"
#include "config/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void put(struct buf *out, const struct yaml_node *node)
{
	switch (node->kind) {
	case YAML_NULL: buf_puts(out, "~"); break;
	case YAML_TEXT: buf_printf(out, "=%s", node->text); break;
	case YAML_NUMBER: buf_printf(out, "#%s", node->text); break;
	case YAML_BOOLEAN: buf_puts(out, yaml_scalar_is_true(node->text) ? "?true" : "?false"); break;
	case YAML_BYTES: buf_puts(out, "%"); break;
	case YAML_REFUSED: buf_puts(out, "!"); break;
	case YAML_LIST:
	case YAML_MAP:
		buf_putc(out, node->kind == YAML_LIST ? '[' : '{');
		for (size_t i = 0; i < node->count; i++) {
			const struct yaml_node *item = &node->items[i];
			if (node->kind == YAML_MAP && yaml_find(node, item->key, strlen(item->key)) != item)
				continue; /* replaced by another of this key */
			if (out->data[out->len - 1] != (node->kind == YAML_LIST ? '[' : '{'))
				buf_putc(out, ' ');
			if (node->kind == YAML_MAP)
				buf_printf(out, "%s", item->key);
			put(out, item);
		}
		buf_putc(out, node->kind == YAML_LIST ? ']' : '}');
		break;
	}
}

/* The tree, or the first mistake. */
static struct buf read_text(const char *text, size_t len, enum yaml_manner manner)
{
	struct errs *errs = mem_zeroed(1, sizeof *errs);
	struct buf out = buf_of(1 << 20);
	struct yaml_node *root = yaml_tree_parse("f", text, len, manner, errs);
	if (errs->count)
		buf_printf(&out, "%s", errs->kept[0].text);
	else
		put(&out, root);
	yaml_tree_free(&root);
	free(errs);
	return out;
}

#define SAME NULL

static const struct {
	const char *source, *text;
	const char *kubectl, *strict; /* SAME: as kubectl */
} rows[] = {
    /* booleans, numbers, texts */
    {"booleans of YAML 1.1", "[y, Yes, ON, True, n, No, off, FALSE]",
	"[?true ?true ?true ?true ?false ?false ?false ?false]", SAME},
    {"no booleans", "[yEs, oN, t, tRUE, 'true', \"yes\", !!str no]", "[=yEs =oN =t =tRUE =true =yes =no]", SAME},
    {"booleans by tag", "[!!bool \"true\", !!bool off]", "[?true ?false]", SAME},
    {"nothing", "[null, Null, NULL, ~, {a}, !!null '']", "[~ ~ ~ ~ {a~} ~]", SAME},
    {"no nothing", "['', \"null\", nULL, none]", "[= =null =nULL =none]", SAME},
    {"numbers (kubernetes 85394)", "[433e40, 0x1F, 0b11, 0o17, 017, 1_000, -1, +.5, 1., .inf, -.INF, .NaN]",
	"[#433e40 #0x1F #0b11 #0o17 #017 #1_000 #-1 #+.5 #1. #.inf #-.INF #.NaN]", SAME},
    {"no numbers", "[1e400, 0xG, 0b12, 1e, -, +, ., _1, 1.2.3, 1:30, 2024-01-01, .nAn, 0x10000000000000000]",
	"[=1e400 =0xG =0b12 =1e =- =+ =. =_1 =1.2.3 =1:30 =2024-01-01 =.nAn =0x10000000000000000]", SAME},
    {"an account's number in quotes (Alibaba)", "\"279979740599990001\"", "=279979740599990001", SAME},
    {"and without (Tencent)", "100000123456", "#100000123456", SAME},
    {"a word after digits", "0a3654cf.0", "=0a3654cf.0", SAME},
    {"number by tag", "[!!int 5, !!float 5, !!str 5]", "[#5 #5 =5]", SAME},
    {"number by tag that is none", "!!int five", "f:1:1: `!!int` before a value of another kind", SAME},

    /* tags */
    {"binary", "[!!binary aGVsbG8=, !!binary \"aGVs\\nbG8=\"]", "[=hello =hello]", SAME},
    {"binary block (sofka 635)", "a: !!binary |\n  aGVs\n  bG8=\nb: c\n", "{a=hello b=c}", SAME},
    {"binary that is no text", "[!!binary //79, !!binary AGE=]", "[% %]", SAME},
    {"binary that is no base64", "!!binary '%%'", "f:1:1: `!!binary` before a text that is not base64", SAME},
    {"a NUL", "[\"a\\0b\"]", "[%]", SAME},
    {"tags of collections", "!!map {a: !!seq [b]}", "{a[=b]}", SAME},
    {"tags of others", "[!Ref a, !!set {b}, ! c]", "[=a {b~} =c]",
	"f:1:2: an unknown tag (!); expected a value without it"},

    /* anchors and aliases */
    {"one CA for all clusters (kubectx 436)", "[{ca: &ca LS0t}, {ca: *ca}, {ca: *ca}]",
	"[{ca=LS0t} {ca=LS0t} {ca=LS0t}]", SAME},
    {"a mapping", "a: &a {b: [1, {c: d}]}\nb: *a\n", "{a{b[#1 {c=d}]} b{b[#1 {c=d}]}}", SAME},
    {"an alias of an alias", "[&a x, &b [*a], *b]", "[=x [=x] [=x]]", SAME},
    {"defined again", "[&a x, &a z, *a]", "[=x =z =z]", SAME},
    {"as a key", "{&k server: *k, *k : z}", "{server=z}",
	"f:1:17: `server` is already in line 1; expected each key once"},
    {"not defined", "[*a, &a x]", "f:1:2: `*a` without a `&a` before it", SAME},
    {"itself", "&a [*a]", "f:1:5: `*a` inside the value that it stands for", SAME},
    {"itself, though another was defined", "[&a x, &a [*a]]", "f:1:12: `*a` inside the value that it stands for", SAME},
    {"its place is where the value stands", "x: &a [\n  b]\ny: {<<: *a}\n",
	"f:2:3: `<<`: a text; expected a mapping, or a list of mappings", SAME},

    /* merge keys */
    {"a default replaced", "{<<: {a: 1, b: 2}, a: 3}", "{b#2 a#3}", SAME},
    {"a default after its replacement", "{a: 3, <<: {a: 1, b: 2}}", "{a#1 b#2}", "{a#3 b#2}"},
    {"a list of defaults", "{<<: [{a: 1}, {a: 2, b: 2}]}", "{b#2 a#1}", SAME},
    {"two merge keys", "{<<: {a: 1}, <<: {a: 2}}", "{a#2}", SAME},
    {"a default of a default", "[&a {x: 1}, &b {<<: *a, y: 2}, {<<: *b, y: 3}]", "[{x#1} {x#1 y#2} {x#1 y#3}]", SAME},
    {"in quotes it is a key", "{\"<<\": {a: 1}}", "{<<{a#1}}", SAME},
    {"by tag", "{!!merge \"<<\": {a: 1}}", "{a#1}", SAME},
    {"a value", "[<<]", "[=<<]", SAME},
    {"of nothing", "{<<: }", "f:1:6: `<<`: nothing; expected a mapping, or a list of mappings", SAME},
    {"of a list of texts", "{<<: [a]}", "f:1:7: `<<`: a text; expected a mapping, or a list of mappings", SAME},

    /* keys */
    {"twice", "{a: 1, a: 2}", "{a#2}", "f:1:8: `a` is already in line 1; expected each key once"},
    {"twice, in another way", "a: 1\n\"a\": 2\n", "{a#2}", "f:2:1: `a` is already in line 1; expected each key once"},
    {"a number or a boolean", "{1: a, yes: b}", "{1=a yes=b}", SAME},
    {"nothing", "{~: a}", "f:1:2: nothing as a key; expected a text", SAME},
    {"a list", "{[a]: b}", "f:1:2: a list as a key; expected a text", SAME},

    /* documents and bytes */
    {"a separator at the end", "a: b\n---\n", "{a=b}", SAME},
    {"and a comment", "a: b\n---\n# c\n", "{a=b}", SAME},
    {"the end marked", "a: b\n...\n", "{a=b}", SAME},
    {"a separator at the beginning", "---\na: b\n", "{a=b}", SAME},
    {"two files in one", "a: b\n---\na: c\n", "{a=b}", "f:3:1: a second document; expected one per file"},
    {"and the second is none", "a: b\n---\n]\n", "{a=b}",
	"f:3:1: not valid YAML: did not find expected node content (while "
	"parsing a block node)"},
    {"empty", "", "~", SAME},
    {"a directive", "%YAML 1.1\n---\na: b\n", "{a=b}", SAME},
    {"BOM (PowerShell)",
	"\xef\xbb\xbf"
	"a: b\n",
	"{a=b}", SAME},
    {"CR LF", "a: b\r\nc:\r\n- d\r\n", "{a=b c[=d]}", SAME},
    {"tabs between words", "a:\tb\t# c\n", "{a=b}", SAME},
    {"tabs before words", "a:\n\tb: c\n",
	"f:2:1: not valid YAML: found character that cannot start any token (while scanning "
	"for the next token)",
	SAME},
    {"JSON", "{\"a\":\"b\\/c\",\n\t\"d\":[true,null,1e3]}", "{a=b/c d[?true ~ #1e3]}", SAME},
    {"a control character", "a: \x01\n", "f:1:4: not UTF-8 text: control characters are not allowed; expected YAML",
	SAME},
};

static void test_rows(void **state)
{
	size_t wrong = 0;
	for (size_t i = 0; i < 2 * (sizeof rows / sizeof *rows); i++) {
		size_t row = i / 2;
		enum yaml_manner manner = i % 2 ? YAML_STRICT : YAML_AS_KUBECTL;
		const char *right = manner == YAML_STRICT && rows[row].strict ? rows[row].strict : rows[row].kubectl;
		struct buf found = read_text(rows[row].text, strlen(rows[row].text), manner);
		if (strcmp(buf_text(&found), right) != 0) {
			print_error("%s, %s: %s\nexpected %s\nfound    %s\n", rows[row].source,
			    manner == YAML_STRICT ? "strict" : "as kubectl", rows[row].text, right, buf_text(&found));
			wrong++;
		}
		buf_fini(&found);
	}
	assert_int_equal(wrong, 0);
	(void)state;
}

/* What PowerShell writes with `>`. */
static void test_utf16(void **state)
{
	static const char little[] = "\xff\xfe"
				     "a\0:\0 \0b\0\n",
			  big[] = "\xfe\xff"
				  "\0a\0:\0 \0b\0\n";
	for (int i = 0; i < 2; i++) {
		struct buf found = read_text(i ? big : little, sizeof little, YAML_AS_KUBECTL);
		assert_string_equal(buf_text(&found), "{a=b}");
		buf_fini(&found);
	}
	(void)state;
}

/* Ten to the ninth values in 500 bytes, and the same by merge keys; and a chain of aliases as deep as it is long. */
static void test_bombs(void **state)
{
	static const struct {
		const char *first, *open, *part, *close, *mistake;
	} bombs[] = {
	    {"a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n", "[", "*a%d,", "]", "aliases that stand for more than 100000 values"},
	    {"a0: &a0 {x: y}\n", "{", "k%d: *a%d,", "}", "aliases that stand for more than 100000 values"},
	};
	for (size_t b = 0; b < sizeof bombs / sizeof *bombs; b++) {
		struct buf text = buf_of(1 << 16);
		buf_puts(&text, bombs[b].first);
		for (int level = 1; level < 10; level++) {
			buf_printf(&text, "a%d: &a%d %s", level, level, bombs[b].open);
			for (int i = 0; i < 10; i++)
				if (b)
					buf_printf(&text, "k%d: *a%d,", i, level - 1);
				else
					buf_printf(&text, "*a%d,", level - 1);
			buf_printf(&text, "%s\n", bombs[b].close);
		}
		for (int manner = 0; manner < 2; manner++) {
			struct buf found = read_text(buf_text(&text), text.len, manner);
			assert_non_null(strstr(buf_text(&found), bombs[b].mistake));
			buf_fini(&found);
		}
		buf_fini(&text);
	}
	struct buf wide = buf_of(1 << 20), deep = buf_of(1 << 20);
	buf_puts(&wide, "a: &a {");
	for (int i = 0; i < 500; i++)
		buf_printf(&wide, "k%d: x,", i);
	buf_puts(&wide, "}\nb: [");
	for (int i = 0; i < 500; i++)
		buf_puts(&wide, "{<<: *a},");
	buf_puts(&wide, "]\n");
	buf_puts(&deep, "a0: &a0 {k: x}\n");
	for (int i = 1; i < 40; i++)
		buf_printf(&deep, "a%d: &a%d {k: {<<: *a%d}, l: {<<: [*a%d]}}\n", i, i, i - 1, i - 1);
	for (int i = 0; i < 4; i++) {
		struct buf *text = i < 2 ? &wide : &deep;
		struct buf found = read_text(buf_text(text), text->len, i % 2);
		assert_non_null(strstr(buf_text(&found), "aliases that stand for more than 100000 values"));
		buf_fini(&found);
	}
	buf_fini(&wide);
	buf_fini(&deep);
	(void)state;
}

static void test_limits(void **state)
{
	struct buf text = buf_of(1 << 20);
	for (int i = 0; i <= YAML_ANCHORS_MAX; i++)
		buf_printf(&text, "- &a%d x\n", i);
	struct buf found = read_text(buf_text(&text), text.len, YAML_AS_KUBECTL);
	assert_string_equal(buf_text(&found), "f:1025:3: more than 1024 anchors (&)");
	buf_fini(&found);
	buf_reset(&text);
	struct buf values = buf_of(YAML_BYTES_MAX);
	for (int i = 0; i <= YAML_VALUES_MAX; i++)
		buf_puts(&values, i ? "x," : "[");
	found = read_text(buf_text(&values), values.len, YAML_AS_KUBECTL);
	assert_string_equal(buf_text(&found), "f:1:2097152: more than 1048576 values");
	buf_fini(&found);
	buf_fini(&values);
	for (int i = 0; i < YAML_DEPTH_MAX; i++)
		buf_putc(&text, '[');
	for (int i = 0; i < YAML_DEPTH_MAX; i++)
		buf_putc(&text, ']');
	found = read_text(buf_text(&text), text.len, YAML_STRICT);
	assert_string_equal(buf_text(&found), buf_text(&text));
	buf_fini(&found);
	buf_fini(&text);
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_utf16),
	    cmocka_unit_test(test_bombs),
	    cmocka_unit_test(test_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
