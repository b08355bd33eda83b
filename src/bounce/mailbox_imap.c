/* An IMAP folder as the mailbox: which messages are waiting, and where they are moved to. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "bounce/mailbox_private.h"
#include "bounce/mailbox_session.h"

/* How many messages are known at a time: their numbers fit into the 8,192 bytes that a server must
 * accept as a line (RFC 7162, section 4), and into what libcurl does not truncate. Each batch costs
 * some commands that search the whole folder. */
enum { LISTED = 700 };

struct imap {
    struct session session;
    char prefix[64]; /* of the personal namespace: "INBOX." */
    bool asked, has_move, has_uidplus;
    bool made[MAILBOX_TARGETS];
    uint32_t listed[LISTED];
    size_t listed_count, listed_at;
    int64_t passed;  /* messages at the front that stay: those that others deleted, unreadable
                        ones */
    uint32_t newest; /* the highest UID requested so far: none is requested twice */
    uint32_t given;  /* the last message returned; 0: none */
    int64_t unread;  /* messages that the server could not return */
    uint32_t moves[MAILBOX_TARGETS][LISTED];
    size_t move_counts[MAILBOX_TARGETS];
};

bool imap_open(const struct settings *settings, struct imap **imap, struct failure *why)
{
    struct imap *opened = memory_resize(NULL, sizeof *opened);
    *opened = (struct imap){0};
    *imap = NULL;
    if (!session_open(settings, &opened->session, why)) {
        session_close(&opened->session);
        free(opened);
        return false;
    }
    *imap = opened;
    return true;
}

/* A message moved into the folder that is being read would be read again, for ever. */
static bool check_folder(const struct imap *imap, struct failure *why)
{
    const char *name = imap->session.plain;
    size_t prefix = strlen(imap->prefix);
    if (strncmp(name, imap->prefix, prefix) == 0) {
        name += prefix;
    }
    for (int i = 0; i < MAILBOX_TARGETS; i++) {
        if (strcasecmp(name, mailbox_folders[i]) == 0) {
            return fail(why, FAILURE_CONFIG,
                        "bounce.mailbox: \"%s\" is where messages are moved to; name the folder "
                        "in which they arrive",
                        imap->session.plain);
        }
    }
    return true;
}

/* The number behind a word of the answer: "MESSAGES 12". */
static bool find_number(const struct imap *imap, const char *word, uint64_t *number)
{
    const char *at = strcasestr(imap->session.answer.data, word);
    if (at == NULL) {
        return false;
    }
    char *end;
    at += strlen(word);
    *number = strtoull(at, &end, 10);
    return end != at;
}

/* Asks what the server supports, and how it names the folders beside ours. */
static bool ask_server(struct imap *imap, struct failure *why)
{
    bool done;
    if (imap->asked) {
        return true;
    }
    if (!session_must(&imap->session, false, "CAPABILITY", why)) {
        return false;
    }
    imap->has_move = strcasestr(imap->session.answer.data, " MOVE") != NULL;
    imap->has_uidplus = strcasestr(imap->session.answer.data, " UIDPLUS") != NULL;
    imap->asked = true;
    if (strcasestr(imap->session.answer.data, " NAMESPACE") == NULL) {
        return check_folder(imap, why);
    }
    if (!session_command(&imap->session, false, "NAMESPACE", &done, why)) {
        return false;
    }
    const char *open = done ? strstr(imap->session.answer.data, "((\"") : NULL;
    size_t len = open == NULL ? 0 : strcspn(open + 3, "\"\\\r\n");
    if (len > 0 && len < sizeof imap->prefix && open[3 + len] == '"') {
        memcpy(imap->prefix, open + 3, len);
    }
    return check_folder(imap, why);
}

bool imap_count(struct imap *imap, int64_t *waiting, struct failure *why)
{
    struct arena arena = {0};
    uint64_t number = 0;
    *waiting = 0;
    bool ok =
        ask_server(imap, why) &&
        session_must(&imap->session, false,
                     arena_format(&arena, "STATUS \"%s\" (MESSAGES)", imap->session.plain), why) &&
        (find_number(imap, "MESSAGES ", &number) ||
         fail(why, FAILURE_UNAVAILABLE, "the mailbox %s does not tell how many wait",
              imap->session.base));
    *waiting = (int64_t)number;
    arena_free(&arena);
    return ok;
}

