#include "base/utf8.h"
#include "smtp/reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct row {
    const char *name, *bytes;
    int code;
    const char *enhanced, *text;
    bool mixed, garbage;
    size_t used; /* 0: all */
};

static const struct row rows[] = {
    {"one line", "250 2.0.0 Ok\r\n", 250, "2.0.0", "250 2.0.0 Ok", false, false, 0},
    {"a bare code", "250\r\n", 250, "", "250", false, false, 0},
    {"a code and a space", "354 \r\n", 354, "", "354", false, false, 0},
    {"LF alone ends a line", "250 ok\n", 250, "", "250 ok", false, false, 0},
    {"several lines", "550-5.1.1 no\r\n550 5.1.1 such user\r\n", 550, "5.1.1",
     "550-5.1.1 no 550 5.1.1 such user", false, false, 0},
    {"the last enhanced code counts", "550-5.1.1 a\r\n550 5.7.1 b\r\n", 550, "5.7.1",
     "550-5.1.1 a 550 5.7.1 b", false, false, 0},
    {"an enhanced code of another class is text", "550 4.1.1 x\r\n", 550, "", "550 4.1.1 x", false,
     false, 0},
    {"long enhanced code", "550 5.123.456 x\r\n", 550, "5.123.456", "550 5.123.456 x", false, false,
     0},
    {"too long for an enhanced code", "550 5.1.1234 x\r\n", 550, "", "550 5.1.1234 x", false, false,
     0},
    {"an address is no enhanced code", "550 5.1.1.2 x\r\n", 550, "", "550 5.1.1.2 x", false, false,
     0},
    {"enhanced code at the line's end", "250 2.1.5\r\n", 250, "2.1.5", "250 2.1.5", false, false,
     0},
    {"codes that differ", "250-ok\r\n550 no\r\n", 550, "", "250-ok 550 no", true, false, 0},
    {"no code", "hello there\r\n", 0, "", "hello there", false, true, 0},
    {"an empty line", "\r\n", 0, "", "", false, true, 0},
    {"a code below 200", "150 what\r\n", 0, "", "150 what", false, true, 0},
    {"a code above 599", "666 beast\r\n", 0, "", "666 beast", false, true, 0},
    {"two digits", "25 ok\r\n", 0, "", "25 ok", false, true, 0},
    {"a code and a letter", "250ok\r\n", 0, "", "250ok", false, true, 0},
    {"garbage inside", "250-ok\r\nnonsense\r\n250 ok\r\n", 250, "", "250-ok nonsense", false, true,
     18},
    {"stops behind the reply", "250 a\r\n550 b\r\n", 250, "", "250 a", false, false, 7},
    {"control characters", "250 a\001b\177c\r\n", 250, "", "250 a?b?c", false, false, 0},
    {"bytes that are no UTF-8", "250 \xff\xc3 x\r\n", 250, "", "250 ?? x", false, false, 0},
    {"UTF-8 stays", "250 gr\xc3\xbc\xc3\x9f\r\n", 250, "", "250 gr\xc3\xbc\xc3\x9f", false, false,
     0},
};

static void check_row(const struct row *row, size_t piece)
{
    struct reply_parser parser;
    size_t len = strlen(row->bytes);
    size_t used = 0;
    reply_start(&parser);
    while (used < len && !parser.complete) {
        size_t part = len - used < piece ? len - used : piece;
        used += reply_feed(&parser, row->bytes + used, part);
    }
    assert_true(parser.complete);
    assert_int_equal(used, row->used != 0 ? row->used : len);
    assert_int_equal(parser.reply.code, row->code);
    assert_string_equal(parser.reply.enhanced, row->enhanced);
    assert_string_equal(parser.reply.text, row->text);
    assert_int_equal(parser.reply.mixed, row->mixed);
    assert_int_equal(parser.reply.garbage, row->garbage);
}

static void every_reply_is_read_whole_and_byte_by_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("  %s\n", rows[i].name);
        check_row(&rows[i], 1000);
        check_row(&rows[i], 1);
        check_row(&rows[i], 3);
    }
}

static void of_a_line_of_200_kB_512_bytes_are_kept_and_the_code_decides(void **state)
{
    (void)state;
    static char line[200 * 1024];
    struct reply_parser parser;
    memset(line, 'x', sizeof line);
    memcpy(line, "550 5.1.1 ", 10);
    memcpy(line + sizeof line - 2, "\r\n", 2);
    reply_start(&parser);
    assert_int_equal(reply_feed(&parser, line, sizeof line), sizeof line);
    assert_true(parser.complete);
    assert_int_equal(parser.reply.code, 550);
    assert_string_equal(parser.reply.enhanced, "5.1.1");
    assert_int_equal(strlen(parser.reply.text), REPLY_TEXT);
}

