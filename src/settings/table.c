#include "settings/table.h"

enum { DAY = 86400 };

static const char *const approvals[] = {
    [APPROVAL_NONE] = "none", [APPROVAL_REQUIRED] = "required", NULL};
static const char *const doubts[] = {[IN_DOUBT_RESEND] = "resend", [IN_DOUBT_HOLD] = "hold", NULL};
static const char *const tls_words[] = {
    [TLS_AUTO] = "auto", [TLS_REQUIRED] = "required", [TLS_NONE] = "none", NULL};
static const char *const after_deadline[] = {"hold", "send", NULL};
static const char *const no_or_yes[] = {"no", "yes", NULL};
static const char *const unmatched[] = {"skip", "lead", NULL};
/* The header fields that relays rewrite. From, Subject and the unsubscribe links must be signed
 * (RFC 6376 5.4, RFC 8058 4); a relay that changes Content-* fields changes the body too, which no
 * signature survives. */
static const char *const unsigned_fields[] = {
    "Date", "Feedback-ID", "List-Id", "Message-ID", "MIME-Version", "Reply-To", "To", NULL};
static const char *const algorithms[] = {"rsa", "ed25519", NULL};
static const char *const directions[] = {"ltr", "rtl", NULL};

/* The mechanisms that smtp/login.c supports. */
static const char *const mechanisms[] = {"PLAIN", "LOGIN",       "CRAM-MD5", "DIGEST-MD5",
                                         "NTLM",  "OAUTHBEARER", "XOAUTH2",  NULL};

/* A row of the table; for settings of kind NUMBER the range follows the purpose, for CHOICE the
 * words. */
