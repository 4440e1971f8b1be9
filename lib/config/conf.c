#include "config/conf.h"

const struct conf_side *conf_pair_side(const struct conf_pair *pair, size_t index)
{
	return index == 0 ? &pair->primary : index == 1 ? &pair->secondary : &pair->extras[index - 2];
}

size_t conf_pair_sides(const struct conf_pair *pair)
{
	return 2 + pair->extra_count;
}
