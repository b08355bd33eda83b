/*
 * Stores an imported comparison.
 *
 *   identify      which stored tools and which comparison it is, if any
 *   hear          whether its source is the current one: among sources of one comparison the one
 * with the newer date is believed save          its content: all of it from a source that is
 * believed; from a superseded one only what nobody has stated yet follow        the source's date
 * and its statement on withdrawal, where it says anything new
 *
 * comparison_save() in comparison.h has the rules, store/said.h tells new statements from repeated
 * ones.
 */
#include <string.h>

#include "store/alike.h"
#include "store/comparison_life.h"
#include "store/identity.h"
#include "store/private.h"
#include "store/said.h"

/* The imported comparison, and what is stored of it. */
struct saving {
    struct store *store;
    struct arena *arena;
    struct comparison *comparison;
    struct comparison stored; /* id 0: new */
    bool left_former, right_former;
    int64_t source;    /* the source of the stored content */
    struct said said;  /* what this source and others stated before */
    const char *words; /* hashes of what this source states now */
    bool other;        /* the stored content is another source's */
    struct teller teller;
    bool left_known, right_known; /* the tools existed before */
    int64_t now;
    struct comparison_outcome *outcome;
};

static int64_t source_date(const struct comparison *comparison)
{
    return comparison->undated ? 0 : comparison->published_at;
}

static bool write_comparison(const struct saving *saving, struct failure *why)
{
    SQL(upsert_sql,
        "INSERT INTO comparison (slug, title, question, url, left_tool, right_tool, published_at, "
        "content_hash, revision, updated_at, own_slug, id, source_date, source_id) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) "
        "ON CONFLICT (id) DO UPDATE SET slug = ?1, title = ?2, question = ?3, url = ?4, "
        "left_tool = ?5, right_tool = ?6, content_hash = ?8, revision = ?9, updated_at = ?10, "
        "own_slug = iif(?11, 1, own_slug), source_id = ?14 RETURNING id");
    struct comparison *comparison = saving->comparison;
    return query_number(saving->store, upsert_sql,
                        BIND_LIST(BIND_TEXT(comparison->slug), BIND_TEXT(comparison->title),
                                  BIND_TEXT(comparison->question), BIND_TEXT(comparison->url),
                                  BIND_INT(comparison->left.id), BIND_INT(comparison->right.id),
                                  BIND_INT(saving->outcome->published_at),
                                  BIND_TEXT(comparison->content_hash),
                                  BIND_INT(saving->outcome->revision), BIND_INT(saving->now),
                                  BIND_INT(comparison->own_slug), BIND_INT(comparison->id),
                                  BIND_SOME(source_date(comparison)), BIND_INT(saving->source)),
                        &comparison->id, why);
}

/* Notes a tool that is new or has other facts than before, as it is stored now. */
static bool note_tool(const struct saving *saving, const struct tool *tool, bool known,
                      struct failure *why)
{
    struct tool stored;
    if (!known) {
        return alike_note(saving->store, saving->arena, tool, why);
    }
    return !saving->outcome->facts_changed ||
           (tool_load(saving->store, saving->arena, tool->id, &stored, why) &&
            alike_note(saving->store, saving->arena, &stored, why));
}

static char *plain_title(const struct saving *saving)
{
    return arena_format(saving->arena, "%s vs %s", saving->comparison->left.name,
                        saving->comparison->right.name);
}

/* A title that consists of nothing but the two names is changed if one of them is a former name. */
static bool save_tools(struct saving *saving, struct failure *why)
{
    struct comparison *comparison = saving->comparison;
    bool plain = strcmp(comparison->title, plain_title(saving)) == 0;
    saving->teller.id = comparison->id;
    bool ok = tool_save(saving->store, saving->arena, &comparison->left, saving->left_former,
                        &saving->teller, saving->outcome, why) &&
              tool_save(saving->store, saving->arena, &comparison->right, saving->right_former,
                        &saving->teller, saving->outcome, why) &&
              note_tool(saving, &comparison->left, saving->left_known, why) &&
              note_tool(saving, &comparison->right, saving->right_known, why);
    if (plain) {
        comparison->title = plain_title(saving);
    }
    return ok;
}

/* What the source leaves out keeps its stored value. */
static void keep_known(struct comparison *comparison, const struct comparison *stored)
{
    if ((comparison->silent & SILENT_TITLE) != 0) {
        comparison->title = stored->title;
    }
    if ((comparison->silent & SILENT_QUESTION) != 0) {
        comparison->question = stored->question;
    }
    if ((comparison->silent & SILENT_URL) != 0) {
        comparison->url = stored->url;
    }
}

