#include "deliver/guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The table of deliver/witness.h, and what else can come together. */
static const struct {
    const char *name;
    struct witness_view view;
    enum witness_answer answer;
} rows[] = {
    {"a new newsletter", {.sent = false}, WITNESS_GOES},
    {"a new one, prepared on another disk", {.same_file = false}, WITNESS_GOES},
    {"the usual",
     {.present = true, .sent = true, .count = 7, .witnessed = 7, .same_file = true},
     WITNESS_GOES},
    {"the usual, with claims of a dead process",
     {.present = true,
      .sent = true,
      .count = 7,
      .witnessed = 7,
      .same_file = true,
      .claims_open = true},
     WITNESS_GOES},
    {"a power cut took the witness's last words",
     {.present = true, .sent = true, .count = 7, .witnessed = 5, .same_file = true},
     WITNESS_GOES},
    {"another machine", {.sent = true, .other_machine = true, .same_file = true}, WITNESS_MACHINE},
    {"another machine, its witness came along",
     {.present = true, .sent = true, .other_machine = true, .same_file = true},
     WITNESS_MACHINE},
    {"a backup put back in place",
     {.present = true, .sent = true, .count = 6, .witnessed = 7, .same_file = true},
     WITNESS_BEHIND},
    {"a backup from before the first sending",
     {.present = true, .witnessed = 1, .same_path = true},
     WITNESS_BEHIND},
    {"a copy of a prepared newsletter",
     {.present = true, .witnessed = 1, .original_there = true},
     WITNESS_OWN},
    {"a copy of a prepared newsletter that is gone",
     {.present = true, .witnessed = 1},
     WITNESS_OWN},
    {"a copy, and the original has sent since",
     {.present = true, .sent = true, .count = 6, .witnessed = 7, .original_there = true},
     WITNESS_BEHIND},
    {"a copy beside the original",
     {.present = true, .sent = true, .count = 7, .witnessed = 7, .original_there = true},
     WITNESS_COPY},
    {"a copy on a file system that gave it the same inode",
     {.present = true,
      .sent = true,
      .count = 7,
      .witnessed = 7,
      .same_file = true,
      .original_there = true},
     WITNESS_COPY},
    {"a backup of the moment, put back",
     {.present = true, .sent = true, .count = 7, .witnessed = 7, .claims_open = true},
     WITNESS_OPEN},
    {"moved on this machine",
     {.present = true, .sent = true, .count = 7, .witnessed = 7},
     WITNESS_GOES},
    {"the witness is lost", {.sent = true, .count = 7, .same_file = true}, WITNESS_LOST},
    {"the witness is lost, with claims of a dead process",
     {.sent = true, .count = 7, .same_file = true, .claims_open = true},
     WITNESS_LOST},
    {"from elsewhere, without a witness", {.sent = true, .count = 7}, WITNESS_ABSENT},
    {"the witness is damaged",
     {.present = true, .damaged = true, .sent = true, .count = 7, .same_file = true},
     WITNESS_DAMAGED},
};

static void what_is_found_gets_its_answer(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum witness_answer answer = witness_judge(&rows[i].view);
        if (answer != rows[i].answer) {
            fail_msg("%s: answer %d, wanted %d", rows[i].name, answer, rows[i].answer);
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
