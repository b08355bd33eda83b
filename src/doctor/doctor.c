#include "doctor/doctor.h"

#include "doctor/checks.h"

/* In the order in which the findings are read: the most basic first. */
static const struct {
    unsigned needs; /* enum doctor_part: skipped if one of them is missing */
    void (*check)(struct doctor *doctor);
} checks[] = {
    {0, doctor_check_library},
    {0, doctor_check_confinement},
    {0, doctor_check_settings_file},
    {DOCTOR_SETTINGS, doctor_check_settings},
    {DOCTOR_SETTINGS, doctor_check_files},
    {DOCTOR_SETTINGS, doctor_check_pages},
    {DOCTOR_SETTINGS, doctor_check_answers},
    {DOCTOR_SETTINGS | DOCTOR_NETWORK, doctor_check_relays},
    {DOCTOR_SETTINGS | DOCTOR_NETWORK, doctor_check_mailbox},
    {DOCTOR_SETTINGS | DOCTOR_NETWORK, doctor_check_web},
    {DOCTOR_SETTINGS, doctor_check_keys},
    {DOCTOR_SETTINGS, doctor_check_database},
    {DOCTOR_STORE, doctor_check_modes},
    {DOCTOR_STORE, doctor_check_disk},
    {DOCTOR_STORE, doctor_check_weekly},
    {DOCTOR_STORE, doctor_check_list},
    {DOCTOR_STORE, doctor_check_absences},
    {DOCTOR_STORE, doctor_check_rests},
    {DOCTOR_STORE, doctor_check_sending},
    {DOCTOR_STORE | DOCTOR_KEYS, doctor_check_due_issue},
};

void doctor_examine(struct doctor *doctor)
{
    doctor->ready = doctor->connect ? DOCTOR_NETWORK : 0;
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        if ((checks[i].needs & ~doctor->ready) == 0) {
            checks[i].check(doctor);
        }
    }
}
