#include "base/buf.h"
#include "config/kubeconfig.h"
#include "mutate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FILE_NAME "/etc/k/config"
#define SECRET "hunter2hunter2"

/* base64 of PEM and "hello" */
#define PEM "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
#define PEM64 "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUIKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo="
#define KEY "-----BEGIN EC PRIVATE KEY-----\nMIIB\n-----END EC PRIVATE KEY-----\n"
#define KEY64 "LS0tLS1CRUdJTiBFQyBQUklWQVRFIEtFWS0tLS0tCk1JSUIKLS0tLS1FTkQgRUMgUFJJVkFURSBLRVktLS0tLQo="
/* "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" */

#define CLUSTER(text) "clusters:\n- {name: c, cluster: {" text "}}\n"
#define USER(text) "users:\n- {name: u, user: {" text "}}\n"
#define CONTEXT "contexts:\n- {name: x, context: {cluster: c, user: u}}\ncurrent-context: x\n"
#define GOOD_CLUSTER CLUSTER("server: https://h")
#define GOOD_USER USER("token: " SECRET)

/* As kubectl writes it, with one context of each kind that people have. */
static const char written[] = "apiVersion: v1\n"
			      "clusters:\n"
			      "- cluster:\n"
			      "    certificate-authority-data: " PEM64 "\n"
			      "    extensions:\n"
			      "    - extension: {provider: x, list: [1, {deep: []}]}\n"
			      "      name: info\n"
			      "    server: https://10.0.0.1:6443\n"
			      "  name: service-account\n"
			      "- cluster:\n"
			      "    insecure-skip-tls-verify: true\n"
			      "    server: >-\n"
			      "      https://hcp-1234.spot.rackspace.com/\n"
			      "  name: generated\n"
			      "- cluster: {server: 'http://127.0.0.1:8001/a/', certificate-authority: pki/ca.crt,\n"
			      "    certificate-authority-data: null, tls-server-name: kube.internal, proxy-url: ''}\n"
			      "  name: local\n"
			      "contexts:\n"
			      "- context: {cluster: service-account, user: file, namespace: default}\n"
			      "  name: service-account\n"
			      "- context:\n"
			      "    cluster: generated\n"
			      "    user: pasted\n"
			      "  name: org-a-ci\n"
			      "- context: {cluster: local, user: ''}\n"
			      "  name: local\n"
			      "- context: {cluster: generated, user: oidc}\n"
			      "  name: org-a-ci-oidc\n"
			      "current-context: service-account\n"
			      "kind: Config\n"
			      "preferences: {}\n"
			      "users:\n"
			      "- name: file\n"
			      "  user: {tokenFile: tokens/sa, token: " SECRET ", password: ''}\n"
			      "- name: pasted\n"
			      "  user:\n"
			      "    token: >-\n"
			      "      " SECRET "\n"
			      "- name: oidc\n"
			      "  user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: kubectl}}\n";

/* Picks from `count` files, called a, b and so on where there are several. */
static bool pick(
    const char *const *texts, size_t count, struct kubeconfig_want want, struct kubeconfig *k, struct errs *errs)
{
	static const char *const names[] = {"/etc/k/a", "/etc/k/b", "/etc/k/c"};
	struct kubeconfig_file files[3];
	for (size_t i = 0; i < count; i++)
		files[i] = (struct kubeconfig_file){count == 1 ? FILE_NAME : names[i], texts[i], strlen(texts[i])};
	*k = (struct kubeconfig){0};
	struct kubeconfig_set *set = kubeconfig_set_parse(files, count, errs);
	assert_true(!set == (errs->count > 0));
	bool ok = set && kubeconfig_pick(set, &want, k, errs);
	kubeconfig_set_free(&set);
	return ok;
}

static struct kubeconfig parse_as(const char *text, struct kubeconfig_want want)
{
	struct kubeconfig k;
	struct errs errs = {0};
	bool ok = pick(&text, 1, want, &k, &errs);
	for (size_t i = 0; i < errs.count && i < ERRS_KEPT; i++)
		print_error("%s\n", errs.kept[i].text);
	assert_true(ok);
	assert_int_equal(errs.count, 0);
	return k;
}

static struct kubeconfig parse(const char *text, const char *context)
{
	return parse_as(text, (struct kubeconfig_want){.context = context});
}

