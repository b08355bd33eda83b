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
    SETTING_PUBLIC_URL,   /* https; http on a loopback host alone */
    SETTING_RELAY,        /* smtp://, smtps://, maildir:DIR, null: */
    SETTING_MAILBOX_URL,  /* imaps://, imap://, maildir:DIR */
    SETTING_LISTEN,       /* ADDRESS:PORT or unix:PATH */
    SETTING_NETWORKS,     /* list of IP addresses and networks with their prefix length */
    SETTING_SENDER,       /* "Name <address>" */
    SETTING_BOUNCES,      /* an address that tokens are added to */
    SETTING_DOMAIN,       /* a domain, kept in A-labels */
    SETTING_LABEL,        /* one DNS label or several: a DKIM selector */
    SETTING_ADDRESSES,    /* list: issue.editors */
    SETTING_DOMAIN_RATES, /* list: deliver.domain_rate */
    SETTING_HOSTS,        /* list of hosts or domains, kept in A-labels */
    SETTING_SOURCES, /* list of domains and addresses, in small letters: bounce.feedback_from */
    SETTING_TEXTS,   /* list of texts in one line */
    SETTING_WORDS,   /* list of some of `words`, kept as one text with colons between */
};

struct setting_spec {
    const char *section; /* the path of its section; "" for those outside of any */
    const char *name;
    enum setting_kind kind;
    size_t offset; /* of the field: in struct settings, or in one of a named section's items */
    const char *initial;      /* the default as text; "" where unset */
    const char *purpose;      /* one sentence */
    const char *sample;       /* what the sample file shows, as it would be written */
    int64_t low, high;        /* of NUMBER, DECIMAL, DURATION and HOURS */
    const char *const *words; /* of CHOICE, WORD, WORDS and SWITCH, NULL-terminated */
    bool needed;              /* has no default that could be right: the sample file sets it, and a
                               * named section without it is refused */
    bool secret;              /* never shown */
};

/* A section with a name, as relay 'main' { … }, may stand more than once. Its settings, and those
 * of the sections inside it, fill one item; the items become an array in the order of the file. */
struct setting_section {
    const char *path;    /* "smtp"; "relay.warmup" for one that stands in another */
    const char *purpose; /* one sentence */
    const char
        *sample_name; /* of sections with a name: "main"; else NULL. They stand in no other */
    size_t item_size; /* an item begins with its name, a const char * */
    size_t items, item_count; /* offsets: of the pointer to the first item, of how many (size_t) */
};

/* Settings of one section stand together, those of a section inside it right behind. */
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

/* What the form of WORDS begins with. */
#define SETTING_LIST_OF "a list of "

extern const struct settings_schema settings_schema;

bool setting_is_list(const struct setting_spec *spec);
/* NULL if there is none. */
const struct setting_section *setting_find_section(const struct settings_schema *schema,
                                                   const char *path);
/* The section with a name that `path` is or stands in; NULL if there is none. */
const struct setting_section *setting_find_named(const struct settings_schema *schema,
                                                 const char *path);
/* "smtp.url", "relay.main.warmup.start", in the arena. `item`: the name of the named section, where
 * it stands in one. */
char *setting_key(struct arena *arena, const struct settings_schema *schema,
                  const struct setting_spec *spec, const char *item);
/* NULL if there is none. */
const struct setting_spec *setting_find(const struct settings_schema *schema, const char *section,
                                        const char *name);
/* What to do about a name that setting_find() or setting_find_section() does not know: "did you
 * mean issue.time?" */
const char *setting_advise(struct arena *arena, const struct settings_schema *schema,
                           const char *section, const char *name);
const char *setting_advise_section(struct arena *arena, const struct settings_schema *schema,
                                   const char *path);
/* What a value looks like: "a number from 1 to 64". */
char *setting_form(struct arena *arena, const struct setting_spec *spec);

/* What is given outside of the file. */
struct setting_word {
    const char *key;    /* "smtp.url" */
    const char *value;  /* of a list: parted by commas */
    const char *origin; /* "$VERDICTS_SMTP_URL", "--set" */
};

/* What the variables of `environment` (ends with NULL) give, in the arena. Empty ones give nothing.
 * FAILURE_CONFIG for one that means a section's setting and names none. */
bool settings_environment(struct arena *arena, const struct settings_schema *schema,
                          const char *const *environment, struct setting_word **words,
                          size_t *count, struct failure *why) MUST_CHECK;

/* Reads `file` (NULL: none), the environment (NULL: none) and the words of --set, of which the
 * later ones win, and fills `fields`, the struct that the table's offsets are in; what none gives
 * gets its default. *rows gets a row for each setting, in the order of the table, named sections
 * behind. */
bool settings_give(struct arena *arena, const struct settings_schema *schema, const char *file,
                   const char *const *environment, const char *const *set, size_t set_count,
                   void *fields, struct settings_row **rows, size_t *row_count,
                   struct failure *why) MUST_CHECK;

/* The sample file of a table. */
void settings_sample_write(const struct settings_schema *schema, struct buf *out);

/* Turns the text of a setting (for lists: `count` texts) into its field. `folder`: where paths
 * start. The failure says what is wrong with the value alone. */
bool setting_take(struct arena *arena, const struct setting_spec *spec, const char *folder,
                  const char *const *values, size_t count, void *fields,
                  struct failure *why) MUST_CHECK;

/* What taking a value needs. */
struct taking {
    struct arena *arena;
    const struct setting_spec *spec;
    const char *folder;
    const char *text; /* the value; of lists the first one */
    const char *const *values;
    size_t count;
    void *fields;
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
/* Seconds of s, min, h, d or w, 1 of ""; 0 if there is no unit of that name. */
int64_t setting_unit_seconds(const char *unit);
bool setting_read_rate(const char *text, struct settings_rate *rate);
bool setting_is_alnum(char c);

/* One for each kind of place.c. */
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

/* The row of a setting outside of named sections; it must be there. */
struct settings_row *setting_row(const struct settings *settings, const char *key);

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
