/* What connections have from the socket that they come from. */
#define _DEFAULT_SOURCE /* IPPROTO_TCP's options */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "serve/listen.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

/* A handshake of TLS is several small records in a row: none of them may wait for an acknowledgement. */
static void test_records_do_not_wait(void **state)
{
	struct err e;
	struct sockaddr_in at;
	socklen_t size = sizeof at;
	int listening = listen_tcp("127.0.0.1:0", &e), client = socket(AF_INET, SOCK_STREAM, 0), on = 0;
	(void)state;
	assert_true(listening >= 0 && client >= 0);
	assert_int_equal(getsockname(listening, (struct sockaddr *)&at, &size), 0);
	assert_int_equal(connect(client, (const struct sockaddr *)&at, size), 0);
	int server = accept(listening, NULL, NULL);
	size = sizeof on;
	assert_int_equal(getsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, &size), 0);
	assert_true(on);
	close(server);
	close(client);
	close(listening);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_records_do_not_wait)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