/* The id that the new comparison will have: its tools are written first, and refer to it. */
static bool next_id(struct store *store, int64_t *id, struct failure *why)
{
    SQL(next_sql, "SELECT coalesce(max(id), 0) + 1 FROM comparison");
    return query_number(store, next_sql, BIND_NOTHING, id, why);
}

static bool save_content(struct saving *saving, struct failure *why)
{
    return save_tools(saving, why) && write_comparison(saving, why);
}

/* Finds which tools and which comparison these are. A comparison that is imported under a former
 * slug of its own keeps its present slug, and so does one whose slug is not given by the source. */
static bool identify(struct saving *saving, struct failure *why)
{
    struct comparison *comparison = saving->comparison;
    struct store *store = saving->store;
    int64_t id;
    if (!identity_tool(store, saving->arena, &comparison->left, &comparison->left.id,
                       &saving->left_former, why) ||
        !identity_tool(store, saving->arena, &comparison->right, &comparison->right.id,
                       &saving->right_former, why)) {
        return false;
    }
    if (comparison->left.id != 0 && comparison->left.id == comparison->right.id) {
        return fail(why, FAILURE_DATA,
                    "\"%.100s\" and \"%.100s\" are one tool; a comparison is of two",
                    comparison->left.name, comparison->right.name);
    }
    saving->left_known = comparison->left.id != 0;
    saving->right_known = comparison->right.id != 0;
    if (!identity_comparison(store, saving->arena, comparison, &id, why)) {
        return false;
    }
    if (id == 0) {
        return comparison->own_slug ||
               identity_comparison_slug(store, saving->arena, comparison, why);
    }
    if (!comparison_load_bare(store, saving->arena, id, &saving->stored, why)) {
        return false;
    }
    comparison->slug = saving->stored.slug;
    return true;
}

/* The same content, about the same tools, under a slug whose origin is known. */
static bool is_unchanged(const struct saving *saving)
{
    const struct comparison *comparison = saving->comparison;
    const struct comparison *stored = &saving->stored;
    return strcmp(stored->content_hash, comparison->content_hash) == 0 &&
           comparison->left.id == stored->left.id && comparison->right.id == stored->right.id &&
           (!comparison->own_slug || stored->own_slug);
}

static bool same_content(const struct comparison *left, const struct comparison *right)
{
    const char *one = left->url == NULL ? "" : left->url;
    const char *other = right->url == NULL ? "" : right->url;
    return strcmp(left->title, right->title) == 0 && strcmp(left->question, right->question) == 0 &&
           strcmp(one, other) == 0;
}

static bool find_dates(struct store *store, int64_t id, int64_t *said, bool *by_editor,
                       struct failure *why)
{
    SQL(dates_sql, "SELECT source_date, editor_dated FROM comparison WHERE id = ?1");
    struct query *query;
    bool row = false;
    bool ok = query_open(store, dates_sql, BIND_LIST(BIND_INT(id)), &query, why) &&
              query_next(query, &row, why);
    *said = row ? query_int(query, 0) : 0;
    *by_editor = row && query_int(query, 1) != 0;
    query_close(query);
    return ok;
}

/* Follows a date that the source changes now, or that it changed earlier when the comparison was
 * already part of an issue, so that the change was not applied. */
static bool follow_date(const struct saving *saving, int64_t date, struct failure *why)
{
    SQL(said_sql, "UPDATE comparison SET source_date = ?2, editor_dated = 0, source_id = ?3 "
                  "WHERE id = ?1");
    struct store *store = saving->store;
    const struct comparison *stored = &saving->stored;
    struct comparison_outcome *outcome = saving->outcome;
    int64_t said;
    bool by_editor, told;
    if (!find_dates(store, stored->id, &said, &by_editor, why)) {
        return false;
    }
    bool anew = date != (said != 0 ? said : stored->published_at);
    if (!anew && (by_editor || date == stored->published_at)) {
        return true;
    }
    if (!comparison_is_told(store, stored->id, &told, why)) {
        return false;
    }
    outcome->ignored_date = told && anew && date != stored->published_at ? date : 0;
    if (!told && date != stored->published_at) {
        outcome->moved_from = stored->published_at;
        outcome->published_at = date;
    }
    return (!anew ||
            query_run(store, said_sql,
                      BIND_LIST(BIND_INT(stored->id), BIND_INT(date), BIND_INT(saving->source)),
                      NULL, why)) &&
           (outcome->moved_from == 0 || comparison_move(store, stored->id, date, why));
}

static bool save_new(struct saving *saving, struct failure *why)
{
    struct comparison *comparison = saving->comparison;
    struct comparison_outcome *outcome = saving->outcome;
    outcome->saved = COMPARISON_NEW;
    outcome->revision = 1;
    outcome->published_at = comparison->published_at == 0 ? saving->now : comparison->published_at;
    saving->teller.at = outcome->published_at;
    return next_id(saving->store, &comparison->id, why) && save_content(saving, why) &&
           alike_find_known(saving->store, saving->arena, comparison, !saving->left_known,
                            !saving->right_known, &outcome->alike, why);
}

