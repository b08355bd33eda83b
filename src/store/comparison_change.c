/* Withdrawing and restoring several comparisons at once. */
#include "store/comparison_life.h"
#include "store/private.h"

static bool change_one(struct store *store, struct arena *arena, enum comparison_change change,
                       const char *slug, int64_t now, struct comparison_changed *outcome,
                       bool *found, struct failure *why)
{
    struct comparison *comparison;
    if (!comparison_find(store, arena, slug, &comparison, why)) {
        return false;
    }
    *found = comparison != NULL;
    if (comparison == NULL) {
        return true;
    }
    *outcome = (struct comparison_changed){.id = comparison->id, .slug = comparison->slug};
    return change == COMPARISON_WITHDRAW
               ? comparison_withdraw(store, comparison->id, WITHDRAWER_EDITOR, now,
                                     &outcome->changed, why)
               : comparison_restore(store, comparison->id, &outcome->changed, why);
}

bool comparison_change_each(struct store *store, struct arena *arena, enum comparison_change change,
                            char *const *slugs, size_t count, int64_t now,
                            struct comparison_changed *outcomes, const char **missing,
                            struct failure *why)
{
    bool found = true;
    *missing = NULL;
    bool ok = store_begin(store, why);
    for (size_t i = 0; ok && found && i < count; i++) {
        ok = change_one(store, arena, change, slugs[i], now, &outcomes[i], &found, why);
        *missing = ok && !found ? slugs[i] : NULL;
    }
    if (ok && !found) {
        store_rollback(store);
        return true;
    }
    return store_end(store, ok, why);
}
