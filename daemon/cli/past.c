#include "cli/past.h"

#include "api.h"

#include <stdio.h>

enum { PAGES_MAX = 8 }; /* of a MiB, and about 3000 events; four hold a journal of the default size */

static int ask_page(const struct cmd *cmd, const struct show *show, struct past past, const char *after,
    struct answer *answer, struct err *e)
{
	const struct client_param params[] = {{api_param_names[API_PAIR], cmd->pair}, {API_SINCE, past.since},
	    {API_UNTIL, past.until}, {API_AFTER, after}, {0}};
	return ask_with(cmd, show, &(struct client_question){show->path, params, false}, answer, e);
}

int past_ask(const struct cmd *cmd, const struct show *show, struct past past, struct answer *answer, struct err *e)
{
	struct answer whole, page;
	char after[24];
	int code = ask_page(cmd, show, past, NULL, &whole, e);
	if (code != EXIT_YES)
		return code;
	for (int pages = 1; pages < PAGES_MAX && answer_true(whole.json, "more"); pages++) {
		snprintf(after, sizeof after, "%ld", answer_count(whole.json, "next"));
		code = ask_page(cmd, show, past, after, &page, e);
		if (code != EXIT_YES) {
			ask_fini(&whole);
			return code;
		}
		answer_append(whole.json, page.json, "events");
		answer_append(whole.json, page.json, "gaps");
		answer_take(whole.json, page.json, "more");
		answer_take(whole.json, page.json, "next");
		ask_fini(&page);
	}
	*answer = whole;
	return EXIT_YES;
}