static bool has_mistakes(const char *text, struct kubeconfig_want want, const char *mistakes)
{
	static const struct kubeconfig empty;
	struct kubeconfig k;
	struct errs errs = {0};
	struct buf all = buf_of(1 << 16);
	bool ok = !pick(&text, 1, want, &k, &errs);
	ok = ok && memcmp(&k, &empty, sizeof k) == 0;
	for (size_t i = 0; i < errs.count && i < ERRS_KEPT; i++)
		buf_printf(&all, "%s\n", errs.kept[i].text + strlen(FILE_NAME ":"));
	ok = ok && strcmp(buf_text(&all), mistakes) == 0 && !strstr(buf_text(&all), SECRET);
	if (!ok)
		print_error("in:\n%s\nexpected:\n%s\nfound:\n%s\n", text, mistakes, buf_text(&all));
	buf_fini(&all);
	return ok;
}

static void test_service_account(void **state)
{
	(void)state;
	struct kubeconfig k = parse(written, NULL);
	assert_string_equal(k.server, "https://10.0.0.1:6443");
	assert_string_equal(k.ca_pem, PEM);
	assert_null(k.ca_file);
	assert_null(k.tls_server_name);
	assert_false(k.insecure);
	assert_string_equal(k.token_file, "/etc/k/tokens/sa");
	assert_null(k.token); /* tokenFile beats it */
	kubeconfig_fini(&k);
	assert_null(k.server);
	kubeconfig_fini(&k);
}

static void test_generated_by_rackspace(void **state)
{
	(void)state;
	struct kubeconfig k = parse(written, "org-a-ci");
	assert_string_equal(k.server, "https://hcp-1234.spot.rackspace.com");
	assert_true(k.insecure);
	assert_null(k.ca_pem);
	assert_string_equal(k.token, SECRET);
	assert_null(k.token_file);
	kubeconfig_fini(&k);
}

static void test_local_without_credential(void **state)
{
	(void)state;
	struct kubeconfig k = parse(written, "local");
	assert_string_equal(k.server, "http://127.0.0.1:8001/a");
	assert_string_equal(k.ca_file, "/etc/k/pki/ca.crt");
	assert_string_equal(k.tls_server_name, "kube.internal");
	assert_null(k.token);
	assert_null(k.token_file);
	kubeconfig_fini(&k);
}

static void test_json(void **state)
{
	(void)state;
	struct kubeconfig k = parse("{\n\t\"clusters\": [{\"name\": \"c\", \"cluster\":\n"
				    "\t\t{\"server\": \"https:\\/\\/h\"}}],\n"
				    "\t\"users\": [{\"name\": \"u\", \"user\": {\"token\": \"" SECRET
				    "\"}}],\n\t\"contexts\": [{\"name\": \"x\", \"context\":\n"
				    "\t\t{\"cluster\": \"c\", \"user\": \"u\"}}],\n"
				    "\t\"current-context\": \"x\"\n}\n",
	    NULL);
	assert_string_equal(k.server, "https://h");
	assert_string_equal(k.token, SECRET);
	kubeconfig_fini(&k);
}

/* What is set on a side is nearer: the same kubeconfig without what the side sets itself. */
static void test_what_a_side_sets(void **state)
{
	(void)state;
	static const char text[] =
	    CLUSTER("server: https://h, insecure-skip-tls-verify: true, certificate-authority: ca, "
		    "certificate-authority-data: '!'") USER("exec: {}, as: x") CONTEXT;
	struct kubeconfig k = parse_as(
	    text, (struct kubeconfig_want){.without_user = true, .without_ca = true, .without_insecure = true});
	assert_string_equal(k.server, "https://h");
	assert_null(k.ca_file);
	assert_null(k.ca_pem);
	assert_false(k.insecure);
	kubeconfig_fini(&k);
	k = parse_as(CLUSTER("server: https://h, insecure-skip-tls-verify: true, certificate-authority: ca")
			 GOOD_USER CONTEXT,
	    (struct kubeconfig_want){.without_insecure = true});
	assert_string_equal(k.ca_file, "/etc/k/ca");
	assert_false(k.insecure);
	kubeconfig_fini(&k);
}

