#include "bounce/judge_complaint.h"

#include <string.h>
#include <strings.h>

#include "bounce/judge_reader.h"

static bool is_listed(const char *const *list, const char *source, size_t len)
{
    for (size_t i = 0; list != NULL && list[i] != NULL; i++) {
        if (strlen(list[i]) == len && strncasecmp(list[i], source, len) == 0) {
            return true;
        }
    }
    return false;
}

bool complaint_is_proven(const struct settings *settings, const struct bounce_report *report)
{
    const char *ours = settings->bounce.authserv_id;
    for (size_t i = 0; ours != NULL && i < report->auth_result_count; i++) {
        const struct bounce_auth_result *result = &report->auth_results[i];
        if (strcasecmp(result->server, ours) != 0) {
            continue;
        }
        const char *source = result->sources;
        while (*source != '\0') {
            size_t len = strcspn(source, " ");
            if (is_listed((const char *const *)settings->bounce.feedback_from, source, len)) {
                return true;
            }
            source += len + (source[len] == ' ');
        }
    }
    return false;
}

static bool suppress(const struct judge *judge, const struct address *address,
                     const struct subscriber *owner, struct failure *why)
{
    char hash[HASH_HEX];
    token_suppression_hash(judge->keys, address->key, hash);
    return (owner == NULL ||
            judge_set_status(judge, owner, SUBSCRIBER_COMPLAINED, "left",
                             "reported an issue as spam", SUBSCRIBER_LEFT_COMPLAINT, why)) &&
           suppression_add(judge->store, hash, "complained", judge->now, why);
}

bool complaint_follow(const struct judge *judge, const struct address *address,
                      const struct subscriber *owner, bool proven, struct failure *why)
{
    char token[TOKEN_TEXT];
    if (proven) {
        return suppress(judge, address, owner, why);
    }
    if (owner == NULL) {
        return true;
    }
    token_make(judge->keys, TOKEN_LEAVE, owner->id, 0, token);
    return judge->leave(judge->context, token, SUBSCRIBER_LEFT_COMPLAINT, why);
}
