#include "digest/figure.h"

#include <ctype.h>
#include <string.h>

#include "digest/jury.h"

enum { LARGEST = 1000000000 };

size_t figure_digits(const char **at)
{
    size_t number = 0;
    for (; isdigit((unsigned char)**at) && number < LARGEST; (*at)++) {
        number = 10 * number + (size_t)(**at - '0');
        *at += (*at)[1] == ',' && isdigit((unsigned char)(*at)[2]) ? 1 : 0;
    }
    return number;
}

bool figure_read(const char **at, struct figure *figure)
{
    const char *end = *at;
    figure->number = figure_digits(&end);
    figure->percent = *end == '%';
    end += figure->percent;
    const char *of = strncmp(end, " of ", 4) == 0 ? end + 4 : end;
    if (of > end && isdigit((unsigned char)*of)) {
        figure->of = figure_digits(&of);
        end = of;
    }
    if (isalnum((unsigned char)*end) || (!figure->percent && figure->of == 0)) {
        return false;
    }
    *at = end;
    return true;
}

const char *figure_holder(const struct figure *figure, const struct tool *tool)
{
    struct jury jury = jury_of(tool);
    bool counted =
        !figure->percent && jury.size > 0 && jury.ship == figure->number && jury.size == figure->of;
    bool share =
        figure->percent && figure->of == 0 && figure->panel && jury.percent == (int)figure->number;
    size_t ship;
    bool few = !figure->percent && figure->readers && tool->community_ship != PERCENT_NONE &&
               tool->community_votes > 0 && (size_t)tool->community_votes == figure->of &&
               jury_count(tool->community_ship, figure->of, &ship) && ship == figure->number;
    bool votes =
        few || (figure->percent && figure->readers && tool->community_ship == (int)figure->number &&
                (figure->of == 0 || (size_t)tool->community_votes == figure->of));
    return votes ? "the readers" : counted || share ? "the panel" : NULL;
}
