#include "deliver/answers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct settings settings = {
    .deliver = {.rest_domains = 3, .rest_percent = 50, .rest_refused_percent = 75}};

static const struct {
    const char *text, *masked;
} masks[] = {
    {"550 5.4.5 Daily user sending limit exceeded. a1b2 - gsmtp",
     "* daily user sending limit exceeded * - gsmtp"},
    {"550 5.1.1 <joe@example.org>: User joe unknown at example.org", "* user * unknown at *"},
    {"550-5.7.1 [192.0.2.1] blocked 550 5.7.1 see https://help.example.net/p=1",
     "* blocked * see *"},
    {"", ""},
};

static void a_sentence_is_one_whoever_hears_it(void **state)
{
    char masked[SENTENCE_MAX + 1];
    (void)state;
    for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
        sentence_mask(masks[i].text, "joe@example.org", masked);
        assert_string_equal(masked, masks[i].masked);
    }
    char longest[1200];
    memset(longest, 'a', sizeof longest);
    for (size_t i = 7; i < sizeof longest; i += 8) {
        longest[i] = ' ';
    }
    longest[sizeof longest - 1] = '\0';
    sentence_mask(longest, "joe@example.org", masked);
    assert_true(strlen(masked) <= SENTENCE_MAX);
}

/* `count` readers, each of the next of so many domains, hear the sentence; true if it was too
 * often at the last. */
static bool hear(struct answers *answers, const char *text, enum refusal_fault fault,
                 enum refusal_reason reason, int count, int domains)
{
    bool often = false;
    for (int i = 0; i < count; i++) {
        char domain[40], address[60];
        struct reply reply;
        snprintf(domain, sizeof domain, "d%d.example.org", i % domains);
        snprintf(address, sizeof address, "r%d@%s", i, domain);
        const struct delivery row = {.id = i, .address = address, .domain = domain};
        const struct refusal refusal = {.fault = fault, .reason = reason};
        reply_say(&reply, "%s", text);
        int sentence = answers_refuse(answers, &row, &reply, &refusal);
        often = answers_too_often(answers, sentence, &settings);
    }
    return often;
}

static void accept(struct answers *answers, int count)
{
    for (int i = 0; i < count; i++) {
        answers_accept(answers);
    }
}

static void one_sentence_to_several_domains_is_too_often(void **state)
{
    struct answers answers;
    (void)state;
    answers_init(&answers);
    accept(&answers, 40);
    assert_false(hear(&answers, "550 no", REFUSAL_OURS, REFUSAL_QUOTA, 4, 4));
    assert_true(hear(&answers, "550 no", REFUSAL_OURS, REFUSAL_QUOTA, 1, 1));
    answers_init(&answers);
    accept(&answers, 40);
    assert_false(hear(&answers, "550 no", REFUSAL_OURS, REFUSAL_QUOTA, 9, 2));
}

static void one_sentence_to_one_domain_needs_a_share(void **state)
{
    struct answers answers;
    (void)state;
    answers_init(&answers);
    assert_false(hear(&answers, "550 no", REFUSAL_UNKNOWN, REFUSAL_UNDETERMINED, 9, 1));
    assert_true(hear(&answers, "550 no", REFUSAL_UNKNOWN, REFUSAL_UNDETERMINED, 1, 1));
    accept(&answers, 50);
    assert_false(hear(&answers, "550 no", REFUSAL_UNKNOWN, REFUSAL_UNDETERMINED, 24, 1));
    assert_true(hear(&answers, "550 no", REFUSAL_UNKNOWN, REFUSAL_UNDETERMINED, 1, 1));
}

static void what_is_the_recipients_needs_a_share_of_its_own(void **state)
{
    struct answers answers;
    (void)state;
    answers_init(&answers);
    for (int i = 0; i < 100; i++) {
        accept(&answers, 7);
        assert_false(hear(&answers, "550 5.1.1 no", REFUSAL_RECIPIENT, REFUSAL_USER_UNKNOWN, 3, 3));
    }
    answers_init(&answers);
    assert_false(hear(&answers, "550 5.1.1 no", REFUSAL_RECIPIENT, REFUSAL_USER_UNKNOWN, 19, 19));
    assert_true(hear(&answers, "550 5.1.1 no", REFUSAL_RECIPIENT, REFUSAL_USER_UNKNOWN, 1, 1));
}

static void greylisting_is_said_to_everybody_and_keeps_nobody_back(void **state)
{
    struct answers answers;
    (void)state;
    answers_init(&answers);
    assert_false(hear(&answers, "450 later", REFUSAL_RECEIVER, REFUSAL_GREYLISTED, 50, 20));
}

static void more_sentences_than_there_is_room_for_are_told_apart_no_more(void **state)
{
    struct answers answers;
    int64_t ids[ANSWERS_WINDOW];
    (void)state;
    answers_init(&answers);
    for (int i = 0; i < 200; i++) {
        char text[40];
        snprintf(text, sizeof text, "550 no %c%c", 'a' + i % 26, 'a' + i / 26);
        assert_false(hear(&answers, text, REFUSAL_OURS, REFUSAL_SYSTEM, 1, 1));
    }
    for (int i = 0; i < ANSWERS_SENTENCES; i++) {
        assert_true(answers_rows(&answers, i, ids) <= ANSWERS_WINDOW);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sentence_is_one_whoever_hears_it),
        cmocka_unit_test(one_sentence_to_several_domains_is_too_often),
        cmocka_unit_test(one_sentence_to_one_domain_needs_a_share),
        cmocka_unit_test(what_is_the_recipients_needs_a_share_of_its_own),
        cmocka_unit_test(greylisting_is_said_to_everybody_and_keeps_nobody_back),
        cmocka_unit_test(more_sentences_than_there_is_room_for_are_told_apart_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
