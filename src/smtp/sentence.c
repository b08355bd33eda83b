#include "smtp/sentence.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* Punctuation that may surround a word: "<joe@example.org>:" */
static const char around[] = "<>()[]{}\"',;:.!?";

static bool same(const char *word, size_t len, const char *other, size_t other_len)
{
    return len == other_len && strncasecmp(word, other, len) == 0;
}

static bool is_of_reader(const char *word, size_t len, const char *address)
{
    const char *at = strrchr(address, '@');
    return at != NULL && (same(word, len, address, (size_t)(at - address)) ||
                          same(word, len, at + 1, strlen(at + 1)));
}

static bool is_particular(const char *word, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bool within = i > 0 && i + 1 < len;
        if (isdigit((unsigned char)word[i]) || word[i] == '@' ||
            (within && (word[i] == '.' || word[i] == '='))) {
            return true;
        }
    }
    return false;
}

static size_t add_word(char *out, size_t used, const char *word, size_t len)
{
    if (used + len + 1 > SENTENCE_MAX) {
        return used;
    }
    if (used > 0) {
        out[used++] = ' ';
    }
    for (size_t i = 0; i < len; i++) {
        out[used++] = (char)tolower((unsigned char)word[i]);
    }
    return used;
}

void sentence_mask(const char *text, const char *address, char out[SENTENCE_MAX + 1])
{
    size_t used = 0;
    bool masked = false;
    for (text += strspn(text, " "); *text != '\0'; text += strspn(text, " ")) {
        size_t whole = strcspn(text, " ");
        const char *word = text;
        size_t len = whole;
        while (len > 0 && strchr(around, *word) != NULL) {
            word++;
            len--;
        }
        while (len > 0 && strchr(around, word[len - 1]) != NULL) {
            len--;
        }
        bool star = is_particular(word, len) || is_of_reader(word, len, address);
        if (star && !masked) {
            used = add_word(out, used, "*", 1);
        } else if (!star && len > 0) {
            used = add_word(out, used, word, len);
        }
        masked = star || (masked && len == 0);
        text += whole;
    }
    out[used] = '\0';
}