/* With another credential kubectl neither runs a plugin nor looks at it, and passes over a key without certificate. */
static void test_what_kubectl_passes_over(void **state)
{
	static const char *const credentials[] = {
	    "token: t", "tokenFile: t", "username: u", "client-certificate: c, client-key: k"};
	(void)state;
	for (size_t i = 0; i < sizeof credentials / sizeof *credentials; i++) {
		struct buf text = buf_of(4096);
		buf_printf(&text, "%s%s%s%s", GOOD_CLUSTER "users:\n- {name: u, user: {", credentials[i],
		    ", exec: {command: not/absolute}}}\n", CONTEXT);
		struct kubeconfig k = parse(buf_text(&text), NULL);
		assert_null(k.exec.argv);
		assert_true(k.token || k.token_file || k.basic || k.cert_file);
		kubeconfig_fini(&k);
		buf_fini(&text);
	}
	struct kubeconfig k = parse(GOOD_CLUSTER USER("token: t, client-key: k, client-key-data: ''") CONTEXT, NULL);
	assert_string_equal(k.token, "t");
	assert_null(k.key_file);
	kubeconfig_fini(&k);
}

static void test_blanks_around_a_token(void **state)
{
	(void)state;
	struct kubeconfig k = parse(GOOD_CLUSTER USER("token: \" \\t" SECRET " \\r\\n\"") CONTEXT, NULL);
	assert_string_equal(k.token, SECRET);
	kubeconfig_fini(&k);
}

#define A_PROXY "; expected http://, https:// or socks5://[user:password@]host[:port]\n"
#define NO_EXEC_HERE                                                                                                   \
	"exec runs a program, which is not allowed; set allow_exec: true on this side, or use a "                      \
	"service account's token in tokenFile\n"
#define NO_BASIC                                                                                                       \
	"username, password: a character that is not allowed; expected one line each, without "                        \
	"`:` in the name\n"
#define NO_TOKEN_HERE "is not supported; use a service account's token in tokenFile\n"
#define NOT_BASE64 "certificate-authority-data: not base64; expected PEM in base64\n"
#define ONE_OF_THEM "expected only one of them, as kubectl does\n"
#define CA_CLUSTER(text) CLUSTER("server: https://h, certificate-authority-data: " text)

