/* The filter of the HTTP process, tried in a child. */
#include "web/confine.h"

#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static int unconnected;

static bool refused(long result)
{
    return result < 0 && errno == EPERM;
}

static bool no_socket(void)
{
    return refused(socket(AF_INET, SOCK_STREAM, 0)) && refused(socket(AF_UNIX, SOCK_STREAM, 0)) &&
           refused(socket(AF_INET6, SOCK_DGRAM, 0));
}

static bool no_connection(void)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(9)};
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return refused(connect(unconnected, (struct sockaddr *)&name, sizeof name)) &&
           refused(
               sendto(unconnected, "x", 1, MSG_FASTOPEN, (struct sockaddr *)&name, sizeof name));
}

static bool no_process(void)
{
    char program[] = "/bin/true";
    char *const words[] = {program, NULL};
    pid_t child = fork();
    if (child == 0) {
        _exit(0);
    }
    return refused(child) && refused(execv(program, words));
}

/* What answering needs still works. */
static bool answers(void)
{
    int pair[2], pipes[2];
    char byte;
    return pipe(pipes) == 0 && write(pipes[1], "x", 1) == 1 && read(pipes[0], &byte, 1) == 1 &&
           socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && send(pair[0], "x", 1, 0) == 1 &&
           recv(pair[1], &byte, 1, 0) == 1 && access("/", R_OK) == 0;
}

static int in_child(bool (*check)(void))
{
    int state;
    pid_t child = fork();
    if (child == 0) {
        struct failure why = {0};
        _exit(confine_to_answers(&why) && check() ? 0 : 1);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &state, 0), child);
    return WIFEXITED(state) ? WEXITSTATUS(state) : 99;
}

static void a_confined_process_opens_no_socket(void **state)
{
    (void)state;
    assert_int_equal(in_child(no_socket), 0);
}

static void it_connects_none_that_it_has(void **state)
{
    (void)state;
    unconnected = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(unconnected >= 0);
    assert_int_equal(in_child(no_connection), 0);
    close(unconnected);
}

static void it_starts_no_process_and_no_program(void **state)
{
    (void)state;
    assert_int_equal(in_child(no_process), 0);
}

static void it_goes_on_answering(void **state)
{
    (void)state;
    assert_int_equal(in_child(answers), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_confined_process_opens_no_socket),
        cmocka_unit_test(it_connects_none_that_it_has),
        cmocka_unit_test(it_starts_no_process_and_no_program),
        cmocka_unit_test(it_goes_on_answering),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
