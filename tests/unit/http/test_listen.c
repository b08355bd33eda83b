/* Listening sockets: addresses as people write them. */
#include "http/listen.h"

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
        struct listening listening;
        struct failure why = {0};
        assert_true(listen_open(texts[i], &listening, &why));
        const char *port = strrchr(listening.address, ':');
        assert_true(port != NULL && atol(port + 1) > 0);
        listen_close(texts[i], &listening);
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
        struct listening listening;
        struct failure why = {0};
        if (listen_open(texts[i], &listening, &why)) {
            fail_msg("\"%s\" was taken", texts[i]);
        }
        assert_int_equal(why.kind, FAILURE_CONFIG);
        assert_true(why.text[0] != '\0');
    }
}

static void a_dead_socket_file_is_replaced_and_a_live_one_is_not(void **state)
{
    char folder[] = "/tmp/listen.XXXXXX", text[64];
    struct listening first, second;
    struct failure why = {0};
    struct stat st;
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(text, sizeof text, "unix:%s/s", folder);
    assert_true(listen_open(text, &first, &why));
    assert_int_equal(stat(text + 5, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0660);
    assert_false(listen_open(text, &second, &why));
    assert_int_equal(why.kind, FAILURE_CANNOT_CREATE);
    assert_int_equal(stat(text + 5, &st), 0);
    close(first.fd);
    assert_true(listen_open(text, &second, &why));
    listen_forget(text, &first.file);
    assert_int_equal(stat(text + 5, &st), 0);
    listen_close(text, &second);
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
