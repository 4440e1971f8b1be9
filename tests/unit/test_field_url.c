/*
 * One rule for every URL: of the configuration, of kubeconfigs, of Spot's answers. Each row says where such a URL comes
 * from, and what is made of it, or which fault is named.
 */
#include "base/url.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define S "hunter2" /* a password */

static const struct row {
	enum url_kind kind;
	const char *source, *url;
	const char *normal; /* NULL: refused */
	const char *fault;
} rows[] = {
    /* scheme */
    {URL_ENDPOINT, "Spot, as documented", "https://h/", "https://h", NULL},
    {URL_ENDPOINT, "Spot, as it answers", "h", "https://h", NULL},
    {URL_ENDPOINT, "Spot, with a slash", "h/", "https://h", NULL},
    {URL_ENDPOINT, "Spot, with a port", "h:6443", "https://h:6443", NULL},
    {URL_ENDPOINT, "Spot, with port and slash", "h:6443/", "https://h:6443", NULL},
    {URL_ENDPOINT, "another case", "HTTPS://HCP-1.Spot.Rackspace.COM:443", "https://hcp-1.spot.rackspace.com:443",
	NULL},
    {URL_ENDPOINT, "behind a proxy", "h/k8s/clusters/c-1", "https://h/k8s/clusters/c-1", NULL},
    {URL_ENDPOINT, "an address", "10.0.0.1:6443", "https://10.0.0.1:6443", NULL},
    {URL_ENDPOINT, "an IPv6 address", "[2001:DB8::1]:6443", "https://[2001:db8::1]:6443", NULL},
    {URL_ENDPOINT, "a bearer is sent there", "http://h", NULL, "the scheme `http`"},
    {URL_ENDPOINT, "not even on this machine", "http://127.0.0.1", NULL, "the scheme `http`"},
    {URL_ENDPOINT, "not yet known", "", NULL, "an empty URL"},
    {URL_ENDPOINT, "another host would get the bearer", "h@evil.example", NULL, "a user or password"},
    {URL_ENDPOINT, "another host would get the bearer", "h\\@evil.example", NULL, "a user or password"},
    {URL_ENDPOINT, "a header would follow", "h\r\nX: y", NULL, "a control character or line break"},
    {URL_CONFIGURED, "typed from memory", "spot.rackspace.com", NULL, "a URL without a scheme"},
    {URL_CONFIGURED, "copied without its beginning", "//h/x", NULL, "a URL without a scheme"},
    {URL_CONFIGURED, "a colon lost", "https//h", NULL, "`https` without `://`"},
    {URL_CONFIGURED, "a slash lost", "https:/h", NULL, "`https` without `://`"},
    {URL_CONFIGURED, "Windows", "https:\\\\h", NULL, "`https` without `://`"},
    {URL_CONFIGURED, "pasted into the example", "https://https://h", NULL, "a URL with two schemes"},
    {URL_CONFIGURED, "a container runtime's", "tcp://10.0.0.1:6443", NULL, "the scheme `tcp`"},
    {URL_CONFIGURED, "a socket's", "unix:///run/x.sock", NULL, "the scheme `unix`"},
    {URL_CONFIGURED, "HTTPS://", "HTTPS://h", "https://h", NULL},
    {URL_SERVER, "kubectl proxy", "localhost:8001", "http://localhost:8001", NULL},
    {URL_SERVER, "Docker Desktop, long ago", "LOCALHOST:8080", "http://localhost:8080", NULL},
    {URL_SERVER, "kubectl uses http here", "10.0.0.1:6443", NULL, "a URL without a scheme, which means http://"},
    {URL_SERVER, "a host called like a scheme", "https:8443", NULL, "a URL without a scheme"},

    /* http:// */
    {URL_CONFIGURED, "a simulator", "http://127.8.9.1", "http://127.8.9.1", NULL},
    {URL_CONFIGURED, "a simulator", "http://[::1]:80", "http://[::1]:80", NULL},
    {URL_CONFIGURED, "fully qualified", "http://localhost.:1", "http://localhost.:1", NULL},
    {URL_CONFIGURED, "IPv4 in IPv6", "http://[::ffff:127.0.0.1]", "http://[::ffff:127.0.0.1]", NULL},
    {URL_CONFIGURED, "Rancher 1", "http://spot.rackspace.com", NULL, "unencrypted"},
    {URL_CONFIGURED, "a name like the address", "http://127.evil.com", NULL, "unencrypted"},
    {URL_CONFIGURED, "a name like localhost", "http://localhost.evil.com", NULL, "unencrypted"},
    {URL_CONFIGURED, "systemd-resolved", "http://a.localhost", NULL, "unencrypted"},
    {URL_CONFIGURED, "another IPv6 address", "http://[::2]", NULL, "unencrypted"},
    {URL_CONFIGURED, "all addresses", "http://0.0.0.0", NULL, "unencrypted"},

    /* host */
    {URL_SERVER, "capitals", "https://API.Example.COM:6443", "https://api.example.com:6443", NULL},
    {URL_SERVER, "an underscore", "https://my_host", "https://my_host", NULL},
    {URL_SERVER, "fully qualified", "https://h.example.:6443/", "https://h.example.:6443", NULL},
    {URL_SERVER, "IDN, in ASCII", "https://xn--kuberntes-93a.example", "https://xn--kuberntes-93a.example", NULL},
    {URL_SERVER, "IDN", "https://kubern\xc3\xa9tes.example", NULL, "a host name that is not ASCII"},
    {URL_SERVER, "copied from a web page", "https://\xe2\x80\x8bh", NULL, "a host name that is not ASCII"},
    {URL_SERVER, "IPv6 (hypershift)", "https://[FD02::1]:6443", "https://[fd02::1]:6443", NULL},
    {URL_SERVER, "IPv6, link-local", "https://[fe80::1%25eth0]:6443", "https://[fe80::1%25eth0]:6443", NULL},
    {URL_SERVER, "brackets around all addresses (multus, calico)", "https://[169.254.0.1]:443",
	"https://169.254.0.1:443", NULL},
    {URL_SERVER, "IPv6, bare (kubemarine)", "https://2a03:7900:6:0:a00:27ff:fefb:e20f:6443", NULL,
	"an IPv6 address without brackets"},
    {URL_SERVER, "IPv6, bare", "https://::1", NULL, "an IPv6 address without brackets"},
    {URL_SERVER, "IPv6, bare, with a path", "https://fd02::1/api", NULL, "an IPv6 address without brackets"},
    {URL_SERVER, "IPv6, bare, with a zone", "https://fe80::1%eth0", NULL, "an IPv6 address without brackets"},
    {URL_SERVER, "zone as ping has it", "https://[fe80::1%eth0]", NULL, "a zone after `%`; write it after %25"},
    {URL_SERVER, "zone left out", "https://[fe80::1%25]", NULL, "an empty zone"},
    {URL_SERVER, "zone with a slash", "https://[fe80::1%25a/b]", NULL, "a `[` without its `]`"},
    {URL_SERVER, "bracket lost", "https://[::1", NULL, "a `[` without its `]`"},
    {URL_SERVER, "colon lost", "https://[::1]6443", NULL, "no `:` between `]` and the port"},
    {URL_SERVER, "a digit wrong", "https://[::g]", NULL, "brackets around a text that is not an IPv6 address"},
    {URL_SERVER, "a name in brackets", "https://[h]", NULL, "brackets around a text that is not an IPv6 address"},
    {URL_SERVER, "nothing in brackets", "https://[]", NULL, "a URL without a host"},
    {URL_SERVER, "variable not set (k8Studio)", "https://:6443", NULL, "a URL without a host"},
    {URL_SERVER, "variable not set", "https://", NULL, "a URL without a host"},
    {URL_SERVER, "variable not set", "https:///x", NULL, "a URL without a host"},
    {URL_SERVER, "example not edited (EKS)", "https://<endpoint-url>", NULL,
	"a character that a host name cannot have"},
    {URL_SERVER, "variable not replaced", "https://${HOST}:6443", NULL, "a character that a host name cannot have"},
    {URL_SERVER, "a wildcard", "https://*.example", NULL, "a character that a host name cannot have"},
    {URL_SERVER, "percent-encoded", "https://h%2eexample", NULL, "a character that a host name cannot have"},
    {URL_SERVER, "a label of 64 letters",
	"https://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example", NULL,
	"a host name that is too long"},
    {URL_SERVER, "copied without its scheme", "//h:6443", NULL, "a URL without a scheme"},
    {URL_SERVER, "a dot too many", "https://h..example", NULL, "an empty part between the dots"},
    {URL_SERVER, "an octet too large", "https://10.0.0.256", NULL, "an IPv4 address that is not four"},
    {URL_SERVER, "octal for libcurl", "https://010.0.0.1", NULL, "an IPv4 address that is not four"},
    {URL_SERVER, "short for libcurl", "https://10.1", NULL, "an IPv4 address that is not four"},
    {URL_SERVER, "one number for libcurl", "https://167772161", NULL, "an IPv4 address that is not four"},
    {URL_SERVER, "hexadecimal for libcurl", "https://0x7f.1", NULL, "an IPv4 address that is not four"},

    /* port */
    {URL_SERVER, "zeros", "https://h:06443", "https://h:6443", NULL},
    {URL_SERVER, "empty, as RFC 3986 allows", "https://h:/", "https://h", NULL},
    {URL_SERVER, "a name of /etc/services", "https://h:https", NULL, "a port that is not a number"},
    {URL_SERVER, "a sign", "https://h:-1", NULL, "a port that is not a number"},
    {URL_SERVER, "a space before the end of the line", "https://h:6443 ", NULL, "a space in a URL"},
    {URL_SERVER, "a letter for a digit", "https://h:644e", NULL, "a port that is not a number"},
    {URL_SERVER, "zero", "https://h:0", NULL, "a port that is not from 1 to 65535"},
    {URL_SERVER, "too large", "https://h:65536", NULL, "a port that is not from 1 to 65535"},
    {URL_SERVER, "far too large", "https://h:18446744073709551617", NULL, "a port that is not from 1 to 65535"},
    {URL_SERVER, "appended twice", "https://h.example:6443:6443", NULL, "more than one port"},

    /* path, query, fragment */
    {URL_SERVER, "Rancher", "https://h/k8s/clusters/c-abc", "https://h/k8s/clusters/c-abc", NULL},
    {URL_SERVER, "Rancher, as linkerd 2132", "https://h/k8s/clusters/c-abc/", "https://h/k8s/clusters/c-abc", NULL},
    {URL_SERVER, "Rancher, server-url with a slash", "https://h//k8s//clusters/c-1", "https://h/k8s/clusters/c-1",
	NULL},
    {URL_SERVER, "letters beyond ASCII", "https://h/\xc3\xa9|", "https://h/%C3%A9%7C", NULL},
    {URL_SERVER, "kubectl drops it", "https://h/a?x=" S "#y", "https://h/a", NULL},
    {URL_SERVER, "a comment without its space", "https://h#" S, NULL, "a fragment (`#`)"},
    {URL_SERVER, "half of an escape", "https://h/%4", NULL, "a `%` in the path"},
    {URL_SERVER, "a space inside", "https://h/a b", NULL, "a space in a URL"},
    {URL_SERVER, "two in one line", "https://h https://i", NULL, "a space in a URL"},
    {URL_CONFIGURED, "an object store", "https://h//a//b", "https://h//a//b", NULL},
    {URL_CONFIGURED, "presigned", "https://h/?token=" S, NULL, "a query (`?`)"},
    {URL_CONFIGURED, "of a page", "https://h/#" S, NULL, "a fragment (`#`)"},

    /* user and password */
    {URL_SERVER, "as curl takes it", "https://me:" S "@h", NULL, "a user or password"},
    {URL_CONFIGURED, "to mislead a reader", "http://localhost@evil.com", NULL, "a user or password"},

    /* proxies */
    {URL_PROXY, "capitals", "HTTP://Proxy:3128", "http://proxy:3128", NULL},
    {URL_PROXY, "the usual port", "http://p", "http://p:80", NULL},
    {URL_PROXY, "over TLS", "https://p/", "https://p:443", NULL},
    {URL_PROXY, "ssh -D", "Socks5://localhost", "socks5h://localhost:1080", NULL},
    {URL_PROXY, "as curl and the documentation have it", "socks5h://[::1]:9", "socks5h://[::1]:9", NULL},
    {URL_PROXY, "password with an @", "http://u:p@" S "@p", "http://u:p@" S "@p:80", NULL},
    {URL_PROXY, "password, encoded", "http://u:p%40" S "@p:8080", "http://u:p%40" S "@p:8080", NULL},
    {URL_PROXY, "token as user", "http://" S "@p:1/", "http://" S "@p:1", NULL},
    {URL_PROXY, "empty user", "http://@p:1", "http://p:1", NULL},
    {URL_PROXY, "kubectl drops the rest", "http://p:1/path?x#y", "http://p:1", NULL},
    {URL_PROXY, "HTTPS_PROXY without scheme", "proxy:3128", NULL, "a URL without a scheme"},
    {URL_PROXY, "HTTPS_PROXY without scheme", "10.0.0.1:3128", NULL, "a URL without a scheme"},
    {URL_PROXY, "slashes lost", "http:10.0.0.1:3128", NULL, "`http` without `://`"},
    {URL_PROXY, "an old one", "socks4://p", NULL, "the scheme `socks4`"},
    {URL_PROXY, "any", "socks://p", NULL, "the scheme `socks`"},
    {URL_PROXY, "variable not set", "http://u:" S "@", NULL, "a URL without a host"},
    {URL_PROXY, "password with a #", "http://u:" S "#x@p", NULL, "a port that is not a number"},
    {URL_PROXY, "password with a \"", "http://u:" S "\"@p", NULL, "a character that must be percent-encoded"},

    /* hawatchd, for the command */
    {URL_DAEMON, "as Prometheus' targets", "Mon:9810", "http://mon:9810", NULL},
    {URL_DAEMON, "another machine", "http://10.0.0.1:9810/", "http://10.0.0.1:9810", NULL},
    {URL_DAEMON, "behind a proxy", "HTTPS://Mon.example/hawatch//", "https://mon.example/hawatch", NULL},
    {URL_DAEMON, "an address with a zone", "http://[fe80::1%25eth0]:9810", "http://[fe80::1%25eth0]:9810", NULL},
    {URL_DAEMON, "curl would take 8.0.0.1", "http://010.0.0.1", NULL, "not four decimal numbers"},
    {URL_DAEMON, "a page with its query", "http://mon/?pair=prod", NULL, "a query (`?`)"},
    {URL_DAEMON, "a heading of the page", "http://mon/#prod", NULL, "a fragment (`#`)"},
    {URL_DAEMON, "other protocols", "ftp://mon", NULL, "the scheme `ftp`"},
    {URL_DAEMON, "a socket", "unix:///run/hawatch/control.sock", NULL, "the scheme `unix`"},
    {URL_DAEMON, "a port that is a name", "mon:http", NULL, "a port that is not a number"},
    {URL_DAEMON, "as curl takes it", "http://me:" S "@mon", NULL, "use --user-file"},
    {URL_DAEMON_WITH_CREDENTIAL, "another machine", "http://10.0.0.1:9810", NULL, "unencrypted"},
    {URL_DAEMON_WITH_CREDENTIAL, "a name like localhost", "localhost.evil.example", NULL, "means http:// here"},
    {URL_DAEMON_WITH_CREDENTIAL, "all of 127/8", "127.0.0.2:9810", "http://127.0.0.2:9810", NULL},
    {URL_DAEMON_WITH_CREDENTIAL, "this machine", "http://[::1]:9810", "http://[::1]:9810", NULL},
    {URL_DAEMON_WITH_CREDENTIAL, "over TLS", "https://mon", "https://mon", NULL},
};

