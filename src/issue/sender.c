#include "issue/sender.h"

#include <stddef.h>
#include <string.h>

#include "base/hash.h"
#include "base/json.h"
#include "mail/address.h"
#include "mail/message.h"
#include "store/epoch.h"

/* One row per member: its JSON name and its offset in the struct. */
static const struct {
    const char *name;
    size_t offset;
    bool optional;
} members[] = {
    {"from_name", offsetof(struct sender, from_name), false},
    {"from_address", offsetof(struct sender, from_address), false},
    {"reply_to", offsetof(struct sender, reply_to), true},
    {"list_name", offsetof(struct sender, list_name), false},
    {"list_id", offsetof(struct sender, list_id), false},
    {"bounce_address", offsetof(struct sender, bounce_address), false},
    {"message_id_domain", offsetof(struct sender, message_id_domain), false},
    {"message_id_mark", offsetof(struct sender, message_id_mark), true},
    {"subscribe_url", offsetof(struct sender, subscribe_url), false},
    {"leave_by_mail", offsetof(struct sender, leave_by_mail), true},
    {"archive_url", offsetof(struct sender, archive_url), true},
    {"content_language", offsetof(struct sender, content_language), true},
    {"feedback_sender", offsetof(struct sender, feedback_sender), true},
    {"boundary", offsetof(struct sender, boundary), false},
    {"dkim_domain", offsetof(struct sender, dkim_domain), true},
    {"dkim_selector", offsetof(struct sender, dkim_selector), true},
    {"dkim_ed25519_selector", offsetof(struct sender, dkim_ed25519_selector), true},
    {"dkim_key", offsetof(struct sender, dkim_key), true},
    {"dkim_ed25519_key", offsetof(struct sender, dkim_ed25519_key), true},
    {"dkim_unsigned", offsetof(struct sender, dkim_unsigned), true},
    {"dkim_algorithms", offsetof(struct sender, dkim_algorithms), true},
};

enum {
    MEMBER_COUNT = sizeof members / sizeof members[0],
    SENDER_JSON_MAX = 64 * 1024,
    MARK_LEN = 8,
    FEEDBACK_MIN = 5,
    FEEDBACK_MAX = 15,
    FEEDBACK_HEAD = 8
};

static const char **member(struct sender *sender, size_t i)
{
    return (const char **)(void *)((char *)sender + members[i].offset);
}

/* Derived from the database's own id, which no other newsletter has, not even one with the same
 * key. A hash, because the id itself is the name of a file. */
static bool find_mark(struct store *store, struct arena *arena, const char **mark,
                      struct failure *why)
{
    struct epoch epoch;
    char hash[HASH_HEX];
    if (!epoch_get(store, arena, &epoch, why)) {
        return false;
    }
    const char *seed = arena_format(arena, "message-id %s", epoch.newsletter);
    hash_sha256_hex(seed, strlen(seed), hash);
    *mark = arena_copy_bytes(arena, hash, MARK_LEN);
    return true;
}

/* The list id if its length is right; otherwise its beginning, for people, and a part of its hash,
 * which tells list ids with the same beginning apart. */
static const char *feedback_sender(struct arena *arena, const char *list_id)
{
    char hash[HASH_HEX];
    size_t len = strlen(list_id);
    if (len >= FEEDBACK_MIN && len <= FEEDBACK_MAX) {
        return list_id;
    }
    hash_sha256_hex(list_id, len, hash);
    return arena_format(arena, "%.*s-%.*s", FEEDBACK_HEAD, list_id,
                        FEEDBACK_MAX - FEEDBACK_HEAD - 1, hash);
}

bool sender_from_settings(struct store *store, struct arena *arena, const struct settings *settings,
                          const char *week, struct sender *sender, struct failure *why)
{
    char name[256];
    struct address from;
    const char *mark, *mailbox = settings->bounce.mailbox;
    if (!find_mark(store, arena, &mark, why)) {
        return false;
    }
    if (!address_parse_mailbox(settings->mail.from, name, &from, why)) {
        why->kind = FAILURE_CONFIG;
        return fail_context(why, "the setting mail.from");
    }
    char boundary[MESSAGE_BOUNDARY];
    message_boundary(arena_format(arena, "%s %s", week, settings->mail.message_id_domain),
                     boundary);
    *sender = (struct sender){
        .from_name = arena_copy(arena, name),
        .from_address = arena_copy(arena, from.normal),
        .reply_to = settings->mail.reply_to,
        .list_name = settings->site.name,
        .list_id = settings->mail.list_id,
        .bounce_address = settings->mail.bounce_address,
        .message_id_domain = settings->mail.message_id_domain,
        .message_id_mark = mark,
        .subscribe_url = settings->subscribe.url,
        .leave_by_mail = mailbox == NULL || mailbox[0] == '\0' ? "no" : NULL,
        .archive_url = arena_format(arena, "%s/issues", settings->subscribe.url),
        .content_language = settings->site.language,
        .feedback_sender = feedback_sender(arena, settings->mail.list_id),
        .boundary = arena_copy(arena, boundary),
        .dkim_domain = settings->dkim.domain,
        .dkim_selector = settings->dkim.selector,
        .dkim_ed25519_selector = settings->dkim.ed25519_selector,
        .dkim_unsigned = settings->dkim.unsigned_fields,
        .dkim_algorithms = settings->dkim.algorithms,
    };
    return true;
}

const char *sender_feedback_id(struct arena *arena, const struct sender *sender, const char *week)
{
    return arena_format(arena, "%s:%s:issue:%s", week, sender->list_id,
                        sender->feedback_sender != NULL ? sender->feedback_sender : "verdicts");
}

bool sender_reads_mail(const struct sender *sender)
{
    return sender->leave_by_mail == NULL;
}

const char *sender_message_id(struct arena *arena, const struct sender *sender, const char *week,
                              const char *subscriber)
{
    if (sender->message_id_mark == NULL) {
        return arena_format(arena, "verdicts.%s.%s@%s", week, subscriber,
                            sender->message_id_domain);
    }
    return arena_format(arena, "verdicts.%s.%s.%s@%s", sender->message_id_mark, week, subscriber,
                        sender->message_id_domain);
}

const char *sender_to_json(struct arena *arena, const struct sender *sender)
{
    struct sender copy = *sender;
    struct value *object = value_object(arena);
    for (size_t i = 0; i < MEMBER_COUNT; i++) {
        value_set_text(arena, object, members[i].name, *member(&copy, i));
    }
    struct buf text;
    buf_init(&text, SENDER_JSON_MAX);
    json_write(&text, object, JSON_COMPACT);
    char *json = arena_copy(arena, text.data);
    buf_free(&text);
    return json;
}

bool sender_from_json(struct arena *arena, const char *json, struct sender *sender,
                      struct failure *why)
{
    struct value *object;
    if (!json_read(arena, "the issue's stored sender", json, strlen(json), &object, why)) {
        return false;
    }
    *sender = (struct sender){0};
    for (size_t i = 0; i < MEMBER_COUNT; i++) {
        const struct value *value = value_find(object, members[i].name);
        if (value != NULL && value->kind == VALUE_TEXT) {
            *member(sender, i) = value->text;
        } else if (!members[i].optional) {
            return fail(why, FAILURE_DATA, "the issue's stored sender lacks \"%s\"",
                        members[i].name);
        }
    }
    return true;
}
