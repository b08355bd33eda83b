/*
 * The table of settings and what its kinds mean: shared by settings*.c and by nothing else.
 *
 * settings_table.c lists the settings; settings_scan.c checks the form of a file and finds lines;
 * settings.c has libconfuse read the values; settings_value.c turns each text into its field;
 * settings_check.c holds settings against each other; settings_sample.c writes the sample file.
 */
#ifndef BASE_SETTINGS_TABLE_H
#define BASE_SETTINGS_TABLE_H

#include "base/settings.h"

enum setting_kind {
    SETTING_TEXT,
    SETTING_PATH,
    SETTING_NUMBER,       /* low … high */
    SETTING_DURATION,     /* seconds, low … high */
    SETTING_HOURS,        /* a duration of whole hours */
    SETTING_RATE,         /* struct settings_rate */
    SETTING_CHOICE,       /* an enum, the index in `words` */
    SETTING_WORD,         /* a text that is one of `words` */
    SETTING_SWITCH,       /* a bool: no or yes, or the two `words` */
    SETTING_CLOCK,        /* issue.time: hour and minute */
    SETTING_WEEKDAY,      /* 1 … 7 */
    SETTING_ZONE,         /* a time zone of this machine */
    SETTING_LANGUAGE,     /* BCP 47 */
    SETTING_WEB_URL,      /* http or https, no slash at the end */
    SETTING_SLUG_URL,     /* the same with {slug} in it */
    SETTING_PUBLIC_URL,   /* https; http on a loopback host alone */
    SETTING_RELAY,        /* smtp://, smtps://, maildir:DIR, null: */
    SETTING_MAILBOX_URL,  /* imaps://, imap://, maildir:DIR */
    SETTING_LISTEN,       /* ADDRESS:PORT or unix:PATH */
    SETTING_NETWORK,      /* an IP address, or a network with its prefix length */
    SETTING_SENDER,       /* "Name <address>" */
    SETTING_BOUNCES,      /* an address that tokens are added to */
    SETTING_DOMAIN,       /* a domain, kept in A-labels */
    SETTING_LABEL,        /* one DNS label or several: a DKIM selector */
    SETTING_ADDRESSES,    /* list: issue.editors */
    SETTING_DOMAIN_RATES, /* list: deliver.domain_rate */
    SETTING_HOSTS,        /* list: subscribe.next_hosts */
};

struct setting_spec {
    const char *section; /* "" for those outside of any */
    const char *name;
    enum setting_kind kind;
    size_t offset; /* of the field in struct settings; the two lists and the clock have none */
    const char *initial;      /* the default as text; "" where unset */
    const char *purpose;      /* one sentence */
    const char *sample;       /* what the sample file shows, as it would be written */
    int64_t low, high;        /* of NUMBER, DURATION and HOURS */
    const char *const *words; /* of CHOICE, WORD and SWITCH, NULL-terminated */
    bool needed;              /* has no default that could be right: the sample file sets it */
    bool secret;              /* never shown */
};

enum { SETTINGS_MAX = 80, SETTINGS_TEXT_MAX = 2000, SETTINGS_FILE_MAX = 1024 * 1024 };

extern const struct setting_spec settings_table[];
extern const size_t settings_table_count;

/* What a section is for, one sentence. */
const char *settings_section_purpose(const char *section);

bool setting_is_list(const struct setting_spec *spec);
/* "smtp.url", in the arena. */
char *setting_key(struct arena *arena, const struct setting_spec *spec);
/* Index in the table; settings_table_count if there is none. */
size_t setting_find(const char *section, size_t section_len, const char *name, size_t name_len);
enum { SETTING_ADVICE = 100 };
/* What to do about a name that setting_find() does not know: "did you mean issue.time?" */
void setting_advise(const char *section, size_t section_len, const char *name, size_t name_len,
                    char out[SETTING_ADVICE]);
/* Whether any setting is in this section. */
bool setting_is_section(const char *section, size_t len);
/* What a value looks like: "a number from 1 to 64". */
char *setting_form(struct arena *arena, const struct setting_spec *spec);

/* Checks the form of a settings file: grammar, known names, nothing twice. `lines` (SETTINGS_MAX)
 * gets the line of each setting by its index in the table, 0 where it is not given; `sections`
 * (SETTINGS_MAX too) the line in which a section begins, at the index of its first setting.
 * Comments in `text` become blanks. What passes is read by libconfuse without surprise: see
 * settings_scan.c. */
bool settings_scan(const char *name, char *text, size_t len, int *lines, int *sections,
                   struct failure *why) MUST_CHECK;

/* Turns the text of a setting (for lists: `count` texts) into its field. `folder`: where paths
 * start. The failure says what is wrong with the value alone. */
bool setting_take(struct arena *arena, const struct setting_spec *spec, const char *folder,
                  const char *const *values, size_t count, struct settings *settings,
                  struct failure *why) MUST_CHECK;

/* What taking a value needs. */
struct taking {
    struct arena *arena;
    const struct setting_spec *spec;
    const char *folder;
    const char *text; /* the value; of lists the first one */
    const char *const *values;
    size_t count;
    struct settings *settings;
    struct failure *why;
};

/* For those who take values: the field of the setting; storing a text there; failing with
 * "\"x\" is not WANTED", or with the setting's form as what was wanted. */
void *taking_field(const struct taking *taking);
bool taking_put(const struct taking *taking, const char *text);
bool taking_fail(const struct taking *taking, const char *text, const char *wanted);
bool taking_fail_form(const struct taking *taking);

/* Digits alone; what follows is at *end. Numbers past 10^15 are none of ours. */
bool setting_read_digits(const char *text, int64_t *number, const char **end);
bool setting_read_rate(const char *text, struct settings_rate *rate);
bool setting_is_alnum(char c);

/* One for each kind of settings_place.c. */
bool setting_take_web_url(const struct taking *taking);
bool setting_take_slug_url(const struct taking *taking);
bool setting_take_public_url(const struct taking *taking);
bool setting_take_relay(const struct taking *taking);
bool setting_take_mailbox_url(const struct taking *taking);
bool setting_take_listen(const struct taking *taking);
bool setting_take_network(const struct taking *taking);
bool setting_take_sender(const struct taking *taking);
bool setting_take_bounces(const struct taking *taking);
bool setting_take_domain(const struct taking *taking);
bool setting_take_label(const struct taking *taking);
bool setting_take_addresses(const struct taking *taking);
bool setting_take_domain_rates(const struct taking *taking);
bool setting_take_hosts(const struct taking *taking);

/* Settings that contradict each other. Rows are filled. */
bool settings_check(const struct settings *settings, struct failure *why) MUST_CHECK;

/* Parts of scheme://host[:port][/path], as far as the rules of settings need them. */
struct setting_url {
    char scheme[12];
    char host[256];
    int64_t port; /* 0: none */
    const char *path;
};
bool setting_url_parse(const char *text, struct setting_url *url, struct failure *why) MUST_CHECK;
bool setting_url_is_loopback(const struct setting_url *url);

#endif
