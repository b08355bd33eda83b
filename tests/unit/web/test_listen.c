/* Listening sockets: addresses as people write them. */
#include "web/listen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void the_system_chooses_a_port_where_none_is_named(void **state)
{
    static const char *const texts[] = {"127.0.0.1:0", "localhost:0"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char address[LISTEN_TEXT];
        struct listen_file file;
        struct failure why = {0};
        int fd;
        assert_true(listen_open(texts[i], &fd, address, &file, &why));
        assert_null(strstr(address, ":0"));
        assert_true(strrchr(address, ':') != NULL && atol(strrchr(address, ':') + 1) > 0);
        close(fd);
    }
}

static void what_is_no_address_is_refused_with_an_example(void **state)
{
    static const char *const texts[] = {"",
                                        "8080",
                                        "127.0.0.1",
                                        "127.0.0.1:",
                                        ":8080",
                                        "127.0.0.1:x",
                                        "[::1:8080",
                                        "[]:8080",
                                        "unix:",
                                        "no such host.example.org:1a",
                                        "127.0.0.1:123456",
                                        "127.0.0.1:65536",
                                        "127.0.0.1:99999"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char address[LISTEN_TEXT];
        struct listen_file file;
        struct failure why = {0};
        int fd;
        if (listen_open(texts[i], &fd, address, &file, &why)) {
            fail_msg("\"%s\" was taken", texts[i]);
        }
        assert_int_equal(why.kind, FAILURE_CONFIG);
        assert_true(why.text[0] != '\0');
    }
}

static void a_dead_socket_file_is_replaced_and_a_live_one_is_not(void **state)
{
    char folder[] = "/tmp/listen.XXXXXX", text[64], address[LISTEN_TEXT];
    struct listen_file old, file;
    struct failure why = {0};
    struct stat st;
    int first, second;
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(text, sizeof text, "unix:%s/s", folder);
    assert_true(listen_open(text, &first, address, &old, &why));
    assert_int_equal(listen(first, 1), 0);
    assert_int_equal(stat(text + 5, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0660);
    assert_false(listen_open(text, &second, address, &file, &why));
    assert_int_equal(why.kind, FAILURE_CANNOT_CREATE);
    listen_forget(text, &file);
    assert_int_equal(stat(text + 5, &st), 0);
    close(first);
    assert_true(listen_open(text, &second, address, &file, &why));
    listen_forget(text, &old);
    assert_int_equal(stat(text + 5, &st), 0);
    close(second);
    listen_forget(text, &file);
    assert_int_not_equal(stat(text + 5, &st), 0);
    rmdir(folder);
}

static void only_this_machine_reaches_loopback_and_unix_sockets(void **state)
{
    static const struct {
        const char *text;
        bool local;
    } rows[] = {{"127.0.0.1:80", true}, {"127.8.9.1:80", true}, {"[::1]:80", true},
                {"localhost:80", true}, {"unix:/run/x", true},  {"0.0.0.0:80", false},
                {"[::]:80", false},     {"192.0.2.1:80", false}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (listen_is_local(rows[i].text) != rows[i].local) {
            fail_msg("%s", rows[i].text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_system_chooses_a_port_where_none_is_named),
        cmocka_unit_test(what_is_no_address_is_refused_with_an_example),
        cmocka_unit_test(a_dead_socket_file_is_replaced_and_a_live_one_is_not),
        cmocka_unit_test(only_this_machine_reaches_loopback_and_unix_sockets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
