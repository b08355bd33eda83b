/* Recognises messages that no other detector recognised and no person wrote, by form, sender and
 * first words. */
#include <ctype.h>
#include <string.h>

#include "bounce/detect.h"
#include "bounce/words.h"

enum { TERSE_MAX = 300 };

/* Parts that only mail systems create, in the message itself and not in one that it forwards. They
 * do not turn a person's letter into a report. */
static bool has_report_parts(const struct detection *detection)
{
    if (detection->evidence.personal && strcmp(detection->split->type, "multipart/report") != 0) {
        return false;
    }
    for (size_t i = 0; i < detection->split->count; i++) {
        const struct split_part *part = &detection->split->parts[i];
        if (part->kind == SPLIT_STATUS && part->depth == 0) {
            return true;
        }
    }
    return strcmp(detection->split->report_type, "delivery-status") == 0;
}

static bool from_nobody(const struct detection *detection)
{
    const char *from = split_find(&detection->split->fields, "from");
    return from != NULL && detection->evidence.from[0] == '\0' && strstr(from, "<>") != NULL;
}

/* "550 no such user here": people quote codes too, but not as the first thing they write, and they
 * use more words. */
static bool begins_with_code(const struct evidence *evidence)
{
    const char *said = evidence->body.folded + strspn(evidence->body.folded, "[(\"'<");
    return (said[0] == '4' || said[0] == '5') && said[1] >= '0' && said[1] <= '7' &&
           isdigit((unsigned char)said[2]) && said[3] != '\0' && strchr(" -:", said[3]) != NULL &&
           strlen(said) < TERSE_MAX;
}

bool detect_machine(const struct detection *detection)
{
    const struct evidence *evidence = &detection->evidence;
    if (evidence->reply || evidence->list || evidence->letter || evidence->quoting) {
        return false;
    }
    return has_report_parts(detection) || from_nobody(detection) || evidence->device ||
           (evidence->null_path && (evidence->daemon_weak || evidence->automatic)) ||
           begins_with_code(evidence) || words_say(MEANING_NOTICE, evidence->subject);
}
