/*
 * Shared by the files of reading: the state that is passed down, refusing a value, and reading
 * values other than objects and lists.
 */
#ifndef INTAKE_READING_PRIVATE_H
#define INTAKE_READING_PRIVATE_H

#include "intake/fields.h"
#include "intake/reading.h"

struct reading {
    struct arena *arena;
    const struct json_source *source;
    struct failure *why; /* the first fault; reading continues, to find unknown members */
    bool *failed;
};

#define REFUSE(reading, step, ...)                                                                 \
    (*(reading)->failed ? false                                                                    \
                        : (*(reading)->failed = true,                                              \
                           reading_fail((reading)->source, (step), (reading)->why, __VA_ARGS__)))

/* "this is a list; write …". */
bool reading_refuse_kind(const struct reading *reading, const struct step *step,
                         const struct value *value, const char *wanted);

/* The value of a field that is neither a tool nor a list of reviews, into the member at `at`. */
bool reading_scalar(const struct reading *reading, const struct step *step,
                    const struct field *field, const struct value *value, void *at);

#endif
