/* A document's parts by their path, as jq would say it. Include below <cmocka.h>. */
#pragma once

#include <cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "sides.primary.parts.3.known"; the test fails where there is no such part. */
static inline const cJSON *at(const cJSON *json, const char *path)
{
	char part[64];

	for (const char *p = path; *p;) {
		size_t len = strcspn(p, ".");

		snprintf(part, sizeof part, "%.*s", (int)len, p);
		json = cJSON_IsArray(json) ? cJSON_GetArrayItem(json, atoi(part))
					   : cJSON_GetObjectItemCaseSensitive(json, part);
		if (!json)
			fail_msg("%s of %s is missing", part, path);
		p += len + (p[len] == '.');
	}
	return json;
}

/* Compares with `expected`, which is JSON. */
static inline void assert_at(const cJSON *json, const char *path, const char *expected)
{
	cJSON *want = cJSON_Parse(expected);
	char *found = cJSON_PrintUnformatted(at(json, path));

	assert_non_null(want);
	if (!cJSON_Compare(at(json, path), want, true))
		fail_msg("%s is %s, not %s", path, found, expected);
	cJSON_free(found);
	cJSON_Delete(want);
}
