/*
 * Identity: which stored tool or comparison an imported one is, and which slug it receives.
 *
 * A tool is identified by its name, a comparison by the pair of its tools; if the source gives a
 * slug, by that. A generated slug is only an address: it identifies nothing, and if the source
 * brings the same one for something else, it yields. Names and slugs from before a rename
 * (tool_alias, comparison_alias) lead to the tool or comparison that has another one now.
 */
#ifndef STORE_IDENTITY_H
#define STORE_IDENTITY_H

#include "base/model.h"
#include "store/store.h"

/* The stored tool that `tool` is, by its own slug or by its name, current or former (*former); *id
 * is 0 if it is new. If its own slug was generated for another tool, that tool receives another
 * slug. FAILURE_DATA: several tools have that name. */
bool identity_tool(struct store *store, struct arena *arena, const struct tool *tool, int64_t *id,
                   bool *former, struct failure *why) MUST_CHECK;
/* The same for a comparison, by its own slug, current or former, or by its tools, whose ids are set
 * (0: new). */
bool identity_comparison(struct store *store, struct arena *arena,
                         const struct comparison *comparison, int64_t *id,
                         struct failure *why) MUST_CHECK;
/* The comparison that had this slug before it was renamed; 0: none. */
bool identity_former_slug(struct store *store, const char *slug, int64_t *id,
                          struct failure *why) MUST_CHECK;
/* Makes the slug of a new row unique, by a number at its end. */
bool identity_tool_slug(struct store *store, struct arena *arena, struct tool *tool,
                        struct failure *why) MUST_CHECK;
bool identity_comparison_slug(struct store *store, struct arena *arena,
                              struct comparison *comparison, struct failure *why) MUST_CHECK;

#endif
