/*
 * `doctor`: everything that can be looked at before the night of an issue, in one list.
 *
 * Each look is a finding of its own, and one that finds a fault does not keep the others from being
 * taken, but for those that would need what is missing. Changes nothing; connects, with --connect
 * alone, to the relay, the bounce mailbox and the web server before serve, and leaves them as they
 * were.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/clock.h"
#include "base/confine.h"
#include "base/file.h"
#include "bounce/mailbox.h"
#include "cmd/common.h"
#include "cmd/select_issue.h"
#include "cmd/verbs.h"
#include "deliver/guard.h"
#include "doctor/checkup.h"
#include "doctor/webcheck.h"
#include "issue/build.h"
#include "issue/mails.h"
#include "issue/obstacle.h"
#include "issue/signing.h"
#include "signup/site.h"
#include "smtp/probe.h"
#include "smtp/relay.h"
#include "store/absence.h"
#include "store/rest.h"
#include "store/run.h"

enum doctor_option { DOCTOR_CONNECT, DOCTOR_JSON };
enum { DOCTOR_RUNS = 40, DAY = 86400, LATE = 8 * DAY };
enum { ROOM_SPARE = 64 * 1024 * 1024 /* bytes that should be free beside a second database */ };

static const struct option_spec doctor_options[] = {
    [DOCTOR_CONNECT] = {"connect", 0, NULL,
                        "try the relay, the bounce mailbox and the web server too; no mail is sent",
                        false},
    [DOCTOR_JSON] = {"json", 0, NULL, "print JSON", false},
    {0},
};

enum finding_kind { FINDING_FINE, FINDING_WARNING, FINDING_FAULT };

static const char *const finding_names[] = {"fine", "warning", "fault"};

struct doctor {
    struct program *program;
    struct value *findings; /* of JSON; NULL: lines are printed as they come */
    size_t counts[FINDING_FAULT + 1];
    enum failure_kind first_fault;
};

static void doctor_tell(struct doctor *doctor, enum finding_kind kind, const char *about,
                        const char *format, ...) FORMAT(4, 5);

static void doctor_tell(struct doctor *doctor, enum finding_kind kind, const char *about,
                        const char *format, ...)
{
    struct failure line; /* one printable line, whatever a file is called */
    char text[sizeof line.text];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fail(&line, FAILURE_NONE, "%s", text);
    doctor->counts[kind]++;
    if (doctor->findings == NULL) {
        printf("%-8s %-10s %s\n", finding_names[kind], about, line.text);
        return;
    }
    struct arena *arena = &doctor->program->arena;
    struct value *row = value_add(doctor->findings, value_object(arena));
    value_set_text(arena, row, "about", about);
    value_set_text(arena, row, "finding", finding_names[kind]);
    value_set_text(arena, row, "text", line.text);
}

static void doctor_fault(struct doctor *doctor, const char *about, const struct failure *why)
{
    if (doctor->counts[FINDING_FAULT] == 0) {
        doctor->first_fault = why->kind;
    }
    doctor_tell(doctor, FINDING_FAULT, about, "%s", why->text);
}

static void look_at_library(struct doctor *doctor)
{
    char name[128];
    const char *word;
    relay_library(name, &word);
    if (word != NULL) {
        doctor_tell(doctor, FINDING_WARNING, "libcurl", "%s: %s", name, word);
    } else {
        doctor_tell(doctor, FINDING_FINE, "libcurl", "%s", name);
    }
}

/* What keeps a stranger within the process that talks to him. */
static void look_at_confinement(struct doctor *doctor)
{
    struct failure why = {0};
    int landlock = confine_landlock_version();
    if (!confine_has_filters()) {
        fail(&why, FAILURE_SYSTEM, "%s", CONFINE_NO_FILTERS);
        doctor_fault(doctor, "confine", &why);
    } else if (landlock == 0) {
        doctor_tell(doctor, FINDING_WARNING, "confine", "%s", CONFINE_NO_LANDLOCK);
    } else {
        doctor_tell(doctor, FINDING_FINE, "confine",
                    "system calls by seccomp, files by Landlock (version %d)", landlock);
    }
}

