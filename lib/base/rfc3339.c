#define _DEFAULT_SOURCE /* timegm, gmtime_r */
#include "base/rfc3339.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* Reads exactly `digits` decimal digits. */
static bool number(const char **p, int digits, int *out)
{
	int value = 0;
	for (int i = 0; i < digits; i++, (*p)++) {
		if (**p < '0' || **p > '9')
			return false;
		value = value * 10 + (**p - '0');
	}
	*out = value;
	return true;
}

static bool literal(const char **p, const char *alternatives)
{
	return **p && strchr(alternatives, **p) && (*p)++;
}

bool rfc3339_parse(const char *p, wall_ms *out)
{
	int year, month, day, hour, minute, second, fraction_ms = 0;
	if (!number(&p, 4, &year) || !literal(&p, "-") || !number(&p, 2, &month) || !literal(&p, "-") ||
	    !number(&p, 2, &day) || !literal(&p, "Tt ") || !number(&p, 2, &hour) || !literal(&p, ":") ||
	    !number(&p, 2, &minute) || !literal(&p, ":") || !number(&p, 2, &second))
		return false;
	/* timegm() corrects a day or month that does not exist; if it changed one, the text was wrong. */
	struct tm date = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};
	int64_t midnight_s = timegm(&date);
	if (date.tm_mon != month - 1 || date.tm_mday != day || hour > 23 || minute > 59 || second > 60)
		return false;
	if (literal(&p, ".")) {
		int digit, weight = 100;
		if (!number(&p, 1, &digit))
			return false;
		do {
			fraction_ms += digit * weight;
			weight /= 10;
		} while (number(&p, 1, &digit));
	}
	int offset_minutes = 0;
	if (!literal(&p, "Zz")) {
		int sign = *p == '-' ? -1 : 1, oh, om;
		if (!literal(&p, "+-") || !number(&p, 2, &oh) || !literal(&p, ":") || !number(&p, 2, &om) || oh > 23 ||
		    om > 59)
			return false;
		offset_minutes = sign * (oh * 60 + om);
	}
	if (*p)
		return false;
	int64_t minutes = hour * 60 + minute - offset_minutes;
	*out = (wall_ms){(midnight_s + minutes * 60 + second) * 1000 + fraction_ms};
	return true;
}

void rfc3339_render(wall_ms t, char out[RFC3339_SIZE])
{
	time_t s = t.ms / 1000 - (t.ms % 1000 < 0);
	struct tm date;
	out[0] = '\0';
	if (gmtime_r(&s, &date) && date.tm_year >= -1900 && date.tm_year <= 9999 - 1900)
		snprintf(out, RFC3339_SIZE, "%04u-%02u-%02uT%02u:%02u:%02uZ", ((unsigned)date.tm_year + 1900u) % 10000u,
		    ((unsigned)date.tm_mon + 1u) % 100u, (unsigned)date.tm_mday % 100u, (unsigned)date.tm_hour % 100u,
		    (unsigned)date.tm_min % 100u, (unsigned)date.tm_sec % 100u);
}