static const struct {
	const char *text, *context, *mistakes;
} cases[] = {
    {"", NULL, "1:1: no context configured and no current-context here; known: none\n"},
    {"[]", NULL, "1:1: a list; expected a kubeconfig\n"},
    {"a: b: c", NULL, "1:5: not valid YAML: mapping values are not allowed in this context\n"},
    {GOOD_CLUSTER GOOD_USER CONTEXT "kind: Config\nkind: List\n", NULL,
	"9:7: kind: `List`; expected `Config`, as in a kubeconfig\n"},
    {GOOD_CLUSTER GOOD_USER CONTEXT "apiVersion: 1\n", NULL,
	"8:13: apiVersion: a number; expected a text, in quotes\n"},
    {GOOD_CLUSTER GOOD_USER "contexts: [{name: x}, {name: z}]\n", NULL,
	"1:1: no context configured and no current-context here; known: x, z\n"},
    {"current-context: ''\n", NULL, "1:1: no context configured and no current-context here; known: none\n"},
    {written, "org-b",
	" no context named `org-b`; known: service-account, org-a-ci, local, "
	"org-a-ci-oidc\n"},
    {"current-context: z\ncontexts: [{name: x}]\n", NULL, "1:18: no context named `z`; known: x\n"},
    {"current-context: y\ncontexts: [{name: x}]\n", NULL,
	"1:18: current-context: a boolean; expected a text, in quotes\n"},
    {"contexts: [{name: no}, {name: 433e40}]\n", "x", " no context named `x`; known: no, 433e40\n"},
    {"contexts: [{name: no}, {name: 433e40}]\n", "433e40", "1:31: name: a number; expected a text, in quotes\n"},
    {"contexts: {x: {}}\n", "x", "1:11: contexts: a mapping; expected a list\n"},
    {"contexts: [{name: x}]\n", "x", "1:12: context: cluster is missing; expected its name\n"},
    {"contexts: [{name: x, context: c}]\n", "x", "1:31: context `x`: a text; expected a mapping\n"},
    {"contexts: [{name: x, context: {}}]\n", "x", "1:31: context: cluster is missing; expected its name\n"},
    {"contexts: [{name: x, context: {cluster: [c]}}]\n", "x", "1:41: cluster: a list; expected a text\n"},
    {"contexts: [{name: x, context: {cluster: c, user: u}}]\n", "x",
	"1:41: no cluster named `c`; known: none\n1:50: no user named `u`; known: none\n"},
    {GOOD_CLUSTER GOOD_USER CONTEXT "users2: []\n- x", NULL,
	"9:1: not valid YAML: did not find expected key (while parsing a block mapping)\n"},
    {GOOD_CLUSTER "- {name: c, cluster: {server: https://i}}\n" GOOD_USER CONTEXT, NULL,
	"3:3: cluster `c` is already in line 2; expected each name once\n"},

    {CLUSTER("") GOOD_USER CONTEXT, NULL, "2:22: cluster: server is missing; expected https://host[:port]\n"},
    {CLUSTER("server: [a]") GOOD_USER CONTEXT, NULL, "2:31: server: a list; expected a text\n"},
    {CLUSTER("server: http://10.0.0.1") GOOD_USER CONTEXT, NULL,
	"2:31: server: http:// to another machine would send credentials unencrypted; expected "
	"https:// (http:// is for loopback addresses only)\n"},
    {CLUSTER("server: 10.0.0.1") GOOD_USER CONTEXT, NULL,
	"2:31: server: a URL without a scheme, which means http:// here; expected "
	"https://host[:port][/path]\n"},
    {CLUSTER("server: https://u:" SECRET "@h") GOOD_USER CONTEXT, NULL,
	"2:31: server: a user or password in a URL; credentials come from files; expected "
	"https://host[:port][/path]\n"},
    {CLUSTER("server: https://h, proxy-url: ftp://u:" SECRET "@p") GOOD_USER CONTEXT, NULL,
	"2:53: proxy-url: the scheme `ftp`" A_PROXY},
    {CLUSTER("server: https://h, proxy-url: 'http://u:" SECRET "@:80'") GOOD_USER CONTEXT, NULL,
	"2:53: proxy-url: a URL without a host" A_PROXY},
    {CLUSTER("server: https://h, proxy-url: 'http://u:" SECRET "@p:http'") GOOD_USER CONTEXT, NULL,
	"2:53: proxy-url: a port that is not a number" A_PROXY},
    {CLUSTER("server: https://h, proxy-url: 8080") GOOD_USER CONTEXT, NULL,
	"2:53: proxy-url: a number; expected a text, in quotes\n"},
    {CLUSTER("server: https://h, disable-compression: 1") GOOD_USER CONTEXT, NULL,
	"2:63: disable-compression: a number; expected true or false\n"},
    {CLUSTER("server: https://h, tls-server-name: 'a:443'") GOOD_USER CONTEXT, NULL,
	"2:59: tls-server-name: a `:` in the host; expected a host's name or address\n"},
    {CLUSTER("server: https://h, insecure-skip-tls-verify: 'true'") GOOD_USER CONTEXT, NULL,
	"2:68: insecure-skip-tls-verify: a text; expected true or false, without quotes\n"},
    {CLUSTER("server: https://h, insecure-skip-tls-verify: On, certificate-authority: a") GOOD_USER CONTEXT, NULL,
	"2:68: insecure-skip-tls-verify: true contradicts certificate-authority in line 2; expected one of them\n"},
    {CLUSTER("server: https://h, insecure-skip-tls-verify: true, certificate-authority: a") GOOD_USER CONTEXT, NULL,
	"2:68: insecure-skip-tls-verify: true contradicts certificate-authority in line 2; "
	"expected one of them\n"},
    {CLUSTER("server: https://h, insecure-skip-tls-verify: true, "
	     "certificate-authority-data: " PEM64) GOOD_USER CONTEXT,
	NULL,
	"2:68: insecure-skip-tls-verify: true contradicts certificate-authority-data in line 2; "
	"expected one of them\n"},
    {CLUSTER("server: https://h, certificate-authority: ~/ca") GOOD_USER CONTEXT, NULL,
	"2:65: certificate-authority: `~` is not expanded; expected the whole path\n"},

    /* base64 (RFC 4648 section 4) */
    {CA_CLUSTER("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tAA==") GOOD_USER CONTEXT, NULL,
	"2:70: certificate-authority-data: no PEM inside, but binary data; expected PEM in base64\n"},
    {CA_CLUSTER("aGVsbG8") GOOD_USER CONTEXT, NULL, "2:70: " NOT_BASE64},
    {CA_CLUSTER("aGVsbG9=") GOOD_USER CONTEXT, NULL, "2:70: " NOT_BASE64},
    {CA_CLUSTER("aGVsb===") GOOD_USER CONTEXT, NULL, "2:70: " NOT_BASE64},
    {CA_CLUSTER("aGVs====") GOOD_USER CONTEXT, NULL, "2:70: " NOT_BASE64},
    {CA_CLUSTER("aGVsb=8=") GOOD_USER CONTEXT, NULL, "2:70: " NOT_BASE64},
    {CA_CLUSTER("aG=A") GOOD_USER CONTEXT, NULL, "2:70: " NOT_BASE64},
    {CA_CLUSTER("aGVs bG8=") GOOD_USER CONTEXT, NULL, "2:70: " NOT_BASE64},
    {CA_CLUSTER("aGVs_G8=") GOOD_USER CONTEXT, NULL, "2:70: " NOT_BASE64},
    {CA_CLUSTER("====") GOOD_USER CONTEXT, NULL, "2:70: " NOT_BASE64},

    {GOOD_CLUSTER USER("token: '" SECRET " x'") CONTEXT, NULL,
	"4:27: token: a character that is not allowed in a token; expected ASCII without spaces\n"},
    {GOOD_CLUSTER USER("token: \"" SECRET "\\r\\nX-Evil: 1\"") CONTEXT, NULL,
	"4:27: token: a character that is not allowed in a token; expected ASCII without spaces\n"},
    {GOOD_CLUSTER USER("token: ' '") CONTEXT, NULL,
	"4:27: token: a character that is not allowed in a token; expected ASCII without spaces\n"},
    {GOOD_CLUSTER USER("token: [" SECRET "]") CONTEXT, NULL, "4:27: token: a list; expected a text\n"},
    {GOOD_CLUSTER USER("tokenFile: eyJ" SECRET ".a.b") CONTEXT, NULL,
	"4:31: tokenFile: this looks like a secret (21 characters, not shown); expected the "
	"path of the file with the secret, such as ./NAME\n"},
    {written, "org-a-ci-oidc", "40:10: user: " NO_EXEC_HERE},
    {GOOD_CLUSTER USER("client-certificate: a") CONTEXT, NULL,
	"4:19: user: client-certificate without client-key; expected both or none\n"},
    {GOOD_CLUSTER USER("client-key: a") CONTEXT, NULL,
	"4:19: user: client-key without client-certificate; expected both or none\n"},
    {GOOD_CLUSTER USER("client-certificate-data: a, client-key-data: " SECRET) CONTEXT, NULL,
	"4:45: client-certificate-data: not base64; expected PEM in base64\n"
	"4:65: client-key-data: not base64; expected PEM in base64\n"},

    /* kubectl refuses two of the same, too */
    {CLUSTER("server: https://h, certificate-authority: a, certificate-authority-data: " PEM64) GOOD_USER CONTEXT, NULL,
	"2:68: certificate-authority-data together with certificate-authority in line 2; " ONE_OF_THEM},
    {GOOD_CLUSTER USER("client-certificate: a, client-certificate-data: b, client-key: c, client-key-data: d") CONTEXT,
	NULL,
	"4:43: client-certificate-data together with client-certificate in line 4; " ONE_OF_THEM
	"4:86: client-key-data together with client-key in line 4; " ONE_OF_THEM},
    {GOOD_CLUSTER USER("auth-provider: {name: gcp}") CONTEXT, NULL, "4:20: user: auth-provider " NO_TOKEN_HERE},
    {GOOD_CLUSTER USER("username: 'a:b', password: " SECRET) CONTEXT, NULL, "4:30: " NO_BASIC},
    {GOOD_CLUSTER USER("username: a, password: \"" SECRET "\\n\"") CONTEXT, NULL, "4:30: " NO_BASIC},
    {GOOD_CLUSTER USER("password: " SECRET) CONTEXT, NULL,
	"4:20: user: password without username; expected both or none\n"},
    {GOOD_CLUSTER USER("username: a, tokenFile: t") CONTEXT, NULL,
	"4:19: user: username and a token; expected only one of them\n"},
    {GOOD_CLUSTER USER("token: a, as-groups: [b]") CONTEXT, NULL,
	"4:30: user: as-groups without as; expected the user's name in as\n"},

    /* all at once */
    {CLUSTER("server: h, proxy-url: p") USER("exec: {command: x}, username: 5, password: " SECRET) CONTEXT, NULL,
	"2:31: server: a URL without a scheme, which means http:// here; expected "
	"https://host[:port][/path]\n"
	"2:45: proxy-url: a URL without a scheme" A_PROXY "4:50: username: a number; expected a text, in quotes\n"},
    {GOOD_CLUSTER USER("exec: {command: x}") CONTEXT, NULL, "4:20: user: " NO_EXEC_HERE},
};

