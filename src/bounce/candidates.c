#include "bounce/candidates.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fold.h"
#include "base/utf8.h"
#include "bounce/words.h"

/* How many bytes before an address are searched for words about it. */
enum { LABELS = 159 };

static bool is_local(char byte)
{
    return isalnum((unsigned char)byte) ||
           (byte != '\0' && strchr("!#$%&'*+/=?^_`{|}~.-", byte) != NULL);
}

static bool is_domain(char byte)
{
    return isalnum((unsigned char)byte) || byte == '.' || byte == '-' || byte == '_';
}

static bool is_foreign(char byte)
{
    return (unsigned char)byte >= 0x80;
}

/* Letters, up to a space, a control character or punctuation. */
static bool only_letters(const char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        uint32_t point;
        i += utf8_decode(text + i, len - i, &point);
        bool sign = (point >= 0x7f && point < 0xc0) || (point >= 0x2000 && point < 0x2c00) ||
                    (point >= 0x3000 && point < 0x3040) || point >= 0xe000;
        if (sign) {
            return false;
        }
    }
    return true;
}

/* The address around the '@' at `at`; `foreign`: letters of any script belong to it. */
static bool around(const char *text, size_t len, size_t at, bool domain_dot, bool foreign,
                   struct candidate *candidate)
{
    size_t start = at, end = at + 1;
    while (start > 0 && at - start < 65 &&
           (is_local(text[start - 1]) || (foreign && is_foreign(text[start - 1])))) {
        start--;
    }
    while (start < at && strchr("'*=/`|{}?!#.", text[start]) != NULL) {
        start++;
    }
    while (end < len && (is_domain(text[end]) || (foreign && is_foreign(text[end])))) {
        end++;
    }
    while (end > at + 1 && strchr(".-_", text[end - 1]) != NULL) {
        end--;
    }
    size_t size = end - start;
    bool dot = memchr(text + at + 1, '.', end - at - 1) != NULL;
    if (start == at || end < at + 3 || at - start > 64 || size >= BOUNCE_ADDRESS ||
        (domain_dot && !dot) || (foreign && !only_letters(text + start, size))) {
        return false;
    }
    *candidate = (struct candidate){.start = start, .end = end};
    memcpy(candidate->address, text + start, size);
    return true;
}

bool candidate_first(const char *text, size_t len, bool domain_dot, struct candidate *candidate)
{
    for (size_t at = 0; at < len; at++) {
        /* A field may contain letters of any script (RFC 6533); in running text such letters are
         * words that touch the address. */
        if (text[at] == '@' && ((!domain_dot && around(text, len, at, false, true, candidate)) ||
                                around(text, len, at, domain_dot, false, candidate))) {
            return true;
        }
    }
    return false;
}

bool candidate_field(const char *value, char out[BOUNCE_ADDRESS])
{
    const char *semicolon = strchr(value, ';'), *sign = strchr(value, '@');
    if (sign == NULL) {
        return false;
    }
    if (semicolon != NULL && semicolon < sign) {
        value = semicolon + 1;
    }
    value += strspn(value, " \t<\"");
    /* A source route, as some systems keep it: "@relay:user@host". */
    const char *colon = strchr(value, ':');
    if (*value == '@' && colon != NULL) {
        value = colon + 1;
    }
    struct candidate candidate;
    if (!candidate_first(value, strlen(value), false, &candidate)) {
        return false;
    }
    memcpy(out, candidate.address, BOUNCE_ADDRESS);
    return true;
}

bool candidate_verp(const char *address, char out[BOUNCE_ADDRESS])
{
    const char *sign = strrchr(address, '@');
    const char *equals = sign == NULL ? NULL : memrchr(address, '=', (size_t)(sign - address));
    if (equals == NULL || equals == address || !memchr(equals, '.', (size_t)(sign - equals))) {
        return false;
    }
    const char *start = equals;
    while (start > address && start[-1] != '+') {
        start--;
    }
    if (start == address) { /* without '+', the list's own name ends with a hyphen */
        const char *hyphen = memrchr(address, '-', (size_t)(equals - address));
        start = hyphen == NULL ? address : hyphen + 1;
    }
    size_t local = (size_t)(equals - start), domain = (size_t)(sign - equals) - 1;
    if (local == 0 || domain < 3 || local + domain + 2 > BOUNCE_ADDRESS) {
        return false;
    }
    memcpy(out, start, local);
    out[local] = '@';
    memcpy(out + local + 1, equals + 1, domain);
    out[local + 1 + domain] = '\0';
    struct candidate whole;
    return candidate_first(out, local + 1 + domain, true, &whole) &&
           whole.end - whole.start == local + 1 + domain;
}

