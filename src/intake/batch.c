/* batch.c -- takes the alerts of a body one by one, within the limits. */
#include "intake/batch.h"

#include "base/limits.h"
#include "message/message.h"

#define UNPROCESSABLE 422
#define BAD_REQUEST 400

static bool too_many(const struct decoding *d)
{
    *d->status = UNPROCESSABLE;
    return error_set(d->err, "more than %d alerts; send fewer at once",
                     INTAKE_ALERTS_MAX);
}

static bool take_one(const struct decoding *d, const struct json *j, size_t i)
{
    if (d->take(d->arena, j, d->options, &d->out->v[i], d->err))
        return true;
    *d->status = UNPROCESSABLE;
    return error_at_index(d->err, i);
}

bool batch_take_array(const struct decoding *d, const struct json *array)
{
    size_t i = 0;

    if (array->count > INTAKE_ALERTS_MAX)
        return too_many(d);
    d->out->v = arena_array(d->arena, array->count, sizeof(*d->out->v));
    for (const struct json *j = array->first; j != NULL; j = j->next) {
        if (!take_one(d, j, i++))
            return false;
    }
    d->out->n = i;
    return true;
}

/* Room for one more: how many will come is not known before the last. */
static void grow(const struct decoding *d, size_t n, size_t *room)
{
    struct incoming *more;

    if (n < *room)
        return;
    *room = *room == 0 ? 1 : *room * 8;
    more = arena_array(d->arena, *room, sizeof(*more));
    if (n > 0)
        memcpy(more, d->out->v, n * sizeof(*more));
    d->out->v = more;
}

bool batch_take_values(const struct decoding *d, struct str body)
{
    struct str rest = str_trim(body);
    size_t n = 0, room = 0;

    *d->status = BAD_REQUEST;
    if (rest.n == 0)
        return error_set(d->err, "the body is empty; send an alert as JSON");
    while (rest.n > 0) {
        const struct json *j = json_parse_next(d->arena, &rest, d->err);

        if (j == NULL)
            return n > 0 ? error_at_index(d->err, n) : false;
        if (n == INTAKE_ALERTS_MAX)
            return too_many(d);
        grow(d, n, &room);
        if (n == 0 && rest.n == 0) {
            *d->status = UNPROCESSABLE;
            d->out->n = d->take(d->arena, j, d->options, &d->out->v[0], d->err);
            return d->out->n == 1;
        }
        if (!take_one(d, j, n++))
            return false;
    }
    d->out->n = n;
    return true;
}

char body_first(struct str body)
{
    struct str rest = str_trim(body);

    return rest.n == 0 ? '\0' : rest.p[0];
}

static bool is_control(char c, const char *allowed)
{
    bool control = (unsigned char)c < ' ' || c == 0x7f;

    return control && (c == '\0' || strchr(allowed, c) == NULL);
}

struct str fit(struct arena *a, struct str s, size_t max, const char *allowed)
{
    static const char replacement[] = "\xef\xbf\xbd";
    size_t controls = 0, at = 0;
    char *out;

    for (size_t i = 0; i < s.n; i++)
        controls += is_control(s.p[i], allowed);
    if (controls == 0)
        return str_first(s, utf8_cut(s, max));
    out = arena_new(a, s.n + controls * (sizeof(replacement) - 2));
    for (size_t i = 0; i < s.n; i++) {
        if (is_control(s.p[i], allowed)) {
            memcpy(out + at, replacement, sizeof(replacement) - 1);
            at += sizeof(replacement) - 1;
        } else {
            out[at++] = s.p[i];
        }
    }
    s = (struct str){out, at};
    return str_first(s, utf8_cut(s, max));
}

struct str described(struct arena *a, const struct alert *alert)
{
    struct str text = fit(a, message_describe(alert, a), ALERT_MESSAGE_MAX, "\n\t\r");

    return text.n > 0 ? text : alert->type;
}

static bool has_name(const struct json *object, struct str name)
{
    for (const struct json *m = object->first; m != NULL; m = m->next) {
        if (str_eq(m->name, name))
            return true;
    }
    return false;
}

void fact_add(struct arena *a, struct json_list *facts, const char *prefix,
              const struct json *all, const struct json *fact)
{
    struct str name = fact->name;

    if (alert_is_member(name)) {
        name = arena_printf(a, "%s_%.*s", prefix, STR_ARG(name));
        while (has_name(all, name))
            name = arena_printf(a, "%.*s_", STR_ARG(name));
    }
    json_list_add(facts, a, name, fact);
}
