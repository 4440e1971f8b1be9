#include "fetch/fetch_answer.h"

wall_ms fetch_answer_date(CURL *easy)
{
	struct curl_header *date = NULL;
	if (curl_easy_header(easy, "Date", 0, CURLH_HEADER, -1, &date) != CURLHE_OK)
		return WALL_UNKNOWN;
	time_t seconds = curl_getdate(date->value, NULL);
	return seconds > 0 ? (wall_ms){(int64_t)seconds * 1000} : WALL_UNKNOWN;
}

int64_t fetch_answer_retry_after_ms(CURL *easy, int status)
{
	curl_off_t after_s = 0;
	if (status == 429 || status == 503)
		curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &after_s);
	return after_s > 0 && after_s < INT32_MAX ? after_s * 1000 : 0;
}
