#include "digest/isolate.h"

#include <string.h>
#include <strings.h>

#include "base/utf8.h"

enum { TAG_MAX = 64 * 1024 };

char *isolate_name(struct arena *arena, const char *name)
{
    return *name == '\0' ? arena_copy(arena, "")
                         : arena_format(arena, ISOLATE_OPEN "%s" ISOLATE_CLOSE, name);
}

/* Whether the name is a word by itself: the bytes around it are no part of a word. */
static bool stands_alone(const char *text, const char *at, size_t len)
{
    bool before = at == text || strchr(" (\"'", at[-1]) != NULL;
    return before && (at[len] == '\0' || strchr(" ,.:;?!)\"'", at[len]) != NULL);
}

char *isolate_within(struct arena *arena, const char *text, const char *name)
{
    size_t len = strlen(name);
    char *done = arena_copy(arena, "");
    const char *rest = text, *at = text;
    while (len > 0 && (at = strstr(at, name)) != NULL) {
        if (stands_alone(text, at, len)) {
            done = arena_format(arena, "%s%.*s" ISOLATE_OPEN "%s" ISOLATE_CLOSE, done,
                                (int)(at - rest), rest, name);
            rest = at + len;
        }
        at += len;
    }
    return arena_format(arena, "%s%s", done, rest);
}

static bool has_rtl(const char *text)
{
    for (size_t at = 0, len = strlen(text); at < len;) {
        uint32_t point;
        at += utf8_decode(text + at, len - at, &point);
        if (utf8_is_rtl(point)) {
            return true;
        }
    }
    return false;
}

static char *without_isolates(struct arena *arena, const char *text)
{
    size_t used = 0;
    char *plain = arena_copy(arena, text);
    for (const char *at = text; *at != '\0';) {
        bool isolate = strncmp(at, ISOLATE_OPEN, ISOLATE_BYTES) == 0 ||
                       strncmp(at, ISOLATE_CLOSE, ISOLATE_BYTES) == 0;
        if (!isolate) {
            plain[used++] = *at;
        }
        at += isolate ? ISOLATE_BYTES : 1;
    }
    plain[used] = '\0';
    return plain;
}

char *isolate_finish(struct arena *arena, const char *text)
{
    bool marked = strstr(text, ISOLATE_OPEN) != NULL;
    if (!has_rtl(text)) {
        return marked ? without_isolates(arena, text) : arena_copy(arena, text);
    }
    return marked || strstr(text, "://") != NULL ? arena_copy(arena, text)
                                                 : isolate_name(arena, text);
}

void isolate_finish_all(struct arena *arena, struct value *tree)
{
    if (tree->kind == VALUE_TEXT && memchr(tree->text, '\0', tree->len) == NULL) {
        tree->text = isolate_finish(arena, tree->text);
        tree->len = strlen(tree->text);
    }
    for (struct value *child = tree->first; child != NULL; child = child->next) {
        isolate_finish_all(arena, child);
    }
}

/* --- in HTML --- */

/* The state of scanning HTML. */
struct html_position {
    struct buf tag;  /* the tag or comment so far; empty in text */
    char quote;      /* of the attribute value that is being read; 0: none */
    char raw[16];    /* the element whose content is not markup; "": none */
    char hidden[16]; /* the outermost element that is not displayed; "": none */
    int depth;       /* nesting of elements with that name, itself included */
};

/* The name in "<name …" or "</name …". */
static void tag_name(const char *tag, char name[16])
{
    tag += tag[1] == '/' ? 2 : 1;
    size_t len = strcspn(tag, " \t\r\n/>");
    len = len < 15 ? len : 15;
    memcpy(name, tag, len);
    name[len] = '\0';
}

static bool is_one_of(const char *name, const char *const *names)
{
    while (*names != NULL && strcasecmp(name, *names) != 0) {
        names++;
    }
    return *names != NULL;
}

