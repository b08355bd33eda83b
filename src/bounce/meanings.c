#include "bounce/meanings.h"

#include <assert.h>
#include <string.h>

static const struct meaning_rule rules[MEANINGS] = {
    [MEANING_IDLE] = {"idle", SET_WHY, PLACE_ANY, RANK_ORDER},
    [MEANING_SENDER] = {"sender", SET_WHY, PLACE_ANY, RANK_ORDER},
    [MEANING_AUTHENTICATION] = {"authentication", SET_WHY, PLACE_ANY, RANK_ORDER},
    [MEANING_BLOCKED] = {"blocked", SET_WHY, PLACE_ANY, RANK_ORDER},
    [MEANING_TOO_FAST] = {"too-fast", SET_WHY, PLACE_ANY, RANK_ORDER},
    [MEANING_RELAYING] = {"relaying", SET_WHY, PLACE_ANY, RANK_ORDER},
    [MEANING_MAILBOX_FULL] = {"mailbox-full", SET_WHY, PLACE_ANY, RANK_ORDER},
    [MEANING_GREYLISTED] = {"greylisted", SET_WHY, PLACE_ANY, RANK_ORDER},
    [MEANING_LOOP] = {"loop", SET_WHY, PLACE_ANY, RANK_ORDER},
    [MEANING_SPAM] = {"spam", SET_WHY, PLACE_ANY, RANK_ORDER},
    [MEANING_VIRUS] = {"virus", SET_WHY, PLACE_ANY, RANK_ORDER},
    [MEANING_SUSPENDED] = {"suspended", SET_WHY, PLACE_ANY, RANK_ORDER},
    [MEANING_NO_MAIL] = {"no-mail", SET_WHY, PLACE_ANY, RANK_ORDER},
    [MEANING_USER_UNKNOWN] = {"user-unknown", SET_WHY, PLACE_ANY, RANK_ORDER},
    [MEANING_MOVED] = {"moved", SET_WHY, PLACE_ANY, RANK_ORDER},
    [MEANING_NETWORK] = {"network", SET_WHY, PLACE_ANY, RANK_ORDER},
    [MEANING_HOST_UNKNOWN] = {"host-unknown", SET_WHY, PLACE_ANY, RANK_ORDER},
    [MEANING_DISABLED] = {"disabled", SET_WHY, PLACE_ANY, RANK_ORDER},
    [MEANING_TOO_BIG] = {"too-big", SET_WHY, PLACE_ANY, RANK_ORDER},
    [MEANING_RULE] = {"rule", SET_WHY, PLACE_ANY, RANK_ORDER},
    [MEANING_POLICY] = {"policy", SET_WHY, PLACE_ANY, RANK_ORDER},
    [MEANING_CONTENT] = {"content", SET_WHY, PLACE_ANY, RANK_ORDER},
    [MEANING_UNAVAILABLE] = {"unavailable", SET_WHY, PLACE_ANY, RANK_ORDER},
    [MEANING_EXPIRED] = {"expired", SET_WHY, PLACE_ANY, RANK_ORDER},
    [MEANING_SYSTEM] = {"system", SET_WHY, PLACE_ANY, RANK_ORDER},
    [MEANING_PROTOCOL] = {"protocol", SET_WHY, PLACE_ANY, RANK_ORDER},
    [MEANING_HELO] = {"command-helo", SET_COMMAND, PLACE_ANY, RANK_NONE},
    [MEANING_MAIL] = {"command-mail", SET_COMMAND, PLACE_ANY, RANK_NONE},
    [MEANING_RCPT] = {"command-rcpt", SET_COMMAND, PLACE_ANY, RANK_NONE},
    [MEANING_DATA] = {"command-data", SET_COMMAND, PLACE_ANY, RANK_NONE},
    [MEANING_TEXT] = {"command-text", SET_COMMAND, PLACE_ANY, RANK_NONE},
    [MEANING_SUBJECT_DELAYED] = {"subject-delayed", SET_FORM, PLACE_ANY, RANK_NONE},
    [MEANING_SUBJECT_FAILED] = {"subject-failed", SET_FORM, PLACE_ANY, RANK_NONE},
    [MEANING_OPENING_DELAYED] = {"opening-delayed", SET_FORM, PLACE_ANY, RANK_NONE},
    [MEANING_OPENING_FAILED] = {"opening-failed", SET_FORM, PLACE_ANY, RANK_NONE},
    [MEANING_OPENING_TERSE] = {"opening-terse", SET_FORM, PLACE_ANY, RANK_NONE},
    [MEANING_AUTO_SUBJECT] = {"auto-subject", SET_FORM, PLACE_FIRST, RANK_NONE},
    [MEANING_AUTO_TEXT] = {"auto-text", SET_FORM, PLACE_ANY, RANK_NONE},
    [MEANING_AUTO_MACHINE] = {"auto-machine", SET_FORM, PLACE_ANY, RANK_NONE},
    [MEANING_NOTICE] = {"notice", SET_FORM, PLACE_FIRST, RANK_NONE},
    [MEANING_CHALLENGE] = {"challenge", SET_FORM, PLACE_ANY, RANK_NONE},
    [MEANING_LEAVE] = {"leave", SET_FORM, PLACE_WHOLE, RANK_NONE},
    [MEANING_REPLY_PREFIX] = {"reply-prefix", SET_FORM, PLACE_FIRST, RANK_END},
    [MEANING_FAILED_PREFIX] = {"failed-prefix", SET_FORM, PLACE_FIRST, RANK_NONE},
    [MEANING_GREETING] = {"greeting", SET_FORM, PLACE_FIRST, RANK_NONE},
    [MEANING_CLOSING] = {"closing", SET_FORM, PLACE_ANY, RANK_NONE},
    [MEANING_RETURNED] = {"returned", SET_LINE, PLACE_ANY, RANK_END},
    [MEANING_SUBJECT_FIELD] = {"subject-field", SET_LINE, PLACE_FIRST, RANK_NONE},
    [MEANING_DAEMON] = {"daemon", SET_NAME, PLACE_WHOLE, RANK_NONE},
    [MEANING_MACHINE] = {"machine", SET_NAME, PLACE_WHOLE, RANK_NONE},
    [MEANING_HELPER] = {"helper", SET_NAME, PLACE_FIRST, RANK_NONE},
    [MEANING_DAEMON_NAME] = {"daemon-name", SET_NAME, PLACE_ANY, RANK_NONE},
    [MEANING_DEVICE] = {"device", SET_NAME, PLACE_ANY, RANK_NONE},
    [MEANING_THING] = {"thing", SET_NAME, PLACE_ANY, RANK_NONE},
    [MEANING_NEAR_OTHER] = {"near-other", SET_NEAR, PLACE_ANY, RANK_END},
    [MEANING_NEAR_LINK] = {"near-link", SET_NEAR, PLACE_ANY, RANK_END},
    [MEANING_NEAR_ROUTE] = {"near-route", SET_NEAR, PLACE_ANY, RANK_END},
    [MEANING_NEAR_MAILTO] = {"near-mailto", SET_NEAR, PLACE_ANY, RANK_END},
    [MEANING_NEAR_PERHAPS] = {"near-perhaps", SET_NEAR, PLACE_ANY, RANK_END},
    [MEANING_NEAR_LIKELY] = {"near-likely", SET_NEAR, PLACE_ANY, RANK_END},
    [MEANING_NEAR_RECIPIENT] = {"near-recipient", SET_NEAR, PLACE_ANY, RANK_END},
};

const struct meaning_rule *meaning_rule(enum meaning meaning)
{
    assert(meaning > MEANING_NONE && meaning < MEANINGS);
    return &rules[meaning];
}

enum meaning meaning_find(const char *name, size_t len)
{
    for (int i = MEANING_NONE + 1; i < MEANINGS; i++) {
        if (strlen(rules[i].name) == len && memcmp(rules[i].name, name, len) == 0) {
            return (enum meaning)i;
        }
    }
    return MEANING_NONE;
}
