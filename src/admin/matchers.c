/* matchers.c -- matchers read from filters, and written as such. */
#include "admin/matchers.h"

static void quoted(struct buf *to, struct str s)
{
    buf_text(to, "\"");
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"' || s.p[i] == '\\')
            buf_text(to, "\\");
        buf_str(to, (struct str){s.p + i, 1});
    }
    buf_text(to, "\"");
}

static bool is_label(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (!(c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              (i > 0 && c >= '0' && c <= '9')))
            return false;
    }
    return s.n > 0;
}

void matcher_text(const struct matcher *m, struct buf *to)
{
    static const char *const signs[2][2] = {{"!=", "="}, {"!~", "=~"}};

    buf_str(to, m->name);
    buf_text(to, signs[m->regex][m->equal]);
    quoted(to, m->value);
}

static bool matcher_add(struct buf *to, const struct json *j, size_t at,
                        struct error *err)
{
    const struct json *value = json_get(j, "value");
    struct str name = json_text(json_get(j, "name"));
    struct matcher m = {
        .name = name,
        .value = json_text(value),
        .regex = json_bool_or(json_get(j, "isRegex"), false),
        .equal = json_bool_or(json_get(j, "isEqual"), true),
    };

    if (!is_label(name) || !json_is(value, JSON_STRING))
        return error_set(err, "matchers: each needs the name of a label and a value");
    buf_text(to, at > 0 ? ", " : "");
    matcher_text(&m, to);
    return true;
}

bool matchers_filter(const struct json *list, struct buf *to, struct error *err)
{
    size_t n = 0;

    if (!json_is(list, JSON_ARRAY) || list->count == 0 || list->count > MATCHERS_MAX)
        return error_set(err, "matchers: must be a list of 1 to %d", MATCHERS_MAX);
    buf_text(to, "{");
    for (const struct json *j = list->first; j != NULL; j = j->next)
        if (!matcher_add(to, j, n++, err))
            return false;
    buf_text(to, "}");
    return !to->over || error_set(err, "matchers: too long");
}

static bool take(struct str *rest, const char *word)
{
    if (!str_starts(*rest, word))
        return false;
    *rest = str_from(*rest, strlen(word));
    return true;
}

static bool value_take(struct str *rest, struct arena *a, struct str *out)
{
    char *value = arena_array(a, rest->n + 1, 1);
    size_t n = 0, i = 0;

    if (!take(rest, "\""))
        return false;
    for (; i < rest->n && rest->p[i] != '"'; i++) {
        if (rest->p[i] == '\\' && i + 1 < rest->n &&
            (rest->p[i + 1] == '"' || rest->p[i + 1] == '\\'))
            i++;
        value[n++] = rest->p[i];
    }
    *out = (struct str){value, n};
    *rest = str_from(*rest, i);
    return take(rest, "\"");
}

static bool head_take(struct str *rest, struct matcher *out)
{
    size_t n = 0;

    while (n < rest->n && is_label(str_first(*rest, n + 1)))
        n++;
    out->name = str_first(*rest, n);
    *rest = str_from(*rest, n);
    out->equal = out->regex = true;
    if (!take(rest, "=~")) {
        out->equal = false;
        if (!take(rest, "!~")) {
            out->regex = false;
            if (!take(rest, "!=")) {
                out->equal = true;
                if (!take(rest, "="))
                    return false;
            }
        }
    }
    return n > 0;
}

static bool matcher_take(struct str *rest, struct arena *a, struct matcher *out)
{
    return head_take(rest, out) && value_take(rest, a, &out->value);
}

bool matcher_parse(struct str text, struct arena *a, struct matcher *out)
{
    struct str rest = text;

    if (!head_take(&rest, out))
        return false;
    if (str_starts(rest, "\""))
        return value_take(&rest, a, &out->value) && rest.n == 0;
    out->value = rest;
    return true;
}

size_t matchers_read(struct str filter, struct arena *a, struct matcher *out)
{
    struct str rest = filter;
    size_t n = 0;

    if (!take(&rest, "{"))
        return 0;
    do {
        if (n == MATCHERS_MAX || !matcher_take(&rest, a, &out[n++]))
            return 0;
    } while (take(&rest, ", "));
    return str_is(rest, "}") ? n : 0;
}
