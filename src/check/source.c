/* The data from which the text of an issue was made. */
#include <string.h>

#include "check/rules.h"

static bool value_has(const struct value *value, const char *text)
{
    if (value == NULL) {
        return false;
    }
    if (value->kind == VALUE_TEXT) {
        return strstr(value->text, text) != NULL;
    }
    for (const struct value *v = value->first; v != NULL; v = v->next) {
        if (value_has(v, text)) {
            return true;
        }
    }
    return false;
}

bool check_from_data(const struct checking *checking, const char *text)
{
    return value_has(checking->input->variables, text);
}
