#include "smtp/refusal.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "smtp/refusal_rows.h"

enum { FOLDED = 1024 };

static const char *const fault_names[REFUSAL_FAULTS] = {"unknown",  "recipient", "mailbox",
                                                        "receiver", "ours",      "content"};

/* Indexed by enum refusal_reason: whose fault the reason is, and what the operator can do. */
static const struct reason_row {
    enum refusal_fault fault;
    const char *remedy;
} meanings[REFUSAL_REASONS] = {
    [REFUSAL_UNDETERMINED] = {REFUSAL_UNKNOWN, "ask the relay's operator what it means"},
    [REFUSAL_USER_UNKNOWN] = {REFUSAL_RECIPIENT, NULL},
    [REFUSAL_HOST_UNKNOWN] = {REFUSAL_RECIPIENT, NULL},
    [REFUSAL_DISABLED] = {REFUSAL_RECIPIENT, NULL},
    [REFUSAL_MOVED] = {REFUSAL_RECIPIENT, NULL},
    [REFUSAL_NO_MAIL] = {REFUSAL_RECIPIENT, NULL},
    [REFUSAL_UNAVAILABLE] = {REFUSAL_RECIPIENT, NULL},
    [REFUSAL_MAILBOX_FULL] = {REFUSAL_MAILBOX, NULL},
    [REFUSAL_SUSPENDED] = {REFUSAL_MAILBOX, NULL},
    [REFUSAL_MAILBOX_LIMIT] = {REFUSAL_MAILBOX, "make the issue smaller"},
    [REFUSAL_GREYLISTED] = {REFUSAL_RECEIVER, NULL},
    [REFUSAL_AUTHENTICATION] = {REFUSAL_RECEIVER,
                                "put SPF, DKIM, DMARC and the sending host's name right "
                                "(verdicts doctor)"},
    [REFUSAL_BLOCKED] = {REFUSAL_RECEIVER, "ask the block list or the receiver's postmaster to "
                                           "lift it; look at complaints first"},
    [REFUSAL_TOO_FAST] = {REFUSAL_RECEIVER, "lower the relay's rate or deliver.domain_rate"},
    [REFUSAL_POLICY] = {REFUSAL_RECEIVER, "ask the relay's operator which rule it was"},
    [REFUSAL_QUOTA] = {REFUSAL_OURS, "the account has sent what it may: wait, set the relay's "
                                     "rate to what it allows, or have it raised"},
    [REFUSAL_ACCOUNT] = {REFUSAL_OURS, "the account may not send: ask the relay's operator to "
                                       "release it"},
    [REFUSAL_LOGIN] = {REFUSAL_OURS, "look at the relay's username and password_file"},
    [REFUSAL_SENDER] = {REFUSAL_OURS, "look at mail.from and mail.bounce_address: may this account "
                                      "use them, do their domains exist"},
    [REFUSAL_UNVERIFIED] = {REFUSAL_OURS, "verify the sender's address or domain with the relay's "
                                          "provider"},
    [REFUSAL_RELAYING] = {REFUSAL_OURS, "the relay does not take mail from here: look at its url, "
                                        "and give it a username"},
    [REFUSAL_LOOP] = {REFUSAL_OURS, "the relay's mail goes in circles: ask its operator"},
    [REFUSAL_NETWORK] = {REFUSAL_OURS, "the relay cannot reach others: ask its operator"},
    [REFUSAL_EXPIRED] = {REFUSAL_OURS, "the relay could not deliver in time: ask its operator"},
    [REFUSAL_SYSTEM] = {REFUSAL_OURS, "the relay is in trouble: ask its operator"},
    [REFUSAL_PROTOCOL] = {REFUSAL_OURS, "the relay does not understand us: run verdicts doctor "
                                        "--connect"},
    [REFUSAL_SPAM] = {REFUSAL_CONTENT, "look at what the issue says and links to (verdicts check)"},
    [REFUSAL_VIRUS] = {REFUSAL_CONTENT, "look at what the issue links to"},
    [REFUSAL_BODY] = {REFUSAL_CONTENT, "look at the message (verdicts check, preview --out)"},
    [REFUSAL_TOO_BIG] = {REFUSAL_CONTENT, "make the issue smaller"},
    [REFUSAL_SIGNATURE] = {REFUSAL_CONTENT, "the relay signs by itself: take the section dkim out"},
};

const char *refusal_fault_name(enum refusal_fault fault)
{
    assert((size_t)fault < REFUSAL_FAULTS);
    return fault_names[fault];
}

bool refusal_fault_find(const char *name, enum refusal_fault *fault)
{
    for (int i = 0; i < REFUSAL_FAULTS; i++) {
        if (strcmp(name, fault_names[i]) == 0) {
            *fault = (enum refusal_fault)i;
            return true;
        }
    }
    return false;
}

/* "550", "5.1.1", "550-5.1.1" */
static bool is_codes(const char *word, size_t len)
{
    return strspn(word, "0123456789.-") >= len && (len == 3 || memchr(word, '.', len) != NULL);
}

