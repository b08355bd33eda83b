#include "digest/price.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "digest/phrase.h"

/* Behind ours: it makes a macro of fail. */
#include <cmocka.h>

static struct arena arena;

static const struct say *english(void)
{
    static struct say say;
    say = (struct say){&arena, catalogue_english(&arena)};
    return &say;
}

static int give_back(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static struct tool priced(const char *name, const char *price, const char *note)
{
    return (struct tool){.slug = name,
                         .name = name,
                         .category = "Tools",
                         .tagline = "",
                         .description = "",
                         .price = price,
                         .price_note = note,
                         .panel_ship = 50,
                         .community_ship = PERCENT_NONE};
}

/* A pair and what is said of it; `back` where it is something else with B first. */
struct pair {
    const char *one, *one_note, *other, *other_note;
    const char *words, *back;
};

static void expect_words(const struct tool *one, const struct tool *other, const char *words)
{
    const char *said = price_read(english(), one, other);
    if (strcmp(said, words) != 0) {
        fail_msg("%s \"%s\" (%s), %s \"%s\" (%s): \"%s\", not \"%s\"", one->name, one->price,
                 one->price_note, other->name, other->price, other->price_note, said, words);
    }
}

static void expect_pairs(const struct pair *pairs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct tool one = priced("A", pairs[i].one, pairs[i].one_note);
        struct tool other = priced("B", pairs[i].other, pairs[i].other_note);
        expect_words(&one, &other, pairs[i].words);
        expect_words(&other, &one, pairs[i].back != NULL ? pairs[i].back : pairs[i].words);
    }
}

#define EXPECT(pairs) expect_pairs((pairs), sizeof(pairs) / sizeof(pairs)[0])
#define APART         ": two prices that do not compare directly."

static void what_is_free_is_said_with_the_weaker_claim(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"Free", "Entry", "Free", "Entry", "Both are free to start.", NULL},
        {"Free", "", "free", "Entry", "Both are free to start.", NULL},
        {"Free", "", "Free tier", "", "Both are free to start.", NULL},
        {"Freemium", "", "Free", "", "Both are free to start.", NULL},
        {"Free / $20/mo", "", "$0", "", "Both are free to start.", NULL},
        {"$0–$20/mo", "", "Free", "", "Both are free to start.", NULL},
        {"from $0", "", "Free", "", "Both are free to start.", NULL},
        {"$0", "", "Open source", "", "Both are free.", NULL},
        {"$0.00/mo", "", "Free", "", "Both are free.", NULL},
        {"Kostenlos", "", "Gratuit", "", "Both are free.", NULL},
        {"Free", "Self-hosted", "Free", "", "A is free (Self-hosted), B is free.",
         "B is free, A is free (Self-hosted)."},
        {"Free", "14-day trial", "$5/mo", "",
         "A is listed as “Free” (14-day trial), B costs $5/mo.",
         "B costs $5/mo, A is listed as “Free” (14-day trial)."},
        {"Free trial", "", "Free", "", "B is free, A is listed as “Free trial”.", NULL},
        {"Free for 30 days, then $20/mo", "", "$10/mo", "",
         "A is listed as “Free for 30 days, then $20/mo”, B costs $10/mo.",
         "B costs $10/mo, A is listed as “Free for 30 days, then $20/mo”."},
        {"$0 + usage", "", "$5/mo", "", "A is listed as “$0 + usage”, B costs $5/mo.",
         "B costs $5/mo, A is listed as “$0 + usage”."},
        {"", "", "", "", "No price is given for either.", NULL},
        {"Free", "Entry", "", "", "A is free to start; no price is given for B.", NULL},
        {"", "", "$5/mo", "", "B costs $5/mo; no price is given for A.", NULL},
        {"Free", "Entry", "$20/mo", "Entry", "A is free to start, B starts at $20/mo.", NULL},
        {"$20/mo", "Pro", "Free", "", "B is free, A costs $20/mo (Pro).", NULL},
        {"Free", "Self-hosted", "$49/mo", "Entry", "A is free (Self-hosted), B starts at $49/mo.",
         NULL},
        {"Contact sales", "", "Free", "", "B is free, A is listed as “Contact sales”.", NULL},
    };
    EXPECT(pairs);
}

