#include "subscribers/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "mail/address.h"
#include "store/scrub.h"
#include "subscribers/list_private.h"

enum { TOPIC_MAX = 100, TOPICS_MAX = 50, NAME_BYTES_MAX = 255 };

static bool check_line(const char *text, size_t len, const char *what, struct failure *why)
{
    if (!utf8_valid(text, len, NULL)) {
        return fail(why, FAILURE_DATA, "the %s is not UTF-8", what);
    }
    for (size_t at = 0; at < len;) {
        uint32_t point;
        at += utf8_decode(text + at, len - at, &point);
        if (point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x2028 || point == 0x2029 ||
            !utf8_in_xml(point)) {
            return fail(why, FAILURE_DATA, "a control character (U+%04X) stands in the %s", point,
                        what);
        }
    }
    return true;
}

static int compare_topics(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The length of a quoted topic, with its quotation marks (those inside are doubled); 0 if the text
 * does not begin with one. A space, a separator or the end must follow. */
static size_t quoted_length(const char *text)
{
    size_t at = text[0] == '"' ? 1 : 0;
    while (at > 0 && text[at] != '\0' && (text[at] != '"' || text[at + 1] == '"')) {
        at += text[at] == '"' ? 2 : 1;
    }
    bool closed = at > 1 && text[at] == '"' && strchr(" \t\r\n,;", text[at + 1]) != NULL;
    return closed ? at + 1 : 0;
}

/* The topic without its quotation marks. */
static const char *unquoted(struct arena *arena, const char *text, size_t len)
{
    char *word = arena_copy_bytes(arena, text + 1, len - 2);
    size_t used = 0;
    for (size_t at = 0; word[at] != '\0'; at++) {
        word[used++] = word[at];
        at += word[at] == '"';
    }
    word[used] = '\0';
    return word;
}

static bool split_topics(struct arena *arena, const char *text, const char **words, size_t *count,
                         struct failure *why)
{
    *count = 0;
    while (*text != '\0') {
        size_t blank = strspn(text, " \t");
        size_t quoted = quoted_length(text + blank);
        size_t past = quoted > 0 ? blank + quoted : 0;
        size_t len = past + strcspn(text + past, ",;\n");
        const char *word = text + blank;
        size_t word_len = len > blank ? len - blank : 0;
        while (word_len > 0 && strchr(" \t\r", word[word_len - 1]) != NULL) {
            word_len--;
        }
        if (!check_line(word, word_len, "topics", why)) {
            return false;
        }
        if (word_len > TOPIC_MAX || (word_len > 0 && *count == TOPICS_MAX)) {
            return fail(why, FAILURE_DATA, "more than %d topics, or one longer than %d bytes",
                        TOPICS_MAX, TOPIC_MAX);
        }
        if (word_len > 0) {
            words[(*count)++] = word_len == quoted ? unquoted(arena, word, word_len)
                                                   : arena_copy_bytes(arena, word, word_len);
        }
        text += len + (text[len] != '\0');
    }
    return true;
}

bool list_topics(struct arena *arena, const char *text, const char **topics, struct failure *why)
{
    const char *words[TOPICS_MAX];
    size_t count;
    if (!split_topics(arena, text, words, &count, why)) {
        return false;
    }
    qsort(words, count, sizeof words[0], compare_topics);
    const char *joined = "";
    for (size_t i = 0; i < count; i++) {
        if (i == 0) {
            joined = words[i];
        } else if (strcmp(words[i], words[i - 1]) != 0) {
            joined = arena_format(arena, "%s\n%s", joined, words[i]);
        }
    }
    *topics = joined;
    return true;
}

bool list_check_person(const struct list_person *person, struct address *address,
                       struct failure *why)
{
    size_t len = person->name != NULL ? strlen(person->name) : 0;
    if (!address_parse(person->address, address, why) || !address_check_reach(address, why)) {
        return false;
    }
    if (len > NAME_BYTES_MAX) {
        return fail(why, FAILURE_DATA, "the name is longer than %d bytes", NAME_BYTES_MAX);
    }
    return len == 0 || check_line(person->name, len, "name", why);
}

bool list_add(struct store *store, const struct token_keys *keys, const struct list_person *person,
              const char *wording, const char *form, int64_t now, enum list_added *outcome,
              struct failure *why)
{
    struct arena arena = {0};
    struct address address;
    struct consent consent = {
        .kind = "added", .wording = wording, .form = form, .origin = "", .at = now};
    bool good = list_check_person(person, &address, why) && store_begin(store, why);
    if (good) {
        const struct list_taking taking = {.store = store, .keys = keys, .consent = &consent};
        good = list_take_person(&taking, &arena, person, &address, outcome, why);
        good = store_end(store, good, why);
    }
    arena_free(&arena);
    return good;
}

static bool leave(struct store *store, const struct subscriber *known, const char *form,
                  int64_t now, struct failure *why)
{
    if (known->status != SUBSCRIBER_PENDING && known->status != SUBSCRIBER_CONFIRMED) {
        return true;
    }
    struct subscriber_change change = {
        .status = SUBSCRIBER_LEFT, .paused_until = -1, .left_reason = form};
    struct consent consent = {.kind = "left", .wording = "", .form = form, .origin = "", .at = now};
    return subscriber_update(store, known->id, &change, &consent, why);
}

bool list_remove(struct store *store, const char *address_key, const char *form, int64_t now,
                 bool *found, struct failure *why)
{
    struct arena arena = {0};
    struct subscriber *known = NULL;
    bool good = store_begin(store, why) &&
                subscriber_find(store, &arena, address_key, &known, why) &&
                (known == NULL || leave(store, known, form, now, why));
    good = store_end(store, good, why);
    *found = good && known != NULL;
    bool scrubbed; /* otherwise the mailer tries again */
    good = good && scrub_try(store, &scrubbed, why);
    arena_free(&arena);
    return good;
}

bool list_forget(struct store *store, const struct token_keys *keys, const char *address_key,
                 int64_t now, bool *found, struct failure *why)
{
    struct arena arena = {0};
    struct subscriber *known = NULL;
    char hash[HASH_HEX];
    token_suppression_hash(keys, address_key, hash);
    bool good = store_begin(store, why) &&
                subscriber_find(store, &arena, address_key, &known, why) &&
                (known == NULL || subscriber_forget(store, known->id, now, why)) &&
                suppression_add(store, hash, "forgotten", now, why);
    good = store_end(store, good, why);
    *found = good && known != NULL;
    arena_free(&arena);
    return good;
}
