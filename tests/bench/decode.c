/*
 * How fast lists are read, and in how much memory: item by item as the daemon does
 * it, against cJSON on the whole document and against jq, on the same bytes. The lists are the
 * recordings, repeated to the size of a large cluster, and applications of the size that etcd allows.
 *
 * Usage, in the root of the repository: decode [ROUNDS]. Times are CPU time, medians of rounds in
 * which the ways take turns.
 */
#define _GNU_SOURCE /* wait4, __libc_malloc's friends */
#include "decode/argocd.h"
#include "decode/items.h"
#include "decode/kube.h"
#include "decode/pod.h"

#include <cJSON.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK_BYTES = 16 << 10, ROUNDS_MAX = 101, JQ_ROUNDS = 3 }; /* libcurl hands out at most so much at a time */

#define DIE(...) (fprintf(stderr, __VA_ARGS__), fputc('\n', stderr), exit(1))

/* While `heap_is_watched`: the heap's growth, and the most of it. glibc's own functions do the
 * work. */
static bool heap_is_watched;
static ptrdiff_t heap_now, heap_peak;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void __libc_free(void *p);

static void *watched(void *p)
{
	if (heap_is_watched)
		heap_now += (ptrdiff_t)malloc_usable_size(p);
	heap_peak = heap_now > heap_peak ? heap_now : heap_peak;
	return p;
}

static void *leaving(void *p)
{
	if (heap_is_watched)
		heap_now -= (ptrdiff_t)malloc_usable_size(p);
	return p;
}

