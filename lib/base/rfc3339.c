#include "base/rfc3339.h"

#include <stdio.h>
#include <string.h>

/*
 * Days from 1970-01-01 to a date of the proleptic Gregorian calendar: whole 400-year eras of 146097
 * days, with years counted from March, so that the leap day is a year's last.
 */
static int64_t days_of(int64_t year, int month, int day)
{
	if (month <= 2)
		year--;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
	    719468;
}

static int days_in(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && is_leap ? 29 : days[month - 1];
}

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
	if (!number(&p, 4, &year) || !literal(&p, "-") || !number(&p, 2, &month) ||
	    !literal(&p, "-") || !number(&p, 2, &day) || !literal(&p, "Tt ") ||
	    !number(&p, 2, &hour) || !literal(&p, ":") || !number(&p, 2, &minute) ||
	    !literal(&p, ":") || !number(&p, 2, &second))
		return false;
	if (month < 1 || month > 12 || day < 1 || day > days_in(year, month) || hour > 23 ||
	    minute > 59 || second > 60)
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
		if (!literal(&p, "+-") || !number(&p, 2, &oh) || !literal(&p, ":") ||
		    !number(&p, 2, &om) || oh > 23 || om > 59)
			return false;
		offset_minutes = sign * (oh * 60 + om);
	}
	if (*p)
		return false;
	int64_t minutes = (days_of(year, month, day) * 24 + hour) * 60 + minute - offset_minutes;
	*out = (wall_ms){(minutes * 60 + second) * 1000 + fraction_ms};
	return true;
}

void rfc3339_render(wall_ms t, char out[RFC3339_SIZE])
{
	int64_t s = t.ms / 1000 - (t.ms % 1000 < 0);
	int64_t days = s / 86400 - (s % 86400 < 0);
	int64_t of_day = s - days * 86400;

	out[0] = '\0';
	if (days < days_of(0, 1, 1) || days > days_of(9999, 12, 31))
		return;
	/* An estimate that is a few years off at most; years and months are then few enough to walk. */
	int year = (int)(1970 + days / 366);
	while (days >= days_of(year + 1, 1, 1))
		year++;
	while (days < days_of(year, 1, 1))
		year--;
	int month = 12;
	while (days < days_of(year, month, 1))
		month--;
	int day = (int)(days - days_of(year, month, 1)) + 1;
	snprintf(out, RFC3339_SIZE, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)year % 10000u,
	    (unsigned)month % 100u, (unsigned)day % 100u, (unsigned)(of_day / 3600) % 100u,
	    (unsigned)(of_day / 60 % 60) % 100u, (unsigned)(of_day % 60) % 100u);
}
