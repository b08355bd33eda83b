/*
 * The settings: one table defines the parser, `config show`, the sample file
 * of `init`, and the contents of verdicts.conf(5).
 *
 * An unknown key, a duplicate key or section, and an invalid value are errors
 * with file, line and column. Paths are relative to the file that contains
 * them, those of the environment and of --set to the working directory.
 * Values of --set override the file (the last of several for one key);
 * everything else has the table's default, whose paths are relative to the
 * file, too. Secrets are marked and never shown. An empty value unsets a
 * setting whose default is unset. In --set the values of a list are separated
 * by commas.
 */
#ifndef SETTINGS_SETTINGS_H
#define SETTINGS_SETTINGS_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/failure.h"

enum settings_approval { APPROVAL_NONE, APPROVAL_REQUIRED };
enum settings_in_doubt { IN_DOUBT_RESEND, IN_DOUBT_HOLD };
enum settings_tls { TLS_AUTO, TLS_REQUIRED, TLS_NONE };

/* A token bucket: `count` messages in `seconds`; count 0 means no limit. */
struct settings_rate {
    int64_t count;
    int64_t seconds;
};

struct settings_domain_rate {
    const char *domain; /* in lowercase A-labels, or "*" for every other one */
    struct settings_rate rate;
};

struct settings_domain_rates {
    struct settings_domain_rate *list;
    size_t count;
};

struct settings_clock {
    int64_t hour, minute;
};

/* How the daily share of a new relay grows; deliver/warming.h. */
struct settings_warmup {
    struct settings_rate start; /* of the first sending day; count 0: no warm-up */
    int64_t factor;             /* in hundredths: the ratio of one sending day to the one before */
    struct settings_rate until; /* the day that reaches this rate is the last of the warm-up */
};

/* Where access tokens come from, for a login without a password; see smtp/oauth.h. */
struct settings_oauth {
    const char **command; /* words of a program that prints one; NULL-terminated */
    const char *token_url;
    const char *client_id;
    const char *client_secret_file;
    const char *scope;
    const char *refresh_token_file; /* NULL: uses the client's own credentials */
    const char *folder;             /* not a setting: where tokens are kept; NULL: nowhere */
    const char *database;           /* not a setting either: its owner owns that folder */
};

/* How to reach a relay, and how much mail it may get. */
struct settings_relay {
    const char *name; /* of relay 'NAME' { … }; NULL: it is the section smtp */
    const char *url;  /* smtp://, smtps://, maildir:DIR, null: */
    const char *username;
    const char *password_file;
    const char *auth; /* the only mechanism for the login; NULL: any */
    struct settings_oauth oauth;
    enum settings_tls tls;
    const char *ca_file;
    int64_t connections;
    int64_t messages_per_connection;
    bool pipeline_ahead; /* send the next envelope right after the final dot */
    struct settings_rate rate;
    struct settings_warmup warmup;
    int64_t connect_timeout; /* seconds */
    int64_t reply_timeout;   /* seconds, for the replies before the final dot */
    int64_t dot_timeout;     /* seconds; RFC 5321 4.5.3.2.6 wants 600 */
    /* Of named relays: deliver/route.h. */
    int64_t weight;
    const char **domains; /* A-labels, NULL-terminated; NULL in the section smtp */
    bool backup;
};

