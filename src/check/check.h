/*
 * Finds what is wrong with an issue before it is sent, with one table of rules over the finished
 * parts.
 *
 * Pure: it receives the finished HTML, text and message bytes of some readers, the values they were
 * made from and the facts of the comparisons, and returns findings with their places. It does not
 * use the database or the network, and changes nothing.
 */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/value.h"

enum check_level { CHECK_INFO, CHECK_WARNING, CHECK_ERROR };
const char *check_level_name(enum check_level level); /* "info" … */

/* A row of the table: every rule has one. */
struct check_rule {
    const char *name; /* "html-clipped" */
    enum check_level level;
    const char *sentence; /* what must hold */
    const char *why;      /* what goes wrong otherwise */
    const char *source;   /* who says so */
};

/* Walks the table in its order: NULL past its end. */
const struct check_rule *check_rule_at(size_t index);

/* One reader's finished copy. */
struct check_copy {
    const char *label;             /* "everything", "Design": who gets this copy */
    const struct value *variables; /* what the templates read for it; NULL: not known */
    const char *html, *text, *message;
    size_t html_len, text_len, message_len;
    const char *address; /* what the copy's own values were; each stands in the parts */
    const char *unsubscribe_url;
    const char *preferences_url;
    const char *const *notes; /* words of an editor's notes that belong into this copy */
    size_t note_count;
};

/* What is known of a comparison beyond its text. */
struct check_comparison {
    const char *title;
    const char *left, *right;         /* names of the tools */
    bool left_verdict, right_verdict; /* the panel has given one */
    const char *left_clash;           /* "10%, but 2 of 2 reviews ship it": a share of the panel */
    const char *right_clash;          /* and verdicts that cannot both be true; NULL: none */
    const char *left_price;           /* as they were told; NULL or "": none */
    const char *right_price;
    int64_t updated_at; /* when its price was last told; 0: not known */
    bool withdrawn;     /* since the issue was approved */
    const char
        *looks_like; /* "it looks like a-vs-b, which issue 3 (2026-W46) had: …"; NULL: nothing */
    const char *repeats; /* "issue 3 (2026-W46)" that had the same pair; NULL: none */
};

/* What subject, preheader, headline or an editor's note say and nothing in the comparisons does. */
struct check_claim {
    const char *part, *words; /* "subject", "4 of 4" */
    const char *topics;       /* of whose copy; NULL or "": of everybody's */
    bool own;                 /* in words of the program's own; else an editor's */
};

struct check_input {
    const struct check_copy *copies; /* first the one for everything */
    size_t copy_count;
    const char *subject, *preheader;
    const char *postal_address;
    const char *message_id_domain;
    const char *const
        *hosts; /* that links may lead to, beside those in `variables`; ends in NULL */
    const struct value *variables; /* what the templates read; NULL: not known */
    const struct check_comparison *comparisons;
    size_t comparison_count;
    const struct check_claim *claims;
    size_t claim_count;
    const char *const *lost; /* a line for each of an editor's words without a place */
    size_t lost_count;
    int64_t date;          /* of the issue */
    int64_t price_max_age; /* seconds; 0: prices never grow stale */
};

struct check_finding {
    const struct check_rule *rule;
    const char *part;    /* "html", "text", "message", "subject", "preheader", "headline",
                             "note", "comparison" */
    const char *copy;    /* label of the first copy that has it; "" where it is of the issue */
    int line, column;    /* in that part, from 1; 0: of the whole part */
    const char *message; /* one line: what was found, what to do */
    struct check_finding *next;
};

struct check_report {
    struct check_finding *findings; /* errors first, then warnings, then infos */
    size_t counts[CHECK_ERROR + 1]; /* [enum check_level] */
};

/* Everything lives in `arena`. A finding that several copies share is reported once. */
void check_run(struct arena *arena, const struct check_input *input, struct check_report *report);

/* "html:12:4: error: … (rule)" a line. */
void check_print(struct buf *out, const struct check_report *report);

/* {errors, warnings, infos, findings: [{rule, level, part, copy, line, column, message, why,
 * source}]}. */
struct value *check_to_value(struct arena *arena, const struct check_report *report);

#endif
