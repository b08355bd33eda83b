/*
 * An issue to be looked at, by preview, check and the mail to the editors: a draft is rendered as
 * it would be sent now, a frozen issue shows the bytes that were frozen, and a copy of either is
 * made for one reader. The renderer and the copy maker are those that send it.
 */
#ifndef ISSUE_ISSUE_VIEW_H
#define ISSUE_ISSUE_VIEW_H

#include "base/token.h"
#include "issue/build.h"
#include "issue/copy_maker.h"

struct issue_view {
    struct issue issue; /* id 0: the week has no draft yet */
    struct sender sender;
    struct issue_variant *variants; /* first the one for everything */
    size_t variant_count;
    struct variant_source source; /* what the templates read */
    struct pick pick;             /* of a draft; count 0 where the issue is frozen */
    bool anew;                    /* of a frozen issue: rendered now, never to be sent */
};

/* A draft (or NULL: none yet) is rendered anew, as it would be sent now; a frozen issue is shown
 * as it was frozen. A thin week is FAILURE_NO_INPUT. `settings` outlives the view, everything
 * else lives in `arena`. `now` is what a draft of another day would be dated by. */
bool issue_view_find(struct store *store, struct arena *arena, const struct settings *settings,
                     const struct week *week, const struct issue *issue, int64_t now,
                     struct issue_view *view, struct failure *why) MUST_CHECK;

/* The same, but a frozen issue is rendered anew too: its comparisons with the templates and
 * settings in force, so that template work is seen between an issue and the next. */
bool issue_view_find_anew(struct store *store, struct arena *arena, const struct settings *settings,
                          const struct week *week, const struct issue *issue, int64_t now,
                          struct issue_view *view, struct failure *why) MUST_CHECK;

/* Whether what is shown are the bytes that were frozen, which no template changes any more. */
bool issue_view_is_frozen(const struct issue_view *view);

/* An issue of any state as it stands in the database, a draft too: what approving freezes. */
bool issue_view_stored(struct store *store, struct arena *arena, const struct settings *settings,
                       const struct issue *issue, struct issue_view *view,
                       struct failure *why) MUST_CHECK;

/* The variant for a choice of topics; NULL if the view has none. */
const struct issue_variant *issue_view_variant(const struct issue_view *view, const char *topics);

/* A made-up reader: no subscriber, so its links are nobody's. */
void issue_view_reader(struct arena *arena, const struct issue_view *view, const char *name,
                       const char *address, const char *topics, struct delivery *row);

/* Made-up readers that check looks at and the preview offers. */
#define ISSUE_VIEW_ADDRESS      "reader@example.org"
#define ISSUE_VIEW_ADDRESS_LONG "maximiliane.annabella.konstantinopolitanska@example.org"
#define ISSUE_VIEW_NAME_LONG    "Maximiliane Annabella Konstantinopolitanska-Featherstonehaugh"

/* The subscriber with that address: the row that the ledger will have, so that the copy is the one
 * that is sent, to the byte: its Message-ID, and links that are live. FAILURE_NO_INPUT where nobody
 * on the list has it. *unsent says in a word why this person would not be sent it ("left",
 * "paused"); NULL. */
bool issue_view_subscriber(struct store *store, struct arena *arena, const struct issue_view *view,
                           const char *address, struct delivery *row, const char **unsent,
                           struct failure *why) MUST_CHECK;

struct issue_view_copy {
    const char *html, *text, *message;
    size_t html_len, text_len, message_len;
    const char *unsubscribe_url, *preferences_url;
};

/* The finished copy of a reader. FAILURE_NO_INPUT where nothing in the issue matches the reader's
 * topics, or they are not among those rendered. */
bool issue_view_copy(struct store *store, struct arena *arena, const struct token_keys *keys,
                     const struct issue_view *view, const struct delivery *row,
                     struct issue_view_copy *copy, struct failure *why) MUST_CHECK;

#endif
