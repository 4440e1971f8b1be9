/*
 * A cloudspace's Kubernetes API server, as it answers a client that may read what a monitor reads.
 */
#define _GNU_SOURCE
#include "kube.h"

#include "auth.h"
#include "list.h"
#include "nodes.h"
#include "state.h"
#include "text.h"
#include "workloads.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

static const char VERSION[] = "{\n"
			      "  \"major\": \"1\",\n"
			      "  \"minor\": \"36\",\n"
			      "  \"emulationMajor\": \"1\",\n"
			      "  \"emulationMinor\": \"36\",\n"
			      "  \"minCompatibilityMajor\": \"1\",\n"
			      "  \"minCompatibilityMinor\": \"35\",\n"
			      "  \"gitVersion\": \"v1.36.2\",\n"
			      "  \"gitCommit\": \"8e16b12fda5b1dccc41a6de48b3e356cc7d5048b\",\n"
			      "  \"gitTreeState\": \"\",\n"
			      "  \"buildDate\": \"1970-01-01T00:00:00Z\",\n"
			      "  \"goVersion\": \"go1.26.10\",\n"
			      "  \"compiler\": \"gc\",\n"
			      "  \"platform\": \"linux/amd64\"\n"
			      "}";

static const char NOT_ACCEPTABLE[] = "{\n"
				     "  \"kind\": \"Status\",\n"
				     "  \"apiVersion\": \"v1\",\n"
				     "  \"metadata\": {},\n"
				     "  \"status\": \"Failure\",\n"
				     "  \"message\": \"only the following media types are accepted: application/json, "
				     "application/yaml, application/vnd.kubernetes.protobuf\",\n"
				     "  \"reason\": \"NotAcceptable\",\n"
				     "  \"code\": 406\n"
				     "}";

static const char *const CHECKS[] = {
    "ping",
    "log",
    "loopback-serving-certificate",
    "etcd",
    "poststarthook/start-apiserver-admission-initializer",
    "poststarthook/generic-apiserver-start-informers",
    "poststarthook/priority-and-fairness-config-consumer",
    "poststarthook/priority-and-fairness-filter",
    "poststarthook/storage-object-count-tracker-hook",
    "poststarthook/start-apiextensions-informers",
    "poststarthook/start-apiextensions-controllers",
    "poststarthook/crd-informer-synced",
    "poststarthook/start-system-namespaces-controller",
    "poststarthook/peer-endpoint-reconciler-controller",
    "poststarthook/start-cluster-authentication-info-controller",
    "poststarthook/start-kube-apiserver-identity-lease-controller",
    "poststarthook/start-kube-apiserver-identity-lease-garbage-collector",
    "poststarthook/storage-readiness",
    "poststarthook/start-legacy-token-tracking-controller",
    "poststarthook/start-service-ip-repair-controllers",
    "poststarthook/rbac/bootstrap-roles",
    "poststarthook/scheduling/bootstrap-system-priority-classes",
    "poststarthook/priority-and-fairness-config-producer",
    "poststarthook/bootstrap-controller",
    "poststarthook/start-kubernetes-service-cidr-controller",
    "poststarthook/start-kube-aggregator-informers",
    "poststarthook/apiservice-status-local-available-controller",
    "poststarthook/apiservice-status-remote-available-controller",
    "poststarthook/apiservice-registration-controller",
    "poststarthook/apiservice-wait-for-first-sync",
    "poststarthook/apiservice-discovery-controller",
    "poststarthook/kube-apiserver-autoregistration",
    "autoregister-completion",
    "poststarthook/apiservice-openapi-controller",
    "poststarthook/apiservice-openapiv3-controller",
};

/* What the monitor's role may read; everything else is forbidden before it is looked for. */
static const char *const READABLE_GROUPS[] = {
    "",
    "apps",
    "coordination.k8s.io",
    "actions.github.com",
    "argoproj.io",
};

/* What is served. Kinds without objects here answer with empty lists; `custom` ones can be uninstalled. */
static const struct resource {
	const char *group, *version, *name, *kind;
	bool custom;
} RESOURCES[] = {
    {"", "v1", "nodes", "NodeList", false},
    {"", "v1", "pods", "PodList", false},
    {"", "v1", "namespaces", "NamespaceList", false},
    {"apps", "v1", "deployments", "DeploymentList", false},
    {"coordination.k8s.io", "v1", "leases", "LeaseList", false},
    {"actions.github.com", "v1alpha1", "ephemeralrunners", "EphemeralRunnerList", true},
    {"actions.github.com", "v1alpha1", "ephemeralrunnersets", "EphemeralRunnerSetList", true},
    {"actions.github.com", "v1alpha1", "autoscalingrunnersets", "AutoscalingRunnerSetList", true},
    {"actions.github.com", "v1alpha1", "autoscalinglisteners", "AutoscalingListenerList", true},
    {"argoproj.io", "v1alpha1", "applications", "ApplicationList", true},
};