#define SETTING(in, is, of_kind, field, by_default, example, says, ...)                            \
    SETTING_IN(settings, in, is, of_kind, field, by_default, example, says, ##__VA_ARGS__)
/* A setting whose field is in another struct than struct settings. */
#define SETTING_IN(holder, in, is, of_kind, field, by_default, example, says, ...)                 \
    {                                                                                              \
        .section = (in), .name = (is), .kind = SETTING_##of_kind,                                  \
        .offset = offsetof(struct holder, field), .initial = (by_default), .sample = (example),    \
        .purpose = (says), ##__VA_ARGS__                                                           \
    }

#define AUTH_SETTING(in, holder, field)                                                            \
    SETTING_IN(holder, in, "auth", WORD, field, "", "PLAIN",                                       \
               "The only mechanism to log in with; without it, those that the server offers are "  \
               "tried once each.",                                                                 \
               .words = mechanisms)

/* Where access tokens come from; `at` is the path in `holder` of its struct settings_oauth. */
#define OAUTH_SETTINGS(in, holder, at)                                                             \
    SETTING_IN(holder, in, "command", TEXTS, at command, "",                                       \
               "{ '/usr/local/bin/mail-token', 'news@example.org' }",                              \
               "A program that prints an access token, and its arguments; no shell reads them."),  \
        SETTING_IN(holder, in, "token_url", PUBLIC_URL, at token_url, "",                          \
                   "'https://login.example.com/oauth2/token'",                                     \
                   "The provider's token server, which is used if there is no command."),          \
        SETTING_IN(holder, in, "client_id", TEXT, at client_id, "", "'newsletter'",                \
                   "The client id by which the provider knows this program."),                     \
        SETTING_IN(holder, in, "client_secret_file", SECRET, at client_secret_file, "",            \
                   "'oauth.secret'", "A file whose first line is the client secret; mode 0600.",   \
                   .secret = true),                                                                \
        SETTING_IN(holder, in, "scope", TEXT, at scope, "", "'https://mail.example.com/.default'", \
                   "What the token authorizes, in the provider's terms."),                         \
        SETTING_IN(holder, in, "refresh_token_file", SECRET, at refresh_token_file, "",            \
                   "'oauth.refresh'",                                                              \
                   "A file whose first line is the refresh token; mode 0600. Without it, the "     \
                   "token authorizes this program itself (client credentials).",                   \
                   .secret = true)

/* How to reach a relay. `at` is the path in `holder` of its struct settings_relay: "smtp.", or
 * empty. */
#define RELAY_SETTINGS(in, holder, at)                                                             \
    SETTING_IN(holder, in, "url", RELAY, at url, "", "'smtp://relay.example.org:587'",             \
               "The relay: smtp://HOST:PORT/OUR-NAME (STARTTLS, required unless HOST is this "     \
               "machine), smtps://HOST:PORT/OUR-NAME, or for rehearsals maildir:DIR and null:.",   \
               .needed = true),                                                                    \
        SETTING_IN(holder, in, "username", TEXT, at username, "", "'newsletter'",                  \
                   "The user name to log in with."),                                               \
        SETTING_IN(holder, in, "password_file", SECRET, at password_file, "", "'smtp.password'",   \
                   "A file whose first line is the password; mode 0600.", .secret = true),         \
        AUTH_SETTING(in, holder, at auth),                                                         \
        SETTING_IN(holder, in, "tls", CHOICE, at tls, "auto", "auto",                              \
                   "Encryption: auto requires it unless the relay is this machine, required "      \
                   "always requires it, none turns it off.",                                       \
                   .words = tls_words),                                                            \
        SETTING_IN(holder, in, "ca_file", PATH, at ca_file, "",                                    \
                   "'/etc/ssl/certs/ca-certificates.crt'",                                         \
                   "CA certificates (PEM) to verify the relay's certificate with, instead of the " \
                   "system's."),                                                                   \
        SETTING_IN(holder, in, "connections", NUMBER, at connections, "4", "4",                    \
                   "The number of connections that send at the same time.", .low = 1,              \
                   .high = 100),                                                                   \
        SETTING_IN(holder, in, "messages_per_connection", NUMBER, at messages_per_connection,      \
                   "1000", "1000",                                                                 \
                   "After this many messages a connection is closed and opened again.", .low = 1,  \
                   .high = 1000000),                                                               \
        SETTING_IN(holder, in, "pipeline_ahead", SWITCH, at pipeline_ahead, "no", "no",            \
                   "Whether the next message's envelope is sent before the reply to the last one " \
                   "arrives.",                                                                     \
                   .words = no_or_yes),                                                            \
        SETTING_IN(holder, in, "rate", RATE, at rate, "none", "'10000/h'",                         \
                   "The most messages that are sent to the relay in a period."),                   \
        SETTING_IN(holder, in, "connect_timeout", DURATION, at connect_timeout, "30s", "30s",      \
                   "The time-out for connecting, for each address of the relay.", .low = 1,        \
                   .high = 3600),                                                                  \
        SETTING_IN(holder, in, "reply_timeout", DURATION, at reply_timeout, "5min", "5min",        \
                   "The time-out for a reply (RFC 5321 recommends 5min).", .low = 1,               \
                   .high = 3600),                                                                  \
        SETTING_IN(holder, in, "dot_timeout", DURATION, at dot_timeout, "10min", "10min",          \
                   "The time-out for the reply to a whole message (RFC 5321 recommends 10min; a "  \
                   "shorter one causes duplicates).",                                              \
                   .low = 1, .high = DAY)

/* How a new relay is warmed up; `at` as above, of its struct settings_warmup. */
#define WARMUP_SETTINGS(in, holder, at)                                                            \
    SETTING_IN(holder, in, "start", RATE, at start, "", "200/d",                                   \
               "The number of messages of issues that are sent to a new relay on its first "       \
               "sending day."),                                                                    \
        SETTING_IN(holder, in, "factor", DECIMAL, at factor, "1.5", "1.5",                         \
                   "The factor by which the limit grows from one sending day to the next.",        \
                   .low = 101, .high = 1000),                                                      \
        SETTING_IN(holder, in, "until", RATE, at until, "", "50000/d",                             \
                   "The limit at which the warm-up ends.")

static const struct setting_spec table[] = {
    SETTING("", "database", PATH, database, "verdicts.db", "'verdicts.db'",
            "The SQLite file that holds the newsletter.", .needed = true),
    SETTING("", "secret_file", SECRET, secret_file, "verdicts.key", "'verdicts.key'",
            "The keys that sign links; mode 0600.", .needed = true),
    SETTING("", "state_dir", PATH, state_dir, "", "'/var/lib/verdicts-epoch'",
            "The folder of a record of how much of the issues was sent, apart from the database."),
    SETTING("", "templates_dir", PATH, templates_dir, "", "'templates'",
            "A folder of your own templates, which replace the installed ones file by file."),
    SETTING("", "pages_dir", PATH, pages_dir, "", "'subscribers'",
            "A folder of your own pages and mails of the signup service, which replace the "
            "installed ones file by file."),

    SETTING("site", "name", TEXT, site.name, "", "'Verdicts of the Week'",
            "The newsletter's name, as readers see it.", .needed = true),
    SETTING("site", "url", WEB_URL, site.url, "", "'https://www.example.org'",
            "The site's address.", .needed = true),
    SETTING("site", "comparison_url", SLUG_URL, site.comparison_url, "",
            "'https://www.example.org/compare/{slug}'",
            "The address of a comparison that brings none of its own; {slug} stands for its name.",
            .needed = true),
    SETTING("site", "postal_address", TEXT, site.postal_address, "",
            "'Example Press, 1 Example Street, 12345 Exampletown'",
            "A postal address in one line, its parts separated by commas; the law requires it in "
            "every issue.",
            .needed = true),
    SETTING(
        "site", "language", LANGUAGE, site.language, "en", "'en'",
        "The language of your own texts (BCP 47). It does not translate: the templates that come "
        "with the program and the sentences that it says itself are in English."),
    SETTING("site", "direction", WORD, site.direction, "ltr", "ltr",
            "The writing direction of the language: left to right or right to left.",
            .words = directions),

    SETTING("issue", "weekday", WEEKDAY, issue.weekday, "friday", "friday",
            "The day on which an issue is due."),
    SETTING("issue", "time", CLOCK, issue.time, "09:00", "'09:00'",
            "The local time at which it is due."),
    SETTING("issue", "timezone", ZONE, issue.timezone, "UTC", "'UTC'",
            "The time zone of that time, including its clock changes."),
    SETTING("issue", "min_items", NUMBER, issue.min_items, "1", "1",
            "With fewer new comparisons nothing is sent, and they carry over to the next week.",
            .low = 1, .high = 1000),
    SETTING("issue", "max_items", NUMBER, issue.max_items, "12", "12",
            "The most comparisons in an issue; the others carry over to the next week.", .low = 1,
            .high = 1000),
    SETTING("issue", "max_age_days", NUMBER, issue.max_age_days, "28", "28",
            "Comparisons older than this when an issue is due are left out.", .low = 1,
            .high = 3650),
    SETTING("issue", "moves_alone", NUMBER, issue.moves_alone, "3", "3",
            "So many changes to tools of earlier issues make an issue by themselves; 0: never.",
            .low = 0, .high = 12),
    SETTING("issue", "approval", CHOICE, issue.approval, "none", "none",
            "Whether an editor has to approve an issue before it is sent.", .words = approvals),
    SETTING("issue", "deadline", HOURS, issue.deadline_hours, "0", "24h",
            "How long an issue waits for approval after it is due; 0 means forever.", .low = 0,
            .high = 24 * 365),
    SETTING("issue", "after_deadline", SWITCH, issue.send_past_deadline, "hold", "hold",
            "What happens to an issue that nobody approved in time.", .words = after_deadline),
    SETTING("issue", "unmatched", SWITCH, issue.lead_if_unmatched, "skip", "skip",
            "What readers receive if their topics match nothing in an issue: nothing (skip), or "
            "its lead story.",
            .words = unmatched),
    SETTING("issue", "editors", ADDRESSES, issue.editors, "",
            "{ 'ann@example.org', 'bob@example.org' }",
            "The people who receive an issue that waits for approval by mail."),

    SETTING("mail", "from", SENDER, mail.from, "", "'Verdicts of the Week <news@example.org>'",
            "The sender that readers see.", .needed = true),
    SETTING("mail", "reply_to", SENDER, mail.reply_to, "", "'editors@example.org'",
            "Where readers' replies go, if not to mail.from."),
    SETTING("mail", "list_id", DOMAIN, mail.list_id, "", "'newsletter.example.org'",
            "The list's name in List-Id (RFC 2919); never change it. The default is "
            "newsletter.DOMAIN with the domain of mail.from."),
    SETTING("mail", "bounce_address", BOUNCES, mail.bounce_address, "", "'bounces@example.org'",
            "The envelope sender; +TOKEN is put before its @, so its mailbox must accept addresses "
            "with a plus sign.",
            .needed = true),
    SETTING("mail", "message_id_domain", DOMAIN, mail.message_id_domain, "", "'example.org'",
            "The domain in Message-ID; the default is that of mail.from."),

    RELAY_SETTINGS("smtp", settings, smtp.),
    OAUTH_SETTINGS("smtp.oauth", settings, smtp.oauth.),
    WARMUP_SETTINGS("smtp.warmup", settings, smtp.warmup.),

    RELAY_SETTINGS("relay", settings_relay, ),
    SETTING_IN(settings_relay, "relay", "weight", NUMBER, weight, "1", "3",
               "Its share of the mail: of two relays with 3 and 1, the first sends three out of "
               "four messages; one with 0 sends none.",
               .low = 0, .high = 1000),
    SETTING_IN(settings_relay, "relay", "domains", HOSTS, domains, "",
               "{ 'example.com', 'example.net' }",
               "Mail to these domains is sent by this relay, or another that names them, and this "
               "one sends no other mail."),
    SETTING_IN(settings_relay, "relay", "backup", SWITCH, backup, "no", "yes",
               "Whether it sends mail only while no other relay can.", .words = no_or_yes),
    OAUTH_SETTINGS("relay.oauth", settings_relay, oauth.),
    WARMUP_SETTINGS("relay.warmup", settings_relay, warmup.),

    SETTING("deliver", "max_age", DURATION, deliver.max_age, "3d", "3d",
            "How long a message that the relay defers is retried.", .low = 0, .high = 30 * DAY),
    SETTING("deliver", "linger", DURATION, deliver.linger, "1h", "1h",
            "How long a run waits for messages that become due again.", .low = 0, .high = 7 * DAY),
    SETTING("deliver", "lease", DURATION, deliver.lease, "15min", "15min",
            "How long a claim on a message is valid; must be longer than smtp.dot_timeout.",
            .low = 2, .high = 7 * DAY),
    SETTING("deliver", "in_doubt", CHOICE, deliver.in_doubt, "resend", "resend",
            "What to do with messages of which it is unknown whether the relay accepted them.",
            .words = doubts),
    SETTING("deliver", "domain_rate", DOMAIN_RATES, deliver.domain_rate, "",
            "{ 'example.com=600/min', '*=1000/min' }",
            "The most messages that are sent to a domain in a period: DOMAIN=RATE, with * for "
            "every other domain."),
    SETTING("deliver", "rest_domains", NUMBER, deliver.rest_domains, "3", "3",
            "A relay is put at rest when one sentence refuses readers of this many domains.",
            .low = 2, .high = 1000),
    SETTING("deliver", "rest_percent", NUMBER, deliver.rest_percent, "50", "50",
            "A relay is put at rest when one sentence makes up this percentage of its last 50 "
            "replies, and of at least 10.",
            .low = 10, .high = 101),
    SETTING("deliver", "rest_refused_percent", NUMBER, deliver.rest_refused_percent, "75", "75",
            "The same for a sentence about the recipients, such as \"user unknown\"; 101 turns it "
            "off, for a list with many dead addresses.",
            .low = 10, .high = 101),

    SETTING("dkim", "domain", DOMAIN, dkim.domain, "", "'example.org'",
            "The domain that signs; without it, nothing is signed here."),
    SETTING("dkim", "selector", LABEL, dkim.selector, "", "'v1'", "The RSA key's selector."),
    SETTING("dkim", "key_file", SECRET, dkim.key_file, "", "'dkim-rsa.pem'",
            "The RSA private key (PEM)."),
    SETTING("dkim", "ed25519_selector", LABEL, dkim.ed25519_selector, "", "'v1ed'",
            "The selector of a second signature."),
    SETTING("dkim", "ed25519_key_file", SECRET, dkim.ed25519_key_file, "", "'dkim-ed25519.pem'",
            "The Ed25519 private key (PEM) of the second signature."),
    SETTING("dkim", "unsigned", WORDS, dkim.unsigned_fields, "",
            "{ 'Message-ID', 'Date', 'Feedback-ID' }",
            "Header fields that no signature covers, because the relay rewrites them.",
            .words = unsigned_fields),
    SETTING("dkim", "algorithms", WORDS, dkim.algorithms, "", "{ 'rsa' }",
            "Which of the keys sign; by default all that are set.", .words = algorithms),

    SETTING("subscribe", "listen", LISTEN, subscribe.listen, "127.0.0.1:8380", "'127.0.0.1:8380'",
            "Where the signup service listens: ADDRESS:PORT or unix:PATH."),
    SETTING("subscribe", "url", PUBLIC_URL, subscribe.url, "", "'https://news.example.org'",
            "The public address of the signup service, which every unsubscribe link begins with.",
            .needed = true),
    SETTING("subscribe", "trusted_proxy", NETWORKS, subscribe.trusted_proxy, "", "{ '127.0.0.1' }",
            "The proxies whose X-Forwarded-For header is trusted: addresses and networks."),
    SETTING("subscribe", "consent", TEXT, subscribe.consent,
            "Send me the newsletter once a week by email. I can leave at any time.",
            "'Send me the newsletter once a week by email. I can leave at any time.'",
            "The sentence of consent that the form shows and the ledger stores; the embedded form "
            "must show the same."),
    SETTING("subscribe", "next_hosts", HOSTS, subscribe.next_hosts, "", "{ 'www.example.org' }",
            "Hosts to which the field next of an embedded form may redirect, over https."),
    SETTING(
        "subscribe", "welcome", SWITCH, subscribe.welcome, "yes", "yes",
        "Whether people who have confirmed receive a welcome mail with a link to the last issue.",
        .words = no_or_yes),
    SETTING("subscribe", "reminder", SWITCH, subscribe.reminder, "no", "no",
            "Whether people who have not confirmed after a day are reminded once.",
            .words = no_or_yes),
    SETTING("subscribe", "leave_notice", SWITCH, subscribe.leave_notice, "no", "no",
            "Whether people who have left receive a mail that says so: somebody else may have used "
            "a copy of an issue.",
            .words = no_or_yes),
    SETTING("subscribe", "invite_rate", RATE, subscribe.invite_rate, "200/h", "'200/h'",
            "How fast `subscribers invite` asks pending people to confirm."),
    SETTING("subscribe", "limit_address", RATE, subscribe.limit_address, "6/d", "'6/d'",
            "How often one address may be signed up."),
    SETTING("subscribe", "limit_network", RATE, subscribe.limit_network, "30/h", "'30/h'",
            "How many forms are accepted from one network (/24 or /64); twice as many from a /56, "
            "four times as many from a /16 or /48."),
    SETTING("subscribe", "limit_domain", RATE, subscribe.limit_domain, "300/h", "'300/h'",
            "How many sign-ups are accepted for addresses of one large mail domain, such as "
            "gmail.com; a tenth of it for any other."),
    SETTING("subscribe", "limit_all", RATE, subscribe.limit_all, "1500/h", "'1500/h'",
            "How many sign-ups are accepted in total."),
    SETTING("subscribe", "limit_unstamped", RATE, subscribe.limit_unstamped, "60/h", "'60/h'",
            "How many sign-ups are accepted without the stamp of the service's own form (embedded "
            "forms and scripts); beyond it, people are asked to press the button of that form."),

    SETTING("bounce", "mailbox", MAILBOX_URL, bounce.mailbox, "",
            "'imaps://mail.example.org/INBOX'",
            "Where bounces arrive: imaps://HOST/FOLDER, imap://HOST/FOLDER (with STARTTLS) or "
            "maildir:DIR."),
    SETTING("bounce", "username", TEXT, bounce.username, "", "'bounces'", "Whom to log in as."),
    SETTING("bounce", "password_file", SECRET, bounce.password_file, "", "'bounce.password'",
            "A file whose first line is the password; mode 0600.", .secret = true),
    AUTH_SETTING("bounce", settings, bounce.auth),
    SETTING("bounce", "ca_file", PATH, bounce.ca_file, "", "'/etc/ssl/certs/ca-certificates.crt'",
            "CA certificates (PEM) to verify the mailbox's server with, instead of the system's."),
    SETTING("bounce", "authserv_id", LABEL, bounce.authserv_id, "", "'mail.example.org'",
            "The name with which the bounce mailbox's own server adds Authentication-Results."),
    SETTING("bounce", "feedback_from", SOURCES, bounce.feedback_from, "",
            "{ 'fbl.example.net', 'staff@example.com' }",
            "The feedback loops whose complaints suppress an address: domains that sign, or "
            "addresses in From, as authenticated by bounce.authserv_id."),
    SETTING("bounce", "hard_limit", NUMBER, bounce.hard_limit, "2", "2",
            "A reader is taken off the list after this many hard bounces on different days.",
            .low = 1, .high = 100),
    SETTING("bounce", "score_limit", NUMBER, bounce.score_limit, "3", "3",
            "A reader is also taken off the list at this score: a hard bounce counts 1, a soft one "
            "0.5, at most one a day.",
            .low = 1, .high = 100),
    SETTING("bounce", "forget_days", NUMBER, bounce.forget_days, "30", "30",
            "After this many days without a bounce a reader's score is reset.", .low = 1,
            .high = 3650),
    SETTING("bounce", "storm_readers", NUMBER, bounce.storm_readers, "20", "20",
            "A storm: in one run, more than this many readers of one domain, and more than "
            "bounce.storm_percent of them, bounce with the same code; then nobody of that domain "
            "is scored.",
            .low = 1, .high = 1000000),
    SETTING("bounce", "storm_percent", NUMBER, bounce.storm_percent, "10", "10",
            "The share of a domain's readers that makes a storm; `bounces --release` counts its "
            "bounces.",
            .low = 0, .high = 100),

    OAUTH_SETTINGS("bounce.oauth", settings, bounce.oauth.),

    SETTING("check", "allowed_hosts", HOSTS, check.allowed_hosts, "", "{ 'www.example.net' }",
            "Hosts that links may point to, besides those of the site and its comparisons."),
    SETTING("check", "price_max_age", DURATION, check.price_max_age, "90d", "90d",
            "How old a comparison's prices may be without a warning (or an error, in a subject, "
            "preheader or headline); 0 allows any age.",
            .low = 0, .high = 3650 * (int64_t)DAY),

    SETTING("preview", "listen", LISTEN, preview.listen, "127.0.0.1:8381", "'127.0.0.1:8381'",
            "Where the preview page listens: ADDRESS:PORT or unix:PATH."),
    SETTING("preview", "test_addresses", ADDRESSES, preview.test_addresses, "",
            "{ 'ann@example.org' }",
            "The addresses to which the preview page may send tests, besides issue.editors."),
};

static const struct setting_section sections[] = {
    {.path = "site", .purpose = "The site that publishes the comparisons."},
    {.path = "issue", .purpose = "When an issue is due and what it contains."},
    {.path = "mail", .purpose = "Addresses in the messages."},
    {.path = "smtp", .purpose = "The relay that accepts the messages."},
    {.path = "smtp.oauth", .purpose = "Logging in to the relay without a password."},
    {.path = "smtp.warmup", .purpose = "A new relay: few messages a day at first, then more."},
    {"relay",
     "One of several relays, instead of the section smtp. Its name identifies it in reports and "
     "logs.",
     "main", sizeof(struct settings_relay), offsetof(struct settings, relays),
     offsetof(struct settings, relay_count)},
    {.path = "relay.oauth", .purpose = "Logging in to this relay without a password."},
    {.path = "relay.warmup", .purpose = "A new relay: few messages a day at first, then more."},
    {.path = "deliver", .purpose = "Retries and rates."},
    {.path = "dkim",
     .purpose = "Signing messages in this program; many relays do that themselves."},
    {.path = "subscribe", .purpose = "The signup service."},
    {.path = "bounce", .purpose = "Where bounces and complaints are read."},
    {.path = "bounce.oauth", .purpose = "Logging in to the mailbox without a password."},
    {.path = "check", .purpose = "What `verdicts check` checks an issue against."},
    {.path = "preview", .purpose = "The editors' preview page."},
};

const struct settings_schema settings_schema = {
    .settings = table,
    .setting_count = sizeof table / sizeof table[0],
    .sections = sections,
    .section_count = sizeof sections / sizeof sections[0],
};

_Static_assert(sizeof table / sizeof table[0] <= SETTINGS_MAX, "SETTINGS_MAX");
_Static_assert(sizeof sections / sizeof sections[0] <= SECTIONS_MAX, "SECTIONS_MAX");
