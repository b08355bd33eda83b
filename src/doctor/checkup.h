/*
 * A look at what the settings point to, for `config check` and `doctor`.
 *
 * The table of settings knows the form of a value. Whether the file behind it is there and of use
 * shows otherwise in the night of the first issue only.
 */
#ifndef DOCTOR_CHECKUP_H
#define DOCTOR_CHECKUP_H

#include "cmd/program.h"

/* Folders, certificates, passwords and signing keys: FAILURE_CONFIG names the setting and its file.
 * Sends nothing and connects to nothing. */
bool checkup_files(struct program *program, struct failure *why) MUST_CHECK;

/* Whether it holds a domain that is reserved for examples, which is nobody's (RFC 2606). */
bool checkup_is_example(const char *value);

enum { CHECKUP_WARNINGS = 4 };

/* What is allowed and hardly meant: example domains and the sample's address, a preview for other
 * machines, and a patience that one deferral ends. Gives the number of texts. */
size_t checkup_warnings(struct program *program, const char *texts[CHECKUP_WARNINGS]);

enum { CHECKUP_WIDE = 5 };

/* The database's folder and the files that hold addresses, where others than the owner can reach
 * them: older versions made them so. Each text says which chmod mends it. Their number. */
size_t checkup_wide_files(struct program *program, const char *texts[CHECKUP_WIDE]);

/* The key of a sender's address that is not ASCII before its @, which only a relay with SMTPUTF8
 * takes: "mail.from", "mail.reply_to"; NULL if there is none. (mail.bounce_address has to be
 * ASCII.)
 */
const char *checkup_sender(const struct settings *settings);

#endif
