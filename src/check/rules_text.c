/* Rules of the text part: does it say what the HTML says, and does it fit. */
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "check/rules.h"

enum { COLUMNS_MAX = 78 };

/* Without white space and isolates: where lines are broken does not matter, and not every script
 * has a space there. */
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

/* Whether the squeezed text part has these words; case does not matter. */
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

/* Each "60%" and "60 %" of a text. */
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

void rules_plaintext(struct checking *checking)
{
    const char *folded = document_fold(checking->arena, checking->copy->text);
    if (folded[0] == '\0') {
        check_note(checking, RULE_TEXT_EMPTY, "text", 0, 0,
                   "the text part is empty; see issue.txt.mustache");
        return;
    }
    compare_parts(checking);
    check_lines(checking);
}
