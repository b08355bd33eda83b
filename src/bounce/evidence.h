/*
 * Collects the evidence that tells a machine's report from a person's letter: sender, return path,
 * subject, first words, list headers. No single item decides.
 */
#ifndef BOUNCE_EVIDENCE_H
#define BOUNCE_EVIDENCE_H

#include "bounce/meanings.h"
#include "bounce/split.h"

/* A report's own text, up to the returned message, whose header is read from the text. */
struct evidence_text {
    const char *text; /* UTF-8 */
    size_t len;
    bool marked;                  /* a line announces the returned message */
    struct split_fields returned; /* read after that line; may be empty */
    const char *said;   /* `text` with blanks in place of other people's words: quoted lines, and
                           the returned message's subject */
    const char *folded; /* first words, quoted lines left out, folded */
};

struct evidence {
    bool daemon;         /* From is a mail system */
    bool daemon_strong;  /* … and calls itself mailer-daemon */
    bool daemon_address; /* … and writes from its address */
    bool personal;       /* From has a display name that is not a mail system's */
    bool daemon_weak;    /* an address that no person writes from, but that also sends mail other
                            than bounces */
    bool device;         /* From has the name of a device in front of a mail server: a virus
                            scanner … */
    bool null_path;      /* Return-Path: <> */
    bool enveloped;      /* … contains a sender, as a letter's does */
    bool failed_header;  /* X-Failed-Recipients */
    bool automatic;      /* Auto-Submitted or a similar field */
    bool replied;        /* … and says that it answers a message */
    bool bulk;           /* Precedence: bulk, junk or list */
    bool list;           /* List-* headers: a list's or newsletter's message */
    bool reply;          /* the subject is that of a reply or a forward */
    bool returned;       /* the returned message or its header is a part */
    bool coded;          /* the text contains a reply code or an enhanced code */
    bool told;           /* the text gives a reason why mail is refused */
    bool letter;         /* it has a greeting and a closing, like a letter */
    bool quoting;        /* quotes a message as people do */
    const char *subject; /* folded, without reply prefixes */
    enum meaning bounce_subject; /* MEANING_SUBJECT_…; NONE: not a bounce's */
    bool auto_subject;           /* begins like an automatic reply */
    enum meaning opening;        /* MEANING_OPENING_…; NONE if there is none */
    bool opens;                  /* … and the text begins with it */
    const char *from;            /* address of From, "" if none */
    struct evidence_text body;
};

void evidence_read(struct arena *arena, const struct split *split, struct evidence *evidence);

/* Whether a message without RFC 3464 fields may be treated as a bounce because of its text. */
bool evidence_of_bounce(const struct evidence *evidence);

/* Whether there is evidence that a machine sent the RFC 3464 fields in it: a person may have
 * forwarded them. */
bool evidence_of_machine(const struct evidence *evidence);

#endif
