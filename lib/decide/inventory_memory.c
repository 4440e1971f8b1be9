#include "decide/inventory_memory.h"

_Static_assert(sizeof(struct known_runner) <= FACTS_MADE_OF_RUNNER * sizeof(struct runner_fact), "see facts.c");
_Static_assert(sizeof(struct app) <= FACTS_MADE_OF_APP * sizeof(struct app_fact), "see facts.c");

void inventory_memory_init(struct inventory_memory *memory, struct inventory_account *account)
{
	*memory = (struct inventory_memory){
	    .runners = facts_list_of(sizeof(struct known_runner), account),
	    .listeners = facts_list_of(sizeof(struct known_listener), account),
	    .sets = facts_list_of(sizeof(struct scale_set), account),
	    .apps = facts_list_of(sizeof(struct app), account),
	};
	for (int i = 0; i < INVENTORY_PARTS; i++)
		memory->read_at[i] = MONO_NEVER;
	for (int i = 0; i < FIGURES; i++)
		memory->judged_at[i] = MONO_NEVER;
}

void inventory_memory_adopt(struct inventory_memory *memory, struct inventory_memory *old)
{
	struct inventory_account *account = memory->sets.account, *of_old = old->sets.account;
	inventory_memory_fini(memory);
	*memory = *old;
	struct facts_list *const lists[] = {&memory->runners, &memory->listeners, &memory->sets, &memory->apps};
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		facts_list_recount(lists[i], account);
	inventory_memory_init(old, of_old);
}

void inventory_memory_fini(struct inventory_memory *memory)
{
	facts_list_fini(&memory->runners);
	facts_list_fini(&memory->listeners);
	facts_list_fini(&memory->sets);
	facts_list_fini(&memory->apps);
	for (int i = 0; i < INVENTORY_PARTS; i++)
		unreadables_fini(&memory->unreadable[i]);
}
