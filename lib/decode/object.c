#include "decode/object.h"

#include "base/text.h"
#include "decode/quantity.h"
#include "decode/small.h"

#include <cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool object_open(struct object *o, const char *json, size_t len, struct err *e)
{
	struct cJSON *small = small_parse(json, len);
	*o = (struct object){.root = small ? small : json_parse_object(json, len, e), .is_small = small};
	if (!o->root)
		return false;
	o->metadata = json_object(&o->j, o->root, "metadata");
	o->labels = json_object(&o->j, o->metadata, "labels");
	o->spec = json_object(&o->j, o->root, "spec");
	o->status = json_object(&o->j, o->root, "status");
	return true;
}

void object_name(struct object *o, char *out, size_t size)
{
	const char *name = json_text(&o->j, o->metadata, "name");
	if (!name || !*name)
		json_fail(&o->j, "name", "of the metadata is missing");
	else if (strlen(name) >= size)
		json_fail(&o->j, "name", "of the metadata is too long");
	json_copy(&o->j, o->metadata, "name", out, size);
}

static void copy_whole(const cJSON *metadata, const char *name, char *out, size_t size)
{
	struct json j = {0};
	const char *text = json_text(&j, metadata, name);
	if (text && text_is_line(text) && strlen(text) < size)
		memcpy(out, text, strlen(text) + 1);
}

void object_identify(const char *json, size_t len, struct unreadable *out)
{
	struct json j = {0};
	cJSON *root = json_parse_object(json, len, NULL);
	const cJSON *metadata = json_object(&j, root, "metadata");
	copy_whole(metadata, "name", out->name, sizeof out->name);
	copy_whole(metadata, "namespace", out->namespace, sizeof out->namespace);
	cJSON_Delete(root);
}

bool object_close(struct object *o, const char *kind, struct err *e)
{
	if (o->j.has_failed)
		err_set(e, "not a valid %s: %.400s", kind, o->j.err.text);
	if (o->is_small)
		free(o->root);
	else
		cJSON_Delete(o->root);
	return !o->j.has_failed;
}

int64_t object_cpu_milli(struct json *j, const struct cJSON *resources)
{
	const cJSON *cpu = json_member(j, resources, "cpu");
	int64_t milli = 0;
	char number[32];
	const char *text = cpu ? cpu->valuestring : NULL;
	if (cJSON_IsNumber(cpu)) {
		snprintf(number, sizeof number, "%.15g", cpu->valuedouble);
		text = number;
	}
	if (cpu && (!text || !quantity_parse(text, 3, &milli, NULL)))
		json_fail(j, "cpu", "is not a quantity");
	return milli > 0 ? milli : 0;
}
