/* Issues, their comparisons and their rendered variants. */
#ifndef STORE_ISSUE_H
#define STORE_ISSUE_H

#include "base/buf.h"
#include "store/store.h"

enum issue_state { ISSUE_DRAFT, ISSUE_APPROVED, ISSUE_SENDING, ISSUE_SENT, ISSUE_CANCELLED };

const char *issue_state_name(enum issue_state state); /* "draft" … */

struct issue {
    int64_t id;
    const char *iso_week; /* "2026-W47" */
    int64_t number;
    int64_t window_start, window_end;
    enum issue_state state;
    const char *subject;
    const char *preheader;
    const char
        *derivation; /* JSON: what in the comparisons carries them (issue/claims.h); "" none */
    int64_t date;
    const char *sender; /* JSON; NULL in a draft */
    int64_t built_at, announced_at, approved_at, started_at, finished_at; /* 0: not yet */
    int64_t paused_at;                                                    /* 0: not paused */
    bool edited;
    int64_t item_count;
};

struct issue_item {
    int64_t comparison_id;
    const char *slug;
    int64_t position; /* from 1 */
    int64_t story;    /* from 1 */
    const char *reason;
    const char *snapshot; /* JSON of the comparison */
};

/* The rendering for one choice of topics. The blobs are stored residual programs. */
struct issue_variant {
    const char *topics;  /* "" is the choice of everything */
    const char *subject; /* of this copy; "" or NULL: the issue's */
    const char *body, *html, *text;
    size_t body_len, html_len, text_len;
    char html_sha256[65], text_sha256[65];
};

/* What `weekly` has reported of an issue, so that an hourly job does not repeat itself. */
enum issue_told { ISSUE_TOLD_WAITS, ISSUE_TOLD_HELD, ISSUE_TOLD_STALE };
/* Keeps that it is said; `*first` false where it was the last thing said of this issue already. */
/* What there is to say of its sending, in short ("": nothing). *fresh false: the last one who said
 * something said the same. */
bool issue_say(struct store *store, int64_t issue_id, const char *text, bool *fresh,
               struct failure *why) MUST_CHECK;

bool issue_tell(struct store *store, int64_t issue_id, enum issue_told told, bool *first,
                struct failure *why) MUST_CHECK;

/* *issue is NULL if absent. */
bool issue_find_week(struct store *store, struct arena *arena, const char *iso_week,
                     struct issue **issue, struct failure *why) MUST_CHECK;
bool issue_find_number(struct store *store, struct arena *arena, int64_t number,
                       struct issue **issue, struct failure *why) MUST_CHECK;
bool issue_get(struct store *store, struct arena *arena, int64_t id, struct issue **issue,
               struct failure *why) MUST_CHECK;
/* All issues, newest week first. */
bool issue_list(struct store *store, struct arena *arena, struct issue **issues, size_t *count,
                struct failure *why) MUST_CHECK;
/* The newest issue that readers have. */
struct issue_newest {
    const char *iso_week; /* NULL: there is none */
    const char *subject;
    int64_t date;
};
/* The newest by week that is sent or being sent; texts in `arena`. */
bool issue_find_newest_sent(struct store *store, struct arena *arena, struct issue_newest *newest,
                            struct failure *why) MUST_CHECK;
/* The first issue by week in that state; NULL if none. */
bool issue_find_state(struct store *store, struct arena *arena, enum issue_state state,
                      struct issue **issue, struct failure *why) MUST_CHECK;
bool issue_items(struct store *store, struct arena *arena, int64_t issue_id,
                 struct issue_item **items, size_t *count, struct failure *why) MUST_CHECK;

/* Writes a draft with its items and variants: a new issue (id 0; receives id and the next number),
 * or a draft that is rebuilt (items and variants are replaced; number, edited mark and left-out
 * items are kept, and so is the date unless the window's end has changed). Refuses an issue that is
 * not a draft. */
bool issue_save_draft(struct store *store, struct issue *issue, const struct issue_item *items,
                      size_t item_count, const struct issue_variant *variants, size_t variant_count,
                      struct failure *why) MUST_CHECK;

/* Adds a variant to an issue of any state (for a choice of topics that a reader made later); an
 * existing one is kept unchanged. */
bool issue_add_variant(struct store *store, int64_t issue_id, const struct issue_variant *variant,
                       struct failure *why) MUST_CHECK;
/* *variant is NULL if absent. */
bool issue_find_variant(struct store *store, struct arena *arena, int64_t issue_id,
                        const char *topics, struct issue_variant **variant,
                        struct failure *why) MUST_CHECK;

/* The data that an issue's variants are rendered from (issue/source.h): kept from approval until
 * sending begins, when the ledger's rows fix the choices of topics. *bytes is NULL if there is
 * none. */
bool issue_keep_source(struct store *store, int64_t issue_id, const char *bytes, size_t len,
                       struct failure *why) MUST_CHECK;
