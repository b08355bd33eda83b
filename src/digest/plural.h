/*
 * Which plural form a number takes: gettext's "nplurals=2; plural=(n != 1);", a C expression in n
 * with ?:, ||, &&, comparisons, + - * / %, ! and brackets.
 */
#ifndef DIGEST_PLURAL_H
#define DIGEST_PLURAL_H

#include <stdint.h>

#include "base/failure.h"

enum { PLURAL_FORMS_MAX = 6 };

struct plural {
    const char *expression; /* the text after "plural=", up to a ";"; points into the header that
                               was read */
    unsigned forms;
};

/* Parses the value of a Plural-Forms header. */
bool plural_read(const char *header, struct plural *plural, struct failure *why) MUST_CHECK;

/* Whether the expression is valid and gives an existing form for each number up to a thousand. */
bool plural_check(const struct plural *plural, struct failure *why) MUST_CHECK;

/* The form for a number, from 0. */
unsigned plural_form(const struct plural *plural, uint64_t number);

#endif
