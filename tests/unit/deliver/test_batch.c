#include "deliver/batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct claim *claim(struct batch *batch, int64_t id, const char *domain)
{
    char address[64];
    snprintf(address, sizeof address, "r%d@%s", (int)id, domain);
    struct delivery row = {.id = id, .address = address, .domain = domain};
    return batch_make(batch, &row);
}

static int64_t next_id(struct batch *batch)
{
    struct claim *next = batch_next(batch, 0, true);
    int64_t id = next != NULL ? next->row.id : 0;
    if (next != NULL) {
        batch_drop(batch, next);
    }
    return id;
}

static void claims_keep_their_order_and_the_innocent_go_first(void **state)
{
    (void)state;
    struct batch batch;
    batch_init(&batch);
    for (int64_t id = 1; id <= 3; id++) {
        batch_add_last(&batch, claim(&batch, id, "example.org"));
    }
    struct claim *first = batch_next(&batch, 0, true);
    assert_int_equal(first->row.id, 1);
    batch_add_first(&batch, first);
    assert_int_equal(batch.count, 3);
    assert_int_equal(next_id(&batch), 1);
    assert_int_equal(next_id(&batch), 2);
    assert_int_equal(next_id(&batch), 3);
    assert_int_equal(next_id(&batch), 0);
    batch_add_last(&batch, claim(&batch, 4, "example.org"));
    assert_int_equal(next_id(&batch), 4);
    batch_free(&batch);
}

static void a_claim_that_lost_its_connection_waits_for_a_fresh_one(void **state)
{
    (void)state;
    struct batch batch;
    batch_init(&batch);
    struct claim *lost = claim(&batch, 1, "example.org");
    lost->losses = 1;
    batch_add_last(&batch, lost);
    batch_add_last(&batch, claim(&batch, 2, "example.net"));
    struct claim *other = batch_next(&batch, 0, false);
    assert_int_equal(other->row.id, 2);
    batch_drop(&batch, other);
    assert_null(batch_next(&batch, 0, false));
    assert_true(batch_wants_fresh(&batch, 0));
    assert_true(batch_wait(&batch, "example.org", 1000));
    assert_false(batch_wants_fresh(&batch, 0));
    assert_true(batch_end_waits(&batch, 1000));
    assert_int_equal(next_id(&batch), 1);
    assert_false(batch_wants_fresh(&batch, 0));
    batch_free(&batch);
}

static void a_claim_has_copies_of_its_texts(void **state)
{
    (void)state;
    struct batch batch;
    batch_init(&batch);
    for (int round = 0; round < 3; round++) {
        char name[] = "Reader";
        struct delivery row = {.id = 1, .address = "a@example.org", .domain = "x", .name = name};
        struct claim *copy = batch_make(&batch, &row);
        name[0] = 'L';
        assert_string_equal(copy->row.name, "Reader");
        assert_null(copy->row.kind);
        batch_drop(&batch, copy);
    }
    batch_free(&batch);
}

static void claims_of_a_waiting_domain_are_stepped_over(void **state)
{
    (void)state;
    struct batch batch;
    batch_init(&batch);
    batch_add_last(&batch, claim(&batch, 1, "slow.example.org"));
    batch_add_last(&batch, claim(&batch, 2, "example.org"));
    batch_add_last(&batch, claim(&batch, 3, "slow.example.org"));
    assert_true(batch_wait(&batch, "slow.example.org", 500));
    assert_int_equal(batch_count_free(&batch, 0), 1);
    assert_int_equal(batch_first_wait(&batch), 500);
    assert_int_equal(next_id(&batch), 2);
    assert_int_equal(next_id(&batch), 0);
    assert_false(batch_end_waits(&batch, 499));
    assert_true(batch_end_waits(&batch, 500));
    assert_int_equal(batch_first_wait(&batch), -1);
    assert_int_equal(next_id(&batch), 1);
    assert_int_equal(next_id(&batch), 3);
    batch_free(&batch);
}

static void the_last_claim_can_be_taken_from_behind_waiting_ones(void **state)
{
    (void)state;
    struct batch batch;
    batch_init(&batch);
    batch_add_last(&batch, claim(&batch, 1, "slow.example.org"));
    batch_add_last(&batch, claim(&batch, 2, "example.org"));
    batch_wait(&batch, "slow.example.org", 500);
    assert_int_equal(next_id(&batch), 2);
    batch_add_last(&batch, claim(&batch, 3, "example.org"));
    assert_int_equal(next_id(&batch), 3);
    struct claim *left = batch_run(&batch);
    assert_int_equal(left->row.id, 1);
    batch_drop(&batch, left);
    assert_null(batch_run(&batch));
    batch_free(&batch);
}

static void more_waits_than_there_is_room_for_are_not_remembered(void **state)
{
    (void)state;
    struct batch batch;
    char domain[32];
    batch_init(&batch);
    for (int i = 0; i < BATCH_WAITS; i++) {
        snprintf(domain, sizeof domain, "d%d.example.org", i);
        assert_true(batch_wait(&batch, domain, i));
    }
    assert_false(batch_wait(&batch, "one.more.example.org", 1));
    assert_true(batch_end_waits(&batch, 10));
    assert_true(batch_wait(&batch, "one.more.example.org", 1000));
    batch_free(&batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_keep_their_order_and_the_innocent_go_first),
        cmocka_unit_test(a_claim_that_lost_its_connection_waits_for_a_fresh_one),
        cmocka_unit_test(a_claim_has_copies_of_its_texts),
        cmocka_unit_test(claims_of_a_waiting_domain_are_stepped_over),
        cmocka_unit_test(the_last_claim_can_be_taken_from_behind_waiting_ones),
        cmocka_unit_test(more_waits_than_there_is_room_for_are_not_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
