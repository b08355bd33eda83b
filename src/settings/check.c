/* Checks settings against each other, and against what a verb needs. */
#include <stdio.h>
#include <string.h>

#include "mail/address.h"
#include "settings/table.h"

/* Names the place of whichever of the two is set explicitly: that is the line to change. */
static bool fail_pair(const struct settings *settings, const char *key, const char *other,
                      const char *text, struct failure *why)
{
    const struct settings_row *row = setting_row(settings, key);
    if (strcmp(row->origin, "default") == 0) {
        row = setting_row(settings, other);
    }
    return fail(why, FAILURE_CONFIG, "%s: %s: %s", row->place, row->key, text);
}

static bool check_issue(const struct settings *settings, struct failure *why)
{
    if (settings->issue.min_items > settings->issue.max_items) {
        return fail_pair(settings, "issue.min_items", "issue.max_items",
                         "issue.min_items is larger than issue.max_items; no issue could be made",
                         why);
    }
    return true;
}

/* A key of a section that has a login: "smtp", "bounce". */
static const char *key_of(char out[SETTING_KEY_MAX], const char *section, const char *name)
{
    snprintf(out, SETTING_KEY_MAX, "%s.%s", section, name);
    return out;
}

static bool fail_login(const struct settings *settings, const char *section, const char *name,
                       const char *other, const char *text, struct failure *why)
{
    char key[SETTING_KEY_MAX], second[SETTING_KEY_MAX];
    return fail_pair(settings, key_of(key, section, name), key_of(second, section, other), text,
                     why);
}

/* A program is given by an absolute path, or by a name that is found in $PATH. A relative path
 * would mean different files to cron and to a shell. */
static bool is_program(const char *word)
{
    return word[0] == '/' || (word[0] != '\0' && strchr(word, '/') == NULL);
}

/* Names the place of the first setting of the section oauth that is given. */
static bool fail_oauth(const struct settings *settings, const char *section, const char *text,
                       struct failure *why)
{
    char prefix[SETTING_KEY_MAX];
    size_t len = strlen(key_of(prefix, section, "oauth."));
    const struct settings_row *row = settings->rows;
    while (strncmp(row->key, prefix, len) != 0 || strcmp(row->origin, "default") == 0) {
        row++;
    }
    return fail(why, FAILURE_CONFIG, "%s: %s: %s", row->place, row->key, text);
}

static bool check_oauth(const struct settings *settings, const char *section,
                        const struct settings_oauth *oauth, struct failure *why)
{
    bool command = oauth->command != NULL && oauth->command[0] != NULL;
    bool server = oauth->token_url != NULL;
    bool account = oauth->client_id != NULL || oauth->client_secret_file != NULL ||
                   oauth->refresh_token_file != NULL || oauth->scope != NULL;
    const char *text = NULL;
    if (command && (server || account)) {
        text = "a token comes from a command or from a token_url with its client_id, not from both";
    } else if (command && !is_program(oauth->command[0])) {
        text = "name the program by an absolute path, or by a name that is found in PATH";
    } else if (account && !server) {
        text = "a token also needs oauth.token_url, the provider's token server";
    } else if (server && oauth->client_id == NULL) {
        text = "a token_url also needs oauth.client_id";
    } else if (server && oauth->client_secret_file == NULL && oauth->refresh_token_file == NULL) {
        text = "a token_url also needs oauth.refresh_token_file, oauth.client_secret_file or both";
    }
    return text == NULL || fail_oauth(settings, section, text, why);
}

static bool check_login(const struct settings *settings, const char *section, const char *username,
                        const char *password_file, const char *auth,
                        const struct settings_oauth *oauth, struct failure *why)
{
    bool token = oauth->token_url != NULL || (oauth->command != NULL && oauth->command[0] != NULL);
    bool by_token =
        auth != NULL && (strcmp(auth, "XOAUTH2") == 0 || strcmp(auth, "OAUTHBEARER") == 0);
    if (!check_oauth(settings, section, oauth, why)) {
        return false;
    }
    if (token && password_file != NULL) {
        return fail_login(settings, section, "password_file", "password_file",
                          "a password_file and oauth exclude each other; take one away", why);
    }
    if (token && username == NULL) {
        return fail_oauth(settings, section,
                          "oauth also needs a username, the address of the account", why);
    }
    if (!token && (username == NULL) != (password_file == NULL)) {
        return fail_login(settings, section, "username", "password_file",
                          "a username and a password_file go together; one of them is missing",
                          why);
    }
    if (auth != NULL && by_token != token) {
        return fail_login(settings, section, "auth", "auth",
                          token ? "oauth logs in by XOAUTH2 or OAUTHBEARER"
                                : "XOAUTH2 and OAUTHBEARER need the section oauth, where tokens "
                                  "come from",
                          why);
    }
    return true;
}

