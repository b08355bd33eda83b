/*
 * What a refusal means: whose fault it is, and what the operator can do about it. One table for
 * the replies that we get while sending and for the reports that come back by mail.
 *
 * The command that was answered decides before any words: MAIL, HELO and AUTH never speak of the
 * recipient. Then the code, the enhanced status code (RFC 3463), the words and the host that said
 * it are looked up in rows (refusal_rows.c), each with its source; the first row that fits decides.
 * Only a row can blame a recipient. What no row knows is UNKNOWN, and counts against nobody.
 *
 * Pure: knows no connection, no ledger and no reader.
 */
#ifndef SMTP_REFUSAL_H
#define SMTP_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>

/* What was answered. */
enum refusal_command {
    REFUSAL_REPORT, /* not known: a report by mail (RFC 3464) does not tell */
    REFUSAL_HELO,   /* the greeting, HELO, EHLO, AUTH */
    REFUSAL_MAIL,
    REFUSAL_RCPT,
    REFUSAL_DATA,
    REFUSAL_TEXT, /* the text or its final dot */
};

enum refusal_fault {
    REFUSAL_UNKNOWN,
    REFUSAL_RECIPIENT, /* the address is dead, as far as the server knows */
    REFUSAL_MAILBOX,   /* the mailbox takes nothing at the moment */
    REFUSAL_RECEIVER,  /* a policy of the receiver towards us: reputation, pace, authentication */
    REFUSAL_OURS,      /* our relay, our account with it, our sender's address */
    REFUSAL_CONTENT,   /* this message */
    REFUSAL_FAULTS
};
/* "unknown", "recipient", "mailbox", "receiver", "ours", "content": as the ledger keeps it. */
const char *refusal_fault_name(enum refusal_fault fault);
bool refusal_fault_find(const char *name, enum refusal_fault *fault);

/* Why. Grouped by fault, in the order of enum refusal_fault. */
enum refusal_reason {
    REFUSAL_UNDETERMINED,
    /* The recipient's. */
    REFUSAL_USER_UNKNOWN,
    REFUSAL_HOST_UNKNOWN,
    REFUSAL_DISABLED,
    REFUSAL_MOVED,
    REFUSAL_NO_MAIL,     /* the domain declares that it takes no mail (RFC 7505) */
    REFUSAL_UNAVAILABLE, /* "mailbox unavailable": dead where the reply is permanent */
    /* The mailbox's, and it passes. */
    REFUSAL_MAILBOX_FULL,
    REFUSAL_SUSPENDED,
    REFUSAL_MAILBOX_LIMIT, /* the message is too big for this mailbox */
    /* The receiver's policy. */
    REFUSAL_GREYLISTED,
    REFUSAL_AUTHENTICATION, /* SPF, DKIM, DMARC, reverse DNS, TLS */
    REFUSAL_BLOCKED,        /* reputation of the sending host or domain */
    REFUSAL_TOO_FAST,
    REFUSAL_POLICY,
    /* Ours. */
    REFUSAL_QUOTA,      /* what our account may send is used up */
    REFUSAL_ACCOUNT,    /* our account is paused, disabled or not yet released */
    REFUSAL_LOGIN,      /* the relay wants a login, or another one */
    REFUSAL_SENDER,     /* our envelope sender or From */
    REFUSAL_UNVERIFIED, /* the provider has not seen that the address is ours */
    REFUSAL_RELAYING,
    REFUSAL_LOOP,
    REFUSAL_NETWORK, /* the relay cannot reach others */
    REFUSAL_EXPIRED, /* the relay has tried for long enough */
    REFUSAL_SYSTEM,  /* the relay's own trouble */
    REFUSAL_PROTOCOL,
    /* The message's. */
    REFUSAL_SPAM,
    REFUSAL_VIRUS,
    REFUSAL_BODY,      /* content or form */
    REFUSAL_TOO_BIG,   /* for any mailbox */
    REFUSAL_SIGNATURE, /* a second DKIM signature, or one over what the relay rewrites */
    REFUSAL_REASONS
};

struct refusal_question {
    enum refusal_command command;
    int code;             /* reply code; 0: not known */
    const char *enhanced; /* "5.1.1"; NULL or "": none */
    const char *words;    /* UTF-8, as the server wrote them; NULL: none */
    const char *host;     /* who said it, "smtp.example.org"; NULL: not known */
};

struct refusal {
    enum refusal_fault fault;
    enum refusal_reason reason;
    bool permanent;     /* 5xx, or an enhanced code that begins with 5 where there is no code */
    bool by_words;      /* the words have decided, not the codes alone */
    bool settles;       /* permanent and surely the recipient's: the row is `refused` */
    const char *remedy; /* for the operator, a clause without full stop; NULL: there is none */
    const char *source; /* of the row; "" where none fits */
};

struct refusal refusal_read(const struct refusal_question *question);

#endif