static const struct {
	const char *source, *host, *normal, *fault;
} hosts[] = {
    {"Teleport", "kube-teleport-proxy-alpn.Example.COM", "kube-teleport-proxy-alpn.example.com", NULL},
    {"underscore", "a_b", "a_b", NULL},
    {"seabird 116", "127.0.0.1", "127.0.0.1", NULL},
    {"IPv6", "FD00::1", "fd00::1", NULL},
    {"IPv6 in brackets", "[::1]", "::1", NULL},
    {"fully qualified", "kubernetes.", "kubernetes.", NULL},
    {"telegraf 9975: a URL", "https://kubernetes.example.com:6443", NULL, "a `:` in the host"},
    {"with its port", "kubernetes:6443", NULL, "a `:` in the host"},
    {"IPv6 with a zone", "[fe80::1%25eth0]", NULL, "a zone"},
    {"a wildcard of a certificate", "*.example.com", NULL, "a character that a host name cannot have"},
    {"two names", "a b", NULL, "a character that a host name cannot have"},
    {"IDN", "\xc3\xa9", NULL, "not ASCII"},
    {"nothing", "", NULL, "without a host"},
};

static bool is_right(const char *found, const struct err *e, const char *normal, const char *fault)
{
	return normal ? found && strcmp(found, normal) == 0 : !found && strstr(e->text, fault) && !strstr(e->text, S);
}

