/*
 * What the ways of looking at one message share (see classify.h), and the two longest of them.
 * Private to the classifier.
 */
#ifndef BOUNCE_DETECT_H
#define BOUNCE_DETECT_H

#include "bounce/mentions.h"
#include "bounce/signs.h"

enum { LOOK_OWN = 32 };

struct look {
    struct arena *arena;
    const struct split *split;
    struct signs signs;
    const struct split_fields *returned; /* header of the returned message; NULL: none */
    const char *own[LOOK_OWN + 1];       /* addresses that a report cannot be about */
    size_t own_count;
    struct bounce_report *report;
};

/* Each says whether it knew the message, and then has filled the report. */
bool look_dsn(struct look *look);
bool look_text(struct look *look);
bool look_notice(struct look *look);
bool look_aggregate(struct look *look);

/* What a Feedback-Type of RFC 5965 means. */
void look_feedback_type(const char *type, enum bounce_class *class, enum bounce_reason *reason);

/* Whether a machine wrote what no other way of looking knows (look_machine.c). */
bool look_machine(const struct look *look);

/* The recipient that the returned header names; false if it names none or several. */
bool look_returned_recipient(const struct look *look, char out[BOUNCE_ADDRESS]);

/* The one address of a field; false if there are several or none. */
bool look_only_address(const char *value, char out[BOUNCE_ADDRESS]);

/* An address that the report's own text names beyond doubt. */
bool look_sure_mention(const struct look *look, char out[BOUNCE_ADDRESS]);

/* Whether what condemns the recipient names an address of ours, and not the recipient's: it is the
 * sender that the server does not know. */
bool look_blames_us(const struct look *look, const char *said,
                    const struct bounce_recipient *recipient);

/* A recipient without codes. False if there is no room or it is there already. */
bool look_add(struct look *look, const char *address, enum bounce_class class,
              enum bounce_reason reason);

/* What the message is, and by which way it was known. */
void look_answer(struct look *look, enum bounce_class class, enum bounce_reason reason,
                 enum bounce_detector detector);

/* Writes the words that decided, as one line. */
void look_say(struct look *look, const char *text, size_t len);

/* The report speaks of its first recipient that failed, else of its first. */
void look_conclude(struct look *look, enum bounce_detector detector);

/* Tokens in the envelope recipient, in the returned header and in the envelope sender that a
 * feedback report names (tokens.c). */
void look_tokens(struct look *look);

/* Tokens in links to leave in the returned message's text. */
void look_links(struct look *look);

/* Tokens in one value of what came back. */
void look_token_value(struct look *look, const char *value);

#endif