/* A resource path taken apart; parts that are not there are "". */
struct where {
	char group[128], version[32], ns[64], resource[64], name[128];
};

void kube_begin_json(struct answer *a, unsigned status)
{
	answer_begin(a, status);
	answer_header(a, "Cache-Control", "no-cache, private");
	answer_header(a, "Content-Type", "application/json");
}

void kube_begin_text(struct answer *a, unsigned status)
{
	answer_begin(a, status);
	answer_header(a, "Cache-Control", "no-cache, private");
	answer_header(a, "Content-Type", "text/plain; charset=utf-8");
	answer_header(a, "X-Content-Type-Options", "nosniff");
}

void kube_status(struct answer *a, unsigned code, const char *reason, const char *message, const char *details)
{
	struct text t;
	text_open(&t);
	text_put(t.out,
	    "{'kind':'Status','apiVersion':'v1','metadata':{},'status':'Failure',"
	    "'message':");
	text_json(t.out, message);
	if (*reason)
		text_put(t.out, ",'reason':'%s'", reason);
	if (details) {
		text_put(t.out, ",'details':");
		fputs(details, t.out);
	}
	text_put(t.out, ",'code':%u}\n", code);
	size_t len;
	char *body = text_take(&t, &len);
	kube_begin_json(a, code);
	answer_body_take(a, body, len);
}

/* "nodes", or "things.example.com" outside the core. */
static char *qualified(const char *group, const char *resource)
{
	return text_format("%s%s%s", resource, *group ? "." : "", group);
}

static char *details_of(const char *group, const char *resource, const char *name)
{
	struct text t;
	text_open(&t);
	fputc('{', t.out);
	if (*name) {
		text_put(t.out, "'name':");
		text_json(t.out, name);
		fputc(',', t.out);
	}
	if (*group) {
		text_put(t.out, "'group':");
		text_json(t.out, group);
		fputc(',', t.out);
	}
	text_put(t.out, "'kind':");
	text_json(t.out, resource);
	fputc('}', t.out);
	return text_take(&t, NULL);
}

void kube_not_found(struct answer *a, const char *group, const char *resource, const char *name)
{
	char *what = qualified(group, resource), *details = details_of(group, resource, name);
	char *message = text_format("%s \"%s\" not found", what, name);
	kube_status(a, 404, "NotFound", message, details);
	free(message);
	free(details);
	free(what);
}

void kube_forbidden(struct answer *a, const char *group, const char *resource, const char *ns, const char *name)
{
	char *what = qualified(group, resource), *details = details_of(group, resource, name);
	char *object = *name ? text_format(" \"%s\"", name) : text_copy("");
	char *scope = *ns ? text_format("in the namespace \"%s\"", ns) : text_copy("at the cluster scope");
	char *message = text_format("%s%s is forbidden: User \"monitor\" cannot %s resource \"%s\" "
				    "in API group \"%s\" %s",
	    what, object, *name ? "get" : "list", resource, group, scope);
	kube_status(a, 403, "Forbidden", message, details);
	answer_header(a, "X-Content-Type-Options", "nosniff");
	free(message);
	free(scope);
	free(object);
	free(details);
	free(what);
}

void kube_no_such_path(struct answer *a)
{
	kube_begin_text(a, 404);
	answer_printf(a, "404 page not found\n");
}

void kube_failure(struct answer *a, unsigned code)
{
	static const struct {
		unsigned code;
		const char *reason, *message;
		unsigned retry_after_s;
	} FAILURES[] = {
	    {400, "BadRequest", "the server rejected our request for an unknown reason", 0},
	    {401, "Unauthorized", "Unauthorized", 0},
	    {404, "NotFound", "the server could not find the requested resource", 0},
	    {405, "MethodNotAllowed", "the server does not allow this method on the requested resource", 0},
	    {410, "Expired", "The resourceVersion for the provided list is too old.", 0},
	    {429, "TooManyRequests", "storage is (re)initializing", 1},
	    {500, "InternalError", "Internal error occurred: etcdserver: request timed out", 0},
	    {503, "ServiceUnavailable", "the server is currently unable to handle the request", 5},
	    {504, "Timeout", "Timeout: request did not complete within the allotted timeout", 0},
	};
	for (size_t i = 0; i < sizeof FAILURES / sizeof *FAILURES; i++) {
		if (FAILURES[i].code != code)
			continue;
		unsigned wait_s = FAILURES[i].retry_after_s;
		char *details = wait_s ? text_format("{\"retryAfterSeconds\":%u}", wait_s) : NULL;
		kube_status(a, code, FAILURES[i].reason, FAILURES[i].message, details);
		if (wait_s)
			answer_header(a, "Retry-After", "%u", wait_s);
		free(details);
		return;
	}
	kube_status(a, code, "",
	    "an error on the server (\"unknown\") has prevented the request "
	    "from succeeding",
	    NULL);
}