#define V1 "apiVersion: client.authentication.k8s.io/v1"
#define EXEC(text) GOOD_CLUSTER USER("exec: {" text "}") CONTEXT

/* Where plugins are allowed. */
static const struct {
	const char *text, *mistakes;
} exec_cases[] = {
    {EXEC("command: /bin/x"), "4:26: exec: apiVersion: none; expected client.authentication.k8s.io/v1 or /v1beta1\n"},
    {EXEC("apiVersion: client.authentication.k8s.io/v1alpha1, command: /bin/x"),
	"4:39: exec: apiVersion: client.authentication.k8s.io/v1alpha1; expected "
	"client.authentication.k8s.io/v1 or /v1beta1\n"},
    {EXEC(V1), "4:26: exec: command: none; expected the path of a program, because PATH is not searched\n"},
    {EXEC(V1 ", command: kubectl"),
	"4:81: exec: command: kubectl; expected the path of a program, because PATH is not searched\n"},
    {EXEC(V1 ", command: /x, args: [a, [b], c]"), "4:95: exec: args: a list; expected a text\n"},
    {EXEC(V1 ", command: /x, args: a"), "4:91: args: a text; expected a list\n"},
    {EXEC(V1 ", command: /x, args: [1]"), "4:92: exec: args: a number; expected a text, in quotes\n"},
    {EXEC(V1 ", command: /x, env: [{name: a=b, value: " SECRET "}, {value: c}, d, {name: e, value: no}]"),
	"4:91: exec: env: not a variable; expected {name: NAME, value: TEXT}\n"
	"4:127: exec: env: not a variable; expected {name: NAME, value: TEXT}\n"
	"4:139: exec: env: not a variable; expected {name: NAME, value: TEXT}\n"
	"4:159: value: a boolean; expected a text, in quotes\n"},
    {EXEC(V1 ", command: /x, interactiveMode: Always"),
	"4:102: exec: interactiveMode: Always; expected Never or IfAvailable, because there is no "
	"terminal\n"},
};

