/* The links and mail addresses that contain a person's token. Pure except for the keys. */
#ifndef SUBSCRIBERS_LINKS_H
#define SUBSCRIBERS_LINKS_H

#include "base/arena.h"
#include "base/token.h"
#include "settings/settings.h"

struct links {
    const char *unsubscribe_url;    /* SUBSCRIBE_URL/leave/TOKEN */
    const char *preferences_url;    /* SUBSCRIBE_URL/preferences/TOKEN */
    const char *view_url;           /* SUBSCRIBE_URL/issues/WEEK */
    const char *unsubscribe_mailto; /* unsubscribe+TOKEN@bounce domain */
    const char *envelope_sender;    /* bounces+TOKEN@bounce domain */
};

/* For a copy of an issue. `subscribe_url` and `bounce_address` are those frozen with the issue. */
void links_make(struct arena *arena, const struct token_keys *keys, const char *subscribe_url,
                const char *bounce_address, int64_t subscriber_id, int64_t issue_id,
                const char *week, struct links *links);

#endif
