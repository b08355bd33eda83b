/* The tables of words: no row that cannot decide anything, and the star. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "bounce/words.h"

#include <cmocka.h>

static struct arena arena;
static const struct lexicon *lexicon;

static int open_lexicon(void **state)
{
    (void)state;
    lexicon = lexicon_make(&arena);
    return 0;
}

static int close_lexicon(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

/* Whether wherever `phrase` stands `other` does too. */
static bool holds(const char *phrase, const char *other)
{
    return strchr(other, '*') == NULL && strstr(phrase, other) != NULL;
}

/* Of a table whose first row decides: a row behind one that it holds never does. */
static int dead_rows(const struct words_table *table)
{
    int dead = 0;
    for (size_t i = 0; i < table->count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (holds(table->folded[i], table->folded[j])) {
                print_error("\"%s\" stands behind \"%s\"\n", table->rows[i].phrase,
                            table->rows[j].phrase);
                dead++;
            }
        }
    }
    return dead;
}

static void a_row_behind_one_that_it_holds_is_not_there(void **state)
{
    (void)state;
    const struct words_table *tables[] = {
        &lexicon->idle,     &lexicon->subjects,    &lexicon->openings,   &lexicon->markers,
        &lexicon->devices,  &lexicon->notices,     &lexicon->auto_texts, &lexicon->challenges,
        &lexicon->closings, &lexicon->daemon_names};
    int dead = 0;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        dead += dead_rows(tables[i]);
    }
    assert_int_equal(dead, 0);
}

/* Of the tables of reasons each meaning counts once: a row that holds another of its meaning adds
 * nothing, in whichever table. */
static int idle_rows(const struct words_table *table, const struct words_table *other)
{
    int idle = 0;
    for (size_t i = 0; i < table->count; i++) {
        for (size_t j = 0; j < other->count; j++) {
            bool same = table == other && i == j;
            if (!same && table->rows[i].meaning == other->rows[j].meaning &&
                holds(table->folded[i], other->folded[j])) {
                print_error("\"%s\" says no more than \"%s\"\n", table->rows[i].phrase,
                            other->rows[j].phrase);
                idle++;
            }
        }
    }
    return idle;
}

static void each_reason_has_no_row_that_another_makes_needless(void **state)
{
    (void)state;
    const struct words_table *tables[] = {&lexicon->excuses, &lexicon->senders, &lexicon->reasons,
                                          &lexicon->reach,   &lexicon->foreign, &lexicon->absent};
    int idle = 0;
    for (size_t i = 0; i < 6; i++) {
        for (size_t j = 0; j < 6; j++) {
            idle += idle_rows(tables[i], tables[j]);
        }
    }
    assert_int_equal(idle, 0);
}

/* Each row is found in itself, so that none can never match. */
static void each_row_is_found_in_what_it_says(void **state)
{
    (void)state;
    const struct words_table *tables[] = {&lexicon->excuses, &lexicon->senders, &lexicon->reasons,
                                          &lexicon->reach,   &lexicon->foreign, &lexicon->absent};
    for (size_t i = 0; i < 6; i++) {
        for (size_t j = 0; j < tables[i]->count; j++) {
            const struct word rows[] = {tables[i]->rows[j], {NULL, 0}};
            const char *folded = tables[i]->folded[j];
            struct words_table one = {rows, &folded, 1};
            const char *said = words_fold(&arena, rows[0].phrase, strlen(rows[0].phrase), 400);
            said = arena_format(&arena, " %s ", said);
            if (words_find(&one, said, NULL) == NULL) {
                fail_msg("\"%s\" is not found in itself", rows[0].phrase);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_behind_one_that_it_holds_is_not_there),
        cmocka_unit_test(each_reason_has_no_row_that_another_makes_needless),
        cmocka_unit_test(each_row_is_found_in_what_it_says),
    };
    return cmocka_run_group_tests(tests, open_lexicon, close_lexicon);
}