/* readyz, livez or healthz; NULL for any other path. */
static const char *health_path(const char *path)
{
	static const char *const NAMES[] = {"readyz", "livez", "healthz"};
	for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
		if (strcmp(path + 1, NAMES[i]) == 0)
			return NAMES[i];
	return NULL;
}

static void answer_health(struct answer *a, const char *name, bool verbose, const char *broken)
{
	struct text t;
	text_open(&t);
	for (size_t i = 0; i < sizeof CHECKS / sizeof *CHECKS && (verbose || broken); i++) {
		bool bad = broken && strcmp(CHECKS[i], broken) == 0;
		fprintf(t.out, "[%c]%s %s\n", bad ? '-' : '+', CHECKS[i], bad ? "failed: reason withheld" : "ok");
	}
	if (verbose || broken)
		fprintf(t.out, "%s check %s\n", name, broken ? "failed" : "passed");
	else
		fputs("ok", t.out);
	size_t len;
	char *body = text_take(&t, &len);
	kube_begin_text(a, broken ? 500 : 200);
	answer_body_take(a, body, len);
}

/* Takes the next path segment; false when there is none or it is too long. */
static bool next_segment(const char **path, char *out, size_t size)
{
	if (**path != '/')
		return false;
	size_t len = strcspn(*path + 1, "/");
	if (!len || len >= size)
		return false;
	memcpy(out, *path + 1, len);
	out[len] = '\0';
	*path += 1 + len;
	return true;
}

/* /api/VERSION/... or /apis/GROUP/VERSION/..., then [namespaces/NS/]RESOURCE[/NAME]. */
static bool take_apart(const char *path, struct where *w)
{
	char root[8];
	*w = (struct where){0};
	if (!next_segment(&path, root, sizeof root))
		return false;
	if (strcmp(root, "apis") == 0 ? !next_segment(&path, w->group, sizeof w->group) : strcmp(root, "api") != 0)
		return false;
	if (!next_segment(&path, w->version, sizeof w->version) ||
	    !next_segment(&path, w->resource, sizeof w->resource))
		return false;
	if (!next_segment(&path, w->name, sizeof w->name))
		return !*path;
	if (strcmp(w->resource, "namespaces") == 0 && *path) {
		snprintf(w->ns, sizeof w->ns, "%.63s", w->name);
		*w->name = '\0';
		if (!next_segment(&path, w->resource, sizeof w->resource))
			return false;
		if (*path && !next_segment(&path, w->name, sizeof w->name))
			return false;
	}
	return !*path;
}

static void forbid_path(const struct request *r, struct answer *a)
{
	char *message = text_format("forbidden: User \"monitor\" cannot get path \"%s\"", r->path);
	kube_status(a, 403, "Forbidden", message, "{}");
	answer_header(a, "X-Content-Type-Options", "nosniff");
	free(message);
}

/* A refusal by status code alone: health paths speak plain text when they are red. */
static void kube_refuse(const struct request *r, struct answer *a, unsigned code)
{
	struct where w;
	const char *health = health_path(r->path);
	if (health && code == 500)
		answer_health(a, health, false, "etcd");
	else if (code == 403 && take_apart(r->path, &w))
		kube_forbidden(a, w.group, w.resource, w.ns, w.name);
	else if (code == 403)
		forbid_path(r, a);
	else
		kube_failure(a, code);
}

static bool readable(const struct target *t, const struct where *w)
{
	for (size_t i = 0; i < sizeof READABLE_GROUPS / sizeof *READABLE_GROUPS; i++)
		if (strcmp(READABLE_GROUPS[i], w->group) == 0)
			return !t->knobs.rbac_none;
	return false;
}

