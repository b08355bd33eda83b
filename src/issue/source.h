/*
 * What an issue is rendered from besides its comparisons: the text of the templates, and the
 * settings that appear in it. It is read once for all variants of an issue and stored when the
 * issue is approved: for a reader who chooses topics between approval and sending, the variant is
 * rendered from what was approved, not from what is on disk by then.
 */
#ifndef ISSUE_SOURCE_H
#define ISSUE_SOURCE_H

#include "base/buf.h"
#include "settings/settings.h"

struct source;

/* Files are read on first use, from the settings' templates_dir before the share directory.
 * Everything is in the arena, which `settings` must outlive. */
struct source *source_open(struct arena *arena, const struct settings *settings);

/* The settings in force, or those that were stored. */
const struct settings *source_settings(const struct source *source);

/* The text of a template ("issue.html.mustache", "partials/story.mustache") as it was first read;
 * `*path` and `*text` are NULL if there is none. Fails like share_read(). */
bool source_read(struct source *source, const char *name, const char **path, const char **text,
                 size_t *len, struct failure *why) MUST_CHECK;

/* Converts the settings and every file that was read so far to the stored form (JSON), and back. A
 * file that is not in it, named by data that was never rendered before, is read from disk. */
void source_save(const struct source *source, struct buf *out);
bool source_load(struct arena *arena, const struct settings *settings, const char *bytes,
                 size_t len, struct source **source, struct failure *why) MUST_CHECK;

#endif
