#include <strings.h>

#include "check/rules.h"

bool check_is_hidden(struct arena *arena, const struct node *node)
{
    for (const struct node *n = node; n != NULL; n = n->parent) {
        const char *style = n->kind == NODE_ELEMENT ? node_attribute(n, "style") : NULL;
        const char *display =
            style != NULL ? css_value(css_declarations(arena, style), "display") : NULL;
        if (node_is(n, "head") || node_is(n, "style") || node_is(n, "script") ||
            (display != NULL && strcasecmp(display, "none") == 0)) {
            return true;
        }
    }
    return false;
}
