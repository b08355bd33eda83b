/* Finds which command of the SMTP transaction a server's words answer, if a report shows it. */
#ifndef BOUNCE_COMMAND_H
#define BOUNCE_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "smtp/refusal.h"

/* From a transcript of the session in the text (">>> MAIL From:<…>", "<<< 553 …"): the command that
 * the first refusal answers or, if `said` is not "", the refusal with those words. REFUSAL_REPORT
 * if there is none. */
enum refusal_command command_in_transcript(const char *text, size_t len, const char *said);

/* Whether the command names only the sender: a reply to it is never about the reader. */
bool command_is_senders(enum refusal_command command);

#endif