static void look_at_settings(struct doctor *doctor)
{
    struct program *program = doctor->program;
    struct failure why = {0};
    const char *warnings[CHECKUP_WARNINGS];
    size_t count = checkup_warnings(&program->arena, &program->settings, warnings);
    for (size_t i = 0; i < count; i++) {
        doctor_tell(doctor, FINDING_WARNING, "settings", "%s", warnings[i]);
    }
    if (!settings_require_site(&program->settings, &why) ||
        !settings_require_mail(&program->settings, &why) ||
        !settings_require_relay(&program->settings, &why)) {
        doctor_fault(doctor, "settings", &why);
    } else {
        doctor_tell(doctor, FINDING_FINE, "settings", "%s", program->settings_file);
    }
    why = (struct failure){0};
    if (!checkup_files(&program->arena, &program->settings, &why)) {
        doctor_fault(doctor, "files", &why);
    } else {
        doctor_tell(doctor, FINDING_FINE, "files", "what the settings name is there");
    }
}

/* What `serve` refuses to start with. */
static void look_at_pages(struct doctor *doctor)
{
    const struct settings *settings = &doctor->program->settings;
    struct failure why = {0};
    if (!settings_require_site(settings, &why) || !settings_require_mail(settings, &why)) {
        return; /* told already, and nothing can be made without */
    }
    if (site_check_pages(settings, &why) && mails_check(settings, &why)) {
        doctor_tell(doctor, FINDING_FINE, "pages", "every page and every mail can be made");
    } else {
        doctor_fault(doctor, "pages", &why);
    }
}

static bool has_mailbox(const struct doctor *doctor)
{
    const char *mailbox = doctor->program->settings.bounce.mailbox;
    return mailbox != NULL && mailbox[0] != '\0';
}

static void look_at_answers(struct doctor *doctor)
{
    if (!has_mailbox(doctor)) {
        doctor_tell(doctor, FINDING_WARNING, "mailbox",
                    "bounce.mailbox is not set: dead addresses and people who complain stay on "
                    "the list, and nobody can leave by mail");
    }
}

static bool look_at_key(struct doctor *doctor)
{
    struct failure why = {0};
    if (!program_open(doctor->program, NEEDS_KEYS, &why)) {
        doctor_fault(doctor, "key", &why);
        return false;
    }
    doctor_tell(doctor, FINDING_FINE, "key", "%s", doctor->program->settings.secret_file);
    return true;
}

static double megabytes(double bytes)
{
    return bytes / 1e6;
}

/* A large issue writes a ledger, a backup or a migration a second database. */
static void look_at_room(struct doctor *doctor)
{
    struct program *program = doctor->program;
    const char *path = program->settings.database;
    const char *folder = file_folder(&program->arena, path);
    struct stat file;
    struct statvfs disk;
    if (stat(path, &file) != 0 || statvfs(folder, &disk) != 0) {
        return;
    }
    double room = (double)disk.f_bavail * (double)disk.f_frsize;
    bool enough = room >= (double)file.st_size + ROOM_SPARE;
    doctor_tell(doctor, enough ? FINDING_FINE : FINDING_WARNING, "disk",
                "%.0f MB are free beside a database of %.1f MB%s", megabytes(room),
                megabytes((double)file.st_size),
                enough ? "" : "; an issue to many readers or a backup may not fit");
}

