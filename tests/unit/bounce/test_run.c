/* A run over a mailbox: what becomes of a message whose reader dies. */
#include "../store/scratch.h"

#include "base/file.h"
#include "bounce/run.h"

#include <cmocka.h>

struct bench {
    char folder[96], address[128], message[128];
    struct settings settings;
    struct token_keys keys;
    struct judge judge;
    struct sandbox *sandbox;
    struct mailbox *mailbox;
    volatile int stop;
};

/* A Maildir with one message, and a reader that dies of everything. */
static void bench_open(struct bench *bench, struct scratch *scratch)
{
    static const char *const parts[] = {"", "/new", "/cur", "/tmp"};
    *bench = (struct bench){.keys.count = 1};
    snprintf(bench->folder, sizeof bench->folder, "%s/mail", scratch->folder);
    snprintf(bench->address, sizeof bench->address, "maildir:%s", bench->folder);
    snprintf(bench->message, sizeof bench->message, "%s/new/1.x", bench->folder);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s%s", bench->folder, parts[i]);
        must(file_make_folder(path, 0700, &why));
    }
    must(file_write(bench->message, "From: a@example.org\n\ntext\n", 26, 0600, &why));
    bench->settings.bounce.mailbox = bench->address;
    bench->judge = (struct judge){
        .store = scratch->store, .keys = &bench->keys, .settings = &bench->settings, .now = NOW};
    must(sandbox_open("/bin/false", &bench->sandbox, &why));
    must(mailbox_open(&bench->settings, &bench->mailbox, &why));
}

static struct bounce_run_result run(struct bench *bench, struct scratch *scratch)
{
    struct bounce_run_result result;
    const struct bounce_run all = {.judge = &bench->judge,
                                   .sandbox = bench->sandbox,
                                   .mailbox = bench->mailbox,
                                   .stop = &bench->stop};
    must(bounce_run(&all, &scratch->arena, &result, &why));
    sandbox_close(bench->sandbox);
    must(mailbox_close(bench->mailbox, &why));
    return result;
}

static void a_message_that_kills_its_reader_goes_to_quarantine(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    bench_open(&bench, scratch);
    struct bounce_run_result result = run(&bench, scratch);
    assert_int_equal(result.dead, 1);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM bounce_event"), 1);
    assert_int_not_equal(access(bench.message, F_OK), 0);
}

/* Perhaps it was we who were killed, all of us at once: the next run reads it. */
static void one_whose_reader_dies_while_the_run_is_stopped_stays_where_it_is(void **state)
{
    struct scratch *scratch = *state;
    struct bench bench;
    bench_open(&bench, scratch);
    bench.stop = 1;
    struct bounce_run_result result = run(&bench, scratch);
    assert_true(result.stopped);
    assert_int_equal(result.read, 0);
    assert_int_equal(result.dead, 0);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM bounce_event"), 0);
    assert_int_equal(access(bench.message, F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(a_message_that_kills_its_reader_goes_to_quarantine),
        store_test(one_whose_reader_dies_while_the_run_is_stopped_stays_where_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
