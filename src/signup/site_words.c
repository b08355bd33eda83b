/* Sentences of the catalogue, in the forms that pages need. */
#include "base/clock.h"
#include "base/zone.h"
#include "pick/week.h"
#include "signup/site.h"

struct say site_sayer(const struct site *site, struct arena *arena)
{
    return (struct say){arena, site->words};
}

const char *site_words(const struct site *site, struct arena *arena, const char *id)
{
    const struct say say = site_sayer(site, arena);
    return say_text(&say, id, NULL);
}

const char *site_server_words(void *context, const char *id)
{
    const struct site *site = context;
    return catalogue_text(site->words, id, 1);
}

const char *site_title(const struct site *site, struct arena *arena, const char *id, bool wrong)
{
    const struct say say = site_sayer(site, arena);
    const char *title = say_text(&say, id, NULL);
    return wrong ? say_text(&say, "page/error", HOLES({"title", title})) : title;
}

const char *site_date(const struct site *site, struct arena *arena, int64_t instant)
{
    const struct say say = site_sayer(site, arena);
    const struct local_time local = zone_from_instant(site->settings->issue.timezone, instant);
    return say_date(&say, &local);
}

const char *site_next_issue(const struct site *site, struct arena *arena)
{
    const struct say say = site_sayer(site, arena);
    int64_t due = week_next_due(site->settings, clock_now());
    const struct local_time local = zone_from_instant(site->settings->issue.timezone, due);
    return say_day(&say, &local);
}
