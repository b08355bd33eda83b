/* `preview --out`: the issue as files, by the same renderer and press that send it. */
#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/file.h"
#include "cmd/common.h"
#include "cmd/verbs.h"
#include "issue/build.h"
#include "issue/press.h"
#include "store/subscriber.h"

enum preview_option { PREVIEW_OUT, PREVIEW_ISSUE, PREVIEW_WEEK, PREVIEW_READER };

static const struct option_spec preview_options[] = {
    [PREVIEW_OUT] = {"out", 0, "DIR", "write issue.html, issue.txt, issue.eml there", false},
    [PREVIEW_ISSUE] = {"issue", 0, "N", "that issue instead of the one that is due", false},
    [PREVIEW_WEEK] = {"week", 0, "YYYY-Www", "that ISO week instead of the due one", false},
    [PREVIEW_READER] = {"reader", 0, "ADDR", "as this subscriber gets it", false},
    {0},
};

enum { PREVIEW_MAX = 32 * 1024 * 1024 };

/* One copy: the issue, its edition for this reader, the reader's row. */
struct preview {
    struct program *program;
    struct issue issue;
    struct sender sender;
    struct issue_variant *variants; /* not stored; NULL where they are */
    size_t variant_count;
    struct delivery row;
};

static bool preview_propose(struct preview *preview, const struct week *week,
                            const struct issue *draft, struct failure *why)
{
    struct program *program = preview->program;
    struct issue_proposal *proposal = arena_alloc(&program->arena, sizeof *proposal);
    if (!settings_require_site(&program->settings, why) ||
        !settings_require_mail(&program->settings, why) ||
        /* The due instant stands in for now: the files are the same on any day. */
        !issue_propose(program->store, &program->arena, &program->settings, week, draft, week->end,
                       proposal, why)) {
        return false;
    }
    if (proposal->pick.thin) {
        return fail(why, FAILURE_NO_INPUT,
                    "%s has too few comparisons for an issue; `verdicts pick --explain` shows them",
                    week->name);
    }
    preview->issue = proposal->issue;
    preview->variants = proposal->variants;
    preview->variant_count = proposal->variant_count;
    return true;
}

/* A draft is rendered anew, as it would be sent now; a frozen issue is shown as it was frozen. */
static bool preview_find(struct preview *preview, struct failure *why)
{
    struct program *program = preview->program;
    const struct option_value *number = &program->options[PREVIEW_ISSUE];
    const struct option_value *name = &program->options[PREVIEW_WEEK];
    struct issue *issue = NULL;
    struct week week;
    if (number->count > 0) {
        if (!common_find_issue(program, number->values[0], &issue, why) ||
            !common_find_week(program, issue->iso_week, &week, why)) {
            return false;
        }
    } else if (!common_find_week(program, name->count > 0 ? name->values[0] : NULL, &week, why) ||
               !issue_find_week(program->store, &program->arena, week.name, &issue, why)) {
        return false;
    }
    if (issue == NULL || issue->state == ISSUE_DRAFT) {
        return preview_propose(preview, &week, issue, why);
    }
    preview->issue = *issue;
    return true;
}

static bool preview_reader(struct preview *preview, struct failure *why)
{
    struct program *program = preview->program;
    const struct option_value *reader = &program->options[PREVIEW_READER];
    struct delivery *row = &preview->row;
    *row = (struct delivery){
        .address = "reader@example.org", .domain = "example.org", .name = "", .topics = ""};
    if (reader->count > 0) {
        struct address address;
        struct subscriber *person;
        if (!address_parse(reader->values[0], &address, why) ||
            !subscriber_find(program->store, &program->arena, address.key, &person, why)) {
            return false;
        }
        if (person == NULL) {
            return fail(why, FAILURE_NO_INPUT, "%s is not on the list", address.normal);
        }
        *row = (struct delivery){.id = person->id,
                                 .subscriber_id = person->id,
                                 .address = person->address,
                                 .domain = person->domain,
                                 .name = person->name,
                                 .topics = person->topics};
    }
    row->message_id =
        arena_format(&program->arena, "verdicts.%s.%lld@%s", preview->issue.iso_week,
                     (long long)row->subscriber_id, preview->sender.message_id_domain);
    return true;
}

