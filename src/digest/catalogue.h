/*
 * A catalogue of sentences: gettext's PO, read without libintl.
 *
 * A message is looked up by its msgctxt ("answer/leader"), which is unlike every other one; its
 * msgid is the English text, so that `msgfmt --check` compares the named holes of a translation
 * with it. What a message says is its msgstr, or its msgid where that is empty. Fuzzy and obsolete
 * entries are passed over.
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
    const char *language;  /* the header's Language: a tag of BCP 47; "" where it has none */
    const char *direction; /* its X-Direction: "rtl", else "ltr" */
};

/* `path` is what a complaint names. */
bool catalogue_read(struct arena *arena, const char *path, const char *text,
                    struct catalogue *catalogue, struct failure *why) MUST_CHECK;

/* The English one, which the program carries inside itself. */
const struct catalogue *catalogue_english(struct arena *arena);

/* The text of a message, in the form for `number` where it has several. A message that is not
 * there is a broken contract. */
const char *catalogue_text(const struct catalogue *catalogue, const char *id, uint64_t number);

#endif