static void test_urls(void **state)
{
	size_t wrong = 0;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *r = &rows[i];
		char *normal = NULL;
		struct err e = {""};
		if (url_normal(r->kind, r->url, &normal, &e) != (normal != NULL) ||
		    !is_right(normal, &e, r->normal, r->fault)) {
			print_error("%s (%s): %s%s\n", r->url, r->source, normal ? normal : "", e.text);
			wrong++;
		}
		free(normal);
	}
	assert_int_equal(wrong, 0);
	(void)state;
}

static void test_hosts(void **state)
{
	size_t wrong = 0;
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
		char *normal = NULL;
		struct err e = {""};
		if (url_host(hosts[i].host, &normal, &e) != (normal != NULL) ||
		    !is_right(normal, &e, hosts[i].normal, hosts[i].fault)) {
			print_error("%s (%s): %s%s\n", hosts[i].host, hosts[i].source, normal ? normal : "", e.text);
			wrong++;
		}
		free(normal);
	}
	assert_int_equal(wrong, 0);
	(void)state;
}

/* What comes out is in normal form already, so that a URL can pass twice. */
static void test_normal_stays(void **state)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *again = NULL;
		struct err e;
		if (!rows[i].normal)
			continue;
		assert_true(url_normal(rows[i].kind, rows[i].normal, &again, &e));
		assert_string_equal(again, rows[i].normal);
		free(again);
	}
	(void)state;
}

static void test_length(void **state)
{
	static const char *const beginnings[] = {"https://", "https://h/", "https://h/\xc3\xa9"};
	for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
		struct buf url = buf_of(1 << 16);
		char *normal = NULL;
		struct err e;
		buf_puts(&url, beginnings[i]);
		while (url.len < 2000)
			buf_puts(&url, i == 2 ? "\xc3\xa9" : "x");
		assert_true(url_normal(URL_CONFIGURED, buf_text(&url), &normal, &e) == (i == 1));
		free(normal);
		while (url.len < 2048)
			buf_putc(&url, 'x');
		assert_false(url_normal(URL_CONFIGURED, buf_text(&url), &normal, &e));
		assert_non_null(strstr(e.text, "a URL longer than 2047 bytes"));
		buf_fini(&url);
	}
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_urls),
	    cmocka_unit_test(test_hosts),
	    cmocka_unit_test(test_normal_stays),
	    cmocka_unit_test(test_length),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
