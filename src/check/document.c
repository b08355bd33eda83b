#include "check/document.h"

#include <gumbo.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

enum { TEXT_MAX = 16 * 1024 * 1024 };

/* Gumbo's own tree is allocated in the arena too: it is freed with it, and never walked
 * recursively. */
static void *take_memory(void *arena, size_t size)
{
    return arena_alloc(arena, size);
}

static void leave_memory(void *arena, void *memory)
{
    (void)arena;
    (void)memory;
}

static char *small_letters(struct arena *arena, const char *text, size_t len)
{
    char *copy = arena_copy_bytes(arena, text, len);
    for (char *c = copy; *c != '\0'; c++) {
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + ('a' - 'A') : *c);
    }
    return copy;
}

static const char *element_tag(struct arena *arena, const GumboElement *element)
{
    if (element->tag != GUMBO_TAG_UNKNOWN) {
        return gumbo_normalized_tagname(element->tag);
    }
    GumboStringPiece piece = element->original_tag;
    gumbo_tag_from_original_text(&piece);
    return small_letters(arena, piece.data != NULL ? piece.data : "", piece.length);
}

static void fill_attributes(struct arena *arena, const GumboElement *element, struct node *node)
{
    struct attribute **end = &node->attributes;
    for (unsigned i = 0; i < element->attributes.length; i++) {
        const GumboAttribute *from = element->attributes.data[i];
        struct attribute *attribute = arena_alloc(arena, sizeof *attribute);
        attribute->name = small_letters(arena, from->name, strlen(from->name));
        attribute->value = from->value;
        *end = attribute;
        end = &attribute->next;
    }
}

static struct node *make_node(struct arena *arena, const GumboNode *from)
{
    struct node *node = arena_alloc(arena, sizeof *node);
    const GumboSourcePosition *at = &from->v.text.start_pos;
    node->tag = "";
    node->text = "";
    if (from->type == GUMBO_NODE_ELEMENT || from->type == GUMBO_NODE_TEMPLATE) {
        node->kind = NODE_ELEMENT;
        node->tag = element_tag(arena, &from->v.element);
        node->implied = from->v.element.original_tag.length == 0;
        fill_attributes(arena, &from->v.element, node);
        at = &from->v.element.start_pos;
    } else {
        node->kind = from->type == GUMBO_NODE_COMMENT ? NODE_COMMENT : NODE_TEXT;
        node->text = from->v.text.text;
    }
    node->line = (int)at->line > 0 ? (int)at->line : 1;
    node->column = (int)at->column > 0 ? (int)at->column : 1;
    return node;
}

static void append_node(struct node *parent, struct node *node)
{
    node->parent = parent;
    if (parent == NULL) {
        return;
    }
    if (parent->last != NULL) {
        parent->last->next = node;
    } else {
        parent->first = node;
    }
    parent->last = node;
}

static const GumboVector *children_of(const GumboNode *node)
{
    return node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE
               ? &node->v.element.children
               : &kGumboEmptyVector;
}

/* The next node of gumbo's tree in document order, by its links: no recursion, however deep a
 * document is nested. `*parent` is our node for the parent of `node` before, and for that of the
 * next node afterwards. */
static const GumboNode *gumbo_follow(const GumboNode *node, const GumboNode *root,
                                     struct node **parent)
{
    if (children_of(node)->length > 0) {
        return children_of(node)->data[0];
    }
    while (node != root) {
        const GumboVector *siblings = children_of(node->parent);
        *parent = (*parent)->parent;
        if (node->index_within_parent + 1 < siblings->length) {
            return siblings->data[node->index_within_parent + 1];
        }
        node = node->parent;
    }
    return NULL;
}

static struct node *copy_tree(struct arena *arena, const GumboNode *root)
{
    struct node *top = make_node(arena, root), *last = top, *parent = top;
    const GumboNode *from = gumbo_follow(root, root, &parent);
    while (from != NULL) {
        struct node *node = make_node(arena, from);
        append_node(parent, node);
        last->follow = node;
        last = node;
        parent = node;
        from = gumbo_follow(from, root, &parent);
    }
    return top;
}

