#include "store/alike.h"
#include "store/private.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

extern const char embedded_0002_epoch[];
extern const char embedded_0003_told_and_away[];
extern const char embedded_0004_comparison_life[];
extern const char embedded_0005_fault[];
extern const char embedded_0006_identity[];
extern const char embedded_0007_import[];
extern const char embedded_0008_rest[];
extern const char embedded_0009_hold[];
extern const char embedded_0010_said[];
extern const char embedded_0011_likeness[];
extern const char embedded_0012_absence[];
extern const char embedded_0013_relay_day[];
extern const char embedded_0014_counted[];
extern const char embedded_0015_derivation[];
extern const char embedded_0016_moved[];
extern const char embedded_0017_own_subject[];
extern const char embedded_0018_prediction[];
extern const char embedded_0019_issue_word[];

/* A new database is made by schema.sql; each later version adds its step here, from
 * migrations/NNNN-topic.sql as `extern const char embedded_NNNN_topic[];`. */
const struct migration store_migrations[] = {
    {2, embedded_0002_epoch},
    {3, embedded_0003_told_and_away},
    {4, embedded_0004_comparison_life},
    {5, embedded_0005_fault},
    {6, embedded_0006_identity},
    {7, embedded_0007_import},
    {8, embedded_0008_rest},
    {9, embedded_0009_hold},
    {10, embedded_0010_said},
    {11, embedded_0011_likeness},
    {12, embedded_0012_absence},
    {13, embedded_0013_relay_day},
    {14, embedded_0014_counted},
    {15, embedded_0015_derivation},
    {16, embedded_0016_moved},
    {17, embedded_0017_own_subject},
    {18, embedded_0018_prediction},
    {19, embedded_0019_issue_word},
    {0, NULL},
};

static bool accept_older(const char *path, enum store_mode mode, int64_t version, int64_t target,
                         bool *migrate, struct failure *why)
{
    *migrate = mode == STORE_DURABLE;
    return *migrate || mode == STORE_COPY ||
           fail(why, FAILURE_DATA,
                "%s: is of version %" PRId64 ", this program reads version %" PRId64
                "; run `verdicts weekly` or another command that writes once, it brings the "
                "database up to date",
                path, version, target);
}

bool store_accept_version(const char *path, enum store_mode mode, int64_t version, int64_t target,
                          bool *migrate, struct failure *why)
{
    *migrate = false;
    if (version > target) {
        return fail(why, FAILURE_DATA,
                    "%s: was written by a newer program: it is of version %" PRId64
                    ", this program knows version %" PRId64 "; install the newer verdicts",
                    path, version, target);
    }
    if (version < 1) {
        return fail(why, FAILURE_DATA,
                    "%s: carries the mark of verdicts but no version (%" PRId64
                    "); it was never finished or is damaged; put a backup in its place",
                    path, version);
    }
    return version == target || accept_older(path, mode, version, target, migrate, why);
}

static const struct migration *find_step(const struct migration *steps, int64_t version)
{
    while (steps->version != 0 && steps->version != version) {
        steps++;
    }
    return steps->version == 0 ? NULL : steps;
}

/* name_key_of(NAME): for steps that need what SQL cannot express. */
static void name_key_of(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    struct arena arena = {0};
    const unsigned char *name = sqlite3_value_text(values[0]);
    sqlite3_result_text(context, model_name_key(&arena, (const char *)name), -1, SQLITE_TRANSIENT);
    arena_free(&arena);
}

/* is_made_slug(SLUG, TEXT): whether version 2 would have generated that slug from the text. It
 * dropped symbols, and ended very long slugs with a hash. */
static void is_made_slug(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    enum { WHOLE = 160 };
    struct arena arena = {0};
    const char *slug = (const char *)sqlite3_value_text(values[0]);
    char *text = arena_copy(&arena, (const char *)sqlite3_value_text(values[1]));
    for (char *c = strpbrk(text, "+#."); c != NULL; c = strpbrk(c, "+#.")) {
        *c = ' ';
    }
    sqlite3_result_int(context, strncmp(slug, model_slug(&arena, text), WHOLE) == 0);
    arena_free(&arena);
}

/* likeness_of_name(NAME, WHICH): one key of alike_name_keys(). */
static void likeness_of_name(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    struct arena arena = {0};
    int64_t keys[ALIKE_NAME_KEYS];
    const struct alike_form form = alike_form(&arena, (const char *)sqlite3_value_text(values[0]));
    alike_name_keys(&form, keys);
    sqlite3_result_int64(context, keys[sqlite3_value_int(values[1])]);
    arena_free(&arena);
}

/* likeness_of_quotes(TEXT) */
static void likeness_of_quotes(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    const char *quotes = (const char *)sqlite3_value_text(values[0]);
    sqlite3_result_int64(context, alike_quotes_key(quotes, strlen(quotes)));
}

static bool add_functions(struct store *store, struct failure *why)
{
    static const struct {
        const char *name;
        int count;
        void (*function)(sqlite3_context *, int, sqlite3_value **);
    } functions[] = {{"name_key_of", 1, name_key_of},
                     {"is_made_slug", 2, is_made_slug},
                     {"likeness_of_name", 2, likeness_of_name},
                     {"likeness_of_quotes", 1, likeness_of_quotes}};
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (sqlite3_create_function(store->db, functions[i].name, functions[i].count,
                                    SQLITE_UTF8 | SQLITE_DIRECTONLY, NULL, functions[i].function,
                                    NULL, NULL) != SQLITE_OK) {
            return store_fail(store, why);
        }
    }
    return true;
}

static bool run_step(struct store *store, const struct migration *steps, int64_t version,
                     struct failure *why)
{
    const struct migration *step = find_step(steps, version);
    if (step == NULL) {
        return fail(why, FAILURE_INTERNAL, "there is no migration to version %" PRId64, version);
    }
    char set_version[64];
    snprintf(set_version, sizeof set_version, "PRAGMA user_version = %" PRId64, version);
    return store_execute(store, step->sql, why) && store_execute(store, set_version, why);
}

/* Reads the version inside the transaction, because another process may have migrated meanwhile. */
static bool run_steps(struct store *store, const struct migration *steps, int64_t target,
                      struct failure *why)
{
    SQL(user_version, "PRAGMA user_version");
    SQL(foreign_keys, "SELECT count(*) FROM pragma_foreign_key_check");
    int64_t version, broken;
    if (!query_number(store, user_version, BIND_NOTHING, &version, why)) {
        return false;
    }
    while (version < target) {
        if (!run_step(store, steps, ++version, why)) {
            return fail_context(why, "migration to version %" PRId64, version);
        }
    }
    if (!query_number(store, foreign_keys, BIND_NOTHING, &broken, why)) {
        return false;
    }
    return broken == 0 ||
           fail(why, FAILURE_DATA,
                "%s: migration to version %" PRId64 " would leave %" PRId64
                " rows without what they refer to; nothing was changed; put a backup in its place",
                store->path, target, broken);
}

/* Foreign keys are off during the steps, so that a step may rebuild a table; the pragma has no
 * effect inside a transaction. */
bool store_migrate(struct store *store, const struct migration *steps, int64_t target,
                   struct failure *why)
{
    if (!store_execute(store, "PRAGMA foreign_keys = OFF", why)) {
        return false;
    }
    bool ok = add_functions(store, why) && store_begin(store, why) &&
              run_steps(store, steps, target, why);
    ok = store_end(store, ok, why);
    struct failure ignored = {0};
    bool again = store_execute(store, "PRAGMA foreign_keys = ON", ok ? why : &ignored);
    return ok && again;
}
