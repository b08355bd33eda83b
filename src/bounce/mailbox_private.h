/* The two kinds of mailbox. Private to mailbox*.c. */
#ifndef BOUNCE_MAILBOX_PRIVATE_H
#define BOUNCE_MAILBOX_PRIVATE_H

#include "bounce/mailbox.h"

struct maildir;
bool maildir_open(const char *path, struct maildir **maildir, struct failure *why) MUST_CHECK;
void maildir_close(struct maildir *maildir); /* accepts NULL */
bool maildir_count(struct maildir *maildir, int64_t *waiting, int64_t *in_cur,
                   struct failure *why) MUST_CHECK;
bool maildir_next(struct maildir *maildir, size_t limit, struct buf *bytes, bool *found,
                  struct failure *why) MUST_CHECK;
bool maildir_is_in_cur(const struct maildir *maildir);
int64_t maildir_unread(const struct maildir *maildir, const char **why);
bool maildir_move(struct maildir *maildir, enum mailbox_target target,
                  struct failure *why) MUST_CHECK;

struct imap;
bool imap_open(const struct settings *settings, struct imap **imap, struct failure *why) MUST_CHECK;
bool imap_close(struct imap *imap, struct failure *why) MUST_CHECK; /* accepts NULL */
bool imap_count(struct imap *imap, int64_t *waiting, struct failure *why) MUST_CHECK;
bool imap_next(struct imap *imap, size_t limit, struct buf *bytes, bool *found,
               struct failure *why) MUST_CHECK;
int64_t imap_unread(const struct imap *imap);
bool imap_move(struct imap *imap, enum mailbox_target target, struct failure *why) MUST_CHECK;

#endif
