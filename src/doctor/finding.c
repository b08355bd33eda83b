#include "doctor/finding.h"

#include <stdarg.h>
#include <stdio.h>

const char *finding_kind_name(enum finding_kind kind)
{
    static const char *const names[] = {"fine", "warning", "fault"};
    return names[kind];
}

static void report(struct doctor *doctor, enum finding_kind kind, const char *about,
                   const char *text)
{
    struct failure line; /* makes one printable line of it */
    fail(&line, FAILURE_NONE, "%s", text);
    const struct finding finding = {.kind = kind, .about = about, .text = line.text};
    doctor->tell(doctor->context, &finding);
}

static void report_formatted(struct doctor *doctor, enum finding_kind kind, const char *about,
                             const char *format, va_list args) FORMAT(4, 0);

static void report_formatted(struct doctor *doctor, enum finding_kind kind, const char *about,
                             const char *format, va_list args)
{
    char text[sizeof((struct failure *)NULL)->text];
    vsnprintf(text, sizeof text, format, args);
    report(doctor, kind, about, text);
}

void finding_fine(struct doctor *doctor, const char *about, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    report_formatted(doctor, FINDING_FINE, about, format, args);
    va_end(args);
}

void finding_warning(struct doctor *doctor, const char *about, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    report_formatted(doctor, FINDING_WARNING, about, format, args);
    va_end(args);
}

void finding_fault(struct doctor *doctor, const char *about, const struct failure *why)
{
    if (doctor->first_fault == FAILURE_NONE) {
        doctor->first_fault = why->kind;
    }
    report(doctor, FINDING_FAULT, about, why->text);
}
