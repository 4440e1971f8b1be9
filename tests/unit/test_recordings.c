/*
 * Every recording of a real API server: lists are read as lists, whole and in pieces; nothing else is
 * taken for one; and errors give up the sentence that a person needs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decode/items.h"
#include "decode/refusal.h"
#include "recording.h"

#include <dirent.h>

enum { NO_LIST = -1 };

static const struct row {
	const char *name;
	int status;
	const char *kind; /* of a list; NULL: no list */
	int items;
	bool has_more;    /* metadata.continue is set */
	const char *says; /* how an error's text begins; "" for none */
} rows[] = {
    /* clang-format off */
	{"kube/400-bad-continue",               400, NULL, NO_LIST, false, "invalid continue token: "},
	{"kube/401-no-token",                   401, NULL, NO_LIST, false, "Unauthorized"},
	{"kube/401-wrong-token",                401, NULL, NO_LIST, false, "Unauthorized"},
	{"kube/403-missing-crd-not-in-rbac",    403, NULL, NO_LIST, false, "things.nosuch.example is forbidden: User \"monitor\" cannot list"},
	{"kube/403-no-rights",                  403, NULL, NO_LIST, false, "nodes is forbidden: User \"nobody\" cannot list resource \"nodes\""},
	{"kube/404-missing-crd",                404, NULL, NO_LIST, false, "404 page not found"},
	{"kube/404-named-object",               404, NULL, NO_LIST, false, "nodes \"no-such-node\" not found"},
	{"kube/406-table-without-group",        406, NULL, NO_LIST, false, "only the following media types are accepted"},
	{"kube/410-expired-continue",           410, NULL, NO_LIST, false, "The provided continue parameter is too old"},
	{"kube/429-first-list-applications",    429, NULL, NO_LIST, false, "storage is (re)initializing"},
	{"kube/429-first-list-ephemeralrunners",429, NULL, NO_LIST, false, "storage is (re)initializing"},
	{"kube/applications",                   429, NULL, NO_LIST, false, "storage is (re)initializing"},
	{"kube/autoscalinglisteners",           200, "AutoscalingListenerList", 1, false, ""},
	{"kube/autoscalingrunnersets",          200, "AutoscalingRunnerSetList", 1, false, ""},
	{"kube/deployments-controller",         200, "DeploymentList", 1, false, ""},
	{"kube/ephemeralrunners",               200, "EphemeralRunnerList", 19, false, ""},
	{"kube/ephemeralrunnersets",            200, "EphemeralRunnerSetList", 1, false, ""},
	{"kube/leases",                         200, "LeaseList", 12, false, ""},
	{"kube/livez-verbose",                  200, NULL, NO_LIST, false, ""},
	{"kube/nodes",                          200, "NodeList", 12, false, ""},
	{"kube/nodes-as-curl",                  200, "NodeList", 2, true, ""},
	{"kube/nodes-gzip",                     200, NULL, NO_LIST, false, ""}, /* libcurl's to unpack */
	{"kube/nodes-page-1",                   200, "NodeList", 5, true, ""},
	{"kube/nodes-page-2",                   200, "NodeList", 5, true, ""},
	{"kube/nodes-page-3",                   200, "NodeList", 2, false, ""},
	{"kube/nodes-rv0",                      200, "NodeList", 12, false, ""},
	{"kube/pods-empty-namespace",           200, "PodList", 0, false, ""},
	{"kube/pods-listener",                  200, "PodList", 1, false, ""},
	{"kube/pods-metadata-only",             200, "PartialObjectMetadataList", 5, true, ""},
	{"kube/pods-runners",                   200, "PodList", 17, false, ""},
	{"kube/pods-table",                     200, NULL, NO_LIST, false, ""}, /* rows, no items */
	{"kube/readyz",                         200, NULL, NO_LIST, false, ""},
	{"kube/version",                        200, NULL, NO_LIST, false, ""},
	{"spot/404-cloudspace",                 404, NULL, NO_LIST, false, "cloudspaces.ngpc.rxt.io \"destroyed\" not found"},
	{"spot/cloudspace",                     200, NULL, NO_LIST, false, ""},
	{"spot/cloudspaces",                    200, "CloudSpaceList", 4, false, ""},
	{"spot/ondemandnodepools",              200, "OnDemandNodePoolList", 1, false, ""},
	{"spot/spotnodepools",                  200, "SpotNodePoolList", 5, false, ""},
	{"spot/spotnodepools-by-label",         200, "SpotNodePoolList", 0, false, ""},
	{"spot/spotnodepools-page-1",           200, "SpotNodePoolList", 2, true, ""},
	{"spot/spotnodepools-page-2",           200, "SpotNodePoolList", 2, true, ""},
	{"spot/spotnodepools-page-3",           200, "SpotNodePoolList", 1, false, ""},
    /* clang-format on */
};
enum { ROWS = sizeof rows / sizeof *rows };

