/*
 * The detectors of the classifier (see classify.h), each of which recognises one kind of message
 * and fills in the report, and the functions that they share. Private to the classifier.
 */
#ifndef BOUNCE_DETECT_H
#define BOUNCE_DETECT_H

#include "bounce/candidates.h"
#include "bounce/evidence.h"

enum { DETECT_OWN = 32 };

struct detection {
    struct arena *arena;
    const struct split *split;
    struct evidence evidence;
    const struct split_fields *returned; /* header of the returned message; NULL if there is none */
    const char *own[DETECT_OWN + 1];     /* addresses that a report cannot be about */
    size_t own_count;
    struct bounce_report *report;
};

/* Each returns whether it recognised the message; if so it has filled in the report. */
bool detect_dsn(struct detection *detection);
bool detect_text(struct detection *detection);
bool detect_notice(struct detection *detection);
bool detect_aggregate(struct detection *detection);

/* The meaning of a Feedback-Type of RFC 5965. */
void detect_feedback_type(const char *type, enum bounce_class *class, enum bounce_reason *reason);

/* Whether a machine wrote a message that no other detector recognised (detect_machine.c). */
bool detect_machine(const struct detection *detection);

/* The recipient that the returned header names; false if it names none or several. */
bool detect_returned_recipient(const struct detection *detection, char out[BOUNCE_ADDRESS]);

/* The one address of a field; false if there are several or none. */
bool detect_only_address(const char *value, char out[BOUNCE_ADDRESS]);

/* The address that the report's own text names beyond doubt. */
bool detect_sure_candidate(const struct detection *detection, char out[BOUNCE_ADDRESS]);

/* Whether the words that blame the recipient name one of our addresses instead: then it is the
 * sender that the server does not know. */
bool detect_blames_us(const struct detection *detection, const char *said,
                      const struct bounce_recipient *recipient);

/* Adds a recipient without codes. False if there is no room or it is there already. */
bool detect_add(struct detection *detection, const char *address, enum bounce_class class,
                enum bounce_reason reason);

/* Sets the class, and which detector recognised the message. */
void detect_answer(struct detection *detection, enum bounce_class class, enum bounce_reason reason,
                   enum bounce_detector detector);

/* Stores the words that decided, as one line. */
void detect_say(struct detection *detection, const char *text, size_t len);

/* Takes the class of the report from its first recipient that failed, else from its first. */
void detect_conclude(struct detection *detection, enum bounce_detector detector);

/* Collects the tokens in the envelope recipient, in the returned header and in the envelope sender
 * that a feedback report names (tokens.c). */
void detect_tokens(struct detection *detection);

/* Collects the tokens in links to leave in the returned message's text. */
void detect_links(struct detection *detection);

/* Collects the tokens in one value of the returned message. */
void detect_token_value(struct detection *detection, const char *value);

#endif
