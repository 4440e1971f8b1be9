/*
 * Names in messages: a person who mistyped a context must see the names. Tokens and keys, pasted where a name or a path
 * belongs, must not be seen.
 */
#include "config/kubeconfig.h"
#include "config/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *source, *name;
	const char *shown; /* NULL: as it is */
} names[] = {
    {"EKS", "arn:aws:eks:eu-central-1:123456789012:cluster/Production-Runners-01", NULL},
    {"GKE", "gke_my-project-123456_europe-west1-b_Runners2", NULL},
    {"eksctl", "iam-some-account@my-cluster.us-west-2.eksctl.io", NULL},
    {"OpenShift", "default/api-crc-testing:6443/kube:admin", NULL},
    {"Alibaba", "279979740599990001-c7cb724d3e0444bedb949733a3d96fe60", NULL},
    {"Rancher", "c-m-4qz8dk2v", NULL},
    {"Teleport", "teleport.example.com-Prod1", NULL},
    {"Spot", "org-AbC123dEf456-ngpc-user@HCP-1234-Runners", NULL},
    {"words and digits in CamelCase", "ProductionRunnersClusterServiceAccountToken2024Frankfurt01", NULL},
    {"digits between words", "Prod1Runners2Frankfurt3Blue4Green5Cluster6", NULL},
    {"a hash", "d41d8cd98f00b204e9800998ecf8427e", NULL},
    {"the start of a JWT in a name", "MoneyJar/TurkeyJobs-Production", NULL},
    {"a UUID", "550E8400-e29b-41d4-a716-446655440000", NULL},
    {"spaces and an umlaut",
	"K\xc3\xbc"
	"che oben links",
	NULL},
    {"a command", "C:\\Program Files\\Amazon\\AWSCLIV2\\aws.exe", NULL},
    {"a command", "/opt/google-cloud-sdk/bin/gke-gcloud-auth-plugin", NULL},
    {"empty", "", NULL},

    {"a cursor moved", "a\x1b[2Jb\tc\n", "a?[2Jb c "},
    {"a line turned around",
	"a\xe2\x80\xae"
	"b",
	"a\\u202eb"},
    {"no UTF-8",
	"a\xff"
	"b",
	"a?b"},
    {"too long",
	"0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 "
	"0123456789 0123456789 0123456789 0123456789 ",
	"0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 "
	"0123456789... (143 bytes)"},
    {"too long, cut between characters",
	".............................................................................................................."
	".........."
	"\xc3\xa9",
	".............................................................................................................."
	".........."
	"... (122 bytes)"},

    {"a JWT", "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjB9.c2lnbmF0dXJl", "(46 characters, not shown)"},
    {"an Auth0 refresh token", "v1.MRjK5ZxqT0aBq2LhV9sYw3N8uFc7dE1gPoI6yXrW4tQzAk", "(49 characters, not shown)"},
    {"a JWT with a letter before it", "xeyJhbGciOiJSUzI1NiJ9.eyJleHAiOjB9", "(34 characters, not shown)"},
    {"a random password", "Zx81kQ9vLm2Rt7Yp4Wn6Bs3Hd5Gf0JcX", "(32 characters, not shown)"},
    {"32 random bytes", "CHiEGKrEV6XwqcRkelp6EX79PndXgt2Cok-BrWTELQS", "(43 characters, not shown)"},
    {"a key", "-----BEGIN EC PRIVATE KEY-----", "(30 characters, not shown)"},
    {"a key in hexadecimal", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	"(64 characters, not shown)"},
};

static const struct {
	const char *source, *path;
	const char *resolved; /* NULL: refused as a secret */
} paths[] = {
    {"Windows", "C:\\Users\\Administrator\\.kube\\Certificates\\production-01.pem",
	"/etc/k/C:\\Users\\Administrator\\.kube\\Certificates\\production-01.pem"},
    {"long, without a slash", "production-frankfurt-runners-cluster-01-certificate-authority-bundle.pem",
	"/etc/k/production-frankfurt-runners-cluster-01-certificate-authority-bundle.pem"},
    {"long, without slash and dot", "ProductionFrankfurtRunnersClusterCertificateAuthority2024",
	"/etc/k/ProductionFrankfurtRunnersClusterCertificateAuthority2024"},
    {"minikube", "/home/me/.minikube/profiles/minikube/client.crt", "/home/me/.minikube/profiles/minikube/client.crt"},
    {"a hash as a name", "ca-d41d8cd98f00b204e9800998ecf8427e", "/etc/k/ca-d41d8cd98f00b204e9800998ecf8427e"},
    {"a token for its file", "v1.MRjK5ZxqT0aBq2LhV9sYw3N8uFc7dE1gPoI6yXrW4tQzAk", NULL},
    {"a JWT for its file", "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjB9.c2lnbmF0dXJl", NULL},
    {"a key for its file", "-----BEGIN EC PRIVATE KEY-----\nMIIB", NULL},
};

