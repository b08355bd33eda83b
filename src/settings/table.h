/*
 * The table of settings and the meaning of its kinds: private to settings/.
 *
 * table.c lists the settings; schema.c finds them; tree.c parses the grammar of
 * a file; give.c combines file, --set and defaults; value.c turns each text
 * into its field; check.c checks settings against each other; relay.c
 * determines which relays are in effect; sample.c writes the sample file. All
 * but table.c and check.c take the table as an argument, so that tests can use
 * another one.
 */
#ifndef SETTINGS_TABLE_H
#define SETTINGS_TABLE_H

#include "settings/settings.h"

enum setting_kind {
    SETTING_TEXT,
    SETTING_PATH,
    SETTING_SECRET,       /* the path of a file that holds one, or credential:NAME */
    SETTING_NUMBER,       /* low … high */
    SETTING_DECIMAL,      /* hundredths, low … high */
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
    SETTING_PUBLIC_URL,   /* https; http only on a loopback host */
    SETTING_RELAY,        /* smtp://, smtps://, maildir:DIR, null: */
    SETTING_MAILBOX_URL,  /* imaps://, imap://, maildir:DIR */
    SETTING_LISTEN,       /* ADDRESS:PORT or unix:PATH */
    SETTING_NETWORKS,     /* list of IP addresses and networks with their prefix length */
    SETTING_SENDER,       /* "Name <address>" */
    SETTING_BOUNCES,      /* an address that tokens are added to */
    SETTING_DOMAIN,       /* a domain, kept in A-labels */
    SETTING_LABEL,        /* one or several DNS labels: a DKIM selector */
    SETTING_ADDRESSES,    /* list: issue.editors */
    SETTING_DOMAIN_RATES, /* list: deliver.domain_rate */
    SETTING_HOSTS,        /* list of hosts or domains, kept in A-labels */
    SETTING_SOURCES,      /* list of domains and addresses, in lower case: bounce.feedback_from */
    SETTING_TEXTS,        /* list of texts of one line */
    SETTING_WORDS,        /* list of some of `words`, stored as one text separated by colons */
};

struct setting_spec {
    const char *section; /* the path of its section; "" outside of any */
    const char *name;
    enum setting_kind kind;
    size_t offset; /* of the field: in struct settings, or in one of a named section's items */
    const char *initial;      /* the default as text; "" where unset */
    const char *purpose;      /* one sentence */
    const char *sample;       /* the value in the sample file, as it would be written */
    int64_t low, high;        /* of NUMBER, DECIMAL, DURATION and HOURS */
    const char *const *words; /* of CHOICE, WORD, WORDS and SWITCH, NULL-terminated */
    bool needed; /* no default could be right: the sample file sets it, and a named section without
                    it is refused */
    bool secret; /* never shown */
};

/* A named section, such as relay 'main' { … }, may occur several times. Its settings and those of
 * its subsections fill one item; the items become an array in the order of the file. */
struct setting_section {
    const char *path;         /* "smtp"; "relay.warmup" for a subsection */
    const char *purpose;      /* one sentence */
    const char *sample_name;  /* of named sections: "main"; else NULL. Named sections do not nest */
    size_t item_size;         /* an item begins with its name, a const char * */
    size_t items, item_count; /* offsets: of the pointer to the first, of their number (size_t) */
};

/* The settings of a section are adjacent, and those of its subsections follow directly. */
struct settings_schema {
    const struct setting_spec *settings;
    size_t setting_count; /* at most SETTINGS_MAX */
    const struct setting_section *sections;
    size_t section_count; /* at most SECTIONS_MAX */
};

enum {
    SETTINGS_MAX = 150,
    SECTIONS_MAX = 20,
    SETTING_KEY_MAX = 100,
    SETTINGS_TEXT_MAX = 2000,
    SETTINGS_FILE_MAX = 1024 * 1024
};

/* How the form of a setting of kind WORDS begins. */
#define SETTING_LIST_OF "a list of "

extern const struct settings_schema settings_schema;

bool setting_is_list(const struct setting_spec *spec);
/* NULL if there is none. */
const struct setting_section *setting_find_section(const struct settings_schema *schema,
                                                   const char *path);
/* The named section that `path` is or is part of; NULL if there is none. */
const struct setting_section *setting_find_named(const struct settings_schema *schema,
                                                 const char *path);
/* "smtp.url", "relay.main.warmup.start", in the arena. `item`: the name of the named section, for
 * settings that are in one. */
char *setting_key(struct arena *arena, const struct settings_schema *schema,
                  const struct setting_spec *spec, const char *item);
