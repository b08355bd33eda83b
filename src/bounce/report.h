/*
 * The content of a returned message as a struct: what it is, whom it is about, and the evidence.
 *
 * A report has a fixed size and no pointers, so that it can cross the pipe from the sandbox as a
 * whole and be checked field by field on arrival (answer.h). It is made from the content of one
 * message alone: the judge verifies whether a token in it is really ours, because the process that
 * parses has no key.
 */
#ifndef BOUNCE_REPORT_H
#define BOUNCE_REPORT_H

#include <stdbool.h>
#include <stddef.h>

enum bounce_class {
    BOUNCE_UNKNOWN,     /* a machine wrote it and it cannot be classified, or it is no message at
                         * all: Quarantine */
    BOUNCE_MAIL,        /* ordinary mail, kept for people */
    BOUNCE_HARD,        /* the address is dead */
    BOUNCE_SOFT,        /* not delivered, but not the reader's fault or only temporary */
    BOUNCE_DELAYED,     /* not delivered yet; counts for nothing */
    BOUNCE_COMPLAINT,   /* the reader called it spam */
    BOUNCE_AUTO_REPLY,  /* vacation notice, receipt: counts for nothing */
    BOUNCE_UNSUBSCRIBE, /* a request to leave */
    BOUNCE_CONFIRM,     /* unused: no mail confirms. Its count stays in the JSON, as 0 */
    BOUNCE_CHALLENGE,   /* asks us to prove that we are a person */
    BOUNCE_REPORT,      /* about our domain, for its administrator: DMARC, TLS; counts for
                           nothing */
    BOUNCE_CLASSES
};

/* The reason, as a word that a report can count. */
enum bounce_reason {
    REASON_NONE,
    /* The address is dead. */
    REASON_USER_UNKNOWN,
    REASON_HOST_UNKNOWN,
    REASON_DISABLED,
    REASON_MOVED,
    REASON_NO_MAIL, /* the domain declares that it accepts no mail (RFC 7505) */
    /* A dead address if the reply is permanent: "mailbox unavailable". */
    REASON_UNAVAILABLE,
    /* Not the reader's fault, or temporary. */
    REASON_MAILBOX_FULL,
    REASON_SUSPENDED,
    REASON_SENDER,         /* our envelope sender or From was refused */
    REASON_AUTHENTICATION, /* SPF, DKIM, DMARC, PTR */
    REASON_BLOCKED,        /* reputation of our address */
    REASON_SPAM,
    REASON_VIRUS,
    REASON_POLICY,
    REASON_RELAYING,
    REASON_TOO_BIG,
    REASON_CONTENT,
    REASON_TOO_FAST,
    REASON_GREYLISTED,
    REASON_EXPIRED,
    REASON_NETWORK,
    REASON_LOOP,
    REASON_SYSTEM,
    REASON_PROTOCOL,
    REASON_UNDETERMINED,
    /* For messages that are not bounces. */
    REASON_ABUSE,
    REASON_OPT_OUT,
    REASON_NOT_SPAM,
    REASON_RECEIPT,
    REASON_VACATION,
    REASON_PERSON,
    REASON_DMARC_REPORT,
    REASON_TLS_REPORT,
    REASON_COUNT
};

/* Which detector recognised the message. */
enum bounce_detector {
    DETECTOR_NONE,
    DETECTOR_ENVELOPE,    /* our token in the envelope recipient */
    DETECTOR_DSN,         /* RFC 3464 fields */
    DETECTOR_FEEDBACK,    /* RFC 5965 */
    DETECTOR_TEXT,        /* the words of a known bounce */
    DETECTOR_HEADER,      /* a header field that only machines write */
    DETECTOR_SUBJECT,     /* the subject */
    DETECTOR_DISPOSITION, /* RFC 8098 */
    DETECTOR_NOTICE,      /* JSON of a service (Amazon SES) */
    DETECTOR_COUNT
};

/* RFC 3463 status code; all zero: none. */
struct bounce_status {
    int class, subject, detail;
};

enum { BOUNCE_ADDRESS = 255, BOUNCE_TEXT = 400, BOUNCE_PEOPLE = 16, BOUNCE_TOKENS = 8 };

struct bounce_recipient {
    char address[BOUNCE_ADDRESS]; /* UTF-8, one '@', as the report spells it */
    enum bounce_class class;
    enum bounce_reason reason;
    int code; /* SMTP reply code; 0: none */
    struct bounce_status status;
};

/* Where a token was found, which decides what it may be used for. */
enum bounce_place {
    PLACE_BOUNCES,     /* bounces+TOKEN@ in the envelope recipient */
    PLACE_UNSUBSCRIBE, /* unsubscribe+TOKEN@ in the envelope recipient */
    PLACE_RETURNED, /* in the header of the returned message, or Original-Mail-From of RFC 5965 */
    PLACE_LINK,     /* in an unsubscribe link in the returned message's text: only for
                       complaints, because feedback loops remove what names the reader from the
                       header */
    PLACE_COUNT
};

enum { BOUNCE_TOKEN_LEN = 40 };

/* A string in the form of a token. */
struct bounce_token {
    enum bounce_place place;
    char text[BOUNCE_TOKEN_LEN + 1];
};

enum { BOUNCE_SERVER = 128, BOUNCE_AUTH_RESULTS = 4 };

/* What the topmost Authentication-Results of one server (RFC 8601) has verified. */
struct bounce_auth_result {
    char server[BOUNCE_SERVER]; /* its authserv-id */
    char sources[BOUNCE_TEXT];  /* domains, and the address in From, in lower case, separated by
                                   spaces; "" if the server has verified none */
};

struct bounce_report {
    enum bounce_class class;
    enum bounce_reason reason;
    enum bounce_detector detector;
    int code;
    struct bounce_status status;
    bool automatic;         /* a machine sent it */
    char text[BOUNCE_TEXT]; /* the words that decided, one line of UTF-8; "" none */
    struct bounce_recipient recipients[BOUNCE_PEOPLE];
    size_t recipient_count;
    struct bounce_token tokens[BOUNCE_TOKENS];
    size_t token_count;
    struct bounce_auth_result auth_results[BOUNCE_AUTH_RESULTS]; /* the topmost first */
    size_t auth_result_count;
};

/* Short stable names: "hard", "auto-reply" …; "user unknown" …; "dsn" … */
const char *bounce_class_name(enum bounce_class class);
const char *bounce_reason_name(enum bounce_reason reason);
const char *bounce_detector_name(enum bounce_detector detector);

/* "5.1.1", or "" for none. */
enum { BOUNCE_STATUS_TEXT = 16 };
void bounce_status_format(const struct bounce_status *status, char out[BOUNCE_STATUS_TEXT]);

/* Finds the recipient by address, ignoring case; NULL if there is none. */
struct bounce_recipient *bounce_report_find(struct bounce_report *report, const char *address);

/* How good the outcome is for a recipient: a receipt (delivered, relayed, expanded) 4, delayed 3,
 * soft 2, hard 1, anything else 0. If an address stands for several mailboxes the best outcome
 * decides: a copy that reached one of them has been delivered. */
int bounce_outcome(enum bounce_class class);

/* Adds a recipient unless its address is there already or there are BOUNCE_PEOPLE. False if not
 * added. */
bool bounce_report_add(struct bounce_report *report, const struct bounce_recipient *recipient);

#endif
