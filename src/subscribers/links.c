#include "subscribers/links.h"

#include <assert.h>
#include <string.h>

void links_make(struct arena *arena, const struct token_keys *keys, const char *subscribe_url,
                const char *bounce_address, int64_t subscriber_id, int64_t issue_id,
                const char *week, struct links *links)
{
    char leave[TOKEN_TEXT], preferences[TOKEN_TEXT], bounce[TOKEN_TEXT];
    const char *at = strrchr(bounce_address, '@');
    assert(at != NULL);
    token_make(keys, TOKEN_LEAVE, subscriber_id, issue_id, leave);
    token_make(keys, TOKEN_PREFERENCES, subscriber_id, 0, preferences);
    token_make(keys, TOKEN_BOUNCE, subscriber_id, issue_id, bounce);
    *links = (struct links){
        .unsubscribe_url = arena_format(arena, "%s/leave/%s", subscribe_url, leave),
        .preferences_url = arena_format(arena, "%s/preferences/%s", subscribe_url, preferences),
        .view_url = arena_format(arena, "%s/issues/%s", subscribe_url, week),
        .unsubscribe_mailto = arena_format(arena, "unsubscribe+%s%s", leave, at),
        .envelope_sender = arena_format(arena, "%.*s+%s%s", (int)(at - bounce_address),
                                        bounce_address, bounce, at),
    };
}
