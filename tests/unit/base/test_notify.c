/* What a service manager hears: one datagram a call, at the socket of its choice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/notify.h"

#include <cmocka.h>

static char folder[] = "/tmp/verdicts-notify-XXXXXX";
static char path[64];
static char heard[1024];

static int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/socket", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static int listen_at(const char *address)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    size_t len = strlen(address);
    memcpy(name.sun_path, address, len);
    if (address[0] == '@') {
        name.sun_path[0] = '\0';
    }
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
    assert_int_equal(bind(fd, (const struct sockaddr *)&name, size), 0);
    return fd;
}

static const char *hear(int fd)
{
    ssize_t len = recv(fd, heard, sizeof heard - 1, 0);
    assert_true(len >= 0);
    heard[len] = '\0';
    return heard;
}

static void hears_at(const char *address)
{
    struct notify notify;
    struct failure why = {0};
    int fd = listen_at(address);
    assert_int_equal(setenv("NOTIFY_SOCKET", address, 1), 0);
    assert_true(notify_open(&notify, &why));
    assert_null(getenv("NOTIFY_SOCKET"));
    assert_int_equal(notify.watchdog_ms, 0);
    notify_send(&notify, "READY=1\nSTATUS=%d of %s", 3, "us");
    assert_string_equal(hear(fd), "READY=1\nSTATUS=3 of us");
    long long before = clock_monotonic_us();
    notify_reloading(&notify);
    assert_memory_equal(hear(fd), "RELOADING=1\nMONOTONIC_USEC=", 27);
    assert_true(strtoll(heard + 27, NULL, 10) >= before);
    notify_close(&notify);
    close(fd);
}

static void a_socket_has_a_path_or_a_name_without_a_file(void **state)
{
    char name[64];
    (void)state;
    hears_at(path);
    unlink(path);
    snprintf(name, sizeof name, "@verdicts-notify-%ld", (long)getpid());
    hears_at(name);
}

static void without_a_socket_nothing_is_sent(void **state)
{
    (void)state;
    struct notify notify;
    struct failure why = {0};
    unsetenv("NOTIFY_SOCKET");
    assert_int_equal(setenv("WATCHDOG_USEC", "1000000", 1), 0);
    assert_true(notify_open(&notify, &why));
    assert_int_equal(notify.fd, -1);
    assert_int_equal(notify.watchdog_ms, 0);
    notify_send(&notify, "READY=1");
    notify_close(&notify);
}

static int64_t watched(const char *usec, const char *pid)
{
    struct notify notify;
    struct failure why = {0};
    int fd = listen_at(path);
    setenv("NOTIFY_SOCKET", path, 1);
    setenv("WATCHDOG_USEC", usec, 1);
    if (pid != NULL) {
        setenv("WATCHDOG_PID", pid, 1);
    }
    assert_true(notify_open(&notify, &why));
    assert_null(getenv("WATCHDOG_PID"));
    notify_close(&notify);
    close(fd);
    unlink(path);
    return notify.watchdog_ms;
}

static void the_watchdog_is_ours_where_it_names_us_or_nobody(void **state)
{
    char own[32];
    (void)state;
    snprintf(own, sizeof own, "%ld", (long)getpid());
    assert_int_equal(watched("180000000", own), 180000);
    assert_int_equal(watched("180000000", NULL), 180000);
    assert_int_equal(watched("180000000", "1"), 0);
    assert_int_equal(watched("x", own), 0);
    assert_int_equal(watched("-5", own), 0);
}

static void a_socket_that_cannot_be_reached_is_a_failure(void **state)
{
    char longest[200];
    (void)state;
    memset(longest, 'a', sizeof longest);
    longest[0] = '/';
    longest[sizeof longest - 1] = '\0';
    const char *const wrong[] = {path, "relative", "/", "@", "vsock:2:1234", longest};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct notify notify;
        struct failure why = {0};
        setenv("NOTIFY_SOCKET", wrong[i], 1);
        assert_false(notify_open(&notify, &why));
        assert_int_equal(why.kind, FAILURE_CONFIG);
        assert_non_null(strstr(why.text, "$NOTIFY_SOCKET"));
        assert_int_equal(notify.fd, -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_socket_has_a_path_or_a_name_without_a_file),
        cmocka_unit_test(without_a_socket_nothing_is_sent),
        cmocka_unit_test(the_watchdog_is_ours_where_it_names_us_or_nobody),
        cmocka_unit_test(a_socket_that_cannot_be_reached_is_a_failure),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
