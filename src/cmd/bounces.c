/* `bounces`: reads the bounce mailbox, and takes dead addresses off the list. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "bounce/explain.h"
#include "cmd/common.h"
#include "cmd/read_bounces.h"
#include "cmd/verbs.h"
#include "mail/address.h"
#include "store/run.h"

enum bounces_option { BOUNCES_EXPLAIN, BOUNCES_RELEASE, BOUNCES_JSON };

static const struct option_spec bounces_options[] = {
    [BOUNCES_EXPLAIN] = {"explain", 0, NULL,
                         "tell what the given messages say, by their content alone; change nothing",
                         false},
    [BOUNCES_RELEASE] = {"release", 0, "DOMAIN",
                         "count the bounces of a domain that were held back", true},
    [BOUNCES_JSON] = {"json", 0, NULL, "print JSON", false},
    {0},
};

static bool explain_one(struct sandbox *sandbox, const char *path, struct arena *arena,
                        struct value *list, struct failure *why)
{
    struct bounce_report report;
    bool dead;
    if (!explain_file(sandbox, path, &report, &dead, why)) {
        return false;
    }
    if (dead) {
        fprintf(stderr, "verdicts: %s: killed the process that read it\n", path);
    }
    if (list != NULL) {
        value_add(list, explain_value(arena, path, &report));
        return true;
    }
    struct buf text;
    buf_init(&text, 64 * 1024);
    explain_text(&text, path, &report);
    printf("%s", text.data);
    buf_free(&text);
    return true;
}

/* A file that cannot be read is named on stderr, and the others are explained. */
static bool explain_files(struct program *program, int *status, struct failure *why)
{
    struct sandbox *sandbox = NULL;
    bool json = program->options[BOUNCES_JSON].count > 0;
    struct value *list = json ? value_list(&program->arena) : NULL;
    if (program->argc == 0) {
        return fail(why, FAILURE_USAGE, "bounces --explain needs the names of messages");
    }
    if (!sandbox_open(NULL, &sandbox, why)) {
        return false;
    }
    bool ok = true;
    for (int i = 0; ok && i < program->argc; i++) {
        struct failure bad = {0};
        if (!explain_one(sandbox, program->argv[i], &program->arena, list, &bad)) {
            ok = bad.kind == FAILURE_NO_INPUT;
            *status = failure_exit_code(bad.kind);
            *why = bad;
            if (ok) {
                program_complain(&bad);
            }
        }
    }
    if (ok && json) {
        common_print_json(list);
    }
    sandbox_close(sandbox);
    return ok;
}

static bool release_domains(struct program *program, struct failure *why)
{
    const struct option_value *release = &program->options[BOUNCES_RELEASE];
    const struct bounces bounces = {
        .store = program->store, .settings = &program->settings, .keys = program->keys};
    for (size_t i = 0; i < release->count; i++) {
        struct judge_result result;
        char domain[ADDRESS_MAX + 1];
        if (!address_domain(release->values[i], domain, why)) {
            why->kind = FAILURE_USAGE;
            return fail_context(why, "--release");
        }
        if (!bounces_release(&bounces, &program->arena, domain, &result, why)) {
            return false;
        }
        if (!program->quiet) {
            printf("%s: %lld bounce%s counted, %lld off the list\n", domain,
                   (long long)result.counted, result.counted == 1 ? "" : "s",
                   (long long)result.gone);
        }
    }
    return true;
}

static void print_result(struct program *program, const struct bounce_run_result *result)
{
    struct arena *arena = &program->arena;
    struct value *object = value_object(arena);
    struct value *classes = value_object(arena);
    struct value *storms = value_list(arena);
    value_set_int(arena, object, "read", result->read);
    value_set_int(arena, object, "repeated", result->repeated);
    value_set_int(arena, object, "unread", result->unread);
    value_set_int(arena, object, "in_cur", result->in_cur);
    for (int i = 0; i < BOUNCE_CLASSES; i++) {
        value_set_int(arena, classes, bounce_class_name((enum bounce_class)i), result->classes[i]);
    }
    value_set(arena, object, "classes", classes);
    value_set_int(arena, object, "killed", result->dead);
    value_set_int(arena, object, "counted", result->judged.counted);
    value_set_int(arena, object, "off_the_list", result->judged.gone);
    for (size_t i = 0; i < result->judged.storm_count; i++) {
        struct value *storm = value_add(storms, value_object(arena));
        value_set_text(arena, storm, "domain", result->judged.storms[i].domain);
        value_set_text(arena, storm, "code", result->judged.storms[i].code);
        value_set_int(arena, storm, "people", result->judged.storms[i].people);
        value_set_int(arena, storm, "readers", result->judged.storms[i].readers);
    }
    value_set(arena, object, "storms", storms);
    common_print_json(object);
}

static bool read_mailbox(struct program *program, int *status, struct failure *why)
{
    struct bounce_run_result result = {0};
    struct failure late = {0};
    char summary[256];
    int64_t run;
    if (!run_begin(program->store, "bounces", clock_now(), &run, why)) {
        return false;
    }
    bool ok = read_bounces(program, &result, why);
    *status = ok && result.stopped ? EXIT_TRY_AGAIN : *status;
    bounce_run_summary(&result, summary, sizeof summary);
    int code = ok ? *status : failure_exit_code(why->kind);
    if (!run_end(program->store, run, clock_now(), code, ok ? summary : why->text, &late) && ok) {
        *why = late;
        return false;
    }
    /* Whatever stopped the run, the messages that were read have been recorded and moved. */
    bool told = ok || result.read > 0 || result.unread > 0;
    if (told && program->options[BOUNCES_JSON].count > 0) {
        print_result(program, &result);
    } else if (ok && program->terminal && !program->quiet) {
        fprintf(stderr, "%s\n", summary);
    }
    return ok;
}

static bool bounces_run(struct program *program, int *status, struct failure *why)
{
    if (program->options[BOUNCES_EXPLAIN].count > 0) {
        return explain_files(program, status, why);
    }
    if (!common_no_operands(program, 0, why) ||
        !program_open(program, NEEDS_STORE | NEEDS_KEYS, why)) {
        return false;
    }
    return program->options[BOUNCES_RELEASE].count > 0 ? release_domains(program, why)
                                                       : read_mailbox(program, status, why);
}

const struct verb verb_bounces = {
    .name = "bounces",
    .needs = NEEDS_NOTHING,
    .options = bounces_options,
    .usage = "[--json] | --explain [--json] FILE... | --release DOMAIN",
    .help = "Read bounces, complaints and replies; take dead addresses off the list",
    .examples = "  verdicts bounces\n"
                "  verdicts bounces --explain --json message.eml\n"
                "  verdicts bounces --release example.net\n",
    .run = bounces_run,
};
