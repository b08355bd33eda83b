#include "bounce/mailbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "bounce/mailbox_private.h"

const char *const mailbox_folders[MAILBOX_TARGETS] = {
    [MAILBOX_PROCESSED] = "Processed",
    [MAILBOX_QUARANTINE] = "Quarantine",
    [MAILBOX_PEOPLE] = "People",
    [MAILBOX_REPORTS] = "Reports",
};

/* One of the two is set. */
struct mailbox {
    struct maildir *maildir;
    struct imap *imap;
};

bool mailbox_open(const struct settings *settings, struct mailbox **mailbox, struct failure *why)
{
    struct mailbox opened = {0};
    const char *place = settings->bounce.mailbox;
    *mailbox = NULL;
    if (place == NULL || place[0] == '\0') {
        return fail(why, FAILURE_CONFIG,
                    "no mailbox is set: write bounce.mailbox = 'imaps://HOST/FOLDER' or "
                    "'maildir:DIR'");
    }
    bool maildir = strncmp(place, "maildir:", 8) == 0;
    if (!(maildir ? maildir_open(place + 8, &opened.maildir, why)
                  : imap_open(settings, &opened.imap, why))) {
        return false;
    }
    *mailbox = memory_resize(NULL, sizeof **mailbox);
    **mailbox = opened;
    return true;
}

bool mailbox_close(struct mailbox *mailbox, struct failure *why)
{
    if (mailbox == NULL) {
        return true;
    }
    maildir_close(mailbox->maildir);
    bool ok = imap_close(mailbox->imap, why);
    free(mailbox);
    return ok;
}

bool mailbox_count(struct mailbox *mailbox, int64_t *waiting, int64_t *in_cur, struct failure *why)
{
    *in_cur = 0;
    return mailbox->imap != NULL ? imap_count(mailbox->imap, waiting, why)
                                 : maildir_count(mailbox->maildir, waiting, in_cur, why);
}

bool mailbox_is_in_cur(const struct mailbox *mailbox)
{
    return mailbox->maildir != NULL && maildir_is_in_cur(mailbox->maildir);
}

bool mailbox_next(struct mailbox *mailbox, size_t limit, struct buf *bytes, bool *found,
                  struct failure *why)
{
    buf_reset(bytes);
    return mailbox->imap != NULL ? imap_next(mailbox->imap, limit, bytes, found, why)
                                 : maildir_next(mailbox->maildir, limit, bytes, found, why);
}

int64_t mailbox_unread(const struct mailbox *mailbox, const char **why)
{
    *why = "the server cannot give them";
    return mailbox->imap != NULL ? imap_unread(mailbox->imap)
                                 : maildir_unread(mailbox->maildir, why);
}

bool mailbox_move(struct mailbox *mailbox, enum mailbox_target target, struct failure *why)
{
    return mailbox->imap != NULL ? imap_move(mailbox->imap, target, why)
                                 : maildir_move(mailbox->maildir, target, why);
}