static void tag_open(struct html_position *place, const char *name)
{
    static const char *const raw[] = {"title", "style", "script", "textarea", NULL};
    static const char *const empty[] = {"img",  "br",     "hr",    "input", "meta",
                                        "link", "source", "embed", "col",   NULL};
    const char *tag = place->tag.data;
    bool hides =
        strcasestr(tag, "display:none") != NULL || strcasestr(tag, "display: none") != NULL;
    if (is_one_of(name, raw)) {
        memcpy(place->raw, name, sizeof place->raw);
    } else if (place->depth > 0) {
        place->depth += strcasecmp(name, place->hidden) == 0;
    } else if (hides && !is_one_of(name, empty)) {
        memcpy(place->hidden, name, sizeof place->hidden);
        place->depth = 1;
    }
}

static void tag_end(struct html_position *place)
{
    char name[16];
    tag_name(place->tag.data, name);
    bool closing = place->tag.data[1] == '/';
    if (place->raw[0] != '\0') {
        if (closing && strcasecmp(name, place->raw) == 0) {
            place->raw[0] = '\0';
        }
    } else if (!closing) {
        tag_open(place, name);
    } else if (place->depth > 0 && strcasecmp(name, place->hidden) == 0) {
        place->depth--;
    }
    buf_reset(&place->tag);
    place->quote = '\0';
}

static void tag_byte(struct html_position *place, char c)
{
    struct buf *tag = &place->tag;
    buf_add_char(tag, c);
    if (strncmp(tag->data, "<!--", 4) == 0) {
        if (tag->len >= 7 && memcmp(tag->data + tag->len - 3, "-->", 3) == 0) {
            buf_reset(tag);
            place->quote = '\0';
        }
    } else if (place->quote != '\0') {
        place->quote = c == place->quote ? '\0' : place->quote;
    } else if (c == '"' || c == '\'') {
        place->quote = c;
    } else if (c == '>') {
        tag_end(place);
    }
}

static bool begins_tag(const struct html_position *place, char next)
{
    bool letter = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
    return next == '/' || (place->raw[0] == '\0' && (letter || next == '!' || next == '?'));
}

/* The element that replaces the isolate at `at`; NULL if it is kept. */
static const char *element_of(const struct html_position *place, const char *at, size_t left)
{
    if (left < ISOLATE_BYTES || place->raw[0] != '\0' || place->depth > 0) {
        return NULL;
    }
    return memcmp(at, ISOLATE_OPEN, ISOLATE_BYTES) == 0    ? "<bdi>"
           : memcmp(at, ISOLATE_CLOSE, ISOLATE_BYTES) == 0 ? "</bdi>"
                                                           : NULL;
}

static void place_literal(struct html_position *place, const char *bytes, size_t len,
                          struct residual *out)
{
    size_t done = 0;
    for (size_t at = 0; at < len; at++) {
        const char *element;
        if (place->tag.len > 0 ||
            (bytes[at] == '<' && begins_tag(place, at + 1 < len ? bytes[at + 1] : '/'))) {
            tag_byte(place, bytes[at]);
        } else if ((element = element_of(place, bytes + at, len - at)) != NULL) {
            residual_add_literal(out, bytes + done, at - done);
            residual_add_literal(out, element, strlen(element));
            done = at + ISOLATE_BYTES;
            at = done - 1;
        }
    }
    residual_add_literal(out, bytes + done, len - done);
}

void isolate_html(const struct residual *in, struct residual *out)
{
    struct html_position place = {0};
    bool any = memmem(in->text.data, in->text.len, ISOLATE_OPEN, ISOLATE_BYTES) != NULL;
    buf_init(&place.tag, TAG_MAX);
    for (size_t i = 0; i < in->count; i++) {
        const struct residual_op *op = &in->ops[i];
        if (any && op->kind == RESIDUAL_LITERAL) {
            place_literal(&place, in->text.data + op->offset, op->len, out);
        } else {
            residual_add_op(out, in, op);
        }
    }
    out->overflow = out->overflow || in->overflow;
    buf_free(&place.tag);
}