static bool look_at_database(struct doctor *doctor)
{
    struct program *program = doctor->program;
    struct failure why = {0};
    if (!program_open(program, NEEDS_READING, &why) || !store_check(program->store, &why)) {
        doctor_fault(doctor, "database", &why);
        return false;
    }
    doctor_tell(doctor, FINDING_FINE, "database", "%s is whole", program->settings.database);
    const char *wide[CHECKUP_WIDE];
    size_t count = checkup_wide_files(&program->arena, program->settings.database, wide);
    for (size_t i = 0; i < count; i++) {
        doctor_tell(doctor, FINDING_WARNING, "modes", "%s", wide[i]);
    }
    look_at_room(doctor);
    return true;
}

/* The newest run of `weekly`; NULL where there was none. */
static const struct run *find_weekly(const struct run *runs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(runs[i].verb, "weekly") == 0) {
            return &runs[i];
        }
    }
    return NULL;
}

static void tell_weekly(struct doctor *doctor, const struct run *run)
{
    char when[CLOCK_TEXT];
    clock_format(run->started_at, when);
    if (clock_now() - run->started_at > LATE) {
        doctor_tell(doctor, FINDING_WARNING, "weekly", "last ran %s; does cron still call it?",
                    when);
    } else if (run->exit_code < 0) {
        doctor_tell(doctor, FINDING_WARNING, "weekly", "began %s and has not ended, or it died",
                    when);
    } else if (run->exit_code != 0) {
        doctor_tell(doctor, FINDING_WARNING, "weekly", "ended %s with exit code %lld: %s", when,
                    (long long)run->exit_code, run->summary);
    } else {
        doctor_tell(doctor, FINDING_FINE, "weekly", "last ran %s: %s", when, run->summary);
    }
}

static void look_at_runs(struct doctor *doctor)
{
    struct program *program = doctor->program;
    struct failure why = {0};
    struct run *runs;
    size_t count;
    if (!run_latest(program->store, &program->arena, 0, DOCTOR_RUNS, &runs, &count, &why)) {
        doctor_fault(doctor, "weekly", &why);
        return;
    }
    const struct run *weekly = find_weekly(runs, count);
    if (weekly == NULL) {
        doctor_tell(doctor, FINDING_WARNING, "weekly", "has never run; is it in the crontab?");
    } else {
        tell_weekly(doctor, weekly);
    }
}

static void look_at_list(struct doctor *doctor)
{
    struct program *program = doctor->program;
    struct failure why = {0};
    const char *line;
    struct obstacle_import *imports;
    size_t count;
    if (!obstacle_list(program->store, &program->arena, &line, &why) ||
        !obstacle_imports(program->store, &program->arena, &imports, &count, &why)) {
        doctor_fault(doctor, "list", &why);
        return;
    }
    if (line != NULL) {
        doctor_tell(doctor, FINDING_WARNING, "list", "%s", line);
    }
    for (size_t i = 0; i < count; i++) {
        doctor_tell(doctor, FINDING_WARNING, "import", "%s", imports[i].line);
    }
}

static const char *issue_standing(const struct issue_view *view)
{
    switch (issue_view_is_frozen(view) ? view->issue.state : ISSUE_DRAFT) {
    case ISSUE_APPROVED:
        return "is approved and waits to be sent";
    case ISSUE_SENDING:
        return "is being sent";
    case ISSUE_SENT:
        return "is sent already";
    case ISSUE_CANCELLED:
        return "was cancelled";
    case ISSUE_DRAFT:
        break;
    }
    return "can be made";
}

/* Rendered from the templates of today, as `preview` does, or read as it was frozen. */
static void look_at_issue(struct doctor *doctor)
{
    struct failure why = {0};
    struct option_value none = {0};
    struct issue_view view;
    if (select_issue(doctor->program, &none, &none, &view, &why)) {
        doctor_tell(doctor, FINDING_FINE, "issue", "that of %s %s; `verdicts check` reads it",
                    view.issue.iso_week, issue_standing(&view));
    } else if (why.kind == FAILURE_NO_INPUT) {
        doctor_tell(doctor, FINDING_FINE, "issue", "%s", why.text);
    } else {
        doctor_fault(doctor, "issue", &why);
    }
}