/* A price that holds for a while, for some or for so many is quoted and ranked with no other. */
static void a_note_that_limits_a_price_lets_it_claim_less(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"Free", "first month", "Free", "", "B is free, A is listed as “Free” (first month).",
         NULL},
        {"Free", "then $20/mo", "$5/mo", "", "A is listed as “Free” (then $20/mo), B costs $5/mo.",
         "B costs $5/mo, A is listed as “Free” (then $20/mo)."},
        {"$0/mo", "for 3 months", "$5/mo", "",
         "A is listed as “$0/mo” (for 3 months), B costs $5/mo.",
         "B costs $5/mo, A is listed as “$0/mo” (for 3 months)."},
        {"Free", "for students", "Free", "", "B is free, A is listed as “Free” (for students).",
         NULL},
        {"Free", "7-day trial", "Free", "14-day trial",
         "A is listed as “Free” (7-day trial), B is listed as “Free” (14-day trial).",
         "B is listed as “Free” (14-day trial), A is listed as “Free” (7-day trial)."},
        {"Free", "Trial", "free", "trial", "Both are listed as “Free” (Trial).",
         "Both are listed as “free” (trial)."},
        {"Contact us", "Pro", "contact us", "Team",
         "A is listed as “Contact us” (Pro), B is listed as “contact us” (Team).",
         "B is listed as “contact us” (Team), A is listed as “Contact us” (Pro)."},
        {"Free", "Pro $20/mo", "Free", "", "Both are free to start.", NULL},
        {"Free", "paid plans from $10", "$5/mo", "",
         "A is free to start (paid plans from $10), B costs $5/mo.", NULL},
        {"Free", "up to 3 users", "Free", "", "Both are free to start.", NULL},
        {"Free/Paid", "", "Free", "", "Both are free to start.", NULL},
        {"Free tier, then $20/mo", "", "Free", "Entry", "Both are free to start.", NULL},
        {"Free plan + Pro at $20/mo", "", "$5/mo", "", "A is free to start, B costs $5/mo.", NULL},
        {"Free; Pro $20/mo", "", "$5/mo", "", "A is free to start, B costs $5/mo.", NULL},
        {"Free, paid plans from $10/mo", "", "Free", "", "Both are free to start.", NULL},
        {"Free tier for 30 days, then $20/mo", "", "Free", "",
         "B is free, A is listed as “Free tier for 30 days, then $20/mo”.", NULL},
        {"Free, then $20/mo", "", "Free", "", "B is free, A is listed as “Free, then $20/mo”.",
         NULL},
        {"Free, 14-day trial of Pro ($20/mo)", "", "Free", "",
         "B is free, A is listed as “Free, 14-day trial of Pro ($20/mo)”.", NULL},
        {"Free", "Limited time", "Free", "", "B is free, A is listed as “Free” (Limited time).",
         NULL},
        {"$5/mo", "during beta", "$8/mo", "",
         "A is listed as “$5/mo” (during beta), B costs $8/mo.",
         "B costs $8/mo, A is listed as “$5/mo” (during beta)."},
        {"$5/mo", "first 3 months", "$8/mo", "",
         "A is listed as “$5/mo” (first 3 months), B costs $8/mo.",
         "B costs $8/mo, A is listed as “$5/mo” (first 3 months)."},
        {"$5/mo", "then $10/mo", "$8/mo", "",
         "A is listed as “$5/mo” (then $10/mo), B costs $8/mo.",
         "B costs $8/mo, A is listed as “$5/mo” (then $10/mo)."},
        {"$5/mo", "Intro price", "$8/mo", "",
         "A is listed as “$5/mo” (Intro price), B costs $8/mo.",
         "B costs $8/mo, A is listed as “$5/mo” (Intro price)."},
        {"$5/mo", "for 12 months", "$8/mo", "",
         "A is listed as “$5/mo” (for 12 months), B costs $8/mo.",
         "B costs $8/mo, A is listed as “$5/mo” (for 12 months)."},
        {"$20/mo", "min. 3 seats", "$25/mo", "",
         "A is listed as “$20/mo” (min. 3 seats), B costs $25/mo.",
         "B costs $25/mo, A is listed as “$20/mo” (min. 3 seats)."},
        {"$20/mo", "up to 5 users", "$25/mo", "",
         "A is listed as “$20/mo” (up to 5 users), B costs $25/mo.",
         "B costs $25/mo, A is listed as “$20/mo” (up to 5 users)."},
        {"$20/mo", "3-seat minimum", "$25/mo", "",
         "A is listed as “$20/mo” (3-seat minimum), B costs $25/mo.",
         "B costs $25/mo, A is listed as “$20/mo” (3-seat minimum)."},
        {"$15/mo", "plus usage", "$20/mo", "", "A costs $15/mo (plus usage), B costs $20/mo" APART,
         "B costs $20/mo, A costs $15/mo (plus usage)" APART},
        {"$15/mo", "Plus VAT", "$20/mo", "", "A costs $15/mo (Plus VAT), B costs $20/mo" APART,
         "B costs $20/mo, A costs $15/mo (Plus VAT)" APART},
        {"$15/mo", "Plus plan", "$20/mo", "",
         "A is cheaper: it costs $15/mo (Plus plan), B costs $20/mo.", NULL},
        {"$15/mo", "Team of 2026", "$20/mo", "14-day trial",
         "A is cheaper: it costs $15/mo (Team of 2026), B costs $20/mo (14-day trial).", NULL},
    };
    EXPECT(pairs);
}

