/* Rules on an issue as a whole: subject, preheader, comparisons, size. */
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "check/rules.h"

enum {
    SUBJECT_MIN = 10,
    SUBJECT_MAX = 78,
    PREHEADER_MIN = 40,
    PREHEADER_MAX = 130,
    KB = 1024,
    DAY = 86400,
};

/* The number of visible characters: the isolates around names are not. */
static size_t characters(const char *text)
{
    size_t count = 0, len = strlen(text);
    for (size_t i = 0; i < len;) {
        uint32_t point;
        i += utf8_decode(text + i, len - i, &point);
        count += !utf8_is_bidi_control(point);
    }
    return count;
}

static void check_subject(struct checking *checking)
{
    const struct check_input *input = checking->input;
    size_t subject = characters(input->subject), preheader = characters(input->preheader);
    if (subject < SUBJECT_MIN || subject > SUBJECT_MAX) {
        check_note(checking, RULE_SUBJECT_LENGTH, "subject", 0, 0,
                   "the subject has %zu characters; %d to %d are good", subject, SUBJECT_MIN,
                   SUBJECT_MAX);
    }
    if (preheader < PREHEADER_MIN || preheader > PREHEADER_MAX) {
        check_note(checking, RULE_PREHEADER_LENGTH, "preheader", 0, 0,
                   "the preheader has %zu characters; %d to %d are good", preheader, PREHEADER_MIN,
                   PREHEADER_MAX);
    }
    if (strcasecmp(input->subject, input->preheader) == 0) {
        check_note(checking, RULE_PREHEADER_REPEATS, "preheader", 0, 0,
                   "the preheader repeats the subject; let it say more");
    }
}

/* The price from its currency sign or first digit on: "$20/mo" of "from $20/mo"; NULL if it has no
 * amount. */
static const char *amount_of(const char *price)
{
    if (price == NULL || strpbrk(price, "0123456789") == NULL) {
        return NULL;
    }
    const char *at = price;
    while ((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || *at == ' ') {
        at++;
    }
    return at;
}

static void check_old_price(struct checking *checking, const char *tool, const char *price)
{
    const struct check_input *input = checking->input;
    const struct value *issue = value_find(input->variables, "issue");
    const struct value *headline = value_find(issue, "headline");
    const struct {
        const char *part, *text;
    } places[] = {{"subject", input->subject},
                  {"preheader", input->preheader},
                  {"headline", headline != NULL ? headline->text : NULL}};
    const char *amount = amount_of(price);
    for (size_t i = 0; amount != NULL && i < sizeof places / sizeof places[0]; i++) {
        if (places[i].text != NULL && strstr(places[i].text, amount) != NULL) {
            check_note(
                checking, RULE_PRICE_STALE, places[i].part, 0, 0,
                "the %s has the price of %s, %s, which is too old; import its page again, or "
                "write another %s",
                places[i].part, tool, check_quote(checking->arena, price), places[i].part);
        }
    }
}

static void check_share(struct checking *checking, const char *tool, const char *clash)
{
    if (clash != NULL) {
        check_note(
            checking, RULE_SHARE_AGAINST_VERDICTS, "comparison", 0, 0,
            "%s: the panel's share is %s; mend the one that is false, or leave the share out", tool,
            clash);
    }
}

static void check_comparison(struct checking *checking, const struct check_comparison *comparison)
{
    const struct check_input *input = checking->input;
    if (!comparison->left_verdict || !comparison->right_verdict) {
        const char *tool = comparison->left_verdict ? comparison->right : comparison->left;
        check_note(checking, RULE_COMPARISON_NO_VERDICT, "comparison", 0, 0,
                   "%s: the panel has no verdict on %s%s", comparison->title, tool,
                   comparison->left_verdict || comparison->right_verdict ? ""
                                                                         : ", nor on its rival");
    }
    check_share(checking, comparison->left, comparison->left_clash);
    check_share(checking, comparison->right, comparison->right_clash);
    int64_t age = input->date - comparison->updated_at;
    if (input->price_max_age > 0 && comparison->updated_at > 0 && age > input->price_max_age) {
        check_note(checking, RULE_COMPARISON_STALE, "comparison", 0, 0,
                   "%s: its prices are %lld days old; import the page again", comparison->title,
                   (long long)(age / DAY));
        check_old_price(checking, comparison->left, comparison->left_price);
        check_old_price(checking, comparison->right, comparison->right_price);
    }
    if (comparison->withdrawn) {
        check_note(checking, RULE_COMPARISON_WITHDRAWN, "comparison", 0, 0,
                   "%s: it was withdrawn after the issue was approved", comparison->title);
    }
    if (comparison->looks_like != NULL) {
        check_note(checking, RULE_LOOKS_LIKE, "comparison", 0, 0,
                   "%s: %s; if they are one, leave it out", comparison->title,
                   comparison->looks_like);
    }
    if (comparison->repeats != NULL) {
        check_note(checking, RULE_COMPARISON_REPEATED, "comparison", 0, 0,
                   "%s: %s compared the same two tools", comparison->title, comparison->repeats);
    }
}

/* " for Design, Writing"; "" if it concerns every copy. */
static const char *whose_copy(struct arena *arena, const char *topics)
{
    const char *words = "";
    while (topics != NULL && *topics != '\0') {
        size_t len = strcspn(topics, "\n");
        words = arena_format(arena, "%s%s%.*s", words, *words != '\0' ? ", " : " for ", (int)len,
                             topics);
        topics += len + (topics[len] == '\n');
    }
    return words;
}

static void check_claims(struct checking *checking)
{
    for (size_t i = 0; i < checking->input->claim_count; i++) {
        const struct check_claim *claim = &checking->input->claims[i];
        const char *words = check_quote(checking->arena, claim->words);
        if (claim->own) {
            check_note(
                checking, RULE_SUBJECT_FALSE, claim->part, 0, 0,
                "the %s%s says \"%s\", and nothing in the comparisons does; this is a fault of "
                "the program: approve the issue only if it is true",
                claim->part, whose_copy(checking->arena, claim->topics), words);
        } else {
            check_note(checking, RULE_SUBJECT_UNPROVEN, claim->part, 0, 0,
                       "the %s says \"%s\", and nothing in the comparisons does; is it true?",
                       claim->part, words);
        }
    }
}

static void check_words(struct checking *checking)
{
    for (size_t i = 0; i < checking->input->lost_count; i++) {
        check_note(checking, RULE_WORDS_LOST, "note", 0, 0, "%s", checking->input->lost[i]);
    }
}

void rules_issue(struct checking *checking)
{
    checking->copy = NULL;
    check_subject(checking);
    check_words(checking);
    check_claims(checking);
    for (size_t i = 0; i < checking->input->comparison_count; i++) {
        check_comparison(checking, &checking->input->comparisons[i]);
    }
}

void rules_size(struct checking *checking)
{
    size_t len = checking->copy->html_len;
    static const struct {
        size_t over;
        enum rule rule;
    } limits[] = {
        {102 * KB, RULE_HTML_CLIPPED}, {80 * KB, RULE_HTML_TOO_LONG}, {60 * KB, RULE_HTML_LONG}};
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        if (len > limits[i].over) {
            check_note(
                checking, limits[i].rule, "html", 0, 0,
                "the HTML for %s has %zu KB, more than %zu KB; send fewer items or cut texts",
                checking->copy->label, len / KB, limits[i].over / KB);
            return;
        }
    }
}
