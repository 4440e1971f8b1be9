/*
 * The memory that the inventories of all sides share, in bytes. A list of a hostile or broken API server is as long as
 * that server likes, and there may be several; so what is kept is counted, and what is too much is not kept.
 *
 * One half of the budget is divided into equal shares: a side that keeps within its share always has it. The other half
 * is lent: a side may have as much of it as nobody has. So there is always some left for another side, and the side
 * that must do with less is the one that takes most (dynamic thresholds: Choudhury and Hahne, "Dynamic queue length
 * thresholds for shared-memory packet switches", 1998).
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * systemd/hawatchd.service allows 256 MB. 500 pairs take up to 96 MB, with their inventories, and answers that are
 * being sent 64 MB. A side alone may have half of its share's pair and half of what is lent, 48 MB: 20,000 runners with
 * their pods need 34 MB. Of 1,000 sides each has a share of 50 kB: 12 nodes and 19 runners need 47 kB, during a round.
 */
enum { INVENTORY_BUDGET_BYTES = 96 << 20 };

/* Of all sides. */
struct inventory_budget {
	size_t share_bytes; /* of each side */
	size_t pool_bytes;  /* for all who need more */
	size_t lent_bytes;  /* of the pool */
};

/* Of one side. */
struct inventory_account {
	struct inventory_budget *budget; /* borrowed */
	size_t bytes;                    /* what the side has */
};

struct inventory_budget inventory_budget_of(size_t sides);

/* How many bytes the side may have in all, as things are now. */
size_t inventory_budget_limit(const struct inventory_account *account);

/* True when the side may have so many bytes more. `account` may be NULL in these three: nothing is counted. */
bool inventory_budget_allows(const struct inventory_account *account, size_t bytes) __attribute__((warn_unused_result));

/* Counts them. Ask inventory_budget_allows() before, or give back as many soon. */
void inventory_budget_take(struct inventory_account *account, size_t bytes);

/* The side has freed so many of its bytes. */
void inventory_budget_give_back(struct inventory_account *account, size_t bytes);

/* Says that objects of a `kind` are too much for the side of this name. False. */
bool inventory_budget_refuse(
    const struct inventory_account *account, const char *side, const char *kind, size_t bytes, struct err *e);