static void a_year_is_twelve_months_and_a_seat_a_seat(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"$240/yr", "", "$20/mo", "", "Both cost the same: A $240/yr, B $20/mo.",
         "Both cost the same: B $20/mo, A $240/yr."},
        {"$199/year", "", "$16.58/mo", "", "Both cost the same: A $199/year, B $16.58/mo.",
         "Both cost the same: B $16.58/mo, A $199/year."},
        {"$200/yr", "", "$20/mo", "", "A is cheaper: it costs $200/yr, B costs $20/mo.", NULL},
        {"$25/mo", "", "$240 per year", "", "B is cheaper: it costs $240 per year, A costs $25/mo.",
         NULL},
        {"$60/quarter", "", "$20/mo", "", "Both cost the same: A $60/quarter, B $20/mo.",
         "Both cost the same: B $20/mo, A $60/quarter."},
        {"$99 / 12 months", "", "$9/mo", "",
         "A is cheaper: it costs $99 / 12 months, B costs $9/mo.", NULL},
        {"$1/day", "", "$7/week", "", "Both cost the same: A $1/day, B $7/week.",
         "Both cost the same: B $7/week, A $1/day."},
        {"$4.99/week", "", "$9.99/mo", "", "B is cheaper: it costs $9.99/mo, A costs $4.99/week.",
         NULL},
        {"$1/day", "", "$30/mo", "", "A costs $1/day, B costs $30/mo" APART,
         "B costs $30/mo, A costs $1/day" APART},
        {"$20/seat/mo", "", "$20/mo", "per seat", "Both cost $20/seat/mo.",
         "Both cost $20/mo per seat."},
        {"$20/user/mo", "", "$25/mo", "Per member",
         "A is cheaper: it costs $20/user/mo, B costs $25/mo per member.", NULL},
        {"$20 per seat and month", "", "$240/seat/yr", "",
         "Both cost the same: A $20 per seat and month, B $240/seat/yr.",
         "Both cost the same: B $240/seat/yr, A $20 per seat and month."},
        {"$12/mo", "Entry", "$29/mo", "Per seat",
         "A starts at $12/mo, B costs $29/mo per seat" APART,
         "B costs $29/mo per seat, A starts at $12/mo" APART},
        {"$12/mo", "per seat", "$29/mo", "Per seat",
         "A is cheaper: it costs $12/mo per seat, B costs $29/mo per seat.", NULL},
        {"$20", "/mo", "$20/mo", "", "Both cost $20/mo.", NULL},
        {"$20", "monthly", "$25 a month", "",
         "A is cheaper: it costs $20 (monthly), B costs $25 a month.", NULL},
        {"$20/yr", "per month", "$20/mo", "",
         "A is listed as “$20/yr” (per month), B costs $20/mo.",
         "B costs $20/mo, A is listed as “$20/yr” (per month)."},
        {"$20/mo", "Annual", "$15/mo", "",
         "B is cheaper: it costs $15/mo, A costs $20/mo (Annual).", NULL},
        {"$20/mo billed annually", "", "$20/mo", "",
         "Both cost the same: A $20/mo billed annually, B $20/mo.",
         "Both cost the same: B $20/mo, A $20/mo billed annually."},
        {"$192 billed annually", "", "$20", "",
         "A is listed as “$192 billed annually”, B costs $20.",
         "B costs $20, A is listed as “$192 billed annually”."},
        {"$99 one-time", "", "$20/mo", "", "A costs $99 one-time, B costs $20/mo" APART,
         "B costs $20/mo, A costs $99 one-time" APART},
        {"$99", "", "$99/mo", "", "A costs $99, B costs $99/mo" APART,
         "B costs $99/mo, A costs $99" APART},
        {"$20/mo for 5 users", "", "$10/mo", "",
         "A is listed as “$20/mo for 5 users”, B costs $10/mo.",
         "B costs $10/mo, A is listed as “$20/mo for 5 users”."},
        {"$20/mo", "Plus", "$25/mo", "Pro user",
         "A is cheaper: it costs $20/mo (Plus), B costs $25/mo (Pro user).", NULL},
        {"$20/mo + VAT", "", "$22/mo", "", "A costs $20/mo + VAT, B costs $22/mo" APART,
         "B costs $22/mo, A costs $20/mo + VAT" APART},
    };
    EXPECT(pairs);
}

