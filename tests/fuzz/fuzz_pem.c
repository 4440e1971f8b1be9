/* PEM: where blocks begin and end in any bytes. */
#include "config/pem.h"
#include "fuzz.h"

static void check_block(const struct pem_block *b, const char *bytes, size_t len)
{
	PROMISE(b->label_len > 0 && b->label > bytes && b->label + b->label_len <= bytes + len);
	PROMISE(b->line > 0 && b->line <= len);
	for (size_t i = 0; i < b->label_len; i++)
		PROMISE(strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ", b->label[i]));
	PROMISE(pem_is_kind(b, "KEY") || !pem_is_labelled(b, "KEY"));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *text = mem_zeroed(len, 1); /* of just that size, without a NUL behind it */
	struct pem_rest rest = {text, len, 0};
	struct pem_block block;
	enum pem_found found;
	size_t line = 0;
	if (len)
		memcpy(text, bytes, len);
	while ((found = pem_next(&rest, &block)) != PEM_NONE) {
		PROMISE(rest.bytes >= text && rest.bytes + rest.len == text + len);
		check_block(&block, text, len);
		PROMISE(block.line > line);
		line = block.line;
		if (found == PEM_CUT_SHORT)
			break;
		PROMISE(memcmp(block.bytes, "-----BEGIN ", 11) == 0 &&
		    memcmp(block.bytes + block.len - 5, "-----", 5) == 0);
		PROMISE(block.bytes + block.len <= rest.bytes);
		PROMISE(block.bytes == text || block.bytes[-1] == '\n' || block.bytes == text + 3);
	}
	const char *guess = pem_guess(text, len);
	PROMISE(!guess || *guess);
	free(text);
	return 0;
}
