#include "bounce/quotes.h"

#include <string.h>

#include "base/fold.h"
#include "bounce/words.h"

enum { SUBJECT_LEAST = 12, FIELD_NAME = 40 };

/* "> text", but not the ">>> RCPT To:<…>" of a transcript. */
static bool is_quoted(const char *line, size_t len)
{
    return line[0] == '>' && !(len > 2 && line[1] == '>' && line[2] == '>');
}

/* "Betreff: …", in any language; the colon may be a full-width one. */
static bool gives_subject(struct arena *arena, const char *line, size_t len)
{
    size_t blank = strspn(line, " \t*");
    if (blank >= len) {
        return false;
    }
    size_t read = len - blank < FIELD_NAME ? len - blank : FIELD_NAME;
    bool named = memchr(line + blank, ':', read) != NULL ||
                 memmem(line + blank, read, "：", strlen("：")) != NULL;
    return named &&
           words_say(MEANING_SUBJECT_FIELD, fold_text(arena, line + blank, read, FIELD_NAME));
}

void quotes_blank(struct arena *arena, struct evidence_text *body)
{
    char *said = arena_copy_bytes(arena, body->text, body->len);
    for (size_t at = 0; at < body->len;) {
        const char *end = memchr(said + at, '\n', body->len - at);
        size_t len = end == NULL ? body->len - at : (size_t)(end - (said + at));
        if (is_quoted(said + at, len) || gives_subject(arena, said + at, len)) {
            memset(said + at, ' ', len);
        }
        at += len + 1;
    }
    body->said = said;
}

void quotes_take(struct arena *arena, struct evidence_text *body, const char *subject)
{
    size_t len = strlen(subject);
    if (len < SUBJECT_LEAST || memmem(body->said, body->len, subject, len) == NULL) {
        return;
    }
    char *said = arena_copy_bytes(arena, body->said, body->len);
    for (char *at = strstr(said, subject); at != NULL; at = strstr(at + len, subject)) {
        memset(at, ' ', len);
    }
    body->said = said;
}
