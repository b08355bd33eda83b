#include "smtp/oauth_file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/log.h"
#include "base/secret.h"

enum { NAME_HEX = 24, LOCK_TRIES = 2 * OAUTH_SECONDS * 20, LOCK_NAP_MS = 50 };

const char *oauth_file_path(const struct settings_oauth *settings, const char *user,
                            struct arena *arena)
{
    char hash[HASH_HEX];
    const char *parts[] = {user, settings->token_url, settings->client_id, settings->scope,
                           settings->refresh_token_file};
    const char *text = "";
    if (settings->folder == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        text = arena_format(arena, "%s%s\n", text, parts[i] != NULL ? parts[i] : "");
    }
    for (const char **word = settings->command; word != NULL && *word != NULL; word++) {
        text = arena_format(arena, "%s%s\n", text, *word);
    }
    hash_sha256_hex(text, strlen(text), hash);
    return arena_format(arena, "%s/oauth-%.*s.token", settings->folder, NAME_HEX, hash);
}

static const char *text_of(const struct value *value, const char *name)
{
    const struct value *member = value_find(value, name);
    return member != NULL && member->kind == VALUE_TEXT ? member->text : NULL;
}

void oauth_file_read(const char *path, struct arena *arena, struct oauth_kept *kept)
{
    struct buf content;
    struct failure why = {0};
    struct value *value = NULL;
    *kept = (struct oauth_kept){0};
    if (path == NULL) {
        return;
    }
    buf_init(&content, OAUTH_ANSWER_MAX);
    if (secret_read(path, OAUTH_ANSWER_MAX, &content, &why) &&
        json_read(arena, path, content.data, content.len, &value, &why)) {
        const struct value *expires = value_find(value, "expires_at");
        *kept = (struct oauth_kept){
            .access = text_of(value, "access_token"),
            .expires_at = expires != NULL && expires->kind == VALUE_NUMBER
                              ? strtoll(expires->text, NULL, 10)
                              : 0,
            .refresh = text_of(value, "refresh_token"),
            .source = text_of(value, "instead_of"),
        };
    } else if (why.kind != FAILURE_NO_INPUT) {
        log_event(LOG_LEVEL_WARN, "oauth", "unread", LOG_STR("file", path));
    }
    secret_wipe(&content);
}

void oauth_file_write(const char *path, const struct oauth_kept *kept)
{
    struct arena arena = {0};
    struct failure why = {0};
    struct buf content;
    if (path == NULL) {
        return;
    }
    struct value *value = value_object(&arena);
    value_set_text(&arena, value, "access_token", kept->access);
    value_set_int(&arena, value, "expires_at", kept->expires_at);
    if (kept->refresh != NULL) {
        value_set_text(&arena, value, "refresh_token", kept->refresh);
        value_set_text(&arena, value, "instead_of", kept->source);
    }
    buf_init(&content, 4 * OAUTH_ANSWER_MAX);
    json_write(&content, value, JSON_COMPACT);
    if (!file_write(path, content.data, content.len, 0600, &why)) {
        log_event(LOG_LEVEL_WARN, "oauth", "unkept", LOG_STR("why", why.text),
                  LOG_STR("advice", kept->refresh != NULL
                                        ? "the provider's new refresh token is lost with this run; "
                                          "set state_dir to a folder that can be written to"
                                        : "each run asks for a token of its own"));
    }
    secret_wipe(&content);
    arena_free(&arena);
}

static bool make_folder(const struct settings_oauth *settings, struct failure *why)
{
    struct stat owner;
    return settings->database != NULL && stat(settings->database, &owner) == 0
               ? file_make_folder_of(settings->folder, 0700, &owner, why)
               : file_make_folder(settings->folder, 0700, why);
}

int oauth_file_lock(const struct settings_oauth *settings, const char *path,
                    const atomic_bool *stop)
{
    struct arena arena = {0};
    struct failure why = {0};
    int fd = -1;
    if (path == NULL) {
        return -1;
    }
    const char *lock = arena_format(&arena, "%s.lock", path);
    bool locked = make_folder(settings, &why) && file_lock(lock, &fd, &why);
    for (int i = 0; !locked && why.kind == FAILURE_TRY_AGAIN && i < LOCK_TRIES &&
                    (stop == NULL || !atomic_load(stop));
         i++) {
        nanosleep(&(struct timespec){.tv_nsec = LOCK_NAP_MS * 1000000L}, NULL);
        why = (struct failure){0};
        locked = file_lock(lock, &fd, &why);
    }
    arena_free(&arena);
    return locked ? fd : -1;
}
