/*
 * Who is answered on the listener for Prometheus and people: how often a client may ask, then with which password.
 * Probes of the monitor's own health may ask as often as they like: they cost nothing, and the kubelet shares its
 * address with others. Peers have a secret of their own in place of a user and a password.
 */
#pragma once

#include "api.h"
#include "serve/clients.h"
#include "serve/serving.h"

struct MHD_Connection;

/* Who asks for this. */
enum admission_of { ADMISSION_OF_ANYBODY, ADMISSION_OF_PROBE, ADMISSION_OF_PEER };

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
    enum admission_of of, struct admission_refusal *refusal);

/* With users and rates of the web configuration in use, and limits of an address that stand beside them. */
void admission_init(struct serving *serving);
void admission_fini(struct serving *serving);

/*
 * Takes the users and the rate of all from the web configuration in use, which has changed. Those who wait for a
 * password of other users are asked again. The bucket of all is full again if its limit changes.
 */
void admission_configure(struct serving *serving);