/* The one that a run would go on with: under way before approved, the oldest first. NULL: none. */
static const struct issue *find_next(const struct issue *issues, size_t count)
{
    const struct issue *approved = NULL;
    for (size_t i = count; i-- > 0;) {
        if (issues[i].state == ISSUE_SENDING) {
            return &issues[i];
        }
        if (issues[i].state == ISSUE_APPROVED && approved == NULL) {
            approved = &issues[i];
        }
    }
    return approved;
}

/* Whether the record of how far issues were sent lets one leave. Rehearsals have none. */
static void look_at_record(struct doctor *doctor, const struct issue *issue)
{
    struct program *program = doctor->program;
    struct guard_place place;
    struct failure why = {0};
    if (settings_relay(&program->settings, 0)->url == NULL ||
        settings_rehearses(&program->settings)) {
        return;
    }
    if (!guard_look(program->store, &program->settings, issue != NULL ? issue->id : 0,
                    &program->arena, &place, &why)) {
        doctor_fault(doctor, "record", &why);
    } else if (place.beside) {
        doctor_tell(doctor, FINDING_WARNING, "record",
                    "%s lies in the database's folder and would be put back with it; set state_dir "
                    "to a folder elsewhere",
                    place.path);
    } else {
        doctor_tell(doctor, FINDING_FINE, "record", "%s%s", place.path,
                    place.made ? " agrees with the database" : " will be made");
    }
}

/* Whether what was begun can go on with the keys of today. */
static void look_at_signing(struct doctor *doctor, const struct issue *issue)
{
    struct program *program = doctor->program;
    struct signing signing = {0};
    struct failure why = {0};
    bool left;
    if (issue_may_have_left(program->store, issue->id, &left, &why) &&
        signing_open(&program->arena, &program->settings, issue, left, false, &signing, &why)) {
        bool is_signed = signing.signer != NULL;
        doctor_tell(doctor, FINDING_FINE, "signing", "issue %lld is %s", (long long)issue->number,
                    is_signed ? "signed with the keys of the settings" : "not signed here");
    } else {
        fail_context(&why, "issue %lld", (long long)issue->number);
        doctor_fault(doctor, "signing", &why);
    }
    signing_close(&signing);
}

/* Whether what was approved still stands as it was. */
static void look_at_withdrawals(struct doctor *doctor, const struct issue *issue)
{
    struct program *program = doctor->program;
    struct failure why = {0};
    if (issue->state == ISSUE_APPROVED &&
        !issue_refuse_withdrawn(program->store, &program->arena, issue, &why)) {
        doctor_fault(doctor, "issue", &why);
    }
}

static void look_at_absences(struct doctor *doctor)
{
    struct program *program = doctor->program;
    struct failure why = {0};
    struct absence *absences;
    size_t count;
    if (!absence_list(program->store, &program->arena, &absences, &count, &why)) {
        doctor_fault(doctor, "relay", &why);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        char since[CLOCK_TEXT];
        clock_format(absences[i].since, since);
        doctor_tell(doctor, FINDING_WARNING, "relay", "%s is away since %s: %s", absences[i].relay,
                    since, absences[i].why);
    }
}

static void look_at_rests(struct doctor *doctor)
{
    struct program *program = doctor->program;
    struct failure why = {0};
    struct rest *rests;
    size_t count;
    if (!rest_list(program->store, &program->arena, &rests, &count, &why)) {
        doctor_fault(doctor, "relay", &why);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        char until[CLOCK_TEXT];
        clock_format(rests[i].until, until);
        doctor_tell(doctor, FINDING_WARNING, "relay",
                    "%s rests, the next try is at %s: it answered \"%s\"%s%s", rests[i].relay,
                    until, rests[i].reply, rests[i].remedy != NULL ? ": " : "",
                    rests[i].remedy != NULL ? rests[i].remedy : "");
    }
}

