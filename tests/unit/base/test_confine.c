/* What a confined process cannot do, tried in a child. */
#include "base/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static int unconnected = -1;
static char folder[] = "/tmp/confine.XXXXXX";
static char inside[64], outside[64], secret[64];

static bool refused(long result)
{
    return result < 0 && errno == EPERM;
}

static bool no_socket(void)
{
    int pair[2];
    return refused(socket(AF_INET, SOCK_STREAM, 0)) && refused(socket(AF_UNIX, SOCK_STREAM, 0)) &&
           refused(socket(AF_INET6, SOCK_DGRAM, 0)) &&
           refused(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
}

static bool no_connection(void)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(9)};
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    char byte[] = "x";
    struct iovec piece = {.iov_base = byte, .iov_len = 1};
    const struct msghdr message = {
        .msg_name = &name, .msg_namelen = sizeof name, .msg_iov = &piece, .msg_iovlen = 1};
    struct sockaddr *to = (struct sockaddr *)&name;
    return refused(connect(unconnected, to, sizeof name)) &&
           refused(sendto(unconnected, "x", 1, 0, to, sizeof name)) &&
           refused(sendto(unconnected, "x", 1, MSG_FASTOPEN, NULL, 0)) &&
           refused(sendmsg(unconnected, &message, MSG_FASTOPEN)) &&
           refused(bind(unconnected, to, sizeof name)) && refused(listen(unconnected, 1));
}

static bool no_process(void)
{
    char program[] = "/bin/true";
    char *const words[] = {program, NULL};
    pid_t child = fork();
    if (child == 0) {
        _exit(0);
    }
    return refused(child) && refused(vfork()) && refused(execv(program, words));
}

static bool no_memory_that_runs(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    void *plain = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    void *code = mmap(NULL, page, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return plain != MAP_FAILED && code == MAP_FAILED && errno == EPERM &&
           refused(mprotect(plain, page, PROT_READ | PROT_EXEC)) && munmap(plain, page) == 0;
}

/* Ways to another process of the same user: its memory, its descriptors, its keys, and ways round
 * a list. */
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
    {"tkill", SYS_tkill},
    {"tgkill", SYS_tgkill},
    {"rt_sigqueueinfo", SYS_rt_sigqueueinfo},
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
    {"mount", SYS_mount},
    {"chroot", SYS_chroot},
    {"open_by_handle_at", SYS_open_by_handle_at},
    {"sendmmsg", SYS_sendmmsg},
    {"memfd_create", SYS_memfd_create},
    {"clone3", SYS_clone3},
    {"setuid", SYS_setuid},
    {"unlink", SYS_unlink},
    {"unlinkat", SYS_unlinkat},
    {"rename", SYS_rename},
    {"renameat2", SYS_renameat2},
    {"linkat", SYS_linkat},
    {"symlinkat", SYS_symlinkat},
    {"mkdirat", SYS_mkdirat},
    {"fchmodat", SYS_fchmodat},
    {"fchownat", SYS_fchownat},
    {"truncate", SYS_truncate},
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

static bool no_file(void)
{
    struct stat st;
    return refused(open("/dev/null", O_RDONLY)) && refused(stat("/dev/null", &st)) &&
           refused(unlink("/nowhere")) && refused(access("/", R_OK));
}

static int listening = -1, client = -1;

/* What answering needs still works. */
static bool answers(void)
{
    char byte;
    int taken = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
    int file = open("/dev/null", O_WRONLY);
    return taken >= 0 && write(client, "q", 1) == 1 && recv(taken, &byte, 1, 0) == 1 &&
           send(taken, "a", 1, MSG_NOSIGNAL) == 1 && read(client, &byte, 1) == 1 && file >= 0 &&
           write(file, "x", 1) == 1 && close(file) == 0 && access("/", R_OK) == 0 &&
           fcntl(taken, F_GETFL) >= 0 && refused(fcntl(taken, F_SETOWN, 1)) && malloc(10) != NULL;
}

static int ended(pid_t child)
{
    int state;
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &state, 0), child);
    return WIFEXITED(state) ? WEXITSTATUS(state) : 99;
}

static int as(enum confine_work work, bool (*check)(void))
{
    pid_t child = fork();
    if (child == 0) {
        struct failure why = {0};
        _exit(confine_calls(work, &why) && check() ? 0 : 1);
    }
    return ended(child);
}

static void neither_kind_opens_a_socket_or_uses_one_to_connect(void **state)
{
    (void)state;
    unconnected = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(unconnected >= 0);
    for (enum confine_work work = CONFINE_READER; work <= CONFINE_SERVER; work++) {
        assert_int_equal(as(work, no_socket), 0);
        assert_int_equal(as(work, no_connection), 0);
    }
    close(unconnected);
}

static void neither_starts_a_process_or_runs_what_it_wrote(void **state)
{
    (void)state;
    for (enum confine_work work = CONFINE_READER; work <= CONFINE_SERVER; work++) {
        assert_int_equal(as(work, no_process), 0);
        assert_int_equal(as(work, no_memory_that_runs), 0);
    }
}

static void neither_gets_at_other_processes(void **state)
{
    (void)state;
    assert_int_equal(as(CONFINE_READER, no_way_to_others), 0);
    assert_int_equal(as(CONFINE_SERVER, no_way_to_others), 0);
}

static void a_reader_opens_no_file(void **state)
{
    (void)state;
    assert_int_equal(as(CONFINE_READER, no_file), 0);
}

