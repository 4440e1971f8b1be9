#include "decide/inventory_budget.h"

struct inventory_budget inventory_budget_of(size_t sides)
{
	size_t half = INVENTORY_BUDGET_BYTES / 2;
	return (struct inventory_budget){.share_bytes = half / (sides ? sides : 1), .pool_bytes = half};
}

/* What of these bytes does not fit a share. */
static size_t beyond_share(const struct inventory_budget *budget, size_t bytes)
{
	return bytes > budget->share_bytes ? bytes - budget->share_bytes : 0;
}

size_t inventory_budget_limit(const struct inventory_account *account)
{
	const struct inventory_budget *b = account->budget;
	size_t free_bytes = b->pool_bytes > b->lent_bytes ? b->pool_bytes - b->lent_bytes : 0;
	size_t borrowed = beyond_share(b, account->bytes);
	/* As much as nobody has, when the two are equal: half of what the side has borrowed and of what is free. */
	return b->share_bytes + (borrowed + free_bytes) / 2;
}

bool inventory_budget_allows(const struct inventory_account *account, size_t bytes)
{
	return !account || account->bytes + bytes <= inventory_budget_limit(account);
}

static void set_bytes(struct inventory_account *account, size_t bytes)
{
	struct inventory_budget *b = account->budget;
	b->lent_bytes -= beyond_share(b, account->bytes);
	account->bytes = bytes;
	b->lent_bytes += beyond_share(b, account->bytes);
}

void inventory_budget_take(struct inventory_account *account, size_t bytes)
{
	if (account)
		set_bytes(account, account->bytes + bytes);
}

void inventory_budget_give_back(struct inventory_account *account, size_t bytes)
{
	if (account)
		set_bytes(account, account->bytes - bytes);
}

bool inventory_budget_refuse(
    const struct inventory_account *account, const char *side, const char *kind, size_t bytes, struct err *e)
{
	return err_set(e,
	    "too long a list of %s: the %s's inventory would have %zu bytes; its limit is %zu of the %d bytes for all "
	    "sides",
	    kind, side, account->bytes + bytes, inventory_budget_limit(account), INVENTORY_BUDGET_BYTES);
}
