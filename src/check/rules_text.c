/* Rules on the text part: whether it says what the HTML says, and whether it fits. */
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "check/rules.h"

/* A sentence shorter than SENTENCE_MIN ("No.") may occur anywhere; OFTEN occurrences are too
 * many. */
enum { COLUMNS_MAX = 78, SENTENCE_MIN = 20, OFTEN = 3 };

#define CLOSING_MARK "\xE2\x80\x9D"

/* Removes white space and isolates: line breaks do not matter, and not every script puts a space
 * there. */
static char *squeeze(struct arena *arena, const char *text)
{
    const char *from = document_fold(arena, text);
    char *squeezed = arena_copy(arena, from), *to = squeezed;
    for (size_t at = 0, len = strlen(from), bytes; at < len; at += bytes) {
        uint32_t point;
        bytes = utf8_decode(from + at, len - at, &point);
        if (point != ' ' && !utf8_is_bidi_control(point)) {
            memcpy(to, from + at, bytes);
            to += bytes;
        }
    }
    *to = '\0';
    return squeezed;
}

/* Whether the squeezed text part contains these words, ignoring case. */
static bool text_has(struct checking *checking, const char *squeezed, const char *words)
{
    return strcasestr(squeezed, squeeze(checking->arena, words)) != NULL;
}

static bool is_heading(const struct node *node)
{
    return node->kind == NODE_ELEMENT && node->tag[0] == 'h' && node->tag[1] >= '1' &&
           node->tag[1] <= '6' && node->tag[2] == '\0';
}

static void check_link(struct checking *checking, const struct node *node)
{
    const char *href = node_attribute(node, "href");
    if (href != NULL && strncmp(href, "http", 4) == 0 &&
        strstr(checking->copy->text, href) == NULL) {
        check_note_node(checking, RULE_TEXT_LACKS_LINK, node, "the text part lacks the link %s",
                        href);
    }
}

/* Checks each "60%" and "60 %" in a text. */
static void check_percentages(struct checking *checking, const struct node *node,
                              const char *squeezed)
{
    for (const char *sign = strchr(node->text, '%'); sign != NULL; sign = strchr(sign + 1, '%')) {
        const char *end = sign > node->text && sign[-1] == ' ' ? sign - 1 : sign;
        const char *start = end;
        while (start > node->text && ((start[-1] >= '0' && start[-1] <= '9') || start[-1] == '.')) {
            start--;
        }
        const char *number = arena_copy_bytes(checking->arena, start, (size_t)(end - start));
        if (start < end &&
            strstr(squeezed, arena_format(checking->arena, "%s%%", number)) == NULL) {
            check_note_node(checking, RULE_TEXT_LACKS_PERCENTAGE, node,
                            "the text part lacks the percentage %s%%", number);
        }
    }
}

static void compare_parts(struct checking *checking)
{
    const char *squeezed = squeeze(checking->arena, checking->copy->text);
    for (const struct node *n = checking->document; n != NULL; n = n->follow) {
        if (is_heading(n) && !text_has(checking, squeezed, node_text(checking->arena, n))) {
            check_note_node(checking, RULE_TEXT_LACKS_TITLE, n, "the text part lacks the title %s",
                            check_quote(checking->arena, node_text(checking->arena, n)));
        } else if (node_is(n, "a")) {
            check_link(checking, n);
        } else if (n->kind == NODE_TEXT && strchr(n->text, '%') != NULL && !check_is_hidden(n)) {
            check_percentages(checking, n, squeezed);
        }
    }
}

/* Templates of an operator's own may be older than notes are. */
static void find_notes(struct checking *checking, const char *part, const char *words)
{
    const char *squeezed = squeeze(checking->arena, words);
    for (size_t i = 0; i < checking->copy->note_count; i++) {
        if (!text_has(checking, squeezed, checking->copy->notes[i])) {
            check_note(checking, RULE_NOTE_MISSING, part, 0, 0,
                       "an editor's note is not in the %s: \"%s\"; its template has no issue.note, "
                       "or no note in its stories: verdicts-templates(5), Notes",
                       part, check_quote(checking->arena, checking->copy->notes[i]));
            return;
        }
    }
}

/* A URL on a line of its own: broken it would lead nowhere. */
static bool is_url(const char *line, size_t len)
{
    while (len > 0 && (line[0] == ' ' || line[0] == '>' || line[0] == '-' || line[0] == '*')) {
        line++;
        len--;
    }
    return memchr(line, ' ', len) == NULL && memmem(line, len, "://", 3) != NULL;
}