/* The number in "* 12 EXISTS", which every answer to EXAMINE contains; the last one is the newest.
 * Servers also use the word in sentences. */
static int64_t read_exists(const struct imap *imap)
{
    const char *start = imap->session.answer.data;
    int64_t exists = 0;
    for (const char *next = start; (next = strcasestr(next, " EXISTS")) != NULL; next++) {
        const char *at = next;
        while (at > start && at[-1] >= '0' && at[-1] <= '9') {
            at--;
        }
        if (at < next) {
            exists = (int64_t)strtoul(at, NULL, 10);
        }
    }
    return exists;
}

static void read_listed(struct imap *imap)
{
    const char *at = strcasestr(imap->session.answer.data, "* SEARCH");
    imap->listed_count = imap->listed_at = 0;
    at = at == NULL ? "" : at + 8;
    while (*at == ' ' && imap->listed_count < LISTED) {
        char *end;
        unsigned long long uid = strtoull(at, &end, 10);
        if (end == at + 0 || uid == 0 || uid > UINT32_MAX) {
            break;
        }
        if (uid > imap->newest) {
            imap->listed[imap->listed_count++] = (uint32_t)uid;
        }
        at = end;
    }
}

/* Lists the first waiting messages; those returned before have been moved away by now. If the front
 * holds only messages that stay, the search continues behind it. Messages are fetched from a folder
 * that is open for reading only: libcurl cannot use BODY.PEEK, and a message fetched otherwise is
 * marked as read, which hides letters from people and makes a server with a Maildir search the
 * whole folder for each. */
static bool list(struct imap *imap, struct failure *why)
{
    struct arena arena = {0};
    imap->listed_count = imap->listed_at = 0;
    bool ok = ask_server(imap, why) && session_enter(&imap->session, true, why);
    int64_t waiting = ok ? read_exists(imap) : 0;
    while (ok && imap->listed_count == 0 && imap->passed < waiting) {
        int64_t left = waiting - imap->passed, most = left < LISTED ? left : LISTED;
        ok = session_must(&imap->session, true,
                          arena_format(&arena, "UID SEARCH %lld:%lld UNDELETED",
                                       (long long)imap->passed + 1,
                                       (long long)(imap->passed + most)),
                          why);
        read_listed(imap);
        imap->passed += imap->listed_count == 0 ? most : 0;
    }
    arena_free(&arena);
    return ok;
}

static void format_set(struct buf *out, const uint32_t *uids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_addf(out, "%s%u", i > 0 ? "," : "", uids[i]);
    }
}

/* "Quarantine" etc., with the prefix that folders have on this server. */
static const char *target_name(struct imap *imap, struct arena *arena, enum mailbox_target target)
{
    return arena_format(arena, "%s%s", imap->prefix, mailbox_folders[target]);
}

static bool make_target(struct imap *imap, struct arena *arena, enum mailbox_target target,
                        struct failure *why)
{
    bool done; /* NO if it exists already */
    if (imap->made[target]) {
        return true;
    }
    imap->made[target] = true;
    return session_command(&imap->session, false,
                           arena_format(arena, "CREATE \"%s\"", target_name(imap, arena, target)),
                           &done, why);
}

/* EXPUNGE removes everybody's deleted messages: without UIDPLUS (RFC 4315) it is not used if there
 * are others than ours; ours stay then, marked as deleted. */
static bool expunge(struct imap *imap, struct arena *arena, const char *set, struct failure *why)
{
    if (imap->has_uidplus) {
        return session_must(&imap->session, true, arena_format(arena, "UID EXPUNGE %s", set), why);
    }
    if (!session_must(&imap->session, true,
                      arena_format(arena, "UID SEARCH DELETED NOT UID %s", set), why)) {
        return false;
    }
    const char *others = strcasestr(imap->session.answer.data, "* SEARCH");
    bool alone = others == NULL || strcspn(others, "0123456789") == strlen(others);
    return !alone || session_must(&imap->session, true, "EXPUNGE", why);
}

/* RFC 6851; without it, copies first, then deletes the original. `*done` false: refused. */
static bool move_set(struct imap *imap, struct arena *arena, const char *set, const char *target,
                     bool *done, struct failure *why)
{
    const char *verb = imap->has_move ? "MOVE" : "COPY";
    if (!session_command(&imap->session, true,
                         arena_format(arena, "UID %s %s \"%s\"", verb, set, target), done, why)) {
        return false;
    }
    return imap->has_move || !*done ||
           (session_must(&imap->session, true,
                         arena_format(arena, "UID STORE %s +FLAGS.SILENT (\\Deleted)", set), why) &&
            expunge(imap, arena, set, why));
}

