/* sqlite_functions.c -- what SQL asks us about a value: does it fit a pattern, lie
 * in a prefix, hold words. Each answers as filter_leaf.c does. */
#include "store/sqlite_functions.h"

#include "alert/ip.h"

static struct str argument(sqlite3_value *v)
{
    const char *p = (const char *)sqlite3_value_text(v);

    return (struct str){p, p != NULL ? (size_t)sqlite3_value_bytes(v) : 0};
}

/* fits_pattern(pattern, text): NULL when it is unsure. What is absent does not. */
static void fits_pattern(sqlite3_context *to, int n, sqlite3_value **v)
{
    struct sqlite *e = sqlite3_user_data(to);
    const void *pattern = sqlite3_value_pointer(v[0], "ours");
    enum filter_answer answer = FILTER_NO;

    assert(n == 2 && pattern != NULL);
    if (sqlite3_value_type(v[1]) != SQLITE_NULL)
        answer = filter_pattern_ask(pattern, argument(v[1]), &e->subject);
    if (answer == FILTER_UNSURE)
        sqlite3_result_null(to);
    else
        sqlite3_result_int(to, answer == FILTER_YES);
}

/* Whether a dotted quad is seen to be outside by its first numbers, as most are.
 * What is none (an IPv6 address has a colon there) is not said anything of. */
static bool begins_outside(const struct prefix *p, struct str text)
{
    const uint8_t *octets = p->ip.b + 12;

    for (size_t i = 0, at = 0; p->ip.v4 && i < p->bits / 8; i++, at++) {
        size_t from = at;
        unsigned value = 0;

        for (; at < text.n && at - from < 3 && text.p[at] >= '0' &&
               text.p[at] <= '9'; at++)
            value = value * 10 + (unsigned)(text.p[at] - '0');
        if (at == from || (at < text.n && text.p[at] != '.'))
            return false;
        if (value != octets[i])
            return true;
    }
    return false;
}

static bool begins_outside_all(const struct condition *c, struct str text)
{
    for (size_t i = 0; i < c->count; i++)
        if (!begins_outside(&c->values[i].prefix, text))
            return false;
    return true;
}

bool text_in_prefix(const struct condition *c, struct str text)
{
    bool holds = false;
    struct ip ip;

    if (!begins_outside_all(c, text) && ip_parse(text, &ip))
        for (size_t i = 0; !holds && i < c->count; i++)
            holds = prefix_holds(&c->values[i].prefix, &ip);
    return holds;
}

/* in_prefix(condition, text): is it an address in one of the prefixes? */
static void in_prefix(sqlite3_context *to, int n, sqlite3_value **v)
{
    const struct condition *c = sqlite3_value_pointer(v[0], "ours");

    assert(n == 2 && c != NULL);
    sqlite3_result_int(to, sqlite3_value_type(v[1]) != SQLITE_NULL &&
                               text_in_prefix(c, argument(v[1])));
}

/* ASCII only, as strncasecmp() in our locale. */
static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Where a text has its rarest letter, so that most of another one is skipped by
 * memchr(): the common ones, most common first, are those of English. */
static size_t rarest(struct str s)
{
    static const char common[] = "etaoinsrh ldcumfpgwyb.0123456789:,-";
    size_t best = 0, best_rank = 0;

    for (size_t i = 0; i < s.n; i++) {
        const char *at = memchr(common, lower(s.p[i]), sizeof common - 1);
        size_t rank = at != NULL ? (size_t)(at - common) : sizeof common;

        if (rank > best_rank) {
            best = i;
            best_rank = rank;
        }
    }
    return best;
}

/* The next of either at or behind `at`; where.n: there is none. */
static size_t next_of(struct str where, size_t at, char a, char b)
{
    struct str rest = str_from(where, at);
    size_t found = at + str_find(rest, a);

    return a == b ? found : MIN(found, at + str_find(str_first(rest, found - at), b));
}

struct words words_of(struct str what)
{
    size_t rare = rarest(what);

    return (struct words){
        .what = what,
        .rare = rare,
        .lower = what.n > 0 ? lower(what.p[rare]) : '\0',
        .upper = what.n > 0 ? upper(what.p[rare]) : '\0',
    };
}

size_t words_find(const struct words *w, struct str where, size_t from)
{
    size_t before = w->rare, n = w->what.n;

    if (n == 0 || where.n < n)
        return n == 0 ? from : where.n;
    for (size_t at = from + before; at < where.n; at++) {
        at = next_of(where, at, w->lower, w->upper);
        if (at - before + n > where.n)
            break;
        if (strncasecmp(where.p + at - before, w->what.p, n) == 0)
            return at - before;
    }
    return where.n;
}

bool text_holds(struct str where, struct str what)
{
    struct words w = words_of(what);

    return what.n == 0 || words_find(&w, where, 0) < where.n;
}

/* holds_words(words, text) */
static void holds_words(sqlite3_context *to, int n, sqlite3_value **v)
{
    assert(n == 2);
    sqlite3_result_int(to, text_holds(argument(v[1]), argument(v[0])));
}

bool sqlite_functions(struct sqlite *e, struct error *err)
{
    static const struct {
        const char *name;
        void (*call)(sqlite3_context *, int, sqlite3_value **);
    } table[] = {
        {"fits_pattern", fits_pattern},
        {"in_prefix", in_prefix},
        {"holds_words", holds_words},
    };
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;

    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (sqlite3_create_function_v2(e->db, table[i].name, 2, flags, e,
                                       table[i].call, NULL, NULL,
                                       NULL) != SQLITE_OK)
            return engine_error(e, err);
    return true;
}
