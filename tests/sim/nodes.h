/*
 * The Node objects of a cloudspace, made from its counts. Which node is what: the control plane's
 * come first; from the end come the tainted ones, then those not ready, then the cordoned ones, so
 * that the sets are disjoint as long as there are nodes enough.
 */
#pragma once

struct request;
struct answer;

/* The list, or the node of that name if `name` is not "". The lock is held. */
void nodes_answer(const struct request *r, struct answer *a, const char *name);
