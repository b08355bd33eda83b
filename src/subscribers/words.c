#include "subscribers/words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* The subject of a word; a header is the sum of its words. */
enum about {
    LEFT = 1 << 0,
    BOUNCED = 1 << 1,
    COMPLAINED = 1 << 2,
    STAYS = 1 << 3,  /* "subscribed": no means that the person left */
    PROVEN = 1 << 4, /* "confirmed": no means that the person is pending */
    WAITS = 1 << 5,
    NEGATION = 1 << 6,
    STATUS = 1 << 7,
    TYPE = 1 << 8,
    TIME = 1 << 9,     /* with STAYS and PROVEN: the day of joining */
    REASON = 1 << 10,  /* any text in the column counts */
    BESIDE = 1 << 11,  /* the column is about something else: a link, a count */
    FILLER = 1 << 12,  /* has no meaning */
    UNKNOWN = 1 << 13, /* not in the table */
    SURE = 1 << 14,    /* as a cell it can only be about the list */
};
enum { GONE = LEFT | BOUNCED | COMPLAINED, TEXT_MAX = 160 };

struct word {
    const char *word;
    int about;
};

/* Sorted by strcmp(); pairs of words that mean one thing are joined by joined_words(). */
static const struct word table[] = {
    {"a", FILLER},
    {"abgemeldet", LEFT | SURE},
    {"abmeldedatum", LEFT | SURE},
    {"abmeldung", LEFT | SURE},
    {"abonniert", STAYS},
    {"abuse", COMPLAINED | SURE},
    {"accepts", STAYS},
    {"account", FILLER},
    {"active", STAYS},
    {"address", FILLER},
    {"agreed", STAYS},
    {"aktiv", STAYS},
    {"all", FILLER},
    {"am", TIME},
    {"angemeldet", STAYS},
    {"archived", LEFT},
    {"as", FILLER},
    {"at", TIME},
    {"austragung", LEFT | SURE},
    {"baja", LEFT},
    {"banned", LEFT},
    {"been", FILLER},
    {"best\xC3\xA4tigt", PROVEN},
    {"blacklist", LEFT | SURE},
    {"blacklisted", LEFT | SURE},
    {"blocked", LEFT},
    {"blocklist", LEFT | SURE},
    {"blocklisted", LEFT | SURE},
    {"bounce", BOUNCED | SURE},
    {"bounced", BOUNCED | SURE},
    {"bounces", BOUNCED},
    {"by", FILLER},
    {"campaign", REASON},
    {"canceled", LEFT},
    {"cancelled", LEFT},
    {"clean", BOUNCED},
    {"cleaned", BOUNCED | SURE},
    {"code", BESIDE},
    {"comment", REASON},
    {"complained", COMPLAINED | SURE},
    {"complaint", COMPLAINED | SURE},
    {"complaints", COMPLAINED | SURE},
    {"confirmation", PROVEN},
    {"confirmed", PROVEN},
    {"consent", STAYS},
    {"consented", STAYS},
    {"contact", FILLER},
    {"count", BESIDE},
    {"created", TIME},
    {"date", TIME},
    {"datetime", TIME},
    {"datum", TIME},
    {"deactivated", LEFT},
    {"deleted", LEFT},
    {"deliverable", STAYS},
    {"delivery", FILLER},
    {"desabonne", LEFT | SURE},
    {"desinscription", LEFT | SURE},
    {"desinscrit", LEFT | SURE},
    {"disabled", LEFT},
    {"disiscritto", LEFT | SURE},
    {"donot", LEFT},
    {"dontmail", LEFT},
    {"d\xC3\xA9"
     "sabonn\xC3\xA9",
     LEFT | SURE},
    {"d\xC3\xA9"
     "sinscription",
     LEFT | SURE},
    {"d\xC3\xA9"
     "sinscrit",
     LEFT | SURE},
    {"email", FILLER},
    {"emailing", FILLER},
    {"emails", FILLER},
    {"enabled", STAYS},
    {"erased", LEFT},
    {"event", FILLER},
    {"excluded", LEFT},
    {"feedback", REASON},
    {"flag", FILLER},
    {"for", FILLER},
    {"from", FILLER},
    {"gebounct", BOUNCED | SURE},
    {"gesperrt", LEFT},
    {"global", FILLER},
    {"globally", FILLER},
    {"hard", FILLER},
    {"hardbounce", BOUNCED | SURE},
    {"hardbounced", BOUNCED | SURE},
    {"has", FILLER},
    {"hash", BESIDE},
    {"id", REASON},
    {"in", FILLER},
    {"inactive", LEFT},
    {"inaktiv", LEFT},
    {"invalid", BOUNCED},
    {"invited", WAITS},
    {"ip", BESIDE},
    {"is", FILLER},
    {"junk", COMPLAINED | SURE},
    {"key", BESIDE},
    {"last", BESIDE},
    {"leave", LEFT},
    {"leaving", LEFT},
    {"left", LEFT},
    {"link", BESIDE},
    {"list", FILLER},
    {"lists", FILLER},
    {"mail", FILLER},
    {"mailable", STAYS},
    {"mailing", FILLER},
    {"mailings", FILLER},
    {"mails", FILLER},
    {"marked", FILLER},
    {"marketing", FILLER},
    {"me", FILLER},
    {"member", FILLER},
    {"members", FILLER},
    {"membership", FILLER},
    {"message", REASON},
    {"method", REASON},
    {"newsletter", FILLER},
    {"newsletters", FILLER},
    {"no", NEGATION},
    {"nomail", LEFT | SURE},
    {"non", NEGATION},
    {"not", NEGATION},
    {"number", BESIDE},
    {"objected", LEFT},
    {"of", FILLER},
    {"on", TIME},
    {"optin", STAYS},
    {"optout", LEFT | SURE},
    {"other", REASON},
    {"pending", WAITS},
    {"permission", STAYS},
    {"person", FILLER},
    {"rate", BESIDE},
    {"reason", REASON},
    {"reasons", REASON},
    {"receive", STAYS},
    {"receives", STAYS},
    {"rejected", LEFT},
    {"removed", LEFT},
    {"report", FILLER},
    {"reported", FILLER},
    {"revoked", LEFT},
    {"score", BESIDE},
    {"send", FILLER},
    {"since", TIME},
    {"soft", BESIDE},
    {"softbounced", BESIDE},
    {"spam", COMPLAINED | SURE},
    {"spammy", LEFT},
    {"standing", STATUS},
    {"state", STATUS},
    {"status", STATUS},
    {"subscribed", STAYS},
    {"subscriber", FILLER},
    {"subscribers", FILLER},
    {"subscription", FILLER},
    {"subscriptions", FILLER},
    {"suppressed", LEFT | SURE},
    {"suppression", LEFT | SURE},
    {"the", FILLER},
    {"time", TIME},
    {"timestamp", TIME},
    {"title", REASON},
    {"to", FILLER},
    {"token", BESIDE},
    {"total", BESIDE},
    {"type", TYPE},
    {"unactivated", WAITS},
    {"unbest\xC3\xA4tigt", WAITS},
    {"unconfirmed", WAITS},
    {"undeliverability", BOUNCED | SURE},
    {"undeliverable", BOUNCED | SURE},
    {"unerw\xC3\xBCnscht", COMPLAINED | SURE},
    {"unreachable", BOUNCED | SURE},
    {"unsub", LEFT | SURE},
    {"unsubscribe", LEFT | SURE},
    {"unsubscribed", LEFT | SURE},
    {"unsubscribes", LEFT | SURE},
    {"unsubscription", LEFT | SURE},
    {"unverified", WAITS},
    {"url", BESIDE},
    {"user", FILLER},
    {"users", FILLER},
    {"utc", FILLER},
    {"valid", STAYS},
    {"verified", PROVEN},
    {"waiting", WAITS},
    {"want", STAYS},
    {"wants", STAYS},
    {"was", FILLER},
    {"when", TIME},
    {"withdrawn", LEFT},
};