static void add_conflict(struct comparison_outcome *outcome, const char *title, const char *field,
                         const char *kept, const char *dropped)
{
    if (strcmp(kept, dropped) != 0) {
        outcome->conflicts[outcome->conflict_count++] = (struct tool_conflict){
            .tool = title, .sources = true, .field = field, .kept = kept, .dropped = dropped};
    }
}

static const char *url_text(const struct comparison *comparison)
{
    return comparison->url == NULL ? "none" : comparison->url;
}

/* Reports the comparison's own fields in which two sources differ. */
static void contradict(struct comparison_outcome *outcome, const struct comparison *kept,
                       const struct comparison *dropped, unsigned silent)
{
    const char *title = kept->title;
    if ((silent & SILENT_TITLE) == 0) {
        add_conflict(outcome, title, "title", kept->title, dropped->title);
    }
    if ((silent & SILENT_QUESTION) == 0) {
        add_conflict(outcome, title, "question", kept->question, dropped->question);
    }
    if ((silent & SILENT_URL) == 0) {
        add_conflict(outcome, title, "url", url_text(kept), url_text(dropped));
    }
}

/* A source repeats what another one has replaced: reported once, and nothing else is done. */
static bool tell_outdone(struct saving *saving, struct failure *why)
{
    struct comparison *comparison = saving->comparison;
    int64_t id = saving->stored.id;
    if (!saving->said.outdone) {
        return true;
    }
    contradict(saving->outcome, &saving->stored, comparison, comparison->silent);
    return tool_contradict(saving->store, saving->arena, &comparison->left, id, saving->outcome,
                           why) &&
           tool_contradict(saving->store, saving->arena, &comparison->right, id, saving->outcome,
                           why) &&
           said_settle(saving->store, comparison->source_id, id, why);
}

/* Finds who has stated something before, and whether this source is believed. Without names, a new
 * path may be a later export of the same source; two named sources, or one that existed before, are
 * certainly different ones. */
static bool hear(struct saving *saving, struct failure *why)
{
    const struct comparison *comparison = saving->comparison;
    struct said *said = &saving->said;
    int64_t date = source_date(comparison);
    if (!said_load(saving->store, saving->arena, comparison->source_id, saving->stored.id, said,
                   why)) {
        return false;
    }
    saving->other = said->standing != 0 && said->standing != saving->source;
    saving->teller.aloud = saving->other && (comparison->source_named || said->last[0] != '\0');
    saving->teller.outdated = saving->other && date != 0 && date < said->standing_date;
    return true;
}

/* The fields of a superseded source only fill what nobody has stated. */
static bool save_outdated(struct saving *saving, struct failure *why)
{
    struct comparison *comparison = saving->comparison;
    saving->teller.at = source_date(comparison);
    if (!save_tools(saving, why)) {
        return false;
    }
    if (!saving->outcome->facts_changed) {
        return true;
    }
    comparison->silent = SILENT_TITLE | SILENT_QUESTION | SILENT_URL;
    keep_known(comparison, &saving->stored);
    memcpy(comparison->content_hash, saving->stored.content_hash, sizeof comparison->content_hash);
    saving->source = saving->said.standing;
    saving->outcome->saved = COMPARISON_CHANGED;
    saving->outcome->revision++;
    return write_comparison(saving, why);
}

/* A full import of unchanged content may still remove what another source had given. */
static bool save_believed(struct saving *saving, bool unchanged, struct failure *why)
{
    struct comparison *comparison = saving->comparison;
    struct comparison_outcome *outcome = saving->outcome;
    saving->teller.at = outcome->published_at;
    said_hush(comparison, saving->words, saving->said.last);
    if (!save_tools(saving, why)) {
        return false;
    }
    keep_known(comparison, &saving->stored);
    if (unchanged && !outcome->facts_changed && same_content(comparison, &saving->stored)) {
        return true;
    }
    if (saving->teller.aloud) {
        contradict(outcome, comparison, &saving->stored, 0);
    }
    outcome->saved = COMPARISON_CHANGED;
    outcome->revision++;
    return write_comparison(saving, why) &&
           (!saving->other || said_outdo(saving->store, comparison->source_id, comparison->id,
                                         saving->teller.aloud, why));
}

