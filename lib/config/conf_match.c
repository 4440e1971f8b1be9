#include "config/conf_match.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* What a side is known by. */
struct named_side {
	const char *pair, *cloudspace;
	bool is_taken;
};

size_t conf_match_count(const struct conf *conf)
{
	size_t count = 0;
	for (size_t i = 0; i < conf->pair_count; i++)
		count += conf_pair_sides(&conf->pairs[i]);
	return count;
}

static struct named_side *sides_of(const struct conf *conf)
{
	struct named_side *sides = mem_zeroed(conf_match_count(conf), sizeof *sides), *next = sides;
	for (size_t i = 0; i < conf->pair_count; i++)
		for (size_t k = 0; k < conf_pair_sides(&conf->pairs[i]); k++)
			*next++ = (struct named_side){
			    conf->pairs[i].name, conf_pair_side(&conf->pairs[i], k)->cloudspace, false};
	return sides;
}

/* Takes the first side of `old` with this cloudspace; `pair` NULL: of any pair. */
static size_t take(struct named_side *old, size_t count, const char *pair, const char *cloudspace)
{
	for (size_t i = 0; i < count; i++)
		if (!old[i].is_taken && strcmp(old[i].cloudspace, cloudspace) == 0 &&
		    (!pair || strcmp(old[i].pair, pair) == 0)) {
			old[i].is_taken = true;
			return i;
		}
	return CONF_MATCH_NEW;
}

void conf_match_sides(const struct conf *old, const struct conf *conf, size_t *from)
{
	size_t old_count = conf_match_count(old), count = conf_match_count(conf);
	struct named_side *were = sides_of(old), *are = sides_of(conf);
	for (size_t i = 0; i < count; i++)
		from[i] = take(were, old_count, are[i].pair, are[i].cloudspace);
	for (size_t i = 0; i < count; i++)
		if (from[i] == CONF_MATCH_NEW)
			from[i] = take(were, old_count, NULL, are[i].cloudspace);
	free(were);
	free(are);
}
