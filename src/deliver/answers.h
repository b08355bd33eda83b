/*
 * The last answers of a relay, and whether one sentence is among them too often.
 *
 * A relay whose quota is used up, or that distrusts us, says one thing to every recipient. So each
 * answer goes into a window. A sentence (smtp/sentence.h) that answered readers of several domains,
 * or more than a share of the window, says something about us. What the table of refusals gives to
 * the recipient (no such user, mailbox full) needs a larger share, as lists can be dirty.
 * Greylisting does not count: it is said to everybody once and passes by itself.
 *
 * Pure; belongs to one relay.
 */
#ifndef DELIVER_ANSWERS_H
#define DELIVER_ANSWERS_H

#include "deliver/claim.h"
#include "settings/settings.h"
#include "smtp/sentence.h"

enum {
    ANSWERS_WINDOW = 50,
    ANSWERS_SENTENCES = 16, /* different ones in a window; more are not told apart */
    ANSWERS_MANY = 5,       /* answers with one sentence, at least, in several domains */
    ANSWERS_SHARE_OF = 10,  /* answers in the window, at least, for a share of them, */
    ANSWERS_SURE_OF = 20    /* and for one of answers that are the recipients' */
};

struct answer {
    int sentence; /* index; -1: accepted, or none that counts */
    uint32_t domain;
    int64_t id; /* of the row */
};

struct answers_sentence {
    char masked[SENTENCE_MAX + 1];
    char sample[REPLY_TEXT + 1];
    struct refusal refusal;
};

struct answers {
    struct answer window[ANSWERS_WINDOW];
    size_t next, count;
    struct answers_sentence sentences[ANSWERS_SENTENCES];
};

void answers_init(struct answers *answers);

/* Those of several relays, by their names. Zeroed it is empty. */
struct answers_book {
    struct answers_page *first;
};
struct answers *answers_of(struct answers_book *book, const char *relay);
void answers_free(struct answers_book *book);

/* A message was accepted. */
void answers_accept(struct answers *answers);

/* A row was refused. The index of its sentence; -1 where none is kept for it. */
int answers_refuse(struct answers *answers, const struct delivery *row, const struct reply *reply,
                   const struct refusal *refusal);

/* Whether the sentence is one too often, by deliver.rest_domains, rest_percent and
 * rest_refused_percent. */
bool answers_too_often(const struct answers *answers, int sentence,
                       const struct settings *settings);

/* Rows in the window that were answered so; `ids` has room for ANSWERS_WINDOW. */
size_t answers_rows(const struct answers *answers, int sentence, int64_t ids[ANSWERS_WINDOW]);

#endif
