#include "deliver/guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_found_gets_its_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
