/*
 * The rollback guard: nothing of an issue leaves a database that may not know what was sent.
 *
 * A database alone cannot tell that it is a backup put back, or a copy: by its own ledger it owes
 * what the lost one, or its original, has long sent. So a small file outside of the database's
 * folder (guard_file.h) follows how far each newsletter was sent, and by which database, and
 * nothing leaves before the two agree.
 *
 * The database counts the batches that were claimed (store/epoch.h): in the transaction of each
 * claim, on the disk before anything of the batch leaves, and once more when a run ends. The file
 * follows, behind the commit and before the first message: it is never ahead of the database that
 * sent last. It is on the disk when a run's first batch leaves and when the run ends; between, a
 * power cut may put it behind, which is harmless. It also has the hash of the machine's id, and
 * which file the database was: path and inode.
 *
 *   answer     when
 *   ---------  --------------------------------------------------------------------------------
 *   agrees     the file's count is not ahead, and no line below says otherwise. Sending goes on,
 *              also from another file than before where no claim is open: moved, or put back with
 *              nothing lost
 *   none yet   there is no file for this database, and none is missed. It is made:
 *                - a newsletter that has never sent
 *                - one whose own file sent last, by its inode: the guard's file alone was lost,
 *                  which is logged
 *                - one that has never sent, where the file names a database at another place: a
 *                  copy of a prepared newsletter, which gets an id of its own
 *   behind     the file's count is ahead: a backup was put back, or a copy has not sent what its
 *              original has. Refused
 *   elsewhere  what this database does not know may have been sent. Refused:
 *                - it last sent on another machine, or the file is another machine's
 *                - the file is damaged
 *                - it has sent, there is no file, and its own file is another than then
 *                - the database that the file names still stands: this is a copy of it
 *                - it is another file than the one that sent last, and has open claims: a backup
 *                  of the last moment, whose batch may have left
 *
 * A machine without an id agrees with every other. `force`, or adopting it, makes this database the
 * one that sends: its count and the file's go past both, so that the other one, should it come
 * back, is behind; a copy whose original still stands gets an id and a file of its own.
 *
 * What this cannot see: a machine that is put back as a whole; a backup older than the first
 * sending, on another machine or at another place; the file and the database lost and put back
 * together, which is why the two do not live in one folder. Single mails (confirmations, tests) are
 * not held back: each answers somebody who waits for it. Rehearsals (maildir:, null:) send nothing
 * and keep no file.
 *
 * People who came after a backup was made have links with ids that it does not know. A database
 * that is taken up again, by `force` or as another file than the one that sent, so leaves a wide
 * gap before it gives out ids (store/epoch.h).
 */
#ifndef DELIVER_GUARD_H
#define DELIVER_GUARD_H

#include "settings/settings.h"
#include "store/epoch.h"

struct guard;

/* Compares and, where nothing is refused, makes both agree. FAILURE_CONFIG says what is wrong and
 * what to do; FAILURE_PERMISSION, FAILURE_CANNOT_CREATE or FAILURE_IO where the file cannot be
 * kept. *guard is NULL for a rehearsal. */
bool guard_open(struct store *store, const struct settings *settings, int64_t issue_id, bool force,
                struct guard **guard, struct failure *why) MUST_CHECK;

/* Makes this database the one that sends, as `force` does, whatever is due or not. `*found`, in the
 * arena, is what was settled, to stand behind the database's name; NULL where both agreed.
 * FAILURE_CONFIG where smtp.url is a rehearsal's; else as guard_open(). */
bool guard_adopt(struct store *store, const struct settings *settings, struct arena *arena,
                 const char **found, struct failure *why) MUST_CHECK;

/* Behind the commit of a claim that has raised the database's count, before the batch leaves. Fails
 * where somebody else's database has been sending meanwhile. From one thread. */
bool guard_follow(struct guard *guard, struct store *store, struct failure *why) MUST_CHECK;

/* The run is over: raises once more where it has sent, so that a backup from its midst is behind.
 * Accepts NULL. */
bool guard_finish(struct guard *guard, struct store *store, struct failure *why) MUST_CHECK;
void guard_close(struct guard *guard); /* accepts NULL */

/* The same comparison without an effect: nothing is made, locked or written. False where opening
 * would be refused. */
struct guard_place {
    const char *path; /* of the file */
    bool made;        /* it is there already */
    bool beside;      /* in the database's own folder */
};
bool guard_inspect(struct store *store, const struct settings *settings, int64_t issue_id,
                   struct arena *arena, struct guard_place *place, struct failure *why) MUST_CHECK;

/* What is found, and the answer: the table above. */
struct guard_view {
    bool present, damaged; /* the file */
    bool sent;             /* by the database's own account, it has been sent from */
    bool other_machine;    /* that of the database or of the file is known, and is not this one */
    int64_t count;         /* the database's */
    int64_t recorded;      /* the file's */
    bool same_file;        /* the database is the file that sent last */
    bool same_path;        /* it lies where the file says */
    bool original_there;   /* the database that the file names stands, and is not this one */
    bool claims_open;
};
enum guard_answer { GUARD_AGREES, GUARD_NONE_YET, GUARD_BEHIND, GUARD_ELSEWHERE };
/* `*reason`, to stand behind the database's name, where it is refused; else NULL. */
enum guard_answer guard_judge(const struct guard_view *view, const char **reason);

#endif
