/* Writes the list as a file: CSV with libcsv, or JSON, one person after the other in constant
 * memory. */
#include <csv.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "subscribers/list_private.h"

enum { PERSON_MAX = 256 * 1024 };

struct export
{
    FILE *out;
    enum list_format format;
    struct arena arena; /* for one person */
    struct buf text;
    bool any;
};

bool list_is_formula(const char *cell)
{
    char first = cell[strspn(cell, "'")];
    return first != '\0' && strchr("=+-@\t\r", first) != NULL;
}

void list_write_cell(FILE *out, const char *text, const char *end)
{
    if (list_is_formula(text)) {
        fputs("\"'", out);
        /* csv_fwrite() would add an opening mark; only the text's own marks must be doubled. */
        for (const char *c = text; *c != '\0'; c++) {
            fputs(*c == '"' ? "\"\"" : (char[]){*c, '\0'}, out);
        }
        fputc('"', out);
    } else {
        csv_fwrite(out, text, strlen(text));
    }
    fputs(end, out);
}

/* Quotes a topic if list_topics() would not read it as one. */
static const char *topic_in_words(struct arena *arena, const char *topic)
{
    if (topic[0] != '"' && strpbrk(topic, ",;") == NULL) {
        return topic;
    }
    char *quoted = arena_alloc(arena, 2 * strlen(topic) + 3);
    size_t used = 0;
    quoted[used++] = '"';
    for (; *topic != '\0'; topic++) {
        quoted[used++] = *topic;
        if (*topic == '"') {
            quoted[used++] = '"';
        }
    }
    quoted[used] = '"';
    return quoted;
}

const char *list_topics_in_words(struct arena *arena, const char *topics)
{
    const char *words = "";
    while (*topics != '\0') {
        size_t len = strcspn(topics, "\n");
        const char *topic = topic_in_words(arena, arena_copy_bytes(arena, topics, len));
        words = arena_format(arena, "%s%s%s", words, words[0] != '\0' ? ", " : "", topic);
        topics += len + (topics[len] != '\0');
    }
    return words;
}

static const char *time_or_empty(struct arena *arena, int64_t instant)
{
    char text[CLOCK_TEXT] = "";
    if (instant != 0) {
        clock_format(instant, text);
    }
    return arena_copy(arena, text);
}

static void write_csv(struct export *export, const struct subscriber *person)
{
    struct arena *arena = &export->arena;
    list_write_cell(export->out, person->address, ",");
    list_write_cell(export->out, person->name, ",");
    list_write_cell(export->out, list_topics_in_words(arena, person->topics), ",");
    list_write_cell(export->out, subscriber_status_name(person->status), ",");
    list_write_cell(export->out, time_or_empty(arena, person->created_at), ",");
    list_write_cell(export->out, time_or_empty(arena, person->confirmed_at), ",");
    list_write_cell(export->out, time_or_empty(arena, person->left_at), ",");
    list_write_cell(export->out, person->left_reason != NULL ? person->left_reason : "", "\r\n");
}

static void set_time(struct arena *arena, struct value *object, const char *name, int64_t instant)
{
    value_set_text(arena, object, name, instant != 0 ? time_or_empty(arena, instant) : NULL);
}

static void write_json(struct export *export, const struct subscriber *person)
{
    struct arena *arena = &export->arena;
    struct value *object = value_object(arena);
    value_set_text(arena, object, "address", person->address);
    value_set_text(arena, object, "name", person->name);
    value_set(arena, object, "topics", value_lines(arena, person->topics));
    value_set_text(arena, object, "status", subscriber_status_name(person->status));
    set_time(arena, object, "created_at", person->created_at);
    set_time(arena, object, "confirmed_at", person->confirmed_at);
    set_time(arena, object, "left_at", person->left_at);
    value_set_text(arena, object, "left_reason", person->left_reason);
    buf_reset(&export->text);
    json_write(&export->text, object, JSON_COMPACT);
    fprintf(export->out, "%s%s", export->any ? ",\n" : "\n", export->text.data);
}

/* Nothing is left to export of somebody who was erased. */
static bool write_person(void *context, const struct subscriber *person, struct failure *why)
{
    struct export *export = context;
    if (person->status == SUBSCRIBER_FORGOTTEN) {
        return true;
    }
    if (export->format == LIST_CSV) {
        write_csv(export, person);
    } else {
        write_json(export, person);
    }
    export->any = true;
    arena_reset(&export->arena);
    return !ferror(export->out) || fail_errno(why, FAILURE_IO, "cannot write the list");
}

bool list_export(struct store *store, enum list_format format, const enum subscriber_status *status,
                 FILE *out, struct failure *why)
{
    struct export export = {.out = out, .format = format};
    buf_init(&export.text, PERSON_MAX);
    fputs(format == LIST_CSV
              ? "email,name,topics,status,created_at,confirmed_at,left_at,left_reason\r\n"
              : "[",
          out);
    bool good = subscriber_each(store, status, write_person, &export, why);
    if (good && format == LIST_JSON) {
        fputs(export.any ? "\n]\n" : "]\n", out);
    }
    if (good && fflush(out) != 0) {
        good = fail_errno(why, FAILURE_IO, "cannot write the list");
    }
    buf_free(&export.text);
    arena_free(&export.arena);
    return good;
}
