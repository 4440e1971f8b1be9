/* Bodies of errors as a log may show them: what the server says, and never what it was told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decode/refusal.h"
#include "recording.h"

#define WITHHELD "(the server's message is not shown: it repeats a part of the credential)"
#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN

static const struct {
	const char *name, *body;
	enum refusal_form form;
	const char *text;
} rows[] = {
    {"nothing", "", REFUSAL_BARE, ""},
    {"blank lines", "\r\n \n\t", REFUSAL_BARE, ""},
    {"plain text", "404 page not found\n", REFUSAL_TEXT, "404 page not found"},
    {"the first line only", "\n\nToo many requests\r\nplease\n", REFUSAL_TEXT, "Too many requests"},
    {"a Status", "{\"kind\":\"Status\",\"message\":\"nodes is forbidden\",\"code\":403}", REFUSAL_STATUS,
	"nodes is forbidden"},
    {"a Status without a word", "{\"kind\":\"Status\",\"message\":\"\"}", REFUSAL_STATUS, ""},
    {"a message of two lines", "{\"kind\":\"Status\",\"message\":\"one\\ntwo\"}", REFUSAL_STATUS, "one"},
    {"OAuth", "{\"error\":\"invalid_grant\",\"error_description\":\"Unknown refresh token.\"}", REFUSAL_TEXT,
	"Unknown refresh token."},
    {"a message of another API", "{\"message\":\"no\"}", REFUSAL_TEXT, "no"},
    {"a message of the wrong type", "{\"kind\":\"Status\",\"message\":7}", REFUSAL_STATUS,
	"{\"kind\":\"Status\",\"message\":7}"},
    {"JSON of two objects", "{} {}", REFUSAL_TEXT, "{} {}"},
    {"cut JSON", "{\"kind\":\"Status\",\"mess", REFUSAL_TEXT, "{\"kind\":\"Status\",\"mess"},
    {"a terminal's orders", "red \x1b[31m\x07 alert\x7f", REFUSAL_TEXT, "red ?[31m? alert?"},
    {"a terminal's orders, C1",
	"a\xc2\x9b"
	"31mb",
	REFUSAL_TEXT, "a?31mb"},
    {"UTF-8 stays", "nicht erlaubt: \xc3\xbc", REFUSAL_TEXT, "nicht erlaubt: \xc3\xbc"},
    {"a line that is turned around", "ab\xe2\x80\xae cd", REFUSAL_TEXT, "ab\\u202e cd"},
    {"what is no UTF-8", "\xff\xfe no", REFUSAL_TEXT, "?? no"},
    {"200 bytes", FIFTY FIFTY FIFTY FIFTY, REFUSAL_TEXT, FIFTY FIFTY FIFTY FIFTY},
    {"201 bytes", FIFTY FIFTY FIFTY FIFTY "x", REFUSAL_TEXT, FIFTY FIFTY FIFTY TEN TEN TEN TEN "0123456..."},
    {"cut before a character", FIFTY FIFTY FIFTY TEN TEN TEN TEN "012345\xc3\xbc" TEN, REFUSAL_TEXT,
	FIFTY FIFTY FIFTY TEN TEN TEN TEN "012345..."},
    /* the credentials: "AbCdEfGhIjKl", "short", "user:pa/ss+wd" */
    {"the bearer", "bad token AbCdEfGhIjKl", REFUSAL_TEXT, WITHHELD},
    {"eight of its characters", "bad token dEfGhIjK...", REFUSAL_TEXT, WITHHELD},
    {"seven of its characters", "bad token dEfGhIj...", REFUSAL_TEXT, "bad token dEfGhIj..."},
    {"behind an escape", "{\"kind\":\"Status\",\"message\":\"AbCd\\u0045fGhI\"}", REFUSAL_STATUS, WITHHELD},
    {"in base64", "you sent QWJDZEVmR2hJakts", REFUSAL_TEXT, WITHHELD},
    {"as Basic has it", "Authorization: Basic dXNlcjpwYS9zcyt3ZA==", REFUSAL_TEXT, WITHHELD},
    {"a piece of that", "... cjpwYS9z ...", REFUSAL_TEXT, WITHHELD},
    {"as a form has it", "token=user%3Apa%2Fss%2Bwd", REFUSAL_TEXT, WITHHELD},
    {"a piece of that, too", "got pa%2Fss%2", REFUSAL_TEXT, WITHHELD},
    {"another's base64", "you sent c29tZWJvZHk6ZWxzZQ==", REFUSAL_TEXT, "you sent c29tZWJvZHk6ZWxzZQ=="},
    {"a short secret", "it was short", REFUSAL_TEXT, WITHHELD},
    {"its end cut off by the ceiling", FIFTY FIFTY FIFTY TEN TEN TEN "012345678AbCdEfGhIjKl", REFUSAL_TEXT, WITHHELD},
    {"too little of it before the ceiling", FIFTY FIFTY FIFTY TEN TEN TEN TEN "AbCdEfGhIjKl", REFUSAL_TEXT,
	FIFTY FIFTY FIFTY TEN TEN TEN TEN "AbCdEfG..."},
};

static void body_to_line(void **state)
{
	static const char *const secrets[] = {"AbCdEfGhIjKl", NULL, "", "short", "user:pa/ss+wd"};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct refusal r =
		    refusal_read(rows[i].body, strlen(rows[i].body), secrets, sizeof secrets / sizeof *secrets);
		if (r.form != rows[i].form || strcmp(r.text, rows[i].text) != 0)
			fail_msg("%s: form %d \"%s\"; expected form %d \"%s\"", rows[i].name, r.form, r.text,
			    rows[i].form, rows[i].text);
	}
}

/* The real server's words, which tell the two kinds of 404 apart. */
static void recordings(void **state)
{
	static const struct {
		const char *file;
		enum refusal_form form;
		const char *text;
	} answers[] = {
	    {"kube/404-missing-crd.http", REFUSAL_TEXT, "404 page not found"},
	    {"kube/404-named-object.http", REFUSAL_STATUS, "nodes \"no-such-node\" not found"},
	    {"kube/403-no-rights.http", REFUSAL_STATUS,
		"nodes is forbidden: User \"nobody\" cannot list resource \"nodes\" in API group "
		"\"\" "
		"at the cluster scope"},
	    {"kube/401-wrong-token.http", REFUSAL_STATUS, "Unauthorized"},
	    {"kube/429-first-list-applications.http", REFUSAL_STATUS, "storage is (re)initializing"},
	    {"kube/406-table-without-group.http", REFUSAL_STATUS,
		"only the following media types are accepted: application/json, application/yaml, "
		"application/vnd.kubernetes.protobuf"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		struct recording it = recording_read(answers[i].file);
		struct refusal r = refusal_read(it.body, it.len, NULL, 0);
		assert_string_equal(r.text, answers[i].text);
		assert_int_equal(r.form, answers[i].form);
		free(it.file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(body_to_line),
	    cmocka_unit_test(recordings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
