#include "base/rendezvous.h"

static uint64_t fnv1a(const char *text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (const char *p = text; *p; p++)
		hash = (hash ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
	return hash;
}

uint64_t rendezvous_weight(const char *name, size_t index)
{
	uint64_t z = fnv1a(name) + ((uint64_t)index + 1) * UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

size_t rendezvous_of(const char *name, size_t count)
{
	size_t heaviest = 0;
	uint64_t most = rendezvous_weight(name, 0);
	for (size_t i = 1; i < count; i++) {
		uint64_t weight = rendezvous_weight(name, i);
		if (weight > most) {
			most = weight;
			heaviest = i;
		}
	}
	return heaviest;
}