/* What somebody has stopped, and may have forgotten. */
static void look_at_holds(struct doctor *doctor, const struct issue *issues, size_t count)
{
    struct program *program = doctor->program;
    struct failure why = {0};
    struct hold *hold;
    if (!hold_find(program->store, &program->arena, clock_now(), &hold, &why)) {
        doctor_fault(doctor, "hold", &why);
        return;
    }
    if (hold != NULL) {
        doctor_tell(doctor, FINDING_WARNING, "hold", "%s", obstacle_hold(&program->arena, hold));
    }
    for (size_t i = 0; i < count; i++) {
        bool open = issues[i].state != ISSUE_SENT && issues[i].state != ISSUE_CANCELLED;
        if (open && issues[i].paused_at != 0) {
            doctor_tell(doctor, FINDING_WARNING, "hold", "%s",
                        obstacle_pause(&program->arena, &issues[i]));
        }
    }
}

static void look_at_sending(struct doctor *doctor)
{
    struct program *program = doctor->program;
    struct failure why = {0};
    struct issue *issues;
    size_t count;
    if (!issue_list(program->store, &program->arena, &issues, &count, &why)) {
        doctor_fault(doctor, "issue", &why);
        return;
    }
    const struct issue *issue = find_next(issues, count);
    look_at_holds(doctor, issues, count);
    look_at_record(doctor, issue);
    if (issue != NULL) {
        look_at_withdrawals(doctor, issue);
        look_at_signing(doctor, issue);
    }
}

static const char *of_relay(struct arena *arena, const struct probe *probe)
{
    static const char *const security[] = {
        [RELAY_PLAIN] = "no TLS", [RELAY_STARTTLS] = "STARTTLS", [RELAY_IMPLICIT] = "TLS"};
    const struct relay_offer *offer = &probe->offer;
    const char *size = offer->size_max > 0 ? arena_format(arena, ", messages up to %.1f MB",
                                                          megabytes((double)offer->size_max))
                                           : "";
    bool login = probe->relay.username != NULL;
    return arena_format(arena, "%s answers: %s%s%s%s%s%s%s%s%s", probe->relay.label,
                        security[probe->relay.tls], probe->trace.tls[0] != '\0' ? " with " : "",
                        probe->trace.tls, login ? ", takes our login" : "",
                        login && probe->trace.login[0] != '\0' ? " by AUTH " : "",
                        login ? probe->trace.login : "",
                        offer->pipelining ? ", PIPELINING" : ", no PIPELINING: sends slower",
                        offer->smtputf8 ? ", SMTPUTF8" : "", size);
}

/* RFC 5321 2.3.5 wants a name that can be looked up. */
static void look_at_name(struct doctor *doctor, const struct probe *probe)
{
    const char *name = probe->trace.ehlo;
    char key[SETTINGS_RELAY_KEY];
    if (name[0] != '\0' && strchr(name, '.') == NULL) {
        doctor_tell(doctor, FINDING_WARNING, "ehlo",
                    "we greet the relay as \"%s\", a name without a dot, which many refuse; write "
                    "this machine's full name behind its address: %s = "
                    "'smtp://HOST:PORT/NAME.example.org'",
                    name, settings_relay_key(probe->relay.settings, "url", key));
    }
}

static void look_at_sender(struct doctor *doctor, const struct probe *probe)
{
    const char *key = checkup_sender(&doctor->program->settings);
    if (key != NULL && !probe->offer.smtputf8) {
        doctor_tell(doctor, FINDING_WARNING, "sender",
                    "%s is not ASCII before its @, and %s offers no SMTPUTF8: no message can leave",
                    key, probe->relay.label);
    }
}

