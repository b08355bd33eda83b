/* How the doctor's checks report: one finding at a time, to the caller of the examination. */
#ifndef DOCTOR_FINDING_H
#define DOCTOR_FINDING_H

#include "doctor/doctor.h"

/* The texts become one printable line, whatever the name of a file or a server contains. */
void finding_fine(struct doctor *doctor, const char *about, const char *format, ...) FORMAT(3, 4);
void finding_warning(struct doctor *doctor, const char *about, const char *format, ...)
    FORMAT(3, 4);
/* The kind of the first fault becomes the exit code. */
void finding_fault(struct doctor *doctor, const char *about, const struct failure *why);

#endif
