#include "digest/price_words.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "digest/price_unit.h"

static const struct price_word english[] = {
    {WORD_LINK, 0, "per a each every and", NULL},
    {WORD_PERIOD, PERIOD_DAY, "day days daily", NULL},
    {WORD_PERIOD, PERIOD_WEEK, "week weeks wk weekly", NULL},
    {WORD_PERIOD, PERIOD_MONTH, "month months mo mth mon monthly pcm", NULL},
    {WORD_PERIOD, PERIOD_QUARTER, "quarter qtr quarterly", NULL},
    {WORD_PERIOD, PERIOD_YEAR, "year years yr yearly annual annually annum", NULL},
    {WORD_PERIOD, PERIOD_ONCE, "once one-time lifetime", NULL},
    {WORD_PERSON, 0, "seat seats user users member members person people head", NULL},
    {WORD_PERSON, 0, "licence license", NULL},
    {WORD_COUNT, 1000, "thousand", NULL},
    {WORD_COUNT, 1000000, "million", NULL},
    {WORD_THING, 0, "hr hrs", "hour"},
    {WORD_THING, 0, "min mins", "minute"},
    {WORD_THING, 0, "req reqs", "request"},
    {WORD_NOTHING, 0, "only flat payment fee", NULL},
    {WORD_BILLED, 0, "billed paid charged invoiced when if", NULL},
    {WORD_TERMS, 0, "+ plus excl exc excluding ex incl inc including", NULL},
};

/* de; fr; es, pt; it; nl; sv, da, nb, fi; pl, cs; ru, uk; tr; ja, zh, ko. */
static const struct price_word foreign[] = {
    {WORD_LINK, 0, "pro je und im par et por al à ao y e en pr om och og i za na в за на с", NULL},
    {WORD_PERIOD, PERIOD_DAY, "tag täglich jour día dia giorno dag dzień den день gün", NULL},
    {WORD_PERIOD, PERIOD_DAY, "日 天 일", NULL},
    {WORD_PERIOD, PERIOD_WEEK, "woche wöchentlich semaine semana settimana vecka uge uke", NULL},
    {WORD_PERIOD, PERIOD_WEEK, "tydzień týden неделю hafta 週 周 주", NULL},
    {WORD_PERIOD, PERIOD_MONTH, "monat monatlich mtl p.m mois mensuel mes mensual mês", NULL},
    {WORD_PERIOD, PERIOD_MONTH, "mensal mese mensile maand mnd maandelijks månad mån måned", NULL},
    {WORD_PERIOD, PERIOD_MONTH, "md kk kuukausi miesiąc mies miesięcznie měsíc měsíčně", NULL},
    {WORD_PERIOD, PERIOD_MONTH, "месяц мес місяць міс ay aylık 月 か月 個月 个月 월", NULL},
    {WORD_PERIOD, PERIOD_QUARTER, "quartal trimestre", NULL},
    {WORD_PERIOD, PERIOD_YEAR, "jahr jährlich p.a an ans année annuel año anual ano anno", NULL},
    {WORD_PERIOD, PERIOD_YEAR, "annuale jaar jaarlijks år vuosi rok rocznie ročně год рік", NULL},
    {WORD_PERIOD, PERIOD_YEAR, "yıl yıllık 年 년", NULL},
    {WORD_PERIOD, PERIOD_ONCE, "einmalig", NULL},
    {WORD_PERSON, 0, "nutzer benutzer anwender mitglied platz lizenz utilisateur membre", NULL},
    {WORD_PERSON, 0, "poste personne usuario usuário miembro membro persona pessoa utente", NULL},
    {WORD_PERSON, 0, "licenza gebruiker lid persoon användare bruger bruker käyttäjä", NULL},
    {WORD_PERSON, 0, "użytkownik osoba uživatel пользователя пользователь користувача", NULL},
    {WORD_PERSON, 0, "kullanıcı ユーザー 人 席 用户 用戶 사용자 명", NULL},
    {WORD_COUNT, 1000000, "mio", NULL},
    {WORD_THING, 0, "std stunde heure hora ora uur", "hour"},
    {WORD_NOTHING, 0, "nur", NULL},
    {WORD_BILLED, 0, "bei facturé facturado cobrado", NULL},
    {WORD_TERMS, 0, "zzgl exkl inkl ht ttc hors", NULL},
};

static bool has_word(const char *words, const char *word)
{
    size_t len = strlen(word);
    while (*words != '\0') {
        size_t next = strcspn(words, " ");
        if (next == len && strncmp(words, word, len) == 0) {
            return true;
        }
        words += next + strspn(words + next, " ");
    }
    return false;
}

static const struct price_word *find(const struct price_word *rows, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++) {
        if (has_word(rows[i].words, word)) {
            return &rows[i];
        }
    }
    return NULL;
}

const struct price_word *price_words_english(const char *word)
{
    return find(english, sizeof english / sizeof english[0], word);
}

const struct price_word *price_words_foreign(const char *word)
{
    return find(foreign, sizeof foreign / sizeof foreign[0], word);
}
