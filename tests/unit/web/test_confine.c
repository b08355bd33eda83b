/* The filter of the HTTP process, tried in a child. */
#include "web/confine.h"

#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
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

/* Ways to another process of the same user: its memory, its descriptors, its keys. */
static const struct {
    const char *name;
    long number;
} ways[] = {
    {"ptrace", SYS_ptrace},
    {"process_vm_readv", SYS_process_vm_readv},
    {"process_vm_writev", SYS_process_vm_writev},
    {"process_madvise", SYS_process_madvise},
    {"pidfd_open", SYS_pidfd_open},
    {"pidfd_getfd", SYS_pidfd_getfd},
    {"pidfd_send_signal", SYS_pidfd_send_signal},
    {"kill", SYS_kill},
    {"kcmp", SYS_kcmp},
    {"move_pages", SYS_move_pages},
    {"migrate_pages", SYS_migrate_pages},
    {"perf_event_open", SYS_perf_event_open},
    {"bpf", SYS_bpf},
    {"userfaultfd", SYS_userfaultfd},
    {"io_uring_setup", SYS_io_uring_setup},
    {"io_uring_enter", SYS_io_uring_enter},
    {"io_uring_register", SYS_io_uring_register},
    {"keyctl", SYS_keyctl},
    {"add_key", SYS_add_key},
    {"request_key", SYS_request_key},
    {"setns", SYS_setns},
    {"unshare", SYS_unshare},
    {"open_by_handle_at", SYS_open_by_handle_at},
};

/* With arguments that mean nothing: the filter looks at the number alone, the kernel would say
 * something else. */
static bool no_way_to_others(void)
{
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (!refused(syscall(ways[i].number, -1L, -1L, -1L, -1L, -1L, -1L))) {
            fprintf(stderr, "%s: %s\n", ways[i].name, strerror(errno));
            return false;
        }
    }
    return true;
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

static void it_does_not_get_at_other_processes(void **state)
{
    (void)state;
    assert_int_equal(in_child(no_way_to_others), 0);
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
        cmocka_unit_test(it_does_not_get_at_other_processes),
        cmocka_unit_test(it_goes_on_answering),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
