/*
 * An editor's words as an issue is rendered with them: read from the database, the notes taken
 * apart, and found again in the stories that they were written for.
 */
#ifndef ISSUE_WORDS_H
#define ISSUE_WORDS_H

#include "base/buf.h"
#include "digest/newsletter.h"
#include "store/issue_word.h"

struct words {
    struct newsletter_words told;  /* as the renderer wants them */
    const struct issue_word *rows; /* as they were written */
    size_t count;
};

/* Of an issue that is stored; none for id 0. */
bool words_read(struct store *store, struct arena *arena, int64_t issue_id, struct words *words,
                struct failure *why) MUST_CHECK;

/* Appends all of them, for a digest of what an editor approves. */
void words_write(const struct words *words, struct buf *out);

/* For a copy by topics: a note follows its story where the comparison that it was written for is
 * not in that copy. `all` are the stories of the whole issue. */
struct newsletter_words words_follow(struct arena *arena, const struct newsletter_words *words,
                                     const struct story *all, size_t all_count,
                                     const struct story *chosen, size_t chosen_count);

/* The story that has the comparison; NULL: none. */
const struct story *words_find_story(const struct story *stories, size_t count,
                                     int64_t comparison_id);

/* The tool of that slug, or of that name (in any case); NULL: none. */
const struct tool *words_find_tool(struct arena *arena, const struct story *stories, size_t count,
                                   const char *slug_or_name);

/* What has no place in the issue any more: a note whose story is not in it, a sentence that no
 * review says. One line each. */
void words_find_lost(struct arena *arena, const struct words *words, const struct story *stories,
                     size_t count, const char *const **lost, size_t *lost_count);

#endif
