/*
 * What a refusal means: whose fault it is, and what the operator can do about it. One table serves
 * both the replies that we get while sending and the reports that come back by mail.
 *
 * First the command that was answered decides: replies to MAIL, HELO and AUTH are never about the
 * recipient. Then the code, the enhanced status code (RFC 3463), the words and the host that said
 * them are looked up in rows (refusal_rows.c), each with its source; the first row that fits
 * decides. Only a row can blame a recipient. A refusal that fits no row is UNKNOWN and counts
 * against nobody.
 *
 * Pure: knows no connection, no ledger and no reader.
 */
#ifndef SMTP_REFUSAL_H
#define SMTP_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>

/* The command that was answered. */
enum refusal_command {
    REFUSAL_REPORT, /* unknown: a report by mail (RFC 3464) does not say */
    REFUSAL_HELO,   /* the greeting, HELO, EHLO, AUTH */
    REFUSAL_MAIL,
    REFUSAL_RCPT,
    REFUSAL_DATA,
    REFUSAL_TEXT, /* the text or its final dot */
};

enum refusal_fault {
    REFUSAL_UNKNOWN,
    REFUSAL_RECIPIENT, /* the address does not exist, as far as the server knows */
    REFUSAL_MAILBOX,   /* the mailbox accepts nothing at the moment */
    REFUSAL_RECEIVER,  /* a policy of the receiver towards us: reputation, pace, authentication */
    REFUSAL_OURS,      /* our relay, our account with it, our sender's address */
    REFUSAL_CONTENT,   /* this message */
    REFUSAL_FAULTS
};
/* "unknown", "recipient", "mailbox", "receiver", "ours", "content": as stored in the ledger. */
const char *refusal_fault_name(enum refusal_fault fault);
bool refusal_fault_find(const char *name, enum refusal_fault *fault);

/* The reason, grouped by fault, in the order of enum refusal_fault. */
enum refusal_reason {
    REFUSAL_UNDETERMINED,
    /* The recipient's fault. */
    REFUSAL_USER_UNKNOWN,
    REFUSAL_HOST_UNKNOWN,
    REFUSAL_DISABLED,
    REFUSAL_MOVED,
    REFUSAL_NO_MAIL,     /* the domain declares that it accepts no mail (RFC 7505) */
    REFUSAL_UNAVAILABLE, /* "mailbox unavailable": a dead address if the reply is permanent */
    /* The mailbox's fault, and temporary. */
    REFUSAL_MAILBOX_FULL,
    REFUSAL_SUSPENDED,
    REFUSAL_MAILBOX_LIMIT, /* the message is too big for this mailbox */
    /* The receiver's policy. */
    REFUSAL_GREYLISTED,
    REFUSAL_AUTHENTICATION, /* SPF, DKIM, DMARC, reverse DNS, TLS */
    REFUSAL_BLOCKED,        /* reputation of the sending host or domain */
    REFUSAL_TOO_FAST,
    REFUSAL_POLICY,
    /* Our fault. */
    REFUSAL_QUOTA,      /* our account has used up its quota */
    REFUSAL_ACCOUNT,    /* our account is paused, disabled or not yet activated */
    REFUSAL_LOGIN,      /* the relay requires a login, or a different one */
    REFUSAL_SENDER,     /* our envelope sender or From */
    REFUSAL_UNVERIFIED, /* the provider has not verified that the address is ours */
    REFUSAL_RELAYING,
    REFUSAL_LOOP,
    REFUSAL_NETWORK, /* the relay cannot reach other servers */
    REFUSAL_EXPIRED, /* the relay gave up after trying for its maximum time */
    REFUSAL_SYSTEM,  /* an internal problem of the relay */
    REFUSAL_PROTOCOL,
    /* The message's fault. */
    REFUSAL_SPAM,
    REFUSAL_VIRUS,
    REFUSAL_BODY,      /* content or form */
    REFUSAL_TOO_BIG,   /* for any mailbox */
    REFUSAL_SIGNATURE, /* a second DKIM signature, or one over what the relay rewrites */
    REFUSAL_REASONS
};

struct refusal_question {
    enum refusal_command command;
    int code;             /* reply code; 0: unknown */
    const char *enhanced; /* "5.1.1"; NULL or "": none */
    const char *words;    /* UTF-8, as the server wrote them; NULL: none */
    const char *host;     /* the host that replied, "smtp.example.org"; NULL: unknown */
};

struct refusal {
    enum refusal_fault fault;
    enum refusal_reason reason;
    bool permanent;     /* 5xx, or an enhanced code that begins with 5 where there is no code */
    bool by_words;      /* decided by the words, not by the codes alone */
    bool settles;       /* permanent and certainly the recipient's fault: the row becomes
                           `refused` */
    const char *remedy; /* for the operator, a clause without full stop; NULL if there is none */
    const char *source; /* of the row; "" if none fits */
};

struct refusal refusal_read(const struct refusal_question *question);

#endif
