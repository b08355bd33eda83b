/* `dkim-key`: generates a pair of signing keys and prints the DNS records that publish them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cmd/common.h"
#include "cmd/verbs.h"
#include "mail/address.h"
#include "mail/dkim.h"

enum dkim_key_option { KEY_DOMAIN, KEY_SELECTOR, KEY_BITS };

static const struct option_spec dkim_key_options[] = {
    [KEY_DOMAIN] = {"domain", 0, "DOMAIN", "of the records (example.org)", false},
    [KEY_SELECTOR] = {"selector", 0, "NAME", "of the records (verdicts)", false},
    [KEY_BITS] = {"bits", 0, "N", "length of the RSA key, 2048 (the default) to 4096", false},
    {0},
};

enum { PEM_MAX = 16 * 1024, BITS_DEFAULT = 2048 };

/* One of the two keys: its file and the name of its record. */
struct key_job {
    enum dkim_kind kind;
    const char *file;
    const char *selector;
};

static const char *chosen(const struct program *program, enum dkim_key_option option,
                          const char *otherwise)
{
    const struct option_value *given = &program->options[option];
    return given->count > 0 ? given->values[0] : otherwise;
}

static bool make_key(struct program *program, const struct key_job *job, const char *domain,
                     int bits, struct failure *why)
{
    struct buf pem, record, line;
    buf_init(&pem, PEM_MAX);
    buf_init(&record, PEM_MAX);
    buf_init(&line, PEM_MAX);
    bool good = dkim_make_key(job->kind, bits, &pem, &record, why) &&
                file_create(job->file, pem.data, pem.len, 0600, why);
    if (good) {
        dkim_zone_line(job->selector, domain, record.data, &line);
        printf("%s%s", line.data, line.len > 0 && line.data[line.len - 1] == '\n' ? "" : "\n");
        if (!program->quiet) {
            fprintf(stderr, "%s\n", job->file);
        }
    }
    explicit_bzero(pem.data, pem.len);
    buf_free(&pem);
    buf_free(&record);
    buf_free(&line);
    return good;
}

/* The absolute path of the key, because the settings file may be in any folder. */
static const char *whole_path(struct arena *arena, const char *path)
{
    char *found = realpath(path, NULL);
    const char *copy = arena_copy(arena, found != NULL ? found : path);
    free(found);
    return copy;
}

/* Prints the settings that use the keys, ready to be pasted. */
static void tell_settings(struct program *program, const struct key_job jobs[2], const char *domain)
{
    if (!program->quiet) {
        fprintf(stderr,
                "\ndkim {\n    domain = '%s'\n    selector = '%s'\n    key_file = '%s'\n"
                "    ed25519_selector = '%s'\n    ed25519_key_file = '%s'\n}\n",
                domain, jobs[0].selector, whole_path(&program->arena, jobs[0].file),
                jobs[1].selector, whole_path(&program->arena, jobs[1].file));
    }
}

/* A selector consists of DNS labels, and must leave room for the second key's. */
static bool check_selector(const char *selector, struct failure *why)
{
    enum { SELECTOR_MAX = 55 };
    struct failure bad = {0};
    if (selector[0] == '\0' || strlen(selector) > SELECTOR_MAX ||
        !dkim_check_name("--selector", selector, &bad)) {
        return fail(why, FAILURE_USAGE,
                    "--selector \"%.80s\" cannot stand in a DNS name: write letters, digits and -, "
                    "at most %d",
                    selector, SELECTOR_MAX);
    }
    return true;
}

static bool dkim_key_run(struct program *program, int *status, struct failure *why)
{
    char domain[ADDRESS_MAX + 1];
    int64_t bits = BITS_DEFAULT;
    const struct option_value *given = &program->options[KEY_BITS];
    (void)status;
    if (program->argc != 1) {
        return fail(why, FAILURE_USAGE, "dkim-key takes the folder for the keys");
    }
    if ((given->count > 0 &&
         !options_number("--bits", given->values[0], BITS_DEFAULT, 4096, &bits, why)) ||
        !address_domain(chosen(program, KEY_DOMAIN, "example.org"), domain, why)) {
        return false;
    }
    struct arena *arena = &program->arena;
    const char *folder = program->argv[0];
    const char *selector = chosen(program, KEY_SELECTOR, "verdicts");
    if (folder[0] == '\0') {
        return fail(why, FAILURE_USAGE, "dkim-key: the name of the folder is empty");
    }
    if (!check_selector(selector, why)) {
        return false;
    }
    const struct key_job jobs[] = {
        {DKIM_RSA, file_join(arena, folder, "dkim-rsa.pem"), selector},
        {DKIM_ED25519, file_join(arena, folder, "dkim-ed25519.pem"),
         arena_format(arena, "%s-ed25519", selector)},
    };
    if (access(jobs[1].file, F_OK) == 0) {
        return fail(why, FAILURE_CANNOT_CREATE, "%s is there already; keys are never overwritten",
                    jobs[1].file);
    }
    if (!file_make_folder(folder, 0700, why) ||
        !make_key(program, &jobs[0], domain, (int)bits, why) ||
        !make_key(program, &jobs[1], domain, (int)bits, why)) {
        return false;
    }
    tell_settings(program, jobs, domain);
    return true;
}

const struct verb verb_dkim_key = {
    .name = "dkim-key",
    .options = dkim_key_options,
    .usage = "DIR [--domain DOMAIN] [--selector NAME] [--bits N]",
    .help = "Make a pair of DKIM keys and print the DNS records that publish them",
    .examples = "  verdicts dkim-key /etc/verdicts/dkim --domain example.org\n",
    .run = dkim_key_run,
};
