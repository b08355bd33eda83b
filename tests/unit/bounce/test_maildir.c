/* A Maildir as the mailbox: every waiting message is given once and goes where it belongs. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "bounce/mailbox.h"

#include <cmocka.h>

#define must(call)                                                                                 \
    do {                                                                                           \
        struct failure why = {0};                                                                  \
        if (!(call)) {                                                                             \
            fail_msg("%s: %s", #call, why.text);                                                   \
        }                                                                                          \
    } while (0)

struct place {
    char folder[64];
    char address[80];
    struct arena arena;
    struct settings settings;
};

static int make_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    snprintf(place->folder, sizeof place->folder, "/tmp/verdicts-maildir-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    static const char *const parts[] = {"new", "cur", "tmp"};
    for (size_t i = 0; i < 3; i++) {
        must(file_make_folder(file_join(&place->arena, place->folder, parts[i]), 0700, &why));
    }
    snprintf(place->address, sizeof place->address, "maildir:%s", place->folder);
    place->settings.bounce.mailbox = place->address;
    *state = place;
    return 0;
}

static int remove_place(void **state)
{
    struct place *place = *state;
    char *const arguments[] = {(char *)"rm", (char *)"-rf", place->folder, NULL};
    pid_t child = fork();
    if (child == 0) {
        execvp("rm", arguments);
        _exit(127);
    }
    waitpid(child, NULL, 0);
    arena_free(&place->arena);
    free(place);
    return 0;
}

static void put(struct place *place, const char *name, const char *text)
{
    const char *path = arena_format(&place->arena, "%s/new/%s", place->folder, name);
    must(file_write(path, text, strlen(text), 0600, &why));
}

/* In place of the C library's: what a file system answers that has no links. 0: it has them. */
static int link_problem;

int link(const char *from, const char *to)
{
    if (link_problem == 0 || access(to, F_OK) == 0) {
        return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
    }
    errno = link_problem;
    return -1;
}

static bool there(struct place *place, const char *path)
{
    return access(arena_format(&place->arena, "%s/%s", place->folder, path), F_OK) == 0;
}

static void messages_go_where_they_are_told(void **state)
{
    struct place *place = *state;
    struct mailbox *mailbox;
    struct buf bytes;
    bool found;
    int64_t waiting, in_cur;
    put(place, "1.a", "first");
    put(place, "2.b", "second");
    put(place, "3.c", "third");
    must(mailbox_open(&place->settings, &mailbox, &why));
    must(mailbox_count(mailbox, &waiting, &in_cur, &why));
    assert_int_equal(waiting, 3);
    buf_init(&bytes, 1024);
    for (int i = 0; i < 3; i++) {
        must(mailbox_next(mailbox, 1000, &bytes, &found, &why));
        assert_true(found);
        enum mailbox_target target = bytes.data[0] == 'f'   ? MAILBOX_PROCESSED
                                     : bytes.data[0] == 's' ? MAILBOX_QUARANTINE
                                                            : MAILBOX_PEOPLE;
        must(mailbox_move(mailbox, target, &why));
    }
    must(mailbox_next(mailbox, 1000, &bytes, &found, &why));
    assert_true(found && mailbox_is_in_cur(mailbox));
    assert_string_equal(bytes.data, "third"); /* is shown with what lies in cur */
    must(mailbox_next(mailbox, 1000, &bytes, &found, &why));
    assert_false(found);
    must(mailbox_close(mailbox, &why));
    buf_free(&bytes);
    assert_true(there(place, ".Processed/cur/1.a:2,S"));
    assert_true(there(place, ".Quarantine/cur/2.b:2,S"));
    assert_true(there(place, "cur/3.c:2,"));
    assert_false(there(place, "new/1.a"));
}

/* FAT says EPERM, FUSE without links ENOSYS, AFS between folders EXDEV. */
static void messages_move_where_files_have_one_name_only(void **state)
{
    static const int problems[] = {EPERM, EOPNOTSUPP, ENOSYS, EXDEV, EMLINK};
    struct place *place = *state;
    struct mailbox *mailbox;
    struct buf bytes;
    bool found;
    buf_init(&bytes, 1000);
    must(mailbox_open(&place->settings, &mailbox, &why));
    for (size_t i = 0; i < sizeof problems / sizeof *problems; i++) {
        put(place, "1.a.b", "Subject: again\n\ntext\n");
        link_problem = problems[i];
        must(mailbox_next(mailbox, 1000, &bytes, &found, &why));
        assert_true(found);
        must(mailbox_move(mailbox, MAILBOX_PEOPLE, &why));
        assert_false(there(place, "new/1.a.b"));
    }
    link_problem = 0;
    must(mailbox_close(mailbox, &why));
    assert_true(there(place, "cur/1.a.b:2,"));
    assert_true(there(place, "cur/1.a.b_4:2,"));
    buf_free(&bytes);
}

