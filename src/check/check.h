/*
 * Finds what is wrong with an issue before it is sent, with one table of rules over the finished
 * parts.
 *
 * It receives the finished HTML, text and message bytes of some readers' copies, the values they
 * were made from and the facts of the comparisons, and returns findings with their positions. It
 * does not use the database or the network, and changes nothing.
 */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/value.h"

enum check_level { CHECK_INFO, CHECK_WARNING, CHECK_ERROR };
const char *check_level_name(enum check_level level); /* "info" … */

/* A row of the table of rules. */
struct check_rule {
    const char *name; /* "html-clipped" */
    enum check_level level;
    const char *sentence; /* the requirement */
    const char *why;      /* the consequence of breaking it */
    const char *source;   /* the authority for it */
};

/* The rules in the order of the table: NULL past its end. */
const struct check_rule *check_rule_at(size_t index);

/* One reader's finished copy. */
struct check_copy {
    const char *label;             /* "everything", "Design": who gets this copy */
    const char *preheader;         /* what its HTML begins with; NULL: the issue's */
    const struct value *variables; /* what the templates read for it; NULL: not known */
    const char *html, *text, *message;
    size_t html_len, text_len, message_len;
    const char *address; /* the copy's own values; each occurs in the parts */
    const char *unsubscribe_url;
    const char *preferences_url;
    const char *const *notes; /* words of an editor's notes that belong into this copy */
    size_t note_count;
};

/* What is known of a comparison beyond its text. */
struct check_comparison {
    const char *title;
    const char *left, *right;         /* names of the tools */
    bool left_verdict, right_verdict; /* the panel has given a verdict */
    const char *left_clash;           /* "10%, but 2 of 2 reviews ship it": a share of the panel */
    const char *right_clash;          /* and verdicts that cannot both be true; NULL: none */
    const char *left_price;           /* as the issue presents them; NULL or "": none */
    const char *right_price;
    int64_t updated_at; /* when its price was last confirmed; 0: not known */
    bool withdrawn;     /* since the issue was approved */
    const char
        *looks_like;     /* "it looks like a-vs-b, which issue 3 (2026-W46) had: …"; NULL: none */
    const char *repeats; /* "issue 3 (2026-W46)" that had the same pair; NULL: none */
};

/* What subject, preheader, headline or an editor's note say and nothing in the comparisons does. */
struct check_claim {
    const char *part, *words; /* "subject", "4 of 4" */
    const char *topics;       /* of the copy; NULL or "": of every copy */
    bool own;                 /* in text that the program composed; otherwise an editor's */
};

struct check_input {
    const struct check_copy *copies; /* the one for everything comes first */
    size_t copy_count;
    const char *subject, *preheader;
    const char *postal_address;
    const char *message_id_domain;
    const char *const
        *hosts; /* that links may lead to, besides those in `variables`; ends with NULL */
    const struct value *variables; /* the data of the templates; NULL: not known */
    const struct check_comparison *comparisons;
    size_t comparison_count;
    const struct check_claim *claims;
    size_t claim_count;
    const char *const *lost; /* a line for each of an editor's words without a place */
    size_t lost_count;
    int64_t date;          /* of the issue */
    int64_t price_max_age; /* seconds; 0: prices never become stale */
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

/* Prints a line for each finding: "html:12:4: error: … (rule)". */
void check_print(struct buf *out, const struct check_report *report);

/* {errors, warnings, infos, findings: [{rule, level, part, copy, line, column, message, why,
 * source}]}. */
struct value *check_to_value(struct arena *arena, const struct check_report *report);

#endif
