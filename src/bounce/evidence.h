/*
 * The evidence that a message is a machine's report or a person's letter: sender, return path,
 * subject, first words, list headers. No piece of it decides alone.
 */
#ifndef BOUNCE_EVIDENCE_H
#define BOUNCE_EVIDENCE_H

#include "bounce/meanings.h"
#include "bounce/split.h"

/* A report's own text, cut at the returned message, whose header is read from the text. */
struct evidence_text {
    const char *text; /* UTF-8 */
    size_t len;
    bool marked;                  /* a line says that the returned message follows */
    struct split_fields returned; /* read behind that line; may be empty */
    const char *said;   /* as `text`, with blanks for somebody else's words: quoted lines, and the
                         * returned message's subject */
    const char *folded; /* first words, quoted lines left out, folded */
};

struct evidence {
    bool daemon;         /* From is a mail system */
    bool daemon_strong;  /* … and calls itself mailer-daemon */
    bool daemon_address; /* … and writes from its address */
    bool personal;       /* From has a name that is no mail system's */
    bool daemon_weak;    /* an address no person writes from, but which sends other mail too */
    bool device;         /* From is named like a device before a mail server: a virus scanner … */
    bool null_path;      /* Return-Path: <> */
    bool enveloped;      /* … names a sender, as that of a letter does */
    bool failed_header;  /* X-Failed-Recipients */
    bool automatic;      /* Auto-Submitted and its kind */
    bool replied;        /* … and says that it answers a message */
    bool bulk;           /* Precedence: bulk, junk or list */
    bool list;           /* List-* headers: a list's or newsletter's message */
    bool reply;          /* the subject is that of a reply or a forward */
    bool returned;       /* the returned message or its header is a part */
    bool coded;          /* a reply code or an enhanced code stands in the text */
    bool told;           /* the text gives a reason why mail is refused */
    bool letter;         /* has a greeting and a closing, as a letter has */
    bool quoting;        /* quotes a message as people do */
    const char *subject; /* folded, reply prefixes taken away */
    enum meaning bounce_subject; /* MEANING_SUBJECT_…; NONE: not a bounce's */
    bool auto_subject;           /* begins like an automatic reply */
    enum meaning opening;        /* MEANING_OPENING_…; NONE: it has none */
    bool opens;                  /* … and that is how the text begins */
    const char *from;            /* address of From, "" if none */
    struct evidence_text body;
};

void evidence_read(struct arena *arena, const struct split *split, struct evidence *evidence);

/* Whether a message without RFC 3464 fields may be treated as a bounce because of its text. */
bool evidence_of_bounce(const struct evidence *evidence);

/* Whether a machine vouches for the RFC 3464 fields in it: a person may have forwarded them. */
bool evidence_of_machine(const struct evidence *evidence);

#endif