static void prices_are_read_as_each_country_writes_them(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"7,53 €/user/mo", "", "8 €/user/mo", "",
         "A is cheaper: it costs 7,53 €/user/mo, B costs 8 €/user/mo.", NULL},
        {"4,19 €/Monat", "", "€5/mo", "", "A is cheaper: it costs 4,19 €/Monat, B costs €5/mo.",
         NULL},
        {"CHF 12.–", "", "12 CHF", "", "Both cost CHF 12.–.", "Both cost 12 CHF."},
        {"1.200,00 €", "", "€1,200.00", "", "Both cost 1.200,00 €.", "Both cost €1,200.00."},
        {"US$ 1,200", "", "$1,100", "", "B is cheaper: it costs $1,100, A costs US$ 1,200.", NULL},
        {"CHF 1'200.50", "", "1’200.50 CHF", "", "Both cost CHF 1'200.50.",
         "Both cost 1’200.50 CHF."},
        {"1\xC2\xA0"
         "200,50\xC2\xA0€/an",
         "",
         "1\xE2\x80\xAF"
         "300 €/an",
         "", "A is cheaper: it costs 1 200,50 €/an, B costs 1 300 €/an.", NULL},
        {"12 €/mois", "", "12 €/mes", "", "Both cost 12 €/mois.", "Both cost 12 €/mes."},
        {"€ 10 per maand", "", "120 €/an", "", "Both cost the same: A € 10 per maand, B 120 €/an.",
         "Both cost the same: B 120 €/an, A € 10 per maand."},
        {"10 € pro Nutzer/Monat", "", "€12", "per user per month",
         "A is cheaper: it costs 10 € pro Nutzer/Monat, B costs €12 per user per month.", NULL},
        {"9,99 € al mese", "", "9,99 € por mes", "", "Both cost 9,99 € al mese.",
         "Both cost 9,99 € por mes."},
        {"R$ 49,90/mês", "", "R$ 39,90 por mês", "",
         "B is cheaper: it costs R$ 39,90 por mês, A costs R$ 49,90/mês.", NULL},
        {"99 SEK/månad", "", "SEK 89 per månad", "",
         "B is cheaper: it costs SEK 89 per månad, A costs 99 SEK/månad.", NULL},
        {"49 zł/mies.", "", "39 PLN / miesiąc", "",
         "B is cheaper: it costs 39 PLN / miesiąc, A costs 49 zł/mies..", NULL},
        {"1000円/月", "", "JPY 900 / month", "",
         "B is cheaper: it costs JPY 900 / month, A costs 1000円/月.", NULL},
        {"₹1,20,000/yr", "", "INR 10,000/mo", "",
         "Both cost the same: A ₹1,20,000/yr, B INR 10,000/mo.",
         "Both cost the same: B INR 10,000/mo, A ₹1,20,000/yr."},
        {"$20k/yr", "", "$18,000/yr", "", "B is cheaper: it costs $18,000/yr, A costs $20k/yr.",
         NULL},
        {"€1,200.50 / seat / year", "", "1.100,50 € pro Platz und Jahr", "",
         "B is cheaper: it costs 1.100,50 € pro Platz und Jahr, A costs €1,200.50 / seat / year.",
         NULL},
        {"1,5 €", "", "Free", "", "B is free, A costs 1,5 €.", NULL},
        {"1.200 €", "", "900 €", "", "A is listed as “1.200 €”, B costs 900 €.",
         "B costs 900 €, A is listed as “1.200 €”."},
        {"1.2,00 €", "", "2 €", "", "A is listed as “1.2,00 €”, B costs 2 €.",
         "B costs 2 €, A is listed as “1.2,00 €”."},
        {"$20⁹⁹", "", "$30", "", "A is listed as “$20⁹⁹”, B costs $30.",
         "B costs $30, A is listed as “$20⁹⁹”."},
        {"20", "", "$30", "", "A is listed as “20”, B costs $30.",
         "B costs $30, A is listed as “20”."},
        {"$99999999999999999999/mo", "", "Free", "",
         "B is free, A is listed as “$99999999999999999999/mo”.", NULL},
    };
    EXPECT(pairs);
}

