/*
 * The witness: a small file, outside of the database's folder, that knows how far the newsletter
 * has been sent. A database alone cannot tell that it is a backup put back, or a copy: by its own
 * ledger it owes what the one that is lost has long sent. So nothing of an issue leaves before
 * database and witness agree.
 *
 * The database counts the batches that were claimed (store/epoch.h): in the transaction of each
 * claim, on the disk before anything of the batch leaves, and once more when a run ends. The
 * witness follows, behind the commit and before the first message: it is never ahead of the
 * database that sent last. It is on the disk when a run's first batch leaves and when the run ends;
 * between, a power cut may put it behind, which is harmless. It also has the hash of the machine's
 * id, and which file the database was: path and inode.
 *
 *   what is found                                             what it is           answer
 *   --------------------------------------------------------  -------------------  --------------
 *   never sent, and no witness                                a new newsletter     goes
 *   the database last sent on another machine, or the         moved, or copied     refused
 *     witness is another machine's
 *   never sent, and the witness names a database at another   begun from a copy    goes, by an id
 *     place                                                     of a fresh one         of its own
 *   the witness is ahead                                      a backup put back    refused
 *   the witness is not ahead, and this file is the one that   the usual            goes
 *     it names
 *   the file that it names stands elsewhere, as it was        a copy beside it     refused
 *   this is another file than the one that it names, and      a backup of the      refused
 *     the issue has open claims: the batch of the last          moment, or moved
 *     moment may have left                                      after a crash
 *   this is another file, and nothing is open                 moved, or put back   goes
 *                                                               with nothing lost
 *   it has sent, no witness, and this file is the one that    the witness is lost  goes, with a
 *     sent last by its inode                                                           warning
 *   it has sent, no witness, and this is another file         put back or copied,  refused
 *                                                               as it seems
 *   the witness cannot be read                                damaged              refused
 *
 * A machine without an id agrees with every other. `force`, or adopting it, makes this database the
 * one that sends: witness and database go past both counts, so that the other one, should it come
 * back, is the one that is refused; a copy whose original still stands gets an id and a witness of
 * its own.
 *
 * What this cannot see: a machine that is put back as a whole; a backup older than the first
 * sending, on another machine or at another place; a witness and a database lost and put back
 * together, which is why the two do not live in one folder. Single mails (confirmations, tests) are
 * not held back: each answers somebody who waits for it. Rehearsals (maildir:, null:) send nothing
 * and keep no witness.
 *
 * `state_dir` names the folder; the database's own, and what lies below it, is refused. The default
 * is the first of these that serves: ~/.local/state/verdicts-epoch of the database's owner, whoever
 * runs the program, so that root and cron find the same one; /var/lib/verdicts-epoch (for root the
 * first); and with a warning .verdicts-epoch in the database's folder, which still tells a database
 * that was put back alone. A home that is the database's folder, or below it, is
 * passed over. Each newsletter has a file of its own there, named by its id.
 *
 * People who came after a backup was made have links with ids that it does not know. A database
 * that is taken up again, by `force` or as another file than the one that sent, so leaves a wide
 * gap before it gives out ids (store/epoch.h).
 */
#ifndef DELIVER_GUARD_H
#define DELIVER_GUARD_H

#include "settings/settings.h"
#include "store/epoch.h"

struct witness;

/* Compares and, where the answer is "goes", makes both agree. FAILURE_CONFIG says what is wrong and
 * what to do; FAILURE_PERMISSION, FAILURE_CANNOT_CREATE or FAILURE_IO where the witness cannot be
 * kept. *witness is NULL for a rehearsal. */
bool witness_open(struct store *store, const struct settings *settings, int64_t issue_id,
                  bool force, struct witness **witness, struct failure *why) MUST_CHECK;

/* Makes this database the one that sends, as `force` does, whatever is due or not. `*found`, in the
 * arena, is what was settled, to stand behind the database's name; NULL where both agreed.
 * FAILURE_CONFIG where smtp.url is a rehearsal's; else as witness_open(). */
bool witness_adopt(struct store *store, const struct settings *settings, struct arena *arena,
                   const char **found, struct failure *why) MUST_CHECK;

/* Behind the commit of a claim that has raised the database's count, before the batch leaves. Fails
 * where somebody else's database has been sending meanwhile. From one thread. */
bool witness_follow(struct witness *witness, struct store *store, struct failure *why) MUST_CHECK;

/* The run is over: raises once more where it has sent, so that a backup from its midst is behind.
 */
bool witness_finish(struct witness *witness, struct store *store, struct failure *why) MUST_CHECK;
void witness_close(struct witness *witness); /* accepts NULL */

/* The same comparison without an effect: nothing is made, locked or written. False where opening
 * would be refused. */
struct witness_place {
    const char *path; /* of the record */
    bool made;        /* it is there already */
    bool beside;      /* in the database's own folder */
};
bool witness_look(struct store *store, const struct settings *settings, int64_t issue_id,
                  struct arena *arena, struct witness_place *place, struct failure *why) MUST_CHECK;

/* What is found, and the answer: the table above. */
struct witness_view {
    bool present, damaged;
    bool sent;           /* by the database's own account, it has been sent from */
    bool other_machine;  /* that of the database or of the witness is known, and is not this one */
    int64_t count;       /* the database's */
    int64_t witnessed;   /* the witness's */
    bool same_file;      /* as the witness names it; without a witness, as the database does */
    bool same_path;      /* the witness names the place where this one lies */
    bool original_there; /* the file that the witness names stands, and is not this one */
    bool claims_open;
};
enum witness_answer {
    WITNESS_GOES,
    WITNESS_LOST, /* goes */
    WITNESS_OWN,  /* goes, by an id of its own */
    WITNESS_MACHINE,
    WITNESS_BEHIND,
    WITNESS_COPY,
    WITNESS_OPEN,
    WITNESS_ABSENT,
    WITNESS_DAMAGED,
};
enum witness_answer witness_judge(const struct witness_view *view);

#endif
