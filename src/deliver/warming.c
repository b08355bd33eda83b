#include "deliver/warming.h"

#include "store/warmth.h"

enum { WARMING_DAY = 86400 };

bool warming_asked(const struct settings_relay *relay)
{
    return relay->warmup.start.count > 0 && !settings_relay_is_local(relay);
}

/* The allowance of the day of that number, before it is cut to a whole number; at most `until`. */
static double allowance_of(const struct settings_warmup *warmup, int64_t number)
{
    double until = (double)warmup->until.count;
    double allowance = (double)warmup->start.count;
    for (int64_t i = 1; i < number && allowance < until; i++) {
        allowance = allowance * (double)warmup->factor / 100;
    }
    return allowance < until ? allowance : until;
}

int64_t warming_days(const struct settings_warmup *warmup)
{
    double until = (double)warmup->until.count;
    double allowance = (double)warmup->start.count;
    int64_t days = 1;
    for (; allowance < until; days++) {
        allowance = allowance * (double)warmup->factor / 100;
    }
    return days;
}

int64_t warming_allowance(const struct settings_warmup *warmup, int64_t number)
{
    return number > warming_days(warmup) ? INT64_MAX : (int64_t)allowance_of(warmup, number);
}

int64_t warming_day(int64_t now)
{
    return now / WARMING_DAY;
}

int64_t warming_day_end(int64_t now)
{
    return (warming_day(now) + 1) * WARMING_DAY;
}

bool warming_find(struct store *store, const struct settings_relay *relay, const char *name,
                  int64_t now, struct warming *warming, struct failure *why)
{
    int64_t before;
    *warming = (struct warming){.day = warming_day(now), .days = warming_days(&relay->warmup)};
    if (!warmth_read(store, name, warming->day, &before, &warming->sent, why)) {
        return false;
    }
    warming->number = before + 1;
    warming->allowance = warming_allowance(&relay->warmup, warming->number);
    return true;
}
