/* Addresses at the door (src/intake/link.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "intake/link.h"

#include <cmocka.h>

#define LABEL_63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define E_ACUTE  "\xC3\xA9"

static void an_address_is_taken_encoded_or_refused(void **state)
{
    static const struct {
        const char *text;
        const char *link;      /* NULL: refused */
        const char *complaint; /* a word of it */
    } rows[] = {
        {"https://example.org/a-vs-b", "https://example.org/a-vs-b", NULL},
        {"http://example.org", "http://example.org", NULL},
        {"https://example.org:8443?x=1#top", "https://example.org:8443?x=1#top", NULL},
        {"https://example.org:1/", "https://example.org:1/", NULL},
        {"https://example.org:65535/", "https://example.org:65535/", NULL},
        {"https://example.org/a:99999/@b", "https://example.org/a:99999/@b", NULL},
        {"https://[2001:db8::1]:8080/x", "https://[2001:db8::1]:8080/x", NULL},
        {"https://[::1]/", "https://[::1]/", NULL},
        {"https://xn--exmple-cua.example.org/", "https://xn--exmple-cua.example.org/", NULL},
        {"https://example.org/caf" E_ACUTE, "https://example.org/caf%C3%A9", NULL},
        {"https://example.org/caf%C3%A9", "https://example.org/caf%C3%A9", NULL},
        {"https://example.org/?q=" E_ACUTE "&r=%20", "https://example.org/?q=%C3%A9&r=%20", NULL},
        {"https://example.org#\xE6\xAF\x94\xE8\xBE\x83", "https://example.org#%E6%AF%94%E8%BE%83",
         NULL},
        {"https://example.org/?f[a]=1#b[c]#d", "https://example.org/?f%5Ba%5D=1#b%5Bc%5D%23d",
         NULL},
        {"https://example.org./x", "https://example.org./x", NULL},
        {"https://192.0.2.1/", "https://192.0.2.1/", NULL},
        {"https://1and1.example.org/", "https://1and1.example.org/", NULL},
        {"https://" LABEL_63 ".example.org/", "https://" LABEL_63 ".example.org/", NULL},
        {"https://example.org/100%", NULL, "write %25"},
        {"https://example.org/%zz", NULL, "write %25"},
        {"https://example.org/?q=5%2", NULL, "write %25"},
        {"https://example..org/", NULL, "no web address"},
        {"https://example.org../", NULL, "no web address"},
        {"https://a" LABEL_63 ".example.org/", NULL, "no web address"},
        {"https://" LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63 "/", NULL, "no web address"},
        {"https://256.1.1.1/", NULL, "no web address"},
        {"https://192.0.2/", NULL, "no web address"},
        {"https://[1:2]/", NULL, "no web address"},
        {"https://[::1.2.3.4.5]/", NULL, "no web address"},
        {"https://example.org:0/", NULL, "1 to 65535"},
        {"https://example.org:65536/", NULL, "1 to 65535"},
        {"https://example.org:99999/", NULL, "1 to 65535"},
        {"https://example.org:4294967297/", NULL, "1 to 65535"},
        {"https://example.org:/x", NULL, "1 to 65535"},
        {"https://example.org:80a/", NULL, "1 to 65535"},
        {"https://example.org:-1/", NULL, "1 to 65535"},
        {"https://[::1]:70000/", NULL, "1 to 65535"},
        {"https://caf" E_ACUTE ".example.org/", NULL, "xn--"},
        {"https://example.org:" E_ACUTE "/", NULL, "xn--"},
        {"https://ann:word@example.org/", NULL, "password"},
        {"https://[::1/", NULL, "no web address"},
        {"https://[]/", NULL, "no web address"},
        {"https://[::1]x/", NULL, "no web address"},
        {"https://.org/", NULL, "no web address"},
        {"https://:80/", NULL, "no web address"},
        {"https://a,b/", NULL, "no web address"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena arena = {0};
        const char *link = NULL;
        const char *complaint = link_read(&arena, rows[i].text, &link);
        if (rows[i].link != NULL) {
            if (complaint != NULL || strcmp(link, rows[i].link) != 0) {
                fail_msg("%s: %s", rows[i].text, complaint != NULL ? complaint : link);
            }
        } else if (complaint == NULL || strstr(complaint, rows[i].complaint) == NULL) {
            fail_msg("%s: %s", rows[i].text, complaint != NULL ? complaint : "taken");
        }
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_taken_encoded_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