void *malloc(size_t size)
{
	return watched(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
	return watched(__libc_calloc(count, size));
}

void *realloc(void *old, size_t size)
{
	return watched(__libc_realloc(leaving(old), size));
}

void free(void *p)
{
	__libc_free(leaving(p));
}

/* A list to read, and the question that it answers. */
struct list {
	const char *name, *recording, *kind, *jq;
	const struct member *members;
	items_fn *on_item;
	size_t want_bytes, want_items; /* repeated until either is reached */
	bool has_goals;                /* of speed */
	char *bytes;
	size_t len, count;
};

struct answer_of {
	struct node_counts nodes;
	size_t running;
};

static bool on_node(void *ctx, const char *json, size_t len, struct err *e)
{
	static const struct taint_filter none = {NULL, 0};
	struct answer_of *a = ctx;
	return kube_count_node(json, len, &none, &a->nodes, e);
}

/* Pods whose container `runner` runs: what "busy" asks of a pod. */
static bool on_pod(void *ctx, const char *json, size_t len, struct err *e)
{
	struct answer_of *a = ctx;
	struct pod_fact pod;
	if (!pod_read(json, len, "runner", &pod, e))
		return false;
	a->running += pod.is_running;
	return true;
}

static bool on_app(void *ctx, const char *json, size_t len, struct err *e)
{
	struct answer_of *a = ctx;
	struct app_fact app;
	if (!argocd_read_app(json, len, &app, e))
		return false;
	a->running += app.sync == APP_SYNCED;
	return true;
}

static struct list lists[] = {
    {"nodes", "tests/fixtures/kube/nodes.http", "NodeList",
	"[.items[] | select(.spec.unschedulable | not) | select(.status.conditions[] | "
	".type == \"Ready\" and .status == \"True\")] | length",
	kube_node_members, on_node, SIZE_MAX, 1000, true, NULL, 0, 0},
    {"runner pods", "tests/fixtures/kube/pods-runners.http", "PodList",
	"[.items[] | select(.status.containerStatuses[]? | .name == \"runner\" and "
	".state.running)] | length",
	pod_members, on_pod, 60000000, SIZE_MAX, true, NULL, 0, 0},
    {"large applications", NULL, "ApplicationList", "[.items[] | select(.status.sync.status == \"Synced\")] | length",
	argocd_app_members, on_app, 60000000, SIZE_MAX, false, NULL, 0, 0},
};

static char *read_body(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *bytes = calloc(1, 1 << 20);
	if (!f || !bytes || fread(bytes, 1, (1 << 20) - 1, f) == 0)
		DIE("%s cannot be read; start in the root of the repository", path);
	fclose(f);
	char *body = strstr(bytes, "\r\n\r\n");
	if (!body)
		DIE("%s is no recording", path);
	memmove(bytes, body + 4, strlen(body + 4) + 1);
	return bytes;
}

/* Applications of 1.5 MB: 3,000 resources, in the status and in the result of a sync, and a history of values. */
static void build_apps(struct list *l)
{
	enum { APP_BYTES = 3 << 19, RESOURCES = 3000 };
	struct buf out = buf_of(l->want_bytes + APP_BYTES);
	buf_puts(&out, "{\"apiVersion\":\"argoproj.io/v1alpha1\",\"items\":[");
	while (out.len < l->want_bytes) {
		size_t begins = out.len;
		buf_printf(&out, "%s{\"metadata\":{\"name\":\"app-%zu\"},\"status\":{\"history\":[{\"values\":\"",
		    l->count ? "," : "", l->count);
		while (out.len - begins < APP_BYTES / 2)
			buf_puts(&out, "image: ghcr.io/example/runner:1\\nreplicas: 3\\n");
		buf_puts(&out, "\"}],\"operationState\":{\"phase\":\"Succeeded\",\"syncResult\":{\"resources\":[");
		for (int i = 0; i < RESOURCES; i++)
			buf_printf(&out,
			    "%s{\"group\":\"\",\"kind\":\"ConfigMap\",\"name\":\"c-%d\",\"message\":\"configured\"}",
			    i ? "," : "", i);
		buf_puts(&out, "]}},\"resources\":[");
		for (int i = 0; i < RESOURCES; i++)
			buf_printf(&out,
			    "%s{\"kind\":\"ConfigMap\",\"name\":\"c-%d\",\"namespace\":\"n\",\"status\":\"Synced\","
			    "\"version\":\"v1\"}",
			    i ? "," : "", i);
		buf_puts(&out, "],\"sync\":{\"status\":\"Synced\"}}}");
		l->count++;
	}
	buf_puts(&out, "],\"kind\":\"ApplicationList\",\"metadata\":{\"continue\":\"\"}}\n");
	l->bytes = out.data;
	l->len = out.len;
}

/* The recorded list with its items over and over, byte for byte as they were recorded. */
static void build(struct list *l)
{
	if (!l->recording) {
		build_apps(l);
		return;
	}
	char *recorded = read_body(l->recording);
	char *first = strstr(recorded, "\"items\":[");
	char *last = strrchr(recorded, ']');
	cJSON *root = cJSON_Parse(recorded);
	if (!first || !last || !root)
		DIE("%s is no list", l->recording);
	first += strlen("\"items\":[");
	size_t per_round = (size_t)cJSON_GetArraySize(cJSON_GetObjectItem(root, "items"));
	size_t head = (size_t)(first - recorded), body = (size_t)(last - first), tail = strlen(last);
	size_t rounds = l->want_bytes / (body + 1), by_items = l->want_items / per_round + 1;
	rounds = rounds < by_items ? rounds : by_items;
	char *out = l->bytes = malloc(head + rounds * (body + 1) + tail);
	memcpy(out, recorded, head);
	out += head;
	for (size_t i = 0; i < rounds; i++) {
		memcpy(out, first, body);
		out += body;
		if (i + 1 < rounds)
			*out++ = ',';
	}
	memcpy(out, last, tail);
	l->len = (size_t)(out - l->bytes) + tail;
	l->count = rounds * per_round;
	cJSON_Delete(root);
	free(recorded);
}

/* The three ways to read. */
static void read_items(const struct list *l)
{
	struct answer_of answer = {0};
	struct items it;
	struct buf next = buf_of(4096);
	struct err e;
	bool is_good = true;
	items_init(&it, l->members, l->on_item, &answer);
	for (size_t at = 0; is_good && at < l->len; at += CHUNK_BYTES)
		is_good = items_feed(&it, l->bytes + at, l->len - at < CHUNK_BYTES ? l->len - at : CHUNK_BYTES, &e);
	if (!is_good || !items_finish(&it, l->kind, &next, &e) || it.count != l->count || it.unreadable.count)
		DIE("%s: %s", l->name, e.text);
	items_fini(&it);
	buf_fini(&next);
}

static void read_whole(const struct list *l)
{
	cJSON *root = cJSON_ParseWithLength(l->bytes, l->len);
	if (!root)
		DIE("%s: not JSON", l->name);
	cJSON_Delete(root);
}

static double cpu_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

struct cost {
	double cpu_s;
	size_t heap;
};

/* The same question to jq, its start included; zero when there is no jq. Its memory is all of it.
 */
static struct cost run_jq(const struct list *l)
{
	char path[] = "/tmp/hawatch-bench.XXXXXX";
	int fd = mkstemp(path), status;
	if (fd < 0 || write(fd, l->bytes, l->len) != (ssize_t)l->len)
		DIE("%s cannot be written", path);
	close(fd);
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		if (freopen("/dev/null", "w", stdout))
			execlp("jq", "jq", l->jq, path, (char *)NULL);
		_exit(127);
	}
	struct rusage used;
	wait4(pid, &status, 0, &used);
	unlink(path);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return (struct cost){0};
	double s = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	    (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6;
	return (struct cost){s, (size_t)used.ru_maxrss * 1024};
}

/*
 * One way in a process of its own, so that neither finds the other's heap: once for its
 * memory and to warm up, and once for its time. Both come back through a pipe.
 */
static struct cost measure(const struct list *l, void read_list(const struct list *l))
{
	struct cost cost = {0};
	int fds[2];
	if (pipe(fds) < 0)
		DIE("no pipe");
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		heap_is_watched = true;
		read_list(l);
		heap_is_watched = false;
		double started = cpu_s();
		read_list(l);
		cost = (struct cost){cpu_s() - started, (size_t)heap_peak};
		_exit(write(fds[1], &cost, sizeof cost) != sizeof cost);
	}
	close(fds[1]);
	if (read(fds[0], &cost, sizeof cost) != sizeof cost)
		DIE("%s: the measuring process died", l->name);
	close(fds[0]);
	waitpid(pid, NULL, 0);
	return cost;
}

