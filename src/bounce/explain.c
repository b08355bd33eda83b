#include "bounce/explain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Reads the beginning of the file, as much as the sandbox takes. */
static bool read_front(const char *path, struct buf *bytes, struct failure *why)
{
    int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        if (fd >= 0) {
            close(fd);
        }
        return fail_errno(why, FAILURE_NO_INPUT, "%s", path);
    }
    ssize_t got = S_ISDIR(st.st_mode) ? -1 : 1;
    errno = S_ISDIR(st.st_mode) ? EISDIR : 0;
    while (got > 0 && bytes->len < SANDBOX_MESSAGE_MAX && buf_reserve(bytes, 64 * 1024)) {
        size_t room = SANDBOX_MESSAGE_MAX - bytes->len;
        got = read(fd, bytes->data + bytes->len, room < 64 * 1024 ? room : 64 * 1024);
        bytes->len += got > 0 ? (size_t)got : 0;
    }
    bool ok = got >= 0 || fail_errno(why, FAILURE_NO_INPUT, "%s", path);
    close(fd);
    return ok;
}

bool explain_file(struct sandbox *sandbox, const char *path, struct bounce_report *report,
                  bool *dead, struct failure *why)
{
    struct buf bytes;
    buf_init(&bytes, SANDBOX_MESSAGE_MAX + 128 * 1024);
    bool ok = read_front(path, &bytes, why) &&
              sandbox_read(sandbox, bytes.data, bytes.len, report, dead, why);
    buf_free(&bytes);
    return ok;
}

/* "user unknown: 550 5.1.1 …" */
static const char *reason_text(struct arena *arena, const struct bounce_report *report)
{
    const char *name = bounce_reason_name(report->reason);
    return report->text[0] == '\0' ? name : arena_format(arena, "%s: %s", name, report->text);
}

static void set_vouched(struct arena *arena, struct value *value,
                        const struct bounce_report *report)
{
    struct value *list = value_set(arena, value, "vouched", value_list(arena));
    for (size_t i = 0; i < report->auth_result_count; i++) {
        const struct bounce_auth_result *result = &report->auth_results[i];
        struct value *row = value_add(list, value_object(arena));
        value_set_text(arena, row, "server", result->server);
        struct value *sources = value_set(arena, row, "sources", value_list(arena));
        for (const char *at = result->sources; *at != '\0';) {
            size_t len = strcspn(at, " ");
            value_add(sources, value_text(arena, arena_copy_bytes(arena, at, len)));
            at += len + (at[len] == ' ');
        }
    }
}

struct value *explain_value(struct arena *arena, const char *file,
                            const struct bounce_report *report)
{
    struct value *value = value_object(arena);
    char status[BOUNCE_STATUS_TEXT];
    bounce_status_format(&report->status, status);
    value_set_text(arena, value, "file", file);
    value_set_text(arena, value, "class", bounce_class_name(report->class));
    if (report->code != 0) {
        value_set_int(arena, value, "code", report->code);
    } else {
        value_set(arena, value, "code", value_null(arena));
    }
    value_set_text(arena, value, "enhanced", status[0] == '\0' ? NULL : status);
    value_set_text(arena, value, "recipient",
                   report->recipient_count > 0 ? report->recipients[0].address : NULL);
    value_set_text(arena, value, "token", report->token_count > 0 ? report->tokens[0].text : NULL);
    value_set_text(arena, value, "detector", bounce_detector_name(report->detector));
    value_set_text(arena, value, "reason", reason_text(arena, report));
    if (report->recipient_count > 1) {
        struct value *list = value_set(arena, value, "recipients", value_list(arena));
        for (size_t i = 0; i < report->recipient_count; i++) {
            value_add(list, value_text(arena, report->recipients[i].address));
        }
    }
    if (report->auth_result_count > 0) {
        set_vouched(arena, value, report);
    }
    return value;
}

void explain_text(struct buf *out, const char *file, const struct bounce_report *report)
{
    char status[BOUNCE_STATUS_TEXT];
    bounce_status_format(&report->status, status);
    buf_addf(out, "%s: %s, %s", file, bounce_class_name(report->class),
             bounce_reason_name(report->reason));
    if (report->code != 0) {
        buf_addf(out, " %d", report->code);
    }
    if (status[0] != '\0') {
        buf_addf(out, " %s", status);
    }
    buf_addf(out, " (%s)\n", bounce_detector_name(report->detector));
    for (size_t i = 0; i < report->recipient_count; i++) {
        buf_addf(out, "  recipient %s\n", report->recipients[i].address);
    }
    for (size_t i = 0; i < report->token_count; i++) {
        buf_addf(out, "  token %s\n", report->tokens[i].text);
    }
    for (size_t i = 0; i < report->auth_result_count; i++) {
        const struct bounce_auth_result *result = &report->auth_results[i];
        buf_addf(out, "  proven by %s: %s\n", result->server,
                 result->sources[0] == '\0' ? "nothing" : result->sources);
    }
    if (report->text[0] != '\0') {
        buf_addf(out, "  %s\n", report->text);
    }
}
