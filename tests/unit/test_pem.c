/* Blocks of a PEM text, where kubectl and OpenSSL find them. */
#include "config/pem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define BEGIN(label) "-----BEGIN " label "-----\n"
#define END(label) "-----END " label "-----\n"
#define BLOCK(label) BEGIN(label) "MIIB\n" END(label)

/* "LABEL@LINE" for each block, then "-", or "cut" after the one that is. */
static void list(const char *text, char *out, size_t size)
{
	struct pem_rest rest = {text, strlen(text), 0};
	struct pem_block block;
	enum pem_found found;
	size_t len = 0;
	while ((found = pem_next(&rest, &block)) != PEM_NONE && found != PEM_CUT_SHORT)
		len +=
		    (size_t)snprintf(out + len, size - len, "%.*s@%zu ", (int)block.label_len, block.label, block.line);
	if (found == PEM_CUT_SHORT)
		snprintf(out + len, size - len, "%.*s@%zu cut", (int)block.label_len, block.label, block.line);
	else
		snprintf(out + len, size - len, "-");
}

static void test_blocks(void **state)
{
	static const char *const rows[][2] = {
	    {"", "-"},
	    {"prose\n", "-"},
	    {BLOCK("CERTIFICATE"), "CERTIFICATE@1 -"},
	    {BLOCK("CERTIFICATE") "text\n" BLOCK("RSA PRIVATE KEY") "text", "CERTIFICATE@1 RSA PRIVATE KEY@5 -"},
	    {"\xEF\xBB\xBF" BLOCK("CERTIFICATE"), "CERTIFICATE@1 -"},
	    {"-----BEGIN A-----\t \r\nMIIB\r\n-----END A-----", "A@1 -"},
	    {"text\n" BEGIN("A") "MIIB\n", "A@2 cut"},
	    {BEGIN("A") "MIIB\n" BLOCK("A"), "A@1 cut"},
	    {BEGIN("A") "MIIB\n" END("B"), "A@1 cut"},
	    {BEGIN("A") END("AB") END("A"), "A@1 -"},
	    {" " BLOCK("A"), "-"},
	    {"text " BLOCK("A"), "-"},
	    {"-" BLOCK("A"), "-"},
	    {"-----BEGIN A----\n" END("A"), "-"},
	    {"-----BEGIN -----\n", "-"},
	    {"-----BEGIN a-----\n", "-"},
	    {"-----BEGIN A----- text\n" END("A"), "-"},
	    {BEGIN("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNO"), "-"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char found[200];
		list(rows[i][0], found, sizeof found);
		assert_string_equal(found, rows[i][1]);
	}
}

static void test_kinds(void **state)
{
	static const char text[] = BLOCK("PRIVATE KEY") BLOCK("RSA PRIVATE KEY") BLOCK("NONPRIVATE KEY");
	struct pem_rest rest = {text, sizeof text - 1, 0};
	struct pem_block block;
	(void)state;
	assert_int_equal(pem_next(&rest, &block), PEM_BLOCK);
	assert_true(pem_is_kind(&block, "PRIVATE KEY") && pem_is_labelled(&block, "PRIVATE KEY"));
	assert_memory_equal(block.bytes, text, block.len);
	assert_int_equal(block.len, strlen(BLOCK("PRIVATE KEY")) - 1);
	assert_int_equal(pem_next(&rest, &block), PEM_BLOCK);
	assert_true(pem_is_kind(&block, "PRIVATE KEY") && !pem_is_labelled(&block, "PRIVATE KEY"));
	assert_int_equal(pem_next(&rest, &block), PEM_BLOCK);
	assert_false(pem_is_kind(&block, "PRIVATE KEY") || pem_is_kind(&block, "A LABEL THAT IS LONGER THAN IT"));
	assert_int_equal(pem_next(&rest, &block), PEM_NONE);
}

static void test_guesses(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *guess;
	} rows[] = {
	    {"", 0, "empty"},
	    {"\xFF\xFE-\0", 4, "UTF-16"},
	    {"\xFE\xFF\0-", 4, "UTF-16"},
	    {"\x30\x82\x01\x0A\x02\x01", 6, "binary data"},
	    {"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t", 36, "base64 of a PEM text"},
	    {"MIIBszCC", 8, "base64 without its BEGIN and END lines"},
	    {"  " BEGIN("CERTIFICATE"), 30, "BEGIN line is damaged"},
	    {"----BEGIN A-----\n" END("A"), 33, "BEGIN line is damaged"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_non_null(strstr(pem_guess(rows[i].bytes, rows[i].len), rows[i].guess));
	assert_null(pem_guess("prose", 5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_blocks),
	    cmocka_unit_test(test_kinds),
	    cmocka_unit_test(test_guesses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