static void currencies_are_ranked_only_where_they_are_surely_the_same(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"¥2000/mo", "", "¥1000/mo", "", "A costs ¥2000/mo, B costs ¥1000/mo" APART,
         "B costs ¥1000/mo, A costs ¥2000/mo" APART},
        {"¥2000/mo", "", "¥2000/mo", "", "Both are listed as “¥2000/mo”.", NULL},
        {"¥2000/mo", "", "JPY 1000/mo", "", "A costs ¥2000/mo, B costs JPY 1000/mo" APART,
         "B costs JPY 1000/mo, A costs ¥2000/mo" APART},
        {"¥2000 JPY/mo", "", "JPY 1000/mo", "",
         "B is cheaper: it costs JPY 1000/mo, A costs ¥2000 JPY/mo.", NULL},
        {"99 kr/md.", "", "89 kr/md.", "", "A costs 99 kr/md., B costs 89 kr/md." APART,
         "B costs 89 kr/md., A costs 99 kr/md." APART},
        {"$20/mo", "", "A$25/mo", "", "A costs $20/mo, B costs A$25/mo" APART,
         "B costs A$25/mo, A costs $20/mo" APART},
        {"$20/mo", "", "C$25/mo", "", "A costs $20/mo, B costs C$25/mo" APART,
         "B costs C$25/mo, A costs $20/mo" APART},
        {"$20 AUD/mo", "", "A$25/mo", "", "A is cheaper: it costs $20 AUD/mo, B costs A$25/mo.",
         NULL},
        {"$20/mo", "", "US$ 20/mo", "", "Both cost $20/mo.", "Both cost US$ 20/mo."},
        {"USD 20/mo", "", "$20 USD / month", "", "Both cost USD 20/mo.",
         "Both cost $20 USD / month."},
        {"€20 USD/mo", "", "$20/mo", "", "A is listed as “€20 USD/mo”, B costs $20/mo.",
         "B costs $20/mo, A is listed as “€20 USD/mo”."},
        {"USD $20/mo", "", "$25 (USD)/mo", "",
         "A is cheaper: it costs USD $20/mo, B costs $25 (USD)/mo.", NULL},
        {"AUD $20/mo", "", "$25/mo", "", "A costs AUD $20/mo, B costs $25/mo" APART,
         "B costs $25/mo, A costs AUD $20/mo" APART},
        {"₪20/mo", "", "ILS 25/mo", "", "A is cheaper: it costs ₪20/mo, B costs ILS 25/mo.", NULL},
        {"990 руб./мес.", "", "890 ₽/мес", "",
         "B is cheaper: it costs 890 ₽/мес, A costs 990 руб./мес..", NULL},
        {"$20/mo", "", "€20/mo", "", "A costs $20/mo, B costs €20/mo" APART,
         "B costs €20/mo, A costs $20/mo" APART},
        {"£10/mo", "", "GBP 12/mo", "", "A is cheaper: it costs £10/mo, B costs GBP 12/mo.", NULL},
    };
    EXPECT(pairs);
}

