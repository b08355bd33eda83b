/*
 * The copy maker: makes a reader's copy of an issue, with the same bytes each time.
 *
 * It reads only the frozen sender and the stored residual programs, so that an edited template or
 * setting cannot change what the second half of the list gets. Memory does not grow with the list:
 * the programs of a few choices of topics are kept, and the ledger returns rows in that order.
 */
#ifndef ISSUE_COPY_MAKER_H
#define ISSUE_COPY_MAKER_H

#include "base/token.h"
#include "deliver/deliver.h"
#include "issue/sender.h"
#include "store/issue.h"

struct copy_maker;

/* `sender` is NULL for a frozen issue; for a draft it is the sender that it would have. `store` and
 * `keys` must outlive the copy maker. */
bool copy_maker_open(struct store *store, const struct issue *issue, const struct sender *sender,
                     const struct token_keys *keys, struct copy_maker **maker,
                     struct failure *why) MUST_CHECK;
void copy_maker_close(struct copy_maker *maker); /* accepts NULL */

/* The deliver_compose callback; the copy maker is its context. */
bool copy_maker_compose(void *maker, const struct delivery *row, struct smtp_message *message,
                        struct failure *why) MUST_CHECK;

/* Variants that are not stored (in a preview of a week without a draft): used before stored ones.
 * They must outlive the copy maker. */
void copy_maker_give_variants(struct copy_maker *maker, const struct issue_variant *variants,
                              size_t count);

/* What copy_maker_finish() signs with; the signer must outlive the copy maker. NULL: copies are not
 * signed. */
struct dkim_signer;
void copy_maker_sign_with(struct copy_maker *maker, const struct dkim_signer *signer);

/* The deliver_finish callback with the copy maker as its context: signs a composed copy, with the
 * issue's Date. May run in any number of threads at once. */
bool copy_maker_finish(const void *maker, struct smtp_message *message,
                       struct failure *why) MUST_CHECK;

/* Marks a copy as a test, in front of the subject; "" for none. */
void copy_maker_mark_subject(struct copy_maker *maker, const char *mark);

/* A note for an editor, in front of both parts of every copy; "" for none. Line breaks are kept. */
void copy_maker_set_note(struct copy_maker *maker, const char *note);

/* A reader's values for running html and text programs, as the web view and the files of preview
 * show them. `row` is as in copy_maker_compose(). The values are valid until the next call. */
const struct reader_values *copy_maker_reader(struct copy_maker *maker, const struct delivery *row);

#endif
