/*
 * How the time to read a list grows with the list: nodes and runner pods, read item by item as the daemon does it. The
 * lists are the recordings with their items over and over.
 *
 * Usage, in the root of the repository: growth ROUNDS ITEMS... Prints "KIND ITEMS MILLISECONDS" for each length:
 * processor time, the median of the rounds, in which the lengths take turns.
 */
#define _GNU_SOURCE
#include "decode/items.h"
#include "decode/kube.h"
#include "decode/pod.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CHUNK_BYTES = 16 << 10, FILE_MAX_BYTES = 1 << 20, ROUNDS_MAX = 101, LENGTHS_MAX = 16 };

#define DIE(...) (fprintf(stderr, __VA_ARGS__), fputc('\n', stderr), exit(1))

/* A recorded list in three parts; the middle one has all its items. */
struct list {
	const char *name, *recording, *kind;
	const struct member *members;
	items_fn *on_item;
	char *head, *body, *tail; /* borrowed from one allocation that lives as long as the program */
	size_t head_len, body_len;
};

static bool on_node(void *ctx, const char *json, size_t len, struct err *e)
{
	static const struct taint_filter none = {NULL, 0};
	return kube_count_node(json, len, &none, ctx, e);
}

static bool on_pod(void *ctx, const char *json, size_t len, struct err *e)
{
	struct pod_fact pod;
	(void)ctx;
	return pod_read(json, len, "runner", &pod, e);
}

static struct list lists[] = {
    {.name = "nodes",
	.recording = "tests/fixtures/kube/nodes.http",
	.kind = "NodeList",
	.members = kube_node_members,
	.on_item = on_node},
    {.name = "pods",
	.recording = "tests/fixtures/kube/pods-runners.http",
	.kind = "PodList",
	.members = pod_members,
	.on_item = on_pod},
};

static void read_recording(struct list *l)
{
	char *bytes = calloc(1, FILE_MAX_BYTES);
	FILE *f = fopen(l->recording, "rb");
	if (!f || !bytes || fread(bytes, 1, FILE_MAX_BYTES - 1, f) == 0)
		DIE("%s cannot be read; start in the root of the repository", l->recording);
	fclose(f);
	l->head = strstr(bytes, "\r\n\r\n");
	l->body = l->head ? strstr(l->head, "\"items\":[") : NULL;
	l->tail = l->body ? strrchr(l->body, ']') : NULL;
	if (!l->tail)
		DIE("%s is no recording of a list", l->recording);
	l->head += strlen("\r\n\r\n");
	l->body += strlen("\"items\":[");
	l->head_len = (size_t)(l->body - l->head);
	l->body_len = (size_t)(l->tail - l->body);
}

static bool feed(struct items *it, const char *bytes, size_t len, struct err *e)
{
	bool is_good = true;
	for (size_t at = 0; is_good && at < len; at += CHUNK_BYTES)
		is_good = items_feed(it, bytes + at, len - at < CHUNK_BYTES ? len - at : CHUNK_BYTES, e);
	return is_good;
}

/* Reads a list of at least so many items; returns how many there were. */
static size_t read_list(const struct list *l, size_t least)
{
	struct node_counts counts = {0};
	struct items it;
	struct buf next = buf_of(4096);
	struct err e;
	items_init(&it, l->members, l->on_item, &counts);
	bool is_good = feed(&it, l->head, l->head_len, &e) && feed(&it, l->body, l->body_len, &e);
	while (is_good && it.count < least)
		is_good = feed(&it, ",", 1, &e) && feed(&it, l->body, l->body_len, &e);
	if (!is_good || !feed(&it, l->tail, strlen(l->tail), &e) || !items_finish(&it, l->kind, &next, &e) ||
	    it.unreadable.count)
		DIE("%s: %s", l->name, e.text);
	size_t count = it.count;
	items_fini(&it);
	buf_fini(&next);
	return count;
}

static double cpu_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void measure(const struct list *l, size_t rounds, char **lengths, size_t length_count)
{
	static double ms[LENGTHS_MAX][ROUNDS_MAX];
	size_t counts[LENGTHS_MAX];
	for (size_t round = 0; round < rounds; round++)
		for (size_t i = 0; i < length_count; i++) {
			double started = cpu_ms();
			counts[i] = read_list(l, strtoul(lengths[i], NULL, 10));
			ms[i][round] = cpu_ms() - started;
		}
	for (size_t i = 0; i < length_count; i++) {
		qsort(ms[i], rounds, sizeof *ms[i], by_value);
		printf("%s %zu %.4f\n", l->name, counts[i], ms[i][rounds / 2]);
	}
}

int main(int argc, char **argv)
{
	size_t rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	if (rounds < 1 || rounds > ROUNDS_MAX || argc < 3 || argc - 2 > LENGTHS_MAX)
		DIE("usage: %s ROUNDS ITEMS..., 1 to %d rounds and at most %d lengths", argv[0], ROUNDS_MAX,
		    LENGTHS_MAX);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		read_recording(&lists[i]);
		measure(&lists[i], rounds, argv + 2, (size_t)argc - 2);
	}
	return 0;
}
