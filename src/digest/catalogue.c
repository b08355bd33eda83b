#include "digest/catalogue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

enum { TEXT_MAX = 64 * 1024 };

/* The keyword that the following strings continue. */
enum part { PART_NONE, PART_CONTEXT, PART_ID, PART_ID_PLURAL, PART_TEXT };

/* One entry while it is being read. */
struct entry {
    char *context, *id, *id_plural; /* NULL: not given */
    char *texts[PLURAL_FORMS_MAX];
    bool fuzzy;
};

struct po_reader {
    struct arena *arena;
    const char *path;
    size_t line;
    enum part part;
    unsigned form; /* plural form, for PART_TEXT */
    struct entry entry;
    struct catalogue *catalogue;
    size_t room;
    bool proven; /* the build's tests have checked the whole file */
};

static bool complain(const struct po_reader *reading, const char *what, struct failure *why)
{
    return fail(why, FAILURE_DATA, "%s:%zu: %s", reading->path, reading->line, what);
}

/* The bytes of a quoted string, with its escapes resolved; NULL if it is not one. */
static char *read_string(struct arena *arena, const char *at, size_t len)
{
    if (len < 2 || at[0] != '"' || at[len - 1] != '"') {
        return NULL;
    }
    char *text = arena_alloc(arena, len);
    size_t used = 0;
    for (size_t i = 1; i + 1 < len; i++) {
        if (at[i] == '\\') {
            i++;
            text[used++] = at[i] == 'n' ? '\n' : at[i] == 't' ? '\t' : at[i];
        } else if (at[i] == '"') {
            return NULL;
        } else {
            text[used++] = at[i];
        }
    }
    return text;
}

static char **place_of(struct po_reader *reading)
{
    struct entry *entry = &reading->entry;
    switch (reading->part) {
    case PART_CONTEXT:
        return &entry->context;
    case PART_ID:
        return &entry->id;
    case PART_ID_PLURAL:
        return &entry->id_plural;
    case PART_TEXT:
        return &entry->texts[reading->form];
    case PART_NONE:
        break;
    }
    return NULL;
}

static bool add_string(struct po_reader *reading, const char *at, size_t len, struct failure *why)
{
    char *text = read_string(reading->arena, at, len);
    char **place = place_of(reading);
    if (text == NULL || place == NULL) {
        return complain(reading,
                        "this is neither a keyword with a \"string\" nor a string that "
                        "goes on; see the manual of gettext on PO files",
                        why);
    }
    *place = *place == NULL ? text : arena_format(reading->arena, "%s%s", *place, text);
    return true;
}

/* The value of a field in the PO header, up to the line end; "" if it has none. */
static const char *header_field(struct arena *arena, const char *header, const char *name)
{
    const char *line = strstr(header, name);
    const char *value = line != NULL ? line + strlen(name) : "";
    value += strspn(value, " ");
    return arena_copy_bytes(arena, value, strcspn(value, "\n"));
}

static bool read_header(struct po_reader *reading, const char *header, struct failure *why)
{
    const char *plural = strstr(header, "Plural-Forms:");
    if (plural == NULL) {
        return complain(reading, "the header above has no Plural-Forms", why);
    }
    bool rtl = strcmp(header_field(reading->arena, header, "\nX-Direction:"), "rtl") == 0;
    reading->catalogue->language = header_field(reading->arena, header, "\nLanguage:");
    reading->catalogue->direction = rtl ? "rtl" : "ltr";
    bool good = plural_read(plural, &reading->catalogue->plural, why) &&
                (reading->proven || plural_check(&reading->catalogue->plural, why));
    return good || fail_context(why, "%s:%zu", reading->path, reading->line);
}

static const char *text_or(const char *text, const char *id)
{
    return text != NULL && *text != '\0' ? text : id;
}

static const struct message *find(const struct catalogue *catalogue, const char *id)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        if (strcmp(catalogue->messages[i].id, id) == 0) {
            return &catalogue->messages[i];
        }
    }
    return NULL;
}

static void add_message(struct po_reader *reading)
{
    const struct entry *entry = &reading->entry;
    struct catalogue *catalogue = reading->catalogue;
    catalogue->messages = arena_more(reading->arena, catalogue->messages, catalogue->count,
                                     &reading->room, sizeof *catalogue->messages);
    struct message *message = &catalogue->messages[catalogue->count++];
    *message = (struct message){.id = entry->context, .plural = entry->id_plural != NULL};
    for (unsigned form = 0; form < PLURAL_FORMS_MAX; form++) {
        const char *id = form > 0 && message->plural ? entry->id_plural : entry->id;
        message->texts[form] = text_or(entry->texts[form], id);
    }
}

