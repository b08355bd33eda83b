#include "doctor/checks.h"

#include "doctor/checkup.h"
#include "doctor/finding.h"
#include "signup/site.h"
#include "subscribers/mails.h"

void doctor_check_settings_file(struct doctor *doctor)
{
    struct failure why = {0};
    bool found = doctor->open(doctor, DOCTOR_SETTINGS, &why);
    if (found && doctor->settings_file == NULL) {
        found = fail(&why, FAILURE_CONFIG, "no settings file found; looked in %s",
                     settings_places(doctor->arena));
    }
    if (!found) {
        finding_fault(doctor, "settings", &why);
        return;
    }
    doctor->ready |= DOCTOR_SETTINGS;
}

void doctor_check_settings(struct doctor *doctor)
{
    const struct settings *settings = doctor->settings;
    struct failure why = {0};
    const char *warnings[CHECKUP_WARNINGS];
    size_t count = checkup_warnings(doctor->arena, settings, warnings);
    for (size_t i = 0; i < count; i++) {
        finding_warning(doctor, "settings", "%s", warnings[i]);
    }
    if (!settings_require_site(settings, &why) || !settings_require_mail(settings, &why) ||
        !settings_require_relay(settings, &why)) {
        finding_fault(doctor, "settings", &why);
    } else {
        finding_fine(doctor, "settings", "%s", doctor->settings_file);
    }
}

void doctor_check_files(struct doctor *doctor)
{
    struct failure why = {0};
    if (!checkup_files(doctor->arena, doctor->settings, &why)) {
        finding_fault(doctor, "files", &why);
    } else {
        finding_fine(doctor, "files", "what the settings name is there");
    }
}

/* What would make `serve` refuse to start. */
void doctor_check_pages(struct doctor *doctor)
{
    const struct settings *settings = doctor->settings;
    struct failure why = {0};
    if (!settings_require_site(settings, &why) || !settings_require_mail(settings, &why)) {
        return; /* reported by the check of the settings; no page can be made without them */
    }
    if (site_check_pages(settings, &why) && mails_check(settings, &why)) {
        finding_fine(doctor, "pages", "every page and every mail can be made");
    } else {
        finding_fault(doctor, "pages", &why);
    }
}

void doctor_check_answers(struct doctor *doctor)
{
    const char *mailbox = doctor->settings->bounce.mailbox;
    if (mailbox == NULL || mailbox[0] == '\0') {
        finding_warning(doctor, "mailbox",
                        "bounce.mailbox is not set: dead addresses and people who complain stay on "
                        "the list, and nobody can leave by mail");
    }
}

void doctor_check_keys(struct doctor *doctor)
{
    struct failure why = {0};
    if (!doctor->open(doctor, DOCTOR_KEYS, &why)) {
        finding_fault(doctor, "key", &why);
        return;
    }
    doctor->ready |= DOCTOR_KEYS;
    finding_fine(doctor, "key", "%s", doctor->settings->secret_file);
}