static int by_time(const void *a, const void *b)
{
	double x = ((const struct cost *)a)->cpu_s, y = ((const struct cost *)b)->cpu_s;
	return (x > y) - (x < y);
}

static struct cost median(struct cost *v, size_t n)
{
	qsort(v, n, sizeof *v, by_time);
	return v[n / 2];
}

static void print_row(const struct list *l, const char *way, struct cost cost, double base)
{
	printf("  %-22s %8.1f ms %8.0f MB/s %7.1fx %10.2f MB\n", way, cost.cpu_s * 1e3,
	    (double)l->len / cost.cpu_s / 1e6, base / cost.cpu_s, (double)cost.heap / 1e6);
}

/* What is asked of the reading: so many times faster than the other ways, and at most so much heap. */
static const double goal_cjson = 8, goal_jq = 40, goal_heap_mb = 1;

static void print_goal(const char *what, double is, const char *relation, double goal, bool is_hit)
{
	printf("  %-22s %8.2f  goal %s %g  %s\n", what, is, relation, goal, is_hit ? "hit" : "MISS");
}

static void compare(const struct list *l, size_t rounds)
{
	struct cost items[ROUNDS_MAX], whole[ROUNDS_MAX], jqs[ROUNDS_MAX];
	size_t jq_rounds = rounds < JQ_ROUNDS ? rounds : JQ_ROUNDS;
	for (size_t i = 0; i < rounds; i++) {
		items[i] = measure(l, read_items);
		whole[i] = measure(l, read_whole);
		if (i < jq_rounds)
			jqs[i] = run_jq(l);
	}
	struct cost own = median(items, rounds), base = median(whole, rounds), jq = median(jqs, jq_rounds);
	double heap_mb = (double)own.heap / 1e6;
	printf("%s: %zu items, %.1f MB\n", l->name, l->count, (double)l->len / 1e6);
	print_row(l, "item by item", own, base.cpu_s);
	print_row(l, "cJSON, whole document", base, base.cpu_s);
	if (jq.cpu_s > 0)
		print_row(l, "jq (a process)", jq, base.cpu_s);
	if (l->has_goals) {
		print_goal("faster than cJSON", base.cpu_s / own.cpu_s, ">=", goal_cjson,
		    base.cpu_s >= goal_cjson * own.cpu_s);
		if (jq.cpu_s > 0)
			print_goal(
			    "faster than jq", jq.cpu_s / own.cpu_s, ">=", goal_jq, jq.cpu_s >= goal_jq * own.cpu_s);
	}
	print_goal("heap growth, MB", heap_mb, "<=", goal_heap_mb, heap_mb <= goal_heap_mb);
}

int main(int argc, char **argv)
{
	size_t rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 11;
	struct utsname u;
	if (rounds < 1 || rounds > ROUNDS_MAX)
		DIE("usage: %s [ROUNDS, 1 to %d]", argv[0], ROUNDS_MAX);
	uname(&u);
	printf("decode: CPU time, medians of %zu rounds; heap growth; on %s %s, %ld CPUs\n", rounds, u.sysname,
	    u.machine, sysconf(_SC_NPROCESSORS_ONLN));
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		build(&lists[i]);
		compare(&lists[i], rounds);
		free(lists[i].bytes);
	}
	return 0;
}
