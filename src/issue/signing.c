#include "issue/signing.h"

#include <string.h>

#include "base/log.h"
#include "issue/sender.h"

/* Key files are those of today, as far as the issue has a selector for them. */
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
    };
    if (dkim.domain == NULL) {
        return true;
    }
    if (!dkim_open(&dkim, signer, why)) {
        return false;
    }
    if (dkim_warning(*signer) != NULL) {
        log_event(LOG_LEVEL_WARN, "dkim", "key", LOG_STR("why", dkim_warning(*signer)));
    }
    return true;
}

static bool is_same(const char *kept, const char *now)
{
    return kept == NULL || (now != NULL && strcmp(kept, now) == 0);
}

static bool refuse(const struct issue *issue, const char *selector, const char *path,
                   struct failure *why)
{
    long long number = issue->number;
    return fail(why, FAILURE_CONFIG,
                "issue %lld was begun with another key of the DKIM selector %s%s%s; put that key "
                "back, or `verdicts send --issue %lld --force` signs the rest as the settings say "
                "now, or `verdicts issue cancel %lld` stops it",
                number, selector, path != NULL ? " than " : ", and none is set now",
                path != NULL ? path : "", number, number);
}

/* The keys that the issue was begun with, against those of today. */
static bool compare(const struct issue *issue, const struct settings *settings,
                    const struct sender *sender, const char *rsa, const char *ed25519,
                    struct failure *why)
{
    if (!is_same(sender->dkim_key, rsa)) {
        return refuse(issue, sender->dkim_selector, settings->dkim.key_file, why);
    }
    return is_same(sender->dkim_ed25519_key, ed25519) ||
           refuse(issue, sender->dkim_ed25519_selector, settings->dkim.ed25519_key_file, why);
}

/* Begun with keys of which one is gone from the settings. */
static bool check_set(const struct issue *issue, const struct settings *settings,
                      const struct sender *sender, struct failure *why)
{
    bool rsa = sender->dkim_key == NULL || settings->dkim.key_file != NULL;
    bool ed25519 = sender->dkim_ed25519_key == NULL || settings->dkim.ed25519_key_file != NULL;
    return (rsa && ed25519) ||
           refuse(issue, rsa ? sender->dkim_ed25519_selector : sender->dkim_selector, NULL, why);
}

static void take_settings(const struct settings *settings, struct sender *sender)
{
    sender->dkim_domain = settings->dkim.domain;
    sender->dkim_selector = settings->dkim.selector;
    sender->dkim_ed25519_selector = settings->dkim.ed25519_selector;
}

bool signing_open(struct arena *arena, const struct settings *settings, const struct issue *issue,
                  bool force, struct signing *signing, struct failure *why)
{
    struct sender sender;
    *signing = (struct signing){0};
    if (!sender_from_json(arena, issue->sender, &sender, why)) {
        return false;
    }
    bool begun = issue->state != ISSUE_APPROVED;
    if (begun && force) {
        take_settings(settings, &sender);
    }
    bool compares = begun && !force;
    if ((compares && !check_set(issue, settings, &sender, why)) ||
        !open_signer(settings, &sender, &signing->signer, why)) {
        return false;
    }
    const char *rsa = dkim_key_id(signing->signer, DKIM_RSA);
    const char *ed25519 = dkim_key_id(signing->signer, DKIM_ED25519);
    if (compares && !compare(issue, settings, &sender, rsa, ed25519, why)) {
        signing_close(signing);
        return false;
    }
    sender.dkim_key = rsa;
    sender.dkim_ed25519_key = ed25519;
    const char *json = sender_to_json(arena, &sender);
    signing->sender = strcmp(json, issue->sender) != 0 ? json : NULL;
    return true;
}

bool signing_keep(struct store *store, const struct issue *issue, const struct signing *signing,
                  struct failure *why)
{
    return signing->sender == NULL || issue_set_sender(store, issue->id, signing->sender, why);
}

void signing_close(struct signing *signing)
{
    dkim_close(signing->signer);
    signing->signer = NULL;
}
