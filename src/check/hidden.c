#include <strings.h>

#include "check/rules.h"

bool check_is_hidden(const struct node *node)
{
    for (const struct node *n = node; n != NULL; n = n->parent) {
        const char *display = css_value(n->style, "display");
        if (node_is(n, "head") || node_is(n, "style") || node_is(n, "script") ||
            (display != NULL && strcasecmp(display, "none") == 0)) {
            return true;
        }
    }
    return false;
}
