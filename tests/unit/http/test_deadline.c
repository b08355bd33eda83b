/* Who trickles bytes is cut off; who asks anew, or listens to a stream, is not. */
#include "http/deadline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static void open_pair(int fds[2])
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
}

static void close_pair(const int fds[2])
{
    close(fds[0]);
    close(fds[1]);
}

/* Whether the other side sees the end of the stream. */
static bool is_shut(int fd)
{
    char byte;
    return recv(fd, &byte, 1, MSG_DONTWAIT) == 0;
}

static void a_connection_past_its_time_is_shut_down(void **state)
{
    struct deadlines list = {.limit_ms = 5000};
    int early[2], late[2];
    (void)state;
    open_pair(early);
    open_pair(late);
    struct deadline *first = deadline_add(&list, early[0], 10000);
    struct deadline *second = deadline_add(&list, late[0], 13000);
    assert_int_equal(deadlines_enforce(&list, 14999), 0);
    assert_int_equal(deadlines_enforce(&list, 15500), 0); /* has looked less than a second ago */
    assert_int_equal(deadlines_enforce(&list, 16000), 1);
    assert_true(is_shut(early[1]));
    assert_false(is_shut(late[1]));
    deadline_remove(&list, first);
    assert_int_equal(deadlines_enforce(&list, 18000), 1);
    deadline_remove(&list, second);
    assert_int_equal(deadlines_enforce(&list, 90000), 0);
    close_pair(early);
    close_pair(late);
}

static void another_request_has_its_own_time_and_a_stream_has_none(void **state)
{
    struct deadlines list = {.limit_ms = 5000};
    int fds[2];
    (void)state;
    open_pair(fds);
    struct deadline *deadline = deadline_add(&list, fds[0], 10000);
    deadline_restart(deadline, 14000);
    assert_int_equal(deadlines_enforce(&list, 18000), 0);
    deadline_lift(deadline);
    assert_int_equal(deadlines_enforce(&list, 1000000), 0);
    assert_false(is_shut(fds[1]));
    deadline_remove(&list, deadline);
    deadline_restart(NULL, 0);
    deadline_lift(NULL);
    close_pair(fds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_past_its_time_is_shut_down),
        cmocka_unit_test(another_request_has_its_own_time_and_a_stream_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
