#include "mail/address.h"

#include <idn2.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

#include "base/arena.h"
#include "base/utf8.h"

/* LOCAL_MAX and LABEL_MAX are octets, from RFC 5321 4.5.3.1.1 and RFC 1035 2.3.4. INPUT_MAX bounds
 * the input: a domain in Unicode may take more octets than its A-labels. */
enum { LOCAL_MAX = 64, LABEL_MAX = 63, DOMAIN_MAX = 253, INPUT_MAX = 1024 };

static bool check_bytes(const char *text, struct failure *why)
{
    size_t len = strnlen(text, INPUT_MAX + 1);
    if (len > INPUT_MAX) {
        return fail(why, FAILURE_DATA, "the address is longer than %d octets", ADDRESS_MAX);
    }
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte == ' ') {
            return fail(why, FAILURE_DATA, "there is a blank in the address");
        }
        if (byte < 0x21 || byte == 0x7F) {
            return fail(why, FAILURE_DATA, "there is a control character (0x%02X) in the address",
                        byte);
        }
        if (byte == '<' || byte == '>') {
            return fail(why, FAILURE_DATA, "there is a '%c' in the address", byte);
        }
    }
    if (!utf8_valid(text, len, NULL)) {
        return fail(why, FAILURE_DATA, "the address is not valid UTF-8");
    }
    return true;
}

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* RFC 5322 3.2.3, atext without letters and digits. */
static bool is_atom_sign(char c)
{
    return c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL;
}

/* RFC 6531 allows every non-ASCII character in a local part. Invisible and unassigned ones are
 * refused all the same: they are a slip or a trick. */
static bool is_seen(uint32_t point)
{
    return !uc_is_general_category(point, UC_CATEGORY_C) &&
           !uc_is_general_category(point, UC_CATEGORY_Z);
}

static bool check_local_characters(const char *local, size_t len, struct failure *why)
{
    for (size_t at = 0; at < len;) {
        uint32_t point;
        size_t size = utf8_decode(local + at, len - at, &point);
        bool good = point >= 0x80
                        ? is_seen(point)
                        : is_alnum(local[at]) || is_atom_sign(local[at]) || local[at] == '.';
        if (!good && point < 0x80) {
            return fail(why, FAILURE_DATA, "'%c' cannot stand in the part before @", local[at]);
        }
        if (!good) {
            return fail(why, FAILURE_DATA, "U+%04X cannot stand in the part before @", point);
        }
        at += size;
    }
    return true;
}

static bool check_local(const char *local, size_t len, struct failure *why)
{
    if (len == 0) {
        return fail(why, FAILURE_DATA, "there is nothing before @");
    }
    if (local[0] == '"') {
        return fail(why, FAILURE_DATA, "quoted names before @ are not accepted");
    }
    if (len > LOCAL_MAX) {
        return fail(why, FAILURE_DATA, "the part before @ is longer than %d octets", LOCAL_MAX);
    }
    if (local[0] == '.' || local[len - 1] == '.') {
        return fail(why, FAILURE_DATA, "the part before @ %s with a dot",
                    local[0] == '.' ? "begins" : "ends");
    }
    for (size_t i = 1; i < len; i++) {
        if (local[i] == '.' && local[i - 1] == '.') {
            return fail(why, FAILURE_DATA, "there are two dots in a row before @");
        }
    }
    return check_local_characters(local, len, why);
}