/* Copies one word in lower case. Leaves out codes, which a multi-line reply repeats on each line,
 * and addresses: "<spam-box@example.org>" does not mean spam. */
static size_t fold_word(const char *word, size_t len, char *out)
{
    if (is_codes(word, len)) {
        return 0;
    }
    if (memchr(word, '@', len) != NULL) {
        *out = '@';
        return 1;
    }
    for (size_t i = 0; i < len; i++) {
        out[i] = word[i] >= 'A' && word[i] <= 'Z' ? (char)(word[i] + 32) : word[i];
    }
    return len;
}

static void fold(const char *words, char out[FOLDED])
{
    static const char blanks[] = " \t\r\n";
    size_t used = 0;
    for (words += strspn(words, blanks); *words != '\0'; words += strspn(words, blanks)) {
        size_t len = strcspn(words, blanks);
        if (used + len + 2 > FOLDED) {
            break;
        }
        size_t added = fold_word(words, len, out + used + (used > 0));
        if (added > 0 && used > 0) {
            out[used] = ' ';
        }
        used += added > 0 ? added + (used > 0) : 0;
        words += len;
    }
    out[used] = '\0';
}

/* Whether one alternative (`len` bytes, with '*') occurs in the text. What follows a '*' is
 * searched within REFUSAL_GAP bytes. */
static bool phrase_stands(const char *text, const char *phrase, size_t len)
{
    const char *star = memchr(phrase, '*', len);
    size_t head = star == NULL ? len : (size_t)(star - phrase);
    size_t text_len = strlen(text);
    const char *at = memmem(text, text_len, phrase, head);
    if (star == NULL || at == NULL) {
        return at != NULL;
    }
    const char *rest = star + 1;
    size_t rest_len = len - head - 1;
    for (; at != NULL; at = memmem(at + 1, strlen(at + 1), phrase, head)) {
        size_t left = strlen(at + head), reach = REFUSAL_GAP + rest_len;
        if (memmem(at + head, left < reach ? left : reach, rest, rest_len) != NULL) {
            return true;
        }
    }
    return false;
}

static bool words_fit(const char *pattern, const char *text)
{
    while (*pattern != '\0') {
        size_t len = strcspn(pattern, "|");
        if (phrase_stands(text, pattern, len)) {
            return true;
        }
        pattern += len + (pattern[len] == '|');
    }
    return false;
}

static bool ends_with(const char *host, size_t host_len, const char *end, size_t len)
{
    return host_len >= len && strncasecmp(host + host_len - len, end, len) == 0 &&
           (host_len == len || host[host_len - len - 1] == '.');
}

static bool host_fits(const char *pattern, const char *host)
{
    size_t host_len = strcspn(host, ":");
    while (*pattern != '\0') {
        size_t len = strcspn(pattern, "|");
        if (ends_with(host, host_len, pattern, len)) {
            return true;
        }
        pattern += len + (pattern[len] == '|');
    }
    return false;
}

static bool enhanced_fits(const char *pattern, const char *enhanced)
{
    if (*pattern == '-' || *enhanced == '\0') {
        return *pattern == '-' && *enhanced == '\0';
    }
    if (*pattern != 'x' && *pattern != *enhanced) {
        return false;
    }
    size_t len = strlen(pattern);
    return pattern[len - 1] == '.' ? strncmp(enhanced + 1, pattern + 1, len - 1) == 0
                                   : strcmp(enhanced + 1, pattern + 1) == 0;
}

static bool row_fits(const struct refusal_row *row, const struct refusal_question *question,
                     const char *enhanced, const char *folded)
{
    bool coded = row->low == 0 || (question->code >= row->low && question->code <= row->high);
    return (row->commands & 1U << question->command) != 0 && coded &&
           (row->enhanced == NULL || enhanced_fits(row->enhanced, enhanced)) &&
           (row->host == NULL ||
            (question->host != NULL && host_fits(row->host, question->host))) &&
           (row->words == NULL || words_fit(row->words, folded));
}

struct refusal refusal_read(const struct refusal_question *question)
{
    char folded[FOLDED];
    const char *enhanced = question->enhanced == NULL ? "" : question->enhanced;
    fold(question->words == NULL ? "" : question->words, folded);
    const struct refusal_row *row = refusal_rows;
    while (!row_fits(row, question, enhanced, folded)) {
        row++; /* the last row fits everything */
    }
    const struct reason_row *meaning = &meanings[row->reason];
    bool permanent = question->code != 0 ? question->code >= 500 : enhanced[0] == '5';
    return (struct refusal){
        .fault = meaning->fault,
        .reason = row->reason,
        .permanent = permanent,
        .by_words = row->words != NULL,
        .settles = permanent && meaning->fault == REFUSAL_RECIPIENT,
        .remedy = row->remedy != NULL ? row->remedy : meaning->remedy,
        .source = row->source,
    };
}