/* Words that have one meaning together. */
static const struct {
    const char *pair, *word;
} pairs[] = {
    {"black listed", "blacklisted"},
    {"block listed", "blocklisted"},
    {"do not", "donot"},
    {"e mail", "email"},
    {"hard bounce", "hardbounce"},
    {"hard bounced", "hardbounced"},
    {"no email", "nomail"},
    {"no mail", "nomail"},
    {"non subscribed", "unsubscribed"},
    {"not subscribed", "unsubscribed"},
    {"opt in", "optin"},
    {"opt out", "optout"},
    {"opted in", "optin"},
    {"opted out", "optout"},
    {"signed off", "unsubscribed"},
    {"un subscribed", "unsubscribed"},
    {"double optin", "confirmed"}, /* after the row that produces "optin" */
};

/* Headers that look like the list's but are about payments. */
static const char *const beside[] = {"active subscription", "paid subscription active"};

/* Statuses of one or several words; anything else is read word by word. */
static const struct {
    const char *words;
    enum subscriber_status status;
} states[] = {
    {"confirmed", SUBSCRIBER_CONFIRMED},   {"subscribed", SUBSCRIBER_CONFIRMED},
    {"active", SUBSCRIBER_CONFIRMED},      {"enabled", SUBSCRIBER_CONFIRMED},
    {"regular", SUBSCRIBER_CONFIRMED},     {"optin", SUBSCRIBER_CONFIRMED},
    {"verified", SUBSCRIBER_CONFIRMED},    {"aktiv", SUBSCRIBER_CONFIRMED},
    {"angemeldet", SUBSCRIBER_CONFIRMED},  {"free", SUBSCRIBER_CONFIRMED},
    {"paid", SUBSCRIBER_CONFIRMED},        {"comped", SUBSCRIBER_CONFIRMED},
    {"premium", SUBSCRIBER_CONFIRMED},     {"gifted", SUBSCRIBER_CONFIRMED},
    {"trial", SUBSCRIBER_CONFIRMED},       {"pending", SUBSCRIBER_PENDING},
    {"unconfirmed", SUBSCRIBER_PENDING},   {"unactivated", SUBSCRIBER_PENDING},
    {"unverified", SUBSCRIBER_PENDING},    {"not confirmed", SUBSCRIBER_PENDING},
    {"non confirmed", SUBSCRIBER_PENDING}, {"waiting", SUBSCRIBER_PENDING},
    {"invited", SUBSCRIBER_PENDING},       {"unbest\xC3\xA4tigt", SUBSCRIBER_PENDING},
};