static const struct row *find(const char *folder, const char *file)
{
	char name[300];
	snprintf(name, sizeof name, "%s/%s", folder, file);
	for (size_t i = 0; i < ROWS; i++) {
		size_t len = strlen(rows[i].name);
		if (strncmp(name, rows[i].name, len) == 0 && strcmp(name + len, ".http") == 0)
			return &rows[i];
	}
	return NULL;
}

static void every_recording_has_a_row(void **state)
{
	static const char *const folders[] = {"kube", "spot"};
	size_t seen = 0;
	(void)state;
	for (int i = 0; i < 2; i++) {
		char path[64];
		snprintf(path, sizeof path, "tests/fixtures/%s", folders[i]);
		DIR *dir = opendir(path);
		assert_non_null(dir);
		for (struct dirent *entry; (entry = readdir(dir));) {
			if (!strstr(entry->d_name, ".http"))
				continue;
			seen++;
			if (!find(folders[i], entry->d_name))
				fail_msg("no row for %s/%s", folders[i], entry->d_name);
		}
		closedir(dir);
	}
	assert_int_equal(seen, ROWS);
}

static const struct member members[] = {READ_METADATA(READ("uid")), MEMBERS_END};

static bool take(void *ctx, const char *json, size_t len, struct err *e)
{
	(void)ctx;
	(void)e;
	return len >= 2 && json[0] == '{' && json[len - 1] == '}' && strncmp(json, "{\"metadata\":{", 13) == 0;
}

/* Reads a body in pieces of `piece` bytes as a list of `kind`; the number of items, NO_LIST on failure. */
static int read_list(const struct recording *r, size_t piece, const char *kind, struct buf *next)
{
	struct items it;
	struct err e;
	bool is_good = true;
	items_init(&it, members, take, NULL);
	for (size_t at = 0; is_good && at < r->len; at += piece)
		is_good = items_feed(&it, r->body + at, r->len - at < piece ? r->len - at : piece, &e);
	is_good = is_good && items_finish(&it, kind, next, &e) && !it.unreadable.count;
	int count = is_good ? (int)it.count : NO_LIST;
	items_fini(&it);
	return count;
}

static void lists(void **state)
{
	static const size_t pieces[] = {SIZE_MAX / 2, 16384, 61, 1};
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		char name[200];
		snprintf(name, sizeof name, "%s.http", rows[i].name);
		struct recording r = recording_read(name);
		assert_int_equal(r.status, rows[i].status);
		for (size_t k = 0; k < sizeof pieces / sizeof *pieces; k++) {
			struct buf next = buf_of(4096);
			int count = read_list(&r, pieces[k], rows[i].kind ? rows[i].kind : "NodeList", &next);
			if (count != rows[i].items || (next.len > 0) != rows[i].has_more)
				fail_msg("%s in pieces of %zu: %d items, continue %s", name, pieces[k], count,
				    buf_text(&next));
			buf_fini(&next);
		}
		free(r.file);
	}
}

static void errors(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].status == 200)
			continue;
		char name[200];
		snprintf(name, sizeof name, "%s.http", rows[i].name);
		struct recording r = recording_read(name);
		struct refusal refusal = refusal_read(r.body, r.len, NULL, 0);
		bool is_plain = strcmp(rows[i].name, "kube/404-missing-crd") == 0;
		assert_int_equal(refusal.form, is_plain ? REFUSAL_TEXT : REFUSAL_STATUS);
		if (strncmp(refusal.text, rows[i].says, strlen(rows[i].says)) != 0)
			fail_msg("%s says: %s", name, refusal.text);
		free(r.file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_recording_has_a_row),
	    cmocka_unit_test(lists),
	    cmocka_unit_test(errors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
