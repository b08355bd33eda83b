/*
 * The rollback guard: prevents a database that may be out of date from sending an issue.
 *
 * By itself a database cannot know that it is a restored backup, or a copy: its ledger says that
 * messages are still owed which the lost database, or the original, sent long ago. So a small file
 * outside the database's folder (guard_file.h) records how far each newsletter was sent, and by
 * which database, and nothing is sent unless the two agree.
 *
 * The database counts the batches that were claimed (store/epoch.h): in the transaction of each
 * claim, on disk before anything of the batch is sent, and once more when a run ends. The file is
 * updated after that commit and before the first message, so it is never ahead of the database that
 * sent last. It is flushed to disk when a run's first batch is sent and when the run ends; in
 * between, a power cut may leave it behind, which is harmless. It also contains the hash of the
 * machine's id, and which file the database was: path and inode.
 *
 *   answer     when
 *   ---------  --------------------------------------------------------------------------------
 *   agrees     the file's count is not ahead, and no line below applies. Sending continues, even
 *              from another file than before if it has no open claims: it was moved, or restored
 *              with nothing lost
 *   none yet   there is no file for this database, and none is missing. It is created for:
 *                - a newsletter that has never sent
 *                - one whose database file is the one that sent last, by its inode: only the
 *                  guard's file was lost, which is logged
 *                - one that has never sent, while the file names a database at another place: a
 *                  copy of a prepared newsletter, which gets an id of its own
 *   behind     the file's count is ahead: a backup was restored, or this is a copy that does not
 *              know what the original has sent. Refused
 *   elsewhere  something may have been sent that this database does not know about. Refused:
 *                - it last sent on another machine, or the file is another machine's
 *                - the file is damaged
 *                - it has sent, there is no guard file, and the database file is not the one that
 *                  sent
 *                - the database that the guard file names still exists: this is a copy of it
 *                - it is another file than the one that sent last, and has open claims: a backup
 *                  of the last moment, whose batch may have been sent
 *
 * A machine without an id counts as the same machine. `force`, or `adopt`, makes this database the
 * one that sends: its count and the file's are set beyond both, so that the other database is
 * behind should it return; a copy whose original still exists gets an id and a file of its own.
 *
 * What this cannot detect: a machine that is restored as a whole; a backup older than the first
 * sending, on another machine or at another place; the file and the database lost and restored
 * together, which is why the two are not kept in one folder. Single mails (confirmations, tests)
 * are not held back: somebody is waiting for each of them. Rehearsals (maildir:, null:) send
 * nothing and keep no file.
 *
 * Links of people who joined after a backup was made contain ids that the backup does not know. So
 * a database that is put back into use, by `force` or as another file than the one that sent,
 * leaves a wide gap before it assigns new ids (store/epoch.h).
 */
#ifndef DELIVER_GUARD_H
#define DELIVER_GUARD_H

#include "settings/settings.h"
#include "store/epoch.h"

struct guard;

/* Compares the two and, unless that is refused, makes them agree. FAILURE_CONFIG says what is wrong
 * and what to do; FAILURE_PERMISSION, FAILURE_CANNOT_CREATE or FAILURE_IO if the file cannot be
 * kept. `*guard` is NULL for a rehearsal. */
bool guard_open(struct store *store, const struct settings *settings, int64_t issue_id, bool force,
                struct guard **guard, struct failure *why) MUST_CHECK;

/* Makes this database the one that sends, as `force` does, whether or not anything is due.
 * `*found`, in the arena, is the predicate of a sentence about the database that says what was
 * settled; NULL if both agreed. FAILURE_CONFIG if smtp.url is a rehearsal's; otherwise fails like
 * guard_open(). */
bool guard_adopt(struct store *store, const struct settings *settings, struct arena *arena,
                 const char **found, struct failure *why) MUST_CHECK;

/* Call it after the commit of a claim that has raised the database's count, and before the batch is
 * sent. Fails if another copy of the database has been sending meanwhile. Always from the same
 * thread. */
bool guard_follow(struct guard *guard, struct store *store, struct failure *why) MUST_CHECK;

/* Ends the run: raises the count once more if the run has sent, so that a backup taken during it is
 * behind. Accepts NULL. */
bool guard_finish(struct guard *guard, struct store *store, struct failure *why) MUST_CHECK;
void guard_close(struct guard *guard); /* accepts NULL */

/* The same comparison without side effects: nothing is created, locked or written. False if
 * guard_open() would refuse. */
struct guard_place {
    const char *path; /* of the guard's file */
    bool made;        /* it exists already */
    bool beside;      /* in the database's own folder */
};
bool guard_inspect(struct store *store, const struct settings *settings, int64_t issue_id,
                   struct arena *arena, struct guard_place *place, struct failure *why) MUST_CHECK;

/* What was found, and the answer by the table above. */
struct guard_view {
    bool present, damaged; /* the guard's file */
    bool sent;             /* the database says that it has been sent from */
    bool other_machine;    /* the machine of the database or of the file is known, and is not
                              this one */
    int64_t count;         /* the database's */
    int64_t recorded;      /* the file's */
    bool same_file;        /* the database file is the one that sent last */
    bool same_path;        /* it is at the path in the guard's file */
    bool original_there;   /* the database that the guard's file names exists and is not this one */
    bool claims_open;
};
enum guard_answer { GUARD_AGREES, GUARD_NONE_YET, GUARD_BEHIND, GUARD_ELSEWHERE };
/* `*reason` is the predicate of a sentence about the database if the answer is a refusal; else
 * NULL. */
enum guard_answer guard_judge(const struct guard_view *view, const char **reason);

#endif