static void try_relay(struct doctor *doctor, const struct settings_relay *named)
{
    struct program *program = doctor->program;
    struct failure why = {0};
    struct probe probe;
    if (!probe_relay(&program->arena, named, &probe, &why)) {
        doctor_fault(doctor, "relay", &why);
    } else if (probe.relay.kind != RELAY_SMTP) {
        doctor_tell(doctor, FINDING_WARNING, "relay", "%s is for rehearsals: no mail leaves",
                    probe.relay.label);
    } else {
        doctor_tell(doctor, FINDING_FINE, "relay", "%s", of_relay(&program->arena, &probe));
        look_at_name(doctor, &probe);
        look_at_sender(doctor, &probe);
    }
}

static void try_relays(struct doctor *doctor)
{
    const struct settings *settings = &doctor->program->settings;
    for (size_t i = 0; i < settings_relay_count(settings); i++) {
        try_relay(doctor, settings_relay(settings, i));
    }
}

static void try_mailbox(struct doctor *doctor)
{
    const struct settings *settings = &doctor->program->settings;
    struct mailbox *mailbox = NULL;
    struct failure why = {0};
    int64_t waiting, lying;
    if (!has_mailbox(doctor)) {
        return;
    }
    bool good =
        mailbox_open(settings, &mailbox, &why) && mailbox_count(mailbox, &waiting, &lying, &why);
    good = mailbox_close(mailbox, good ? &why : &(struct failure){0}) && good;
    if (good) {
        const char *seen =
            lying == 0 ? ""
                       : arena_format(&doctor->program->arena,
                                      ", and %lld in cur, of which `bounces` reads what is new",
                                      (long long)lying);
        doctor_tell(doctor, FINDING_FINE, "mailbox", "%lld waiting in %s%s", (long long)waiting,
                    settings->bounce.mailbox, seen);
    } else {
        doctor_fault(doctor, "mailbox", &why);
    }
}

/* An address that is nobody's yet is warned of by the settings. */
static void try_web(struct doctor *doctor)
{
    const char *url = doctor->program->settings.subscribe.url;
    struct failure why = {0};
    struct webcheck check;
    if (url == NULL || checkup_is_example(url)) {
        return;
    }
    if (!relay_init(&why) || !webcheck_run(&doctor->program->arena, url, &check, &why)) {
        doctor_fault(doctor, "web", &why);
        return;
    }
    doctor_tell(doctor, FINDING_FINE, "web", "%s", check.fine);
    if (check.warning != NULL) {
        doctor_tell(doctor, FINDING_WARNING, "web", "%s", check.warning);
    }
}

static void doctor_look(struct doctor *doctor)
{
    struct failure why = {0};
    look_at_library(doctor);
    look_at_confinement(doctor);
    struct program *program = doctor->program;
    bool read = program_open(program, NEEDS_SETTINGS, &why);
    if (read && program->settings_file == NULL) {
        read = fail(&why, FAILURE_CONFIG, "no settings file found; looked in %s",
                    settings_places(&program->arena));
    }
    if (!read) {
        doctor_fault(doctor, "settings", &why);
        return;
    }
    look_at_settings(doctor);
    look_at_pages(doctor);
    look_at_answers(doctor);
    if (program->options[DOCTOR_CONNECT].count > 0) {
        try_relays(doctor);
        try_mailbox(doctor);
        try_web(doctor);
    }
    bool key = look_at_key(doctor);
    if (look_at_database(doctor)) {
        look_at_runs(doctor);
        look_at_list(doctor);
        look_at_absences(doctor);
        look_at_rests(doctor);
        look_at_sending(doctor);
        if (key) {
            look_at_issue(doctor);
        }
    }
}

static bool doctor_run(struct program *program, int *status, struct failure *why)
{
    struct doctor doctor = {.program = program};
    if (!common_no_operands(program, 0, why)) {
        return false;
    }
    if (program->options[DOCTOR_JSON].count > 0) {
        doctor.findings = value_list(&program->arena);
    }
    doctor_look(&doctor);
    if (doctor.findings != NULL) {
        common_print_json(doctor.findings);
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
