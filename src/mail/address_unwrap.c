/* Extracts addresses from what people paste, and refuses domains that mail cannot reach. */
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "mail/address.h"

/* The address in "mailto:ann@example.org?subject=x". Percent-encoding is not decoded: no address
 * that people use needs it. */
static void take_off_scheme(const char **text, size_t *len)
{
    static const char scheme[] = "mailto:";
    if (*len >= sizeof scheme - 1 && strncasecmp(*text, scheme, sizeof scheme - 1) == 0) {
        *text += sizeof scheme - 1;
        *len -= sizeof scheme - 1;
        const char *query = memchr(*text, '?', *len);
        *len = query != NULL ? (size_t)(query - *text) : *len;
    }
}

/* The display name without its quotation marks; one that is too long is dropped. */
static void take_name(const char *text, size_t len, char name[256])
{
    utf8_trim(&text, &len);
    if (len >= 2 && text[0] == '"' && text[len - 1] == '"') {
        text++;
        len -= 2;
    }
    if (len <= 255) {
        memcpy(name, text, len);
        name[len] = '\0';
    }
}

/* "Name <a@b>" and "<a@b>": the only pair of brackets, which must end the text. */
static void take_off_brackets(const char **text, size_t *len, char name[256])
{
    const char *open = memchr(*text, '<', *len);
    size_t before = open != NULL ? (size_t)(open - *text) : 0;
    size_t inside = *len - before;
    if (open == NULL || inside < 2 || open[inside - 1] != '>' ||
        memchr(open + 1, '<', inside - 1) != NULL || memchr(open, '>', inside - 1) != NULL) {
        return;
    }
    if (name != NULL) {
        take_name(*text, before, name);
    }
    *text = open + 1;
    *len = inside - 2;
    utf8_trim(text, len);
}

void address_unwrap(const char *text, char out[ADDRESS_INPUT + 1], char name[256])
{
    size_t len = strlen(text);
    if (name != NULL) {
        name[0] = '\0';
    }
    utf8_trim(&text, &len);
    take_off_scheme(&text, &len);
    take_off_brackets(&text, &len, name);
    take_off_scheme(&text, &len);
    utf8_trim(&text, &len);
    len = utf8_cut(text, len, ADDRESS_INPUT);
    memcpy(out, text, len);
    out[len] = '\0';
}

bool address_check_reach(const struct address *address, struct failure *why)
{
    static const char *const ends[] = {"invalid", "localhost", "local", "test", "onion", "arpa"};
    const char *end = strrchr(address->normal, '.') + 1;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        if (strcmp(ends[i], end) == 0) {
            return fail(why, FAILURE_DATA, "no mail reaches a domain that ends in .%s", end);
        }
    }
    return true;
}
