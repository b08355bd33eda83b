/* An editor's words for a draft: written, replaced and taken back. The draft is built again with
 * each change, in one transaction. */
#ifndef ISSUE_REWORD_H
#define ISSUE_REWORD_H

#include "base/model.h"
#include "digest/voice.h"
#include "settings/settings.h"
#include "store/issue.h"
#include "store/issue_word.h"

struct reword {
    enum issue_word_kind kind; /* of a note without story: NOTE */
    const char *text;          /* of a line or a note; NULL: takes back what was written */
    size_t len;                /* of a note */
    const char *file;          /* of a note: its name in failures */
    const char *story;         /* of a STORY_NOTE: number, or slug of a comparison in it */
    const char *tool;          /* of a QUOTE: slug or name */
    size_t sentence;           /* of a QUOTE: number among the candidates; 0: takes back */
};

/* FAILURE_DATA, and nothing has changed, where it is no draft, or what was written cannot be sent;
 * FAILURE_NO_INPUT where there is no such story, tool or sentence. */
bool reword_issue(struct store *store, struct arena *arena, const struct settings *settings,
                  const struct issue *issue, const struct reword *change, int64_t now,
                  struct failure *why) MUST_CHECK;

/* The sentences of the tool that reword_issue() can choose from, numbered from 1. */
bool reword_list_sentences(struct store *store, struct arena *arena, const struct issue *issue,
                           const char *tool, const struct tool **found,
                           struct voice_candidate **sentences, size_t *count,
                           struct failure *why) MUST_CHECK;

#endif
