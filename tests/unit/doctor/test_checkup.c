/* What the doctor says of settings and files, without connecting to anything. */
#include "../store/scratch.h"

#include "base/file.h"
#include "doctor/checkup.h"
#include "doctor/doctor.h"

#include <cmocka.h>

static void only_domains_that_are_reserved_are_examples(void **state)
{
    static const struct {
        const char *value;
        bool example;
    } rows[] = {
        {"https://www.example.org/list", true},
        {"news@example.com", true},
        {"example.net", true},
        {"https://localhost:8080", false},
        {"", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(checkup_is_example(rows[i].value), rows[i].example);
    }
}

static void a_sender_that_needs_SMTPUTF8_is_named_by_its_key(void **state)
{
    static const struct {
        const char *from, *reply_to, *key; /* NULL: none */
    } rows[] = {
        {"Ann <ann@example.org>", NULL, NULL},
        {"Ann <\xC3\xA4nn@example.org>", NULL, "mail.from"},
        {"ann@example.org", "\xC3\xA4nn@example.org", "mail.reply_to"},
        {NULL, NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct settings settings = {
            .mail = {.from = rows[i].from, .reply_to = rows[i].reply_to}};
        const char *key = checkup_sender(&settings);
        assert_true((key == NULL) == (rows[i].key == NULL));
        if (key != NULL) {
            assert_string_equal(key, rows[i].key);
        }
    }
}

static void files_that_others_can_read_are_named_with_the_chmod_that_mends_them(void **state)
{
    struct scratch *scratch = *state;
    const char *texts[CHECKUP_WIDE];
    char wal[128];
    snprintf(wal, sizeof wal, "%s.leaves", scratch->path);
    must(file_write(wal, "", 0, 0644, &why));
    chmod(wal, 0644);
    chmod(scratch->folder, 0750);
    size_t count = checkup_wide_files(&scratch->arena, scratch->path, texts);
    assert_int_equal(count, 2);
    assert_non_null(strstr(texts[0], "chmod 700"));
    assert_non_null(strstr(texts[1], "0644"));
    assert_non_null(strstr(texts[1], "chmod 600"));
    chmod(wal, 0600);
    chmod(scratch->folder, 0700);
    assert_int_equal(checkup_wide_files(&scratch->arena, scratch->path, texts), 0);
}

/* An examination where nothing can be opened. */
struct patient {
    struct doctor doctor;
    int opened, faults, findings;
};

static bool refuse_to_open(struct doctor *doctor, enum doctor_part part, struct failure *why)
{
    struct patient *patient = doctor->context;
    (void)part;
    patient->opened++;
    *why = (struct failure){.kind = FAILURE_CONFIG, .text = "no settings"};
    return false;
}

static void count_finding(void *context, const struct finding *finding)
{
    struct patient *patient = context;
    patient->findings++;
    patient->faults += finding->kind == FINDING_FAULT;
    assert_null(strchr(finding->text, '\n'));
}

static void without_settings_only_what_needs_none_is_checked(void **state)
{
    struct scratch *scratch = *state;
    struct patient patient = {.doctor = {.arena = &scratch->arena,
                                         .connect = true,
                                         .open = refuse_to_open,
                                         .tell = count_finding}};
    patient.doctor.context = &patient;
    doctor_examine(&patient.doctor);
    assert_int_equal(patient.opened, 1);
    assert_int_equal(patient.findings, 3); /* libcurl, confinement, settings */
    assert_int_equal(patient.faults, 1);
    assert_int_equal(patient.doctor.first_fault, FAILURE_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_domains_that_are_reserved_are_examples),
        cmocka_unit_test(a_sender_that_needs_SMTPUTF8_is_named_by_its_key),
        store_test(files_that_others_can_read_are_named_with_the_chmod_that_mends_them),
        store_test(without_settings_only_what_needs_none_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
