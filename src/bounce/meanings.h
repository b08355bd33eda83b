/*
 * The meanings that a phrase in the tables can have (phrases/README.md), and how the rows of each
 * meaning are matched. The phrases themselves are only in the tables.
 */
#ifndef BOUNCE_MEANINGS_H
#define BOUNCE_MEANINGS_H

#include <stddef.h>

/* Sets of phrases that are searched for in the same texts. */
enum meaning_set {
    SET_WHY,     /* reasons that servers give for not delivering */
    SET_COMMAND, /* how reports name the command that was answered */
    SET_FORM,    /* subjects and bodies: reports, programs' answers, letters */
    SET_LINE,    /* kinds of lines in a body */
    SET_NAME,    /* parts of From */
    SET_NEAR,    /* words in front of an address on its line */
    SETS
};

enum meaning {
    MEANING_NONE,
    /* SET_WHY. If a text contains several, the first of these decides: an excuse for the reader
     * wins over words that condemn the address, because a false hard bounce loses a good reader and
     * a missed one costs one message. */
    MEANING_IDLE, /* suspended because nobody logged in, in words that otherwise refuse a sender */
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
    MEANING_RULE,   /* names a policy explicitly: stays one even with a code for an unknown user */
    MEANING_POLICY, /* sounds like a policy */
    MEANING_CONTENT,
    MEANING_UNAVAILABLE,
    MEANING_EXPIRED,
    MEANING_SYSTEM,
    MEANING_PROTOCOL,
    /* SET_COMMAND; the first that occurs in the text decides */
    MEANING_HELO,
    MEANING_MAIL,
    MEANING_RCPT,
    MEANING_DATA,
    MEANING_TEXT,
    /* SET_FORM */
    MEANING_SUBJECT_DELAYED, /* a warning that delivery will be tried again; wins over a failure */
    MEANING_SUBJECT_FAILED,
    MEANING_OPENING_DELAYED,
    MEANING_OPENING_FAILED,
    MEANING_OPENING_TERSE, /* also occurs in letters and logs: counts only at the start of a text */
    MEANING_AUTO_SUBJECT,
    MEANING_AUTO_TEXT,
    MEANING_AUTO_MACHINE, /* people write it too: counts only in a machine's message */
    MEANING_NOTICE,       /* a subject that a mail system puts into a mailbox */
    MEANING_CHALLENGE,
    MEANING_LEAVE,         /* as the whole subject, or the first line of a short message */
    MEANING_REPLY_PREFIX,  /* "Re", "AW" */
    MEANING_FAILED_PREFIX, /* of a subject that continues with the returned message's subject */
    MEANING_GREETING,
    MEANING_CLOSING,
    /* SET_LINE */
    MEANING_RETURNED,      /* the line above the returned message */
    MEANING_SUBJECT_FIELD, /* "Betreff:" */
    /* SET_NAME */
    MEANING_DAEMON,      /* a local part of mail systems */
    MEANING_MACHINE,     /* a local part from which no person writes */
    MEANING_HELPER,      /* a local part of people who help */
    MEANING_DAEMON_NAME, /* words of a display name */
    MEANING_DEVICE,      /* a device in front of mail servers that writes to senders */
    MEANING_THING,       /* a word that is in no person's name */
    /* SET_NEAR; the nearest one decides whose address it is */
    MEANING_NEAR_OTHER,     /* certainly not a recipient's */
    MEANING_NEAR_LINK,      /* part of a link */
    MEANING_NEAR_ROUTE,     /* of a server on the way */
    MEANING_NEAR_MAILTO,    /* a link for writing to somebody */
    MEANING_NEAR_PERHAPS,   /* perhaps a recipient's */
    MEANING_NEAR_LIKELY,    /* a recipient's, unless something else says no */
    MEANING_NEAR_RECIPIENT, /* a recipient's */
    MEANINGS
};

/* Where in a text a row must match. */
enum meaning_place { PLACE_ANY, PLACE_FIRST, PLACE_WHOLE };

/* Which of two phrases wins if one contains the other. */
enum meaning_rank {
    RANK_NONE,  /* independent: of phrases with one meaning, the shorter is enough */
    RANK_ORDER, /* the meaning that comes first in enum meaning */
    RANK_END,   /* the one that ends last: of phrases with one meaning and one end, the shorter
                   is enough */
};

struct meaning_rule {
    const char *name;
    enum meaning_set set;
    enum meaning_place place;
    enum meaning_rank rank;
};

/* For any meaning but MEANING_NONE. */
const struct meaning_rule *meaning_rule(enum meaning meaning);

/* MEANING_NONE if no meaning has that name. */
enum meaning meaning_find(const char *name, size_t len);

#endif
