#include "digest/price_compare.h"

#include <string.h>

/* The length of a period, in days or in months. */
struct length {
    double count;
    bool months;
};

static struct length length_of(enum price_period period)
{
    static const struct length lengths[] = {
        [PERIOD_NONE] = {1, false}, [PERIOD_ONCE] = {1, false}, [PERIOD_DAY] = {1, false},
        [PERIOD_WEEK] = {7, false}, [PERIOD_MONTH] = {1, true}, [PERIOD_QUARTER] = {3, true},
        [PERIOD_YEAR] = {12, true},
    };
    return lengths[period];
}

/* The least and the most that is paid, for one unit and one day, one month or no period. */
struct price_range {
    double low, high;
};

static struct price_range span_of(const struct price *price, bool months)
{
    struct length length = length_of(price->unit.period);
    double share = length.count * (price->unit.what[0] != '\0' ? price->unit.count : 1);
    struct price_range span = {(double)price->money.low / share, (double)price->money.high / share};
    if (months && !length.months) {
        span.low *= 28;
        span.high *= 31;
    }
    return span;
}

static bool is_recurring(enum price_period period)
{
    return period > PERIOD_ONCE;
}

static bool same_kind(const struct price *one, const struct price *other)
{
    const struct price_unit *a = &one->unit;
    const struct price_unit *b = &other->unit;
    bool periods = a->period == b->period || (is_recurring(a->period) && is_recurring(b->period));
    return !one->money.vague && strcmp(one->money.currency, other->money.currency) == 0 &&
           periods && a->person == b->person && strcmp(a->what, b->what) == 0 &&
           strcmp(a->terms, b->terms) == 0;
}

enum { CENT = 10000 /* millionths */ };

/* A tolerance: for the rounding of doubles, and a cent for a monthly price that is a part of a
 * yearly one. */
static double slack_of(const struct price *one, const struct price *other, double most)
{
    bool turned = one->unit.period != other->unit.period && one->unit.what[0] == '\0';
    return turned && most > 100 * (double)CENT ? CENT * 0.999 : most * 1e-9;
}

static bool is_near(double one, double other, double slack)
{
    return one - other <= slack && other - one <= slack;
}

enum price_order price_compare(const struct price *one, const struct price *other)
{
    if (!same_kind(one, other)) {
        return PRICE_APART;
    }
    bool months = length_of(one->unit.period).months || length_of(other->unit.period).months;
    struct price_range a = span_of(one, months);
    struct price_range b = span_of(other, months);
    double slack = slack_of(one, other, a.high > b.high ? a.high : b.high);
    if (is_near(a.low, b.low, slack) && is_near(a.high, b.high, slack)) {
        return PRICE_SAME;
    }
    return a.high < b.low ? PRICE_LESS : a.low > b.high ? PRICE_MORE : PRICE_APART;
}
