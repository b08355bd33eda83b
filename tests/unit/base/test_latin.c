/* Names in Latin letters, and the slugs that come of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/latin.h"
#include "base/model.h"
#include "base/utf8.h"

#include <cmocka.h>

static const struct {
    const char *text, *words, *slug;
} names[] = {
    {"Claude Haiku", "Claude Haiku", "claude-haiku"},
    {"", "", "untitled"},
    {"Ünïcode Straße", "Ünïcode Straße", "unicode-strasse"},
    {"Don’t – “so”", "Don’t – “so”", "don-t-so"},
    {"C++", "C++", "c-plus-plus"},
    {"+++", "+++", "plus-plus-plus"},
    {"深度写作助手", "shen du xie zuo zhu shou", "shen-du-xie-zuo-zhu-shou"},
    {"C++ 写作", "C++ xie zuo", "c-plus-plus-xie-zuo"},
    {"エディタ", "edita", "edita"},
    {"한국어", "hangug-eo", "hangug-eo"},
    {"Яндекс Щука", "Yandeks Shchuka", "yandeks-shchuka"},
    {"Київ", "Kiiv", "kiiv"},
    {"Ελληνικά", "Ellenika", "ellenika"},
    {"محرر الذكاء", "mhrr aldhka", "mhrr-aldhka"},
    {"עורך חכם (Pro)", "wrk hkm (Pro)", "wrk-hkm-pro"},
    {"ตัวแก้ไข", "taw kaekhi", "taw-kaekhi"},
    {"हिन्दी", "hindi", "hindi"},
    {"ມືຂຽນ", "moyykhono", "moyykhono"}, /* which ICU does not know */
    {"µTorrent", "uTorrent", "utorrent"},
    {"Tool™", "Tool", "tool"},
    {"Tool®", "Tool", "tool"},
    {"🦊", " fox face ", "fox-face"},
    {"❤️", " heavy black heart ", "heavy-black-heart"},
    {"👍🏽", " thumbs up sign ", "thumbs-up-sign"},
    {"🇺🇦", "ua", "ua"},
    {"~", " tilde ", "tilde"},
    {"=>", " equals sign  greater-than sign ", "equals-sign-greater-than-sign"},
};

static void a_name_is_written_in_latin_letters(void **state)
{
    (void)state;
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *words = latin_words(&arena, names[i].text);
        assert_string_equal(words, names[i].words);
        assert_string_equal(model_slug(&arena, words), names[i].slug);
    }
    arena_free(&arena);
}

/* Whatever the letter, what comes of it is a slug, and no text grows past its room. */
static void every_letter_gives_a_clean_slug(void **state)
{
    (void)state;
    struct arena arena = {0};
    for (uint32_t point = 0x80; point < 0x20000; point += point < 0x3000 ? 1 : 37) {
        if (point >= 0xD800 && point < 0xE000) {
            continue;
        }
        char text[8] = {0};
        size_t len = utf8_encode(point, text);
        memcpy(text + len, "b", 2);
        const char *slug = model_slug(&arena, latin_words(&arena, text));
        if (strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(slug) ||
            slug[0] == '-' || strstr(slug, "--") != NULL) {
            fail_msg("U+%04X: %s", (unsigned)point, slug);
        }
        arena_reset(&arena);
    }
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_written_in_latin_letters),
        cmocka_unit_test(every_letter_gives_a_clean_slug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
