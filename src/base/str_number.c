/* str_number.c -- numbers and durations out of text, whatever the locale. */
#include "base/str.h"

#include <locale.h>
#include <math.h>

#define DURATION_MAX_S (10LL * 365 * 24 * 3600)

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits off the front of *s; *n says how many. False on overflow. */
static bool take_digits(struct str *s, uint64_t *value, size_t *n)
{
    bool fits = true;

    *value = 0;
    for (*n = 0; *n < s->n && is_digit(s->p[*n]); (*n)++) {
        uint64_t digit = (uint64_t)(s->p[*n] - '0');

        fits = fits && !__builtin_mul_overflow(*value, 10, value) &&
               !__builtin_add_overflow(*value, digit, value);
    }
    *s = str_from(*s, *n);
    return fits;
}

bool str_to_u64(struct str s, uint64_t *out)
{
    uint64_t value;
    size_t digits;

    if (!take_digits(&s, &value, &digits) || digits == 0 || s.n != 0)
        return false;
    *out = value;
    return true;
}

bool str_to_i64(struct str s, int64_t *out)
{
    bool negative = str_starts(s, "-");
    uint64_t size, most = (uint64_t)INT64_MAX + (negative ? 1 : 0);

    if (!str_to_u64(str_from(s, negative ? 1 : 0), &size) || size > most)
        return false;
    *out = (int64_t)(negative ? 0 - size : size);
    return true;
}

struct decimal {
    bool negative;
    bool small;        /* the digits make an exact double */
    uint64_t digits;   /* those before and after the point; when `small` */
    int64_t exponent;  /* of ten; when `small` */
};

#define EXACT_DIGITS_MAX 15   /* any 15 digits are below 2^53 */
#define EXACT_POWER_MAX 22    /* 10^22 is the last exact power of ten */
#define EXPONENT_MAX 1000000  /* further ones behave the same */

static bool take_exponent(struct str *s, int64_t *exponent)
{
    bool negative;
    uint64_t value;
    size_t digits;

    *exponent = 0;
    if (!str_starts(*s, "e") && !str_starts(*s, "E"))
        return true;
    *s = str_from(*s, 1);
    negative = str_starts(*s, "-");
    if (negative || str_starts(*s, "+"))
        *s = str_from(*s, 1);
    if (!take_digits(s, &value, &digits) || value > EXPONENT_MAX)
        value = EXPONENT_MAX;
    *exponent = negative ? -(int64_t)value : (int64_t)value;
    return digits > 0;
}

/* [-]digits[.digits][e[+-]digits], as in JSON but for leading zeros. */
static bool decimal_parse(struct str s, struct decimal *d)
{
    uint64_t whole, part = 0;
    size_t before, after = 0;

    d->negative = str_starts(s, "-");
    if (d->negative)
        s = str_from(s, 1);
    d->small = take_digits(&s, &whole, &before);
    if (before == 0)
        return false;
    if (str_starts(s, ".")) {
        s = str_from(s, 1);
        d->small = take_digits(&s, &part, &after) && d->small;
        if (after == 0)
            return false;
    }
    if (!take_exponent(&s, &d->exponent) || s.n != 0)
        return false;
    d->small = d->small && before + after <= EXACT_DIGITS_MAX;
    d->exponent -= (int64_t)after;
    d->digits = whole;
    for (size_t i = 0; d->small && i < after; i++)
        d->digits *= 10;
    d->digits += part;
    return true;
}

/* One exact operand and one exact power of ten: the result is rounded once,
 * which makes it the nearest double (Clinger 1990, the fast path). */
static double decimal_exact(const struct decimal *d)
{
    static const double powers[EXACT_POWER_MAX + 1] = {
        1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    };
    double value = (double)d->digits;

    value = d->exponent < 0 ? value / powers[-d->exponent]
                            : value * powers[d->exponent];
    return d->negative ? -value : value;
}

static void text_free(char **text)
{
    free(*text);
}

bool str_to_double(struct str s, double *out)
{
    struct decimal d = {0};
    double value;

    if (!decimal_parse(s, &d))
        return false;
    if (d.small && d.exponent >= -EXACT_POWER_MAX &&
        d.exponent <= EXACT_POWER_MAX) {
        *out = decimal_exact(&d);
        return true;
    }
    char *text freed_by(text_free) = mem_dup(s.p, s.n);
    /* glibc gives its constant "C" locale here: nothing is allocated. */
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);

    assert(c_locale != (locale_t)0);
    value = strtod_l(text, NULL, c_locale);
    freelocale(c_locale);
    if (isinf(value))
        return false;
    *out = value;
    return true;
}

static const struct unit {
    char letter;
    int64_t seconds;
} units[] = {{'w', 604800}, {'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};

static int64_t unit_seconds(char letter)
{
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (units[i].letter == letter)
            return units[i].seconds;
    }
    return 0;
}

bool str_to_duration_ms(struct str s, int64_t *out)
{
    int64_t total_s = 0, last_unit_s = INT64_MAX;
    bool bare = s.n > 0 && is_digit(s.p[s.n - 1]);

    do {
        uint64_t count;
        size_t digits;
        int64_t unit_s, part_s;

        if (!take_digits(&s, &count, &digits) || digits == 0 ||
            count > DURATION_MAX_S)
            return false;
        unit_s = bare ? (s.n == 0 ? 1 : 0)
                      : unit_seconds(s.n == 0 ? '\0' : s.p[0]);
        /* The largest unit first and each once: "1h30m", not "30m1h". */
        if (unit_s == 0 || unit_s >= last_unit_s ||
            __builtin_mul_overflow((int64_t)count, unit_s, &part_s))
            return false;
        total_s += part_s;
        if (total_s > DURATION_MAX_S)
            return false;
        last_unit_s = unit_s;
        s = str_from(s, bare ? 0 : 1);
    } while (s.n > 0);
    *out = total_s * 1000;
    return true;
}

void duration_text(int64_t ms, char out[DURATION_TEXT_MAX])
{
    int64_t rest_s = MAX(ms, 0) / 1000;
    size_t n = 0;

    snprintf(out, DURATION_TEXT_MAX, "0s");
    for (const struct unit *u = units; u < units + COUNT_OF(units); u++) {
        int64_t count = rest_s / u->seconds;

        /* Weeks only when they are whole: 90 days are "90d", not "12w6d". */
        if (count == 0 || (u->letter == 'w' && rest_s % u->seconds != 0))
            continue;
        rest_s -= count * u->seconds;
        n += (size_t)snprintf(out + n, DURATION_TEXT_MAX - n, "%lld%c",
                              (long long)count, u->letter);
    }
}
