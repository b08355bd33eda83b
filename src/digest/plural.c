#include "digest/plural.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 40 };

struct plural_parser {
    const char *at;
    uint64_t n;
    int depth;
    bool bad;
};

static uint64_t read_choice(struct plural_parser *reading);

static void skip_spaces(struct plural_parser *reading)
{
    reading->at += strspn(reading->at, " \t");
}

static bool take(struct plural_parser *reading, const char *sign)
{
    skip_spaces(reading);
    size_t len = strlen(sign);
    if (strncmp(reading->at, sign, len) != 0) {
        return false;
    }
    reading->at += len;
    return true;
}

static uint64_t read_value(struct plural_parser *reading)
{
    if (reading->depth > DEPTH_MAX) {
        reading->bad = true;
        return 0;
    }
    if (take(reading, "!")) {
        reading->depth++;
        uint64_t value = read_value(reading);
        reading->depth--;
        return value == 0;
    }
    if (take(reading, "(")) {
        uint64_t value = read_choice(reading);
        reading->bad = reading->bad || !take(reading, ")");
        return value;
    }
    if (take(reading, "n")) {
        return reading->n;
    }
    if (isdigit((unsigned char)*reading->at)) {
        char *end;
        uint64_t value = strtoull(reading->at, &end, 10);
        reading->at = end;
        return value;
    }
    reading->bad = true;
    return 0;
}

struct sign {
    const char *text;
    int level; /* operators of a higher level bind more tightly */
    uint64_t (*apply)(uint64_t left, uint64_t right);
};

static uint64_t either(uint64_t a, uint64_t b)
{
    return a != 0 || b != 0;
}

static uint64_t both(uint64_t a, uint64_t b)
{
    return a != 0 && b != 0;
}

static uint64_t equal(uint64_t a, uint64_t b)
{
    return a == b;
}

static uint64_t differ(uint64_t a, uint64_t b)
{
    return a != b;
}

static uint64_t at_most(uint64_t a, uint64_t b)
{
    return a <= b;
}

static uint64_t at_least(uint64_t a, uint64_t b)
{
    return a >= b;
}

static uint64_t below(uint64_t a, uint64_t b)
{
    return a < b;
}

static uint64_t above(uint64_t a, uint64_t b)
{
    return a > b;
}

static uint64_t add(uint64_t a, uint64_t b)
{
    return a + b;
}

static uint64_t subtract(uint64_t a, uint64_t b)
{
    return a - b;
}

static uint64_t multiply(uint64_t a, uint64_t b)
{
    return a * b;
}

static uint64_t divide(uint64_t a, uint64_t b)
{
    return b == 0 ? 0 : a / b;
}

static uint64_t rest(uint64_t a, uint64_t b)
{
    return b == 0 ? 0 : a % b;
}

/* Longer operators first, so that "<=" is not read as "<". */
static const struct sign signs[] = {
    {"||", 1, either},   {"&&", 2, both},  {"==", 3, equal}, {"!=", 3, differ}, {"<=", 4, at_most},
    {">=", 4, at_least}, {"<", 4, below},  {">", 4, above},  {"+", 5, add},     {"-", 5, subtract},
    {"*", 6, multiply},  {"/", 6, divide}, {"%", 6, rest},
};

enum { SIGNS = sizeof signs / sizeof signs[0] };

/* The operator at this position, if it binds at least as tightly as `level`. */
static const struct sign *take_sign(struct plural_parser *reading, int level)
{
    skip_spaces(reading);
    for (size_t i = 0; i < SIGNS; i++) {
        size_t len = strlen(signs[i].text);
        if (strncmp(reading->at, signs[i].text, len) == 0) {
            reading->at += signs[i].level >= level ? len : 0;
            return signs[i].level >= level ? &signs[i] : NULL;
        }
    }
    return NULL;
}

static uint64_t read_signs(struct plural_parser *reading, int level)
{
    uint64_t value = read_value(reading);
    const struct sign *sign;
    while (!reading->bad && (sign = take_sign(reading, level)) != NULL) {
        value = sign->apply(value, read_signs(reading, sign->level + 1));
    }
    return value;
}

static uint64_t read_choice(struct plural_parser *reading)
{
    if (++reading->depth > DEPTH_MAX) {
        reading->bad = true;
        return 0;
    }
    uint64_t value = read_signs(reading, 1);
    if (!reading->bad && take(reading, "?")) {
        uint64_t yes = read_choice(reading);
        reading->bad = reading->bad || !take(reading, ":");
        uint64_t no = read_choice(reading);
        value = value != 0 ? yes : no;
    }
    reading->depth--;
    return value;
}

static bool evaluate(const struct plural *plural, uint64_t number, uint64_t *form)
{
    struct plural_parser reading = {.at = plural->expression, .n = number};
    *form = read_choice(&reading);
    skip_spaces(&reading);
    bool ended = *reading.at == '\0' || *reading.at == ';' || *reading.at == '\n';
    return ended && !reading.bad && *form < plural->forms;
}

bool plural_read(const char *header, struct plural *plural, struct failure *why)
{
    const char *forms = strstr(header, "nplurals=");
    const char *expression = strstr(header, "plural=");
    if (forms == NULL || expression == NULL) {
        return fail(why, FAILURE_DATA, "Plural-Forms says no nplurals= and plural=");
    }
    plural->forms = (unsigned)strtoul(forms + strlen("nplurals="), NULL, 10);
    plural->expression = expression + strlen("plural=");
    if (plural->forms < 1 || plural->forms > PLURAL_FORMS_MAX) {
        return fail(why, FAILURE_DATA, "nplurals is 1 to %d", PLURAL_FORMS_MAX);
    }
    return true;
}

bool plural_check(const struct plural *plural, struct failure *why)
{
    for (uint64_t number = 0; number <= 1000; number++) {
        uint64_t form;
        if (!evaluate(plural, number, &form)) {
            return fail(why, FAILURE_DATA,
                        "the plural expression gives no form for %u; write it as "
                        "nplurals=2; plural=(n != 1);",
                        (unsigned)number);
        }
    }
    return true;
}

unsigned plural_form(const struct plural *plural, uint64_t number)
{
    uint64_t form;
    bool good = evaluate(plural, number, &form);
    return good ? (unsigned)form : 0;
}
