/* The sample file of `init`: the table, section by section, with comments. */
#include <stdio.h>
#include <string.h>

#include "settings/table.h"

enum { SAMPLE_WIDTH = 78 };

/* Writes a comment, wrapped at SAMPLE_WIDTH columns, after `indent`. */
static void add_comment(struct buf *out, const char *indent, const char *text)
{
    size_t column = 0;
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        if (column == 0 || column + 1 + len > SAMPLE_WIDTH) {
            buf_addf(out, "%s%s# %.*s", column > 0 ? "\n" : "", indent, (int)len, text);
            column = strlen(indent) + 2 + len;
        } else {
            buf_addf(out, " %.*s", (int)len, text);
            column += 1 + len;
        }
        text += len + (text[len] == ' ');
    }
    buf_add_char(out, '\n');
}

/* The sample is written as in the file, so it may have quotes, which the default has not. */
static bool sample_is_default(const struct setting_spec *spec)
{
    size_t len = strlen(spec->initial);
    const char *sample = spec->sample + (spec->sample[0] == '\'');
    return len > 0 && strncmp(sample, spec->initial, len) == 0 &&
           (sample[len] == '\0' || strcmp(sample + len, "'") == 0);
}

static void add_setting(struct buf *out, const struct setting_spec *spec, const char *indent,
                        bool open)
{
    struct arena arena = {0};
    const char *kind = spec->needed              ? ""
                       : sample_is_default(spec) ? " (default)"
                       : spec->initial[0] != '\0'
                           ? arena_format(&arena, " (example; default: %s)", spec->initial)
                           : " (example; not set by default)";
    add_comment(out, indent, arena_format(&arena, "%s%s", spec->purpose, kind));
    arena_free(&arena);
    buf_addf(out, "%s%s%s = %s\n", indent, open ? "" : "#", spec->name, spec->sample);
}

static const char *indent_of(const char *path)
{
    static const char blanks[] = "            ";
    size_t deep = path[0] != '\0';
    for (const char *c = path; *c != '\0'; c++) {
        deep += *c == '.';
    }
    return blanks + sizeof blanks - 1 - 4 * deep;
}

static bool stands_in(const char *path, const char *outer)
{
    size_t len = strlen(outer);
    return len == 0 || (strncmp(path, outer, len) == 0 && (path[len] == '.' || path[len] == '\0'));
}

/* A named section is an example, so all of it is commented out. */
static const char *closed_mark(const struct settings_schema *schema, const char *path)
{
    return setting_find_named(schema, path) != NULL ? "#" : "";
}

/* Ends the sections that do not contain `next`. */
static void end_sections(const struct settings_schema *schema, struct buf *out, const char *last,
                         const char *next)
{
    char open[SETTING_KEY_MAX];
    snprintf(open, sizeof open, "%s", last);
    while (!stands_in(next, open)) {
        const char *mark = closed_mark(schema, open);
        char *dot = strrchr(open, '.');
        *(dot != NULL ? dot : open) = '\0';
        buf_addf(out, "%s%s}\n", indent_of(open), mark);
    }
}

static void begin_section(const struct settings_schema *schema, struct buf *out, const char *path)
{
    const struct setting_section *section = setting_find_section(schema, path);
    const char *dot = strrchr(path, '.');
    const char *indent = dot != NULL ? indent_of("a") : "";
    add_comment(out, indent, section->purpose);
    buf_addf(out, "%s%s%s", indent, closed_mark(schema, path), dot != NULL ? dot + 1 : path);
    if (section->sample_name != NULL) {
        buf_addf(out, " '%s'", section->sample_name);
    }
    buf_add_text(out, " {\n");
}

void settings_sample_write(const struct settings_schema *schema, struct buf *out)
{
    add_comment(
        out, "",
        "Settings of the newsletter; verdicts.conf(5) explains them all. What needs a value "
        "of your own is open; what begins with # shows the default or, where it says so, an "
        "example.");
    buf_add_text(out, "#\n");
    add_comment(out, "",
                "Put quotes around everything but letters, digits and . _ / : @ % ~ - (single "
                "ones take it as it stands). Paths start at this file's folder. `verdicts config "
                "check` looks this file over, `verdicts config show` tells what is in force.");
    const char *section = "";
    for (size_t i = 0; i < schema->setting_count; i++) {
        const struct setting_spec *spec = &schema->settings[i];
        bool begins = strcmp(spec->section, section) != 0;
        if (begins) {
            end_sections(schema, out, section, spec->section);
        }
        buf_add_char(out, '\n');
        if (begins) {
            section = spec->section;
            begin_section(schema, out, section);
        }
        bool open = spec->needed && setting_find_named(schema, section) == NULL;
        add_setting(out, spec, indent_of(section), open);
    }
    end_sections(schema, out, section, "");
}

void settings_sample(struct buf *out)
{
    settings_sample_write(&settings_schema, out);
}
