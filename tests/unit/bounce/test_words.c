/* The tables of phrases: each row can be found, and the automata find what stands in a text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "bounce/words.h"

#include "plain_search.h"

#include <cmocka.h>

enum { TEXT = 4096, TEXTS = 200, ROWS = 8192 };

static struct arena arena;

static const char *folded(const char *text)
{
    return fold_text(&arena, text, strlen(text), TEXT);
}

static bool says(enum meaning meaning, const char *text)
{
    return words_say(meaning, folded(text));
}

/* Which rows of the set stand in the text, by the automaton. */
static void find_rows(enum meaning_set set, const char *text, bool found[ROWS])
{
    static struct phrases_scan scan;
    struct phrases_hit hit;
    memset(found, 0, ROWS * sizeof *found);
    phrases_begin(&scan, &words_sets[set], text);
    while (phrases_next(&scan, &hit)) {
        assert_true(hit.start < hit.end && hit.end <= strlen(text));
        found[hit.row] = true;
    }
}

/* Where only others decide, the build has refused the row already. */
static void each_row_is_found_in_what_it_says(void **state)
{
    (void)state;
    static bool found[ROWS];
    for (size_t i = 0; i < phrases_row_count; i++) {
        const struct phrases_row *row = &phrases_rows[i];
        find_rows(row->set, folded(row->phrase), found);
        if (!found[row->row]) {
            fail_msg("\"%s\" is not found in itself", row->phrase);
        }
    }
}

/* Texts of phrases and pieces of phrases, the same at every run. */
static const char *text_of(unsigned number)
{
    static char text[TEXT];
    uint32_t seed = number * 2654435761u + 1;
    size_t used = 0;
    for (int i = 0; i < 14; i++) {
        seed = seed * 1664525u + 1013904223u;
        const char *phrase = folded(phrases_rows[(seed >> 8) % phrases_row_count].phrase);
        size_t len = strlen(phrase), from = (seed >> 3) % 3 == 0 ? len / 2 : 0;
        const char *blank = (seed >> 5) % 4 == 0 ? "" : " ";
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", phrase + from, blank);
    }
    return text;
}

static void the_automata_find_what_a_plain_search_finds(void **state)
{
    (void)state;
    static bool found[SETS][ROWS];
    struct arena rows = {0};
    struct plain_row *plain = arena_array(&rows, phrases_row_count, sizeof *plain);
    for (size_t i = 0; i < phrases_row_count; i++) {
        plain[i] = plain_row(&rows, &phrases_rows[i]);
    }
    for (unsigned number = 0; number < TEXTS; number++) {
        const char *text = text_of(number);
        for (int set = 0; set < SETS; set++) {
            find_rows((enum meaning_set)set, text, found[set]);
        }
        for (size_t i = 0; i < phrases_row_count; i++) {
            const struct phrases_row *row = &phrases_rows[i];
            if (found[row->set][row->row] != plain_stands(&plain[i], text)) {
                fail_msg("\"%s\" in \"%s\"", row->phrase, text);
            }
        }
        arena_reset(&arena);
    }
    arena_free(&rows);
}

static void a_star_stands_for_little_and_for_nothing_between_words(void **state)
{
    (void)state;
    char far[PHRASES_GAP + 40];
    assert_true(says(MEANING_USER_UNKNOWN, "User joe@example.org not found"));
    assert_true(says(MEANING_USER_UNKNOWN, "user not found"));
    assert_false(says(MEANING_USER_UNKNOWN, "usernot found"));
    memcpy(far, "recipient ", 10);
    memset(far + 10, 'x', PHRASES_GAP);
    memcpy(far + 10 + PHRASES_GAP, " not found", 11);
    assert_true(says(MEANING_USER_UNKNOWN, far));
    memcpy(far + 10 + PHRASES_GAP, "x not found", 12);
    assert_false(says(MEANING_USER_UNKNOWN, far));
    assert_true(
        says(MEANING_USER_UNKNOWN, "recipient, recipient, recipient, recipient x not found"));
}

static void a_blank_at_an_end_of_a_phrase_is_an_end_of_a_word(void **state)
{
    (void)state;
    assert_true(says(MEANING_SPAM, "taken for UBE"));
    assert_true(says(MEANING_SPAM, "(UBE) 554"));
    assert_false(says(MEANING_SPAM, "die Tube"));
    assert_false(says(MEANING_SPAM, "aube de"));
}

static void case_blanks_accents_and_typographic_quotes_make_no_difference(void **state)
{
    (void)state;
    assert_true(says(MEANING_USER_UNKNOWN, "USER\r\n \tUNKNOWN"));
    assert_true(says(MEANING_UNAVAILABLE, "l\xe2\x80\x99"
                                          "adresse n\xe2\x80\x99"
                                          "existe pas"));
    assert_true(says(MEANING_USER_UNKNOWN, "Empfanger unbekannt"));
    assert_true(says(MEANING_USER_UNKNOWN, "EMPFÄNGER UNBEKANNT"));
}

static void where_a_text_gives_several_reasons_what_excuses_the_reader_wins(void **state)
{
    (void)state;
    assert_int_equal(words_reason(folded("user unknown: your IP is on a blocklist")),
                     REASON_BLOCKED);
    assert_int_equal(words_reason(folded("This mailbox has been blocked due to inactivity")),
                     REASON_DISABLED);
    assert_int_equal(words_reason(folded("hello")), REASON_NONE);
    assert_int_equal(words_reason(""), REASON_NONE);
}

static void the_first_command_that_is_named_was_answered(void **state)
{
    (void)state;
    assert_int_equal(
        words_command(folded("553 no (in reply to MAIL FROM command), after RCPT TO:")),
        REFUSAL_MAIL);
    assert_int_equal(words_command(folded("nothing of the kind")), REFUSAL_REPORT);
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_is_found_in_what_it_says),
        cmocka_unit_test(the_automata_find_what_a_plain_search_finds),
        cmocka_unit_test(a_star_stands_for_little_and_for_nothing_between_words),
        cmocka_unit_test(a_blank_at_an_end_of_a_phrase_is_an_end_of_a_word),
        cmocka_unit_test(case_blanks_accents_and_typographic_quotes_make_no_difference),
        cmocka_unit_test(where_a_text_gives_several_reasons_what_excuses_the_reader_wins),
        cmocka_unit_test(the_first_command_that_is_named_was_answered),
    };
    return cmocka_run_group_tests(tests, NULL, close_arena);
}