struct settings {
    const char *file; /* the file they were read from; NULL: none */
    const char *database;
    const char *secret_file;
    const char *state_dir;     /* NULL: see deliver/guard_file.h */
    const char *templates_dir; /* NULL: the installed ones alone */
    const char *pages_dir;     /* NULL: the installed ones alone */
    struct {
        const char *name;
        const char *url;            /* https://…, without a slash at the end */
        const char *comparison_url; /* with {slug} in it */
        const char *postal_address;
        const char *language;  /* BCP 47, "en" */
        const char *direction; /* "ltr" or "rtl" */
    } site;
    struct {
        int64_t weekday; /* ISO: 1 Monday … 7 Sunday */
        struct settings_clock time;
        const char *timezone;
        int64_t min_items;
        int64_t max_items;
        int64_t max_age_days;
        int64_t moves_alone; /* an issue is made if this many tools have moved, even without
                                comparisons; 0: never */
        enum settings_approval approval;
        int64_t deadline_hours;  /* after the issue is due; 0: none */
        bool send_past_deadline; /* whether a run past the deadline still sends */
        bool lead_if_unmatched;  /* whether readers whose topics match nothing get the leading story
                                  */
        const char **editors;    /* addresses; NULL-terminated */
    } issue;
    struct {
        const char *from;     /* "Name <address>" */
        const char *reply_to; /* NULL: none */
        const char *list_id;  /* "weekly.example.org" */
        const char *bounce_address;
        const char *message_id_domain;
    } mail;
    struct settings_relay smtp;
    struct settings_relay *relays; /* settings_relay() */
    size_t relay_count;
    struct {
        int64_t max_age; /* seconds */
        int64_t linger;  /* seconds */
        int64_t lease;   /* seconds; longer than smtp.dot_timeout */
        enum settings_in_doubt in_doubt;
        struct settings_domain_rates domain_rate;
        int64_t rest_domains; /* domains of readers that must have been answered with one sentence
                                 before a relay rests */
        int64_t rest_percent; /* share of the last answers */
        int64_t rest_refused_percent; /* the same for answers that blame recipients */
    } deliver;
    struct {
        const char *domain;
        const char *selector;
        const char *key_file;
        const char *ed25519_selector;
        const char *ed25519_key_file;
        const char *unsigned_fields; /* "Date:Message-ID"; NULL: none is left out */
        const char *algorithms;      /* "rsa", "ed25519" or both; NULL: every key that is set */
    } dkim;
    struct {
        const char *listen;
        const char *url; /* public address of the signup service, to which links with tokens lead */
        const char **trusted_proxy; /* ends with NULL */
        const char *consent;        /* the sentence of consent that the form shows */
        const char **next_hosts;    /* where `next` of a form may lead; NULL-terminated */
        bool welcome, reminder, leave_notice;
        struct settings_rate limit_address, limit_network, limit_domain, limit_all, invite_rate;
        struct settings_rate limit_unstamped; /* forms without the stamp of our own page */
    } subscribe;
    struct {
        const char *mailbox;
        const char *username;
        const char *password_file;
        const char *auth; /* as smtp.auth */
        struct settings_oauth oauth;
        const char *ca_file;
        const char *authserv_id;    /* NULL: no Authentication-Results are trusted */
        const char **feedback_from; /* domains and addresses; NULL-terminated */
        int64_t hard_limit;         /* hard bounces on different days */
        int64_t score_limit;        /* hard 1, soft 1/2, at most one a day */
        int64_t forget_days;   /* after this time without a bounce the score starts again from 0 */
        int64_t storm_readers; /* of one domain in one run with one code */
        int64_t storm_percent; /* of the domain's readers */
    } bounce;
    struct {
        const char **allowed_hosts; /* NULL-terminated */
        int64_t price_max_age;      /* seconds; 0: any age */
    } check;
    struct {
        const char *listen;
        const char **test_addresses; /* NULL-terminated; issue.editors are allowed too */
    } preview;
    /* For `config show`: a row per setting in table order. */
    struct settings_row {
        const char *key;     /* "smtp.url" */
        const char *value;   /* as it would be written; "(hidden)" for secrets; "" unset */
        const char *origin;  /* "file.conf:12", "$VERDICTS_SMTP_URL", "--set", "default" */
        const char *place;   /* the same for a message: "file.conf:12:5" */
        const char *purpose; /* one sentence from the table */
        int section_line;    /* where the file begins the setting's section; 0: not in the file */
    } * rows;
    size_t row_count;
};

/* The first of: `given` (--config; must exist), $VERDICTS_CONFIG (must exist), ./verdicts.conf,
 * $XDG_CONFIG_HOME/verdicts/verdicts.conf (or ~/.config/…), /etc/verdicts/verdicts.conf. NULL if
 * there is none. */
const char *settings_find(struct arena *arena, const char *given);

/* The places that are searched, for a message: "./verdicts.conf, ...". */
const char *settings_places(struct arena *arena);

/* Reads the file (may be NULL), the environment and the words of --set, and fills all settings. All
 * texts are in the arena. */
bool settings_load(struct arena *arena, const char *file, const char *const *set, size_t set_count,
                   struct settings *settings, struct failure *why) MUST_CHECK;

/* The relays in effect: the named ones in the order of the file, or the section smtp if there are
 * none. A rehearsal by --set smtp.url replaces them all. */
enum { SETTINGS_RELAYS = 20, SETTINGS_RELAY_KEY = 100 };
size_t settings_relay_count(const struct settings *settings);
const struct settings_relay *settings_relay(const struct settings *settings, size_t index);
/* "smtp.rate", or "relay.main.rate". Returns `out`. */
const char *settings_relay_key(const struct settings_relay *relay, const char *name,
                               char out[SETTINGS_RELAY_KEY]);
/* Whether messages stay on this machine: with maildir: and null:. */
bool settings_relay_is_local(const struct settings_relay *relay);
bool settings_rehearses(const struct settings *settings);

/* Whether what a verb needs is there; each names the missing key and what to write. */
bool settings_require_site(const struct settings *settings, struct failure *why) MUST_CHECK;
bool settings_require_mail(const struct settings *settings, struct failure *why) MUST_CHECK;
bool settings_require_relay(const struct settings *settings, struct failure *why) MUST_CHECK;

/* The commented sample file of `init`. */
void settings_sample(struct buf *out);

/* A setting as the table knows it: what verdicts.conf(5) has to say. */
struct settings_description {
    const char *key;     /* "smtp.url" */
    const char *form;    /* "a number from 1 to 100" */
    const char *initial; /* the default as it would be written; "" where unset */
    const char *purpose; /* one sentence */
    const char *sample;  /* an example, quoted as in the file */
    bool needed;         /* the sample file sets it */
};

/* Walks the table in its order: false past its end. */
bool settings_describe(struct arena *arena, size_t index, struct settings_description *description);

#endif
