/* Files with secrets: who may own them, who may read them, and what of them is the secret. */
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

#include "base/secret.h"

#include <cmocka.h>

static char folder[] = "/tmp/verdicts-secret-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
    (void)state;
    bool good = mkdtemp(folder) != NULL && chmod(folder, 0755) == 0;
    snprintf(path, sizeof path, "%s/password", folder);
    return good ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void write_secret(const char *bytes, size_t len, mode_t mode)
{
    unlink(path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

#define BYTES(text) text, sizeof(text) - 1

static const struct {
    const char *name, *bytes;
    size_t len;
    const char *line, *reason; /* one of them */
} files[] = {
    {"with a line end", BYTES("open sesame\n"), "open sesame", NULL},
    {"without one", BYTES("open sesame"), "open sesame", NULL},
    {"of Windows", BYTES("\xEF\xBB\xBFopen sesame\r\nnote\r\n"), "open sesame", NULL},
    {"blanks belong to it", BYTES(" a b \n"), " a b ", NULL},
    {"a mark further on belongs to it", BYTES("a\xEF\xBB\xBF\n"), "a\xEF\xBB\xBF", NULL},
    {"empty", BYTES(""), NULL, "the file is empty"},
    {"a mark alone", BYTES("\xEF\xBB\xBF"), NULL, "empty"},
    {"an empty first line", BYTES("\nopen sesame\n"), NULL, "the first line is empty"},
    {"the same of Windows", BYTES("\xEF\xBB\xBF\r\nopen sesame"), NULL, "the first line is empty"},
    {"UTF-16", BYTES("o\0p\0e\0n\0\n\0"), NULL, "NUL"},
};

static void the_first_line_is_the_secret(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct buf line;
        struct failure why = {0};
        buf_init(&line, SECRET_LINE_MAX);
        write_secret(files[i].bytes, files[i].len, 0600);
        bool good = secret_read_line(path, &line, &why);
        if (good != (files[i].line != NULL)) {
            fail_msg("%s: %s", files[i].name, good ? "taken" : why.text);
        }
        if (good) {
            assert_string_equal(line.data, files[i].line);
            assert_int_equal(line.len, strlen(files[i].line));
        } else {
            assert_int_equal(why.kind, FAILURE_CONFIG);
            assert_non_null(strstr(why.text, path));
            assert_non_null(strstr(why.text, files[i].reason));
            assert_null(strstr(why.text, "sesame"));
        }
        secret_wipe(&line);
    }
}

static bool can_read(struct failure *why)
{
    struct buf content;
    *why = (struct failure){0};
    buf_init(&content, 100);
    bool good = secret_read(path, 100, &content, why);
    secret_wipe(&content);
    return good;
}

static void a_mode_wider_than_0600_is_refused(void **state)
{
    (void)state;
    struct failure why;
    static const mode_t narrow[] = {0600, 0400},
                        wide[] = {0640, 0604, 0620, 0602, 0601, 0700, 04600};
    for (size_t i = 0; i < sizeof narrow / sizeof narrow[0]; i++) {
        write_secret(BYTES("a\n"), narrow[i]);
        assert_true(can_read(&why));
    }
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++) {
        write_secret(BYTES("a\n"), wide[i]);
        assert_false(can_read(&why));
        assert_int_equal(why.kind, FAILURE_CONFIG);
        assert_non_null(strstr(why.text, "chmod 600"));
    }
}

static void what_systemd_hands_over_keeps_its_mode(void **state)
{
    (void)state;
    struct failure why;
    write_secret(BYTES("a\n"), 0440);
    assert_false(can_read(&why));
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", "/", 1), 0);
    assert_false(can_read(&why));
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", folder, 1), 0);
    assert_true(can_read(&why));
    assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
}

static bool can_read_credential(const char *credential, struct failure *why)
{
    struct buf content;
    buf_init(&content, 100);
    bool good = secret_read(credential, 100, &content, why);
    secret_wipe(&content);
    return good;
}

static void a_credential_is_found_where_systemd_put_it(void **state)
{
    (void)state;
    struct failure why;
    char credential[100];
    snprintf(credential, sizeof credential, "credential:%s", strrchr(path, '/') + 1);
    write_secret(BYTES("a\n"), 0440);
    assert_false(can_read_credential(credential, &why));
    assert_int_equal(why.kind, FAILURE_CONFIG);
    assert_non_null(strstr(why.text, "$CREDENTIALS_DIRECTORY is not set"));
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", folder, 1), 0);
    assert_true(can_read_credential(credential, &why));
    assert_false(can_read_credential("credential:absent", &why));
    assert_int_equal(why.kind, FAILURE_CONFIG);
    assert_non_null(strstr(why.text, "LoadCredential=absent"));
    assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
}

enum { STRANGER = 12345, OTHER = 54321 };

/* As somebody who is not root, in a process of its own. */
static bool can_read_as(uid_t user)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct failure why;
        if (setuid(user) != 0) {
            _exit(2);
        }
        bool good = can_read(&why);
        _exit(good ? 0 : strstr(why.text, "belongs to") != NULL ? 1 : 3);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
    return WEXITSTATUS(status) == 0;
}

/* Open to all, so that the stranger gets as far as the owner, which is looked at first. */
static void a_file_of_somebody_else_is_refused(void **state)
{
    (void)state;
    struct failure why;
    if (geteuid() != 0) {
        skip();
    }
    write_secret(BYTES("a\n"), 0600);
    assert_int_equal(chown(path, STRANGER, (gid_t)-1), 0);
    assert_true(can_read(&why)); /* root reads for whom it acts */
    assert_true(can_read_as(STRANGER));
    assert_int_equal(chmod(path, 0644), 0);
    assert_false(can_read_as(OTHER));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_line_is_the_secret),
        cmocka_unit_test(a_mode_wider_than_0600_is_refused),
        cmocka_unit_test(what_systemd_hands_over_keeps_its_mode),
        cmocka_unit_test(a_credential_is_found_where_systemd_put_it),
        cmocka_unit_test(a_file_of_somebody_else_is_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