static void a_server_goes_on_answering(void **state)
{
    struct sockaddr_in name = {.sin_family = AF_INET};
    socklen_t len = sizeof name;
    (void)state;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listening = socket(AF_INET, SOCK_STREAM, 0);
    client = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listening, (struct sockaddr *)&name, sizeof name), 0);
    assert_int_equal(listen(listening, 1), 0);
    assert_int_equal(getsockname(listening, (struct sockaddr *)&name, &len), 0);
    assert_int_equal(connect(client, (struct sockaddr *)&name, sizeof name), 0);
    assert_int_equal(as(CONFINE_SERVER, answers), 0);
    close(listening);
    close(client);
}

/* --- files --- */

static void put(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0 && write(fd, "x", 1) == 1);
    close(fd);
}

static int make_files(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL) {
        return 1;
    }
    snprintf(inside, sizeof inside, "%s/inside", folder);
    snprintf(outside, sizeof outside, "%s/outside", folder);
    snprintf(secret, sizeof secret, "%s/outside/secret", folder);
    mkdir(outside, 0700);
    put(inside);
    put(secret);
    return 0;
}

static int drop_files(void **state)
{
    (void)state;
    unlink(inside);
    unlink(secret);
    rmdir(outside);
    rmdir(folder);
    return 0;
}

static bool denied(int result)
{
    return result < 0 && errno == EACCES;
}

static bool only_that_file(void)
{
    char other[80];
    snprintf(other, sizeof other, "%s/new", folder);
    int fd = open(inside, O_RDWR);
    return fd >= 0 && write(fd, "yy", 2) == 2 && ftruncate(fd, 0) == 0 && close(fd) == 0 &&
           denied(open(secret, O_RDONLY)) && denied(open(folder, O_RDONLY | O_DIRECTORY)) &&
           denied(open(other, O_WRONLY | O_CREAT, 0600)) && denied(unlink(inside)) &&
           denied(open("/proc/self/mem", O_RDWR)) && denied(open("/etc/passwd", O_RDONLY));
}

static bool reading_below_a_folder(void)
{
    return open(secret, O_RDONLY) >= 0 && open(outside, O_RDONLY | O_DIRECTORY) >= 0 &&
           denied(open(secret, O_WRONLY)) && denied(unlink(secret)) &&
           denied(open(inside, O_RDONLY));
}

static int within(const struct confine_place *places, size_t count, bool (*check)(void))
{
    pid_t child = fork();
    if (child == 0) {
        struct failure why = {0};
        bool held;
        _exit(confine_files(places, count, &held, &why) && held && check() ? 0 : 1);
    }
    return ended(child);
}

static void skip_without_landlock(void)
{
    if (confine_landlock_version() == 0) {
        print_message("SKIP: this kernel has no Landlock\n");
        skip();
    }
}

static void a_file_that_is_named_is_changed_and_no_other_opened(void **state)
{
    const struct confine_place places[] = {
        {inside, CONFINE_CHANGE}, {NULL, CONFINE_READ}, {"/nowhere/at/all", CONFINE_READ}};
    (void)state;
    skip_without_landlock();
    assert_int_equal(within(places, 3, only_that_file), 0);
}

static void below_a_folder_that_is_named_everything_is_read_and_nothing_written(void **state)
{
    const struct confine_place places[] = {{outside, CONFINE_READ}};
    (void)state;
    skip_without_landlock();
    assert_int_equal(within(places, 1, reading_below_a_folder), 0);
}

/* --- what a process is born with --- */

static void strings_of_the_environment_and_stray_descriptors_are_gone(void **state)
{
    (void)state;
    int stray = open("/dev/null", O_RDONLY), kept = dup(stray), further = dup(stray);
    setenv("A_PASSWORD", "jackdaws-love", 1);
    setenv("TZDIR", "/usr/share/zoneinfo", 1);
    const char *password = getenv("A_PASSWORD");
    pid_t child = fork();
    if (child == 0) {
        confine_descriptors(&kept, 1);
        confine_environment();
        const char *zones = getenv("TZDIR");
        _exit(fcntl(kept, F_GETFD) >= 0 && fcntl(stray, F_GETFD) < 0 &&
                      fcntl(further, F_GETFD) < 0 && getenv("A_PASSWORD") == NULL &&
                      getenv("PATH") == NULL && password[0] == '\0' && zones != NULL &&
                      strcmp(zones, "/usr/share/zoneinfo") == 0
                  ? 0
                  : 1);
    }
    assert_int_equal(ended(child), 0);
    unsetenv("A_PASSWORD");
    close(stray);
    close(kept);
    close(further);
}

static void a_hidden_process_is_not_dumpable_and_leaves_no_core(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        struct rlimit core;
        confine_hide();
        _exit(prctl(PR_GET_DUMPABLE) == 0 && getrlimit(RLIMIT_CORE, &core) == 0 &&
                      core.rlim_cur == 0 && core.rlim_max == 0
                  ? 0
                  : 1);
    }
    assert_int_equal(ended(child), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neither_kind_opens_a_socket_or_uses_one_to_connect),
        cmocka_unit_test(neither_starts_a_process_or_runs_what_it_wrote),
        cmocka_unit_test(neither_gets_at_other_processes),
        cmocka_unit_test(a_reader_opens_no_file),
        cmocka_unit_test(a_server_goes_on_answering),
        cmocka_unit_test(a_file_that_is_named_is_changed_and_no_other_opened),
        cmocka_unit_test(below_a_folder_that_is_named_everything_is_read_and_nothing_written),
        cmocka_unit_test(strings_of_the_environment_and_stray_descriptors_are_gone),
        cmocka_unit_test(a_hidden_process_is_not_dumpable_and_leaves_no_core),
    };
    return cmocka_run_group_tests(tests, make_files, drop_files);
}
