/*
 * Who is answered on the listener for Prometheus and people: how often a client may ask, then with which password.
 * Probes of the monitor's own health may ask as often as they like: they cost nothing, and the kubelet shares its
 * address with others.
 */
#pragma once

#include "api.h"
#include "config/web_conf.h"
#include "serve/clients.h"
#include "serve/serving.h"

struct MHD_Connection;

/* Why a request is refused. */
struct admission_refusal {
	enum api_error kind;
	const char *text;
	int64_t retry_after_s; /* 0: that is not known, or would not help */
};

enum admission { ADMISSION_GRANTED, ADMISSION_REFUSED, ADMISSION_WAIT };

/*
 * Decides on a request of `client`, once its header is complete. ADMISSION_WAIT: its connection is suspended until its
 * password has been hashed, and then it is to be asked for again.
 */
enum admission admission_ask(struct serving *serving, struct client *client, struct MHD_Connection *connection,
    bool is_probe, struct admission_refusal *refusal);

/* The limits of an address, whatever the web configuration says. No users yet: everybody may ask. */
void admission_init(struct serving *serving);

/*
 * Takes users and the rate of all from the web configuration; NULL: there is none. At the start, or in the server
 * thread. Who waits for a password of other users is asked again. The bucket of all is full again if its limit changes.
 */
void admission_configure(struct serving *serving, const struct web_conf *conf);
void admission_fini(struct serving *serving);