static void join_pairs(char *text)
{
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        size_t len = strlen(pairs[i].pair), word = strlen(pairs[i].word);
        for (char *at = text; (at = strstr(at, pairs[i].pair)) != NULL; at += word) {
            bool whole = (at == text || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0');
            if (whole && word <= len) {
                memcpy(at, pairs[i].word, word);
                memmove(at + word, at + len, strlen(at + len) + 1);
            }
        }
    }
}

/* Splits into lower-case words with one space between them: "emailDisabled" and "EMAIL_DISABLED"
 * become "email disabled". Non-ASCII letters are kept. */
static void take_apart(const char *text, char out[TEXT_MAX])
{
    size_t used = 0;
    bool after_small = false;
    for (; *text != '\0' && used + 2 < TEXT_MAX; text++) {
        unsigned char c = (unsigned char)*text;
        bool letter = isalnum(c) || c >= 0x80;
        if (used > 0 && out[used - 1] != ' ' && (!letter || (after_small && isupper(c)))) {
            out[used++] = ' ';
        }
        if (letter) {
            out[used++] = (char)tolower(c);
        }
        after_small = islower(c);
    }
    used -= used > 0 && out[used - 1] == ' ' ? 1 : 0;
    out[used] = '\0';
    join_pairs(out);
}

static int compare_words(const void *key, const void *element)
{
    return strcmp(key, ((const struct word *)element)->word);
}

static int find_word(const char *word)
{
    const struct word *found =
        bsearch(word, table, sizeof table / sizeof table[0], sizeof table[0], compare_words);
    return found != NULL ? found->about : UNKNOWN;
}

/* "EMAILBLACKLISTED" is "email" and "blacklisted": a word about leaving is found even without the
 * word boundary, which is lost when everything is in one case. */
static int about_word(const char *word)
{
    int about = find_word(word);
    size_t len = strlen(word);
    for (size_t at = 2; about == UNKNOWN && at + 2 <= len && len < TEXT_MAX; at++) {
        char head[TEXT_MAX];
        memcpy(head, word, at);
        head[at] = '\0';
        int both = find_word(head) | find_word(word + at);
        about = (both & UNKNOWN) == 0 && (both & GONE) != 0 ? both : UNKNOWN;
    }
    return about;
}

/* The sum of the words; `text` is modified. */
static int about_words(char *text)
{
    int about = 0;
    char *rest = text;
    for (char *word; (word = strsep(&rest, " ")) != NULL;) {
        about |= word[0] != '\0' ? about_word(word) : 0;
    }
    return about;
}

static bool is_beside(const char *words, int about)
{
    bool named = (about & BESIDE) != 0;
    for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++) {
        named = named || strcmp(beside[i], words) == 0;
    }
    return named;
}

static enum list_column gone_column(int about)
{
    if ((about & (UNKNOWN | STAYS | NEGATION)) != 0) {
        return LIST_UNSURE;
    }
    if ((about & STATUS) != 0) {
        return LIST_STATUS;
    }
    return (about & COMPLAINED) != 0 ? LIST_COMPLAINED
           : (about & BOUNCED) != 0  ? LIST_BOUNCED
                                     : LIST_LEFT;
}