static bool check_lease(const struct settings *settings, const struct settings_relay *relay,
                        struct failure *why)
{
    char key[SETTINGS_RELAY_KEY], text[SETTINGS_RELAY_KEY + 200];
    settings_relay_key(relay, "dot_timeout", key);
    snprintf(text, sizeof text,
             "deliver.lease has to be longer than %s: a claim outlasts the wait for the last "
             "reply, or another run sends the message again",
             key);
    return settings->deliver.lease > relay->dot_timeout ||
           fail_pair(settings, "deliver.lease", key, text, why);
}

static bool check_tls(const struct settings *settings, const struct settings_relay *relay,
                      struct failure *why)
{
    struct setting_url url;
    struct failure ignored = {0};
    char tls[SETTINGS_RELAY_KEY], other[SETTINGS_RELAY_KEY];
    if (relay->tls != TLS_NONE || relay->url == NULL ||
        !setting_url_parse(relay->url, &url, &ignored)) {
        return true;
    }
    settings_relay_key(relay, "tls", tls);
    if (strcmp(url.scheme, "smtps") == 0) {
        return fail_pair(settings, tls, settings_relay_key(relay, "url", other),
                         "tls = none contradicts smtps://, which is TLS from the first byte", why);
    }
    if (relay->username != NULL && !setting_url_is_loopback(&url)) {
        return fail_pair(settings, tls, settings_relay_key(relay, "username", other),
                         "with tls = none the password would cross the network in clear", why);
    }
    return true;
}

enum { A_DAY = 86400 };

/* A warm-up counts days, so its rates must be daily ones, and it must grow. */
static bool check_warmup(const struct settings *settings, const struct settings_relay *relay,
                         struct failure *why)
{
    const struct settings_rate *start = &relay->warmup.start;
    const struct settings_rate *until = &relay->warmup.until;
    char first[SETTINGS_RELAY_KEY], last[SETTINGS_RELAY_KEY];
    settings_relay_key(relay, "warmup.start", first);
    settings_relay_key(relay, "warmup.until", last);
    if ((start->count > 0) != (until->count > 0)) {
        return fail_pair(settings, first, last,
                         "start and until of a warm-up go together; one of them is missing", why);
    }
    if (start->count > 0 && start->seconds != A_DAY) {
        return fail_pair(settings, first, first, "a warm-up counts in days; write it as 200/d",
                         why);
    }
    if (until->count > 0 && until->seconds != A_DAY) {
        return fail_pair(settings, last, last, "a warm-up counts in days; write it as 50000/d",
                         why);
    }
    return start->count <= until->count ||
           fail_pair(settings, last, first,
                     "a warm-up grows from start to until; start is larger than until", why);
}

static bool check_relay(const struct settings *settings, const struct settings_relay *relay,
                        struct failure *why)
{
    char section[SETTINGS_RELAY_KEY];
    snprintf(section, sizeof section, "%s%s", relay->name != NULL ? "relay." : "smtp",
             relay->name != NULL ? relay->name : "");
    return check_lease(settings, relay, why) &&
           check_login(settings, section, relay->username, relay->password_file, relay->auth,
                       &relay->oauth, why) &&
           check_tls(settings, relay, why) && check_warmup(settings, relay, why);
}

/* --- several relays --- */

/* Names the place of that relay's setting, or of its section. */
static bool fail_relay(const struct settings *settings, const struct settings_relay *relay,
                       const char *name, const char *text, struct failure *why)
{
    char key[SETTINGS_RELAY_KEY];
    const struct settings_row *row = setting_row(settings, settings_relay_key(relay, name, key));
    if (strcmp(row->origin, "default") == 0 && row->section_line != 0) {
        return fail(why, FAILURE_CONFIG, "%s:%d: %s: %s", settings->file, row->section_line,
                    row->key, text);
    }
    return fail(why, FAILURE_CONFIG, "%s: %s: %s", row->place, row->key, text);
}