bool issue_find_source(struct store *store, struct arena *arena, int64_t issue_id,
                       const char **bytes, size_t *len, struct failure *why) MUST_CHECK;

/* An editor's changes to a draft, as comparison ids. An id occurs in one of the three lists, once.
 */
struct arrangement {
    const int64_t *first; /* to the front, in this order; the others follow in theirs */
    size_t first_count;
    const int64_t *leave_out; /* left out of this issue and of all later ones, until put back */
    size_t leave_out_count;
    const int64_t *put_back; /* no longer left out */
    size_t put_back_count;
};

/* Arranges a draft. A comparison that was left out returns if it is named first, without a
 * snapshot until the next build, or if it is put back. Marks the issue as edited; the caller
 * rebuilds it afterwards. FAILURE_USAGE if it is not a draft. */
bool issue_arrange(struct store *store, int64_t issue_id, const struct arrangement *wanted,
                   int64_t now, struct failure *why) MUST_CHECK;

/* When sending started; 0: it has not, or the issue is gone. A number is reused after its issue
 * was freed, so this distinguishes two issues of the same number. */
bool issue_started_at(struct store *store, int64_t issue_id, int64_t *started_at,
                      struct failure *why) MUST_CHECK;

/* draft to approved: freezes `sender` and the Date. `*changed` is false if it is no longer a
 * draft. */
bool issue_approve(struct store *store, int64_t issue_id, const char *sender, int64_t date,
                   int64_t now, bool *changed, struct failure *why) MUST_CHECK;
/* Replaces the frozen sender: its keys, see issue/signing.h. `*same` is false, and nothing has
 * changed, if the issue is no longer as `issue` was read and has a different sender. */
bool issue_set_sender(struct store *store, const struct issue *issue, const char *sender,
                      bool *same, struct failure *why) MUST_CHECK;
/* Whether a copy may have been sent: any sign that a final dot was sent, any attempt, or any live
 * claim. */
bool issue_may_have_left(struct store *store, int64_t issue_id, bool *left,
                         struct failure *why) MUST_CHECK;
bool issue_set_announced(struct store *store, int64_t issue_id, int64_t now,
                         struct failure *why) MUST_CHECK;

/* approved to sending, and in the same transaction one delivery row for each confirmed subscriber
 * (queued; or skipped, if the variant of the person's topics is empty or the person is paused
 * beyond `now`; Message-ID from `message_id_format`, in which {issue} and {subscriber} are
 * replaced). `*started` is false if it was not approved (another run was faster). */
bool issue_start(struct store *store, int64_t issue_id, const char *message_id_format, int64_t now,
                 bool *started, int64_t *readers, struct failure *why) MUST_CHECK;

/* sending to sent, only when no row is queued, sending, deferred or in doubt. */
bool issue_finish(struct store *store, int64_t issue_id, int64_t now, bool *finished,
                  struct failure *why) MUST_CHECK;

/* A pause: from the next message on, nothing of the issue is sent until it is resumed. `*changed`
 * is false if it is already paused, sent or cancelled. Time in a pause does not count towards a
 * row's age. */
bool issue_pause(struct store *store, int64_t issue_id, int64_t now, bool *changed,
                 struct failure *why) MUST_CHECK;
bool issue_resume(struct store *store, int64_t issue_id, int64_t now, bool *changed,
                  struct failure *why) MUST_CHECK;
/* Records that `weekly` has reported the pause; `*first` is false if it already had. */
bool issue_tell_pause(struct store *store, int64_t issue_id, bool *first,
                      struct failure *why) MUST_CHECK;

enum issue_cancelled {
    ISSUE_CANCEL_FREED,   /* nothing was sent: week and items are free again, the issue's row is
                             deleted */
    ISSUE_CANCEL_STOPPED, /* some copies were sent: the rest is skipped, week and items stay taken
                           */
    ISSUE_CANCEL_LATE,    /* it was already sent or cancelled: nothing changed */
};
/* A copy may have been sent if any row has its dot noted, was in doubt, was attempted, or is in a
 * state other than queued or skipped; a live claim counts, too. Claims whose lease has expired are
 * settled first (delivery_recover). Stopping skips the waiting rows, with the reason "cancelled";
 * claimed ones finish: delivery_still_wanted() tells their connections, and those that do not end
 * as sent, refused, gave_up or in doubt become skipped. */
bool issue_cancel(struct store *store, int64_t issue_id, int64_t now, enum issue_cancelled *outcome,
                  struct failure *why) MUST_CHECK;
/* The same, except that week and items stay taken in any case: for an issue that was sent from a
 * database that was lost. Not for a draft, which has nothing frozen to keep. */
bool issue_stop(struct store *store, int64_t issue_id, int64_t now, enum issue_cancelled *outcome,
                struct failure *why) MUST_CHECK;

#endif
