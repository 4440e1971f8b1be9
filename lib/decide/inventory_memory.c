#include "decide/inventory_memory.h"

void inventory_memory_init(struct inventory_memory *memory)
{
	*memory = (struct inventory_memory){
	    .runners = facts_list_of(sizeof(struct known_runner)),
	    .listeners = facts_list_of(sizeof(struct known_listener)),
	    .sets = facts_list_of(sizeof(struct scale_set)),
	    .apps = facts_list_of(sizeof(struct app)),
	};
	for (int i = 0; i < INVENTORY_PARTS; i++)
		memory->read_at[i] = MONO_NEVER;
	for (int i = 0; i < FIGURES; i++)
		memory->judged_at[i] = MONO_NEVER;
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