static void what_begins_somewhere_or_is_a_range_claims_no_more(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"from $20/mo", "", "$20/mo", "", "Both start at $20/mo.", NULL},
        {"from $20/mo", "", "$30/mo", "",
         "A is cheaper to start: it starts at $20/mo, B costs $30/mo.", NULL},
        {"$20/mo", "", "Starts at $30/mo", "", "A is cheaper: it costs $20/mo, B starts at $30/mo.",
         NULL},
        {"ab 20 €/Monat", "", "à partir de 25 €/mois", "",
         "A is cheaper: it starts at 20 €/Monat, B starts at 25 €/mois.", NULL},
        {"vanaf € 10/maand", "", "desde 10 €/mes", "", "Both start at € 10/maand.",
         "Both start at 10 €/mes."},
        {"$20+", "", "$20", "Entry", "Both start at $20+.", "Both start at $20."},
        {"$20", "From", "$25", "ab", "A is cheaper: it starts at $20, B starts at $25.", NULL},
        {"$240/yr", "Entry", "$20/mo", "", "Both start at the same price: A $240/yr, B $20/mo.",
         "Both start at the same price: B $20/mo, A $240/yr."},
        {"$10–$50/mo", "", "$60/mo", "", "A is cheaper: it costs $10–$50/mo, B costs $60/mo.",
         NULL},
        {"$10-50/mo", "", "$20/mo", "", "A costs $10-50/mo, B costs $20/mo" APART,
         "B costs $20/mo, A costs $10-50/mo" APART},
        {"10 bis 20 €/Monat", "", "€10 – €20/mo", "", "Both cost 10 bis 20 €/Monat.",
         "Both cost €10 – €20/mo."},
        {"$10–20k/yr", "", "$5/yr", "", "A is listed as “$10–20k/yr”, B costs $5/yr.",
         "B costs $5/yr, A is listed as “$10–20k/yr”."},
        {"up to $50/mo", "", "$60/mo", "", "A is listed as “up to $50/mo”, B costs $60/mo.",
         "B costs $60/mo, A is listed as “up to $50/mo”."},
        {"~$20/mo", "", "$30/mo", "", "A is listed as “~$20/mo”, B costs $30/mo.",
         "B costs $30/mo, A is listed as “~$20/mo”."},
        {"$20/mo, then $40/mo", "", "$30/mo", "",
         "A is listed as “$20/mo, then $40/mo”, B costs $30/mo.",
         "B costs $30/mo, A is listed as “$20/mo, then $40/mo”."},
        {"$9 permanent", "", "$8/manent", "", "A is listed as “$9 permanent”, B costs $8/manent.",
         "B costs $8/manent, A is listed as “$9 permanent”."},
        {"Contact sales", "", "Contact sales", "", "Both are listed as “Contact sales”.", NULL},
        {"$5/mo", "Pro", "Custom", "Team", "A costs $5/mo (Pro), B is listed as “Custom” (Team).",
         "B is listed as “Custom” (Team), A costs $5/mo (Pro)."},
        {"TBD", "", "TBA", "", "A is listed as “TBD”, B is listed as “TBA”.",
         "B is listed as “TBA”, A is listed as “TBD”."},
    };
    EXPECT(pairs);
}

