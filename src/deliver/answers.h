/*
 * The recent answers of a relay, and whether one sentence is too frequent among them.
 *
 * A relay whose quota is used up, or that distrusts us, says the same thing to every recipient. So
 * each answer goes into a window. A sentence (smtp/sentence.h) that was given for readers of
 * several domains, or that makes up more than a share of the window, says something about us.
 * Sentences that the table of refusals attributes to the recipient (no such user, mailbox full)
 * need a larger share, because lists can contain many dead addresses. Greylisting does not count:
 * everybody gets it once, and it passes by itself.
 *
 * Pure; one for each relay.
 */
#ifndef DELIVER_ANSWERS_H
#define DELIVER_ANSWERS_H

#include "deliver/claim.h"
#include "settings/settings.h"
#include "smtp/sentence.h"

enum {
    ANSWERS_WINDOW = 50,
    ANSWERS_SENTENCES = 16, /* different sentences in a window; further ones are not counted */
    ANSWERS_MANY = 5,       /* minimum number of answers with one sentence, in several domains */
    ANSWERS_SHARE_OF = 10,  /* minimum number of answers in the window to judge by share, */
    ANSWERS_SURE_OF = 20    /* and the same for sentences that are the recipients' fault */
};

struct answer {
    int sentence; /* index; -1: accepted, or a sentence that does not count */
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

/* The answers of several relays, by name. Zero-initialise. */
struct answers_book {
    struct answers_page *first;
};
struct answers *answers_of(struct answers_book *book, const char *relay);
void answers_free(struct answers_book *book);

/* Records that a message was accepted. */
void answers_accept(struct answers *answers);

/* Records that a row was refused. Returns the index of its sentence; -1 if none is kept for it. */
int answers_refuse(struct answers *answers, const struct delivery *row, const struct reply *reply,
                   const struct refusal *refusal);

/* Whether the sentence is too frequent, by deliver.rest_domains, rest_percent and
 * rest_refused_percent. */
bool answers_too_often(const struct answers *answers, int sentence,
                       const struct settings *settings);

/* The rows in the window that got this sentence; `ids` has room for ANSWERS_WINDOW. */
size_t answers_rows(const struct answers *answers, int sentence, int64_t ids[ANSWERS_WINDOW]);

#endif
