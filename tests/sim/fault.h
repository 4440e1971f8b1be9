/*
 * The ways in which a service can misbehave. What a fault does to an answer stands here as a table;
 * what it does to the connection (refuse, mute, reset, stall, and those of TLS) is the work of serve.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct answer;
struct request;

enum fault_kind {
	FAULT_NONE,
	FAULT_REFUSE,
	FAULT_RESET,
	FAULT_STALL,
	FAULT_STATUS,
	FAULT_TRUNCATE,
	FAULT_EMPTY,
	FAULT_GARBAGE,
	FAULT_HUGE,
	FAULT_MANY,
	FAULT_DRIP,
	FAULT_WRONG_TYPES,
	FAULT_HTML,
	FAULT_REDIRECT,
	FAULT_MUTE,
	FAULT_BOMB,
	FAULT_SWELL,
	FAULT_ECHO,
	FAULT_BODY,
	FAULT_HEADERS,
	FAULT_EXPIRED,
	FAULT_WRONG_NAME,
	FAULT_FOREIGN_CA,
	FAULT_OLD_TLS,
	FAULT_KINDS
};

/* Reads "NAME" or "NAME:NUMBER". On failure false, and `why` says what was expected. */
bool fault_parse(const char *text, enum fault_kind *kind, long *arg, char *why, size_t why_size);

/* Whether a path begins as `on` says, or, where that ends with a $, is that. */
bool fault_is_meant(const char *path, const char *on);

/* Turns a good answer into what the fault makes of it. */
void fault_spoil(enum fault_kind kind, long arg, const struct request *r, struct answer *a);
