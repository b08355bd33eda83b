#include <string.h>

#include "http/server.h"

const char *web_field_find(const struct web_field *fields, const char *name)
{
    for (; fields != NULL; fields = fields->next) {
        if (strcmp(fields->name, name) == 0) {
            return fields->value;
        }
    }
    return NULL;
}
