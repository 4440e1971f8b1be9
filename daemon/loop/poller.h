/*
 * The one loop: it owns everything that changes and is the only one who decides. Deadlines say who is
 * asked when, rounds end in steps of the core, and each turn that changed something ends in a snapshot.
 */
#ifndef HAWATCH_LOOP_POLLER_H
#define HAWATCH_LOOP_POLLER_H

#include "config/conf.h"
#include "shared/shared.h"

struct poller;

/*
 * A poller for `conf`, which it takes over whether it succeeds or not. Reads every file that the
 * configuration names; NULL with the mistakes in `errs` when one is missing or unusable.
 */
struct poller *poller_new_take(struct conf *conf, struct shared shared, struct errs *errs)
    __attribute__((warn_unused_result));

void poller_free(struct poller **poller);

/*
 * Carries over from `old` what still holds under the new configuration: the verdicts, events and counters
 * of pairs whose name and cloudspaces are the same. `old` is fit for poller_free() only afterwards.
 */
void poller_adopt(struct poller *poller, struct poller *old);

/* Restores what the state files remember: at start, before the first poller_publish(). */
void poller_restore(struct poller *poller);

/* Whether state can be kept where the configuration says; false with the remedy in `e`. */
bool poller_can_keep_state(const struct poller *poller, struct err *e) __attribute__((warn_unused_result));

/* Says whether the last attempt to load a configuration succeeded, for the metrics. */
void poller_note_reload(struct poller *poller, bool is_good);

/* Publishes the present state, so that whoever serves has something to serve. */
void poller_publish(struct poller *poller);

/*
 * Turns the loop until a signal arrives on `signal_fd` (signalfd(2)); returns the signal's number. State is
 * handed to its writer by then.
 */
int poller_run(struct poller *poller, int signal_fd);

#endif