static void a_character_cut_by_the_limit_is_dropped(void **state)
{
    (void)state;
    char line[REPLY_TEXT + 20];
    struct reply_parser parser;
    memset(line, 'x', sizeof line);
    memcpy(line, "250 ", 4);
    memcpy(line + REPLY_TEXT - 1, "\xc3\xbc", 2);
    memcpy(line + sizeof line - 2, "\r\n", 2);
    reply_start(&parser);
    reply_feed(&parser, line, sizeof line);
    assert_true(parser.complete);
    assert_int_equal(strlen(parser.reply.text), REPLY_TEXT - 1);
    assert_true(utf8_valid(parser.reply.text, REPLY_TEXT - 1, NULL));
}

static void a_reply_without_end_is_garbage(void **state)
{
    (void)state;
    static char bytes[64 * 1024];
    struct reply_parser parser;
    size_t total = 0;
    memset(bytes, '2', sizeof bytes);
    reply_start(&parser);
    while (!parser.complete && total < 2 * (size_t)REPLY_LIMIT) {
        total += reply_feed(&parser, bytes, sizeof bytes);
    }
    assert_true(parser.reply.garbage);
    assert_int_equal(total, REPLY_LIMIT);
}

static void reply_is_trusts_neither_garbage_nor_mixed_codes(void **state)
{
    (void)state;
    struct reply good = {.code = 250};
    struct reply mixed = {.code = 250, .mixed = true};
    struct reply garbage = {.code = 250, .garbage = true};
    assert_true(reply_is(&good, 2));
    assert_false(reply_is(&good, 5));
    assert_false(reply_is(&mixed, 2));
    assert_false(reply_is(&garbage, 2));
}

static void the_queue_id_is_found_as_common_servers_write_it(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"250 2.0.0 Ok: queued as 4XvYZ01abc", "4XvYZ01abc"},
        {"250 OK id=1rAbCd-0001Xy-2Z", "1rAbCd-0001Xy-2Z"},
        {"250 2.0.0 0AKJ1x2y012345 Message accepted for delivery", "0AKJ1x2y012345"},
        {"250 2.6.0 <x@example.org> Queued mail for delivery", ""},
        {"250 Ok", ""},
        {"250 queued as ", ""},
        {"250 queued as AB12.", "AB12"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reply reply = {.code = 250};
        char id[40];
        strncpy(reply.text, cases[i][0], REPLY_TEXT);
        reply_queue_id(&reply, id, sizeof id);
        assert_string_equal(id, cases[i][1]);
    }
}

/* What a server says stands in terminals, logs and reports. */
static void what_a_terminal_would_obey_is_not_kept(void **state)
{
    (void)state;
    static const struct {
        const char *said, *kept;
    } cases[] = {
        {"550 a\x1b[31mb\r\n", "550 a?[31mb"},
        {"550 a\xc2\x9b"
         "31mb\r\n",
         "550 a?31mb"},
        {"550 a\xe2\x80\xae"
         "b\xe2\x81\xa6"
         "c\xe2\x80\x8f\r\n",
         "550 a?b?c?"},
        {"550 a\x7f\xff\r\n", "550 a??"},
        {"550 k\xc3\xa9pt \xe2\x80\x94 \xd7\xa9\r\n", "550 k\xc3\xa9pt \xe2\x80\x94 \xd7\xa9"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reply_parser parser;
        struct reply reply;
        reply_start(&parser);
        reply_feed(&parser, cases[i].said, strlen(cases[i].said));
        assert_string_equal(parser.reply.text, cases[i].kept);
        reply_say(&reply, "%.*s", (int)strcspn(cases[i].said, "\r"), cases[i].said);
        assert_string_equal(reply.text, cases[i].kept);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reply_is_read_whole_and_byte_by_byte),
        cmocka_unit_test(of_a_line_of_200_kB_512_bytes_are_kept_and_the_code_decides),
        cmocka_unit_test(a_character_cut_by_the_limit_is_dropped),
        cmocka_unit_test(a_reply_without_end_is_garbage),
        cmocka_unit_test(reply_is_trusts_neither_garbage_nor_mixed_codes),
        cmocka_unit_test(the_queue_id_is_found_as_common_servers_write_it),
        cmocka_unit_test(what_a_terminal_would_obey_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
