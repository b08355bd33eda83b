/* Who asks: the peer, or whom the trusted proxy names. */
#include "http/origin.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void ask(const char *peer, const char *trusted, const char *forwarded, char out[ORIGIN_TEXT])
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    const struct sockaddr *name = NULL;
    if (peer != NULL && inet_pton(AF_INET, peer, &four.sin_addr) == 1) {
        name = (const struct sockaddr *)&four;
    } else if (peer != NULL && inet_pton(AF_INET6, peer, &six.sin6_addr) == 1) {
        name = (const struct sockaddr *)&six;
    }
    /* "ADDRESS ADDRESS": two of them. */
    char first[ORIGIN_TEXT] = "";
    const char *list[3] = {NULL};
    if (trusted != NULL) {
        const char *blank = strchr(trusted, ' ');
        size_t len = blank != NULL ? (size_t)(blank - trusted) : strlen(trusted);
        memcpy(first, trusted, len);
        list[0] = first;
        list[1] = blank != NULL ? blank + 1 : NULL;
    }
    origin_of(name, trusted != NULL ? list : NULL, forwarded, out);
}

static void only_the_trusted_proxy_is_believed(void **state)
{
    static const struct {
        const char *peer, *trusted, *forwarded, *origin;
    } rows[] = {
        {"192.0.2.1", NULL, "203.0.113.9", "192.0.2.1"},
        {"192.0.2.1", "192.0.2.2", "203.0.113.9", "192.0.2.1"},
        {"192.0.2.1", "192.0.2.1", "203.0.113.9", "203.0.113.9"},
        {"192.0.2.1", "192.0.2.0/24", "203.0.113.9", "203.0.113.9"},
        {"192.0.2.1", "192.0.2.1", NULL, "192.0.2.1"},
        {"192.0.2.1", "192.0.2.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"},
        {"192.0.2.1", "192.0.2.1 198.51.100.0/24", "203.0.113.9, 198.51.100.7", "203.0.113.9"},
        {"198.51.100.7", "192.0.2.1 198.51.100.0/24", "203.0.113.9, 192.0.2.1", "203.0.113.9"},
        {"192.0.2.2", "192.0.2.1 198.51.100.0/24", "203.0.113.9", "192.0.2.2"},
        {"192.0.2.1", "192.0.2.1", "", "192.0.2.1"},
        {"192.0.2.1", "192.0.2.1", "rubbish", "192.0.2.1"},
        {"192.0.2.1", "192.0.2.1", "203.0.113.9, rubbish", "192.0.2.1"},
        {"192.0.2.1", "192.0.2.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"},
        {"192.0.2.1", "192.0.2.0/24", "198.51.100.1 ,\t203.0.113.9, 192.0.2.7", "203.0.113.9"},
        {"192.0.2.1", "192.0.2.1", "2001:db8::1", "2001:db8::1"},
        {"192.0.2.1", "192.0.2.1", "203.0.113.9:51034", "203.0.113.9"},
        {"192.0.2.1", "192.0.2.1", "198.51.100.1:80, 203.0.113.9:1", "203.0.113.9"},
        {"192.0.2.1", "192.0.2.1", "[2001:db8::1]:51034", "2001:db8::1"},
        {"192.0.2.1", "192.0.2.1", "[2001:db8::1]", "2001:db8::1"},
        {"192.0.2.1", "192.0.2.0/24", "203.0.113.9, 192.0.2.7:4711", "203.0.113.9"},
        {"192.0.2.1", "192.0.2.1", "203.0.113.9:", "192.0.2.1"},
        {"192.0.2.1", "192.0.2.1", "203.0.113.9:http", "192.0.2.1"},
        {"192.0.2.1", "192.0.2.1", "203.0.113.9:123456", "192.0.2.1"},
        {"192.0.2.1", "192.0.2.1", "[203.0.113.9]:1", "192.0.2.1"},
        {"192.0.2.1", "192.0.2.1", "[2001:db8::1]x", "192.0.2.1"},
        {"192.0.2.1", "192.0.2.1", "[2001:db8::1", "192.0.2.1"},
        {"192.0.2.1", "192.0.2.1", "[]:1", "192.0.2.1"},
        {"2001:db8::1", "2001:db8::/32", "203.0.113.9", "203.0.113.9"},
        {"::ffff:192.0.2.1", NULL, NULL, "192.0.2.1"},
        {"::ffff:192.0.2.1", "192.0.2.1", "203.0.113.9", "203.0.113.9"},
        {NULL, NULL, NULL, "unix"},
        {NULL, NULL, "203.0.113.9", "203.0.113.9"},
        {NULL, NULL, "203.0.113.9, rubbish", "unix"},
        {NULL, "192.0.2.1", "203.0.113.9, 192.0.2.1", "203.0.113.9"},
        {"192.0.2.1", "192.0.2.1",
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         "192.0.2.1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char origin[ORIGIN_TEXT];
        ask(rows[i].peer, rows[i].trusted, rows[i].forwarded, origin);
        assert_string_equal(origin, rows[i].origin);
    }
}

static void a_network_is_what_is_kept(void **state)
{
    static const struct {
        const char *origin, *network;
    } rows[] = {
        {"192.0.2.77", "192.0.2.0/24"},
        {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
        {"::ffff:192.0.2.77", "192.0.2.0/24"},
        {"unix", "unix"},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char network[ORIGIN_TEXT];
        origin_network(rows[i].origin, network);
        assert_string_equal(network, rows[i].network);
    }
}

static void networks_hold_the_addresses_of_their_prefix(void **state)
{
    static const struct {
        const char *address, *network;
        bool within;
    } rows[] = {
        {"10.1.2.3", "10.0.0.0/8", true},
        {"11.1.2.3", "10.0.0.0/8", false},
        {"10.0.0.127", "10.0.0.0/25", true},
        {"10.0.0.128", "10.0.0.0/25", false},
        {"10.0.0.1", "0.0.0.0/0", true},
        {"10.0.0.1", "10.0.0.1/32", true},
        {"10.0.0.1", "10.0.0.1/33", false},
        {"10.0.0.1", "2001:db8::/32", false},
        {"2001:db8::5", "2001:db8::/32", true},
        {"2001:db9::5", "2001:db8::/32", false},
        {"::1", "::1", true},
        {"unix", "10.0.0.0/8", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (origin_within(rows[i].address, rows[i].network) != rows[i].within) {
            fail_msg("%s in %s", rows[i].address, rows[i].network);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_trusted_proxy_is_believed),
        cmocka_unit_test(a_network_is_what_is_kept),
        cmocka_unit_test(networks_hold_the_addresses_of_their_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
