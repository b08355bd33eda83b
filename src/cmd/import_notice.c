#include "cmd/import_notice.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "digest/story_view.h"
#include "store/alike.h"

enum { NAME_SHOWN = 80 };

static const char *keep(struct arena *arena, const char *text, size_t most)
{
    return text == NULL ? NULL : arena_copy_bytes(arena, text, utf8_cut(text, strlen(text), most));
}

struct look_alike import_notice_keep(struct arena *arena, const struct look_alike *alike)
{
    struct look_alike kept = *alike;
    kept.slug = keep(arena, alike->slug, MODEL_SLUG_MAX);
    kept.title = NULL;
    kept.name = keep(arena, alike->name, NAME_SHOWN);
    kept.other = keep(arena, alike->other, NAME_SHOWN);
    kept.issue_week = keep(arena, alike->issue_week, NAME_SHOWN);
    return kept;
}

static void tell_tool(const char *name, const char *slug, const struct look_alike *alike)
{
    struct failure word;
    fail(&word, FAILURE_DATA,
         "%s: %s has a tool that looks like one that is known: \"%s\" %s \"%s\"; if they are one, "
         "correct the name at its source",
         name, slug, alike->name, likeness_phrase(alike->how), alike->other);
    program_complain(&word);
}

/* "; issue 3 (2026-W46) told it": withdrawing that one is of no use any more. */
static void tell_comparison(const char *name, const char *slug, const struct look_alike *alike)
{
    struct failure word, reason, sent = {.text = ""};
    if (alike->name != NULL) {
        fail(&reason, FAILURE_DATA, "\"%s\" %s \"%s\"", alike->name, likeness_phrase(alike->how),
             alike->other);
    } else {
        fail(&reason, FAILURE_DATA, "it %s that one", likeness_phrase(alike->how));
    }
    if (alike->issue_number != 0) {
        fail(&sent, FAILURE_DATA, ", which readers have in issue %lld (%s)",
             (long long)alike->issue_number, alike->issue_week);
    }
    fail(&word, FAILURE_DATA,
         "%s: %s looks like %s%s: %s; if they are one, `verdicts comparison withdraw` keeps one of "
         "them out",
         name, slug, alike->slug, sent.text, reason.text);
    program_complain(&word);
}

void import_notice_alike(struct import_notice *notice, const char *name, const char *slug,
                         const struct look_alike *alike)
{
    if (alike->how == LIKENESS_NONE || notice->alike++ >= IMPORT_ALIKE_SHOWN) {
        return;
    }
    if (alike->slug != NULL) {
        tell_comparison(name, slug, alike);
    } else {
        tell_tool(name, slug, alike);
    }
}

void import_notice_guess(struct import_notice *notice, struct program *program, const char *slug)
{
    const struct comparison bare = {.slug = slug};
    if (notice->guessed++ == 0) {
        notice->guess =
            story_view_link(&program->arena, &bare, program->settings.site.comparison_url);
    }
}

void import_notice_dated(struct import_notice *notice)
{
    notice->dated++;
}

void import_notice_end(const struct import_notice *notice, const struct program *program)
{
    struct failure word;
    if (notice->alike > IMPORT_ALIKE_SHOWN) {
        fail(&word, FAILURE_DATA, "%zu more look like what is known",
             notice->alike - IMPORT_ALIKE_SHOWN);
        program_complain(&word);
    }
    if (program->quiet) {
        return;
    }
    if (notice->dated > 0) {
        printf(
            "%zu known already: --published dates new ones alone; `verdicts comparison date SLUG "
            "TIME` gives another date\n",
            notice->dated);
    }
    if (notice->guessed == 0) {
        return;
    }
    if (notice->guess == NULL) {
        printf("%zu without a \"url\": they have no link, as site.comparison_url is not set; give "
               "the one or the other\n",
               notice->guessed);
    } else {
        printf("%zu without a \"url\": the address is guessed from site.comparison_url, as in %s; "
               "give \"url\" in JSON where that is not it\n",
               notice->guessed, notice->guess);
    }
}
