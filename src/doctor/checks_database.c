#include "doctor/checks.h"

#include <string.h>

#include "base/clock.h"
#include "doctor/checkup.h"
#include "doctor/finding.h"
#include "issue/obstacle.h"
#include "store/absence.h"
#include "store/rest.h"
#include "store/run.h"

enum { RUNS_READ = 40, DAY = 86400, LATE = 8 * DAY };

void doctor_check_database(struct doctor *doctor)
{
    struct failure why = {0};
    if (!doctor->open(doctor, DOCTOR_STORE, &why) || !store_check(doctor->store, &why)) {
        finding_fault(doctor, "database", &why);
        return;
    }
    doctor->ready |= DOCTOR_STORE;
    finding_fine(doctor, "database", "%s is whole", doctor->settings->database);
}

void doctor_check_modes(struct doctor *doctor)
{
    const char *wide[CHECKUP_WIDE];
    size_t count = checkup_wide_files(doctor->arena, doctor->settings->database, wide);
    for (size_t i = 0; i < count; i++) {
        finding_warning(doctor, "modes", "%s", wide[i]);
    }
}

/* The newest run of `weekly`; NULL if there is none. */
static const struct run *find_weekly(const struct run *runs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(runs[i].verb, "weekly") == 0) {
            return &runs[i];
        }
    }
    return NULL;
}

static void report_weekly(struct doctor *doctor, const struct run *run)
{
    char when[CLOCK_TEXT];
    clock_format(run->started_at, when);
    if (clock_now() - run->started_at > LATE) {
        finding_warning(doctor, "weekly", "last ran %s; does cron still call it?", when);
    } else if (run->exit_code < 0) {
        finding_warning(doctor, "weekly", "began %s and has not ended, or it died", when);
    } else if (run->exit_code != 0) {
        finding_warning(doctor, "weekly", "ended %s with exit code %lld: %s", when,
                        (long long)run->exit_code, run->summary);
    } else {
        finding_fine(doctor, "weekly", "last ran %s: %s", when, run->summary);
    }
}

void doctor_check_weekly(struct doctor *doctor)
{
    struct failure why = {0};
    struct run *runs;
    size_t count;
    if (!run_latest(doctor->store, doctor->arena, 0, RUNS_READ, &runs, &count, &why)) {
        finding_fault(doctor, "weekly", &why);
        return;
    }
    const struct run *weekly = find_weekly(runs, count);
    if (weekly == NULL) {
        finding_warning(doctor, "weekly", "has never run; is it in the crontab?");
    } else {
        report_weekly(doctor, weekly);
    }
}

void doctor_check_list(struct doctor *doctor)
{
    struct failure why = {0};
    const char *line;
    struct obstacle_import *imports;
    size_t count;
    if (!obstacle_list(doctor->store, doctor->arena, &line, &why) ||
        !obstacle_imports(doctor->store, doctor->arena, &imports, &count, &why)) {
        finding_fault(doctor, "list", &why);
        return;
    }
    if (line != NULL) {
        finding_warning(doctor, "list", "%s", line);
    }
    for (size_t i = 0; i < count; i++) {
        finding_warning(doctor, "import", "%s", imports[i].line);
    }
}

/* Relays that could not be reached. */
void doctor_check_absences(struct doctor *doctor)
{
    struct failure why = {0};
    struct absence *absences;
    size_t count;
    if (!absence_list(doctor->store, doctor->arena, &absences, &count, &why)) {
        finding_fault(doctor, "relay", &why);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        char since[CLOCK_TEXT];
        clock_format(absences[i].since, since);
        finding_warning(doctor, "relay", "%s is away since %s: %s", absences[i].relay, since,
                        absences[i].why);
    }
}

/* Relays that asked for a pause. */
void doctor_check_rests(struct doctor *doctor)
{
    struct failure why = {0};
    struct rest *rests;
    size_t count;
    if (!rest_list(doctor->store, doctor->arena, &rests, &count, &why)) {
        finding_fault(doctor, "relay", &why);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        char until[CLOCK_TEXT];
        clock_format(rests[i].until, until);
        finding_warning(doctor, "relay", "%s rests, the next try is at %s: it answered \"%s\"%s%s",
                        rests[i].relay, until, rests[i].reply, rests[i].remedy != NULL ? ": " : "",
                        rests[i].remedy != NULL ? rests[i].remedy : "");
    }
}
