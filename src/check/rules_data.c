/* Rules on the texts of the comparisons: HTML in plain texts, and drafts. */
#include <string.h>
#include <strings.h>

#include "base/markup.h"
#include "check/rules.h"

static void report_html(struct checking *checking, enum rule rule, const char *part,
                        const char *text)
{
    size_t len;
    const char *at = text != NULL ? markup_find(text, &len) : NULL;
    if (at != NULL) {
        check_note(checking, rule, part, 0, 0,
                   "\"%s\" stands in: %s; mend its source, or import it with --html",
                   check_quote(checking->arena, arena_copy_bytes(checking->arena, at, len)),
                   check_quote(checking->arena, text));
    }
}

/* Sentences composed by the program: what they contain is also in a name or a quote. */
static bool is_composed(const char *name)
{
    static const char *const names[] = {"subject",   "preheader",  "headline",  "summary", "answer",
                                        "reason",    "prices",     "facts",     "verdict", "votes",
                                        "link_text", "price_read", "short_name"};
    for (size_t i = 0; name != NULL && i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* Checks the texts of a value and of all values below it. */
static void report_html_in(struct checking *checking, const struct value *value)
{
    if (is_composed(value->name)) {
        return;
    }
    if (value->kind == VALUE_TEXT) {
        report_html(checking, RULE_HTML_IN_TEXT, "comparison", value->text);
    }
    for (const struct value *v = value->first; v != NULL; v = v->next) {
        report_html_in(checking, v);
    }
}

static const char *headline_of(const struct value *variables)
{
    const struct value *issue = value_find(variables, "issue");
    const struct value *headline = issue != NULL ? value_find(issue, "headline") : NULL;
    return headline != NULL && headline->kind == VALUE_TEXT ? headline->text : NULL;
}

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80;
}

/* Finds the word where it is a word by itself. `any_case`: also as "Lorem Ipsum". */
static bool has_word(const char *text, const char *word, bool any_case)
{
    size_t len = strlen(word);
    for (const char *at = text; *at != '\0'; at++) {
        bool same = any_case ? strncasecmp(at, word, len) == 0 : strncmp(at, word, len) == 0;
        if (same && (at == text || !is_word_byte(at[-1])) && !is_word_byte(at[len])) {
            return true;
        }
    }
    return false;
}

/* Only in capitals where the word has another meaning (a tool may be called Draft); in any case
 * where it has none. */
static const char *draft_word(const char *text)
{
    static const struct {
        const char *word;
        bool any_case;
    } words[] = {{"DRAFT", false},
                 {"[draft]", true},
                 {"(draft)", true},
                 {"draft:", true},
                 {"TBD", false},
                 {"TBC", false},
                 {"TKTK", false},
                 {"TO"
                  "DO",
                  false},
                 {"lorem ipsum", true},
                 {"dolor sit amet", true},
                 {"do not publish", true},
                 {"placeholder", true},
                 {"untitled", true}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (has_word(text, words[i].word, words[i].any_case)) {
            return words[i].word;
        }
    }
    return NULL;
}

static void report_draft(struct checking *checking, const char *part, const char *text)
{
    const char *word = draft_word(text);
    if (word != NULL) {
        check_note(checking, RULE_TITLE_DRAFT, part, 0, 0,
                   "\"%s\" stands in: %s; is it ready for readers?", word,
                   check_quote(checking->arena, text));
    }
}

void rules_data(struct checking *checking)
{
    const struct check_input *input = checking->input;
    checking->copy = NULL;
    report_html(checking, RULE_HTML_IN_HEADLINE, "subject", input->subject);
    report_html(checking, RULE_HTML_IN_TEXT, "preheader", input->preheader);
    report_draft(checking, "subject", input->subject);
    for (size_t i = 0; i < input->comparison_count; i++) {
        report_draft(checking, "comparison", input->comparisons[i].title);
        report_draft(checking, "comparison", input->comparisons[i].left);
        report_draft(checking, "comparison", input->comparisons[i].right);
    }
    if (input->variables != NULL) {
        report_html(checking, RULE_HTML_IN_HEADLINE, "headline", headline_of(input->variables));
        report_html_in(checking, input->variables);
    }
}
