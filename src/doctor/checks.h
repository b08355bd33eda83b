/*
 * The doctor's checks, by subject. Each reports its findings and returns nothing; one that finds or
 * opens a part that later checks need marks it in doctor->ready. The table in doctor.c says in
 * which order they run and what each needs.
 */
#ifndef DOCTOR_CHECKS_H
#define DOCTOR_CHECKS_H

#include "doctor/doctor.h"

/* checks_machine.c: what this machine and its libraries offer. */
void doctor_check_library(struct doctor *doctor);
void doctor_check_confinement(struct doctor *doctor);
void doctor_check_disk(struct doctor *doctor);

/* checks_settings.c: the settings and the files they name. */
void doctor_check_settings_file(struct doctor *doctor); /* gives DOCTOR_SETTINGS */
void doctor_check_settings(struct doctor *doctor);
void doctor_check_files(struct doctor *doctor);
void doctor_check_pages(struct doctor *doctor);
void doctor_check_answers(struct doctor *doctor);
void doctor_check_keys(struct doctor *doctor); /* gives DOCTOR_KEYS */

/* checks_network.c: what answers when it is connected to. */
void doctor_check_relays(struct doctor *doctor);
void doctor_check_mailbox(struct doctor *doctor);
void doctor_check_web(struct doctor *doctor);

/* checks_database.c: the database and what it knows of past runs, the list and the relays. */
void doctor_check_database(struct doctor *doctor); /* gives DOCTOR_STORE */
void doctor_check_modes(struct doctor *doctor);
void doctor_check_weekly(struct doctor *doctor);
void doctor_check_list(struct doctor *doctor);
void doctor_check_absences(struct doctor *doctor);
void doctor_check_rests(struct doctor *doctor);

/* checks_issue.c: whether the next issue can leave. */
void doctor_check_sending(struct doctor *doctor);
void doctor_check_due_issue(struct doctor *doctor);

#endif
