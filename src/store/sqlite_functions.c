/* sqlite_functions.c -- what SQL asks us about a value: does it fit a pattern, lie
 * in a prefix, hold words. Each answers as filter_leaf.c does. */
#include "store/sqlite.h"

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

bool text_in_prefix(const struct condition *c, struct str text)
{
    bool holds = false;
    struct ip ip;

    if (ip_parse(text, &ip))
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

bool text_holds(struct str where, struct str what)
{
    char first = what.n > 0 ? lower(what.p[0]) : '\0';

    for (size_t at = 0; at + what.n <= where.n; at++)
        if (what.n == 0 || (lower(where.p[at]) == first &&
                            strncasecmp(where.p + at, what.p, what.n) == 0))
            return true;
    return false;
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