/* As in a Maildir, only letters for people should stand out in a mail program. A refusal changes
 * nothing. */
static bool mark_read(struct imap *imap, struct arena *arena, const char *set,
                      enum mailbox_target target, struct failure *why)
{
    bool done;
    return target == MAILBOX_PEOPLE ||
           session_command(&imap->session, true,
                           arena_format(arena, "UID STORE %s +FLAGS.SILENT (\\Seen)", set), &done,
                           why);
}

static bool flush_target(struct imap *imap, enum mailbox_target target, struct failure *why)
{
    struct arena arena = {0};
    struct buf set;
    size_t count = imap->move_counts[target];
    if (count == 0) {
        return true;
    }
    buf_init(&set, LISTED * 12);
    format_set(&set, imap->moves[target], count);
    const char *name = target_name(imap, &arena, target);
    bool done = false, ok = mark_read(imap, &arena, set.data, target, why);
    for (int i = 0; ok && !done && i < 2; i++) {
        imap->made[target] = imap->made[target] && i == 0; /* refused: the folder may not exist */
        ok = make_target(imap, &arena, target, why) &&
             move_set(imap, &arena, set.data, name, &done, why);
    }
    if (ok && !done) {
        ok = fail(why, FAILURE_UNAVAILABLE,
                  "the mailbox %s does not let us move messages to \"%s\": %s", imap->session.base,
                  name, imap->session.said);
    }
    imap->move_counts[target] = 0;
    buf_free(&set);
    arena_free(&arena);
    return ok;
}

static bool flush(struct imap *imap, struct failure *why)
{
    bool none = true;
    for (int i = 0; i < MAILBOX_TARGETS; i++) {
        none = none && imap->move_counts[i] == 0;
    }
    bool ok = none || session_enter(&imap->session, false, why);
    for (int i = 0; ok && i < MAILBOX_TARGETS; i++) {
        ok = flush_target(imap, (enum mailbox_target)i, why);
    }
    return ok;
}

bool imap_close(struct imap *imap, struct failure *why)
{
    if (imap == NULL) {
        return true;
    }
    bool ok = flush(imap, why);
    session_close(&imap->session);
    free(imap);
    return ok;
}

/* Returns true with `*found` false if the message is gone by now or cannot be fetched. A message at
 * which the server breaks off, while it answers everything else, is broken itself and must not
 * block the others. */
static bool fetch(struct imap *imap, uint32_t uid, size_t limit, struct buf *bytes, bool *found,
                  struct failure *why)
{
    enum session_fetched fetched;
    int64_t waiting;
    struct failure still_away = {0};
    if (!session_fetch(&imap->session, uid, limit, bytes, &fetched, why)) {
        return false;
    }
    *found = fetched == SESSION_FETCHED;
    if (fetched == SESSION_BROKEN) {
        if (!imap_count(imap, &waiting, &still_away)) {
            return false;
        }
        imap->unread++;
    }
    return true;
}

/* What is still in the folder stays for the next run; what was returned is moved. */
static bool give_up(struct imap *imap, struct failure *why)
{
    return flush(imap, why) && imap_count(imap, &imap->unread, why);
}

bool imap_next(struct imap *imap, size_t limit, struct buf *bytes, bool *found, struct failure *why)
{
    *found = false;
    imap->given = 0;
    while (!*found) {
        if (session_is_tired(&imap->session)) {
            return give_up(imap, why);
        }
        if (imap->listed_at == imap->listed_count) {
            if (!flush(imap, why) || !list(imap, why)) {
                return false;
            }
            if (imap->listed_count == 0) {
                return true;
            }
        }
        uint32_t uid = imap->listed[imap->listed_at++];
        imap->newest = uid;
        if (!fetch(imap, uid, limit, bytes, found, why)) {
            return false;
        }
        imap->given = uid;
    }
    return true;
}

int64_t imap_unread(const struct imap *imap)
{
    return imap->unread;
}

bool imap_move(struct imap *imap, enum mailbox_target target, struct failure *why)
{
    assert(imap->given != 0);
    (void)why;
    imap->moves[target][imap->move_counts[target]++] = imap->given;
    imap->given = 0;
    return true;
}
