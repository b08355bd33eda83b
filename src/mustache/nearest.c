#include "mustache/nearest.h"

#include <string.h>

enum {
    NEAREST_NAME_MAX = 48, /* longer names are not compared */
    NEAREST_TRIES = 1000,  /* members of one object that are looked at */
};

/* Edit distance, a row at a time. */
static size_t edit_distance(struct span a, struct span b)
{
    size_t row[NEAREST_NAME_MAX + 1];
    for (size_t j = 0; j <= b.len; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t change = diagonal + (a.text[i - 1] != b.text[j - 1]);
            diagonal = row[j];
            size_t best = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            row[j] = change < best ? change : best;
        }
    }
    return row[b.len];
}

struct nearest nearest_to(struct span wanted)
{
    return (struct nearest){.wanted = wanted, .name = {"", 0}};
}

void nearest_try(struct nearest *nearest, struct span name)
{
    struct span wanted = nearest->wanted;
    size_t limit = wanted.len < 3 ? 1 : wanted.len < 6 ? 2 : 3;
    if (wanted.len > NEAREST_NAME_MAX || name.len > NEAREST_NAME_MAX ||
        wanted.len > name.len + limit || name.len > wanted.len + limit) {
        return;
    }
    size_t found = edit_distance(wanted, name);
    bool better = nearest->name.len == 0 || found < nearest->distance;
    if (better && found <= limit && found < name.len && found < wanted.len) {
        nearest->name = name;
        nearest->distance = found;
    }
}

void nearest_try_members(struct nearest *nearest, const struct value *object)
{
    if (object == NULL || object->kind != VALUE_OBJECT) {
        return;
    }
    size_t left = NEAREST_TRIES;
    for (const struct value *at = object->first; at != NULL && left > 0; at = at->next, left--) {
        nearest_try(nearest, (struct span){at->name, strlen(at->name)});
    }
}
