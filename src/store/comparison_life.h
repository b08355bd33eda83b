/*
 * Comparisons after their import: listing, withdrawing, restoring, changing the date; and which
 * sources they came from.
 *
 * A withdrawal removes a comparison from every draft at once. An issue that is past its draft keeps
 * it, because readers have it or will have it; whoever withdraws is told so. Who may undo a
 * withdrawal depends on who made it:
 *
 *   withdrawn by                       undone by
 *   the editor                         the editor only
 *   the source (withdrawn: true)       the editor, or the source (withdrawn: false)
 *   its absence from a full import     the editor, or an import that contains it
 */
#ifndef STORE_COMPARISON_LIFE_H
#define STORE_COMPARISON_LIFE_H

#include "store/comparison.h"
#include "store/issue.h"

/* The state of a comparison besides its content. Texts live until the callback returns. */
struct comparison_state {
    int64_t id;
    const char *slug, *title;
    const char *left, *right; /* names of the tools */
    int64_t published_at, updated_at, revision;
    int64_t withdrawn_at, left_out_at, held_at; /* 0: not */
    enum withdrawer withdrawn_by;
    int64_t issue_id, issue_number; /* the issue that it is part of; 0: none */
    enum issue_state issue_state;
};

/* Which comparisons; zeroed means all. */
struct comparison_filter {
    int64_t tool_id;  /* with that tool */
    int64_t in_issue; /* the number of one */
    int64_t since;    /* published then or later */
    bool withdrawn;   /* only withdrawn ones */
    bool never_sent;  /* only those in no issue that has begun to be sent */
};

typedef bool (*comparison_visit)(void *context, const struct comparison_state *state,
                                 struct failure *why);

/* Newest first; the walk ends when `visit` returns false. */
bool comparison_each(struct store *store, const struct comparison_filter *filter,
                     comparison_visit visit, void *context, struct failure *why) MUST_CHECK;

/* The state of an existing comparison; texts are in the arena. */
bool comparison_state(struct store *store, struct arena *arena, int64_t id,
                      struct comparison_state *state, struct failure *why) MUST_CHECK;

/* The id of the tool with that name, current or former, or with that slug; 0 if there is none.
 * FAILURE_DATA: several tools have the name. */
bool comparison_tool(struct store *store, struct arena *arena, const char *name, int64_t *id,
                     struct failure *why) MUST_CHECK;

/* "editor", "source", "absent"; NULL for none. */
const char *comparison_withdrawer_name(enum withdrawer by);

/* Withdraws it and removes it from every draft. An editor's withdrawal replaces a source's.
 * *changed is false if it was already withdrawn. */
bool comparison_withdraw(struct store *store, int64_t id, enum withdrawer by, int64_t now,
                         bool *changed, struct failure *why) MUST_CHECK;

/* By an editor: it is neither withdrawn nor left out any more. A source that no longer brings it
 * no longer affects it. *changed is false if it was neither. */
bool comparison_restore(struct store *store, int64_t id, bool *changed,
                        struct failure *why) MUST_CHECK;

/* An editor withdraws or restores all of these slugs, current or former, or none of them, in one
 * transaction. `outcomes` has room for `count`; slugs are in the arena. `*missing` is the first
 * slug without a comparison, and nothing was changed; otherwise NULL. */
enum comparison_change { COMPARISON_WITHDRAW, COMPARISON_RESTORE };
struct comparison_changed {
    int64_t id;
    const char *slug;
    bool changed;
};
bool comparison_change_each(struct store *store, struct arena *arena, enum comparison_change change,
                            char *const *slugs, size_t count, int64_t now,
                            struct comparison_changed *outcomes, const char **missing,
                            struct failure *why) MUST_CHECK;

/* An editor's date, in effect until the source gives a date other than before. *changed is false,
 * and nothing is done, if the comparison is part of an issue past its draft. */
bool comparison_date(struct store *store, int64_t id, int64_t published_at, bool *changed,
                     struct failure *why) MUST_CHECK;

enum comparison_renamed { COMPARISON_RENAMED, COMPARISON_SAME_NAME, COMPARISON_NAME_TAKEN };

/* Gives it another slug. Under the old one it is still found and imported. TAKEN: it is or was the
 * slug of another comparison. */
bool comparison_rename(struct store *store, int64_t id, const char *slug,
                       enum comparison_renamed *outcome, struct failure *why) MUST_CHECK;
/* Gives a tool another name, and changes the titles that are made of its name. Imports under the
 * old name mean this tool. TAKEN: it is or was the name of another tool. */
bool comparison_rename_tool(struct store *store, struct arena *arena, int64_t id, const char *name,
                            enum comparison_renamed *outcome, struct failure *why) MUST_CHECK;

/* The slugs of an issue's items that are withdrawn, in the order of the issue. */
bool comparison_withdrawn_of(struct store *store, struct arena *arena, int64_t issue_id,
                             const char ***slugs, size_t *count, struct failure *why) MUST_CHECK;

/* The id of the source of that name; if it is new, it is created if `make`, otherwise the id is
 * 0. */
bool comparison_source(struct store *store, const char *name, bool make, int64_t *source_id,
                       struct failure *why) MUST_CHECK;
/* Records that the source has brought the comparison, with these hashes (store/said.h);
 * comparison_save() calls it. */
bool comparison_brought(struct store *store, int64_t source_id, int64_t comparison_id,
                        const char *said, struct failure *why) MUST_CHECK;
/* A full import of the source did not contain the comparison: withdraws it. It no longer counts as
 * brought by the source. */
bool comparison_absent(struct store *store, int64_t source_id, int64_t comparison_id, int64_t now,
                       bool *changed, struct failure *why) MUST_CHECK;
/* The ids of the comparisons that the source has brought since they were last absent from it, and
 * that are not withdrawn, ascending. */
bool comparison_brought_by(struct store *store, struct arena *arena, int64_t source_id,
                           int64_t **ids, size_t *count, struct failure *why) MUST_CHECK;

#endif