static bool save_again(struct saving *saving, struct failure *why)
{
    struct comparison *comparison = saving->comparison;
    const struct comparison *stored = &saving->stored;
    struct comparison_outcome *outcome = saving->outcome;
    bool unchanged = is_unchanged(saving);
    int64_t date = source_date(comparison);
    outcome->published_at = stored->published_at;
    outcome->saved = COMPARISON_UNCHANGED;
    outcome->revision = stored->revision;
    comparison->id = stored->id;
    if (!hear(saving, why)) {
        return false;
    }
    if (saving->other && strcmp(saving->words, saving->said.last) == 0) {
        return tell_outdone(saving, why);
    }
    if (saving->teller.outdated) {
        return unchanged || comparison->left.id != stored->left.id ||
               comparison->right.id != stored->right.id || save_outdated(saving, why);
    }
    if (date != 0 && !follow_date(saving, date, why)) {
        return false;
    }
    return (unchanged && !comparison->full) || save_believed(saving, unchanged, why);
}

/* A source that repeats what it stated before does not undo what another one or an editor has done
 * since; nor does a superseded one, if others have stated anything. */
static bool hear_withdrawal(const struct saving *saving, enum withdrawn *word, int64_t *others,
                            struct failure *why)
{
    const struct comparison *comparison = saving->comparison;
    *word = comparison->withdrawn;
    *others = 0;
    if (comparison->source_id == 0 || *word == WITHDRAWN_UNSAID) {
        return true;
    }
    if (!said_withdrawal_elsewhere(saving->store, comparison->source_id, comparison->id, others,
                                   why)) {
        return false;
    }
    if (!said_withdrawal_anew(saving->words, saving->said.last) ||
        (saving->teller.outdated && *others > 0)) {
        *word = WITHDRAWN_UNSAID;
    }
    return true;
}

/* A source, by its statement or by bringing the comparison again, reverses what a source has done,
 * but not what an editor has. */
static bool follow_withdrawal(const struct saving *saving, struct failure *why)
{
    SQL(restore_sql, "UPDATE comparison SET withdrawn_at = NULL, withdrawn_by = NULL "
                     "WHERE id = ?1 AND ((withdrawn_by = 'absent' AND ?3) OR "
                     "(withdrawn_by = 'source' AND ?2))");
    struct store *store = saving->store;
    const struct comparison *comparison = saving->comparison;
    struct comparison_outcome *outcome = saving->outcome;
    bool anew = comparison->source_id == 0 || strcmp(saving->words, saving->said.last) != 0;
    int64_t others, restored = 0;
    enum withdrawn word;
    bool withdrawn = false;
    bool ok = hear_withdrawal(saving, &word, &others, why) &&
              (word == WITHDRAWN_YES
                   ? comparison_withdraw(store, comparison->id, WITHDRAWER_SOURCE, saving->now,
                                         &withdrawn, why)
                   : query_run(store, restore_sql,
                               BIND_LIST(BIND_INT(comparison->id), BIND_INT(word == WITHDRAWN_NO),
                                         BIND_INT(anew)),
                               &restored, why));
    outcome->turn = withdrawn      ? COMPARISON_WITHDRAWN
                    : restored > 0 ? COMPARISON_RESTORED
                                   : COMPARISON_STAYS;
    if (ok && outcome->turn != COMPARISON_STAYS && word != WITHDRAWN_UNSAID && others > 0) {
        add_conflict(outcome, comparison->title, "withdrawn", withdrawn ? "true" : "false",
                     withdrawn ? "false" : "true");
    }
    return ok;
}

/* Records what this source has brought; written only if it differs from the last time. */
static bool note_brought(const struct saving *saving, struct failure *why)
{
    int64_t source_id = saving->comparison->source_id;
    return source_id == 0 || strcmp(saving->words, saving->said.last) == 0 ||
           comparison_brought(saving->store, source_id, saving->comparison->id, saving->words, why);
}

static bool save(struct saving *saving, struct failure *why)
{
    struct comparison *comparison = saving->comparison;
    if (comparison->full) {
        comparison->silent = comparison->left.silent = comparison->right.silent = 0;
    }
    saving->source = comparison->source_id == 0 ? SOURCE_UNNAMED : comparison->source_id;
    saving->words = said_words(saving->arena, comparison);
    saving->said.last = "";
    return identify(saving, why) &&
           (saving->stored.id == 0 ? save_new(saving, why) : save_again(saving, why)) &&
           note_brought(saving, why) && follow_withdrawal(saving, why);
}

bool comparison_save(struct store *store, struct arena *arena, struct comparison *comparison,
                     int64_t now, struct comparison_outcome *outcome, struct failure *why)
{
    *outcome = (struct comparison_outcome){
        .conflicts = arena_array(arena, COMPARISON_CONFLICTS_MAX, sizeof *outcome->conflicts)};
    struct saving saving = {
        .store = store, .arena = arena, .comparison = comparison, .now = now, .outcome = outcome};
    bool ok = store_begin(store, why) && save(&saving, why);
    return store_end(store, ok, why);
}