static bool is_ascii(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

/* Converts to lowercase A-labels; plain ASCII without "xn--" needs no Unicode tables. */
static bool convert_domain(const char *domain, char out[INPUT_MAX + 1], struct failure *why)
{
    size_t len = strlen(domain);
    char lower[INPUT_MAX + 1];
    for (size_t i = 0; i <= len; i++) {
        lower[i] = (char)(domain[i] >= 'A' && domain[i] <= 'Z' ? domain[i] + 32 : domain[i]);
    }
    if (is_ascii(lower, len) && strstr(lower, "xn--") == NULL) {
        memcpy(out, lower, len + 1);
        return true;
    }
    char *labels = NULL;
    int answer = idn2_to_ascii_8z(
        lower, &labels, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT | IDN2_USE_STD3_ASCII_RULES);
    if (answer == IDN2_MALLOC) {
        memory_exhausted();
    }
    bool fits = answer == IDN2_OK && strlen(labels) <= DOMAIN_MAX;
    if (fits) {
        memcpy(out, labels, strlen(labels) + 1);
    } else {
        fail(why, FAILURE_DATA, "the part after @ is not a valid domain (%s)",
             answer == IDN2_OK ? "too long" : idn2_strerror(answer));
    }
    idn2_free(labels);
    return fits;
}

static bool check_label(const char *label, size_t len, struct failure *why)
{
    if (len == 0) {
        return fail(why, FAILURE_DATA,
                    "the part after @ begins or ends with a dot, or has two in "
                    "a row");
    }
    if (len > LABEL_MAX) {
        return fail(why, FAILURE_DATA, "a word between the dots after @ is longer than %d octets",
                    LABEL_MAX);
    }
    if (label[0] == '-' || label[len - 1] == '-') {
        return fail(why, FAILURE_DATA, "a word between the dots after @ begins or ends with '-'");
    }
    for (size_t i = 0; i < len; i++) {
        if (!is_alnum(label[i]) && label[i] != '-') {
            return fail(why, FAILURE_DATA, "'%c' cannot stand in the part after @", label[i]);
        }
    }
    return true;
}

static bool check_labels(const char *domain, struct failure *why)
{
    if (strlen(domain) > DOMAIN_MAX) {
        return fail(why, FAILURE_DATA, "the part after @ is longer than %d octets", DOMAIN_MAX);
    }
    size_t labels = 0;
    const char *label = domain;
    for (;;) {
        size_t len = strcspn(label, ".");
        if (!check_label(label, len, why)) {
            return false;
        }
        labels++;
        if (label[len] == '\0') {
            break;
        }
        label += len + 1;
    }
    if (labels < 2) {
        return fail(why, FAILURE_DATA, "the part after @ has no dot");
    }
    if (label[strspn(label, "0123456789")] == '\0') {
        return fail(why, FAILURE_DATA, "the part after @ ends in a number, as no domain does");
    }
    return true;
}

/* IDNA silently drops some invisible characters, so that a slip would give another domain. The
 * joiners are allowed here: IDNA knows where a script needs them. */
static bool check_domain_seen(const char *domain, struct failure *why)
{
    size_t len = strlen(domain);
    for (size_t at = 0; at < len;) {
        uint32_t point;
        at += utf8_decode(domain + at, len - at, &point);
        if (point >= 0x80 && point != 0x200C && point != 0x200D && !is_seen(point)) {
            return fail(why, FAILURE_DATA, "U+%04X cannot stand in the part after @", point);
        }
    }
    return true;
}

static bool normalize_domain(const char *domain, char out[INPUT_MAX + 1], struct failure *why)
{
    if (domain[0] == '\0') {
        return fail(why, FAILURE_DATA, "there is nothing after @");
    }
    if (domain[0] == '[') {
        return fail(why, FAILURE_DATA,
                    "a number in brackets after @ is not taken; it has to be a "
                    "domain");
    }
    return check_domain_seen(domain, why) && convert_domain(domain, out, why) &&
           check_labels(out, why);
}

bool address_domain(const char *text, char out[ADDRESS_MAX + 1], struct failure *why)
{
    char domain[INPUT_MAX + 1];
    if (!check_bytes(text, why) || !normalize_domain(text, domain, why)) {
        return false;
    }
    memcpy(out, domain, strlen(domain) + 1);
    return true;
}

/* Folds the local part; case folding needs room, which `key` has for any part of LOCAL_MAX
 * octets. */
static size_t fold_local(const char *local, size_t len, char key[2 * ADDRESS_MAX + 1])
{
    if (is_ascii(local, len)) {
        for (size_t i = 0; i < len; i++) {
            key[i] = (char)(local[i] >= 'A' && local[i] <= 'Z' ? local[i] + 32 : local[i]);
        }
        return len;
    }
    size_t size = 0;
    uint8_t *folded = u8_casefold((const uint8_t *)local, len, NULL, UNINORM_NFC, NULL, &size);
    if (folded == NULL) {
        memory_exhausted();
    }
    size = size > ADDRESS_MAX ? ADDRESS_MAX : size;
    memcpy(key, folded, size);
    free(folded);
    return size;
}

static bool compose_local(const char *local, size_t len, char out[LOCAL_MAX + 1], size_t *out_len,
                          struct failure *why)
{
    uint8_t *composed = u8_normalize(UNINORM_NFC, (const uint8_t *)local, len, NULL, out_len);
    if (composed == NULL && len > 0) {
        memory_exhausted();
    }
    bool good = check_local((const char *)composed, *out_len, why);
    if (good) {
        memcpy(out, composed, *out_len);
    }
    free(composed);
    return good;
}

bool address_parse(const char *text, struct address *address, struct failure *why)
{
    char local[LOCAL_MAX + 1];
    char domain[INPUT_MAX + 1];
    size_t len = 0;
    if (text[0] == '\0') {
        return fail(why, FAILURE_DATA, "the address is empty");
    }
    if (!check_bytes(text, why)) {
        return false;
    }
    const char *at = strrchr(text, '@');
    if (at == NULL) {
        return fail(why, FAILURE_DATA, "there is no @ in the address");
    }
    if (text[0] != '"' && strchr(text, '@') != at) {
        return fail(why, FAILURE_DATA, "there is more than one @ in the address");
    }
    if (!compose_local(text, (size_t)(at - text), local, &len, why) ||
        !normalize_domain(at + 1, domain, why)) {
        return false;
    }
    size_t domain_len = strlen(domain);
    if (len + 1 + domain_len > ADDRESS_MAX) {
        return fail(why, FAILURE_DATA, "the address is longer than %d octets", ADDRESS_MAX);
    }
    *address = (struct address){.at = len, .ascii = is_ascii(local, len)};
    memcpy(address->normal, local, len);
    address->normal[len] = '@';
    memcpy(address->normal + len + 1, domain, domain_len + 1);
    size_t folded = fold_local(local, len, address->key);
    address->key[folded] = '@';
    memcpy(address->key + folded + 1, domain, domain_len + 1);
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Removes the quotation marks of a quoted display name, and the backslashes inside. */
static size_t unquote(char *name, size_t len)
{
    if (len < 2 || name[0] != '"' || name[len - 1] != '"') {
        return len;
    }
    size_t out = 0;
    for (size_t i = 1; i + 1 < len; i++) {
        if (name[i] == '\\' && i + 2 < len) {
            i++;
        }
        name[out++] = name[i];
    }
    return out;
}

static bool read_display_name(const char *text, size_t len, char name[256], struct failure *why)
{
    while (len > 0 && is_blank(text[len - 1])) {
        len--;
    }
    if (len > 255) {
        return fail(why, FAILURE_DATA, "the name before the address is longer than 255 octets");
    }
    if (!utf8_valid(text, len, NULL)) {
        return fail(why, FAILURE_DATA, "the name before the address is not valid UTF-8");
    }
    for (size_t at = 0; at < len;) {
        uint32_t point;
        at += utf8_decode(text + at, len - at, &point);
        if (uc_is_general_category(point, UC_CATEGORY_Cc) || point == 0x2028 || point == 0x2029 ||
            !utf8_in_xml(point)) {
            return fail(why, FAILURE_DATA, "there is a control character in the name");
        }
    }
    memcpy(name, text, len);
    name[unquote(name, len)] = '\0';
    return true;
}

bool address_parse_mailbox(const char *text, char name[256], struct address *address,
                           struct failure *why)
{
    while (is_blank(*text)) {
        text++;
    }
    const char *open = strrchr(text, '<');
    name[0] = '\0';
    if (open == NULL) {
        return address_parse(text, address, why);
    }
    size_t len = strlen(open);
    while (len > 0 && is_blank(open[len - 1])) {
        len--;
    }
    if (open[len - 1] != '>' || len - 2 > INPUT_MAX) {
        return fail(why, FAILURE_DATA, "write it as \"Name <address>\" or as the address alone");
    }
    char inner[INPUT_MAX + 1];
    memcpy(inner, open + 1, len - 2);
    inner[len - 2] = '\0';
    return read_display_name(text, (size_t)(open - text), name, why) &&
           address_parse(inner, address, why);
}
