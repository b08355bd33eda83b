/*
 * The preview page: a web page on which an editor sees the coming issue as every kind of reader
 * will receive it.
 *
 * A server for one person on this machine. Every URL begins with a token that is printed at the
 * start, the Host header is checked, and no file name comes from a request: the page's own files
 * are part of the program. No URL in a message is ever fetched. Templates, settings and the
 * database are watched, and the page is notified of changes.
 *
 * It runs in a process of its own, which starts with its settings and can open the templates, the
 * tz database and the database, nothing else (base/confine.h); its parent sends the tests. When the
 * settings change, or the templates' folder is replaced, it ends and is started again.
 *
 * A subscriber's copy is shown with the Message-ID, the Date and the working links that it will be
 * sent with: whoever runs this has the database and its keys anyway, and only this way is what was
 * approved the same, byte for byte, as what is sent. If other machines can connect (`everywhere`),
 * and in tests, which go to other people, the links belong to nobody.
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

/* The state of a file when it was read; all zero if it did not exist. */
struct preview_seen {
    dev_t device;
    ino_t inode;
    struct timespec changed;
    off_t size;
};

struct preview_options {
    struct store *store; /* opened for writing */
    const struct settings *settings;
    struct failure broken; /* why the settings cannot be read now; its kind is NONE if they can */
    const struct token_keys *keys;
    const char *settings_file; /* watched; NULL: none */
    struct preview_seen seen;  /* its state before it was read */
    const struct listening *listening;
    bool everywhere;           /* also listen on an address that other machines can reach */
    char token[PREVIEW_TOKEN]; /* part of every URL */
    void *context;
    /* Sends the single mails that are due. */
    bool (*deliver)(void *context, struct deliver_result *result, struct failure *why);
    /* Called at the end if it has to be started again. */
    void (*anew)(void *context);
    /* Called once, when it accepts requests. */
    void (*ready)(void *context);
    volatile const int *stop;
};

/* Whether the page may listen there. FAILURE_CONFIG if it is not an address, or if other machines
 * can reach it and `everywhere` is false. */
bool preview_check_place(const char *listen, bool everywhere, struct failure *why) MUST_CHECK;

/* Makes a random token. */
void preview_make_token(char token[PREVIEW_TOKEN]);

/* Records the state of the file; call it before the file is read. */
void preview_note_file(struct preview_options *options, const char *file);

/* Serves until `*stop` is set, or until it has to be started again. */
bool preview_serve(const struct preview_options *options, struct failure *why) MUST_CHECK;

#endif
