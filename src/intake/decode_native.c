/* decode_native.c -- our own format: an alert, an array of them, or NDJSON. */
#include "intake/batch.h"

/* `id` is the sender's name for this alert: said twice, taken once. */
static bool take_id(const struct json *j, struct incoming *out,
                    struct error *err)
{
    const struct json *id = json_get(j, "id");

    if (id == NULL)
        return true;
    out->idempotency = id->text;
    if (id->text.n <= IDEMPOTENCY_MAX)
        return true;
    error_set(err, "%zu bytes are too long; at most %d", id->text.n,
              IDEMPOTENCY_MAX);
    return error_at(err, "id");
}

static bool take(struct arena *a, const struct json *j,
                 const struct decode_options *o, struct incoming *out,
                 struct error *err)
{
    struct alert *alert = &out->alert;

    if (!alert_read(a, j, o->now_ms, alert, err) || !take_id(j, out, err))
        return false;
    /* Ours to give, not a sender's. */
    alert->id = 0;
    alert->began_id = 0;
    alert->repeats = 0;
    if (alert->message.n == 0)
        alert->message = described(a, alert);
    return alert_check(alert, err);
}

bool decode_native(struct arena *a, struct str body,
                   const struct decode_options *o, struct batch *out,
                   int *status, struct error *err)
{
    struct decoding d = {a, o, out, status, err, take};
    const struct json *array;

    *out = (struct batch){0};
    if (body_first(body) != '[')
        return batch_take_values(&d, body);
    array = json_parse(a, body, err);
    if (array == NULL) {
        *status = 400;
        return false;
    }
    return batch_take_array(&d, array);
}
