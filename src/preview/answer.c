#include "base/json.h"
#include "preview/private.h"

void preview_answer_json(struct web_answer *answer, const struct value *value)
{
    answer->type = "application/json; charset=utf-8";
    json_write(&answer->body, value, JSON_COMPACT);
}

void preview_answer_message(struct arena *arena, struct web_answer *answer, int status,
                            const char *message)
{
    struct value *object = value_object(arena);
    value_set_text(arena, object, "message", message);
    answer->status = status;
    buf_reset(&answer->body);
    preview_answer_json(answer, object);
}
