/*
 * An issue as preview, check and the mail to the editors show it: a draft is rendered as it would
 * be sent now, a frozen issue shows the bytes that were frozen, and a copy of either is made for
 * one reader. Renderer and copy maker are those that send it.
 */
#ifndef ISSUE_ISSUE_VIEW_H
#define ISSUE_ISSUE_VIEW_H

#include "base/token.h"
#include "issue/build.h"
#include "issue/copy_maker.h"

struct issue_view {
    struct issue issue; /* id 0: the week has no draft yet */
    struct sender sender;
    struct issue_variant *variants; /* the one for everything comes first */
    size_t variant_count;
    struct variant_source source; /* what the templates read */
    struct pick pick;             /* of a draft; count 0 if the issue is frozen */
    bool anew;                    /* a frozen issue that was rendered again, never to be sent */
};

/* A draft (or NULL: none yet) is rendered again, as it would be sent now; a frozen issue is shown
 * as it was frozen. A thin week is FAILURE_NO_INPUT. `settings` must outlive the view, everything
 * else is in `arena`. `now` is the date of a draft that would be built now. */
bool issue_view_find(struct store *store, struct arena *arena, const struct settings *settings,
                     const struct week *week, const struct issue *issue, int64_t now,
                     struct issue_view *view, struct failure *why) MUST_CHECK;

/* The same, except that a frozen issue is rendered again too: its comparisons with the templates
 * and settings in force, so that work on templates can be seen between one issue and the next. */
bool issue_view_find_anew(struct store *store, struct arena *arena, const struct settings *settings,
                          const struct week *week, const struct issue *issue, int64_t now,
                          struct issue_view *view, struct failure *why) MUST_CHECK;

/* Whether the view has the bytes that were frozen, which no template changes any more. */
bool issue_view_is_frozen(const struct issue_view *view);

/* An issue of any state as it is in the database, a draft too: what approving freezes. */
bool issue_view_stored(struct store *store, struct arena *arena, const struct settings *settings,
                       const struct issue *issue, struct issue_view *view,
                       struct failure *why) MUST_CHECK;

/* The variant for a choice of topics; NULL if the view has none. */
const struct issue_variant *issue_view_variant(const struct issue_view *view, const char *topics);

/* A made-up reader: no subscriber, so its links are nobody's. */
void issue_view_reader(struct arena *arena, const struct issue_view *view, const char *name,
                       const char *address, const char *topics, struct delivery *row);

/* Made-up readers that check uses and the preview offers. */
#define ISSUE_VIEW_ADDRESS      "reader@example.org"
#define ISSUE_VIEW_ADDRESS_LONG "maximiliane.annabella.konstantinopolitanska@example.org"
#define ISSUE_VIEW_NAME_LONG    "Maximiliane Annabella Konstantinopolitanska-Featherstonehaugh"

/* The subscriber with that address, as the row that the ledger will have, so that the copy is the
 * one that will be sent, byte for byte: with its Message-ID and working links. FAILURE_NO_INPUT if
 * nobody on the list has the address. `*unsent` is the reason, in a word, why this person would not
 * be sent it ("left", "paused"), or NULL. */
bool issue_view_subscriber(struct store *store, struct arena *arena, const struct issue_view *view,
                           const char *address, struct delivery *row, const char **unsent,
                           struct failure *why) MUST_CHECK;

struct issue_view_copy {
    const char *html, *text, *message;
    size_t html_len, text_len, message_len;
    const char *unsubscribe_url, *preferences_url;
};

/* The finished copy of a reader. FAILURE_NO_INPUT if nothing in the issue matches the reader's
 * topics, or they are not among those rendered. */
bool issue_view_copy(struct store *store, struct arena *arena, const struct token_keys *keys,
                     const struct issue_view *view, const struct delivery *row,
                     struct issue_view_copy *copy, struct failure *why) MUST_CHECK;

#endif
