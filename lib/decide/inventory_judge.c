#include "decide/inventory_judge.h"

int64_t inventory_age_ms(wall_ms then, wall_ms date)
{
	return wall_is_known(then) && wall_is_known(date) ? date.ms - then.ms : -1;
}

int inventory_count_sum(int a, int b)
{
	return a > INT32_MAX - b ? INT32_MAX : a + b;
}
