#include "issue/signing.h"

#include <string.h>

#include "base/log.h"
#include "issue/sender.h"

/* Logs a warning about a key that is too short by today's standards. */
static bool open_keys(const struct dkim_settings *dkim, struct dkim_signer **signer,
                      struct failure *why)
{
    if (dkim->domain == NULL) {
        return true;
    }
    if (!dkim_open(dkim, signer, why)) {
        return false;
    }
    if (dkim_warning(*signer) != NULL) {
        log_event(LOG_LEVEL_WARN, "dkim", "key", LOG_STR("why", dkim_warning(*signer)));
    }
    return true;
}

/* Uses today's key files, for the selectors that the issue has. */
static bool open_signer(const struct settings *settings, const struct sender *sender,
                        struct dkim_signer **signer, struct failure *why)
{
    const struct dkim_settings dkim = {
        .domain = sender->dkim_domain,
        .selector = sender->dkim_selector,
        .key_file = sender->dkim_selector != NULL ? settings->dkim.key_file : NULL,
        .ed25519_selector = sender->dkim_ed25519_selector,
        .ed25519_key_file =
            sender->dkim_ed25519_selector != NULL ? settings->dkim.ed25519_key_file : NULL,
        .unsigned_fields = sender->dkim_unsigned,
        .algorithms = sender->dkim_algorithms,
    };
    return open_keys(&dkim, signer, why);
}

bool signing_open_settings(const struct settings *settings, struct dkim_signer **signer,
                           struct failure *why)
{
    const struct dkim_settings dkim = {
        .domain = settings->dkim.domain,
        .selector = settings->dkim.selector,
        .key_file = settings->dkim.key_file,
        .ed25519_selector = settings->dkim.ed25519_selector,
        .ed25519_key_file = settings->dkim.ed25519_key_file,
        .unsigned_fields = settings->dkim.unsigned_fields,
        .algorithms = settings->dkim.algorithms,
    };
    *signer = NULL;
    return open_keys(&dkim, signer, why);
}

static bool is_same(const char *kept, const char *now)
{
    return kept == NULL || (now != NULL && strcmp(kept, now) == 0);
}

