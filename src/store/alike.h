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

/* A name as look-alikes are told by. */
struct alike_form {
    const uint32_t *points; /* letters and digits, folded, letters without their accents */
    size_t count;
    const uint32_t *digits; /* those of them that are digits */
    size_t digit_count;
    const uint32_t *lone; /* letters that are a word by themselves: "Plan B" is no slip of "Plan A"
                           */
    size_t lone_count;
};

struct alike_form alike_form(struct arena *arena, const char *name);
/* In words, between what is alike: "has the same letters and digits as". */
const char *likeness_phrase(enum likeness how);

/* SIGNS, LETTER or NONE. */
enum likeness alike_names(const struct alike_form *left, const struct alike_form *right);

enum { ALIKE_NAME_KEYS = 3 };
/* The keys of a name, 0 where it has none; and of all quotes of a tool, 0 where they are few words.
 * `quotes` is each of them with '\n' behind it. */
void alike_name_keys(const struct alike_form *form, int64_t keys[ALIKE_NAME_KEYS]);
int64_t alike_quotes_key(const char *quotes, size_t len);

/* Makes a stored tool findable by its present name and quotes. Keys of former ones stay, and lead
 * to a tool whose name is looked at again. */
bool alike_note(struct store *store, struct arena *arena, const struct tool *tool,
                struct failure *why) MUST_CHECK;

/* Of a stored comparison: what it looks like that stands in an earlier issue than that of the ISO
 * week `before`, one that was sent or begun. */
bool alike_find_told(struct store *store, struct arena *arena, const struct comparison *comparison,
                     const char *before, struct look_alike *found, struct failure *why) MUST_CHECK;
/* … what it looks like of those with these slugs, which stand parted by spaces, with one before the
 * first and one behind the last. */
bool alike_find_among(struct store *store, struct arena *arena, const struct comparison *comparison,
                      const char *among, struct look_alike *found, struct failure *why) MUST_CHECK;
/* Of one that has just come in: what it looks like that is not withdrawn, the last one that came;
 * else what the name of a tool looks like that is new. */
bool alike_find_known(struct store *store, struct arena *arena, const struct comparison *comparison,
                      bool left_new, bool right_new, struct look_alike *found,
                      struct failure *why) MUST_CHECK;

#endif