/* The section smtp and named relays exclude each other: it would not be clear what the section
 * means beside them. */
static bool refuse_both(const struct settings *settings, struct failure *why)
{
    for (size_t i = 0; i < settings->row_count; i++) {
        const struct settings_row *row = &settings->rows[i];
        if (strncmp(row->key, "smtp.", 5) == 0 && strcmp(row->origin, "default") != 0) {
            return fail(why, FAILURE_CONFIG,
                        "%s: %s: the section smtp is for one relay alone, and relay '%s' is named "
                        "too; move what smtp says into a section relay 'NAME' { … } of its own",
                        row->place, row->key, settings->relays[0].name);
        }
    }
    return true;
}

static bool takes_share(const struct settings_relay *relay)
{
    return relay->weight > 0 && !relay->backup;
}

static bool relay_names(const struct settings_relay *relay, const char *domain)
{
    for (const char *const *at = relay->domains; domain != NULL && *at != NULL; at++) {
        if (strcmp(*at, domain) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether a relay takes mail to `domain`; NULL: to domains that no relay names. */
static bool has_route(const struct settings *settings, const char *domain)
{
    for (size_t i = 0; i < settings->relay_count; i++) {
        const struct settings_relay *relay = &settings->relays[i];
        bool fits = domain == NULL ? relay->domains[0] == NULL : relay_names(relay, domain);
        if (fits && takes_share(relay)) {
            return true;
        }
    }
    return false;
}

static bool check_domains(const struct settings *settings, const struct settings_relay *relay,
                          struct failure *why)
{
    for (const char *const *at = relay->domains; !relay->backup && *at != NULL; at++) {
        if (!has_route(settings, *at)) {
            char text[400];
            snprintf(text, sizeof text,
                     "mail to %.255s would have no relay: what names it has weight 0", *at);
            return fail_relay(settings, relay, "domains", text, why);
        }
    }
    return true;
}

/* Refuses relays that could never send anything, or not to everybody. */
static bool check_routes(const struct settings *settings, struct failure *why)
{
    const struct settings_relay *first = &settings->relays[0];
    bool weight = false, share = false;
    for (size_t i = 0; i < settings->relay_count; i++) {
        weight = weight || settings->relays[i].weight > 0;
        share = share || takes_share(&settings->relays[i]);
    }
    if (!weight) {
        return fail_relay(settings, first, "weight",
                          "every relay has weight 0, and nothing could be sent", why);
    }
    if (!share) {
        return fail_relay(settings, first, "backup",
                          "every relay is a backup or has weight 0; one has to take the mail that "
                          "the others are the backup of",
                          why);
    }
    if (!has_route(settings, NULL)) {
        return fail_relay(settings, first, "domains",
                          "every relay that takes mail names domains, and mail to all others would "
                          "have none; leave domains out of one, or give one without them a weight "
                          "and no backup",
                          why);
    }
    for (size_t i = 0; i < settings->relay_count; i++) {
        if (!check_domains(settings, &settings->relays[i], why)) {
            return false;
        }
    }
    return true;
}

static bool check_relays(const struct settings *settings, struct failure *why)
{
    for (size_t i = 0; i < settings_relay_count(settings); i++) {
        if (!check_relay(settings, settings_relay(settings, i), why)) {
            return false;
        }
    }
    if (settings->relay_count == 0) {
        return true;
    }
    if (settings->relay_count > SETTINGS_RELAYS) {
        return fail_relay(settings, &settings->relays[SETTINGS_RELAYS], "url",
                          "it is one relay too many; at most 20 can be named", why);
    }
    for (size_t i = 0; i < settings->relay_count && settings->relay_count > 1; i++) {
        if (settings_relay_is_local(&settings->relays[i])) {
            return fail_relay(settings, &settings->relays[i], "url",
                              "maildir: and null: are for rehearsals and stand alone; --set "
                              "smtp.url=null: puts one in the place of all relays",
                              why);
        }
    }
    return refuse_both(settings, why) && check_routes(settings, why);
}

static bool check_dkim(const struct settings *settings, struct failure *why)
{
    bool domain = settings->dkim.domain != NULL;
    bool rsa = settings->dkim.selector != NULL;
    bool ed25519 = settings->dkim.ed25519_selector != NULL;
    if (rsa != (settings->dkim.key_file != NULL)) {
        return fail_pair(settings, "dkim.selector", "dkim.key_file",
                         "a selector and a key_file go together; one of them is missing", why);
    }
    if (ed25519 != (settings->dkim.ed25519_key_file != NULL)) {
        return fail_pair(settings, "dkim.ed25519_selector", "dkim.ed25519_key_file",
                         "a selector and a key file go together; one of them is missing", why);
    }
    if (domain && !rsa) {
        return fail_pair(settings, "dkim.domain", "dkim.domain",
                         "signing also needs dkim.selector and dkim.key_file (see verdicts "
                         "dkim-key)",
                         why);
    }
    if (!domain && (rsa || ed25519)) {
        return fail_pair(settings, rsa ? "dkim.selector" : "dkim.ed25519_selector", "dkim.domain",
                         "signing also needs dkim.domain", why);
    }
    if (settings->dkim.algorithms != NULL && !ed25519 &&
        strstr(settings->dkim.algorithms, "ed25519") != NULL) {
        return fail_pair(settings, "dkim.algorithms", "dkim.algorithms",
                         "ed25519 also needs dkim.ed25519_selector and dkim.ed25519_key_file", why);
    }
    return true;
}

static bool check_postal(const struct settings *settings, struct failure *why)
{
    const char *address = settings->site.postal_address;
    if (address != NULL && strstr(address, "\\n") != NULL) {
        return fail_pair(settings, "site.postal_address", "site.postal_address",
                         "\\n is no line end here; write it in one line, parts after commas", why);
    }
    return true;
}

static bool check_feedback(const struct settings *settings, struct failure *why)
{
    const char **from = settings->bounce.feedback_from;
    if (from != NULL && from[0] != NULL && settings->bounce.authserv_id == NULL) {
        return fail_pair(settings, "bounce.feedback_from", "bounce.feedback_from",
                         "who a complaint comes from is proven by bounce.authserv_id, which is not "
                         "set",
                         why);
    }
    return true;
}

bool settings_check(const struct settings *settings, struct failure *why)
{
    return check_feedback(settings, why) && check_postal(settings, why) &&
           check_issue(settings, why) && check_relays(settings, why) &&
           check_login(settings, "bounce", settings->bounce.username,
                       settings->bounce.password_file, settings->bounce.auth,
                       &settings->bounce.oauth, why) &&
           check_dkim(settings, why);
}

/* Shows the missing line, ready to be copied. */
static bool require(const struct settings *settings, const char *value, const char *section,
                    const char *name, struct failure *why)
{
    if (value != NULL) {
        return true;
    }
    char key[SETTING_KEY_MAX];
    snprintf(key, sizeof key, "%s.%s", section, name);
    const char *sample = setting_find(&settings_schema, section, name)->sample;
    int line = setting_row(settings, key)->section_line;
    if (line != 0) {
        return fail(why, FAILURE_CONFIG,
                    "%s: %s is missing; write %s = %s with a value of your own in the section %s, "
                    "which begins in line %d",
                    settings->file, key, name, sample, section, line);
    }
    return fail(why, FAILURE_CONFIG,
                "%s: %s is missing; write %s { %s = %s } with a value of your own",
                settings->file != NULL ? settings->file : "settings", key, section, name, sample);
}

bool settings_require_site(const struct settings *settings, struct failure *why)
{
    return require(settings, settings->site.name, "site", "name", why) &&
           require(settings, settings->site.url, "site", "url", why) &&
           require(settings, settings->site.comparison_url, "site", "comparison_url", why) &&
           require(settings, settings->site.postal_address, "site", "postal_address", why);
}

bool settings_require_mail(const struct settings *settings, struct failure *why)
{
    return require(settings, settings->mail.from, "mail", "from", why) &&
           require(settings, settings->mail.bounce_address, "mail", "bounce_address", why) &&
           require(settings, settings->subscribe.url, "subscribe", "url", why);
}

bool settings_require_relay(const struct settings *settings, struct failure *why)
{
    return settings->relay_count > 0 || require(settings, settings->smtp.url, "smtp", "url", why);
}