static void check_lines(struct checking *checking)
{
    const char *line = checking->copy->text;
    for (int number = 1; *line != '\0'; number++) {
        size_t len = strcspn(line, "\n");
        size_t columns = utf8_width(line, len);
        if (columns > COLUMNS_MAX && !is_url(line, len)) {
            check_note(checking, RULE_TEXT_WIDTH, "text", number, COLUMNS_MAX + 1,
                       "the line has %zu columns, more than %d: %s", columns, COLUMNS_MAX,
                       check_quote(checking->arena, arena_copy_bytes(checking->arena, line, len)));
        }
        line += len + (line[len] == '\n' ? 1 : 0);
    }
}

/* A sentence of the text part, and how often it occurs. */
struct sentence {
    const char *text;
    size_t times;
    struct sentence *next;
};

/* Texts that the program composes, and says by design wherever they are true. */
static bool is_composed(const char *name)
{
    static const char *const names[] = {"answer", "reason",  "prices",     "votes",
                                        "count",  "verdict", "price_read", "split"};
    for (size_t i = 0; name != NULL && i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_ours(struct arena *arena, const struct value *value, const char *sentence)
{
    bool ours = value->kind == VALUE_TEXT && is_composed(value->name) &&
                strstr(document_fold(arena, value->text), sentence) != NULL;
    for (const struct value *v = value->first; !ours && v != NULL; v = v->next) {
        ours = is_ours(arena, v, sentence);
    }
    return ours;
}

static void count_sentence(struct checking *checking, struct sentence **first, const char *text,
                           size_t len)
{
    const char *folded =
        document_fold(checking->arena, arena_copy_bytes(checking->arena, text, len));
    struct sentence **at = first;
    while (*at != NULL && strcmp((*at)->text, folded) != 0) {
        at = &(*at)->next;
    }
    if (*at == NULL) {
        *at = arena_alloc(checking->arena, sizeof **at);
        **at = (struct sentence){.text = folded};
    }
    const struct value *variables = checking->copy->variables;
    if (strlen(folded) >= SENTENCE_MIN && ++(*at)->times == OFTEN &&
        (variables == NULL || !is_ours(checking->arena, variables, folded))) {
        check_note(checking, RULE_SAID_OFTEN, "text", 0, 0,
                   "\"%s\" stands there %d times and more; say it once",
                   check_quote(checking->arena, folded), OFTEN);
    }
}

/* The position after the full stop that ends the first sentence and the closing marks after it; 0
 * if no sentence ends in the rest of the paragraph. */
static size_t sentence_end(const char *text, size_t len)
{
    for (size_t at = 0; at < len; at++) {
        size_t end = at + 1;
        if (strchr(".?!", text[at]) == NULL) {
            continue;
        }
        end += end < len && strchr("\")'", text[end]) != NULL ? 1 : 0;
        end += end + 3 <= len && memcmp(text + end, CLOSING_MARK, 3) == 0 ? 3 : 0;
        if (end == len || strchr(" \n", text[end]) != NULL) {
            return end;
        }
    }
    return 0;
}

/* Checks the text up to the footer. A paragraph without a full stop is a title, a row or a link. */
static void check_often(struct checking *checking)
{
    struct sentence *sentences = NULL;
    const char *text = checking->copy->text;
    const char *footer = strstr(text, "\n-- \n");
    const char *end = footer != NULL ? footer : text + strlen(text);
    while (text < end) {
        const char *gap = strstr(text, "\n\n");
        const char *stop = gap != NULL && gap < end ? gap : end;
        size_t len;
        while (text < stop && (len = sentence_end(text, (size_t)(stop - text))) > 0) {
            count_sentence(checking, &sentences, text, len);
            text += len;
        }
        text = stop + strspn(stop, "\n");
    }
}

void rules_plaintext(struct checking *checking)
{
    const char *folded = document_fold(checking->arena, checking->copy->text);
    if (folded[0] == '\0') {
        check_note(checking, RULE_TEXT_EMPTY, "text", 0, 0,
                   "the text part is empty; see issue.txt.mustache");
        return;
    }
    compare_parts(checking);
    find_notes(checking, "html", node_text(checking->arena, checking->document));
    find_notes(checking, "text", checking->copy->text);
    check_lines(checking);
    check_often(checking);
}