struct node *document_parse(struct arena *arena, const char *html, size_t len)
{
    GumboOptions options = kGumboDefaultOptions;
    options.allocator = take_memory;
    options.deallocator = leave_memory;
    options.userdata = arena;
    options.max_errors = 0;
    const char *kept = arena_copy_bytes(arena, html, len);
    GumboOutput *output = gumbo_parse_with_options(&options, kept, len);
    return copy_tree(arena, output->root);
}

const char *node_attribute(const struct node *node, const char *name)
{
    for (const struct attribute *a = node->attributes; a != NULL; a = a->next) {
        if (strcmp(a->name, name) == 0) {
            return a->value;
        }
    }
    return NULL;
}

bool node_is(const struct node *node, const char *tag)
{
    return node->kind == NODE_ELEMENT && strcmp(node->tag, tag) == 0;
}

const struct node *node_within(const struct node *node, const char *tag)
{
    const struct node *around = node->parent;
    while (around != NULL && !node_is(around, tag)) {
        around = around->parent;
    }
    return around;
}

const struct node *node_after(const struct node *node)
{
    while (node != NULL && node->next == NULL) {
        node = node->parent;
    }
    return node != NULL ? node->next : NULL;
}

/* Characters that look like spaces or are invisible: no-break space, zero width joiners and
 * marks. */
static bool is_blank(uint32_t point)
{
    return point <= 0x20 || point == 0xa0 || (point >= 0x2000 && point <= 0x200f) ||
           point == 0x2028 || point == 0x2029 || point == 0xfeff || point == 0x034f;
}

static void fold_into(struct buf *out, const char *text)
{
    size_t len = strlen(text);
    for (size_t i = 0; i < len;) {
        uint32_t point;
        size_t bytes = utf8_decode(text + i, len - i, &point);
        if (!is_blank(point)) {
            buf_add(out, text + i, bytes);
        } else if (out->len > 0 && out->data[out->len - 1] != ' ') {
            buf_add_char(out, ' ');
        }
        i += bytes;
    }
}

static char *folded(struct arena *arena, struct buf *text)
{
    size_t len = text->len;
    while (len > 0 && text->data[len - 1] == ' ') {
        len--;
    }
    char *copy = arena_copy_bytes(arena, text->data, len);
    buf_free(text);
    return copy;
}

static bool breaks_line(const struct node *node)
{
    static const char *const inline_tags[] = {"a", "b",    "em", "strong", "span", "i",
                                              "u", "code", "s",  "sub",    "sup",  "small"};
    for (size_t i = 0; i < sizeof inline_tags / sizeof inline_tags[0]; i++) {
        if (node_is(node, inline_tags[i])) {
            return false;
        }
    }
    return node->kind == NODE_ELEMENT;
}

char *node_text(struct arena *arena, const struct node *node)
{
    struct buf text;
    buf_init(&text, TEXT_MAX);
    if (node->kind == NODE_TEXT) {
        fold_into(&text, node->text);
    }
    const struct node *end = node_after(node);
    for (const struct node *n = node->follow; n != NULL && n != end; n = n->follow) {
        if (n->kind == NODE_TEXT) {
            fold_into(&text, n->text);
        } else if (breaks_line(n)) {
            fold_into(&text, " ");
        }
    }
    return folded(arena, &text);
}

char *document_fold(struct arena *arena, const char *source)
{
    struct buf text;
    buf_init(&text, TEXT_MAX);
    fold_into(&text, source);
    return folded(arena, &text);
}

bool document_has_word(const char *list, const char *word)
{
    size_t len = strlen(word);
    for (const char *c = list; *c != '\0';) {
        size_t run = strcspn(c, " \t\n\r\f");
        if (run == len && memcmp(c, word, len) == 0) {
            return true;
        }
        c += run;
        c += strspn(c, " \t\n\r\f");
    }
    return false;
}
