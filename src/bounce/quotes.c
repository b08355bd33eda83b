#include "bounce/quotes.h"

#include <string.h>
#include <strings.h>

enum { SUBJECT_LEAST = 12 };

/* "> text", but not ">>> RCPT To:<…>" of a transcript. */
static bool is_quoted(const char *line, size_t len)
{
    return line[0] == '>' && !(len > 2 && line[1] == '>' && line[2] == '>');
}

static bool gives_subject(const char *line, size_t len)
{
    static const char *const names[] = {
        "Subject:", "Betreff:",   "Objet:", "Objet :", "Asunto:", "Oggetto:",
        "Assunto:", "Onderwerp:", "Temat:", "Ämne:",   "Emne:",   "Aihe:",
        "Předmět:", "Tárgy:",     "Konu:",  "Тема:",   "件名:",   "件名：",
        "主题:",    "主题：",     "主旨:",  "主旨：",  "제목:",   NULL};
    size_t blank = strspn(line, " \t*");
    for (size_t i = 0; names[i] != NULL && blank < len; i++) {
        if (strncasecmp(line + blank, names[i], strlen(names[i])) == 0) {
            return true;
        }
    }
    return false;
}

void quotes_blank(struct arena *arena, struct signs_text *body)
{
    char *said = arena_copy_bytes(arena, body->text, body->len);
    for (size_t at = 0; at < body->len;) {
        const char *end = memchr(said + at, '\n', body->len - at);
        size_t len = end == NULL ? body->len - at : (size_t)(end - (said + at));
        if (is_quoted(said + at, len) || gives_subject(said + at, len)) {
            memset(said + at, ' ', len);
        }
        at += len + 1;
    }
    body->said = said;
}

void quotes_take(struct arena *arena, struct signs_text *body, const char *subject)
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
