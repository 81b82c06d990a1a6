/* keep.c -- reads how long and how much of the history is kept. */
#include "config/keep.h"

static bool class_word(struct str word, struct keep_class *c, struct error *err)
{
    enum severity severity;
    enum entity entity;

    if (entity_parse(word, &entity)) {
        c->entities = 1u << entity;
        return true;
    }
    if (severity_parse(word, &severity)) {
        c->least = c->most = severity;
        return true;
    }
    return error_set(err, "\"%.*s\" is neither an entity like flow nor a "
                          "severity like info", STR_ARG(word));
}

static bool size_read(struct str text, int64_t *out)
{
    int64_t unit = str_ends(text, "GB") ? 1000000000 : 1000000, n;

    if (!str_ends(text, "GB") && !str_ends(text, "MB"))
        return false;
    text.n -= 2;
    if (!str_to_i64(str_trim(text), &n) || n <= 0 || n > 1000000)
        return false;
    *out = n * unit;
    return true;
}

static bool limit_word(struct str word, struct keep_class *c, struct error *err)
{
    if (size_read(word, &c->max_bytes) ||
        (str_to_duration_ms(word, &c->keep_ms) && c->keep_ms > 0))
        return true;
    return error_set(err, "\"%.*s\" is neither how long, like 30d, nor how much, "
                          "like 500MB or 2GB", STR_ARG(word));
}

static bool class_read(struct str text, struct keep_class *out,
                       struct error *err)
{
    struct str limits = text;
    struct str words = str_trim(str_until(&limits, '='));

    *out = (struct keep_class){.most = SEVERITY_EMERGENCY};
    limits = str_trim(limits);
    if (words.n == 0 || limits.n == 0)
        return error_set(err, "\"%.*s\" is not like info=7d", STR_ARG(text));
    while (words.n > 0)
        if (!class_word(str_until(&words, '/'), out, err))
            return false;
    while (limits.n > 0)
        if (!limit_word(str_until(&limits, '/'), out, err))
            return false;
    return true;
}

bool keep_read(struct str text, struct keep_class out[KEEP_CLASSES_MAX],
               size_t *n, struct error *err)
{
    *n = 0;
    for (text = str_trim(text); text.n > 0; text = str_trim(text)) {
        struct str one = str_trim(str_until(&text, ','));

        if (*n == KEEP_CLASSES_MAX)
            return error_set(err, "there are more than %d classes",
                             KEEP_CLASSES_MAX);
        if (!class_read(one, &out[*n], err))
            return false;
        (*n)++;
    }
    return true;
}