enum list_column words_header(const char *header, bool *text)
{
    char words[TEXT_MAX], pieces[TEXT_MAX];
    take_apart(header, words);
    memcpy(pieces, words, sizeof pieces);
    int about = about_words(pieces);
    *text = (about & (REASON | TYPE)) != 0;
    if (is_beside(words, about)) {
        return LIST_OTHER;
    }
    if ((about & GONE) != 0) {
        return gone_column(about);
    }
    if ((about & (STATUS | TYPE)) != 0) {
        bool plain = (about & (UNKNOWN | TYPE)) == 0 && strcmp(words, "state") != 0;
        return plain ? LIST_STATUS : LIST_TYPE;
    }
    if ((about & (UNKNOWN | TIME | REASON)) != 0) {
        return LIST_OTHER;
    }
    bool negated = (about & NEGATION) != 0;
    if ((about & STAYS) != 0) {
        return negated ? LIST_LEFT : LIST_SUBSCRIBED;
    }
    if ((about & PROVEN) != 0) {
        return negated ? LIST_WAITING : LIST_PROVEN;
    }
    return (about & WAITS) != 0 ? LIST_WAITING : LIST_OTHER;
}

static bool is_one_of(const char *cell, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(words[i], cell) == 0) {
            return true;
        }
    }
    return false;
}

/* "2024-01-01 00:00", "1 Jan 2024", 1704067200; not "0", "12" or a sentence. */
static bool is_time(const char *cell)
{
    size_t digits = 0, letters = 0, others = 0;
    for (const char *c = cell; *c != '\0'; c++) {
        digits += isdigit((unsigned char)*c) != 0;
        letters += isalpha((unsigned char)*c) != 0;
        others += (unsigned char)*c >= 0x80 || *c == '@';
    }
    bool number = strspn(cell, "0123456789") == strlen(cell);
    return others == 0 && letters <= 16 && digits >= (number ? 8 : 4);
}

/* The values that databases use for a time that never was. */
static bool is_no_time(const char *cell)
{
    return strncmp(cell, "0000-00-00", 10) == 0 || strncmp(cell, "0001-01-01", 10) == 0 ||
           strncmp(cell, "1970-01-01", 10) == 0;
}

enum words_answer words_answer(const char *cell)
{
    static const char *const no[] = {"0",     "false", "no",   "n",      "f",           "off",
                                     "never", "none",  "null", "nil",    "nein",        "non",
                                     "-",     "n/a",   "na",   "falsch", "faux",        "falso",
                                     "0.0",   "[]",    "{}",   "\\N",    "undefined",   "unchecked",
                                     "nan",   "nie",   "nee",  "(none)", "\xE2\x80\x94"};
    static const char *const yes[] = {"1",         "true", "yes",          "y",           "t",
                                      "x",         "on",   "ja",           "oui",         "si",
                                      "s\xC3\xAD", "wahr", "vrai",         "vero",        "checked",
                                      "j",         "o",    "\xE2\x9C\x93", "\xE2\x9C\x94"};
    if (cell[0] == '\0') {
        return WORDS_EMPTY;
    }
    if (is_one_of(cell, no, sizeof no / sizeof no[0]) || is_no_time(cell)) {
        return WORDS_NO;
    }
    if (is_one_of(cell, yes, sizeof yes / sizeof yes[0])) {
        return WORDS_YES;
    }
    return is_time(cell) ? WORDS_TIME : WORDS_TEXT;
}

static bool find_state(const char *words, enum subscriber_status *status)
{
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        if (strcmp(states[i].words, words) == 0) {
            *status = states[i].status;
            return true;
        }
    }
    return false;
}

bool words_status(const char *cell, bool sure, enum subscriber_status *status)
{
    char words[TEXT_MAX];
    take_apart(cell, words);
    if (find_state(words, status)) {
        return !sure || *status != SUBSCRIBER_CONFIRMED;
    }
    int about = about_words(words);
    if ((about & GONE) == 0 || (about & (NEGATION | BESIDE)) != 0 ||
        (sure && (about & SURE) == 0)) {
        return false;
    }
    *status = (about & COMPLAINED) != 0 ? SUBSCRIBER_COMPLAINED
              : (about & LEFT) != 0     ? SUBSCRIBER_LEFT
                                        : SUBSCRIBER_BOUNCED;
    return true;
}

enum subscriber_status words_stricter(enum subscriber_status left, enum subscriber_status right)
{
    static const int rank[] = {
        [SUBSCRIBER_CONFIRMED] = 0, [SUBSCRIBER_PENDING] = 1,    [SUBSCRIBER_BOUNCED] = 2,
        [SUBSCRIBER_LEFT] = 3,      [SUBSCRIBER_COMPLAINED] = 4, [SUBSCRIBER_FORGOTTEN] = 5};
    return rank[left] >= rank[right] ? left : right;
}
