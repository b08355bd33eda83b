/* `dkim-key`: makes a pair of signing keys and prints the DNS records that publish them. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/address.h"
#include "base/file.h"
#include "cmd/common.h"
#include "cmd/verbs.h"
#include "compose/dkim.h"

enum dkim_key_option { KEY_DOMAIN, KEY_SELECTOR, KEY_BITS };

static const struct option_spec dkim_key_options[] = {
    [KEY_DOMAIN] = {"domain", 0, "DOMAIN", "of the records (example.org)", false},
    [KEY_SELECTOR] = {"selector", 0, "NAME", "of the records (verdicts)", false},
    [KEY_BITS] = {"bits", 0, "N", "length of the RSA key, 2048 (the default) to 4096", false},
    {0},
};

enum { PEM_MAX = 16 * 1024, BITS_DEFAULT = 2048 };

/* One of the two keys: its file and what its record is called. */
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
    const struct key_job jobs[] = {
        {DKIM_RSA, file_join(arena, folder, "dkim-rsa.pem"), selector},
        {DKIM_ED25519, file_join(arena, folder, "dkim-ed25519.pem"),
         arena_format(arena, "%s-ed25519", selector)},
    };
    if (access(jobs[1].file, F_OK) == 0) {
        return fail(why, FAILURE_CANNOT_CREATE, "%s is there already; keys are never overwritten",
                    jobs[1].file);
    }
    return file_make_folder(folder, 0700, why) &&
           make_key(program, &jobs[0], domain, (int)bits, why) &&
           make_key(program, &jobs[1], domain, (int)bits, why);
}

const struct verb verb_dkim_key = {
    .name = "dkim-key",
    .options = dkim_key_options,
    .usage = "DIR [--domain DOMAIN] [--selector NAME] [--bits N]",
    .help = "Make a pair of DKIM keys and print the DNS records that publish them",
    .examples = "  verdicts dkim-key /etc/verdicts/dkim --domain example.org\n",
    .run = dkim_key_run,
};
