#include "cmd/import_notice.h"

#include <stdio.h>

#include "base/clock.h"
#include "digest/story_view.h"
#include "store/alike.h"

/* A failure's text is one printable line, whatever the name of a file or a tool contains. */
void import_notice_conflict(const char *file, const struct tool_conflict *conflict)
{
    struct failure word;
    fail(&word, FAILURE_DATA,
         "%s: %s of \"%s\" changes from \"%s\" to \"%s\": two %s say different things, and %s",
         file, conflict->field, conflict->tool, conflict->dropped, conflict->kept,
         conflict->sources ? "sources" : "comparisons",
         conflict->sources ? "the newer word stands" : "this one is newer");
    program_warn(word.text);
}

void import_notice_future(const char *file, const struct ingested *item)
{
    char when[CLOCK_TEXT];
    struct failure word;
    if (item->outcome.published_at > clock_now() + INGEST_FUTURE_FINE) {
        clock_format(item->outcome.published_at, when);
        fail(&word, FAILURE_DATA,
             "%s: warning: %s is published at %s, in the future: it waits for that week's issue "
             "(`verdicts comparison date` gives it another date)",
             file, item->slug, when);
        program_warn(word.text);
    }
}

void import_notice_date(const struct program *program, const char *file,
                        const struct ingested *item)
{
    char is[CLOCK_TEXT], other[CLOCK_TEXT];
    const struct comparison_outcome *outcome = &item->outcome;
    clock_format(outcome->published_at, is);
    if (outcome->moved_from != 0 && !program->quiet) {
        clock_format(outcome->moved_from, other);
        printf("moved %s to %s, was %s\n", item->slug, is, other);
    }
    if (outcome->ignored_date != 0) {
        struct failure word;
        clock_format(outcome->ignored_date, other);
        fail(&word, FAILURE_DATA,
             "%s: the new date of %s, %s, is ignored: it stands in an issue with %s", file,
             item->slug, other, is);
        program_warn(word.text);
    }
}

void import_notice_way(const struct program *program, const char *file, const struct way *way)
{
    struct failure word = way->marked;
    if (way->marked_count > 1) {
        fail(&word, FAILURE_DATA, "%s (and %zu more of its texts)", way->marked.text,
             way->marked_count - 1);
    }
    if (way->marked_count > 0) {
        program_warn(word.text);
    }
    if (way->unknown_count > 0 && !program->quiet) {
        printf("%s: passed over %s\n", file, way->names);
    }
}

static void tell_tool(const char *file, const char *slug, const struct look_alike *alike)
{
    struct failure word;
    fail(&word, FAILURE_DATA,
         "%s: %s has a tool that looks like one that is known: \"%s\" %s \"%s\"; if they are one, "
         "correct the name at its source",
         file, slug, alike->name, likeness_phrase(alike->how), alike->other);
    program_warn(word.text);
}

/* Names the issue that readers have it in: then withdrawing the other one is useless. */
static void tell_comparison(const char *file, const char *slug, const struct look_alike *alike)
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
         file, slug, alike->slug, sent.text, reason.text);
    program_warn(word.text);
}

void import_notice_alike(struct import_notice *notice, const char *file, const char *slug,
                         const struct look_alike *alike)
{
    if (alike->how == LIKENESS_NONE || notice->alike++ >= IMPORT_ALIKE_SHOWN) {
        return;
    }
    if (alike->slug != NULL) {
        tell_comparison(file, slug, alike);
    } else {
        tell_tool(file, slug, alike);
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

void import_notice_end(const struct import_notice *notice, const struct ingest_result *result,
                       const struct program *program)
{
    struct failure word;
    if (notice->alike > IMPORT_ALIKE_SHOWN) {
        fail(&word, FAILURE_DATA, "%zu more look like what is known",
             notice->alike - IMPORT_ALIKE_SHOWN);
        program_warn(word.text);
    }
    if (program->quiet) {
        return;
    }
    if (result->dated > 0) {
        printf(
            "%zu known already: --published dates new ones alone; `verdicts comparison date SLUG "
            "TIME` gives another date\n",
            result->dated);
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
