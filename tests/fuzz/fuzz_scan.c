/*
 * The scan with the processor's own instructions against the same code without them, over the same bytes in the same
 * chunks: every piece, place and state is the same. As in fuzz_list.c, the bytes behind the last NUL of an input are
 * the sizes of the chunks.
 */
#define _GNU_SOURCE /* memrchr */
#include "decode/scan.h"
#include "fuzz.h"

#include <limits.h>

/* The plain one, under other names; that of the core has what the processor has. */
#undef __SSE2__
#define scan_init plain_init
#define scan_next plain_next
#define scan_pass plain_pass
#define scan_pass_unread plain_pass_unread
void plain_init(struct scan *scan);
const char *plain_next(struct scan *scan, const char *p, const char *end, struct scan_piece *piece, const char **bad);
const char *plain_pass(struct scan *scan, size_t depth, const char *p, const char *end, const char **bad);
const char *plain_pass_unread(struct scan *scan, const struct member *read, const char *p, const char *end);
#include "decode/scan.c"
#undef scan_init
#undef scan_next
#undef scan_pass
#undef scan_pass_unread

static const struct member members[] = {READ("kind"), READ("metadata"), READ("items"), READ("name"), MEMBERS_END};

/* Which rules apply is told by pointers into each one's own tables. */
static bool is_same(const struct scan *a, const struct scan *b)
{
	return a->at.depth == b->at.depth && a->at.expects == b->at.expects &&
	    memcmp(a->at.in, b->at.in, sizeof *a->at.in) == 0 && a->in_text == b->in_text &&
	    a->in_escape == b->in_escape && a->in_name == b->in_name && a->has_escape == b->has_escape &&
	    a->in_word == b->in_word && fuzz_same_text(a->word, b->word) &&
	    memcmp(a->is_object, b->is_object, sizeof a->is_object) == 0;
}

static bool is_same_piece(const struct scan_piece *a, const struct scan_piece *b)
{
	return a->token == b->token && a->begins == b->begins && a->ends == b->ends && a->bytes == b->bytes &&
	    a->len == b->len;
}

/* How one chunk is read: token by token; with what is not read passed over, as items.c does; or as one value. */
enum way { TOKENS, UNREAD, VALUE_WHOLE, WAYS };

/* False where the bytes are no JSON: then both say so at the same byte. */
static bool read_chunk(struct scan *s, struct scan *plain, enum way way, const char *p, const char *end)
{
	while (p < end) {
		const char *bad = NULL, *bad_plain = NULL, *q = p, *r = p;
		struct scan_piece piece = {0}, piece_plain = {0};
		if (way == UNREAD && s->at.depth > 0 && s->at.depth < SCAN_LEVELS) {
			q = scan_pass_unread(s, members, p, end);
			r = plain_pass_unread(plain, members, p, end);
			PROMISE(q == r && is_same(s, plain));
			p = q;
		}
		if (way == VALUE_WHOLE) {
			q = scan_pass(s, 0, p, end, &bad);
			r = plain_pass(plain, 0, p, end, &bad_plain);
		} else if (p < end) {
			q = scan_next(s, p, end, &piece, &bad);
			r = plain_next(plain, p, end, &piece_plain, &bad_plain);
		}
		PROMISE(q == r);
		PROMISE(q || (bad == bad_plain && bad >= p && bad < end));
		if (!q)
			return false;
		PROMISE(is_same(s, plain) && is_same_piece(&piece, &piece_plain));
		PROMISE(q <= end);
		if (q == p)
			return true; /* the value has ended */
		p = q;
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const uint8_t *nul = len ? memrchr(bytes, '\0', len) : NULL;
	size_t text_len = nul ? (size_t)(nul - bytes) : len, sizes = nul ? len - text_len - 1 : 0;
	for (enum way way = TOKENS; way < WAYS; way++) {
		struct scan s, plain;
		bool is_good = true;
		scan_init(&s);
		plain_init(&plain);
		for (size_t at = 0, turn = 0, n; is_good && at < text_len; at += n, turn++) {
			n = sizes ? (size_t)1 + nul[1 + turn % sizes] : text_len;
			n = n < text_len - at ? n : text_len - at;
			/* Of just that size: a read behind it is seen. */
			char *chunk = memcpy(mem_resized(NULL, n), bytes + at, n);
			is_good = read_chunk(&s, &plain, way, chunk, chunk + n);
			free(chunk);
		}
	}
	return 0;
}
