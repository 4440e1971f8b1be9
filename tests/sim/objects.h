/*
 * What the objects of a cluster have in common, so that they agree with each other: names, uids,
 * times, labels, and which runner is in which state.
 */
#pragma once

#include "list.h"
#include "state.h"

#define SET "project-beta-runners"
#define SET_NS "arc-runners"
#define ARC_NS "arc-systems"
#define LISTENER SET "-754b578d-listener"

enum { APPS = 4, NAMESPACES = 6 };

/* Runners in the first so many states, and the state of one. */
size_t states_total(const struct target *t, int states);
enum runner_state state_at(const struct target *t, size_t i);

/* Names, as lists want them; `cls` is the target. */
void runner_name(const void *cls, size_t i, char out[LIST_NAME_MAX]);
void node_name(const void *cls, size_t i, char out[LIST_NAME_MAX]);
void app_name(const void *cls, size_t i, char out[LIST_NAME_MAX]);
void namespace_name(const void *cls, size_t i, char out[LIST_NAME_MAX]);

/* The node that a pod runs on. */
void node_of_pod(const struct target *t, size_t i, char out[LIST_NAME_MAX]);

/* Members of an object. */
void put_uid(FILE *out, const struct target *t, const char *kind, const char *name);
void put_time(FILE *out, const char *member, time_t at);
void put_labels(FILE *out, const char *before, const char *component, const char *behind);

/* Whole items, as lists want them: custom resources (custom.c) and built-in kinds (core.c). */
void runner_item(FILE *out, const void *cls, size_t i);
void runner_set_item(FILE *out, const void *cls, size_t i);
void scale_set_item(FILE *out, const void *cls, size_t i);
void listener_item(FILE *out, const void *cls, size_t i);
void app_item(FILE *out, const void *cls, size_t i);
void runner_pod_item(FILE *out, const void *cls, size_t i);
void partial_item(FILE *out, const void *cls, size_t i);
void listener_pod_item(FILE *out, const void *cls, size_t i);
void controller_item(FILE *out, const void *cls, size_t i);
void lease_item(FILE *out, const void *cls, size_t i);
void namespace_item(FILE *out, const void *cls, size_t i);
