#include "cli/complete.h"

#include "api.h"
#include "base/completion.h"
#include "cli/ask.h"
#include "cli/options.h"
#include "render/runbook.h"

#include <string.h>

enum { ANCHOR_MAX_BYTES = 256 };

/* The line up to the word that is completed. */
struct line {
	const struct command *command; /* NULL: not yet given */
	bool is_help;                  /* `help` stands before it */
	bool is_unknown;               /* what stands in its place is no command */
	struct options_doc option;     /* whose value the word is; its name is NULL if it is none */
	const char *words[WORDS_MAX];  /* arguments of the command */
	size_t count;
};

/* The option of a word such as "--pair", "--pair=x" or "-o". */
static bool find_option(const char *word, const struct command *command, struct options_doc *doc)
{
	size_t len = strcspn(word, "=");
	for (size_t i = 0; options_describe(i, command, doc); i++)
		if (word[1] == '-' ? strlen(doc->name) == len - 2 && strncmp(doc->name, word + 2, len - 2) == 0
				   : word[1] == doc->letter && !word[2])
			return true;
	return false;
}

static bool takes_next_word(const struct options_doc *doc)
{
	return doc->argument && *doc->argument != '[';
}

static const struct command *find_command(const struct command *const commands[], size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static void read_word(struct line *line, const char *word, const struct command *const commands[], size_t count)
{
	if (line->command) {
		if (line->count < WORDS_MAX)
			line->words[line->count++] = word;
	} else if (strcmp(word, "help") == 0)
		line->is_help = true;
	else
		line->is_unknown = !(line->command = find_command(commands, count, word));
}

static struct line read_line(const struct command *const commands[], size_t count, char *const words[], int word_count)
{
	struct line line = {0};
	struct options_doc doc;
	const char *last = words[word_count - 1];
	for (int i = 0; i + 1 < word_count; i++)
		if (words[i][0] != '-' || !words[i][1])
			read_word(&line, words[i], commands, count);
		else if (!strchr(words[i], '=') && find_option(words[i], line.command, &doc) && takes_next_word(&doc) &&
		    ++i + 1 == word_count)
			line.option = doc;
	if (strncmp(last, "--", 2) == 0 && strchr(last, '=') && find_option(last, line.command, &doc))
		line.option = doc;
	return line;
}

/* A name from the daemon that a shell takes as one word, and as nothing else. */
static void put_name(const struct completion *c, const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	if (*name && !name[strspn(name, allowed)])
		completion_put(c, name, "");
}

/* No pair has this name, so the answer is an error that lists all names. */
static void put_pairs(const struct completion *c, const struct cmd *cmd)
{
	const struct client_param params[] = {{api_param_names[API_PAIR], "?"}, {0}};
	const struct client_question question = {.path = API_SUMMARY, .params = params};
	struct client_reply reply = {0};
	struct err ignored;
	if (!cmd || !client_ask(&cmd->client, &question, &reply, &ignored))
		return;
	struct cJSON *json = answer_parse(buf_text(&reply.body), reply.body.len);
	const struct cJSON *pairs = answer_at(json, "pairs"), *pair = NULL;
	while ((pair = answer_next(pairs, pair)))
		if (answer_text(pair, ""))
			put_name(c, answer_text(pair, ""));
	answer_free(json);
	client_reply_fini(&reply);
}

static void put_sides(const struct completion *c, const struct cmd *cmd)
{
	struct answer answer = {0};
	struct err ignored;
	struct cmd question = cmd ? *cmd : (struct cmd){0};
	question.words[0] = NULL; /* ask() would take it for a side */
	if (!cmd || ask(&question, cmd_runners.show, &answer, &ignored) != EXIT_YES) {
		completion_put_words(c, "primary secondary");
		return;
	}
	const struct cJSON *sides = answer_at(answer.json, "sides"), *side = NULL;
	while ((side = answer_next(sides, side)))
		if (answer_is_object(side, ""))
			put_name(c, answer_name(side));
	ask_fini(&answer);
}

/* Headings of the runbook: statuses and alerts as they are, others as their anchor, which is one word. */
static void put_sections(const struct completion *c)
{
	struct runbook_section section;
	for (bool is_one = runbook_next(NULL, &section); is_one; is_one = runbook_next(&section, &section)) {
		struct buf name = buf_of(ANCHOR_MAX_BYTES);
		if (memchr(section.name, ' ', section.name_len))
			runbook_put_anchor(section.name, section.name_len, &name);
		else
			buf_put(&name, section.name, section.name_len);
		put_name(c, buf_text(&name));
		buf_fini(&name);
	}
}

static bool is_file(const char *argument)
{
	return strncmp(argument, "FILE", 4) == 0 || strncmp(argument, "PATH", 4) == 0 ||
	    strncmp(argument, "DIR", 3) == 0;
}

static void put_value(const struct completion *c, const struct options_doc *option, const struct cmd *cmd)
{
	if (strcmp(option->name, "pair") == 0)
		put_pairs(c, cmd);
	else if (option->argument && is_file(option->argument))
		completion_put_files(c);
	else
		completion_put_words(c, option->values);
}

static void put_options(const struct completion *c, const struct command *command)
{
	struct options_doc doc;
	for (size_t i = 0; options_describe(i, command, &doc); i++)
		if (doc.is_of_command) {
			struct buf name = buf_of(64);
			buf_printf(&name, "--%s", doc.name);
			completion_put(c, buf_text(&name), doc.help);
			buf_fini(&name);
		}
}

static void put_commands(const struct completion *c, const struct command *const commands[], size_t count, bool is_help)
{
	for (size_t i = 0; i < count; i++)
		if (commands[i]->help)
			completion_put(c, commands[i]->name, commands[i]->help);
	if (!is_help)
		completion_put(c, "help", "options, examples and exit codes of a command");
}

/* A word of the usage: small letters stand for themselves, capitals for a kind of argument. */
static void put_word(const struct completion *c, const char *word, const struct cmd *cmd)
{
	if (strcmp(word, "SIDE") == 0)
		put_sides(c, cmd);
	else if (strcmp(word, "SECTION") == 0)
		put_sections(c);
	else if (is_file(word))
		completion_put_files(c);
	else if (*word >= 'a' && *word <= 'z')
		completion_put(c, word, "");
}

/* One way to write the arguments, such as "ready SIDE": its word at this place, if those before it are given. */
static void put_next_of(
    const struct completion *c, const char *usage, size_t len, const struct line *line, const struct cmd *cmd)
{
	char word[32];
	for (size_t n = 0, at = 0, size;; n++, at += size) {
		at += strspn(usage + at, " []");
		size = strcspn(usage + at, " []|");
		if (at >= len || !size || size >= sizeof word)
			return;
		memcpy(word, usage + at, size);
		word[size] = '\0';
		if (n == line->count)
			break;
		if (*word >= 'a' && *word <= 'z' && strcmp(word, line->words[n]) != 0)
			return;
	}
	put_word(c, word, cmd);
}

/* The ways stand in the usage with "|" between them. */
static void put_next(const struct completion *c, const struct line *line, const struct cmd *cmd)
{
	for (const char *usage = line->command->words; *usage;) {
		size_t len = strcspn(usage, "|");
		put_next_of(c, usage, len, line, cmd);
		usage += len + (usage[len] == '|');
	}
}

void complete_put(const struct command *const commands[], size_t count, char *const words[], int word_count,
    const struct cmd *cmd, struct buf *out)
{
	struct line line = read_line(commands, count, words, word_count);
	struct completion c = completion_of(words[word_count - 1], out);
	if (line.option.name)
		put_value(&c, &line.option, cmd);
	else if (*c.typed == '-')
		put_options(&c, line.command);
	else if (line.command && !line.is_help)
		put_next(&c, &line, cmd);
	else if (!line.command && !line.is_unknown)
		put_commands(&c, commands, count, line.is_help);
}