static bool preview_variant(struct preview *preview, struct issue_variant **variant,
                            struct failure *why)
{
    for (size_t i = 0; i < preview->variant_count; i++) {
        if (strcmp(preview->variants[i].topics, preview->row.topics) == 0) {
            *variant = &preview->variants[i];
            return true;
        }
    }
    return issue_find_variant(preview->program->store, &preview->program->arena, preview->issue.id,
                              preview->row.topics, variant, why);
}

static bool preview_write(struct preview *preview, const char *name, const struct buf *bytes,
                          struct failure *why)
{
    struct arena *arena = &preview->program->arena;
    const char *path = file_join(arena, preview->program->options[PREVIEW_OUT].values[0], name);
    if (!file_write(path, bytes->data, bytes->len, 0644, why)) {
        return false;
    }
    if (!preview->program->quiet) {
        printf("%s\n", path);
    }
    return true;
}

static bool preview_part(struct preview *preview, struct press *press, const char *name,
                         const char *program, size_t len, struct failure *why)
{
    struct residual residual;
    struct buf bytes;
    residual_init(&residual);
    buf_init(&bytes, PREVIEW_MAX);
    bool good = residual_load(&residual, program, len, why);
    if (good) {
        residual_run(&residual, press_reader(press, &preview->row), NULL, &bytes);
        good = preview_write(preview, name, &bytes, why);
    }
    buf_free(&bytes);
    residual_free(&residual);
    return good;
}

static bool preview_files(struct preview *preview, struct press *press, struct failure *why)
{
    struct issue_variant *variant;
    struct deliver_message message = {0};
    buf_init(&message.bytes, PREVIEW_MAX);
    if (!preview_variant(preview, &variant, why)) {
        return false;
    }
    if (variant == NULL || variant->body_len == 0) {
        return fail(why, FAILURE_NO_INPUT,
                    "nothing in this issue matches the topics of that reader, who is skipped");
    }
    bool good = preview_part(preview, press, "issue.html", variant->html, variant->html_len, why) &&
                preview_part(preview, press, "issue.txt", variant->text, variant->text_len, why) &&
                press_compose(press, &preview->row, &message, why) &&
                preview_write(preview, "issue.eml", &message.bytes, why);
    buf_free(&message.bytes);
    return good;
}

static bool preview_sender(struct preview *preview, struct failure *why)
{
    struct program *program = preview->program;
    return preview->issue.sender != NULL
               ? sender_from_json(&program->arena, preview->issue.sender, &preview->sender, why)
               : sender_from_settings(&program->arena, &program->settings, preview->issue.iso_week,
                                      &preview->sender, why);
}

static bool preview_run(struct program *program, int *status, struct failure *why)
{
    (void)status;
    struct preview preview = {.program = program};
    struct press *press = NULL;
    if (program->options[PREVIEW_OUT].count == 0) {
        return fail(why, FAILURE_USAGE, "preview: name the folder for the files with --out DIR");
    }
    if (!common_no_operands(program, 0, why) || !preview_find(&preview, why) ||
        !preview_sender(&preview, why) || !preview_reader(&preview, why) ||
        !file_make_folder(program->options[PREVIEW_OUT].values[0], 0755, why) ||
        !press_open(program->store, &preview.issue, &preview.sender, program->keys, &press, why)) {
        return false;
    }
    press_give_variants(press, preview.variants, preview.variant_count);
    bool good = preview_files(&preview, press, why);
    press_close(press);
    return good;
}

const struct verb verb_preview = {
    .name = "preview",
    .needs = NEEDS_READING | NEEDS_KEYS,
    .options = preview_options,
    .usage = "--out DIR [--issue N | --week YYYY-Www] [--reader ADDR]",
    .help = "Write the issue as a reader gets it: issue.html, issue.txt, issue.eml",
    .examples = "  verdicts preview --out /tmp/issue\n"
                "  verdicts preview --out /tmp/issue --reader ann@example.org\n",
    .run = preview_run,
};
