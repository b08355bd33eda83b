/*
 * Look-alikes: comparisons and tools that are probably the same, though by their identity they are
 * two. This is only reported; nothing is decided by it.
 *
 * Two names look alike if their letters and digits are the same and only symbols differ, or if they
 * differ by one letter, or by two adjacent letters that are swapped. Names that differ in digits
 * never look alike, nor do tools that some comparison compares with each other. Two comparisons
 * look alike if their tools do, on either side; if the quotes of their tools are the same; or if
 * they have the same url.
 *
 * Each tool has a few keys in the table tool_likeness (its letters, either half of them, its
 * quotes), so that finding a look-alike takes a handful of index lookups, however many tools there
 * are.
 */
#ifndef STORE_ALIKE_H
#define STORE_ALIKE_H

#include "store/comparison.h"

/* A name in the form by which look-alikes are compared. */
struct alike_form {
    const uint32_t *points; /* letters and digits, folded, letters without their accents */
    size_t count;
    const uint32_t *digits; /* those of them that are digits */
    size_t digit_count;
    const uint32_t *lone; /* letters that are words: "Plan B" is no misspelling of "Plan A" */
    size_t lone_count;
};

struct alike_form alike_form(struct arena *arena, const char *name);
/* A phrase for a message, between the two names: "has the same letters and digits as". */
const char *likeness_phrase(enum likeness how);

/* SIGNS, LETTER or NONE. */
enum likeness alike_names(const struct alike_form *left, const struct alike_form *right);

enum { ALIKE_NAME_KEYS = 3 };
/* The keys of a name, 0 where it has none; and the key of a tool's quotes, 0 if they are too short.
 * `quotes` has '\n' after each of them. */
void alike_name_keys(const struct alike_form *form, int64_t keys[ALIKE_NAME_KEYS]);
int64_t alike_quotes_key(const char *quotes, size_t len);

/* Stores the keys of a tool's present name and quotes. Keys of earlier names are kept; they lead to
 * a tool whose present name is then compared. */
bool alike_note(struct store *store, struct arena *arena, const struct tool *tool,
                struct failure *why) MUST_CHECK;

/* Finds a look-alike of a stored comparison in an issue of a week before the ISO week `before` that
 * was sent or begun. */
bool alike_find_told(struct store *store, struct arena *arena, const struct comparison *comparison,
                     const char *before, struct look_alike *found, struct failure *why) MUST_CHECK;
/* Finds a look-alike among the comparisons with these slugs, which are separated by spaces, with
 * one before the first and one after the last. */
bool alike_find_among(struct store *store, struct arena *arena, const struct comparison *comparison,
                      const char *among, struct look_alike *found, struct failure *why) MUST_CHECK;
/* Finds a look-alike of a comparison that was just imported: the newest one that is not withdrawn;
 * if there is none, a tool whose name is like that of a new tool. */
bool alike_find_known(struct store *store, struct arena *arena, const struct comparison *comparison,
                      bool left_new, bool right_new, struct look_alike *found,
                      struct failure *why) MUST_CHECK;

#endif