/* Whatever opened the Maildir before us has moved what was new. */
static void what_lies_in_cur_is_given_once_behind_what_waits(void **state)
{
    struct place *place = *state;
    struct mailbox *mailbox;
    struct buf bytes;
    bool found;
    int64_t waiting, in_cur;
    put(place, "1.a", "new");
    put(place, "../cur/2.b:2,S", "seen bounce");
    put(place, "../cur/3.c:2,S", "letter");
    must(mailbox_open(&place->settings, &mailbox, &why));
    must(mailbox_count(mailbox, &waiting, &in_cur, &why));
    assert_int_equal(waiting, 1);
    assert_int_equal(in_cur, 2);
    buf_init(&bytes, 1024);
    for (int i = 0; i < 3; i++) {
        must(mailbox_next(mailbox, 1000, &bytes, &found, &why));
        assert_true(found);
        assert_int_equal(mailbox_is_in_cur(mailbox), i > 0);
        bool letter = bytes.data[0] == 'l';
        must(mailbox_move(mailbox, letter ? MAILBOX_PEOPLE : MAILBOX_PROCESSED, &why));
    }
    must(mailbox_next(mailbox, 1000, &bytes, &found, &why));
    assert_false(found);
    must(mailbox_close(mailbox, &why));
    buf_free(&bytes);
    assert_true(there(place, ".Processed/cur/2.b:2,S"));
    assert_true(there(place, "cur/3.c:2,S"));
    assert_false(there(place, "cur/2.b:2,S"));
}

static void a_message_that_was_not_moved_waits_on(void **state)
{
    struct place *place = *state;
    struct mailbox *mailbox;
    struct buf bytes;
    bool found;
    put(place, "1.a", "first");
    buf_init(&bytes, 1024);
    for (int i = 0; i < 2; i++) {
        must(mailbox_open(&place->settings, &mailbox, &why));
        must(mailbox_next(mailbox, 1000, &bytes, &found, &why));
        assert_true(found);
        assert_string_equal(bytes.data, "first");
        must(mailbox_close(mailbox, &why));
    }
    buf_free(&bytes);
    assert_true(there(place, "new/1.a"));
}

static void of_a_long_message_the_front_is_given(void **state)
{
    struct place *place = *state;
    struct mailbox *mailbox;
    struct buf bytes;
    bool found;
    put(place, "1.a", "0123456789");
    buf_init(&bytes, 1024);
    must(mailbox_open(&place->settings, &mailbox, &why));
    must(mailbox_next(mailbox, 4, &bytes, &found, &why));
    assert_string_equal(bytes.data, "0123");
    must(mailbox_close(mailbox, &why));
    buf_free(&bytes);
}

static void a_thousand_messages_are_each_given_once_while_more_arrive(void **state)
{
    struct place *place = *state;
    struct mailbox *mailbox;
    struct buf bytes;
    bool found = true;
    int seen = 0;
    for (int i = 0; i < 1000; i++) {
        put(place, arena_format(&place->arena, "%d.x", i), "text");
    }
    buf_init(&bytes, 1024);
    must(mailbox_open(&place->settings, &mailbox, &why));
    while (found) {
        must(mailbox_next(mailbox, 1000, &bytes, &found, &why));
        if (found) {
            must(mailbox_move(mailbox, MAILBOX_PROCESSED, &why));
            seen++;
        }
        if (seen == 500) {
            put(place, "late.x", "text");
        }
    }
    must(mailbox_close(mailbox, &why));
    buf_free(&bytes);
    assert_true(seen >= 1001);
    assert_true(there(place, ".Processed/cur/late.x:2,S"));
}

static void what_is_no_maildir_is_said(void **state)
{
    (void)state;
    struct settings settings = {.bounce.mailbox = "maildir:/nonexistent"};
    struct mailbox *mailbox;
    struct failure why = {0};
    assert_false(mailbox_open(&settings, &mailbox, &why));
    assert_non_null(strstr(why.text, "/nonexistent"));
    settings.bounce.mailbox = NULL;
    assert_false(mailbox_open(&settings, &mailbox, &why));
    assert_int_equal(why.kind, FAILURE_CONFIG);
}

#define place_test(name) cmocka_unit_test_setup_teardown(name, make_place, remove_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        place_test(messages_go_where_they_are_told),
        place_test(messages_move_where_files_have_one_name_only),
        place_test(what_lies_in_cur_is_given_once_behind_what_waits),
        place_test(a_message_that_was_not_moved_waits_on),
        place_test(of_a_long_message_the_front_is_given),
        place_test(a_thousand_messages_are_each_given_once_while_more_arrive),
        cmocka_unit_test(what_is_no_maildir_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