static void usage_is_apart_from_seats_and_periods(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"$20/mo", "", "$0.25 / 1M tokens", "", "A costs $20/mo, B costs $0.25 / 1M tokens" APART,
         "B costs $0.25 / 1M tokens, A costs $20/mo" APART},
        {"$3 / 1M tokens", "", "$20/seat", "", "A costs $3 / 1M tokens, B costs $20/seat" APART,
         "B costs $20/seat, A costs $3 / 1M tokens" APART},
        {"$1.50/1M tokens", "", "$2 per million tokens", "",
         "A is cheaper: it costs $1.50/1M tokens, B costs $2 per million tokens.", NULL},
        {"$3/M tokens", "", "$2 per 1M tokens", "",
         "B is cheaper: it costs $2 per 1M tokens, A costs $3/M tokens.", NULL},
        {"$0.003 per K tokens", "", "$3 / 1M tokens", "",
         "Both cost the same: A $0.003 per K tokens, B $3 / 1M tokens.",
         "Both cost the same: B $3 / 1M tokens, A $0.003 per K tokens."},
        {"$3/MTok", "", "$0.003 / 1K tokens", "",
         "Both cost the same: A $3/MTok, B $0.003 / 1K tokens.",
         "Both cost the same: B $0.003 / 1K tokens, A $3/MTok."},
        {"$3 / 1M input tokens", "", "$15 / 1M output tokens", "",
         "A costs $3 / 1M input tokens, B costs $15 / 1M output tokens" APART,
         "B costs $15 / 1M output tokens, A costs $3 / 1M input tokens" APART},
        {"$0.04/image", "", "$0.05 per image", "",
         "A is cheaper: it costs $0.04/image, B costs $0.05 per image.", NULL},
        {"$2 an hour", "", "$3/hr", "", "A is cheaper: it costs $2 an hour, B costs $3/hr.", NULL},
        {"$0.0000001 / token", "", "$0.0000009 / token", "",
         "A is listed as “$0.0000001 / token”, B is listed as “$0.0000009 / token”.",
         "B is listed as “$0.0000009 / token”, A is listed as “$0.0000001 / token”."},
        {"$10/mo + $5/seat", "", "$12/mo", "", "A costs $10/mo + $5/seat, B costs $12/mo" APART,
         "B costs $12/mo, A costs $10/mo + $5/seat" APART},
        {"$5 / 1,000 requests", "", "$5 / 1k requests", "", "Both cost $5 / 1,000 requests.",
         "Both cost $5 / 1k requests."},
    };
    EXPECT(pairs);
}

