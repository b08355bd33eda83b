/* Files: read with a limit, published whole, locked. */
#include <dirent.h>
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

#include <cmocka.h>

static char folder[] = "/tmp/verdicts-file-XXXXXX";
static struct arena arena;

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    arena_free(&arena);
    return rmdir(folder);
}

static const char *in(const char *name)
{
    return file_join(&arena, folder, name);
}

static size_t count_entries(void)
{
    size_t count = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    while (readdir(dir) != NULL) {
        count++;
    }
    closedir(dir);
    return count - 2;
}

static void what_is_written_can_be_read(void **state)
{
    (void)state;
    struct buf content;
    struct failure why = {0};
    struct stat st;
    buf_init(&content, 100);
    assert_true(file_write(in("a"), "one\0two", 7, 0600, &why));
    assert_true(file_read(in("a"), 100, &content, &why));
    assert_int_equal(content.len, 7);
    assert_memory_equal(content.data, "one\0two", 7);
    assert_int_equal(stat(in("a"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    buf_reset(&content);
    assert_true(file_write(in("a"), "three", 5, 0644, &why));
    assert_true(file_read(in("a"), 5, &content, &why));
    assert_string_equal(content.data, "three");
    assert_int_equal(count_entries(), 1);
    assert_int_equal(unlink(in("a")), 0);
    buf_free(&content);
}

static void more_than_the_limit_is_an_error(void **state)
{
    (void)state;
    struct buf content;
    struct failure why = {0};
    buf_init(&content, 4);
    assert_true(file_write(in("a"), "12345", 5, 0600, &why));
    assert_false(file_read(in("a"), 4, &content, &why));
    assert_int_equal(why.kind, FAILURE_DATA);
    assert_non_null(strstr(why.text, "larger than 4 bytes"));
    assert_int_equal(unlink(in("a")), 0);
    buf_free(&content);
}

static void only_a_file_is_read(void **state)
{
    (void)state;
    struct buf content;
    struct failure why = {0};
    buf_init(&content, 100);
    assert_int_equal(mkfifo(in("fifo"), 0600), 0);
    assert_false(file_read(in("fifo"), 100, &content, &why));
    assert_int_equal(why.kind, FAILURE_NO_INPUT);
    assert_non_null(strstr(why.text, "a pipe, socket or device"));
    assert_false(file_read(folder, 100, &content, &why));
    assert_non_null(strstr(why.text, "a folder"));
    assert_false(file_read("/dev/zero", 100, &content, &why));
    assert_false(file_read(in("nothing"), 100, &content, &why));
    assert_int_equal(why.kind, FAILURE_NO_INPUT);
    assert_non_null(strstr(why.text, "nothing"));
    assert_int_equal(unlink(in("fifo")), 0);
    buf_free(&content);
}

static bool reads_beneath(const char *root, const char *name, enum failure_kind *kind)
{
    struct buf content;
    struct failure why = {0};
    buf_init(&content, 100);
    bool good = file_read_beneath(root, name, 100, &content, &why);
    *kind = why.kind;
    if (good) {
        assert_string_equal(content.data, "inside");
    }
    buf_free(&content);
    return good;
}

/* Links and names are tried as they stand; only what stays inside is read. */
static void nothing_beneath_a_folder_leads_out_of_it(void **state)
{
    static const struct {
        const char *name;
        bool good;
        enum failure_kind kind;
    } rows[] = {
        {"file", true, FAILURE_NONE},
        {"sub/file", true, FAILURE_NONE},
        {"absent", false, FAILURE_NO_INPUT},
        {"sub", false, FAILURE_NO_INPUT},
        {"../outside", false, FAILURE_PERMISSION},
        {"sub/../../outside", false, FAILURE_PERMISSION},
        {"link", false, FAILURE_PERMISSION},
        {"absolute", false, FAILURE_PERMISSION},
        {"up/outside", false, FAILURE_PERMISSION},
        {"/etc/hostname", false, FAILURE_PERMISSION},
        {"sub/near", true, FAILURE_NONE},
    };
    const char *root = in("root");
    struct failure why = {0};
    (void)state;
    assert_true(file_make_folder(in("root/sub"), 0755, &why));
    assert_true(file_write(in("outside"), "outside", 7, 0600, &why));
    assert_true(file_write(in("root/file"), "inside", 6, 0600, &why));
    assert_true(file_write(in("root/sub/file"), "inside", 6, 0600, &why));
    assert_int_equal(symlink("../file", in("root/sub/near")), 0);
    assert_int_equal(symlink("../outside", in("root/link")), 0);
    assert_int_equal(symlink("/etc/hostname", in("root/absolute")), 0);
    assert_int_equal(symlink("..", in("root/up")), 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum failure_kind kind;
        bool good = reads_beneath(root, rows[i].name, &kind);
        if (good != rows[i].good || kind != rows[i].kind) {
            fail_msg("%s: %d, %d", rows[i].name, good, kind);
        }
    }
    static const char *const made[] = {"root/up",       "root/absolute", "root/link",
                                       "root/sub/near", "root/sub/file", "root/file",
                                       "outside"};
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
        unlink(in(made[i]));
    }
    rmdir(in("root/sub"));
    rmdir(in("root"));
}

static void a_new_file_never_replaces_one(void **state)
{
    (void)state;
    struct buf content;
    struct failure why = {0};
    buf_init(&content, 100);
    assert_true(file_create(in("a"), "one", 3, 0600, &why));
    assert_false(file_create(in("a"), "two", 3, 0600, &why));
    assert_int_equal(why.kind, FAILURE_CANNOT_CREATE);
    assert_true(file_read(in("a"), 100, &content, &why));
    assert_string_equal(content.data, "one");
    assert_int_equal(unlink(in("a")), 0);
    assert_false(file_create(in("no/folder"), "one", 3, 0600, &why));
    assert_false(file_write(in("no/folder"), "one", 3, 0600, &why));
    assert_int_equal(why.kind, FAILURE_CANNOT_CREATE);
    buf_free(&content);
}

static void a_failed_replacement_leaves_the_old_content_and_no_rest(void **state)
{
    (void)state;
    struct failure why = {0};
    assert_int_equal(mkdir(in("target"), 0700), 0);
    assert_int_equal(mkdir(in("target/inside"), 0700), 0);
    assert_false(file_write(in("target"), "one", 3, 0600, &why));
    assert_int_equal(why.kind, FAILURE_CANNOT_CREATE);
    assert_int_equal(count_entries(), 1);
    assert_int_equal(rmdir(in("target/inside")), 0);
    assert_int_equal(rmdir(in("target")), 0);
}

static void what_root_writes_belongs_to_the_owner_of_the_folder(void **state)
{
    (void)state;
    struct failure why = {0};
    struct stat st;
    if (geteuid() != 0) {
        skip();
    }
    assert_int_equal(chown(folder, 65534, 65534), 0);
    assert_true(file_write(in("a"), "token", 5, 0600, &why));
    assert_int_equal(stat(in("a"), &st), 0);
    assert_int_equal(chown(folder, 0, 0), 0);
    assert_int_equal(unlink(in("a")), 0);
    assert_int_equal(st.st_uid, 65534);
    assert_int_equal(st.st_gid, 65534);
    assert_int_equal(st.st_mode & 07777, 0600);
}

static void folders_that_root_makes_belong_to_whom_it_says(void **state)
{
    (void)state;
    struct failure why = {0};
    struct stat st, owner = {.st_uid = 65534, .st_gid = 65534};
    if (geteuid() != 0) {
        skip();
    }
    assert_true(file_make_folder_of(in("x/y"), 0700, &owner, &why));
    assert_int_equal(stat(in("x"), &st), 0);
    assert_int_equal(st.st_uid, 65534);
    assert_int_equal(stat(in("x/y"), &st), 0);
    assert_int_equal(st.st_uid, 65534);
    owner.st_uid = 1;
    assert_true(file_make_folder_of(in("x/y"), 0700, &owner, &why));
    assert_int_equal(stat(in("x/y"), &st), 0);
    assert_int_equal(st.st_uid, 65534); /* what is there keeps its owner */
    assert_int_equal(rmdir(in("x/y")), 0);
    assert_int_equal(rmdir(in("x")), 0);
}

static void folders_are_made_with_those_above_them(void **state)
{
    (void)state;
    struct failure why = {0};
    assert_true(file_make_folder(in("x/y//z"), 0700, &why));
    assert_true(file_make_folder(in("x/y/z/"), 0700, &why));
    assert_true(file_write(in("x/file"), "", 0, 0600, &why));
    assert_false(file_make_folder(in("x/file/below"), 0700, &why));
    assert_int_equal(why.kind, FAILURE_CANNOT_CREATE);
    assert_int_equal(unlink(in("x/file")), 0);
    assert_int_equal(rmdir(in("x/y/z")), 0);
    assert_int_equal(rmdir(in("x/y")), 0);
    assert_int_equal(rmdir(in("x")), 0);
}

static void a_lock_is_held_by_one_at_a_time(void **state)
{
    (void)state;
    int first, second;
    struct failure why = {0};
    assert_true(file_lock(in("lock"), &first, &why));
    assert_false(file_lock(in("lock"), &second, &why));
    assert_int_equal(why.kind, FAILURE_TRY_AGAIN);
    assert_int_equal(second, -1);
    assert_int_equal(close(first), 0);
    assert_true(file_lock(in("lock"), &second, &why));
    assert_int_equal(close(second), 0);
    assert_int_equal(unlink(in("lock")), 0);
}

static void a_lock_goes_when_its_process_dies(void **state)
{
    (void)state;
    int fd;
    int ready[2];
    struct failure why = {0};
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        bool held = file_lock(in("lock"), &fd, &why);
        ssize_t put = write(ready[1], held ? "y" : "n", 1);
        _exit(put == 1 ? 0 : 1);
    }
    char answer = 0;
    assert_int_equal(read(ready[0], &answer, 1), 1);
    assert_int_equal(answer, 'y');
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_true(file_lock(in("lock"), &fd, &why));
    close(fd);
    close(ready[0]);
    close(ready[1]);
    assert_int_equal(unlink(in("lock")), 0);
}

static void paths_are_joined_and_parted(void **state)
{
    (void)state;
    assert_string_equal(file_join(&arena, "a", "b"), "a/b");
    assert_string_equal(file_join(&arena, "a/", "b/c"), "a/b/c");
    assert_string_equal(file_join(&arena, ".", "b"), "b");
    assert_string_equal(file_join(&arena, "/", "b"), "/b");
    assert_string_equal(file_join(&arena, "a", "/b"), "/b");
    assert_string_equal(file_folder(&arena, "a"), ".");
    assert_string_equal(file_folder(&arena, "a/b/c"), "a/b");
    assert_string_equal(file_folder(&arena, "/a"), "/");
    assert_string_equal(file_name("a/b"), "b");
    assert_string_equal(file_name("b"), "b");
    assert_string_equal(file_name("a/"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_can_be_read),
        cmocka_unit_test(more_than_the_limit_is_an_error),
        cmocka_unit_test(only_a_file_is_read),
        cmocka_unit_test(nothing_beneath_a_folder_leads_out_of_it),
        cmocka_unit_test(a_new_file_never_replaces_one),
        cmocka_unit_test(a_failed_replacement_leaves_the_old_content_and_no_rest),
        cmocka_unit_test(what_root_writes_belongs_to_the_owner_of_the_folder),
        cmocka_unit_test(folders_are_made_with_those_above_them),
        cmocka_unit_test(folders_that_root_makes_belong_to_whom_it_says),
        cmocka_unit_test(a_lock_is_held_by_one_at_a_time),
        cmocka_unit_test(a_lock_goes_when_its_process_dies),
        cmocka_unit_test(paths_are_joined_and_parted),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
