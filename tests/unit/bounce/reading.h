/* Helpers of the bounce tests: messages read in this process, without the sandbox. */
#ifndef READING_H
#define READING_H

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "bounce/classify.h"
#include "bounce/parse.h"

struct reading {
    struct arena arena; /* lives as long as the test */
    struct charsets *charsets;
};

static inline void reading_open(struct reading *reading)
{
    *reading = (struct reading){0};
    reading->charsets = charsets_open(&reading->arena);
}

static inline void reading_close(struct reading *reading)
{
    charsets_close(reading->charsets);
    arena_free(&reading->arena);
}

static inline void reading_message(struct reading *reading, const char *bytes, size_t len,
                                   struct bounce_report *report)
{
    struct arena arena = {0};
    struct split *split = arena_alloc(&arena, sizeof *split);
    parse_message(&arena, reading->charsets, bytes, len, split);
    classify(&arena, split, report);
    arena_free(&arena);
}

/* False if there is no such file. */
static inline bool reading_file(struct reading *reading, const char *path,
                                struct bounce_report *report)
{
    struct buf bytes;
    struct failure why = {0};
    buf_init(&bytes, 1024 * 1024);
    bool found = file_read(path, 1024 * 1024, &bytes, &why);
    if (found) {
        reading_message(reading, bytes.data, bytes.len, report);
    }
    buf_free(&bytes);
    return found;
}

/* A line "file TAB class TAB recipients" of a table of labels; comments are skipped. */
struct label {
    char file[120], class[40], recipients[400];
};

static inline bool label_next(FILE *table, struct label *label)
{
    char line[700];
    while (fgets(line, sizeof line, table) != NULL) {
        if (line[0] != '#' && sscanf(line, "%119[^\t]\t%39[^\t]\t%399[^\n]", label->file,
                                     label->class, label->recipients) == 3) {
            return true;
        }
    }
    return false;
}

/* "a@example.org,b@example.org", "-" for none. */
static inline void reading_recipients(const struct bounce_report *report, char out[400])
{
    size_t used = 0;
    out[0] = '-';
    out[1] = '\0';
    for (size_t i = 0; i < report->recipient_count && used + 260 < 400; i++) {
        used += (size_t)snprintf(out + used, 400 - used, "%s%s", i > 0 ? "," : "",
                                 report->recipients[i].address);
    }
}

#endif