static void test_names(void **state)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *right = names[i].shown ? names[i].shown : names[i].name;
		if (strcmp(value_name_shown(names[i].name).text, right) != 0)
			fail_msg("%s: %s", names[i].source, value_name_shown(names[i].name).text);
	}
	(void)state;
}

static void test_paths(void **state)
{
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		char *out = NULL;
		struct err e = {""};
		bool ok = value_path("/etc/k/config", paths[i].path, &out, &e);
		if (ok != !!paths[i].resolved || (ok && strcmp(out, paths[i].resolved) != 0))
			fail_msg("%s: %s%s", paths[i].source, out ? out : "", e.text);
		assert_true(ok || (strstr(e.text, "looks like a secret") && !strstr(e.text, paths[i].path)));
		free(out);
	}
	(void)state;
}

#define EKS "arn:aws:eks:eu-central-1:123456789012:cluster/runners"

/* Every name that a kubeconfig can have wrong is told, and none of its secrets. */
static void test_mistakes_of_kubeconfigs(void **state)
{
	static const struct {
		const char *text, *context, *mistake;
	} cases[] = {
	    {"contexts: [{name: " EKS "}, {name: 'my context'}]", EKS "-2",
		"f: no context named `" EKS "-2`; known: " EKS ", my context"},
	    {"contexts: [{name: x, context: {cluster: " EKS "}}]\nclusters: [{name: C:\\d, cluster: {}}]", "x",
		"f:1:41: no cluster named `" EKS "`; known: C:\\d"},
	    {"contexts: [{name: x, context: {cluster: c, user: '" EKS "'}}]\n"
	     "clusters: [{name: c, cluster: {server: https://h}}]\nusers: [{name: me@example.com}]",
		"x", "f:1:50: no user named `" EKS "`; known: me@example.com"},
	    {"contexts: [{name: x, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: "
	     "https://h}}]\n"
	     "users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: "
	     "gke-gcloud-auth-plugin-version-0123456789-ABC}}}]",
		"x",
		"f:3:87: exec: command: gke-gcloud-auth-plugin-version-0123456789-ABC; expected the path of a program, "
		"because PATH is not searched"},
	    {"contexts: [{name: one-of-the-clusters-of-frankfurt-1}, {name: one-of-the-clusters-of-frankfurt-2},\n"
	     "{name: one-of-the-clusters-of-frankfurt-3}, {name: one-of-the-clusters-of-frankfurt-4},\n"
	     "{name: one-of-the-clusters-of-frankfurt-5}, {name: one-of-the-clusters-of-frankfurt-6},\n"
	     "{name: one-of-the-clusters-of-frankfurt-7}, {name: z}]",
		"x",
		"f: no context named `x`; known: one-of-the-clusters-of-frankfurt-1, "
		"one-of-the-clusters-of-frankfurt-2, "
		"one-of-the-clusters-of-frankfurt-3, one-of-the-clusters-of-frankfurt-4, "
		"one-of-the-clusters-of-frankfurt-5 and 3 more"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct errs errs = {0};
		struct kubeconfig k;
		struct kubeconfig_file file = {"f", cases[i].text, strlen(cases[i].text)};
		struct kubeconfig_want want = {.context = cases[i].context, .allows_exec = true};
		struct kubeconfig_set *set = kubeconfig_set_parse(&file, 1, &errs);
		assert_non_null(set);
		assert_false(kubeconfig_pick(set, &want, &k, &errs));
		assert_string_equal(errs.kept[0].text, cases[i].mistake);
		kubeconfig_set_free(&set);
	}
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_paths),
	    cmocka_unit_test(test_mistakes_of_kubeconfigs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
