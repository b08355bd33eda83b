/*
 * The press: makes a reader's copy of an issue, byte for byte the same each time.
 *
 * It reads the frozen sender and the stored programs alone, so that an edited template or setting
 * cannot change what the second half of the list gets. Memory does not grow with the list: the
 * programs of a few choices of topics are kept, the ledger hands out rows in that order.
 */
#ifndef ISSUE_COPY_MAKER_H
#define ISSUE_COPY_MAKER_H

#include "base/token.h"
#include "deliver/deliver.h"
#include "issue/sender.h"
#include "store/issue.h"

struct press;

/* For a frozen issue, `sender` NULL; for a draft, the sender it would have. `store` and `keys`
 * outlive the press. */
bool press_open(struct store *store, const struct issue *issue, const struct sender *sender,
                const struct token_keys *keys, struct press **press,
                struct failure *why) MUST_CHECK;
void press_close(struct press *press); /* accepts NULL */

/* The deliver_compose callback; `press` is its context. */
bool press_compose(void *press, const struct delivery *row, struct deliver_message *message,
                   struct failure *why) MUST_CHECK;

/* Editions that are not stored (a preview of a week without a draft): used before stored ones. They
 * outlive the press. */
void press_give_variants(struct press *press, const struct issue_variant *variants, size_t count);

/* What press_finish() signs with; the signer outlives the press. NULL: nothing is signed. */
struct dkim_signer;
void press_sign_with(struct press *press, const struct dkim_signer *signer);

/* The deliver_finish callback, `press` its context: signs a composed copy with the issue's Date.
 * Any number of threads at once. */
bool press_finish(const void *press, struct deliver_message *message,
                  struct failure *why) MUST_CHECK;

/* What marks a copy as a test: put in front of the subject; "" for none. */
void press_mark_subject(struct press *press, const char *mark);

/* Words for an editor, put in front of both parts of every copy; "" for none. Lines are kept. */
void press_set_note(struct press *press, const char *note);

/* A reader's values for running html and text programs: what the web view and the files of
 * preview show. `row` as in press_compose. The values are good until the next call. */
const struct reader_values *press_reader(struct press *press, const struct delivery *row);

#endif
