#include "digest/counting.h"

#include <string.h>
#include <strings.h>

bool counting_is_of(const char *behind, const char *noun)
{
    static const char *const between[] = {"new ", "other ", "of the "};
    for (size_t i = 0; i < sizeof between / sizeof *between; i++) {
        size_t len = strlen(between[i]);
        behind += strncasecmp(behind, between[i], len) == 0 ? len : 0;
    }
    return strncasecmp(behind, noun, strlen(noun)) == 0;
}

bool counting_fits(const struct standing *standing, const char *behind, size_t number)
{
    size_t reviews = 0;
    for (size_t i = 0; i < standing->count; i++) {
        struct jury jury = jury_of(standing->tools[i]);
        reviews += standing->tools[i]->review_count;
        if (counting_is_of(behind, "reviewer") && jury.size == number) {
            return true;
        }
    }
    if (standing->count == 1) {
        return false; /* a tool that has changed */
    }
    return (counting_is_of(behind, "tool") &&
            (number == standing->count || number == standing->top || number == standing->level ||
             number == standing->judged)) ||
           (counting_is_of(behind, "rival") && number + 1 == standing->count) ||
           (counting_is_of(behind, "review") && !counting_is_of(behind, "reviewer") &&
            number == reviews);
}
