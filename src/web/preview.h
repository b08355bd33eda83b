/*
 * The preview page: an editor sees the coming issue as every kind of reader will get it.
 *
 * A server for one person on this machine. Every address begins with a token that is printed at
 * the start, the Host header is checked, and nothing is read from disk by a name that a request
 * brings: the page's own files are part of the program. No URL of a message is ever fetched.
 * Templates, settings and the database are watched; the page is told what changed.
 *
 * The copy of a subscriber is shown with the Message-ID, the Date and the live links that it will
 * be sent with: who runs this holds the database and its keys anyway, and only so is what was
 * approved what is sent, to the byte. Where other machines may come (`everywhere`) and in tests,
 * which go to other people, the links are nobody's.
 */
#ifndef WEB_PREVIEW_H
#define WEB_PREVIEW_H

#include "base/settings.h"
#include "base/token.h"
#include "deliver/deliver.h"
#include "store/store.h"

struct preview_options {
    struct store *store; /* for changing */
    const struct token_keys *keys;
    const char *settings_file; /* watched; NULL: none */
    const char *listen;        /* NULL: the setting preview.listen */
    bool everywhere;           /* also an address that other machines reach */
    const char *token;         /* in every address; NULL: by chance */
    void *context;
    /* Reads the settings anew. */
    bool (*read_settings)(void *context, struct arena *arena, struct settings *settings,
                          struct failure *why);
    /* Sends the single mails that are due. */
    bool (*deliver)(void *context, struct deliver_result *result, struct failure *why);
    /* Called once, with the page's address. */
    void (*ready)(void *context, const char *url);
    volatile const int *stop;
};

/* Serves until *stop is set. FAILURE_CONFIG where the address is not this machine's alone and
 * `everywhere` is false. */
bool preview_serve(const struct preview_options *options, struct failure *why) MUST_CHECK;

#endif
