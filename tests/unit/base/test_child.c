#include "base/child.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct row {
    const char *name;
    const char *words[4];
    int64_t seconds;
    const char *output; /* NULL: it fails */
    enum failure_kind kind;
    const char *why;
} rows[] = {
    {"what it prints is taken", {"/bin/echo", "a token"}, 30, "a token\n", FAILURE_NONE, ""},
    {"a name is found in PATH", {"echo", "x"}, 30, "x\n", FAILURE_NONE, ""},
    {"no shell reads the words",
     {"echo", "$HOME;", "`id`"},
     100,
     "$HOME; `id`\n",
     FAILURE_NONE,
     ""},
    {"it gets no input", {"cat"}, 30, "", FAILURE_NONE, ""},
    {"it fails", {"/bin/false"}, 30, NULL, FAILURE_UNAVAILABLE, "/bin/false exits with status 1"},
    {"it is not there", {"/no/such"}, 30, NULL, FAILURE_CONFIG, "cannot run /no/such: No such"},
    {"it is no program",
     {"/etc/passwd"},
     100,
     NULL,
     FAILURE_CONFIG,
     "cannot run /etc/passwd: Perm"},
    {"it prints too much",
     {"yes"},
     100,
     NULL,
     FAILURE_UNAVAILABLE,
     "yes prints more than 100 bytes"},
    {"it takes too long",
     {"sleep", "60"},
     1,
     NULL,
     FAILURE_UNAVAILABLE,
     "sleep was ended after 1 seconds"},
    {"it closes its output and stays",
     {"sh", "-c", "exec >&-; sleep 60"},
     1,
     NULL,
     FAILURE_UNAVAILABLE,
     "sh was ended after 1 seconds"},
    {"what it has started holds the output",
     {"sh", "-c", "sleep 60 & sleep 60"},
     1,
     NULL,
     FAILURE_UNAVAILABLE,
     "sh was ended after 1 seconds"},
};

static void a_program_is_run_within_its_bounds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        struct buf output;
        struct failure why = {0};
        print_message("%s\n", row->name);
        buf_init(&output, 100);
        assert_int_equal(child_run(row->words, row->seconds, NULL, &output, &why),
                         row->output != NULL);
        assert_int_equal(why.kind, row->kind);
        assert_non_null(strstr(why.text, row->why));
        assert_string_equal(row->output != NULL ? row->output : "",
                            row->output != NULL ? output.data : "");
        buf_free(&output);
    }
}

static void *set_stop(void *stop)
{
    atomic_store((atomic_bool *)stop, true);
    return NULL;
}

static void it_ends_when_another_thread_says_so(void **state)
{
    static const char *const programs[][4] = {{"sleep", "60"}, {"sh", "-c", "exec >&-; sleep 60"}};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct buf output;
        struct failure why = {0};
        pthread_t thread;
        atomic_bool stop = false;
        buf_init(&output, 100);
        assert_int_equal(pthread_create(&thread, NULL, set_stop, &stop), 0);
        assert_false(child_run(programs[i], 600, &stop, &output, &why));
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_int_equal(why.kind, FAILURE_UNAVAILABLE);
        assert_non_null(strstr(why.text, "was ended, as this run is"));
        buf_free(&output);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_is_run_within_its_bounds),
        cmocka_unit_test(it_ends_when_another_thread_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
