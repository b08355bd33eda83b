/*
 * Makes a set of phrases (base/phrases.h) out of rows. Belongs to the compiler of tables
 * (compile.c), which runs while the program is built.
 */
#ifndef BOUNCE_PHRASES_AUTOMATON_H
#define BOUNCE_PHRASES_AUTOMATON_H

#include <stdio.h>

#include "base/arena.h"
#include "base/failure.h"
#include "base/phrases.h"
#include "bounce/meanings.h"

struct automaton;

struct automaton *automaton_make(struct arena *arena);

/* Adds a phrase, which becomes the next row. A blank at an end of it is an end of a word, a '*'
 * anything (phrases/README.md). Fails (FAILURE_DATA) where it can never be found. */
bool automaton_add(struct automaton *automaton, const char *phrase, enum meaning meaning,
                   struct failure *why) MUST_CHECK;

/* The set; lives in the arena. Nothing may be added afterwards. */
bool automaton_finish(struct automaton *automaton, struct phrases_set *set,
                      struct failure *why) MUST_CHECK;

/* Writes its arrays as C; their names begin with `name`. */
void automaton_write_arrays(const struct phrases_set *set, const char *name, FILE *out);
/* Writes the set itself, an initializer that names them. */
void automaton_write_set(const struct phrases_set *set, const char *name, FILE *out);

#endif
