/* `preview`: shows the issue as readers get it, made by the same renderer and copy maker that send
 * it: as a page in the browser, or as files. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "cmd/common.h"
#include "cmd/preview_page.h"
#include "cmd/select_issue.h"
#include "cmd/verbs.h"
#include "issue/examine.h"
#include "preview/sheet.h"

enum preview_option {
    PREVIEW_OUT,
    PREVIEW_ISSUE,
    PREVIEW_WEEK,
    PREVIEW_ANEW,
    PREVIEW_READER,
    PREVIEW_LISTEN,
    PREVIEW_EVERYWHERE
};

static const struct option_spec preview_options[] = {
    [PREVIEW_OUT] = {"out", 0, "DIR", "write the issue as files there", false},
    [PREVIEW_ISSUE] = {"issue", 0, "N", "that issue instead of the one that is due, or next",
                       false},
    [PREVIEW_WEEK] = {"week", 0, "YYYY-Www", "that ISO week instead of the due or next one", false},
    [PREVIEW_ANEW] = {"anew", 0, NULL, "a frozen issue with today's templates", false},
    [PREVIEW_READER] = {"reader", 0, "ADDR", "as this subscriber gets it", false},
    [PREVIEW_LISTEN] = {"listen", 0, "ADDR", "serve the page there: ADDRESS:PORT or unix:PATH",
                        false},
    [PREVIEW_EVERYWHERE] = {"everywhere", 0, NULL,
                            "serve the page also where other machines reach it", false},
    {0},
};

enum { PREVIEW_MAX = 64 * 1024 * 1024 };

static bool preview_reader(struct program *program, const struct issue_view *view,
                           struct delivery *row, struct failure *why)
{
    const struct option_value *reader = &program->options[PREVIEW_READER];
    if (reader->count > 0) {
        const char *unsent;
        if (!issue_view_subscriber(program->store, &program->arena, view, reader->values[0], row,
                                   &unsent, why)) {
            return false;
        }
        if (unsent != NULL) {
            fprintf(stderr, "verdicts: %s would not be sent this issue: %s\n", row->address,
                    unsent);
        }
        return true;
    }
    issue_view_reader(&program->arena, view, "", ISSUE_VIEW_ADDRESS, "", row);
    return true;
}

static bool preview_write(struct program *program, const char *name, const char *bytes, size_t len,
                          struct failure *why)
{
    const char *path = file_join(&program->arena, program->options[PREVIEW_OUT].values[0], name);
    /* The links in a subscriber's copy can unsubscribe that person and change their topics. */
    mode_t mode = program->options[PREVIEW_READER].count > 0 ? 0600 : 0644;
    if (!file_write(path, bytes, len, mode, why)) {
        return false;
    }
    if (!program->quiet) {
        printf("%s\n", path);
    }
    return true;
}

/* checks.json and index.html. */
static bool preview_report(struct program *program, const struct issue_view *view,
                           const struct issue_view_copy *copy, struct failure *why)
{
    struct check_report report;
    struct buf json, sheet;
    if (!examine(program->store, &program->arena, &program->settings, program->keys, view, &report,
                 why)) {
        return false;
    }
    buf_init(&json, PREVIEW_MAX);
    buf_init(&sheet, PREVIEW_MAX);
    json_write(&json, check_to_value(&program->arena, &report), JSON_INDENTED);
    buf_add_char(&json, '\n');
    bool good = preview_write(program, "checks.json", json.data, json.len, why) &&
                sheet_make(&program->arena, view, copy, &report, &sheet, why) &&
                preview_write(program, "index.html", sheet.data, sheet.len, why);
    buf_free(&json);
    buf_free(&sheet);
    return good;
}

static bool preview_files(struct program *program, struct failure *why)
{
    struct issue_view view;
    struct issue_view_copy copy;
    struct delivery row;
    bool anew = program->options[PREVIEW_ANEW].count > 0;
    if (program->options[PREVIEW_LISTEN].count + program->options[PREVIEW_EVERYWHERE].count > 0) {
        return fail(why, FAILURE_USAGE,
                    "preview: --listen and --everywhere are about the page; --out writes files");
    }
    return select_issue_view(program, &program->options[PREVIEW_ISSUE],
                             &program->options[PREVIEW_WEEK], anew, &view, why) &&
           preview_reader(program, &view, &row, why) &&
           file_make_folder(program->options[PREVIEW_OUT].values[0], 0755, why) &&
           issue_view_copy(program->store, &program->arena, program->keys, &view, &row, &copy,
                           why) &&
           preview_write(program, "issue.html", copy.html, copy.html_len, why) &&
           preview_write(program, "issue.txt", copy.text, copy.text_len, why) &&
           preview_write(program, "issue.eml", copy.message, copy.message_len, why) &&
           preview_report(program, &view, &copy, why);
}

static bool preview_page(struct program *program, int *status, struct failure *why)
{
    const struct option_value *listen = &program->options[PREVIEW_LISTEN];
    if (program->options[PREVIEW_ISSUE].count + program->options[PREVIEW_WEEK].count +
            program->options[PREVIEW_ANEW].count + program->options[PREVIEW_READER].count >
        0) {
        return fail(why, FAILURE_USAGE,
                    "preview: --issue, --week, --anew and --reader go with --out; the page lets "
                    "you choose");
    }
    return preview_page_run(program, listen->count > 0 ? listen->values[0] : NULL,
                            program->options[PREVIEW_EVERYWHERE].count > 0, status, why);
}

static bool preview_run(struct program *program, int *status, struct failure *why)
{
    bool files = program->options[PREVIEW_OUT].count > 0;
    return common_no_operands(program, 0, why) &&
           program_open(program, (files ? NEEDS_READING : NEEDS_SETTINGS) | NEEDS_KEYS, why) &&
           (files ? preview_files(program, why) : preview_page(program, status, why));
}

const struct verb verb_preview = {
    .name = "preview",
    .needs = NEEDS_NOTHING,
    .options = preview_options,
    .usage = "[--listen ADDR] | --out DIR [--issue N | --week YYYY-Www] [--anew] [--reader ADDR]",
    .help = "Show the issue as readers get it: a page in the browser, or files",
    .examples = "  verdicts preview\n"
                "  verdicts preview --listen 127.0.0.1:9000\n"
                "  verdicts preview --out /tmp/issue --reader ann@example.org\n",
    .run = preview_run,
};
