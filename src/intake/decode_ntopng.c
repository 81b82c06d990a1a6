/* decode_ntopng.c -- what ntopng posts: its webhook's body of versions 0.1 and 0.2,
 * or alerts without an envelope, as a script of one line would pass them on. */
#include "intake/batch.h"

/* Lua cannot tell an empty array from an empty object. */
static bool take_envelope(const struct decoding *d, const struct json *body)
{
    const struct json *alerts = json_get(body, "alerts");

    *d->status = 422;
    if (json_is(alerts, JSON_OBJECT) && alerts->count == 0) {
        d->out->test = true;
        return true;
    }
    if (!json_is(alerts, JSON_ARRAY)) {
        error_set(d->err, "must be an array of alerts, not %s",
                  json_type_name(alerts->type));
        return error_at(d->err, "alerts");
    }
    d->out->test = alerts->count == 0;
    return batch_take_array(d, alerts) || error_at(d->err, "alerts");
}

/* The webhook's envelope, a bare alert, or an array of them. */
static bool take_one_value(const struct decoding *d, const struct json *value)
{
    if (json_get(value, "alerts") != NULL) {
        d->out->secret = json_text(json_get(value, "sharedsecret"));
        return take_envelope(d, value);
    }
    *d->status = 422;
    if (json_is(value, JSON_ARRAY))
        return batch_take_array(d, value);
    d->out->v = arena_array(d->arena, 1, sizeof(*d->out->v));
    d->out->n = d->take(d->arena, value, d->options, &d->out->v[0], d->err);
    return d->out->n == 1;
}

bool decode_ntopng(struct arena *a, struct str body,
                   const struct decode_options *o, struct batch *out,
                   int *status, struct error *err)
{
    struct decoding d = {a, o, out, status, err, decode_ntopng_alert};
    struct str rest = str_trim(body);
    const struct json *first;

    *out = (struct batch){0};
    if (rest.n == 0)
        return batch_take_values(&d, body);
    *status = 400;
    first = json_parse_next(a, &rest, err);
    if (first == NULL)
        return false;
    if (rest.n == 0)
        return take_one_value(&d, first);
    if (json_get(first, "alerts") != NULL)
        return error_set(err, "there is more text after the alerts");
    return batch_take_values(&d, body);
}
