#include "cmd/operator.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "deliver/progress.h"

enum { PROGRESS_COLUMNS = 78, PROGRESS_LINE = 512 };

static void say(void *context, enum issue_say kind, const char *line)
{
    (void)context;
    if (kind == ISSUE_SAY_WARNING) {
        program_warn(line);
    }
}

/* A line that is wider than the terminal wraps, and then each update is printed below it. */
static size_t progress_columns(void)
{
    struct winsize size = {0};
    bool narrow = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 &&
                  size.ws_col <= PROGRESS_COLUMNS;
    return narrow ? size.ws_col - 1U : PROGRESS_COLUMNS;
}

static void watch(void *context, const struct deliver_progress *progress)
{
    struct program *program = context;
    bool bar = program->terminal && !program->quiet;
    if (progress == NULL) {
        fprintf(stderr, "%s", bar ? "\r\033[K" : "");
        return;
    }
    bool asked = program->asked != 0;
    program->asked = 0;
    if (!bar && !asked) {
        return;
    }
    struct buf line;
    buf_init(&line, PROGRESS_LINE);
    progress_line(progress, bar ? progress_columns() : PROGRESS_COLUMNS, &line);
    fprintf(stderr, bar ? "\r\033[K%s" : "verdicts: %s\n", line.data);
    buf_free(&line);
}

struct issue_run operator_run(struct program *program)
{
    return (struct issue_run){.store = program->store,
                              .arena = &program->arena,
                              .settings = &program->settings,
                              .keys = program->keys,
                              .stop = &program->stop,
                              .say = say,
                              .watch = watch,
                              .context = program};
}
