/*
 * The preview page: an editor sees the coming issue as every kind of reader will receive it.
 *
 * A server for one person on this machine. Every address begins with a token that is printed
 * at the start, the Host header is checked, and no file name comes from a request: the page's
 * own files are part of the program. No URL of a message is ever fetched. Templates, settings
 * and the database are watched, and the page is notified of changes.
 *
 * It runs in a process of its own, which starts with its settings and can open the templates,
 * the tz database and the database, nothing else (base/confine.h); its parent sends the tests.
 * When the settings change, or the templates' folder is replaced, it ends and is started
 * again.
 *
 * A subscriber's copy is shown with the Message-ID, the Date and the working links that it
 * will be sent with: whoever runs this has the database and its keys anyway, and only this way
 * is what was approved, to the byte, what is sent. If other machines can connect
 * (`everywhere`), and in tests, which go to other people, the links belong to nobody.
 */
#ifndef PREVIEW_PREVIEW_H
#define PREVIEW_PREVIEW_H

#include <sys/types.h>
#include <time.h>

#include "base/token.h"
#include "deliver/deliver.h"
#include "http/listen.h"
#include "settings/settings.h"
#include "store/store.h"

enum { PREVIEW_TOKEN = 33 };

/* A file as it was when it was read; all zero where it was not there. */
struct preview_seen {
    dev_t device;
    ino_t inode;
    struct timespec changed;
    off_t size;
};

struct preview_options {
    struct store *store; /* for changing */
    const struct settings *settings;
    struct failure broken; /* why the settings cannot be read now; kind NONE: they could */
    const struct token_keys *keys;
    const char *settings_file; /* watched; NULL: none */
    struct preview_seen seen;  /* of that, before it was read */
    const struct listening *listening;
    bool everywhere;           /* also an address that other machines reach */
    char token[PREVIEW_TOKEN]; /* in every address */
    void *context;
    /* Sends the single mails that are due. */
    bool (*deliver)(void *context, struct deliver_result *result, struct failure *why);
    /* Called before the end where it is to be begun anew. */
    void (*anew)(void *context);
    /* Called once, when it can be asked. */
    void (*ready)(void *context);
    volatile const int *stop;
};

/* Whether the page may listen there. FAILURE_CONFIG where the address is none, or not this
 * machine's alone and `everywhere` is false. */
bool preview_check_place(const char *listen, bool everywhere, struct failure *why) MUST_CHECK;

/* A token by chance. */
void preview_make_token(char token[PREVIEW_TOKEN]);

/* Notes how the file is now: before it is read. */
void preview_note_file(struct preview_options *options, const char *file);

/* Serves until *stop is set, or until it has to be begun anew. */
bool preview_serve(const struct preview_options *options, struct failure *why) MUST_CHECK;

#endif