static bool is_helper(struct arena *arena, const char *address)
{
    size_t local = strcspn(address, "@");
    return words_say(MEANING_HELPER, fold_text(arena, address, local, local));
}

static bool is_own(const char *address, const char *const *own)
{
    for (size_t i = 0; own[i] != NULL; i++) {
        if (strcasecmp(address, own[i]) == 0) {
            return true;
        }
    }
    return false;
}

static int weight_of(int meaning)
{
    switch (meaning) {
    case MEANING_NEAR_OTHER:
        return -8;
    case MEANING_NEAR_LINK:
        return -6;
    case MEANING_NEAR_ROUTE:
        return -4;
    case MEANING_NEAR_MAILTO:
        return -3;
    case MEANING_NEAR_PERHAPS:
        return 4;
    case MEANING_NEAR_LIKELY:
        return 5;
    default:
        return 6;
    }
}

/* The words before an address on its line say whose it is; the nearest ones decide. */
static int label_weight(struct arena *arena, const char *line, size_t len)
{
    struct phrases_scan scan;
    struct phrases_hit hit;
    size_t read = len < LABELS ? len : LABELS, nearest = 0;
    int weight = 0;
    phrases_begin(&scan, &words_sets[SET_NEAR], fold_text(arena, line + len - read, read, read));
    while (phrases_next(&scan, &hit)) {
        int other = weight_of(hit.meaning);
        if (hit.end > nearest || abs(other) > abs(weight)) {
            weight = other;
        }
        nearest = hit.end;
    }
    return weight;
}

/* Whether all of it is punctuation that surrounds an address. */
static bool is_trim(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (strchr(" \t<>*-\"'()[]:;,.=", text[i]) == NULL) {
            return false;
        }
    }
    return true;
}

/* "Name <address>" or "address <address>" on a line of its own. */
static bool is_display_name(const char *text, size_t len)
{
    return len > 1 && len < 70 && text[len - 1] == '<' && memchr(text, ':', len) == NULL;
}

static int weigh(struct arena *arena, const char *text, size_t len,
                 const struct candidate *candidate, const char *const *own)
{
    size_t line = candidate->start, end = candidate->end;
    while (line > 0 && text[line - 1] != '\n') {
        line--;
    }
    while (end < len && text[end] != '\n') {
        end++;
    }
    size_t before = candidate->start - line, after = end - candidate->end;
    const char *behind = text + candidate->end;
    int weight = label_weight(arena, text + line, before);
    if (is_trim(text + line, before)) {
        bool alone = is_trim(behind, after);
        bool said =
            after > 1 && (strchr(">:", behind[0]) != NULL || behind[0] == ' ' || behind[0] == '\t');
        weight += alone ? 7 : said ? 5 : 3;
    } else if (is_display_name(text + line, before) && is_trim(behind, after) && weight >= 0) {
        weight += 4;
    }
    if (is_own(candidate->address, own)) {
        weight -= 20;
    }
    return is_helper(arena, candidate->address) ? weight - 4 : weight;
}

size_t candidates_find(struct arena *arena, const char *text, size_t len, const char *const *own,
                       struct candidate candidates[CANDIDATES_MAX])
{
    size_t count = 0, at = 0;
    while (count < CANDIDATES_MAX &&
           candidate_first(text + at, len - at, true, &candidates[count])) {
        struct candidate *candidate = &candidates[count];
        candidate->start += at;
        candidate->end += at;
        candidate->weight = weigh(arena, text, len, candidate, own);
        at = candidate->end;
        count++;
    }
    return count;
}
