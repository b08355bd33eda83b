/*
 * Where unit tests make their folders: $TMPDIR, which tests/run points at memory, as each test
 * waits for the disk a hundred times otherwise. A name that is too long for the fixed buffers of
 * the tests is left alone.
 */
#ifndef TESTS_SUPPORT_SCRATCH_PLACE_H
#define TESTS_SUPPORT_SCRATCH_PLACE_H

#include <stdlib.h>
#include <string.h>

static inline const char *scratch_place(void)
{
    const char *place = getenv("TMPDIR");
    return place != NULL && place[0] == '/' && strlen(place) < 32 ? place : "/tmp";
}

#endif