/* NULL if there is none. */
const struct setting_spec *setting_find(const struct settings_schema *schema, const char *section,
                                        const char *name);
/* What to suggest for a name that setting_find() or setting_find_section() does not know: "did you
 * mean issue.time?" */
const char *setting_advise(struct arena *arena, const struct settings_schema *schema,
                           const char *section, const char *name);
const char *setting_advise_section(struct arena *arena, const struct settings_schema *schema,
                                   const char *path);
/* The form of a value: "a number from 1 to 64". */
char *setting_form(struct arena *arena, const struct setting_spec *spec);

/* A setting given outside of the file. */
struct setting_word {
    const char *key;    /* "smtp.url" */
    const char *value;  /* values of a list are separated by commas */
    const char *origin; /* "$VERDICTS_SMTP_URL", "--set" */
};

/* The settings that the variables of `environment` (ends with NULL) give, in the arena. Empty
 * variables give nothing. FAILURE_CONFIG for one that begins like a section's settings but names
 * none. */
bool settings_environment(struct arena *arena, const struct settings_schema *schema,
                          const char *const *environment, struct setting_word **words,
                          size_t *count, struct failure *why) MUST_CHECK;

/* Reads `file` (NULL: none), the environment (NULL: none) and the words of --set, later ones of
 * which override earlier ones, and fills `fields`, the struct to which the table's offsets belong;
 * settings that none of them gives get their default. *rows gets a row for each setting, in the
 * order of the table, those of named sections at the end. */
bool settings_give(struct arena *arena, const struct settings_schema *schema, const char *file,
                   const char *const *environment, const char *const *set, size_t set_count,
                   void *fields, struct settings_row **rows, size_t *row_count,
                   struct failure *why) MUST_CHECK;

/* The sample file of a table. */
void settings_sample_write(const struct settings_schema *schema, struct buf *out);

/* Parses the text of a setting (for lists: `count` texts) into its field. `folder`: what paths are
 * relative to. The failure says only what is wrong with the value. */
bool setting_take(struct arena *arena, const struct setting_spec *spec, const char *folder,
                  const char *const *values, size_t count, void *fields,
                  struct failure *why) MUST_CHECK;

/* The arguments of a function that parses a value. */
struct taking {
    struct arena *arena;
    const struct setting_spec *spec;
    const char *folder;
    const char *text; /* the value; for lists the first one */
    const char *const *values;
    size_t count;
    void *fields;
    struct failure *why;
};

/* For those functions: the field of the setting; storing a text there; failing with "\"x\" is not
 * WANTED", or with the setting's form as what was wanted. */
void *taking_field(const struct taking *taking);
bool taking_put(const struct taking *taking, const char *text);
bool taking_fail(const struct taking *taking, const char *text, const char *wanted);
bool taking_fail_form(const struct taking *taking);

/* Reads digits only; *end is what follows. False for numbers beyond 10^15, which no setting has. */
bool setting_read_digits(const char *text, int64_t *number, const char **end);
/* The seconds in s, min, h, d or w; 1 for ""; 0 if there is no such unit. */
int64_t setting_unit_seconds(const char *unit);
bool setting_read_rate(const char *text, struct settings_rate *rate);
bool setting_is_alnum(char c);

/* One function for each kind in place.c. */
bool setting_take_web_url(const struct taking *taking);
bool setting_take_slug_url(const struct taking *taking);
bool setting_take_public_url(const struct taking *taking);
bool setting_take_relay(const struct taking *taking);
bool setting_take_mailbox_url(const struct taking *taking);
bool setting_take_listen(const struct taking *taking);
bool setting_take_networks(const struct taking *taking);
bool setting_take_sender(const struct taking *taking);
bool setting_take_bounces(const struct taking *taking);
bool setting_take_domain(const struct taking *taking);
bool setting_take_label(const struct taking *taking);
bool setting_take_addresses(const struct taking *taking);
bool setting_take_domain_rates(const struct taking *taking);
bool setting_take_hosts(const struct taking *taking);
bool setting_take_sources(const struct taking *taking);

/* The row of a setting outside of named sections; it must exist. */
struct settings_row *setting_row(const struct settings *settings, const char *key);

/* Fails if settings contradict each other. Requires the rows. */
bool settings_check(const struct settings *settings, struct failure *why) MUST_CHECK;

/* The parts of scheme://host[:port][/path] that the rules of settings need. */
struct setting_url {
    char scheme[12];
    char host[256];
    int64_t port; /* 0: none */
    const char *path;
};
bool setting_url_parse(const char *text, struct setting_url *url, struct failure *why) MUST_CHECK;
bool setting_url_is_loopback(const struct setting_url *url);

#endif
