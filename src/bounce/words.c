#include "bounce/words.h"

#include <assert.h>
#include <string.h>

static_assert(MEANINGS <= 64, "meanings are bits of 64");

uint64_t words_meanings(enum meaning_set set, const char *folded)
{
    struct phrases_scan scan;
    struct phrases_hit hit;
    uint64_t found = 0;
    phrases_begin(&scan, &words_sets[set], folded);
    while (phrases_next(&scan, &hit)) {
        found |= words_bit((enum meaning)hit.meaning);
    }
    return found;
}

bool words_say(enum meaning meaning, const char *folded)
{
    return (words_meanings(meaning_rule(meaning)->set, folded) & words_bit(meaning)) != 0;
}

bool words_are(enum meaning meaning, const char *folded)
{
    struct phrases_scan scan;
    struct phrases_hit hit;
    phrases_begin(&scan, &words_sets[meaning_rule(meaning)->set], folded);
    while (phrases_next(&scan, &hit)) {
        if (hit.meaning == (int)meaning && hit.start == 0 && hit.end == scan.len) {
            return true;
        }
    }
    return false;
}

enum bounce_reason words_reason(const char *folded)
{
    static const struct {
        enum meaning meaning;
        enum bounce_reason reason;
    } reasons[] = {
        {MEANING_IDLE, REASON_DISABLED},
        {MEANING_SENDER, REASON_SENDER},
        {MEANING_AUTHENTICATION, REASON_AUTHENTICATION},
        {MEANING_BLOCKED, REASON_BLOCKED},
        {MEANING_TOO_FAST, REASON_TOO_FAST},
        {MEANING_RELAYING, REASON_RELAYING},
        {MEANING_MAILBOX_FULL, REASON_MAILBOX_FULL},
        {MEANING_GREYLISTED, REASON_GREYLISTED},
        {MEANING_LOOP, REASON_LOOP},
        {MEANING_SPAM, REASON_SPAM},
        {MEANING_VIRUS, REASON_VIRUS},
        {MEANING_SUSPENDED, REASON_SUSPENDED},
        {MEANING_NO_MAIL, REASON_NO_MAIL},
        {MEANING_USER_UNKNOWN, REASON_USER_UNKNOWN},
        {MEANING_MOVED, REASON_MOVED},
        {MEANING_NETWORK, REASON_NETWORK},
        {MEANING_HOST_UNKNOWN, REASON_HOST_UNKNOWN},
        {MEANING_DISABLED, REASON_DISABLED},
        {MEANING_TOO_BIG, REASON_TOO_BIG},
        {MEANING_RULE, REASON_POLICY},
        {MEANING_POLICY, REASON_POLICY},
        {MEANING_CONTENT, REASON_CONTENT},
        {MEANING_UNAVAILABLE, REASON_UNAVAILABLE},
        {MEANING_EXPIRED, REASON_EXPIRED},
        {MEANING_SYSTEM, REASON_SYSTEM},
        {MEANING_PROTOCOL, REASON_PROTOCOL},
    };
    uint64_t found = words_meanings(SET_WHY, folded);
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0] && found != 0; i++) {
        if ((found & words_bit(reasons[i].meaning)) != 0) {
            return reasons[i].reason;
        }
    }
    return REASON_NONE;
}

static enum refusal_command command_meant(int meaning)
{
    switch (meaning) {
    case MEANING_HELO:
        return REFUSAL_HELO;
    case MEANING_MAIL:
        return REFUSAL_MAIL;
    case MEANING_RCPT:
        return REFUSAL_RCPT;
    case MEANING_DATA:
        return REFUSAL_DATA;
    default:
        return REFUSAL_TEXT;
    }
}

enum refusal_command words_command(const char *folded)
{
    struct phrases_scan scan;
    struct phrases_hit hit, first = {.start = SIZE_MAX};
    phrases_begin(&scan, &words_sets[SET_COMMAND], folded);
    while (phrases_next(&scan, &hit)) {
        first = hit.start < first.start ? hit : first;
    }
    return first.start == SIZE_MAX ? REFUSAL_REPORT : command_meant(first.meaning);
}
