#include "auth/spot_env.h"

#include "base/mem.h"
#include "config/spot_config.h"
#include "config/value.h"
#include "os/files.h"
#include "os/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SPOT_CONFIG_MAX_BYTES = 64 << 10 };

static bool parse_path(const char *text, char **out, struct err *e)
{
	return value_path("", text, out, e);
}

static const struct {
	const char *variable, *key;
	bool (*parse)(const char *text, char **out, struct err *e);
	size_t value, is_set; /* offsets in struct conf_spot; SIZE_MAX: set if the value is not NULL */
} fallbacks[] = {
    {"SPOT_BASE_URL", "spot.api_url", value_url, offsetof(struct conf_spot, api_url),
	offsetof(struct conf_spot, has_api_url)},
    {"SPOT_AUTH_URL", "spot.auth_url", value_url, offsetof(struct conf_spot, auth_url),
	offsetof(struct conf_spot, has_auth_url)},
    {"RXTSPOT_CLIENT_ID", "spot.client_id", value_text, offsetof(struct conf_spot, client_id),
	offsetof(struct conf_spot, has_client_id)},
    {"RXTSPOT_TOKEN_FILE", "spot.refresh_token_file", parse_path, offsetof(struct conf_spot, refresh_token_file),
	SIZE_MAX},
};

/* Variables in which other tools expect the token. */
static const char *const secrets[] = {"RXTSPOT_TOKEN", "SPOT_REFRESH_TOKEN", "RACKSPACE_REFRESH_TOKEN"};

/* The variable's text; NULL if it is not set or empty. */
static const char *variable(const char *name)
{
	const char *text = getenv(name);
	return text && *text ? text : NULL;
}

static bool apply_variables(struct conf_spot *conf, struct errs *errs)
{
	size_t mistakes = errs->count;
	for (size_t i = 0; i < sizeof fallbacks / sizeof *fallbacks; i++) {
		char **value = (void *)((char *)conf + fallbacks[i].value), *parsed = NULL;
		bool is_set = fallbacks[i].is_set == SIZE_MAX ? *value != NULL
							      : *(bool *)(void *)((char *)conf + fallbacks[i].is_set);
		const char *text = is_set ? NULL : variable(fallbacks[i].variable);
		struct err e;
		if (!text)
			continue;
		if (!fallbacks[i].parse(text, &parsed, &e)) {
			errs_add(errs, (struct place){.file = fallbacks[i].variable},
			    "%s (in the environment; %s takes precedence)", e.text, fallbacks[i].key);
			continue;
		}
		free(*value);
		*value = parsed;
		log_info(
		    "value taken from the environment", "variable", fallbacks[i].variable, "for", fallbacks[i].key);
	}
	return errs->count == mistakes;
}

/* $HOME/.spot_config, if it exists. A daemon often has no HOME; that is no error. */
static char *find_spot_config(void)
{
	const char *home = variable("HOME");
	if (!home)
		return NULL;
	size_t size = strlen(home) + sizeof "/.spot_config";
	char *path = mem_zeroed(size, 1);
	snprintf(path, size, "%s/.spot_config", home);
	struct stat st;
	if (stat(path, &st) == 0)
		return path;
	free(path);
	return NULL;
}

static bool complain_of_no_token(struct errs *errs)
{
	const char *in_environment = NULL;
	for (size_t i = 0; i < sizeof secrets / sizeof *secrets && !in_environment; i++)
		if (variable(secrets[i]))
			in_environment = secrets[i];
	struct place at = {.file = "spot.refresh_token_file"};
	if (in_environment)
		return errs_add(errs, at,
		    "missing. %s is not used, because other processes can see the environment; write the token "
		    "into a file of mode 0600 and set its path here",
		    in_environment);
	return errs_add(errs, at,
	    "missing; set the path of a file with the refresh token here or in RXTSPOT_TOKEN_FILE, or set "
	    "refreshToken in ~/.spot_config");
}

bool spot_env_apply(struct conf_spot *conf, struct errs *errs)
{
	if (!apply_variables(conf, errs))
		return false;
	if (conf->refresh_token_file)
		return true;
	conf->refresh_token_file = find_spot_config();
	conf->is_spot_config = conf->refresh_token_file;
	if (!conf->refresh_token_file)
		return complain_of_no_token(errs);
	log_info(
	    "no spot.refresh_token_file; using refreshToken from ~/.spot_config", "file", conf->refresh_token_file);
	return true;
}

char *spot_env_read_token(const struct conf_spot *conf, struct err *e)
{
	if (!conf->is_spot_config)
		return files_read_secret(conf->refresh_token_file, e);
	size_t len;
	char *text = files_read(conf->refresh_token_file, SPOT_CONFIG_MAX_BYTES, &len, e);
	if (!text)
		return NULL;
	char *token = spot_config_refresh_token(conf->refresh_token_file, text, len, e);
	mem_free_secret(&text);
	return token;
}
