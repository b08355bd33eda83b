/*
 * The words by which machines' and people's mail is recognised, as data: tables of phrases with
 * what each means, in many languages (words_*.c), and the search for them.
 *
 * Phrases are written as people write them. Tables and texts are brought to one form before they
 * are compared: case folded, compatibility forms and accents taken away, white space and line
 * breaks made one space. A blank at the end of a phrase is an end of a word; a '*' in a phrase
 * stands for at most WORDS_GAP bytes of anything.
 */
#ifndef BOUNCE_WORDS_H
#define BOUNCE_WORDS_H

#include "base/arena.h"
#include "bounce/report.h"

enum { WORDS_GAP = 90 };

/* A row of a table; a table ends with a NULL phrase. `meaning` is the table's own. */
struct word {
    const char *phrase;
    int meaning;
};

/* Why a message was not delivered; meaning: enum bounce_reason. The order of reasons in
 * words_reason_order[] decides where a text has several: what excuses the reader comes first. */
extern const struct word words_excuses[];
extern const struct word words_senders[];
extern const struct word words_reasons[];
extern const struct word words_reach[];
extern const struct word words_foreign[];
extern const struct word words_absent[];
extern const struct word words_idle[]; /* before any order */
extern const enum bounce_reason words_reason_order[];

/* How a report names the command that a server answered; meaning: enum refusal_command. */
extern const struct word words_commands[];

/* What a machine's report says of itself. */
enum word_report {
    WORD_FAILED,   /* a subject or opening of a bounce */
    WORD_DELAYED,  /* of a warning that delivery goes on */
    WORD_TERSE,    /* an opening that other texts hold too: only where a text begins with it */
    WORD_RETURNED, /* the line above the returned message */
    WORD_DAEMON,   /* the name of a mail system in From */
};
extern const struct word words_subjects[];
extern const struct word words_openings[];
extern const struct word words_markers[];
extern const struct word words_daemons[];
extern const struct word words_daemon_names[];
extern const struct word words_machines[];
extern const struct word words_devices[];
extern const struct word words_notices[];

/* What people and their programs write; meaning: enum bounce_class. */
extern const struct word words_auto_subjects[];
extern const struct word words_auto_texts[];
extern const struct word words_leave[];
extern const struct word words_greetings[];
extern const struct word words_closings[];
extern const struct word words_challenges[];

/* Tables in the form in which they are compared. */
struct lexicon {
    struct words_table {
        const struct word *rows;
        const char **folded; /* as many as rows */
        size_t count;
    } excuses, senders, reasons, reach, foreign, absent, idle, commands, subjects, openings,
        markers, daemons, daemon_names, machines, devices, notices, auto_subjects, auto_texts,
        leave, greetings, closings, challenges;
};

/* Made once a process; lives in the arena. */
const struct lexicon *lexicon_make(struct arena *arena);

/* The text in that form; at most `limit` bytes of it are read. */
const char *words_fold(struct arena *arena, const char *text, size_t len, size_t limit);

/* The first row of the table, in the table's order, that stands in the folded text; NULL: none.
 * `at` (may be NULL) gets where. */
const struct word *words_find(const struct words_table *table, const char *folded, const char **at);

/* The first row with which the folded text begins. */
const struct word *words_begins(const struct words_table *table, const char *folded);
/* The first row that is the whole folded text. */
const struct word *words_equals(const struct words_table *table, const char *folded);

/* What the folded text says of why, by words_reason_order. */
enum bounce_reason words_reason(const struct lexicon *lexicon, const char *folded);

#endif
