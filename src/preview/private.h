/* Shared by the files of the preview page; private to preview/. */
#ifndef PREVIEW_PRIVATE_H
#define PREVIEW_PRIVATE_H

#include "http/listen.h"
#include "http/server.h"
#include "issue/examine.h"
#include "issue/issue_view.h"
#include "preview/preview.h"

/* The folders of templates when the process was confined to them. */
enum { PREVIEW_FOLDERS = 2 };

struct preview {
    const struct preview_options *options;
    struct arena arena;       /* for the folders */
    struct settings settings; /* a copy */
    char address[LISTEN_TEXT];
    const char *folders[PREVIEW_FOLDERS]; /* NULL: none */
    struct preview_seen folders_seen[PREVIEW_FOLDERS];
    struct web_server *server;
    const struct catalogue *words; /* of what the server says by itself */
    int watch_fd;
    struct buf last_good; /* HTML of the last rendering that succeeded */
};

/* What a request asks to see. */
struct view_request {
    const char *issue;  /* number; NULL: the due one */
    const char *reader; /* "plain", "unnamed", "long", "rtl", "topic:NAME", "address:ADDR" */
    const char *data;   /* "real" or an awkward kind */
    bool anew;          /* render a frozen issue with today's templates */
    int64_t date;       /* the Date that an earlier look showed; 0: none */
};
void preview_read_request(const struct web_request *request, const struct web_field *fields,
                          struct view_request *wanted);

/* What is shown: the issue, and one reader's copy of it. */
struct reader_view {
    struct issue_view view;
    struct delivery row;
    struct issue_view_copy copy;
    const char *banner;              /* the kind of reader */
    const char *unsent;              /* why this subscriber would not be sent it; or NULL */
    struct approval_digest approved; /* what an approval covers */
};
bool preview_find_view(struct preview *preview, struct arena *arena,
                       const struct view_request *wanted, struct reader_view *reader_view,
                       struct failure *why) MUST_CHECK;
/* Finds the issue alone. */
bool preview_find(struct preview *preview, struct arena *arena, const struct view_request *wanted,
                  struct issue_view *view, struct failure *why) MUST_CHECK;
/* Everything the page shows, as JSON. Never fails: errors are part of it. */
struct value *preview_state(struct preview *preview, struct arena *arena,
                            const struct view_request *wanted);

/* Replaces an issue's data by awkward data; the names are those of preview_data_name(), which ends
 * with NULL. False for an unknown name. */
const char *preview_data_name(size_t index);
bool preview_data_apply(struct arena *arena, const char *name, struct issue_view *view);

/* The actions of the buttons. */
void preview_arrange(void *context, const struct web_request *request, struct web_answer *answer);
void preview_test(void *context, const struct web_request *request, struct web_answer *answer);
void preview_approve(void *context, const struct web_request *request, struct web_answer *answer);

/* Answers with JSON, or with {"message": …} and a status. */
void preview_answer_json(struct web_answer *answer, const struct value *value);
void preview_answer_message(struct arena *arena, struct web_answer *answer, int status,
                            const char *message);

/* Watching: the descriptor is in preview->watch_fd; preview_watch_changed() reads the events, sets
 * missing watches, and returns whether the change concerns us. */
bool preview_watch_open(struct preview *preview, struct failure *why) MUST_CHECK;
void preview_watch_all(struct preview *preview);
bool preview_watch_changed(struct preview *preview);
/* Records which folders the templates are in. */
void preview_note_folders(struct preview *preview);
/* Whether the settings are no longer those that were read, or the folders are others: a confined
 * process cannot open either. */
bool preview_watch_outdated(const struct preview *preview);

#endif
