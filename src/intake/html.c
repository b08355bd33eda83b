#include "intake/html.h"

#include <gumbo.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/markup.h"

/* Gumbo's tree is allocated in the arena and freed with it. */
static void *take_memory(void *arena, size_t size)
{
    return arena_alloc(arena, size);
}

static void leave_memory(void *arena, void *memory)
{
    (void)arena;
    (void)memory;
}

static const GumboVector *children_of(const GumboNode *node)
{
    static const GumboVector none = {0};
    bool hidden = node->type == GUMBO_NODE_ELEMENT && (node->v.element.tag == GUMBO_TAG_SCRIPT ||
                                                       node->v.element.tag == GUMBO_TAG_STYLE);
    return node->type == GUMBO_NODE_ELEMENT && !hidden ? &node->v.element.children : &none;
}

static bool is_inline(GumboTag tag)
{
    static const GumboTag tags[] = {
        GUMBO_TAG_A,    GUMBO_TAG_ABBR,   GUMBO_TAG_B,    GUMBO_TAG_CITE, GUMBO_TAG_CODE,
        GUMBO_TAG_DEL,  GUMBO_TAG_EM,     GUMBO_TAG_FONT, GUMBO_TAG_I,    GUMBO_TAG_INS,
        GUMBO_TAG_KBD,  GUMBO_TAG_MARK,   GUMBO_TAG_Q,    GUMBO_TAG_S,    GUMBO_TAG_SMALL,
        GUMBO_TAG_SPAN, GUMBO_TAG_STRONG, GUMBO_TAG_SUB,  GUMBO_TAG_SUP,  GUMBO_TAG_TT,
        GUMBO_TAG_U,    GUMBO_TAG_WBR};
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        if (tags[i] == tag) {
            return true;
        }
    }
    return false;
}

static bool is_text(const GumboNode *node)
{
    return node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE ||
           node->type == GUMBO_NODE_CDATA;
}

static void add_node(struct buf *text, const GumboNode *node)
{
    if (is_text(node)) {
        buf_add_text(text, node->v.text.text);
    } else if (node->type == GUMBO_NODE_ELEMENT && !is_inline(node->v.element.tag)) {
        buf_add_char(text, ' ');
    }
}

/* The node after this one in document order, its children first: no recursion, however deep the
 * nesting. The end of a block counts as a space. */
static const GumboNode *next_node(struct buf *text, const GumboNode *node, const GumboNode *root)
{
    const GumboVector *children = children_of(node);
    if (children->length > 0) {
        return children->data[0];
    }
    while (node != root) {
        if (!is_text(node)) {
            add_node(text, node);
        }
        const GumboVector *siblings = children_of(node->parent);
        if (node->index_within_parent + 1 < siblings->length) {
            return siblings->data[node->index_within_parent + 1];
        }
        node = node->parent;
    }
    return NULL;
}

/* Escapes brackets that are not tags, because the parser would take "<String>" for one. The content
 * of a feed's "<![CDATA[…]]>" is HTML. */
static void escape_brackets(struct buf *html, const char *text)
{
    bool section = false;
    for (const char *at = text; *at != '\0';) {
        size_t opens = markup_section(at);
        bool closes = section && strncmp(at, "]]>", 3) == 0;
        size_t tag = *at == '<' ? markup_tag(at) : 0;
        size_t len = *at == '<' ? tag : 1 + strcspn(at + 1, "<]");
        if (opens > 0 || closes) {
            section = opens > 0;
            len = opens > 0 ? opens : 3;
        } else if (len > 0) {
            buf_add(html, at, len);
        } else {
            buf_add_text(html, "&lt;");
            len = 1;
        }
        at += len;
    }
}

const char *html_decode(struct arena *arena, const char *bytes, size_t len, size_t *text_len)
{
    const char *kept = arena_copy_bytes(arena, bytes, len);
    size_t mark;
    *text_len = len;
    if (strlen(kept) != len || markup_find(kept, &mark) == NULL) {
        return kept;
    }
    GumboOptions options = kGumboDefaultOptions;
    options.allocator = take_memory;
    options.deallocator = leave_memory;
    options.userdata = arena;
    options.max_errors = 0;
    options.fragment_context = GUMBO_TAG_DIV;
    struct buf html, text;
    buf_init(&html, 4 * len + 64);
    escape_brackets(&html, kept);
    const GumboOutput *output = gumbo_parse_with_options(&options, html.data, html.len);
    buf_init(&text, 4 * len + 64);
    for (const GumboNode *node = output->root; node != NULL;
         node = next_node(&text, node, output->root)) {
        add_node(&text, node);
    }
    *text_len = text.len;
    const char *copy = arena_copy_bytes(arena, text.data, text.len);
    buf_free(&text);
    buf_free(&html);
    return copy;
}
