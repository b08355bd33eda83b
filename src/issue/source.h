/*
 * What an issue is rendered from besides its comparisons: the text of the templates, and the
 * settings that show in it. It is read once for all variants of an issue and stored when the issue
 * is approved: for a reader who chooses topics between approval and sending, the variant is
 * rendered from what was approved, not from what is on the disk by then.
 */
#ifndef ISSUE_SOURCE_H
#define ISSUE_SOURCE_H

#include "base/buf.h"
#include "settings/settings.h"

struct source;

/* Files are read at first use, with the settings' templates_dir before the share directory. All
 * lives in the arena, which `settings` outlives. */
struct source *source_open(struct arena *arena, const struct settings *settings);

/* The settings in force, or those that were stored. */
const struct settings *source_settings(const struct source *source);

/* The text of a template ("issue.html.mustache", "partials/story.mustache") as it was read first;
 * *path and *text NULL where there is none. Failures are those of share_read(). */
bool source_read(struct source *source, const char *name, const char **path, const char **text,
                 size_t *len, struct failure *why) MUST_CHECK;

/* The stored form (JSON) of the settings and of every file that was read so far; and back. A file
 * that is not in it, named by data that nothing rendered before, is read from the disk. */
void source_save(const struct source *source, struct buf *out);
bool source_load(struct arena *arena, const struct settings *settings, const char *bytes,
                 size_t len, struct source **source, struct failure *why) MUST_CHECK;

#endif
