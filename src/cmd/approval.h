/* What stands between a draft and its sending: the errors of check, and the editors' word. */
#ifndef CMD_APPROVAL_H
#define CMD_APPROVAL_H

#include "cmd/program.h"
#include "issue/examine.h"

/* Holds the issue as it stands in the database against check; FAILURE_DATA where it has errors. */
bool approval_gate(struct program *program, const struct issue *issue,
                   struct failure *why) MUST_CHECK;

enum approval_answer {
    APPROVAL_GO,    /* no editor has to say anything, or the deadline is past and it is to go */
    APPROVAL_WAITS, /* for an editor */
    APPROVAL_HELD,  /* the deadline is past and it is held */
};

/* Where a draft stands at `now`, by issue.approval, issue.deadline and issue.after_deadline. */
enum approval_answer approval_answer(const struct settings *settings, const struct issue *issue,
                                     int64_t now);

/* Mails the draft and its findings to issue.editors, once an issue. `*asked` tells whether it was
 * now, `*away` that the relay could not be reached, so that a later run has to go on. */
bool approval_ask(struct program *program, const struct issue *issue, bool *asked, bool *away,
                  struct failure *why) MUST_CHECK;

#endif
