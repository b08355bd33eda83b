/* `doctor`: prints the doctor's findings (doctor/doctor.h), as lines or as JSON. */
#include <stdio.h>

#include "cmd/common.h"
#include "cmd/verbs.h"
#include "doctor/doctor.h"

enum doctor_option { DOCTOR_CONNECT, DOCTOR_JSON };

static const struct option_spec doctor_options[] = {
    [DOCTOR_CONNECT] = {"connect", 0, NULL,
                        "try the relay, the bounce mailbox and the web server too; no mail is sent",
                        false},
    [DOCTOR_JSON] = {"json", 0, NULL, "print JSON", false},
    {0},
};

struct output {
    struct program *program;
    struct value *findings; /* for JSON; NULL: lines are printed as they arrive */
};

static bool open_part(struct doctor *doctor, enum doctor_part part, struct failure *why)
{
    const struct output *output = doctor->context;
    struct program *program = output->program;
    int needs = part == DOCTOR_SETTINGS ? NEEDS_SETTINGS
                : part == DOCTOR_KEYS   ? NEEDS_KEYS
                                        : NEEDS_READING;
    bool good = program_open(program, needs, why);
    doctor->settings = &program->settings;
    doctor->settings_file = program->settings_file;
    doctor->store = program->store;
    return good;
}

static void print_line(void *context, const struct finding *finding)
{
    (void)context;
    printf("%-8s %-10s %s\n", finding_kind_name(finding->kind), finding->about, finding->text);
}

static void add_row(void *context, const struct finding *finding)
{
    struct output *output = context;
    struct arena *arena = &output->program->arena;
    struct value *row = value_add(output->findings, value_object(arena));
    value_set_text(arena, row, "about", finding->about);
    value_set_text(arena, row, "finding", finding_kind_name(finding->kind));
    value_set_text(arena, row, "text", finding->text);
}

static bool doctor_run(struct program *program, int *status, struct failure *why)
{
    bool json = program->options[DOCTOR_JSON].count > 0;
    struct output output = {.program = program,
                            .findings = json ? value_list(&program->arena) : NULL};
    struct doctor doctor = {.arena = &program->arena,
                            .connect = program->options[DOCTOR_CONNECT].count > 0,
                            .open = open_part,
                            .tell = json ? add_row : print_line,
                            .context = &output};
    if (!common_no_operands(program, 0, why)) {
        return false;
    }
    doctor_examine(&doctor);
    if (json) {
        common_print_json(output.findings);
    }
    *status = failure_exit_code(doctor.first_fault);
    return true;
}

const struct verb verb_doctor = {
    .name = "doctor",
    .needs = NEEDS_NOTHING,
    .options = doctor_options,
    .usage = "[--connect] [--json]",
    .help = "Look at everything an issue will need: settings, key, database, disk, cron",
    .examples = "  verdicts doctor\n"
                "  verdicts doctor --connect\n"
                "  verdicts doctor --json\n",
    .run = doctor_run,
};
