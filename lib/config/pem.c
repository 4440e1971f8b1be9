#define _GNU_SOURCE /* memmem */
#include "config/pem.h"

#include <string.h>

#define BEGIN "-----BEGIN "
#define END "-----END "
#define DASHES "-----"
#define BYTE_ORDER_MARK                                                                                                \
	"\xEF\xBB\xBF" /* Windows editors put it before a text in UTF-8; OpenSSL passes over it, too                   \
			*/

enum { LABEL_MAX = 40 };

static bool starts_with(const char *bytes, size_t len, const char *start)
{
	size_t n = strlen(start);
	return len >= n && memcmp(bytes, start, n) == 0;
}

/* The first line of `len` bytes: its length without its end and the blanks before that. `*next` is where the next one
 * starts. */
static size_t first_line(const char *bytes, size_t len, const char **next)
{
	const char *end = memchr(bytes, '\n', len);
	size_t n = end ? (size_t)(end - bytes) : len;
	*next = bytes + n + (end != NULL);
	while (n && (bytes[n - 1] == ' ' || bytes[n - 1] == '\t' || bytes[n - 1] == '\r'))
		n--;
	return n;
}

/* The label of a line such as "-----BEGIN CERTIFICATE-----"; 0: it is no such line. */
static size_t label_of(const char *line, size_t len, const char *start, const char **label)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ";
	size_t from = strlen(start), dashes = strlen(DASHES);
	if (!starts_with(line, len, start) || len <= from + dashes)
		return 0;
	size_t n = len - from - dashes;
	*label = line + from;
	for (size_t i = 0; i < n; i++)
		if (!memchr(allowed, (*label)[i], sizeof allowed - 1))
			return 0;
	return n <= LABEL_MAX && memcmp(*label + n, DASHES, dashes) == 0 ? n : 0;
}

enum pem_found pem_next(struct pem_rest *rest, struct pem_block *block)
{
	const char *next, *label = NULL;
	bool is_inside = false;
	if (!rest->lines && starts_with(rest->bytes, rest->len, BYTE_ORDER_MARK)) {
		rest->bytes += strlen(BYTE_ORDER_MARK);
		rest->len -= strlen(BYTE_ORDER_MARK);
	}
	for (const char *line = rest->bytes; rest->len; line = next) {
		size_t len = first_line(line, rest->len, &next), label_len;
		rest->bytes = next;
		rest->len -= (size_t)(next - line);
		rest->lines++;
		if (is_inside && starts_with(line, len, BEGIN))
			return PEM_CUT_SHORT;
		if (!is_inside && (label_len = label_of(line, len, BEGIN, &label))) {
			is_inside = true;
			*block = (struct pem_block){label, label_len, line, 0, rest->lines};
		} else if (is_inside && (label_len = label_of(line, len, END, &label)) == block->label_len &&
		    memcmp(label, block->label, label_len) == 0) {
			block->len = (size_t)(line + len - block->bytes);
			return PEM_BLOCK;
		}
	}
	return is_inside ? PEM_CUT_SHORT : PEM_NONE;
}

bool pem_is_labelled(const struct pem_block *block, const char *label)
{
	return block->label_len == strlen(label) && memcmp(block->label, label, block->label_len) == 0;
}

bool pem_is_kind(const struct pem_block *block, const char *kind)
{
	size_t len = strlen(kind), before = block->label_len - len;
	return pem_is_labelled(block, kind) ||
	    (block->label_len > len && block->label[before - 1] == ' ' &&
		memcmp(block->label + before, kind, len) == 0);
}

static bool is_binary(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)bytes[i] < '\t')
			return true;
	return false;
}

const char *pem_guess(const char *bytes, size_t len)
{
	static const struct {
		const char *start, *guess;
	} starts[] = {
	    {"\xFF\xFE", "the text is UTF-16; save the file as UTF-8"},
	    {"\xFE\xFF", "the text is UTF-16; save the file as UTF-8"},
	    {"LS0tLS1CRUdJTi", "base64 of a PEM text, as a -data field has it; decode it with base64 -d"},
	    {"MII", "base64 without its BEGIN and END lines; add them"},
	};
	if (!len)
		return "empty";
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (starts_with(bytes, len, starts[i].start))
			return starts[i].guess;
	if (is_binary(bytes, len))
		return "binary data, such as DER or PKCS #12; convert it with openssl x509, pkey or pkcs12";
	if (memmem(bytes, len, BEGIN, strlen(BEGIN)) || memmem(bytes, len, END, strlen(END)))
		return "its BEGIN line is damaged, or is not a line of its own";
	return NULL;
}
