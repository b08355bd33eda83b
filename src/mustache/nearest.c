#include "mustache/nearest.h"

#include <string.h>

#include "base/spelling.h"

enum { NEAREST_TRIES = 1000 /* members of one object that are compared */ };

struct nearest nearest_to(struct span wanted)
{
    return (struct nearest){.wanted = wanted, .name = {"", 0}};
}

void nearest_try(struct nearest *nearest, struct span name)
{
    struct span wanted = nearest->wanted;
    size_t limit = wanted.len < 3 ? 1 : wanted.len < 6 ? 2 : 3;
    if (wanted.len > SPELLING_MAX || name.len > SPELLING_MAX || wanted.len > name.len + limit ||
        name.len > wanted.len + limit) {
        return;
    }
    size_t found = spelling_distance(wanted.text, wanted.len, name.text, name.len);
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