static void the_plain_pairs_read_as_ever(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"$20/mo", "", "$8/mo", "", "B is cheaper: it costs $8/mo, A costs $20/mo.", NULL},
        {"$8/mo", "Entry", "$20 / mo", "Entry",
         "A is cheaper: it starts at $8/mo, B starts at $20 / mo.", NULL},
        {"$20/mo", "", "$20 /mo", "", "Both cost $20/mo.", "Both cost $20 /mo."},
        {"$20/mo", "Entry", "$20/mo", "Entry", "Both start at $20/mo.", NULL},
        {"$1,200/year", "", "$999.50/year", "",
         "B is cheaper: it costs $999.50/year, A costs $1,200/year.", NULL},
        {"$20 / month", "", "$20/mo", "", "Both cost $20 / month.", "Both cost $20/mo."},
        {"$20 per month", "", "$15/mo", "", "B is cheaper: it costs $15/mo, A costs $20 per month.",
         NULL},
        {"$90 per year", "", "$100/yr", "", "A is cheaper: it costs $90 per year, B costs $100/yr.",
         NULL},
        {"$9/mo", "per seat", "$9/mo", "Per seat", "Both cost $9/mo per seat.", NULL},
    };
    EXPECT(pairs);
}

#define DIGITS "99999999999999999999999999999999999999999999999999"

static void no_price_widens_a_table_or_a_page(void **state)
{
    (void)state;
    struct tool one = priced("A", "$" DIGITS DIGITS, DIGITS);
    struct tool other = priced("B",
                               "A long story of what it may cost you once you have signed up "
                               "for it with a card and all",
                               "");
    const struct tool *tools[] = {&one, &other};
    for (size_t i = 0; i < 2; i++) {
        const char *cell = price_cell(english(), tools[i]);
        assert_true(phrase_length(cell) <= 40);
        for (const char *at = cell; *at != '\0';
             at += strcspn(at, " ") + (at[strcspn(at, " ")] == ' ')) {
            assert_true(strcspn(at, " ") <= 26);
        }
    }
    assert_string_equal(price_cell(english(), &one), "$9999999999999999999999…");
    assert_string_equal(
        price_read(english(), &one, &other),
        "A is listed as “$9999999999999999999999…” (99999999999999999999999…), B is "
        "listed as “A long story of what it may cost you once you have signed…”.");
    struct tool seat = priced("C", "$20/mo", "Per seat");
    assert_string_equal(price_cell(english(), &seat), "$20/mo per seat");
    struct tool from = priced("D", "from $20/mo", "");
    assert_string_equal(price_cell(english(), &from), "from $20/mo");
    struct tool noted = priced("E", "$20/mo", "from");
    assert_string_equal(price_cell(english(), &noted), "from $20/mo");
    struct tool once = priced("F", "$49", "one-time");
    assert_string_equal(price_cell(english(), &once), "$49, one-time");
    struct tool some = priced("G", "Free", "for students");
    assert_string_equal(price_cell(english(), &some), "Free, for students");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(what_is_free_is_said_with_the_weaker_claim, give_back),
        cmocka_unit_test_teardown(a_note_that_limits_a_price_lets_it_claim_less, give_back),
        cmocka_unit_test_teardown(a_year_is_twelve_months_and_a_seat_a_seat, give_back),
        cmocka_unit_test_teardown(prices_are_read_as_each_country_writes_them, give_back),
        cmocka_unit_test_teardown(currencies_are_ranked_only_where_they_are_surely_the_same,
                                  give_back),
        cmocka_unit_test_teardown(what_begins_somewhere_or_is_a_range_claims_no_more, give_back),
        cmocka_unit_test_teardown(usage_is_apart_from_seats_and_periods, give_back),
        cmocka_unit_test_teardown(the_plain_pairs_read_as_ever, give_back),
        cmocka_unit_test_teardown(no_price_widens_a_table_or_a_page, give_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
