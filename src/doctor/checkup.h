/*
 * Checks what the settings point to, for `config check` and `doctor`.
 *
 * The table of settings checks the form of a value. Whether the file it names exists and is usable
 * would otherwise only show on the night of the first issue.
 */
#ifndef DOCTOR_CHECKUP_H
#define DOCTOR_CHECKUP_H

#include "settings/settings.h"

/* Folders, certificates, passwords and signing keys: FAILURE_CONFIG names the setting and its file.
 * Connects to nothing. */
bool checkup_files(struct arena *arena, const struct settings *settings,
                   struct failure *why) MUST_CHECK;

/* Whether the value contains a domain that is reserved for examples (RFC 2606). */
bool checkup_is_example(const char *value);

enum { CHECKUP_WARNINGS = 4 };

/* Settings that are allowed but probably unintended: example domains and the sample's postal
 * address, a preview that other machines can reach, a deliver.max_age that a single deferral
 * exceeds, a sender that needs SMTPUTF8. Returns the number of texts. */
size_t checkup_warnings(struct arena *arena, const struct settings *settings,
                        const char *texts[CHECKUP_WARNINGS]);

enum { CHECKUP_WIDE = 5 };

/* The database's folder and the files that contain addresses, if others than the owner can read
 * them: older versions created them so. Each text names the chmod that fixes it. Returns their
 * number. */
size_t checkup_wide_files(struct arena *arena, const char *database,
                          const char *texts[CHECKUP_WIDE]);

/* The key of a sender whose address has a non-ASCII local part, which only a relay with SMTPUTF8
 * accepts: "mail.from", "mail.reply_to"; NULL if there is none. (mail.bounce_address has to be
 * ASCII.) */
const char *checkup_sender(const struct settings *settings);

#endif