static void test_mistakes(void **state)
{
	(void)state;
	size_t wrong = 0;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		wrong += !has_mistakes(
		    cases[i].text, (struct kubeconfig_want){.context = cases[i].context}, cases[i].mistakes);
	for (size_t i = 0; i < sizeof exec_cases / sizeof *exec_cases; i++)
		wrong += !has_mistakes(
		    exec_cases[i].text, (struct kubeconfig_want){.allows_exec = true}, exec_cases[i].mistakes);
	assert_int_equal(wrong, 0);
}

static void test_client_certificate(void **state)
{
	(void)state;
	struct kubeconfig k =
	    parse(GOOD_CLUSTER USER("client-certificate-data: " PEM64 ", client-key-data: " KEY64) CONTEXT, NULL);
	assert_string_equal(k.cert_pem, PEM);
	assert_string_equal(k.key_pem, KEY);
	assert_null(k.cert_file);
	assert_string_equal(k.cert_name, "/etc/k/config:4:45: client-certificate-data");
	assert_string_equal(k.key_name, "/etc/k/config:4:144: client-key-data");
	kubeconfig_fini(&k);
	k = parse(GOOD_CLUSTER USER("client-certificate: a.crt, client-key: /b.key") CONTEXT, NULL);
	assert_string_equal(k.cert_file, "/etc/k/a.crt");
	assert_string_equal(k.key_file, "/b.key");
	kubeconfig_fini(&k);
}

