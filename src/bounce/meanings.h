/*
 * What a phrase can mean: the meanings that a row of a table may have (phrases/README.md),
 * and how rows of each are compared. No phrase stands in the program's text.
 */
#ifndef BOUNCE_MEANINGS_H
#define BOUNCE_MEANINGS_H

#include <stddef.h>

/* Phrases that are looked for in the same texts. */
enum meaning_set {
    SET_WHY,     /* what servers say of why they do not deliver */
    SET_COMMAND, /* how reports name the command that was answered */
    SET_FORM,    /* subjects and bodies: reports, programs' answers, letters */
    SET_LINE,    /* what a line of a body is */
    SET_NAME,    /* who wrote: parts of From */
    SET_NEAR,    /* what stands before an address on its line */
    SETS
};

enum meaning {
    MEANING_NONE,
    /* SET_WHY. Where a text holds several, the first of these decides: what excuses the reader
     * wins over what condemns the address, as a false hard bounce throws a good reader away and a
     * missed one costs a message. */
    MEANING_IDLE, /* closed because nobody came, in words that otherwise refuse a sender */
    MEANING_SENDER,
    MEANING_AUTHENTICATION,
    MEANING_BLOCKED,
    MEANING_TOO_FAST,
    MEANING_RELAYING,
    MEANING_MAILBOX_FULL,
    MEANING_GREYLISTED,
    MEANING_LOOP,
    MEANING_SPAM,
    MEANING_VIRUS,
    MEANING_SUSPENDED,
    MEANING_NO_MAIL,
    MEANING_USER_UNKNOWN,
    MEANING_MOVED,
    MEANING_NETWORK,
    MEANING_HOST_UNKNOWN,
    MEANING_DISABLED,
    MEANING_TOO_BIG,
    MEANING_RULE,   /* a policy, named as one: no code for an unknown user makes it anything else */
    MEANING_POLICY, /* sounds like one */
    MEANING_CONTENT,
    MEANING_UNAVAILABLE,
    MEANING_EXPIRED,
    MEANING_SYSTEM,
    MEANING_PROTOCOL,
    /* SET_COMMAND; the first that stands in the text decides */
    MEANING_HELO,
    MEANING_MAIL,
    MEANING_RCPT,
    MEANING_DATA,
    MEANING_TEXT,
    /* SET_FORM */
    MEANING_SUBJECT_DELAYED, /* a warning that delivery goes on; goes before a failure */
    MEANING_SUBJECT_FAILED,
    MEANING_OPENING_DELAYED,
    MEANING_OPENING_FAILED,
    MEANING_OPENING_TERSE, /* stands in letters and logs too: only where a text begins with it */
    MEANING_AUTO_SUBJECT,
    MEANING_AUTO_TEXT,
    MEANING_AUTO_MACHINE, /* people write it too: believed of machines only */
    MEANING_NOTICE,       /* a subject that a mail system puts into a mailbox */
    MEANING_CHALLENGE,
    MEANING_LEAVE,         /* the whole subject, or the first line of a short message */
    MEANING_REPLY_PREFIX,  /* "Re", "AW" */
    MEANING_FAILED_PREFIX, /* of a subject that gives the returned message's behind it */
    MEANING_GREETING,
    MEANING_CLOSING,
    /* SET_LINE */
    MEANING_RETURNED,      /* the line above the returned message */
    MEANING_SUBJECT_FIELD, /* "Betreff:" */
    /* SET_NAME */
    MEANING_DAEMON,      /* a local part of mail systems */
    MEANING_MACHINE,     /* one from which no person writes */
    MEANING_HELPER,      /* one of those who help */
    MEANING_DAEMON_NAME, /* words of a display name */
    MEANING_DEVICE,      /* what stands before mail servers and writes to senders */
    MEANING_THING,       /* nobody is called so */
    /* SET_NEAR; the nearest decides whose address it is */
    MEANING_NEAR_OTHER,     /* surely not a recipient's */
    MEANING_NEAR_LINK,      /* a link's */
    MEANING_NEAR_ROUTE,     /* of the way */
    MEANING_NEAR_MAILTO,    /* a link's to write to */
    MEANING_NEAR_PERHAPS,   /* perhaps a recipient's */
    MEANING_NEAR_LIKELY,    /* a recipient's, if it is no other's */
    MEANING_NEAR_RECIPIENT, /* a recipient's */
    MEANINGS
};

/* How a row is compared with a text. */
enum meaning_place { PLACE_ANY, PLACE_FIRST, PLACE_WHOLE };

/* Which of two phrases decides where one stands within the other. */
enum meaning_rank {
    RANK_NONE,  /* each for itself: of one meaning, the shorter suffices */
    RANK_ORDER, /* the meaning that comes first */
    RANK_END,   /* the one that ends last: of one meaning and one end, the shorter suffices */
};

struct meaning_rule {
    const char *name;
    enum meaning_set set;
    enum meaning_place place;
    enum meaning_rank rank;
};

/* Of a meaning other than MEANING_NONE. */
const struct meaning_rule *meaning_rule(enum meaning meaning);

/* MEANING_NONE: no meaning has that name. */
enum meaning meaning_find(const char *name, size_t len);

#endif
