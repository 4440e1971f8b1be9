#include "config/web_hosts.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";

/* The name in "name.:80"; false if it is none. An address in brackets keeps them. */
static bool take_name(const char *host, char name[WEB_HOST_MAX_BYTES + 1])
{
	size_t len = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");
	if (len > WEB_HOST_MAX_BYTES || len > strlen(host) || (host[len] && host[len] != ':'))
		return false;
	if (host[len] && strspn(host + len + 1, "0123456789") != strlen(host + len + 1))
		return false;
	memcpy(name, host, len);
	name[len] = '\0';
	if (len > 1 && name[len - 1] == '.')
		name[len - 1] = '\0';
	return true;
}

static bool is_address(const char *name)
{
	unsigned char bytes[16];
	char inner[INET6_ADDRSTRLEN] = "";
	size_t len = strlen(name);
	if (*name != '[')
		return inet_pton(AF_INET, name, bytes) == 1;
	if (len - 2 < sizeof inner)
		memcpy(inner, name + 1, len - 2);
	inner[strcspn(inner, "%")] = '\0'; /* a zone, of a link-local address */
	return inet_pton(AF_INET6, inner, bytes) == 1;
}

static bool is_known(const struct web_hosts *hosts, const char *name)
{
	bool found = is_address(name) || strcasecmp(name, "localhost") == 0;
	for (size_t i = 0; i < hosts->count && !found; i++)
		found = strcasecmp(hosts->names[i], name) == 0;
	return found;
}

bool web_hosts_add(struct web_hosts *hosts, const char *host, struct err *e)
{
	char name[WEB_HOST_MAX_BYTES + 1];
	if (strcmp(host, "*") == 0) {
		hosts->allows_all = true;
		return true;
	}
	if (!take_name(host, name) || !*name || *name == '.' ||
	    (!is_address(name) && strspn(name, letters) != strlen(name)))
		return err_set(e, "not the name of a host; expected one such as hawatch.monitoring.svc, or *");
	if (is_known(hosts, name))
		return true;
	if (hosts->count == WEB_HOSTS_MAX)
		return err_set(e, "at most %d names", WEB_HOSTS_MAX);
	memcpy(hosts->names[hosts->count++], name, sizeof name);
	return true;
}

bool web_hosts_allow(const struct web_hosts *hosts, const char *host)
{
	char name[WEB_HOST_MAX_BYTES + 1];
	if (hosts->allows_all || !host || !*host)
		return true;
	return take_name(host, name) && is_known(hosts, name);
}
