#include "deliver/guard.h"
#include "deliver/guard_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The table of deliver/guard.h, and what else can come together. */
static const struct {
    const char *name;
    struct guard_view view;
    enum guard_answer answer;
    const char *reason; /* a piece of it; NULL: nothing is refused */
} rows[] = {
    {"a new newsletter", {.sent = false}, GUARD_NONE_YET, NULL},
    {"a new one, prepared on another disk", {.same_file = false}, GUARD_NONE_YET, NULL},
    {"the usual",
     {.present = true, .sent = true, .count = 7, .recorded = 7, .same_file = true},
     GUARD_AGREES,
     NULL},
    {"the usual, with claims of a dead process",
     {.present = true,
      .sent = true,
      .count = 7,
      .recorded = 7,
      .same_file = true,
      .claims_open = true},
     GUARD_AGREES,
     NULL},
    {"a power cut took the guard's last count",
     {.present = true, .sent = true, .count = 7, .recorded = 5, .same_file = true},
     GUARD_AGREES,
     NULL},
    {"another machine",
     {.sent = true, .other_machine = true, .same_file = true},
     GUARD_ELSEWHERE,
     "another machine"},
    {"another machine, the guard came along",
     {.present = true, .sent = true, .other_machine = true, .same_file = true},
     GUARD_ELSEWHERE,
     "another machine"},
    {"a backup put back in place",
     {.present = true, .sent = true, .count = 6, .recorded = 7, .same_file = true},
     GUARD_BEHIND,
     "older"},
    {"a backup from before the first sending",
     {.present = true, .recorded = 1, .same_path = true},
     GUARD_BEHIND,
     "older"},
    {"a copy of a prepared newsletter",
     {.present = true, .recorded = 1, .original_there = true},
     GUARD_NONE_YET,
     NULL},
    {"a copy of a prepared newsletter that is gone",
     {.present = true, .recorded = 1},
     GUARD_NONE_YET,
     NULL},
    {"a copy, and the original has sent since",
     {.present = true, .sent = true, .count = 6, .recorded = 7, .original_there = true},
     GUARD_BEHIND,
     "older"},
    {"a copy beside the original",
     {.present = true, .sent = true, .count = 7, .recorded = 7, .original_there = true},
     GUARD_ELSEWHERE,
     "a copy of"},
    {"a copy on a file system that gave it the same inode",
     {.present = true,
      .sent = true,
      .count = 7,
      .recorded = 7,
      .same_file = true,
      .original_there = true},
     GUARD_ELSEWHERE,
     "a copy of"},
    {"a backup of the moment, put back",
     {.present = true, .sent = true, .count = 7, .recorded = 7, .claims_open = true},
     GUARD_ELSEWHERE,
     "in hand"},
    {"moved on this machine",
     {.present = true, .sent = true, .count = 7, .recorded = 7},
     GUARD_AGREES,
     NULL},
    {"the guard's file is lost",
     {.sent = true, .count = 7, .same_file = true},
     GUARD_NONE_YET,
     NULL},
    {"the guard's file is lost, with claims of a dead process",
     {.sent = true, .count = 7, .same_file = true, .claims_open = true},
     GUARD_NONE_YET,
     NULL},
    {"from elsewhere, without a guard",
     {.sent = true, .count = 7},
     GUARD_ELSEWHERE,
     "from elsewhere"},
    {"the guard is damaged",
     {.present = true, .damaged = true, .sent = true, .count = 7, .same_file = true},
     GUARD_ELSEWHERE,
     "damaged"},
};

static void what_is_found_gets_its_answer(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *reason;
        enum guard_answer answer = guard_judge(&rows[i].view, &reason);
        if (answer != rows[i].answer) {
            fail_msg("%s: answer %d, wanted %d", rows[i].name, answer, rows[i].answer);
        }
        if ((reason == NULL) != (rows[i].reason == NULL) ||
            (reason != NULL && strstr(reason, rows[i].reason) == NULL)) {
            fail_msg("%s: %s", rows[i].name, reason != NULL ? reason : "no reason");
        }
    }
}

/* Adopting goes past it: a copy that still has the count would be ahead for ever. */
static void a_damaged_record_keeps_the_count_that_can_be_read(void **state)
{
    (void)state;
    static const struct {
        const char *machine, *count;
        int64_t found;
    } texts[] = {
        {"machine Z", "00000000000000000041", 41},
        {"machine Z", "0000000000000000004x", 0},
        {"machine Z", "99999999999999999999", 0},
        {"machine Z", "41", 0},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct arena arena = {0};
        struct failure why = {0};
        struct guard_record record;
        FILE *stream = tmpfile();
        assert_non_null(stream);
        fprintf(stream, "verdicts epoch 1 %-40s inode %020d count %s\n", texts[i].machine, 7,
                texts[i].count);
        assert_int_equal(fflush(stream), 0);
        const struct guard_file file = {.path = "record", .fd = fileno(stream)};
        assert_true(guard_file_read(&file, &arena, &record, &why));
        assert_true(record.present && record.damaged);
        assert_int_equal(record.count, texts[i].found);
        fclose(stream);
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_found_gets_its_answer),
        cmocka_unit_test(a_damaged_record_keeps_the_count_that_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
