/* Which modes and owners of files are safe from other users, and what to do about the others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/file_mode.h"

enum { US = 998, OTHER = 1000, OTHERS_GROUP = 50 };

/* What is read below: the process is user 998; "f" is the file. */
static const struct {
	const char *name;
	enum file_mode_use use;
	unsigned bits, owner;
	bool is_group_trusted;
	const char *problem; /* NULL: it is safe */
} rows[] = {
    {"a secret of ours", FILE_MODE_SECRET, 0600, US, true, NULL},
    {"read-only", FILE_MODE_SECRET, 0400, US, true, NULL},
    {"root's, read by our group, as systemd hands it out", FILE_MODE_SECRET, 0640, 0, true, NULL},
    {"changed by our group", FILE_MODE_SECRET, 0660, US, true, NULL},
    {"everybody reads it", FILE_MODE_SECRET, 0644, US, true,
	"every user of this machine can read it; run chmod 0600 f"},
    {"everybody reads and changes it", FILE_MODE_SECRET, 0666, US, true,
	"every user of this machine can read and change it; run chmod 0600 f"},
    {"everybody changes it", FILE_MODE_SECRET, 0602, US, true,
	"every user of this machine can change it; run chmod 0600 f"},
    {"root's: with 0600 we could not read it", FILE_MODE_SECRET, 0644, 0, true,
	"every user of this machine can read it; run chown 998 f and chmod 0600 f"},
    {"another group reads it", FILE_MODE_SECRET, 0640, US, false,
	"every member of group 50 can read it; run chmod 0600 f"},
    {"others may execute it: nothing", FILE_MODE_SECRET, 0611, US, false, NULL},
    {"another user's secret", FILE_MODE_SECRET, 0600, OTHER, false, NULL},

    {"a configuration that everybody reads", FILE_MODE_CONFIG, 0644, 0, true, NULL},
    {"everybody changes it", FILE_MODE_CONFIG, 0666, 0, true,
	"every user of this machine can change it; run chmod go-w f"},
    {"another group changes it", FILE_MODE_CONFIG, 0664, 0, false,
	"every member of group 50 can change it; run chmod go-w f"},
    {"our group changes it", FILE_MODE_CONFIG, 0664, 0, true, NULL},
    {"another user's", FILE_MODE_CONFIG, 0600, OTHER, true, "its owner, user 1000, can change it; run chown 0 f"},
    {"ours", FILE_MODE_CONFIG, 0600, US, true, NULL},

    {"a folder", FILE_MODE_FOLDER, 0755, 0, false, NULL},
    {"everybody changes it", FILE_MODE_FOLDER, 0777, 0, true,
	"every user of this machine can change it; run chmod go-w f"},
    {"as /tmp", FILE_MODE_FOLDER, 01777, 0, true, NULL},
    {"another user's", FILE_MODE_FOLDER, 0755, OTHER, true, "its owner, user 1000, can change it; run chown 0 f"},
    {"another user's, as /tmp", FILE_MODE_FOLDER, 01777, OTHER, true,
	"its owner, user 1000, can change it; run chown 0 f"},

    {"a state directory", FILE_MODE_STATE, 0750, US, false, NULL},
    {"as /tmp", FILE_MODE_STATE, 01777, 0, true, "every user of this machine can change it; run chmod go-w f"},
    {"another user's", FILE_MODE_STATE, 0777, OTHER, true, "its owner, user 1000, can change it; run chown 998 f"},
};

static void modes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct file_mode mode = {rows[i].bits, rows[i].owner, OTHERS_GROUP, US, rows[i].is_group_trusted};
		struct err e = {""};
		bool is_safe = file_mode_is_safe(&mode, rows[i].use, "f", &e);
		if (is_safe != !rows[i].problem || strcmp(e.text, is_safe ? "" : rows[i].problem) != 0)
			fail_msg("row %zu, %s: %s", i, rows[i].name, e.text);
	}
}

/* Root reads every file, whoever owns it. */
static void for_root(void **state)
{
	struct file_mode mode = {0644, OTHER, OTHERS_GROUP, 0, false};
	struct err e;

	(void)state;
	assert_false(file_mode_is_safe(&mode, FILE_MODE_SECRET, "f", &e));
	assert_string_equal(e.text, "every user of this machine can read it; run chmod 0600 f");
	mode = (struct file_mode){0644, US, OTHERS_GROUP, 0, false};
	assert_false(file_mode_is_safe(&mode, FILE_MODE_CONFIG, "f", &e));
}

static void folders_that_hide(void **state)
{
	static const struct {
		unsigned bits, owner;
		bool is_group_trusted, hides;
	} folders[] = {
	    {0700, US, false, true}, {0700, 0, false, true}, {0750, 0, true, true},
	    {0750, 0, false, false}, /* a group that is not ours */
	    {0744, US, true, true},  /* its names are read, but nothing in it */
	    {0711, US, true, false}, {0755, 0, true, false}, {0700, OTHER, true, false}, /* its owner */
	};

	(void)state;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		struct file_mode mode = {
		    folders[i].bits, folders[i].owner, OTHERS_GROUP, US, folders[i].is_group_trusted};
		if (file_mode_hides(&mode) != folders[i].hides)
			fail_msg("folder %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(modes),
	    cmocka_unit_test(for_root),
	    cmocka_unit_test(folders_that_hide),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