/* Called at an empty line, at a new entry and at the end. */
static bool end_entry(struct po_reader *reading, struct failure *why)
{
    const struct entry *entry = &reading->entry;
    bool good = true;
    if (entry->id != NULL && entry->context == NULL && *entry->id == '\0') {
        good = read_header(reading, text_or(entry->texts[0], ""), why);
    } else if (entry->id != NULL && !entry->fuzzy) {
        if (entry->context == NULL) {
            return complain(reading, "the entry above has no msgctxt; every message has one", why);
        }
        if (!reading->proven && find(reading->catalogue, entry->context) != NULL) {
            return complain(reading, "the msgctxt above stands a second time", why);
        }
        add_message(reading);
    }
    reading->entry = (struct entry){0};
    reading->part = PART_NONE;
    return good;
}

static bool begins(const char *line, size_t len, const char *word)
{
    return len >= strlen(word) && strncmp(line, word, strlen(word)) == 0;
}

/* The keyword that begins the line, and its length; 0 for none. */
static size_t read_keyword(struct po_reader *reading, const char *line, size_t len)
{
    static const struct {
        const char *word;
        enum part part;
    } words[] = {{"msgctxt ", PART_CONTEXT},
                 {"msgid_plural ", PART_ID_PLURAL},
                 {"msgid ", PART_ID},
                 {"msgstr ", PART_TEXT}};
    reading->form = 0;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (begins(line, len, words[i].word)) {
            reading->part = words[i].part;
            return strlen(words[i].word);
        }
    }
    size_t form = strlen("msgstr[");
    if (begins(line, len, "msgstr[") && len > form + 3 && line[form] >= '0' &&
        line[form] < '0' + PLURAL_FORMS_MAX && line[form + 1] == ']') {
        reading->part = PART_TEXT;
        reading->form = (unsigned)(line[form] - '0');
        return form + 3;
    }
    return 0;
}

static bool read_line(struct po_reader *reading, const char *line, size_t len, struct failure *why)
{
    if (len == 0) {
        return end_entry(reading, why);
    }
    if (*line == '#') {
        reading->entry.fuzzy = reading->entry.fuzzy ||
                               (begins(line, len, "#,") && memmem(line, len, "fuzzy", 5) != NULL);
        return true;
    }
    bool goes_on = *line == '"';
    size_t keyword = goes_on ? 0 : read_keyword(reading, line, len);
    if (keyword == 0 && !goes_on) {
        reading->part = PART_NONE;
    }
    return add_string(reading, line + keyword, len - keyword, why);
}

static bool read_lines(struct po_reader *reading, const char *text, struct failure *why)
{
    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        reading->line++;
        if (!read_line(reading, text, len - (len > 0 && text[len - 1] == '\r'), why)) {
            return false;
        }
        text += len + (text[len] == '\n');
    }
    if (!end_entry(reading, why)) {
        return false;
    }
    return reading->catalogue->plural.forms > 0 ||
           complain(reading, "the file has no header with Plural-Forms", why);
}

bool catalogue_read(struct arena *arena, const char *path, const char *text,
                    struct catalogue *catalogue, struct failure *why)
{
    *catalogue = (struct catalogue){.language = "", .direction = "ltr"};
    struct po_reader reading = {.arena = arena, .path = path, .catalogue = catalogue};
    return read_lines(&reading, text, why);
}

extern const char embedded_catalogue_en[];

const struct catalogue *catalogue_english(struct arena *arena)
{
    struct failure why = {0};
    struct catalogue *catalogue = arena_alloc(arena, sizeof *catalogue);
    struct po_reader reading = {
        .arena = arena, .path = "en.po", .catalogue = catalogue, .proven = true};
    bool good = read_lines(&reading, embedded_catalogue_en, &why);
    assert(good);
    return catalogue;
}

const char *catalogue_text(const struct catalogue *catalogue, const char *id, uint64_t number)
{
    const struct message *message = find(catalogue, id);
    assert(message != NULL);
    return message->texts[message->plural ? plural_form(&catalogue->plural, number) : 0];
}
