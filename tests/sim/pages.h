/*
 * Alertmanager's webhook receiver: what paged, in the order in which it did.
 */
#pragma once

struct request;
struct answer;

/* POST /webhook: prints and remembers every alert of the notification. */
void pages_take(const struct request *r, struct answer *a);

/* GET /pages: the remembered ones, oldest first. */
void pages_list(const struct request *r, struct answer *a);

/* GET /pages/wait: the newest page that matches, as soon as there is one. */
void pages_await(const struct request *r, struct answer *a);
