/*
 * What the ways of looking at one message share (see classify.h), and the two longest of them.
 * Private to the classifier.
 */
#ifndef BOUNCE_DETECT_H
#define BOUNCE_DETECT_H

#include "bounce/mentions.h"
#include "bounce/signs.h"

enum { DETECT_OWN = 32 };

struct detection {
    struct arena *arena;
    const struct split *split;
    struct signs signs;
    const struct split_fields *returned; /* header of the returned message; NULL: none */
    const char *own[DETECT_OWN + 1];     /* addresses that a report cannot be about */
    size_t own_count;
    struct bounce_report *report;
};

/* Each says whether it knew the message, and then has filled the report. */
bool detect_dsn(struct detection *detection);
bool detect_text(struct detection *detection);
bool detect_notice(struct detection *detection);
bool detect_aggregate(struct detection *detection);

/* What a Feedback-Type of RFC 5965 means. */
void detect_feedback_type(const char *type, enum bounce_class *class, enum bounce_reason *reason);

/* Whether a machine wrote what no other way of looking knows (detect_machine.c). */
bool detect_machine(const struct detection *detection);

/* The recipient that the returned header names; false if it names none or several. */
bool detect_returned_recipient(const struct detection *detection, char out[BOUNCE_ADDRESS]);

/* The one address of a field; false if there are several or none. */
bool detect_only_address(const char *value, char out[BOUNCE_ADDRESS]);

/* An address that the report's own text names beyond doubt. */
bool detect_sure_mention(const struct detection *detection, char out[BOUNCE_ADDRESS]);

/* Whether what condemns the recipient names an address of ours, and not the recipient's: it is the
 * sender that the server does not know. */
bool detect_blames_us(const struct detection *detection, const char *said,
                      const struct bounce_recipient *recipient);

/* A recipient without codes. False if there is no room or it is there already. */
bool detect_add(struct detection *detection, const char *address, enum bounce_class class,
                enum bounce_reason reason);

/* What the message is, and by which way it was known. */
void detect_answer(struct detection *detection, enum bounce_class class, enum bounce_reason reason,
                   enum bounce_detector detector);

/* Writes the words that decided, as one line. */
void detect_say(struct detection *detection, const char *text, size_t len);

/* The report speaks of its first recipient that failed, else of its first. */
void detect_conclude(struct detection *detection, enum bounce_detector detector);

/* Tokens in the envelope recipient, in the returned header and in the envelope sender that a
 * feedback report names (tokens.c). */
void detect_tokens(struct detection *detection);

/* Tokens in links to leave in the returned message's text. */
void detect_links(struct detection *detection);

/* Tokens in one value of what came back. */
void detect_token_value(struct detection *detection, const char *value);

#endif
