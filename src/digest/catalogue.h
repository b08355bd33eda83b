/*
 * A catalogue of sentences: gettext's PO, read without libintl.
 *
 * A message is looked up by its msgctxt ("answer/leader"), which is unique; its msgid is the
 * English text, so that `msgfmt --check` compares the named holes of a translation with it. The
 * text of a message is its msgstr, or its msgid if that is empty. Fuzzy and obsolete entries are
 * skipped.
 */
#ifndef DIGEST_CATALOGUE_H
#define DIGEST_CATALOGUE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/failure.h"
#include "digest/plural.h"

struct message {
    const char *id;                      /* the msgctxt */
    const char *texts[PLURAL_FORMS_MAX]; /* by plural form; a message without plural has one */
    bool plural;
};

struct catalogue {
    struct message *messages;
    size_t count;
    struct plural plural;
    const char *language;  /* the header's Language: a BCP 47 tag; "" if it has none */
    const char *direction; /* the header's X-Direction: "rtl", otherwise "ltr" */
};

/* `path` is the file's name in failures. */
bool catalogue_read(struct arena *arena, const char *path, const char *text,
                    struct catalogue *catalogue, struct failure *why) MUST_CHECK;

/* The English catalogue, which is built into the program. */
const struct catalogue *catalogue_english(struct arena *arena);

/* The text of a message, in the form for `number` if it has several. A message that does not exist
 * is a broken contract. */
const char *catalogue_text(const struct catalogue *catalogue, const char *id, uint64_t number);

#endif
