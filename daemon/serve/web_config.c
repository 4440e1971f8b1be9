#include "serve/web_config.h"

#include "base/mem.h"
#include "os/clock.h"
#include "os/file_modes.h"
#include "os/files.h"
#include "os/log.h"

#include <stdlib.h>
#include <string.h>

/* What is read in one go, before it is decided whether it is used. */
struct reading {
	struct web_conf *conf;
	struct tls *tls;
	struct file_stamp stamps[WEB_CONFIG_FILES];
};

/* Stamps are taken before the files are read: a change in between is then seen as one. */
static void take_stamps(const char *path, const struct web_conf *conf, struct file_stamp *stamps)
{
	const char *paths[WEB_CONFIG_FILES] = {path, conf->tls.cert.file, conf->tls.key.file, conf->tls.client_ca.file};
	for (int i = 0; i < WEB_CONFIG_FILES; i++)
		stamps[i] = paths[i] ? file_stamp_of(paths[i]) : (struct file_stamp){0};
}

static struct web_conf *read_conf(const char *path, struct errs *errs)
{
	struct err e;
	size_t len = 0;
	char *bytes = path ? files_read(path, WEB_CONF_BYTES_MAX, &len, &e) : NULL;
	if (path && !bytes) {
		errs_add(errs, (struct place){.file = "web configuration"}, "%s", e.text);
		return NULL;
	}
	struct web_conf *conf = web_conf_parse(path ? path : "", bytes ? bytes : "", len, errs);
	mem_free_secret_bytes(bytes, len);
	return conf;
}

static bool read_all(const char *path, struct reading *r, struct errs *errs)
{
	struct err e;
	struct file_stamp own = path ? file_stamp_of(path) : (struct file_stamp){0};
	*r = (struct reading){.conf = read_conf(path, errs)};
	r->stamps[0] = own;
	if (!r->conf)
		return false;
	take_stamps(path, r->conf, r->stamps);
	r->stamps[0] = own;
	if (!r->conf->tls.is_on || (r->tls = tls_new(&r->conf->tls, clock_now().wall, &e)))
		return true;
	errs_add(errs, (struct place){.file = "web configuration"}, "%s", e.text);
	return false;
}

static void end_reading(struct reading *r)
{
	web_conf_free(&r->conf);
	tls_release(r->tls);
}

/* A key may stand in the configuration itself. */
static void check_modes(const struct web_config *config)
{
	const struct web_pem *key = &config->conf->tls.key;
	struct errs *found = mem_zeroed(1, sizeof *found);
	if (config->path)
		file_modes_check(FILE_MODE_CONFIG, config->path, found);
	if (key->name)
		file_modes_check(FILE_MODE_SECRET, key->file ? key->file : config->path, found);
	for (size_t i = 0; i < found->count && i < ERRS_KEPT; i++)
		log_warn("a file is not safe from other users", "problem", found->kept[i].text);
	free(found);
}

/* What a person should know of a configuration that is good. */
static void tell(const struct web_config *config)
{
	const struct web_conf_tls *tls = &config->conf->tls;
	check_modes(config);
	if (config->conf->http2)
		log_warn("http2: true in the web configuration has no effect: the server speaks HTTP/1.1", "file",
		    config->path);
	if ((tls->client_auth == WEB_VERIFY_CERT || tls->client_auth == WEB_REQUIRE_AND_VERIFY) && !tls->client_ca.name)
		log_warn(
		    "without client_ca_file every client certificate of a public CA is good", "file", config->path);
	if (config->tls && tls_facts(config->tls)->ending[0])
		log_warn("a certificate of this server is ending", "file", tls->cert.name, "certificate",
		    tls_facts(config->tls)->ending);
}

bool web_config_open(struct web_config *config, const char *path, struct errs *errs)
{
	struct reading r;
	*config = (struct web_config){.path = path};
	if (!read_all(path, &r, errs)) {
		end_reading(&r);
		return false;
	}
	config->conf = r.conf;
	config->tls = r.tls;
	memcpy(config->stamps, r.stamps, sizeof r.stamps);
	tell(config);
	return true;
}

void web_config_close(struct web_config *config)
{
	web_conf_free(&config->conf);
	tls_release(config->tls);
	free(config->failing);
	*config = (struct web_config){0};
}

static bool has_changed(const struct web_config *config)
{
	struct file_stamp now[WEB_CONFIG_FILES];
	take_stamps(config->path, config->conf, now);
	for (int i = 0; i < WEB_CONFIG_FILES; i++)
		if (!file_stamp_is_same(&now[i], &config->stamps[i]))
			return true;
	return false;
}

/* Logs a failure when it is another than the last one. */
static void fail_take(struct web_config *config, struct errs *errs)
{
	bool is_known = config->failing && strcmp(config->failing->kept[0].text, errs->kept[0].text) == 0;
	free(config->failing);
	config->failing = errs;
	if (is_known)
		return;
	for (size_t i = 0; i < errs->count && i < ERRS_KEPT; i++)
		log_error("web configuration not reloaded, keeping the old one", "error", errs->kept[i].text);
}

bool web_config_refresh(struct web_config *config, bool must_read)
{
	struct reading r;
	if (!config->path || (!must_read && !config->failing && !has_changed(config)))
		return false;
	struct errs *errs = mem_zeroed(1, sizeof *errs);
	bool is_good = read_all(config->path, &r, errs);
	if (is_good && !r.tls != !config->tls)
		is_good = errs_add(errs, (struct place){.file = config->path},
		    "tls_server_config %s; restart hawatchd to %s TLS", r.tls ? "is new" : "is gone",
		    r.tls ? "begin" : "end");
	if (is_good) {
		struct reading old = {.conf = config->conf, .tls = config->tls};
		config->conf = r.conf;
		config->tls = r.tls;
		memcpy(config->stamps, r.stamps, sizeof r.stamps);
		free(config->failing);
		config->failing = NULL;
		log_info("web configuration reloaded", "file", config->path);
		tell(config);
		r = old;
		free(errs);
	} else
		fail_take(config, errs);
	end_reading(&r);
	return is_good;
}

struct view_web_config web_config_view(const struct web_config *config)
{
	return (struct view_web_config){
	    .is_used = config->path,
	    .is_good = !config->failing,
	    .certificate_expires = config->tls ? tls_facts(config->tls)->expires : WALL_UNKNOWN,
	};
}
