/* What the files of the preview page share; private to preview/. */
#ifndef PREVIEW_PRIVATE_H
#define PREVIEW_PRIVATE_H

#include "http/listen.h"
#include "http/server.h"
#include "issue/examine.h"
#include "issue/issue_view.h"
#include "preview/preview.h"

/* The folders of templates, as they were when the process was confined to them. */
enum { PREVIEW_FOLDERS = 2 };

struct preview {
    const struct preview_options *options;
    struct arena arena;       /* the folders' */
    struct settings settings; /* a copy */
    char address[LISTEN_TEXT];
    const char *folders[PREVIEW_FOLDERS]; /* NULL: none */
    struct preview_seen folders_seen[PREVIEW_FOLDERS];
    struct web_server *server;
    const struct catalogue *words; /* of what the server says by itself */
    int watch_fd;
    struct buf last_good; /* HTML of the last rendering that worked */
};

/* What a request wants to see. */
struct view_request {
    const char *issue;  /* number; NULL: the due one */
    const char *reader; /* "plain", "unnamed", "long", "rtl", "topic:NAME", "address:ADDR" */
    const char *data;   /* "real" or an awkward kind */
    bool anew;          /* a frozen issue with today's templates */
    int64_t date;       /* the Date that an earlier look showed; 0: none */
};
void preview_read_request(const struct web_request *request, const struct web_field *fields,
                          struct view_request *wanted);

/* What it is shown: the issue, and one reader's copy of it. */
struct reader_view {
    struct issue_view view;
    struct delivery row;
    struct issue_view_copy copy;
    const char *banner;              /* whom it stands for */
    const char *unsent;              /* why this subscriber would not be sent it; NULL */
    struct approval_digest approved; /* what approving it covers */
};
bool preview_find_view(struct preview *preview, struct arena *arena,
                       const struct view_request *wanted, struct reader_view *reader_view,
                       struct failure *why) MUST_CHECK;
/* The issue alone. */
bool preview_find(struct preview *preview, struct arena *arena, const struct view_request *wanted,
                  struct issue_view *view, struct failure *why) MUST_CHECK;
/* Everything the page shows, as JSON. Never fails: a fault is part of it. */
struct value *preview_state(struct preview *preview, struct arena *arena,
                            const struct view_request *wanted);

/* Awkward data in place of an issue's own; the names are those that preview_data_name() lists
 * until NULL. False for a name that is not there. */
const char *preview_data_name(size_t index);
bool preview_data_apply(struct arena *arena, const char *name, struct issue_view *view);

/* What the buttons do. */
void preview_arrange(void *context, const struct web_request *request, struct web_answer *answer);
void preview_test(void *context, const struct web_request *request, struct web_answer *answer);
void preview_approve(void *context, const struct web_request *request, struct web_answer *answer);

/* Answers with JSON, and with {"message": …} of a status. */
void preview_answer_json(struct web_answer *answer, const struct value *value);
void preview_answer_message(struct arena *arena, struct web_answer *answer, int status,
                            const char *message);

/* Watching: the descriptor in preview->watch_fd; preview_watch_changed() reads what happened, sets
 * watches that are missing, and tells whether it concerns us. */
bool preview_watch_open(struct preview *preview, struct failure *why) MUST_CHECK;
void preview_watch_all(struct preview *preview);
bool preview_watch_changed(struct preview *preview);
/* Notes which folders the templates are in. */
void preview_note_folders(struct preview *preview);
/* Whether the settings are no longer those that were read, or the folders others: neither can be
 * opened by a process that is confined. */
bool preview_watch_outdated(const struct preview *preview);

#endif