static void test_basic(void **state)
{
	(void)state;
	struct kubeconfig k = parse(GOOD_CLUSTER USER("username: a, password: 'b:c'") CONTEXT, NULL);
	assert_string_equal(k.basic, "a:b:c");
	kubeconfig_fini(&k);
}

static void test_proxies(void **state)
{
	(void)state;
	static const struct {
		const char *url, *read;
	} proxies[] = {
	    {"http://p", "http://p:80"},
	    {"HTTP://u:s@P:3128/ignored?x#y", "http://u:s@p:3128"},
	    {"socks5h://p", "socks5h://p:1080"},
	    {"https://u:s:@p", "https://u:s:@p:443"},
	    {"socks5://p", "socks5h://p:1080"},
	    {"socks5://[::1]:9", "socks5h://[::1]:9"},
	    {"http://[::1]", "http://[::1]:80"},
	};
	for (size_t i = 0; i < sizeof proxies / sizeof *proxies; i++) {
		struct buf text = buf_of(1024);
		buf_printf(&text,
		    CLUSTER("server: https://h, disable-compression: true, proxy-url: '%s'") GOOD_USER CONTEXT,
		    proxies[i].url);
		struct kubeconfig k = parse(buf_text(&text), NULL);
		assert_string_equal(k.proxy_url, proxies[i].read);
		assert_true(k.uncompressed);
		kubeconfig_fini(&k);
		buf_fini(&text);
	}
}

static void test_exec(void **state)
{
	(void)state;
	static const char text[] = EXEC(V1 ", command: /bin/x, args: [a, ''], provideClusterInfo: true, "
					   "interactiveMode: IfAvailable, "
					   "env: [{name: A, value: b=c}, {name: B}]");
	static const char other[] = EXEC(V1 ", command: /bin/x, args: [a], env: null");
	struct kubeconfig_want want = {.allows_exec = true};
	struct kubeconfig k = parse_as(text, want), same = parse_as(text, want), l = parse_as(other, want);
	assert_string_equal(k.exec.api_version, "client.authentication.k8s.io/v1");
	assert_string_equal(k.exec.argv[0], "/bin/x");
	assert_string_equal(k.exec.argv[1], "a");
	assert_string_equal(k.exec.argv[2], "");
	assert_null(k.exec.argv[3]);
	assert_string_equal(k.exec.env[0], "A=b=c");
	assert_string_equal(k.exec.env[1], "B=");
	assert_null(k.exec.env[2]);
	assert_true(k.exec.wants_cluster);
	assert_true(kubeconfig_exec_is_same(&k.exec, &same.exec));
	assert_false(kubeconfig_exec_is_same(&k.exec, &l.exec));
	assert_false(kubeconfig_exec_is_same(&k.exec, &(struct kubeconfig_exec){0}));
	assert_true(kubeconfig_exec_is_same(&(struct kubeconfig_exec){0}, &(struct kubeconfig_exec){0}));
	kubeconfig_fini(&k);
	kubeconfig_fini(&same);
	kubeconfig_fini(&l);
	/* Relative to the kubeconfig's folder; null is an empty argument. */
	k = parse_as(EXEC(V1 ", command: ./bin/x, args: [null]"), want);
	assert_string_equal(k.exec.argv[0], "/etc/k/./bin/x");
	assert_string_equal(k.exec.argv[1], "");
	kubeconfig_fini(&k);
	/* Not run, and so not a mistake, beside a token, a password or a certificate. */
	k = parse(GOOD_CLUSTER USER("token: t, exec: {command: x}") CONTEXT, NULL);
	assert_null(k.exec.argv);
	assert_string_equal(k.token, "t");
	kubeconfig_fini(&k);
	k = parse_as(
	    GOOD_CLUSTER USER("client-certificate: a, client-key: b, exec: {" V1 ", command: /x}") CONTEXT, want);
	assert_null(k.exec.argv);
	assert_string_equal(k.cert_file, "/etc/k/a");
	kubeconfig_fini(&k);
	/* A user that is not looked at may be of any kind. */
	k = parse_as(written, (struct kubeconfig_want){.context = "org-a-ci-oidc", .without_user = true});
	assert_null(k.exec.argv);
	kubeconfig_fini(&k);
}