static bool is_equal(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* `reason` follows "issue N: ". */
static bool refuse(const struct issue *issue, const char *reason, struct failure *why)
{
    long long number = issue->number;
    return fail(why, FAILURE_CONFIG,
                "%s; put selector and key back, or `verdicts send --issue %lld --force` signs the "
                "rest as the settings say now, or `verdicts issue cancel %lld` stops it",
                reason, number, number);
}

/* One kind of key: what the issue was begun with, and what the settings say now. */
struct pair {
    const char *kept, *now; /* ids; NULL: not signed with it */
    const char *selector, *selector_now;
    const char *path;
};

static bool compare_pair(struct arena *arena, const struct issue *issue, const struct pair *pair,
                         struct failure *why)
{
    const char *reason;
    if (is_same(pair->kept, pair->now)) {
        return true;
    }
    if (pair->path == NULL) {
        reason = arena_format(
            arena, "begun with a key of the DKIM selector %s, and none is set now", pair->selector);
    } else if (is_equal(pair->selector, pair->selector_now)) {
        reason = arena_format(arena, "begun with another key of the DKIM selector %s than %s",
                              pair->selector, pair->path);
    } else {
        reason = arena_format(arena,
                              "begun with the DKIM selector %s and another key than %s, which the "
                              "settings now have with the selector %s",
                              pair->selector, pair->path,
                              pair->selector_now != NULL ? pair->selector_now : "(none)");
    }
    return refuse(issue, reason, why);
}

/* Compares the keys that the issue was begun with to today's. */
static bool compare(struct arena *arena, const struct issue *issue, const struct settings *settings,
                    const struct sender *sender, const char *rsa, const char *ed25519,
                    struct failure *why)
{
    const struct pair pairs[] = {
        {sender->dkim_key, rsa, sender->dkim_selector, settings->dkim.selector,
         settings->dkim.key_file},
        {sender->dkim_ed25519_key, ed25519, sender->dkim_ed25519_selector,
         settings->dkim.ed25519_selector, settings->dkim.ed25519_key_file},
    };
    return compare_pair(arena, issue, &pairs[0], why) && compare_pair(arena, issue, &pairs[1], why);
}

/* Before the keys are read: refuses a key that is gone from the settings. If an older program did
 * not record which keys they were, they can only be those of the same selectors. */
static bool check_set(struct arena *arena, const struct issue *issue,
                      const struct settings *settings, const struct sender *sender,
                      struct failure *why)
{
    bool kept = sender->dkim_key != NULL || sender->dkim_ed25519_key != NULL;
    if (sender->dkim_domain == NULL) {
        return true;
    }
    if (kept) {
        return compare(arena, issue, settings, sender,
                       settings->dkim.key_file != NULL ? sender->dkim_key : NULL,
                       settings->dkim.ed25519_key_file != NULL ? sender->dkim_ed25519_key : NULL,
                       why);
    }
    if (is_equal(sender->dkim_domain, settings->dkim.domain) &&
        is_equal(sender->dkim_selector, settings->dkim.selector) &&
        is_equal(sender->dkim_ed25519_selector, settings->dkim.ed25519_selector)) {
        return true;
    }
    const char *first = sender->dkim_selector != NULL ? sender->dkim_selector : "";
    const char *second = sender->dkim_ed25519_selector;
    return refuse(issue,
                  arena_format(arena,
                               "begun with the DKIM selectors %s%s%s of %s, which the settings no "
                               "longer have; which keys they were was not recorded",
                               first, second != NULL && first[0] != '\0' ? " and " : "",
                               second != NULL ? second : "", sender->dkim_domain),
                  why);
}

/* The approved From requires the approved domain: another one would not be aligned with it. */
static bool check_domain(const struct issue *issue, const struct settings *settings,
                         const struct sender *sender, struct failure *why)
{
    long long number = issue->number;
    const char *now = settings->dkim.domain;
    return sender->dkim_domain == NULL || now == NULL || strcmp(sender->dkim_domain, now) == 0 ||
           fail(why, FAILURE_CONFIG,
                "approved to be signed by %s, and dkim.domain is %s now; put that back, or "
                "`verdicts issue cancel %lld` frees it to be built and approved anew, or `verdicts "
                "send --issue %lld --force` signs as the settings say now",
                sender->dkim_domain, now, number, number);
}

/* Keys are rotated without an operator's command; what is signed and by which algorithms changes
 * only by `force`, if a signature was approved at all. */
static void take_settings(const struct settings *settings, bool force, struct sender *sender)
{
    if (force || sender->dkim_domain == NULL) {
        sender->dkim_unsigned = settings->dkim.unsigned_fields;
        sender->dkim_algorithms = settings->dkim.algorithms;
    }
    sender->dkim_domain = settings->dkim.domain;
    sender->dkim_selector = settings->dkim.selector;
    sender->dkim_ed25519_selector = settings->dkim.ed25519_selector;
}

/* Uses domain, selectors and keys of today where they apply. */
static bool open_and_compare(struct arena *arena, const struct settings *settings,
                             const struct issue *issue, bool compares, struct sender *sender,
                             struct signing *signing, struct failure *why)
{
    if ((compares && !check_set(arena, issue, settings, sender, why)) ||
        !open_signer(settings, sender, &signing->signer, why)) {
        return false;
    }
    const char *rsa = dkim_key_id(signing->signer, DKIM_RSA);
    const char *ed25519 = dkim_key_id(signing->signer, DKIM_ED25519);
    if (compares && !compare(arena, issue, settings, sender, rsa, ed25519, why)) {
        signing_close(signing);
        return false;
    }
    sender->dkim_key = rsa;
    sender->dkim_ed25519_key = ed25519;
    return true;
}

bool signing_open(struct arena *arena, const struct settings *settings, const struct issue *issue,
                  bool left, bool force, struct signing *signing, struct failure *why)
{
    struct sender sender;
    *signing = (struct signing){0};
    if (!sender_from_json(arena, issue->sender, &sender, why)) {
        return false;
    }
    bool compares = left && !force;
    if (!compares) {
        if (!force && !check_domain(issue, settings, &sender, why)) {
            return false;
        }
        take_settings(settings, force, &sender);
    }
    if (!open_and_compare(arena, settings, issue, compares, &sender, signing, why)) {
        return false;
    }
    const char *json = sender_to_json(arena, &sender);
    signing->sender = strcmp(json, issue->sender) != 0 ? json : NULL;
    return true;
}

bool signing_keep(struct store *store, const struct issue *issue, const struct signing *signing,
                  struct failure *why)
{
    bool same = true;
    return (signing->sender == NULL ||
            issue_set_sender(store, issue, signing->sender, &same, why)) &&
           (same || fail(why, FAILURE_TRY_AGAIN,
                         "another run has begun it with other keys; look at the settings, and run "
                         "it again"));
}

void signing_close(struct signing *signing)
{
    dkim_close(signing->signer);
    signing->signer = NULL;
}
