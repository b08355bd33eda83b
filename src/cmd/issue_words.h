/* What an editor writes for a draft: `issue subject`, `preheader`, `headline`, `note`, `quote`. */
#ifndef CMD_ISSUE_WORDS_H
#define CMD_ISSUE_WORDS_H

#include "cmd/program.h"

/* Each changes the draft, and prints it as `issue show` does. */
bool issue_words_subject(struct program *program, struct failure *why) MUST_CHECK;
bool issue_words_preheader(struct program *program, struct failure *why) MUST_CHECK;
bool issue_words_headline(struct program *program, struct failure *why) MUST_CHECK;
bool issue_words_note(struct program *program, struct failure *why) MUST_CHECK;

/* Whether the command line asks for the list of sentences, which changes nothing. */
bool issue_words_only_lists(const struct program *program);

/* Without --for, --against and --clear it lists what can be quoted, and changes nothing. */
bool issue_words_quote(struct program *program, struct failure *why) MUST_CHECK;

#endif
