#include "digest/catalogue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "digest/say.h"

/* Behind ours: it makes a macro of fail. */
#include <cmocka.h>

static struct arena arena;

static int give_back(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

#define HEADER                                                                                     \
    "msgid \"\"\nmsgstr \"\"\n\"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : "     \
    "n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n\"\n\n"

static void a_message_is_found_by_its_context(void **state)
{
    (void)state;
    struct failure why = {0};
    struct catalogue catalogue;
    const char *text =
        HEADER "# for the translator\n#, python-brace-format\nmsgctxt \"a/one\"\n"
               "msgid \"{Who} would \"\n\"ship it\"\nmsgstr \"Würde {who} nehmen\"\n\n"
               "msgctxt \"a/empty\"\nmsgid \"as it \\\"stands\\\"\"\nmsgstr \"\"\n\n"
               "#, fuzzy\nmsgctxt \"a/fuzzy\"\nmsgid \"x\"\nmsgstr \"y\"\n\n"
               "#~ msgid \"old\"\n#~ msgstr \"alt\"\n\n"
               "msgctxt \"a/many\"\nmsgid \"{count} tool\"\n"
               "msgid_plural \"{count} tools\"\nmsgstr[0] \"{count} eins\"\n"
               "msgstr[1] \"{count} paar\"\nmsgstr[2] \"{count} viele\"\n";
    assert_true(catalogue_read(&arena, "x.po", text, &catalogue, &why));
    struct say say = {&arena, &catalogue};
    assert_int_equal(catalogue.count, 3);
    assert_string_equal(say_text(&say, "a/one", HOLES({"who", "jeder"})), "Würde jeder nehmen");
    assert_string_equal(say_text(&say, "a/empty", NULL), "as it \"stands\"");
    static const struct {
        size_t number;
        const char *words;
    } rows[] = {{1, "n eins"},   {21, "n eins"}, {11, "n viele"}, {2, "n paar"},
                {12, "n viele"}, {24, "n paar"}, {0, "n viele"},  {5, "n viele"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(say_count(&say, "a/many", rows[i].number, HOLES({"count", "n"})),
                            rows[i].words);
    }
}

static void what_is_wrong_in_a_catalogue_is_named_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *complaint;
    } rows[] = {
        {"msgid \"\"\nmsgstr \"\"\n\n", "x.po:3: the header above has no Plural-Forms"},
        {"", "x.po:0: the file has no header with Plural-Forms"},
        {HEADER "msgid \"x\"\nmsgstr \"y\"\n",
         "x.po:6: the entry above has no msgctxt; every message has one"},
        {HEADER "msgctxt \"a\"\nmsgid \"x\"\nmsgstr \"y\"\n\nmsgctxt \"a\"\nmsgid \"z\"\n",
         "x.po:10: the msgctxt above stands a second time"},
        {HEADER "msgctx \"a\"\n", "x.po:5: this is neither a keyword with a \"string\" nor a "
                                  "string that goes on; see the manual of gettext on PO files"},
        {HEADER "msgid \"a\n", "x.po:5: this is neither a keyword with a \"string\" nor a string "
                               "that goes on; see the manual of gettext on PO files"},
        {"msgid \"\"\nmsgstr \"Plural-Forms: nplurals=2; plural=n+;\"\n",
         "x.po:2: the plural expression gives no form for 0; write it as nplurals=2; plural=(n != "
         "1);"},
        {"msgid \"\"\nmsgstr \"Plural-Forms: nplurals=2; plural=n;\"\n",
         "x.po:2: the plural expression gives no form for 2; write it as nplurals=2; plural=(n != "
         "1);"},
        {"msgid \"\"\nmsgstr \"Plural-Forms: nplurals=9; plural=0;\"\n",
         "x.po:2: nplurals is 1 to 6"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct failure why = {0};
        struct catalogue catalogue;
        assert_false(catalogue_read(&arena, "x.po", rows[i].text, &catalogue, &why));
        assert_string_equal(why.text, rows[i].complaint);
    }
}

extern const char embedded_catalogue_en[];

/* catalogue_english() does not look again for what is found here. */
static void the_english_one_is_sound(void **state)
{
    (void)state;
    struct failure why = {0};
    struct catalogue catalogue;
    assert_true(catalogue_read(&arena, "en.po", embedded_catalogue_en, &catalogue, &why));
    assert_int_equal(catalogue.count, catalogue_english(&arena)->count);
}

/* The names of the holes in a text, each between bars, small, in the order in which they stand. */
static bool holes_stand_in(const char *text, const char *other)
{
    for (const char *at = strchr(text, '{'); at != NULL; at = strchr(at + 1, '{')) {
        char *hole = arena_copy_bytes(&arena, at, strcspn(at, "}") + 1);
        if (strcasestr(other, hole) == NULL) {
            return false;
        }
    }
    return true;
}

static void every_english_message_is_there_with_the_same_holes_in_every_form(void **state)
{
    (void)state;
    const struct catalogue *catalogue = catalogue_english(&arena);
    assert_true(catalogue->count > 100);
    for (size_t i = 0; i < catalogue->count; i++) {
        const struct message *message = &catalogue->messages[i];
        if (message->texts[0][0] == '\0' || strchr(message->id, '/') == NULL) {
            fail_msg("%s is empty", message->id);
        }
        if (message->plural && !holes_stand_in(message->texts[0], message->texts[1])) {
            fail_msg("%s loses a hole in its plural", message->id);
        }
    }
}

static void a_page_of_another_language_knows_what_the_sentences_are(void **state)
{
    static const struct {
        const char *header, *page, *turn, *language, *direction; /* language NULL: the same */
    } rows[] = {
        {"Language: en\\n", "en", "ltr", NULL, NULL},
        {"Language: en\\n", "en", "rtl", "en", "ltr"},
        {"Language: en\\n", "EN-gb", "ltr", NULL, NULL},
        {"Language: en\\n", "eng", "ltr", "en", "ltr"},
        {"Language: en\\n", "he", "ltr", "en", "ltr"},
        {"Language: he\\nX-Direction: rtl\\n", "en", "ltr", "he", "rtl"},
        {"", "en", "ltr", "", "ltr"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct failure why = {0};
        struct catalogue catalogue;
        const char *text = arena_format(
            &arena, "msgid \"\"\nmsgstr \"Plural-Forms: nplurals=1; plural=0;\\n%s\"\n",
            rows[i].header);
        assert_true(catalogue_read(&arena, "x.po", text, &catalogue, &why));
        const struct say say = {&arena, &catalogue};
        const struct value *words = say_language(&say, rows[i].page, rows[i].turn);
        assert_int_equal(words->kind == VALUE_NULL, rows[i].language == NULL);
        if (rows[i].language != NULL) {
            assert_string_equal(value_find(words, "language")->text, rows[i].language);
            assert_string_equal(value_find(words, "direction")->text, rows[i].direction);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_english_one_is_sound, give_back),
        cmocka_unit_test_teardown(a_page_of_another_language_knows_what_the_sentences_are,
                                  give_back),
        cmocka_unit_test_teardown(a_message_is_found_by_its_context, give_back),
        cmocka_unit_test_teardown(what_is_wrong_in_a_catalogue_is_named_with_its_line, give_back),
        cmocka_unit_test_teardown(every_english_message_is_there_with_the_same_holes_in_every_form,
                                  give_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
