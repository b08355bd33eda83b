/* A hold and a pause in words, for the verbs that send and for those that show how things stand. */
#ifndef CMD_HOLDING_H
#define CMD_HOLDING_H

#include "cmd/program.h"
#include "store/hold.h"
#include "store/issue.h"

/* Ends a hold that is over; *hold is the one in force, NULL if there is none. */
bool holding_find(struct program *program, struct hold **hold, struct failure *why) MUST_CHECK;

/* One line, in the arena: "sending is held since 2026-11-20T12:00:00Z by root, until …: REASON",
 * and what to do. */
const char *holding_line(struct arena *arena, const struct hold *hold);
/* The same of an issue that is paused. */
const char *holding_paused_line(struct arena *arena, const struct issue *issue);

/* FAILURE_TRY_AGAIN where the issue must not be sent now; of NULL, where single mails must not. */
bool holding_refuse(struct program *program, const struct issue *issue,
                    struct failure *why) MUST_CHECK;

/* Tells an hourly job's reader of the hold, or of the issue's pause where there is an issue: once,
 * or each time where it is to be `aloud`. *line as above. */
bool holding_tell(struct program *program, const struct hold *hold, const struct issue *issue,
                  bool aloud, const char **line, struct failure *why) MUST_CHECK;

#endif
