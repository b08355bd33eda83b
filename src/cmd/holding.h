/* What the verbs that send do about a hold and a pause (issue/obstacle.h has the words). */
#ifndef CMD_HOLDING_H
#define CMD_HOLDING_H

#include "cmd/program.h"
#include "store/hold.h"
#include "store/issue.h"

/* Ends a hold that is over; *hold is the one in force, NULL if there is none. */
bool holding_find(struct program *program, struct hold **hold, struct failure *why) MUST_CHECK;

/* FAILURE_TRY_AGAIN where the issue must not be sent now; of NULL, where single mails must not. */
bool holding_refuse(struct program *program, const struct issue *issue,
                    struct failure *why) MUST_CHECK;

/* Tells an hourly job's reader of the hold, or of the issue's pause where there is an issue: once,
 * or each time where it is to be `aloud`. *line as in issue/obstacle.h. */
bool holding_tell(struct program *program, const struct hold *hold, const struct issue *issue,
                  bool aloud, const char **line, struct failure *why) MUST_CHECK;

#endif