/* KUBECONFIG=a:b:c: of each name and of current-context the first counts, wherever the others stand. */
static void test_several_files(void **state)
{
	(void)state;
	static const char *const texts[] = {
	    "users: [{name: u, user: {tokenFile: t}}]\n",
	    "current-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}]\n",
	    "current-context: y\ncontexts: [{name: x, context: {cluster: d}}]\n"
	    "users: [{name: u, user: {token: " SECRET "}}]\n"
	    "clusters: [{name: c, cluster: {server: 'https://c', certificate-authority: pki/ca}}]\n",
	};
	struct kubeconfig k;
	struct errs errs = {0};
	assert_true(pick(texts, 3, (struct kubeconfig_want){0}, &k, &errs));
	assert_string_equal(k.server, "https://c");
	assert_string_equal(k.ca_file, "/etc/k/pki/ca");
	assert_string_equal(k.token_file, "/etc/k/t");
	assert_null(k.token);
	kubeconfig_fini(&k);
	assert_false(pick(texts, 2, (struct kubeconfig_want){0}, &k, &errs));
	assert_int_equal(errs.count, 1);
	assert_string_equal(errs.kept[0].text, "/etc/k/b:2:41: no cluster named `c`; known: none");
}

/* Only the context that is asked for is read: its neighbours may be of kinds we do not support. */
static void test_neighbours_do_not_matter(void **state)
{
	(void)state;
	struct kubeconfig k = parse("clusters: [{name: c, cluster: {server: https://h}},\n"
				    "  {name: bad, cluster: 7}, {}, 8]\n"
				    "users: [{name: bad, user: {exec: {}}}]\n"
				    "contexts: [3, {name: x, context: {cluster: c}}]\n",
	    "x");
	assert_string_equal(k.server, "https://h");
	kubeconfig_fini(&k);
}

static void test_damaged_kubeconfigs(void **state)
{
	(void)state;
	static const char *const contexts[] = {NULL, "org-a-ci", "local", "org-a-ci-oidc"};
	static char bytes[1 << 14];
	size_t accepted = 0, rounds = 4000;
	struct mutator m = {.state = mutate_seed("test_damaged_kubeconfigs"), .bytes = bytes, .max = sizeof bytes};
	for (size_t i = 0; i < rounds; i++) {
		m.len = strlen(written);
		memcpy(bytes, written, m.len);
		mutate(&m);
		struct errs errs = {0};
		struct kubeconfig k;
		const char *context = contexts[i % sizeof contexts / sizeof *contexts];
		struct kubeconfig_want want = {.context = context, .allows_exec = i % 2};
		struct kubeconfig_set *set =
		    kubeconfig_set_parse(&(struct kubeconfig_file){FILE_NAME, bytes, m.len}, 1, &errs);
		k = (struct kubeconfig){0};
		bool ok = set && kubeconfig_pick(set, &want, &k, &errs);
		kubeconfig_set_free(&set);
		assert_true(ok == (errs.count == 0));
		for (size_t e = 0; e < errs.count && e < ERRS_KEPT; e++) {
			assert_null(strstr(errs.kept[e].text, "-----BEGIN"));
			for (const char *p = errs.kept[e].text; *p; p++)
				assert_true((unsigned char)*p >= ' ');
		}
		if (ok) {
			accepted++;
			assert_non_null(k.server);
			assert_false(k.insecure && (k.ca_file || k.ca_pem));
			assert_false(k.token && k.token_file);
		}
		kubeconfig_fini(&k);
	}
	assert_in_range(accepted, rounds / 100, rounds - rounds / 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_service_account),
	    cmocka_unit_test(test_generated_by_rackspace),
	    cmocka_unit_test(test_local_without_credential),
	    cmocka_unit_test(test_json),
	    cmocka_unit_test(test_what_a_side_sets),
	    cmocka_unit_test(test_what_kubectl_passes_over),
	    cmocka_unit_test(test_blanks_around_a_token),
	    cmocka_unit_test(test_mistakes),
	    cmocka_unit_test(test_client_certificate),
	    cmocka_unit_test(test_basic),
	    cmocka_unit_test(test_proxies),
	    cmocka_unit_test(test_exec),
	    cmocka_unit_test(test_several_files),
	    cmocka_unit_test(test_neighbours_do_not_matter),
	    cmocka_unit_test(test_damaged_kubeconfigs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
