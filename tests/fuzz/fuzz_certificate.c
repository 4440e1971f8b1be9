/* Certificates and keys in PEM, and the dates in them. The bytes are read as each of the three uses. */
#include "fuzz.h"
#include "os/certificate.h"

static const wall_ms now = {INT64_C(1790000000000)};

static void check_facts(const struct certificate_facts *f, enum certificate_use use)
{
	PROMISE(f->count > 0);
	if (use == CERTIFICATE_KEY) {
		PROMISE(f->count == 1); /* of keys only the first is used */
		return;
	}
	PROMISE(memchr(f->subject, '\0', sizeof f->subject) && memchr(f->ending, '\0', sizeof f->ending));
	PROMISE(f->subject[0]);
	PROMISE_SHOWN(f->subject);
	PROMISE_SHOWN(f->ending);
	PROMISE(!f->ending[0] || f->count);
	PROMISE(!wall_is_known(f->ending_until) || f->ending_until.ms > now.ms);
}

static void try_use(enum certificate_use use, const char *bytes, size_t len)
{
	struct certificate_facts facts, again;
	struct err e = ERR_UNSET;
	memset(&facts, UNTOUCHED, sizeof facts);
	char *pem = certificate_read(use, bytes, len, now, &facts, &e);
	if (!pem) {
		PROMISE_ERR(e);
		PROMISE_SHOWN(e.text);
		PROMISE_UNTOUCHED(facts);
		return;
	}
	check_facts(&facts, use);
	/* In one form, of which another reading gives the same. */
	char *second = certificate_read(use, pem, strlen(pem), now, &again, &e);
	PROMISE(second && strcmp(second, pem) == 0 && again.count == facts.count);
	PROMISE(use == CERTIFICATE_KEY || strcmp(again.subject, facts.subject) == 0);
	PROMISE(again.expires.ms == facts.expires.ms && again.starts.ms == facts.starts.ms);
	PROMISE(!certificate_has_key(pem, "no key"));
	mem_free_secret(&second);
	mem_free_secret(&pem);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	for (int use = 0; use < CERTIFICATE_USES; use++)
		try_use((enum certificate_use)use, (const char *)bytes, len);
	return 0;
}
