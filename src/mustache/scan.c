#include "mustache/scan.h"

#include <string.h>

#include "base/utf8.h"

bool scanner_at_line_start(const struct scanner *s, size_t at)
{
    return at == 0 || s->text[at - 1] == '\n';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

bool scan_is_space(char c)
{
    return is_blank(c) || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

struct span scan_trim(const char *text, size_t len)
{
    while (len > 0 && scan_is_space(text[0])) {
        text++;
        len--;
    }
    while (len > 0 && scan_is_space(text[len - 1])) {
        len--;
    }
    return (struct span){text, len};
}

/* Finds whether the tag is the first and the last thing on its line. */
static void tag_measure_line(const struct scanner *s, struct tag *tag)
{
    size_t lead = tag->start;
    while (lead > 0 && is_blank(s->text[lead - 1])) {
        lead--;
    }
    tag->clean = scanner_at_line_start(s, lead);
    tag->lead = tag->clean ? lead : tag->start;

    size_t after = tag->stop;
    while (after < s->len && is_blank(s->text[after])) {
        after++;
    }
    if (after < s->len && s->text[after] == '\r' && after + 1 < s->len &&
        s->text[after + 1] == '\n') {
        after++;
    }
    tag->ends = after == s->len || s->text[after] == '\n';
    tag->after = !tag->ends ? tag->stop : after == s->len ? after : after + 1;
}

/* Reads the tag that begins at `start`. */
static bool tag_read(struct scanner *s, size_t start, struct tag *tag)
{
    size_t content = start + strlen(s->open);
    char sigil = content < s->len ? s->text[content] : '\0';
    if (sigil == '\0' || strchr("#^/>!=&{<$", sigil) == NULL) {
        sigil = '\0';
    } else {
        content++;
    }
    char close[DELIMITER_MAX + 2] = {sigil == '{' ? '}' : '='};
    bool longer = sigil == '{' || sigil == '=';
    memcpy(close + (longer ? 1 : 0), s->close, strlen(s->close) + 1);
    const char *end = memmem(s->text + content, s->len - content, close, strlen(close));
    if (end == NULL) {
        return mustache_fail(s->unit, (uint32_t)start, s->why,
                             "a tag is opened with %s%.*s and never closed with %s", s->open,
                             sigil != '\0', &sigil, close);
    }
    tag->sigil = sigil;
    tag->name = scan_trim(s->text + content, (size_t)(end - s->text) - content);
    tag->start = start;
    tag->stop = (size_t)(end - s->text) + strlen(close);
    tag_measure_line(s, tag);
    return true;
}

static bool delimiter_set(char out[DELIMITER_MAX + 1], struct span from)
{
    if (from.len == 0 || from.len > DELIMITER_MAX || memchr(from.text, '\0', from.len) != NULL) {
        return false;
    }
    memcpy(out, from.text, from.len);
    out[from.len] = '\0';
    return true;
}

/* {{=<% %>=}}: two runs of characters other than white space and "=". */
bool scanner_set_delimiters(struct scanner *s, const struct tag *tag)
{
    struct span both = tag->name;
    size_t split = 0;
    while (split < both.len && !scan_is_space(both.text[split])) {
        split++;
    }
    struct span close = scan_trim(both.text + split, both.len - split);
    bool fine = memchr(both.text, '=', both.len) == NULL;
    for (size_t i = 0; i < close.len; i++) {
        fine = fine && !scan_is_space(close.text[i]);
    }
    if (!fine || !delimiter_set(s->open, (struct span){both.text, split}) ||
        !delimiter_set(s->close, close)) {
        return mustache_fail(s->unit, (uint32_t)tag->start, s->why,
                             "new delimiters are written as {{=<%% %%>=}}: two runs of at most %d "
                             "characters, without \"=\", with a space between",
                             DELIMITER_MAX);
    }
    return true;
}

bool scanner_init(struct scanner *s, struct unit *unit, struct failure *why)
{
    if (unit->text.len >= 3 && memcmp(unit->text.text, "\xEF\xBB\xBF", 3) == 0) {
        unit->text.text += 3;
        unit->text.len -= 3;
    }
    *s = (struct scanner){.unit = unit,
                          .why = why,
                          .text = unit->text.text,
                          .len = unit->text.len,
                          .open = "{{",
                          .close = "}}"};
    if (s->len > MUSTACHE_TEXT_MAX) {
        return fail(why, FAILURE_DATA, "%s: a template may have at most %d bytes, this has %zu",
                    unit->path, MUSTACHE_TEXT_MAX, s->len);
    }
    size_t bad_at = 0;
    if (!utf8_valid(s->text, s->len, &bad_at)) {
        return mustache_fail(unit, (uint32_t)bad_at, why, "not UTF-8");
    }
    const char *nul = s->len > 0 ? memchr(s->text, '\0', s->len) : NULL;
    if (nul != NULL) {
        return mustache_fail(unit, (uint32_t)(nul - s->text), why,
                             "a NUL byte; the file was damaged or is no text");
    }
    return true;
}

bool scanner_next(struct scanner *s, size_t at, struct tag *tag, bool *found)
{
    const char *next = memmem(s->text + at, s->len - at, s->open, strlen(s->open));
    *found = next != NULL;
    return next == NULL || tag_read(s, (size_t)(next - s->text), tag);
}
