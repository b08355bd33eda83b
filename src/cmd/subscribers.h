/* Shared by the files of the verb `subscribers`. */
#ifndef CMD_SUBSCRIBERS_H
#define CMD_SUBSCRIBERS_H

#include "base/value.h"
#include "cmd/program.h"
#include "store/subscriber.h"

enum subscribers_option {
    OPTION_JSON,
    OPTION_STATUS,
    OPTION_WORDING,
    OPTION_NAME,
    OPTION_TOPICS,
    OPTION_MAP,
    OPTION_IGNORE,
    OPTION_ENCODING,
    OPTION_CONTINUE,
    OPTION_UNDO,
    OPTION_IMPORT,
    OPTION_FROM,
    OPTION_REST,
    OPTION_FULL,
    OPTION_DRY_RUN,
    OPTION_YES
};

/* The first argument of the option; NULL if it was not given. */
const char *subscribers_option(const struct program *program, enum subscribers_option which);

/* Whether --json was given. */
bool subscribers_json(const struct program *program);

/* What `list --json` shows about a person, and what `show --json` adds to. */
struct value *subscribers_person_value(struct arena *arena, const struct subscriber *person);

/* --status as a filter; *status points to storage or is NULL for everyone. */
bool subscribers_filter(const struct program *program, enum subscriber_status *storage,
                        const enum subscriber_status **status, struct failure *why) MUST_CHECK;

/* The person with that address; FAILURE_NO_INPUT if it is not on the list. */
bool subscribers_find(struct program *program, const char *text, struct subscriber **person,
                      struct failure *why) MUST_CHECK;

/* The words that only read. */
bool subscribers_list(struct program *program, int *status, struct failure *why) MUST_CHECK;
bool subscribers_show(struct program *program, int *status, struct failure *why) MUST_CHECK;
bool subscribers_search(struct program *program, int *status, struct failure *why) MUST_CHECK;

/* The words that change one person. */
bool subscribers_add(struct program *program, int *status, struct failure *why) MUST_CHECK;
bool subscribers_allow(struct program *program, int *status, struct failure *why) MUST_CHECK;
bool subscribers_remove(struct program *program, int *status, struct failure *why) MUST_CHECK;
bool subscribers_forget(struct program *program, int *status, struct failure *why) MUST_CHECK;

/* FAILURE_USAGE unless there is exactly one operand after the word. */
bool subscribers_operand(const struct program *program, struct failure *why) MUST_CHECK;

/* --status for people who are added; confirmed ones need the wording of their consent. `gone`: a
 * file may be one of people who left. */
bool subscribers_new_status(const struct program *program, bool gone,
                            enum subscriber_status *status, struct failure *why) MUST_CHECK;

/* Reports on standard error that `who` is pending because --status was not given. */
void subscribers_tell_pending(const struct program *program, const char *who);

/* The words `migrate` and `import`. */
bool subscribers_migrate(struct program *program, int *status, struct failure *why) MUST_CHECK;
bool subscribers_import(struct program *program, int *status, struct failure *why) MUST_CHECK;

/* The word `invite`. */
bool subscribers_invite(struct program *program, int *status, struct failure *why) MUST_CHECK;

#endif