static const struct resource *find_resource(const struct where *w)
{
	for (size_t i = 0; i < sizeof RESOURCES / sizeof *RESOURCES; i++)
		if (strcmp(RESOURCES[i].group, w->group) == 0 && strcmp(RESOURCES[i].version, w->version) == 0 &&
		    strcmp(RESOURCES[i].name, w->resource) == 0)
			return &RESOURCES[i];
	return NULL;
}

/* Another form than the object's own takes its version and group to ask for; else the fallback counts. */
static bool acceptable(const struct request *r)
{
	const char *accept = request_header(r, "Accept");
	return !accept || !strstr(accept, ";as=") || strstr(accept, ";v=v1;g=meta.k8s.io") || strchr(accept, ',');
}

static void answer_resource(const struct request *r, struct answer *a, const struct where *w)
{
	const struct resource *kind = find_resource(w);
	if (!kind || (kind->custom && r->target->knobs.no_crds)) {
		kube_no_such_path(a);
	} else if (!acceptable(r)) {
		kube_begin_json(a, 406);
		answer_printf(a, "%s", NOT_ACCEPTABLE);
	} else if (strcmp(w->resource, "nodes") == 0) {
		nodes_answer(r, a, w->name);
	} else if (*w->name) {
		kube_not_found(a, w->group, w->resource, w->name);
	} else if (!workloads_answer(r, a, w->group, w->resource, w->ns)) {
		const char *slash = *w->group ? "/" : "";
		char *api_version = text_format("%s%s%s", w->group, slash, w->version);
		struct list empty = {
		    .kind = kind->kind,
		    .api_version = api_version,
		    .custom = kind->custom,
		    .revision = r->target->revision,
		};
		list_answer(r, a, &empty);
		free(api_version);
	}
}

/* Its own service account's token, or the Spot id_token that the generated kubeconfig carries. */
static bool authenticated(const struct request *r)
{
	const char *token = request_bearer(r);
	if (!token || r->target->knobs.token_revoked)
		return false;
	return strcmp(token, r->target->token) == 0 || auth_judge(r->sim, token) == BEARER_GOOD;
}

static bool is_token_request(const struct request *r)
{
	static const char ACCOUNTS[] = "/api/v1/namespaces/hawatch/serviceaccounts/";
	if (strcmp(r->method, "POST") != 0 || !text_starts(r->path, ACCOUNTS))
		return false;
	const char *account = r->path + strlen(ACCOUNTS);
	return strcmp(account, "hawatch/token") == 0 || strcmp(account, "hawatch-renewer/token") == 0;
}

/* Any life is given that was asked for. */
static void answer_token_request(const struct request *r, struct answer *a)
{
	const char *asked = strstr(r->body, "\"expirationSeconds\": ");
	long ttl_s = asked ? strtol(strchr(asked, ' '), NULL, 10) : 3600;
	char ends[21];
	text_utc(ends, time(NULL) + ttl_s);
	kube_begin_json(a, 201);
	answer_json(a,
	    "{'kind':'TokenRequest','apiVersion':'authentication.k8s.io/v1','metadata':{'namespace':'hawatch'},"
	    "'spec':{'audiences':['https://kubernetes.default.svc'],'expirationSeconds':%ld,'boundObjectRef':null},"
	    "'status':{'token':'%s','expirationTimestamp':'%s'}}\n",
	    ttl_s, auth_issue(r->sim, ttl_s), ends);
}

static void kube_answer(const struct request *r, struct answer *a)
{
	struct where where;
	const char *health = health_path(r->path);
	state_lock(r->sim);
	if (!authenticated(r)) {
		kube_failure(a, 401);
	} else if (is_token_request(r) && r->target->knobs.rbac_none) {
		kube_forbidden(a, "", "serviceaccounts", "hawatch", "hawatch");
	} else if (is_token_request(r)) {
		answer_token_request(r, a);
	} else if (strcmp(r->method, "GET") != 0) {
		kube_failure(a, 405);
	} else if (health) {
		answer_health(a, health, request_query(r, "verbose") != NULL, NULL);
	} else if (strcmp(r->path, "/version") == 0) {
		kube_begin_json(a, 200);
		answer_printf(a, "%s", VERSION);
	} else if (!take_apart(r->path, &where)) {
		forbid_path(r, a);
	} else if (!readable(r->target, &where)) {
		kube_forbidden(a, where.group, where.resource, where.ns, where.name);
	} else {
		answer_resource(r, a, &where);
	}
	state_unlock(r->sim);
}

const struct service kube_service = {.answer = kube_answer, .refuse = kube_refuse};
