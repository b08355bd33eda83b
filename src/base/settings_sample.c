/* The sample file of `init`: the table, section by section, with comments. */
#include <string.h>

#include "base/settings_table.h"

enum { SAMPLE_WIDTH = 78 };

/* A comment wrapped at SAMPLE_WIDTH columns behind `indent`. */
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

/* The sample is written as in the file: maybe in quotes. */
static bool sample_is_default(const struct setting_spec *spec)
{
    size_t len = strlen(spec->initial);
    const char *sample = spec->sample + (spec->sample[0] == '\'');
    return len > 0 && strncmp(sample, spec->initial, len) == 0 &&
           (sample[len] == '\0' || strcmp(sample + len, "'") == 0);
}

static void add_setting(struct buf *out, const struct setting_spec *spec)
{
    const char *indent = spec->section[0] != '\0' ? "    " : "";
    struct arena arena = {0};
    const char *kind = spec->needed              ? ""
                       : sample_is_default(spec) ? " (default)"
                       : spec->initial[0] != '\0'
                           ? arena_format(&arena, " (example; default: %s)", spec->initial)
                           : " (example; not set by default)";
    add_comment(out, indent, arena_format(&arena, "%s%s", spec->purpose, kind));
    arena_free(&arena);
    buf_addf(out, "%s%s%s = %s\n", indent, spec->needed ? "" : "#", spec->name, spec->sample);
}

void settings_sample(struct buf *out)
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
    for (size_t i = 0; i < settings_table_count; i++) {
        const struct setting_spec *spec = &settings_table[i];
        bool begins = strcmp(spec->section, section) != 0;
        if (begins) {
            buf_add_text(out, section[0] != '\0' ? "}\n" : "");
            section = spec->section;
        }
        buf_add_char(out, '\n');
        if (begins) {
            add_comment(out, "", settings_section_purpose(section));
            buf_addf(out, "%s {\n", section);
        }
        add_setting(out, spec);
    }
    buf_add_text(out, "}\n");
}
